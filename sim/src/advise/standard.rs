//! When a candidate meets the budget, and when it does not.

use super::binomial;
use super::budget::{Budget, Confidence};
use super::tally::Tally;

/// Looks at a candidate before all of its runs are done, the last one included: after two of them, a
/// sixteenth, an eighth, a quarter, a half and all.
const LOOKS: u32 = 6;
/// Runs that tell whether anything is drawn at all.
const RUNS_MIN: u64 = 2;
/// The default time is so many times what is needed where nothing glitches.
const ROOM: f64 = 2.0;

/// What is asked of each candidate.
#[derive(Clone, Copy, Debug)]
pub(super) struct Standard {
    /// Glitches an hour that are allowed.
    pub(super) per_hour: f64,
    /// The chance to be wrong about one candidate.
    risk: f64,
}

/// What the runs say about a candidate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Fewer glitches than the budget allows, with the confidence that was asked for.
    Meets,
    /// As many or more, with that confidence.
    Misses,
    /// Too close to tell with so many runs.
    Open,
}

/// Bounds of the glitches an hour.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Bounds {
    pub(super) at_least: f64,
    pub(super) at_most: f64,
}

impl Verdict {
    /// The word in tables and files.
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Meets => "meets",
            Self::Misses => "misses",
            Self::Open => "open",
        }
    }
}

impl Standard {
    /// For a search over `candidates`: it looks closely at so many of them that all it says together
    /// is as sure as was asked.
    pub(super) fn new(budget: &Budget, confidence: &Confidence, candidates: usize) -> Self {
        // A bisection of n candidates asks about ceil(log2(n + 1)) of them.
        let asked = usize::BITS - candidates.leading_zeros();
        Self {
            per_hour: budget.per_hour,
            risk: confidence.risk / f64::from(asked.max(1)),
        }
    }

    /// Hours without a glitch that it takes to meet the budget.
    pub(super) fn hours_at_least(&self) -> f64 {
        binomial::expected_without_one(self.risk) / self.per_hour
    }

    /// Hours that leave room for a few glitches.
    pub(super) fn hours(&self) -> f64 {
        ROOM * self.hours_at_least()
    }

    /// How many runs of `run_ns` there are at each look, in `hours` in all.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "hours are above zero, and so many runs that this matters never end"
    )]
    pub(super) fn looks(hours: f64, run_ns: u64) -> Vec<u64> {
        let runs = libm::ceil(hours * super::tally::HOUR_NS / run_ns.max(1) as f64) as u64;
        let halved = (0..LOOKS - 1).rev().map(|halvings| runs >> halvings);
        let mut looks = vec![RUNS_MIN];
        looks.extend(halved.map(|runs| runs.max(RUNS_MIN)));
        looks.dedup();
        looks
    }

    /// What is known of the rate, with the confidence of the whole search, each way.
    pub(super) fn bounds(&self, tally: &Tally) -> Bounds {
        if tally.is_fixed() {
            let per_hour = tally.per_hour();
            return Bounds {
                at_least: per_hour,
                at_most: per_hour,
            };
        }
        let hour = tally.chances_per_hour();
        let (events, chances) = (tally.events, tally.chances);
        Bounds {
            // It is looked at several times, and any of them ends it.
            at_least: hour * binomial::at_least(events, chances, self.risk / f64::from(LOOKS)),
            at_most: hour * binomial::at_most(events, chances, self.risk),
        }
    }

    /// What `tally` says; that a candidate meets the budget only when it `is_whole`, as a time that ends
    /// when the answer suits proves nothing.
    pub(super) fn judge(&self, tally: &Tally, is_whole: bool) -> Verdict {
        let bounds = self.bounds(tally);
        if bounds.at_least >= self.per_hour {
            Verdict::Misses
        } else if (is_whole || tally.is_fixed()) && bounds.at_most < self.per_hour {
            Verdict::Meets
        } else {
            Verdict::Open
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tally::{Tally, tests::hour};
    use super::{Budget, Confidence, Standard, Verdict};

    fn standard(candidates: usize) -> Standard {
        let (budget, confidence) = (Budget::parse("1/h"), Confidence::parse("99%"));
        Standard::new(&budget.unwrap(), &confidence.unwrap(), candidates)
    }

    fn hours(all: &[u64]) -> Tally {
        let mut tally = Tally::default();
        for (run, events) in all.iter().enumerate() {
            tally.add(hour(*events, &run.to_string()));
        }
        tally
    }

    /// Of one candidate: 4.605 hours without a glitch, ln 100; of seven, which a bisection asks about
    /// three of, ln 300.
    #[test]
    fn so_much_time_without_a_glitch_meets_the_budget() {
        assert!((standard(1).hours_at_least() - 4.605_170).abs() < 1e-6);
        assert!((standard(7).hours_at_least() - 5.703_782).abs() < 1e-6);
        assert_eq!(standard(1).judge(&hours(&[0; 4]), true), Verdict::Open);
        assert_eq!(standard(1).judge(&hours(&[0; 5]), true), Verdict::Meets);
        assert_eq!(standard(7).judge(&hours(&[0; 5]), true), Verdict::Open);
        assert_eq!(standard(7).judge(&hours(&[0; 6]), true), Verdict::Meets);
    }

    #[test]
    fn a_budget_is_met_when_all_runs_are_done_and_missed_as_soon_as_it_shows() {
        assert_eq!(standard(1).judge(&hours(&[0; 9]), false), Verdict::Open);
        assert_eq!(standard(1).judge(&hours(&[9, 3]), false), Verdict::Misses);
        assert_eq!(
            standard(1).judge(&hours(&[1, 2, 1, 2]), true),
            Verdict::Open
        );
    }

    /// One glitch in a run that is always the same: 1 an hour is not fewer than 1 an hour.
    #[test]
    fn where_nothing_is_drawn_two_runs_are_all() {
        let twice = |events| {
            let mut tally = Tally::default();
            tally.add(hour(events, "same"));
            tally.add(hour(events, "same"));
            tally
        };
        assert_eq!(standard(1).judge(&twice(0), false), Verdict::Meets);
        assert_eq!(standard(1).judge(&twice(1), false), Verdict::Misses);
    }

    #[test]
    fn looks_are_two_runs_and_then_a_sixteenth_to_the_whole() {
        let minutes = |count: u64| count * 60_000_000_000;
        assert_eq!(Standard::looks(8.0, minutes(10)), [2, 3, 6, 12, 24, 48]);
        assert_eq!(Standard::looks(8.01, minutes(10)), [2, 3, 6, 12, 24, 49]);
        assert_eq!(Standard::looks(1.0, minutes(60)), [2]);
    }
}
