//! What goes to standard output, and what to standard error.

use serde_json::{Value, json};
use std::io::{self, Write as _};

/// Prints a result on standard output.
///
/// Whoever reads it may stop reading (`wavert list | head`); that is no error of ours.
pub fn print(text: &str) {
    let mut out = io::stdout().lock();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

/// Prints results as one JSON object: the only one as it is, several as a list `results`.
pub fn print_json(mut results: Vec<Value>) {
    let object = match results.len() {
        1 => results.remove(0),
        _ => json!({ "schema": 1, "results": results }),
    };
    print(&format!("{object:#}\n"));
}

/// Says something to the person at the terminal, on standard error.
pub fn say(text: &str) {
    let _ = io::stderr().lock().write_all(text.as_bytes());
}
