//! How the command ends.

use std::process::ExitCode;

/// The exit status. Of several scenarios the highest one is returned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Status {
    /// Everything ran, and all expectations were met.
    Met = 0,
    /// Everything ran, and an expectation was not met.
    Unmet = 1,
    /// A file or an argument was refused, or an output could not be written.
    Refused = 2,
    /// A fault of the laboratory itself: a panic, a deadlock, time that stands still.
    Internal = 3,
}

impl From<Status> for ExitCode {
    fn from(status: Status) -> Self {
        Self::from(status as u8)
    }
}
