//! Scenarios: the file format, the stack that a file describes, the run, and what came of it.
//!
//! ```text
//!  text ── parse ─▶ Scenario ── assemble ─▶ Stack ── run ─▶ finish ─▶ Run
//!             │                    ▲          │ fork, step             ├─ RunResult, report
//!             ▼                 Inputs        ▼                        ├─ History
//!         Diagnostics                       World                      ├─ truth: Ledger
//!                                                                      └─ Heard
//! ```
//!
//! Everything is a value: there are no files, threads or terminals here. Whoever has them reads
//! the text and the sounds, calls [`run()`], and writes what comes back wherever it belongs.
//!
//! ```
//! use scenario::{Inputs, RunOptions, Scenario, run};
//!
//! let scenario = Scenario::parse(
//!     r#"
//!     name = "one wake-up, 14 ms late"
//!     duration = "100ms"
//!
//!     [[client]]
//!     mode = "exclusive-event"
//!
//!     [[fault]]
//!     late-wake-up = { client = 0, event = 5, by = "14ms" }
//!     "#,
//! )?;
//! let run = run(&scenario, &Inputs::new(), &RunOptions::default())?;
//!
//! let speaker = &run.result.endpoints[0];
//! assert_eq!((speaker.frames, speaker.frames_by_class["stale"]), (4800, 192));
//! let glitch = &speaker.glitches[0];
//! assert_eq!((glitch.kind, glitch.first_frame, glitch.start_ns), ("G2", 2880, 60_000_000));
//! assert_eq!((glitch.cause, glitch.fault.as_deref()), (Some("ready_wait"), Some("late-wake-up-0")));
//! assert!(run.report().contains("IT GLITCHED"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Where to start
//!
//! [`Scenario`] is the file, key by key; [`Scenario::parse`] reads it, and what is wrong with it
//! comes back as [`Diagnostics`] with places. [`Stack`] is the assembly, for whoever wants to step
//! through it or fork it. [`RunResult`] is what a run comes to, in the words of the result file;
//! [`Run::truth`] is what it was derived from. [`inspect()`] runs nothing and asks the devices. [`shipped`] are the scenarios in the repository.
//!
//! # What the model leaves out
//!
//! * *More than one speaker and one microphone.* Who plays to two endpoints would notice.
//! * *Lost, spurious and late notifications of one of two devices*: such faults name no device and are
//!   refused where both are used.
//! * *Detectors* of the kind that applications have, but for one: see `timer.detector`.

mod check;
mod diagnostic;
mod expectation;
mod format;
mod heard;
mod history;
mod input;
mod inspect;
mod notes;
mod outcome;
mod parse;
mod quantity;
mod report;
mod result;
mod run;
mod schema;
mod shipped;
mod stack;

pub use diagnostic::{Diagnostic, Diagnostics};
pub use format::*;
pub use heard::{Heard, Recorded};
pub use history::{DESCRIPTOR, ENDPOINT, HEARD};
pub use input::{Inputs, Pcm};
pub use inspect::*;
pub use outcome::Lateness;
pub use quantity::{Drift, FrameCount, Frequency, Level, QuantityError, Rate, Time};
pub use result::*;
pub use run::{Run, RunError, RunOptions, run, run_watched};
pub use schema::{reference, schema};
pub use shipped::{Shipped, ShippedSound, shipped, shipped_sounds};
pub use stack::{DeviceHalf, InPackets, PlayerHalf, PlayerReport, Stack};
