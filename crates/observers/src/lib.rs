//! What real consumers make of a position that may be wrong.
//!
//! A program that plays sound does not see the sound. It sees readings: a position, and what time
//! it was. From those some programs conclude that something went wrong, and they can be mistaken
//! either way. Each policy here is one program's rule as a plain struct: it is told of readings,
//! in order, and says what it believes. Nothing in this crate can know the truth, since it sees
//! nothing but [`units`].
//!
//! ```
//! use observers::{PositionAgainstClock, Reading, Since};
//! use units::{Frames, Hns, SampleRate};
//!
//! // A callback every 10 ms, by a device that shows its position in steps of 512 frames.
//! let mut chromium =
//!     PositionAgainstClock::new(SampleRate::HZ_48000, Frames::new(480), Since::PositionMoved);
//! let callback = |n: u64| Reading {
//!     at: Hns::new(n * 100_000),
//!     position: Frames::new(n * 480 / 512 * 512),
//! };
//! let alarms: Vec<u64> = (0..50).filter(|n| chromium.callback(callback(*n)).is_some()).collect();
//! assert_eq!(alarms, [17, 33, 49]); // Nothing was wrong with the sound.
//! ```
//!
//! # Where to start
//!
//! A [`GlitchDetector`] says whether something is wrong: [`PositionAgainstClock`], [`StopThreshold`],
//! [`LeftToPlay`], [`Resynchronising`]. A [`PositionGuard`] makes a position out
//! of one that may be wrong: [`ClampMonotone`], [`ClampToWritten`], [`Interpolate`],
//! [`PointerFilter`], [`WallClockGuard`]. A [`DelayLockedLoop`] makes a rate out of them.
//!
//! # What the model leaves out
//!
//! * *Smoothers.* The regression of `PulseAudio`, JACK's loop over times, and what switches a source
//!   off that was wrong too often. Who asks how those would have fared on a device could tell.
//! * *Statistics.* Chromium adds its glitches up per 1000 callbacks and clamps each to a second;
//!   here they are told one by one.

mod clamp;
mod delay_locked_loop;
mod glitch_detector;
mod interpolate;
mod pointer_filter;
mod position_against_clock;
mod ring_reading;
mod wall_clock_guard;

pub use clamp::{ClampMonotone, ClampToWritten};
pub use delay_locked_loop::{DelayLockedLoop, Gains};
pub use glitch_detector::{GlitchDetector, LeftToPlay, Look, Resynchronising, StopThreshold};
pub use interpolate::Interpolate;
pub use pointer_filter::PointerFilter;
pub use position_against_clock::{Deficit, PositionAgainstClock, Reading, Since};
pub use ring_reading::{PositionGuard, Ring, RingReading};
pub use wall_clock_guard::WallClockGuard;
