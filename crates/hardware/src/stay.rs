//! One stay in RUN, as link and memory see it.

use std::collections::VecDeque;

use units::{Moment, SimTime};

use crate::link::Schedule;

/// A stay in RUN: slots that follow each other without a break.
///
/// A boundary is where a slot begins, and where that before it ends.
#[derive(Clone, Debug)]
pub(crate) struct Stay {
    pub(crate) schedule: Schedule,
    /// The last boundary, if it is known.
    pub(crate) last: Option<u64>,
}

impl Stay {
    /// Boundaries passed at `now`, counted since the reset; `None` before the first of this stay.
    pub(crate) fn boundaries_at(&self, now: Moment) -> Option<u64> {
        let passed = self.schedule.slots_at(now);
        let passed = self.last.map_or(passed, |last| passed.min(last));
        (passed > self.schedule.slots_before).then_some(passed)
    }

    /// Frames completed at `boundary`, which is one of this stay.
    pub(crate) fn completed(&self, boundary: u64) -> u64 {
        self.schedule.pace.completed(boundary)
    }

    fn holds(&self, boundary: u64) -> bool {
        self.schedule.slots_before < boundary && self.last.is_none_or(|last| boundary <= last)
    }
}

/// The stays of a run, as far back as somebody may look.
#[derive(Clone, Debug, Default)]
pub(crate) struct Stays {
    past: VecDeque<Stay>,
}

impl Stays {
    /// How many stays are kept: more than follow each other within what a bus keeps waiting.
    const KEPT: usize = 64;

    pub(crate) fn clear(&mut self) {
        self.past.clear();
    }

    /// Puts aside a stay of which boundary `last` was the last.
    pub(crate) fn put(&mut self, schedule: Schedule, last: u64) {
        let is_known = |stay: &Stay| stay.last == Some(last);
        if last <= schedule.slots_before || self.past.back().is_some_and(is_known) {
            return;
        }
        if self.past.len() == Self::KEPT {
            self.past.pop_front();
        }
        let last = Some(last);
        self.past.push_back(Stay { schedule, last });
    }

    /// Frames completed at `now`, with `present` as the latest stay; `None` before the first
    /// boundary of all.
    pub(crate) fn completed_at(&self, present: Option<&Stay>, now: Moment) -> Option<u64> {
        self.latest_first(present)
            .find_map(|stay| Some(stay.completed(stay.boundaries_at(now)?)))
    }

    /// When `boundary` was first passed, or will be.
    pub(crate) fn instant_of(&self, present: Option<&Stay>, boundary: u64) -> Option<SimTime> {
        let mut stays = self.past.iter().chain(present);
        let stay = stays.find(|stay| stay.holds(boundary))?;
        Some(stay.schedule.instant_of(boundary))
    }

    fn latest_first<'a>(&'a self, present: Option<&'a Stay>) -> impl Iterator<Item = &'a Stay> {
        present.into_iter().chain(self.past.iter().rev())
    }
}
