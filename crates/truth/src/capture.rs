//! The ledger of a stream that records: what became of every frame that was converted.
//!
//! The counterpart of the rest of this crate. There a frame leaves the speaker, and the question is
//! what it was; here a frame comes from the converter, and the question is what the recording has
//! in its place.
//!
//! ```text
//!  stays ─▶ frames that were recorded ─┐
//!  reads ─▶ what each packet held ─────┼─▶ class of every frame ─▶ CaptureSpan ─▶ CaptureGlitch
//!  dropped ─▶ what found no room ──────┘                                              ▲
//!                                            work, lost, supply ─▶ Blame ─────────────┘
//! ```
//!
//! A reader that comes 4 ms after its packet was written over copies it all the same:
//!
//! ```
//! use truth::{
//!     CaptureAccount, CaptureClass, CaptureLedger, Geometry, Held, Origin, PacketRead, Stay, Stored,
//! };
//! use units::{Bytes, Clock, Frames, SampleRate, SimTime};
//!
//! let read = |packet: u64, at_ms, held: &[(u64, u64)]| PacketRead {
//!     run: 0,
//!     packet,
//!     done: SimTime::from_millis(at_ms).commit(),
//!     origin: Origin::Forced,
//!     held: held.iter().map(|(frames, first)| Held::of(0, *frames, *first)).collect(),
//! };
//! let clock = Clock::nominal(SimTime::ZERO, SampleRate::HZ_48000);
//! let ledger = CaptureLedger::close(CaptureAccount {
//!     geometry: Geometry {
//!         rate: SampleRate::HZ_48000,
//!         packet: Frames::new(480),
//!         packets: 2,
//!         frame: Bytes::new(4),
//!         fifo: Bytes::new(4),
//!         burst: Bytes::new(4),
//!     },
//!     stored: Stored::Begun,
//!     until: SimTime::from_millis(30),
//!     stays: vec![Stay::even(0, clock, 0, 1440)],
//!     reads: vec![
//!         read(0, 24, &[(192, 960), (288, 192)]),
//!         read(1, 24, &[(480, 480)]),
//!     ],
//!     ..CaptureAccount::default()
//! });
//! let frames = ledger.frames_by_class();
//! assert_eq!((frames[&CaptureClass::Torn], frames[&CaptureClass::Ok]), (192, 768));
//! assert_eq!(frames[&CaptureClass::Unread], 480, "packet 2 was complete at the very end");
//! let glitch = &ledger.glitches()[0];
//! assert_eq!((glitch.kind.name(), glitch.first, glitch.frames), ("G13", 0, 192));
//! assert_eq!(glitch.holds, Some(960), "which the reader takes for frame 0");
//! ```

mod account;
mod blame;
mod class;
mod glitch;
mod ledger;
mod margin;
mod round_trip;
mod span;

pub use account::{CaptureAccount, ClientDrop, Held, PacketRead, Stored};
pub use class::CaptureClass;
pub use glitch::{CaptureGlitch, CaptureGlitchType};
pub use ledger::CaptureLedger;
pub use round_trip::{Mixed, RoundTrip};
pub use span::CaptureSpan;
