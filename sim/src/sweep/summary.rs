//! What the runs of one point of the grid come to.

use super::plan::Plan;
use super::row::{Figure, Row};
use std::collections::BTreeMap;

/// Nanoseconds of an hour.
const HOUR_NS: u128 = 3_600_000_000_000;
/// The natural logarithm of 100, in millionths: so many events are expected at most, with 99 %
/// confidence, where none was seen.
const LN_100_MILLIONTHS: u128 = 4_605_171;

/// A summary for each point.
#[derive(Clone, Debug)]
pub(super) struct Summaries(Vec<Summary>);

/// What the runs of a point come to. It does not depend on the order in which they are added.
#[derive(Clone, Debug, Default)]
pub(super) struct Summary {
    pub(super) runs: u64,
    /// Runs with a glitch.
    pub(super) glitched: u64,
    pub(super) glitches: u64,
    pub(super) audible_events: u64,
    pub(super) sim_ns: u128,
    pub(super) lost_frames: u64,
    pub(super) largest_glitch_ns: i64,
    pub(super) worst_margin_ns: Option<i64>,
    medians: Counted,
    wake_p50: Counted,
    /// The highest of the runs.
    pub(super) wake_p99_ns: Option<i64>,
    pub(super) wake_max_ns: Option<i64>,
    /// The digest of the histories, while all are alike.
    history: Option<String>,
    differs: bool,
}

/// How often each value came.
#[derive(Clone, Debug, Default)]
struct Counted(BTreeMap<i64, u64>);

impl Counted {
    fn add(&mut self, value: Option<i64>) {
        if let Some(value) = value {
            *self.0.entry(value).or_default() += 1;
        }
    }

    /// By nearest rank.
    fn median(&self) -> Option<i64> {
        let rank = self.0.values().sum::<u64>().div_ceil(2);
        let mut counted = 0;
        let mut values = self.0.iter();
        values.find_map(|(value, count)| {
            counted += count;
            (counted >= rank).then_some(*value)
        })
    }
}

impl Summaries {
    pub(super) fn new(plan: &Plan) -> Self {
        Self(vec![Summary::default(); plan.points()])
    }

    pub(super) fn add(&mut self, plan: &Plan, row: &Row) {
        self.0[plan.of(row.run).0].add(row);
    }

    /// In the order of the points.
    pub(super) fn all(&self) -> &[Summary] {
        &self.0
    }
}

impl Summary {
    pub(super) fn add(&mut self, row: &Row) {
        let figures = &row.figures;
        let count = |figure| figures.count(figure);
        self.runs += 1;
        self.glitched += u64::from(count(Figure::Glitches) > 0);
        self.glitches += count(Figure::Glitches);
        self.audible_events += count(Figure::AudibleEvents);
        self.sim_ns += u128::from(count(Figure::SimNs));
        self.lost_frames += count(Figure::LostFrames);
        let largest = figures.get(Figure::LargestGlitchNs).unwrap_or(0);
        self.largest_glitch_ns = self.largest_glitch_ns.max(largest);
        let margin = figures.get(Figure::WorstMarginNs);
        self.worst_margin_ns = [self.worst_margin_ns, margin].into_iter().flatten().min();
        self.medians.add(figures.get(Figure::MedianMarginNs));
        self.wake_p50.add(figures.get(Figure::WakeP50Ns));
        self.wake_p99_ns = self.wake_p99_ns.max(figures.get(Figure::WakeP99Ns));
        self.wake_max_ns = self.wake_max_ns.max(figures.get(Figure::WakeMaxNs));
        match &self.history {
            Some(history) if *history != row.digest => self.differs = true,
            Some(_) => {}
            None => self.history = Some(row.digest.clone()),
        }
    }

    /// The median of the medians.
    pub(super) fn median_margin_ns(&self) -> Option<i64> {
        self.medians.median()
    }

    /// The median of the medians.
    pub(super) fn wake_p50_ns(&self) -> Option<i64> {
        self.wake_p50.median()
    }

    /// Audible events in an hour of model time, in tenths, rounded to the nearest; none without
    /// any time.
    pub(super) fn per_hour_tenths(&self) -> Option<u128> {
        let events = u128::from(self.audible_events) * 10 * HOUR_NS;
        (events + self.sim_ns / 2).checked_div(self.sim_ns)
    }

    /// What the rate is below with 99 % confidence if glitches come by chance and none was seen, in
    /// tenths an hour, rounded up.
    pub(super) fn bound_tenths(&self) -> Option<u128> {
        let seen_none = self.glitches == 0 && self.sim_ns > 0;
        seen_none.then(|| (LN_100_MILLIONTHS * 10 * HOUR_NS).div_ceil(self.sim_ns * 1_000_000))
    }

    /// True if there were several runs and all had one history, so that another seed says nothing
    /// new.
    pub(super) fn is_always_the_same(&self) -> bool {
        self.runs > 1 && !self.differs
    }
}

#[cfg(test)]
mod tests {
    use super::{Counted, HOUR_NS, Summary};

    #[test]
    fn a_median_is_that_of_the_nearest_rank() {
        let of = |values: &[i64]| {
            let mut counted = Counted::default();
            for &value in values {
                counted.add(Some(value));
            }
            counted.add(None);
            counted.median()
        };
        assert_eq!(of(&[]), None);
        assert_eq!(of(&[5]), Some(5));
        assert_eq!(of(&[9, -1]), Some(-1));
        assert_eq!(of(&[3, 1, 3, 2, 3]), Some(3));
    }

    #[test]
    fn rates_are_per_hour_of_model_time() {
        let mut summary = Summary {
            audible_events: 3,
            sim_ns: HOUR_NS / 2,
            glitches: 3,
            ..Summary::default()
        };
        assert_eq!(
            (summary.per_hour_tenths(), summary.bound_tenths()),
            (Some(60), None)
        );
        summary.glitches = 0;
        assert_eq!(
            summary.bound_tenths(),
            Some(93),
            "9.210342 an hour, rounded up"
        );
        assert_eq!(Summary::default().per_hour_tenths(), None);
    }
}
