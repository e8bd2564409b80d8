//! Scenarios: the file format, the stack that it describes, the run, and what came of it.

mod check;
mod diagnostic;
mod format;
mod input;
mod parse;
mod quantity;
mod result;
mod run;
mod schema;
mod shipped;

pub use diagnostic::{Diagnostic, Diagnostics};
pub use format::*;
pub use input::{Inputs, Pcm};
pub use quantity::{Drift, FrameCount, Frequency, Level, QuantityError, Rate, Time};
pub use result::*;
pub use run::{Heard, Run, RunError, RunOptions, run};
pub use schema::schema;
pub use shipped::{Shipped, ShippedSound, shipped, shipped_sounds};
