//! Scenarios: the file format, the stack that it describes, the run, and what came of it.

mod check;
mod diagnostic;
mod expectation;
mod format;
mod heard;
mod history;
mod input;
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
pub use heard::Heard;
pub use history::HEARD;
pub use input::{Inputs, Pcm};
pub use quantity::{Drift, FrameCount, Frequency, Level, QuantityError, Rate, Time};
pub use result::*;
pub use run::{Run, RunError, RunOptions, run, run_watched};
pub use schema::{reference, schema};
pub use shipped::{Shipped, ShippedSound, shipped, shipped_sounds};
pub use stack::Stack;
