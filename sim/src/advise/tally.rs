//! What the runs of one candidate came to.

use scenario::{Run, RunResult};
use std::collections::BTreeMap;

/// Nanoseconds of an hour.
pub(super) const HOUR_NS: f64 = 3_600e9;

/// What one run says about the question.
#[derive(Clone, Debug)]
pub(super) struct Outcome {
    events: u64,
    chances: u64,
    sim_ns: u64,
    lost_ns: u64,
    worst_margin_ns: Option<i64>,
    causes: BTreeMap<Cause, u64>,
    digest: String,
}

/// What a glitch came of: the largest part of the delay, and the fault or load behind it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Cause {
    pub(super) part: Option<&'static str>,
    pub(super) behind: Option<String>,
}

/// What runs of one candidate came to, in whatever order they are added.
#[derive(Clone, Debug, Default)]
pub(super) struct Tally {
    pub(super) runs: u64,
    /// Runs with a glitch.
    pub(super) glitched: u64,
    /// What a listener counts.
    pub(super) events: u64,
    /// The squares of the events of a run, summed.
    squares: u128,
    /// How often something could have glitched: wake-ups of whoever serves the packets.
    pub(super) chances: u64,
    pub(super) sim_ns: u128,
    pub(super) lost_ns: u64,
    pub(super) worst_margin_ns: Option<i64>,
    /// Glitches by what they came of.
    pub(super) causes: BTreeMap<Cause, u64>,
    /// The digest of the histories, while all are alike.
    history: Option<String>,
    differs: bool,
    /// Whether the scenario may draw something at random, however seldom.
    may_draw: bool,
}

impl Outcome {
    pub(super) fn of(run: &Run) -> Self {
        let RunResult {
            endpoints,
            digest,
            sim_ns,
            ..
        } = &run.result;
        let mut causes = BTreeMap::new();
        for glitch in endpoints.iter().flat_map(|end| &end.glitches) {
            let (part, behind) = (glitch.cause, glitch.fault.clone());
            *causes.entry(Cause { part, behind }).or_default() += 1;
        }
        let margins = endpoints.iter().filter_map(|end| end.headroom_ns);
        Self {
            events: endpoints.iter().map(|end| end.audible_events).sum(),
            chances: run.lateness.iter().flatten().map(|wakes| wakes.count).sum(),
            sim_ns: *sim_ns,
            lost_ns: endpoints.iter().map(|end| end.lost_ns).sum(),
            worst_margin_ns: margins.map(|margin| margin.min).min(),
            causes,
            digest: digest.clone(),
        }
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "counts and nanoseconds of a day are far below 2^53"
)]
impl Tally {
    /// Of a scenario that may draw something at random, or surely does not.
    pub(super) fn new(may_draw: bool) -> Self {
        Self {
            may_draw,
            ..Self::default()
        }
    }

    pub(super) fn add(&mut self, outcome: Outcome) {
        self.runs += 1;
        self.glitched += u64::from(outcome.events > 0);
        self.events += outcome.events;
        self.squares += u128::from(outcome.events).pow(2);
        self.chances += outcome.chances;
        self.sim_ns += u128::from(outcome.sim_ns);
        self.lost_ns += outcome.lost_ns;
        let margins = [self.worst_margin_ns, outcome.worst_margin_ns];
        self.worst_margin_ns = margins.into_iter().flatten().min();
        for (cause, count) in outcome.causes {
            *self.causes.entry(cause).or_default() += count;
        }
        match &self.history {
            Some(history) => self.differs |= *history != outcome.digest,
            None => self.history = Some(outcome.digest),
        }
    }

    /// True if nothing is drawn, and several seeds gave the same history: another run says nothing more.
    /// That they are alike is not enough, as what is drawn may be seldom.
    pub(super) fn is_fixed(&self) -> bool {
        self.runs > 1 && !self.differs && !self.may_draw
    }

    /// Model time in hours.
    pub(super) fn hours(&self) -> f64 {
        self.sim_ns as f64 / HOUR_NS
    }

    /// Audible events in an hour.
    pub(super) fn per_hour(&self) -> f64 {
        self.events as f64 / self.hours()
    }

    /// Wake-ups in an hour.
    pub(super) fn chances_per_hour(&self) -> f64 {
        self.chances as f64 / self.hours()
    }

    /// The variance of the events of a run over their mean: 1 if they come one by one and by chance,
    /// more if they come together. None if too few came to tell.
    pub(super) fn dispersion(&self) -> Option<f64> {
        if self.runs < 8 || self.events < 8 {
            return None;
        }
        let (runs, events) = (self.runs as f64, self.events as f64);
        let spread = self.squares as f64 - events * events / runs;
        Some(spread / (runs - 1.0) / (events / runs))
    }

    /// True if events come together, by more than three standard deviations of what chance does.
    pub(super) fn is_clustered(&self) -> bool {
        let by_chance = 1.0 + 3.0 * libm::sqrt(2.0 / (self.runs as f64 - 1.0).max(1.0));
        self.dispersion().is_some_and(|seen| seen > by_chance)
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::{Outcome, Tally};
    use std::collections::BTreeMap;

    /// A run of an hour with 360 000 wake-ups.
    pub(in crate::advise) fn hour(events: u64, digest: &str) -> Outcome {
        Outcome {
            events,
            chances: 360_000,
            sim_ns: 3_600_000_000_000,
            lost_ns: 0,
            worst_margin_ns: Some(5),
            causes: BTreeMap::new(),
            digest: digest.to_owned(),
        }
    }

    fn tally(events: &[u64]) -> Tally {
        let mut tally = Tally::default();
        for (run, events) in events.iter().enumerate() {
            tally.add(hour(*events, &run.to_string()));
        }
        tally
    }

    #[test]
    fn rates_are_per_hour_of_model_time() {
        let tally = tally(&[3, 0, 1, 2]);
        assert!((tally.per_hour() - 1.5).abs() < 1e-12);
        assert!((tally.chances_per_hour() - 360_000.0).abs() < 1e-6);
        assert_eq!((tally.glitched, tally.dispersion()), (3, None));
    }

    /// Variance and mean by hand: eight runs, 16 events, all in one or two in each.
    #[test]
    fn events_that_come_together_are_told_from_those_that_do_not() {
        let together = tally(&[16, 0, 0, 0, 0, 0, 0, 0]);
        assert!((together.dispersion().unwrap() - 16.0).abs() < 1e-9);
        assert!(together.is_clustered());
        let even = tally(&[2; 8]);
        assert!(even.dispersion().unwrap().abs() < 1e-9 && !even.is_clustered());
        // Mean 2, squares 42: (42 - 32) / 7 / 2.
        let chance = tally(&[2, 3, 1, 2, 4, 2, 0, 2]);
        assert!((chance.dispersion().unwrap() - 10.0 / 14.0).abs() < 1e-9);
    }

    #[test]
    fn what_nothing_is_drawn_in_needs_no_more_runs() {
        let mut tally = Tally::default();
        tally.add(hour(0, "same"));
        assert!(!tally.is_fixed(), "of one run nobody knows");
        tally.add(hour(0, "same"));
        assert!(tally.is_fixed());
        tally.add(hour(0, "other"));
        assert!(!tally.is_fixed());

        let mut seldom = Tally::new(true);
        (0..99).for_each(|_| seldom.add(hour(0, "same")));
        assert!(!seldom.is_fixed());
    }
}
