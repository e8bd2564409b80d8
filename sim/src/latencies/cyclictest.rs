//! Histograms that `cyclictest -h` prints: a line per microsecond, a column per thread.
//!
//! Source: `cyclictest` of rt-tests 2.4, manual page and output. A count stands for latencies from that
//! microsecond up to the next; `# Total` counts what is in the histogram, `# Histogram Overflows` what
//! is beyond it, and `# Max Latencies` is over both.

use super::LatenciesError;
use super::histogram::{Bin, Bins, Latencies};

const WHAT: &str = "histogram of cyclictest";
const HELP: &str = "take the output of `cyclictest -q -h 1000` as it is, to its last line";

/// True if `text` has the lines that are around such a histogram.
pub(super) fn is_one(text: &str) -> bool {
    let begins = |line: &str| line.starts_with("# Histogram") || line.starts_with("# Total:");
    text.lines().any(begins)
}

/// What stands below the histogram, per thread.
#[derive(Debug, Default)]
struct Below {
    /// The line and what it says.
    totals: Option<(usize, Vec<u64>)>,
    longest: Option<(usize, Vec<u64>)>,
    overflows: Option<(usize, Vec<u64>)>,
}

pub(super) fn parse(text: &str) -> Result<Latencies, LatenciesError> {
    let mut bins = Bins::default();
    let mut below = Below::default();
    let mut sums: Option<Vec<u64>> = None;
    let mut beyond = 0;
    for (line, number) in text.lines().zip(1..) {
        let line = line.trim();
        if let Some(comment) = line.strip_prefix('#') {
            below.take(number, comment.trim())?;
            continue;
        }
        let numbers = numbers(number, line)?;
        let Some((&micros, counts)) = numbers.split_first() else {
            continue;
        };
        let sums = sums.get_or_insert_with(|| vec![0; counts.len()]);
        if counts.is_empty() || counts.len() != sums.len() {
            let message = format!("here are {} counts, and above {}", counts.len(), sums.len());
            return Err(LatenciesError::new(number, message, HELP));
        }
        let bin = micros_from(micros, micros);
        let bin = bin.ok_or_else(|| LatenciesError::new(number, "no latency is as long", HELP))?;
        beyond = bin.to;
        for (sum, &count) in sums.iter_mut().zip(counts) {
            *sum = sum.saturating_add(count);
            bins.add(number, Bin { count, ..bin })?;
        }
    }
    let sums = sums.unwrap_or_default();
    below.agrees_with(&sums)?;
    let overflows = below.add_overflows(&mut bins, beyond)?;
    let mut latencies = bins.finish(WHAT)?;
    if overflows > 0 {
        latencies.notes.push(format!(
            "{overflows} of them are beyond the histogram, which ends at {} us; up to the longest they are taken as evenly spread.",
            beyond / 1_000
        ));
    }
    note_threads(&mut latencies, sums.len());
    Ok(latencies)
}

/// Says so if the file is of several threads.
pub(super) fn note_threads(latencies: &mut Latencies, threads: usize) {
    if threads > 1 {
        let note = format!(
            "{threads} threads, taken together: a thread of the model may run on any of their processors."
        );
        latencies.notes.push(note);
    }
}

/// The latencies from one count of microseconds to another, which was cut off below a microsecond.
pub(super) fn micros_from(from: u64, to: u64) -> Option<Bin> {
    Some(Bin {
        from: from.checked_mul(1_000)?,
        to: to.checked_add(1)?.checked_mul(1_000)?,
        count: 0,
    })
}

impl Below {
    fn take(&mut self, number: usize, comment: &str) -> Result<(), LatenciesError> {
        let line = |text| Ok(Some((number, numbers(number, text)?)));
        if let Some(text) = comment.strip_prefix("Total:") {
            self.totals = line(text)?;
        } else if let Some(text) = comment.strip_prefix("Max Latencies:") {
            self.longest = line(text)?;
        } else if let Some(text) = comment.strip_prefix("Histogram Overflows:") {
            self.overflows = line(text)?;
        }
        Ok(())
    }

    /// A file that was cut short has fewer latencies than it says.
    fn agrees_with(&self, sums: &[u64]) -> Result<(), LatenciesError> {
        let Some((line, totals)) = &self.totals else {
            let message =
                "the line `# Total:` is missing, so that nobody knows whether this is all";
            return Err(LatenciesError::new(0, message, HELP));
        };
        if totals[..] != *sums {
            let message =
                format!("the totals are {totals:?}, and the lines above add up to {sums:?}");
            return Err(LatenciesError::new(*line, message, HELP));
        }
        Ok(())
    }

    /// Adds what is beyond the histogram, up to the longest of its thread.
    fn add_overflows(&self, bins: &mut Bins, beyond: u64) -> Result<u64, LatenciesError> {
        let Some((line, overflows)) = &self.overflows else {
            return Ok(0);
        };
        let longest = self
            .longest
            .as_ref()
            .map_or(&[][..], |(_, longest)| longest);
        for (place, &count) in overflows
            .iter()
            .enumerate()
            .filter(|(_, count)| **count > 0)
        {
            let reach = longest
                .get(place)
                .and_then(|&micros| micros_from(0, micros));
            let Some(to) = reach.map(|bin| bin.to).filter(|to| *to >= beyond) else {
                let message = format!(
                    "{count} latencies are beyond the histogram, and `# Max Latencies:` does not say how far"
                );
                return Err(LatenciesError::new(
                    *line,
                    message,
                    "measure again with a larger -h",
                ));
            };
            let from = beyond;
            bins.add(*line, Bin { from, to, count })?;
        }
        Ok(overflows
            .iter()
            .fold(0, |sum, count| sum.saturating_add(*count)))
    }
}

/// Whole numbers with blanks between them.
fn numbers(line: usize, text: &str) -> Result<Vec<u64>, LatenciesError> {
    let number = |word: &str| {
        word.parse()
            .map_err(|_| LatenciesError::new(line, format!("`{word}` is no whole number"), HELP))
    };
    text.split_whitespace().map(number).collect()
}
