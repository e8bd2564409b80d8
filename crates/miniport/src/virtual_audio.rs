//! Virtual audio: a driver that has a clock and no hardware.
//!
//! ```text
//!  counter ──▶ SampleStream   whole milliseconds, two clocks, 32 bits: the sample driver
//!              ExactStream    one clock, no rounding but to frames: the same device done right
//!                   │
//!  port ──▶ VirtualMiniport ──▶ hardware::TimerBus ──▶ a timer, and a speaker or a microphone
//!                                                     that moves lumps
//! ```
//!
//! Microsoft's sample virtual driver turns time into positions, packets and events with some
//! arithmetic that many drivers were copied from. [`SampleStream`] is that arithmetic to the bit,
//! its defects included; [`ExactStream`] answers the same calls as the pages ask for it. Both are
//! told the time, and neither touches a sample. [`VirtualMiniport`] is a miniport made of either, of a
//! speaker or of a microphone. [`Tone`] is what the sample driver captures. [`PausableStream`] is how another
//! sample of the collection counts.

mod counter;
mod defects;
mod driver;
mod exact;
mod hears;
mod modes;
mod pausable;
mod registers;
mod report;
mod run_time;
mod sample;
mod stream;
mod tone;
mod wave;

pub use counter::Counter;
pub use defects::Defects;
pub use driver::VirtualMiniport;
pub use exact::{ExactOptions, ExactStream};
pub use hears::Hears;
pub use modes::{VirtualMode, VirtualOptions};
pub use pausable::{PausableClock, PausableStream};
pub use registers::Registers;
pub use report::{EngineEvent, Report};
pub use run_time::{RunTime, Segment};
pub use sample::{Allocated, BugCheck, Failure, Presentation, ReadAnswer, SampleStream, Ticked};
pub use tone::{Tone, ToneOptions};
pub use wave::Wave;
