//! Logs of `HdrHistogram`: a line per interval, with its histogram packed into text.
//!
//! Source: hdrhistogram.org, "Histogram log format version 1.2 and 1.3". The format does not say what a
//! value counts; jHiccup and the loggers of the library count nanoseconds.

use super::LatenciesError;
use super::histogram::{Bin, Bins, Latencies};
use hdrhistogram::Histogram;
use hdrhistogram::serialization::Deserializer;
use hdrhistogram::serialization::interval_log::{IntervalLogIterator, LogEntry};

const WHAT: &str = "HdrHistogram log";
const HELP: &str = "take the log as HdrHistogram wrote it, to the end of a line";

/// True if `text` has what such logs begin with, or a histogram of theirs.
pub(super) fn is_one(text: &str) -> bool {
    let begins = ["#[Histogram log format", "\"StartTimestamp\""];
    let mut lines = text.lines().take(64);
    lines
        .any(|line| begins.iter().any(|begin| line.starts_with(begin)) || line.contains(",HISTFAA"))
}

pub(super) fn parse(text: &str) -> Result<Latencies, LatenciesError> {
    let mut bins = Bins::default();
    let mut millis = 0_u128;
    for (line, number) in text
        .lines()
        .zip(1..)
        .filter(|(line, _)| !line.trim().is_empty())
    {
        for entry in IntervalLogIterator::new(format!("{line}\n").as_bytes()) {
            let entry = entry
                .map_err(|_| LatenciesError::new(number, "this is no line of such a log", HELP))?;
            if let LogEntry::Interval(interval) = entry {
                millis += interval.duration().as_millis();
                add(&mut bins, number, interval.encoded_histogram())?;
            }
        }
    }
    let mut latencies = bins.finish(WHAT)?;
    latencies.observed_seconds = u64::try_from(millis / 1_000).ok();
    let note = "The format names no unit; values are taken as nanoseconds, as jHiccup and the library's own loggers write them.";
    latencies.notes.push(note.to_owned());
    Ok(latencies)
}

/// Adds what the histogram of one interval holds.
fn add(bins: &mut Bins, line: usize, encoded: &str) -> Result<(), LatenciesError> {
    let wrong = |what: String| LatenciesError::new(line, what, HELP);
    let bytes = decoded(encoded).ok_or_else(|| wrong("the histogram is no Base64".into()))?;
    let histogram: Histogram<u64> = Deserializer::new()
        .deserialize(&mut &bytes[..])
        .map_err(|error| wrong(format!("the histogram cannot be unpacked: {error}")))?;
    for step in histogram.iter_recorded() {
        let value = step.value_iterated_to();
        let bin = Bin {
            from: histogram.lowest_equivalent(value),
            to: histogram.highest_equivalent(value),
            count: step.count_since_last_iteration(),
        };
        bins.add(line, bin)?;
    }
    Ok(())
}

/// Base64 with its padding, as RFC 4648 has it.
fn decoded(text: &str) -> Option<Vec<u8>> {
    let text = text.trim_end_matches('=');
    let mut bytes = Vec::with_capacity(text.len() * 3 / 4);
    let (mut bits, mut held) = (0_u32, 0_u32);
    for letter in text.bytes() {
        let six = match letter {
            b'A'..=b'Z' => letter - b'A',
            b'a'..=b'z' => letter - b'a' + 26,
            b'0'..=b'9' => letter - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return None,
        };
        held = (held << 6) | u32::from(six);
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            bytes.push(u8::try_from((held >> bits) & 0xff).ok()?);
        }
    }
    Some(bytes)
}
