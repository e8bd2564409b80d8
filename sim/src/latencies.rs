//! Measured latencies, as the tools that people have write them.
//!
//! ```text
//!  text ── parse ──> Latencies: bins of latencies and counts ── knots ──> [machine] wake
//!            │            └─ knowledge: what the file knows, and where that ends
//!  LatenciesError: line, message, remedy
//! ```
//!
//! Each kind of file is known by how it begins, and read by a function of its own from text to
//! [`Latencies`]. What none of them does is to guess: nothing is longer than the
//! longest that was measured, and what a file leaves open is said.

mod csv;
mod cyclictest;
mod cyclictest_json;
mod hdr;
mod histogram;
mod latencymon;

use crate::overrides::Override;
use crate::refusal::Refusal;
pub use histogram::Latencies;
use serde_json::{Value, json};
use std::fs::File;
use std::io::Read as _;
use std::path::Path;
use thiserror::Error;
use toml::Table;

/// No file is larger; a day of single latencies, one a millisecond, takes half of it.
const BYTES_MAX: u64 = 1 << 30;

/// The latencies of a file that the user named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Measured {
    /// As the user named it.
    file: String,
    latencies: Latencies,
}

impl Measured {
    /// Reads a file.
    ///
    /// # Errors
    /// [`Refusal`], with its place in the file.
    pub fn read(path: &Path) -> Result<Self, Refusal> {
        let file = path.display().to_string();
        let text = text(&file, path)?;
        let latencies = parse(&text).map_err(|error| {
            let place = match error.line {
                0 => file.clone(),
                line => format!("{file}:{line}"),
            };
            Refusal::new(&place, error.message, error.help)
        })?;
        Ok(Self { file, latencies })
    }

    /// What makes them those of the scenario's machine.
    pub fn change(&self) -> Override {
        let knot = |knot: machine::Knot| {
            let mut table = Table::new();
            let latency = format!("{}ns", knot.latency.to_nanos_floor());
            table.insert(
                "survivors".into(),
                toml::Value::Integer(knot.survivors.into()),
            );
            table.insert("latency".into(), toml::Value::String(latency));
            toml::Value::Table(table)
        };
        let knots = self.latencies.knots().into_iter().map(knot).collect();
        Override::new(["machine", "wake"], toml::Value::Array(knots))
    }

    /// How often an hour a longer latency may come than any of the file; see
    /// [`Latencies::unseen_per_hour`].
    pub fn unseen_per_hour(&self, expected: f64, wakes_per_hour: f64) -> Option<f64> {
        self.latencies.unseen_per_hour(expected, wakes_per_hour)
    }

    /// What the file knows and where that ends, below a heading.
    pub fn knowledge(&self) -> String {
        format!("Latencies\n  {}", self.latencies.knowledge(&self.file))
    }

    /// The same for a program.
    pub fn to_json(&self) -> Value {
        let mut value = self.latencies.to_json();
        value["file"] = json!(self.file);
        value
    }
}

/// The text of a file. What is no UTF-8 is a letter that no figure is made of, as the sign for micro in
/// the code page of some country; what Windows calls Unicode is UTF-16.
fn text(name: &str, path: &Path) -> Result<String, Refusal> {
    let unreadable = |error: std::io::Error| {
        let help = "check the path, and that you may read it";
        Refusal::new(name, format!("cannot be read: {error}"), help)
    };
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(unreadable)?;
    file.take(BYTES_MAX + 1)
        .read_to_end(&mut bytes)
        .map_err(unreadable)?;
    if bytes.len() as u64 > BYTES_MAX {
        let message = format!("longer than {} MiB", BYTES_MAX >> 20);
        return Err(Refusal::new(
            name,
            message,
            "count equal latencies: a value and a count a line",
        ));
    }
    if let Some(wide) = bytes.strip_prefix(&[0xff, 0xfe]) {
        let units: Vec<u16> = wide
            .chunks_exact(2)
            .map(|pair| u16::from_le_bytes([pair[0], pair[1]]))
            .collect();
        return Ok(String::from_utf16_lossy(&units));
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// Why a text holds no latencies.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{message}")]
pub struct LatenciesError {
    /// Counted from 1; 0 if it is about the whole.
    pub line: usize,
    /// What is wrong.
    pub message: String,
    /// What can be done about it.
    pub help: String,
}

impl LatenciesError {
    fn new(line: usize, message: impl Into<String>, help: impl Into<String>) -> Self {
        let (message, help) = (message.into(), help.into());
        Self {
            line,
            message,
            help,
        }
    }
}

/// Reads latencies, whatever wrote them: a histogram of `cyclictest` as text or JSON, a report of
/// `LatencyMon`, an `HdrHistogram` log, or a table of latencies, one a line or with their counts.
///
/// # Errors
/// [`LatenciesError`], with its line.
pub fn parse(text: &str) -> Result<Latencies, LatenciesError> {
    let text = text.trim_start_matches('\u{feff}');
    if text.trim().is_empty() {
        let help = "name a file of cyclictest, LatencyMon or HdrHistogram, or a table of latencies";
        return Err(LatenciesError::new(0, "the file is empty", help));
    }
    if text.trim_start().starts_with('{') {
        cyclictest_json::parse(text)
    } else if hdr::is_one(text) {
        hdr::parse(text)
    } else if latencymon::is_one(text) {
        latencymon::parse(text)
    } else if cyclictest::is_one(text) {
        cyclictest::parse(text)
    } else {
        csv::parse(text)
    }
}

#[cfg(test)]
mod tests;
