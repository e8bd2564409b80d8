//! Reports of LatencyMon, which say how long wake-ups took at most and on average, and how many DPCs
//! ran for how long.
//!
//! Source: reports as people post them, and resplendence.com, "Interrupt to user process latencies".
//! What is known to go wrong in them: the decimal point is a comma where that is usual; the sign for micro
//! arrives as anything; columns drift; the bin of 500 to 1000 us calls itself "500-10000"; and the bin of 250
//! to 500 us is empty in every report, also where ISRs of 345 us stand beside it, so that the two middle
//! bins are taken as one.
//!
//! Model: the end of the table is the highest latency and its mean the average. Its tail comes from the bins: a
//! wake-up falls into a DPC as often as DPCs of that length fill the time, and waits for what is left
//! of it. They are counted over all processors and may all be on the one that the thread wants, so
//! the tail is the worst that the report allows.

use super::LatenciesError;
use super::histogram::{Bin, Bins, Latencies};
use machine::WakeTable;

const WHAT: &str = "LatencyMon report";
const HELP: &str = "take the whole text of the report (Edit, Copy report text to clipboard)";
/// The body of a table: survivors, and latencies in hundredths of a length that is fitted. The shape is that
/// of an idle desktop.
const BODY: [(u32, u64); 3] = [
    (WakeTable::WHOLE, 25),
    (500_000_000, 100),
    (100_000_000, 160),
];
/// Bins of DPCs in nanoseconds; the last reaches to the longest.
const DPC_BINS: [(&str, u64, u64); 5] = [
    ("250-500", 250_000, 1_000_000),
    ("500-1000", 250_000, 1_000_000),
    ("1000-2000", 1_000_000, 2_000_000),
    ("2000-4000", 2_000_000, 4_000_000),
    (">=4000", 4_000_000, 4_000_000),
];

/// True if `text` is such a report, or a part of one.
pub(super) fn is_one(text: &str) -> bool {
    text.contains("LatencyMon")
        || text.lines().any(|line| {
            line.trim_start()
                .starts_with("Highest measured interrupt to")
        })
}

/// What a report says, with the lines where it does.
#[derive(Debug, Default)]
struct Report {
    highest: Option<(usize, u64)>,
    average: Option<(usize, u64)>,
    highest_dpc: u64,
    culprit: Option<String>,
    observed_seconds: Option<u64>,
    /// By the places of [`DPC_BINS`].
    dpcs: [u64; DPC_BINS.len()],
}

pub(super) fn parse(text: &str) -> Result<Latencies, LatenciesError> {
    let mut report = Report::default();
    for (line, number) in text.lines().zip(1..) {
        report.take(number, line.trim())?;
    }
    report.latencies()
}

impl Report {
    fn take(&mut self, line: usize, text: &str) -> Result<(), LatenciesError> {
        let micros = |label: &str| {
            text.strip_prefix(label)
                .map(|rest| nanos_of_micros(line, rest))
                .transpose()
        };
        if let Some(highest) = micros("Highest measured interrupt to process latency")? {
            self.highest = Some((line, highest));
        } else if let Some(average) = micros("Average measured interrupt to process latency")? {
            self.average = Some((line, average));
        } else if let Some(highest) = micros("Highest DPC routine execution time")? {
            self.highest_dpc = highest;
        } else if let Some(driver) =
            text.strip_prefix("Driver with highest DPC routine execution time")
        {
            self.culprit = Some(driver.trim_start_matches(':').trim().to_owned());
        } else if let Some((_, rest)) = text.split_once("has been analyzing your system for") {
            self.observed_seconds = rest.split_whitespace().next().and_then(seconds);
        } else if let Some(rest) = text.strip_prefix("DPC count (execution time ") {
            self.take_bin(line, rest)?;
        }
        Ok(())
    }

    fn take_bin(&mut self, line: usize, rest: &str) -> Result<(), LatenciesError> {
        let rest = rest.replace("500-10000", "500-1000");
        let place = DPC_BINS.iter().position(|(name, ..)| {
            let behind = rest.strip_prefix(name);
            behind.is_some_and(|behind| !behind.starts_with(|letter: char| letter.is_ascii_digit()))
        });
        let Some(place) = place else { return Ok(()) };
        let count = rest
            .rsplit([':', ' ', '\t'])
            .find(|word| !word.is_empty())
            .unwrap_or_default();
        self.dpcs[place] = count.parse().map_err(|_| {
            LatenciesError::new(line, format!("`{count}` is no count of DPCs"), HELP)
        })?;
        Ok(())
    }

