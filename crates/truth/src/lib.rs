//! The ledger: what a stream did to whoever listened, whatever the stack said about it.
//!
//! Writers note whose frames they put where, and the device notes whose frames it took. From these
//! notes the ledger draws all conclusions: what each frame was, which of it a listener could have
//! noticed, and which delay or fault is to blame. It never looks at samples, and no part of the
//! stack ever looks at it.
//!
//! ```text
//!  played ─▶ Class of every frame ─▶ Span ─▶ Glitch ◀─ Blame ◀─ work, lost, starved, supply
//!  writes ─▶ Headroom, dropped content
//! ```
//!
//! A packet that comes 4 ms after it was fetched, in a buffer of two packets:
//!
//! ```
//! use ring::{Kind, Whose};
//! use truth::{Account, Class, Geometry, Ledger, Played, Stay};
//! use units::{Bytes, Clock, Frames, SampleRate, SimTime};
//!
//! let audio = |first: u64| Whose { run: 0, kind: Kind::Audio, content: first, intended: first, write: 0 };
//! let played = |first, frames, content| Played { run: 0, first, frames, whose: Some(audio(content)) };
//! let ledger = Ledger::close(Account {
//!     geometry: Geometry {
//!         rate: SampleRate::HZ_48000,
//!         packet: Frames::new(480),
//!         packets: 2,
//!         frame: Bytes::new(4),
//!         fifo: Bytes::new(4),
//!         burst: Bytes::new(4),
//!     },
//!     until: SimTime::from_millis(70),
//!     stays: vec![Stay::even(0, Clock::nominal(SimTime::ZERO, SampleRate::HZ_48000), 0, 3360)],
//!     played: vec![played(0, 2880, 0), played(2880, 192, 1920), played(3072, 288, 3072)],
//!     handed_over: false,
//!     writes: vec![],
//!     placed: vec![],
//!     work: vec![],
//!     lost: vec![],
//!     starved: vec![],
//!     supply: vec![],
//!     stopped: vec![],
//!     stalls: vec![],
//!     late_fetches: vec![],
//!     start_burst: None,
//! });
//! assert_eq!(ledger.frames_by_class()[&Class::Stale], 192);
//! let glitch = &ledger.glitches()[0];
//! assert_eq!((glitch.kind.name(), glitch.first, glitch.frames), ("G2", 2880, 192));
//! assert_eq!(glitch.starts, SimTime::from_millis(60));
//! ```
//!
//! # Where to start
//!
//! [`Account`] is what goes in, [`Ledger`] what comes out. Of a stream that records they are
//! [`CaptureAccount`] and [`CaptureLedger`], and frames can be lost (G3), torn (G13) or read too early.
//!
//! # What the model leaves out
//!
//! * *Wrong interpretation* (G12), and torn frames (G13) of what is played. Spans know neither bytes
//!   nor races; in simulation both cannot happen.
//! * *Counts without a place in the sound* (G10, G11) are not glitches here: lost and coalesced
//!   notifications are counted by whoever reads the history. Announcements that came twice (G16)
//!   are [counted](Ledger::duplicate_writes).
//! * *Position- and drift-induced* (G6, G7) are causes of the types above; so far only delays and
//!   faults are blamed.

mod account;
mod blame;
mod capture;
mod class;
mod content;
mod glitch;
mod headroom;
mod hearings;
mod ledger;
mod place;
mod span;
mod timeline;

pub use account::{
    Account, DeviceStall, LateFetch, LostNotification, Origin, Played, Starved, Supply, Work, Write,
};
pub use blame::Blame;
pub use capture::{
    CaptureAccount, CaptureClass, CaptureGlitch, CaptureGlitchType, CaptureLedger, CaptureSpan,
    ClientDrop, Held, Mixed, PacketRead, RoundTrip, Stored,
};
pub use class::Class;
pub use glitch::{Glitch, GlitchType};
pub use headroom::Headroom;
pub use ledger::Ledger;
pub use place::Placed;
pub use span::Span;
pub use timeline::{Cadence, Even, Geometry, Stay};
