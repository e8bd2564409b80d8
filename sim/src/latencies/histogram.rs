//! Latencies and how often they came.

use super::LatenciesError;
use machine::{Knot, WakeTable};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fmt::Write as _;
use units::SimDuration;

/// More bins than this are put together where that changes little.
const BINS_MAX: usize = 512;
/// Bins are put together as long as what they hold is no more than this part of what is as long or
/// longer, so that the tail stays as it is.
const FINE: u64 = 64;

/// Latencies that were measured, and what is known beside them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Latencies {
    /// What wrote the file.
    what: &'static str,
    /// In order, and none across another.
    bins: Vec<Bin>,
    /// For how long somebody measured, if the file says so.
    pub(super) observed_seconds: Option<u64>,
    /// Whether the counts are how often something was measured, and not shares that were worked out.
    counted: bool,
    /// What a reader should know.
    pub(super) notes: Vec<String>,
}

/// So many latencies from one to another, both included, in nanoseconds; evenly spread for all that
/// is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Bin {
    pub(super) from: u64,
    pub(super) to: u64,
    pub(super) count: u64,
}

/// Bins that are being read.
#[derive(Debug, Default)]
pub(super) struct Bins(Vec<Bin>);

impl Bins {
    /// Adds what line `line` says.
    pub(super) fn add(&mut self, line: usize, bin: Bin) -> Result<(), LatenciesError> {
        if bin.to > WakeTable::LONGEST.to_nanos_floor() {
            let message = format!("{} ns is longer than an hour", bin.to);
            let help = "look at the unit; no thread sleeps that long on a machine that works";
            return Err(LatenciesError::new(line, message, help));
        }
        if bin.count > 0 {
            self.0.push(bin);
        }
        Ok(())
    }

    /// All of them, as `what` has measured them.
    pub(super) fn finish(self, what: &'static str) -> Result<Latencies, LatenciesError> {
        let total = self
            .0
            .iter()
            .try_fold(0_u64, |sum, bin| sum.checked_add(bin.count));
        let bins = match total {
            Some(0) => {
                let help = "measure for longer, or with a histogram that reaches further";
                return Err(LatenciesError::new(0, "the file holds no latency", help));
            }
            None => {
                let message = format!("the counts add up to more than {}", u64::MAX);
                return Err(LatenciesError::new(
                    0,
                    message,
                    "look at the counts; no machine wakes up that often",
                ));
            }
            Some(_) => apart(self.0),
        };
        Ok(Latencies {
            what,
            bins,
            observed_seconds: None,
            counted: true,
            notes: Vec::new(),
        })
    }
}

/// The same latencies in bins of which none lies across another: where one ends within another,
/// that is cut in proportion.
fn apart(bins: Vec<Bin>) -> Vec<Bin> {
    let edges: BTreeSet<u64> = bins.iter().flat_map(|bin| [bin.from, bin.to]).collect();
    let mut pieces = Vec::with_capacity(bins.len());
    for bin in bins {
        let width = u128::from(bin.to - bin.from).max(1);
        let (mut from, mut given) = (bin.from, 0);
        let inner = edges
            .range(bin.from..bin.to)
            .filter(|edge| **edge > bin.from);
        for &to in inner.chain([&bin.to]) {
            let part = u128::from(bin.count) * u128::from(to - bin.from) / width;
            let by_here = if to == bin.to {
                bin.count
            } else {
                u64::try_from(part).expect("less than the count")
            };
            pieces.push(Bin {
                from,
                to,
                count: by_here - given,
            });
            (from, given) = (to, by_here);
        }
    }
    pieces.sort_unstable();
    let mut apart: Vec<Bin> = Vec::with_capacity(pieces.len());
    for piece in pieces {
        match apart
            .last_mut()
            .filter(|last| (last.from, last.to) == (piece.from, piece.to))
        {
            Some(last) => last.count += piece.count,
            None => apart.push(piece),
        }
    }
    apart.retain(|bin| bin.count > 0);
    apart
}

impl Latencies {
    /// Shares that were worked out from a few figures instead of counts.
    pub(super) fn worked_out(mut self) -> Self {
        self.counted = false;
        self
    }

    /// How many there are.
    pub fn count(&self) -> u64 {
        self.bins.iter().map(|bin| bin.count).sum()
    }

    /// The longest, in nanoseconds.
    pub fn longest_ns(&self) -> u64 {
        self.bins.last().map_or(0, |bin| bin.to)
    }

