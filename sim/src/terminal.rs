//! What goes to standard output, and what to standard error.

use crate::exit::Status;
use serde_json::{Value, json};
use std::io::{self, ErrorKind, Write as _};

/// Prints a result on standard output; says so if it cannot be written there.
///
/// Whoever reads it may stop reading (`wavert list | head`); that is no error of ours.
#[must_use]
pub fn print(text: &str) -> Status {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            say(&format!(
                "error: cannot write to standard output: {error}\n  \
                 help: see that the disk has room, or that whoever reads it is there\n"
            ));
            Status::Refused
        }
        _ => Status::Met,
    }
}

/// Prints results as one JSON object: the only one as it is, several as a list `results`.
#[must_use]
pub fn print_json(mut results: Vec<Value>) -> Status {
    let object = match results.len() {
        1 => results.remove(0),
        _ => json!({ "schema": 1, "results": results }),
    };
    print(&format!("{object:#}\n"))
}

/// Says something to the person at the terminal, on standard error.
pub fn say(text: &str) {
    let _ = io::stderr().lock().write_all(text.as_bytes());
}
