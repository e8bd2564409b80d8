//! Traces held against the published schema.
//!
//! The package `perfetto` on `PyPI` carries the schema of the trace format. When Python has it, every
//! trace is parsed with it: no unknown field, balanced spans, times in order, tracks described
//! before they are used. Without it the chore says so and passes; the same checks, but for the
//! schema itself, are in the ordinary suite of `sim`.

use crate::{Failure, cargo, root, run};
use std::process::Command;

/// Scenarios whose traces are looked at when none are named.
const SCENARIOS: &[&str] = &["late-wake-up"];

/// Runs the scenarios and checks their traces.
///
/// # Errors
/// [`Failure`], if a scenario does not run or a trace does not hold.
pub fn check(arguments: &[String]) -> Result<(), Failure> {
    let python = std::env::var("PYTHON").unwrap_or_else(|_| "python3".into());
    let importable = Command::new(&python)
        .args(["-c", "import perfetto"])
        .output();
    if !importable.is_ok_and(|output| output.status.success()) {
        eprintln!(
            "perfetto: SKIPPED, {python} has no package `perfetto`\n\
             (python3 -m venv target/perfetto && target/perfetto/bin/pip install perfetto, then\n\
             PYTHON=target/perfetto/bin/python cargo xtask perfetto)"
        );
        return Ok(());
    }
    let named: Vec<&str> = if arguments.is_empty() {
        SCENARIOS.to_vec()
    } else {
        arguments.iter().map(String::as_str).collect()
    };
    for name in named {
        let folder = root().join("target/perfetto-traces").join(name);
        run(cargo([
            "run",
            "--quiet",
            "--package",
            "wavert-sim",
            "--",
            "run",
            name,
            "--out",
        ])
        .arg(&folder))?;
        run(Command::new(&python)
            .arg(root().join("xtask/src/perfetto_check.py"))
            .arg(folder.join("trace.pftrace")))?;
    }
    Ok(())
}