    /// The mean in nanoseconds, each bin's being its middle, rounded down.
    pub fn mean_ns(&self) -> u64 {
        let sum: u128 = self
            .bins
            .iter()
            .map(|bin| u128::from(bin.count) * (u128::from(bin.from) + u128::from(bin.to)))
            .sum();
        u64::try_from(sum / (2 * u128::from(self.count().max(1)))).unwrap_or(u64::MAX)
    }

    /// The distribution, from all to no survivors.
    ///
    /// Between two values that were measured and were not the same lies nothing; there the table has
    /// a thousand millionth part, as it must have some.
    pub fn knots(&self) -> Vec<Knot> {
        let bins = self.thinned();
        let total = u128::from(self.count());
        let share = |left: u64| {
            let share = (u128::from(left) * u128::from(WakeTable::WHOLE)).div_ceil(total.max(1));
            u32::try_from(share).expect("a part of the whole")
        };
        let knot = |survivors, nanos| Knot {
            survivors,
            latency: SimDuration::from_nanos(nanos),
        };
        let mut left = self.count();
        let mut knots = vec![knot(
            WakeTable::WHOLE,
            bins.first().map_or(0, |bin| bin.from),
        )];
        for bin in bins {
            left -= bin.count;
            let (last, after) = (knots[knots.len() - 1], share(left));
            let begins = SimDuration::from_nanos(bin.from);
            if begins > last.latency && last.survivors - 1 > after {
                knots.push(knot(last.survivors - 1, bin.from));
            }
            if after < last.survivors {
                knots.push(knot(after, bin.to));
            }
        }
        knots
    }

    /// The bins, neighbours put together where there are too many: those that are a small part of all
    /// that are as long or longer.
    fn thinned(&self) -> Vec<Bin> {
        if self.bins.len() <= BINS_MAX {
            return self.bins.clone();
        }
        let mut left = self.count();
        let mut thinned: Vec<Bin> = Vec::with_capacity(BINS_MAX);
        let mut room = 0;
        for bin in &self.bins {
            if let Some(last) = thinned.last_mut().filter(|_| bin.count <= room) {
                last.to = bin.to;
                last.count += bin.count;
                room -= bin.count;
            } else {
                thinned.push(*bin);
                room = (left / FINE).saturating_sub(bin.count);
            }
            left -= bin.count;
        }
        thinned
    }

    /// How often an hour a latency may come that is longer than all of these, on a machine that wakes
    /// up so often, if `expected` are expected at most where none was seen. None if nobody knows for
    /// how long there was a look.
    #[expect(
        clippy::cast_precision_loss,
        clippy::float_arithmetic,
        reason = "counts and seconds are far below 2^53"
    )]
    pub fn unseen_per_hour(&self, expected: f64, wakes_per_hour: f64) -> Option<f64> {
        match (self.counted, self.observed_seconds) {
            (true, _) => Some(expected / self.count() as f64 * wakes_per_hour),
            (false, Some(seconds)) => Some(expected * 3_600.0 / seconds as f64),
            (false, None) => None,
        }
    }

    /// What the file knows, for a program.
    pub fn to_json(&self) -> Value {
        json!({
            "kind": self.what,
            "count": self.counted.then(|| self.count()),
            "observed_seconds": self.observed_seconds,
            "mean_ns": self.mean_ns(),
            "longest_ns": self.longest_ns(),
            "notes": self.notes,
        })
    }

    /// What the file knows, and where its knowledge ends: a paragraph.
    pub fn knowledge(&self, file: &str) -> String {
        let (longest, mean) = (ms(self.longest_ns()), ms(self.mean_ns()));
        let mut text = format!("{file}: {}", self.what);
        if let Some(seconds) = self.observed_seconds {
            let _ = write!(text, ", {seconds} s");
        }
        if self.counted {
            let _ = write!(text, ", {} latencies", self.count());
        }
        let _ = write!(
            text,
            "; mean {mean} ms, longest {longest} ms.\n  No wake-up draws a longer one: what this machine does "
        );
        let _ = match (self.counted, self.observed_seconds) {
            (true, _) => write!(text, "less often than once in {} wake-ups", self.count()),
            (false, Some(seconds)) => write!(text, "less often than once in {seconds} s"),
            (false, None) => write!(text, "while nobody looked"),
        };
        text.push_str(" is not in the file.\n");
        for note in &self.notes {
            let _ = writeln!(text, "  {note}");
        }
        text
    }
}

/// Nanoseconds as milliseconds, rounded to the nearest microsecond.
fn ms(nanos: u64) -> String {
    let micros = (nanos + 500) / 1_000;
    format!("{}.{:03}", micros / 1_000, micros % 1_000)
}
