//! What anybody's position logic can be put under.
//!
//! ```text
//!  Setup, History  ◀── strategies (proptest) ── seed
//!     │
//!     ▼ calls, one by one, with time between them
//!  dyn Subject ── answers, signals ──▶ Trace ──▶ RULES ──▶ Report
//!     ▲                                            │ a rule is broken
//!     │ made by a Bench                            ▼
//!  a function of time, a source with states,    the shortest history that breaks it,
//!  a clock, a controller, the stream of a miniport,           as a table and as a file
//!  a consumer of positions, a subject of one's own
//! ```
//!
//! Whoever has written the part of a driver that turns time into positions puts it under the
//! numbered rules here, and is shown the shortest sequence of calls that breaks one. What is
//! tested can be as little as a [function](kit::Function) from time to buffer offset, or as much
//! as a [stream](kit::StreamBench) of a miniport on its device, called as its port calls it. A rule
//! whose calls a subject does not answer is said to be not applicable, and why. A whole [`pin`],
//! the real port over a miniport, is asked anything in any order.
//!
//! Start with [`kit::Kit`]. The miniports of this laboratory are subjects, too: see
//! [`mod@reference`]. Calls that a driver has answered, and that were recorded, are made again
//! by [`replay`].
//!
//! ```
//! use conformance::kit::{Function, Kit, Setup};
//! use units::{Bytes, Hns};
//!
//! // Ours: frames since the start, as a byte offset in the cyclic buffer.
//! let mine = Function::new("mine", |setup: &Setup| {
//!     let setup = *setup;
//!     move |now: Hns| {
//!         let hns = u128::from(now.get() - setup.start.get());
//!         let frames = hns * u128::from(setup.format.rate.hertz()) / 10_000_000;
//!         let bytes = frames as u64 * u64::from(setup.format.frame_bytes());
//!         Bytes::new(bytes % setup.buffer().get())
//!     }
//! });
//! let report = Kit::new(1).cases(8).check(&mine);
//! assert!(report.passed(), "{report}");
//! ```
//!
//! # What the model leaves out
//!
//! * *Threads*: calls come one by one, as under the driver's lock.
//! * *Power*: it is a matter of the whole [`pin`].
//! * *Samples*: frames of a stream are known by the number of the store that they came with, where
//!   its driver lets them be [heard](kit::Ear). One that swaps the bytes inside a frame would not be
//!   noticed here.

pub mod kit;
pub mod pin;
pub mod reference;
pub mod replay;