    fn latencies(&self) -> Result<Latencies, LatenciesError> {
        let missing = |what: &str| {
            LatenciesError::new(
                0,
                format!("the report does not say the {what} interrupt to process latency"),
                HELP,
            )
        };
        let (line, highest) = self.highest.ok_or_else(|| missing("highest"))?;
        let (_, average) = self.average.ok_or_else(|| missing("average"))?;
        if highest > WakeTable::LONGEST.to_nanos_floor() {
            let message = format!("{highest} ns is longer than an hour");
            return Err(LatenciesError::new(line, message, HELP));
        }
        if average > highest {
            let message =
                format!("the highest latency is {highest} ns, and the average {average} ns");
            return Err(LatenciesError::new(line, message, HELP));
        }
        let tail = self.tail(highest);
        let knots = fitted(average, &tail);
        let mut bins = Bins::default();
        for pair in knots.windows(2) {
            let ((before, from), (after, to)) = (pair[0], pair[1]);
            let count = u64::from(before - after);
            bins.add(
                line,
                Bin {
                    from,
                    to: to.max(from),
                    count,
                },
            )?;
        }
        let mut latencies = bins.finish(WHAT)?.worked_out();
        latencies.observed_seconds = self.observed_seconds;
        self.note(&mut latencies);
        Ok(latencies)
    }

    /// Survivors and latencies from the bins of DPCs up to the highest latency, falling and rising.
    fn tail(&self, highest: u64) -> Vec<(u32, u64)> {
        let seconds = self.observed_seconds.filter(|seconds| *seconds > 0);
        let mut tail = Vec::new();
        for at in [250_000, 500_000, 1_000_000, 2_000_000, 4_000_000] {
            let Some(seconds) = seconds.filter(|_| at < highest) else {
                break;
            };
            let waiting: u128 = DPC_BINS
                .iter()
                .zip(self.dpcs)
                .map(|((_, from, to), count)| {
                    let to = if from == to {
                        self.highest_dpc.max(*to)
                    } else {
                        *to
                    };
                    let left = ((from + to) / 2).saturating_sub(at);
                    u128::from(count) * u128::from(left)
                })
                .sum();
            // Nanoseconds in a second are as many as parts in the whole.
            let survivors = u32::try_from(waiting.div_ceil(u128::from(seconds)))
                .unwrap_or(u32::MAX)
                .min(BODY[2].0 / 2);
            let below = tail.last().map_or(BODY[2].0, |(last, _)| *last);
            if survivors == 0 || survivors >= below {
                continue;
            }
            tail.push((survivors, at));
        }
        tail.push((0, highest));
        tail
    }

    fn note(&self, latencies: &mut Latencies) {
        let notes = &mut latencies.notes;
        notes.push("It states the highest and the average latency only; the shape between is that of an idle desktop, fitted to the average.".to_owned());
        if self.dpcs.iter().any(|count| *count > 0) {
            notes.push("Its long DPCs make the tail, as if all were on the processor of the thread; 250 to 500 us and 500 to 1000 us are one bin, as the first is empty in every report.".to_owned());
        }
        if let Some(culprit) = &self.culprit {
            notes.push(format!(
                "The longest DPC ({}.{:03} ms) was that of {culprit}.",
                self.highest_dpc / 1_000_000,
                self.highest_dpc / 1_000 % 1_000
            ));
        }
    }
}

/// The body of a table before `tail`, so long that the mean of all is `average` as near as may be.
fn fitted(average: u64, tail: &[(u32, u64)]) -> Vec<(u32, u64)> {
    let at = |length: u64| -> Vec<(u32, u64)> {
        let first = tail[0].1;
        let body =
            BODY.map(|(survivors, hundredths)| (survivors, (length * hundredths / 100).min(first)));
        body.into_iter().chain(tail.iter().copied()).collect()
    };
    let mean = |length: u64| -> u64 {
        let knots = at(length);
        let sum: u128 = knots
            .windows(2)
            .map(|pair| u128::from(pair[0].0 - pair[1].0) * u128::from(pair[0].1 + pair[1].1))
            .sum();
        u64::try_from(sum / 2 / u128::from(WakeTable::WHOLE)).unwrap_or(u64::MAX)
    };
    // The mean rises with the length.
    let (mut short, mut long) = (0, average.saturating_mul(4).max(1));
    while long - short > 1 {
        let middle = short.midpoint(long);
        if mean(middle) <= average {
            short = middle;
        } else {
            long = middle;
        }
    }
    at(short)
}

/// The number of microseconds at the end of a line, in nanoseconds. The point may be a comma.
fn nanos_of_micros(line: usize, rest: &str) -> Result<u64, LatenciesError> {
    let word = rest
        .rsplit([':', ' ', '\t', '\u{a0}'])
        .find(|word| !word.is_empty())
        .unwrap_or_default();
    let number = word.replace(',', ".");
    let (whole, behind) = number.split_once('.').unwrap_or((&number, ""));
    let digits = format!("{behind:0<3}");
    let parsed = whole.parse::<u64>().ok().zip(
        digits
            .get(..3)
            .and_then(|digits| digits.parse::<u64>().ok()),
    );
    let nanos = parsed.and_then(|(whole, part)| whole.checked_mul(1_000)?.checked_add(part));
    nanos.ok_or_else(|| {
        LatenciesError::new(line, format!("`{word}` is no number of microseconds"), HELP)
    })
}

/// `0:01:00` in seconds.
fn seconds(time: &str) -> Option<u64> {
    time.split(':').try_fold(0_u64, |sum, part| {
        sum.checked_mul(60)?.checked_add(part.parse().ok()?)
    })
}
