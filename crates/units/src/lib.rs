//! The units everything else counts in.
//!
//! A number without a unit gets no further than the function that parsed it. Time is a whole
//! number of [ticks](TICKS_PER_SECOND), positions are whole [`Frames`] or [`Bytes`], and a
//! [`Clock`] turns one into the other exactly, from an epoch, never by adding rounded periods.
//!
//! ```
//! use units::{Clock, Frames, SampleRate, SimTime};
//!
//! let converter = Clock::nominal(SimTime::ZERO, SampleRate::HZ_48000);
//! let packet_end = converter.instant_of(480);
//! assert_eq!(packet_end, SimTime::from_millis(10));
//! assert_eq!(converter.count_at(packet_end), 480);
//! ```
//!
//! # What the model leaves out
//!
//! * Time before the run and after 484 days of it: [`SimTime`] is a `u64` of ticks. Nobody who
//!   simulates audio would notice; arithmetic that would leave the range panics and says so.
//! * Formats other than uncompressed PCM and float. A client of a compressed stream would notice.

mod clock;
mod count;
mod format;
mod status;
mod time;
mod wander;

pub use clock::{Clock, SampleRate};
pub use count::{Bytes, Frames};
pub use format::{FormatError, SampleFormat, WaveFormat};
pub use status::{HResult, NtStatus, Win32Error};
pub use time::{Hns, Moment, Phase, SimDuration, SimTime, TICKS_PER_SECOND};
pub use wander::{Wander, WanderingClock};
