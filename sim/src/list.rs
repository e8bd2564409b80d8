//! `wavert list` and `wavert schema`: what is in the binary.

use scenario::{Scenario, shipped};
use std::fmt::Write as _;

/// The shipped scenarios, one line each: what to call it, and what it shows.
pub fn list() -> String {
    let width = shipped()
        .iter()
        .map(|each| each.name.len())
        .max()
        .unwrap_or(0);
    let mut lines = String::new();
    for each in shipped() {
        let scenario = Scenario::parse(each.text).expect("a test reads every shipped scenario");
        let _ = writeln!(lines, "{:<width$}  {}", each.name, scenario.name);
    }
    lines
}

/// The JSON Schema of scenario files.
pub fn schema() -> String {
    format!("{:#}\n", scenario::schema())
}
