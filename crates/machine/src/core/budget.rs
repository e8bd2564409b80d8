//! How much of a core multimedia threads get.

use units::{SimDuration, SimTime};

use crate::level::Level;

/// What the multimedia class scheduler leaves to its threads: in each window, all of a core together have
/// their priorities for so long, and then fall behind ordinary threads until the next window.
///
/// # Source
/// `ProcThread/multimedia-class-scheduler-service.md`: `SystemResponsiveness` is the share of the processor
/// that is left to others. Model: windows lie on multiples of their length, and the page says nothing of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Budget {
    /// How long a window is.
    pub window: SimDuration,
    /// How much of it multimedia threads have at their priorities.
    pub budget: SimDuration,
}

impl Budget {
    /// Of windows of 10 ms, what `responsiveness` percent for others leave. Rounded down to tens; below 10 and
    /// above 100 it is 20; none at 100, which turns the service off.
    pub fn of_responsiveness(percent: u32) -> Option<Self> {
        let percent = match percent {
            10..=100 => percent / 10 * 10,
            _ => 20,
        };
        let window = SimDuration::from_millis(10);
        let left = u64::from(100 - percent);
        (left > 0).then(|| Self {
            window,
            budget: SimDuration::from_ticks(window.ticks() / 100 * left),
        })
    }

    fn window_at(self, now: SimTime) -> u64 {
        now.ticks() / self.window.ticks()
    }

    fn end_of(self, window: u64) -> SimTime {
        SimTime::from_ticks((window + 1) * self.window.ticks())
    }
}

/// What is left of a [`Budget`] on one core.
#[derive(Clone, Copy, Debug)]
pub(super) struct Purse {
    budget: Budget,
    window: u64,
    used: SimDuration,
    is_empty: bool,
}

impl Purse {
    pub(super) const fn new(budget: Budget) -> Self {
        Self {
            budget,
            window: 0,
            used: SimDuration::ZERO,
            is_empty: false,
        }
    }

    /// How long a multimedia thread may have the core from `now` on before the purse is looked at again.
    pub(super) fn allows(&mut self, now: SimTime) -> SimDuration {
        let window = self.budget.window_at(now);
        if window != self.window {
            (self.window, self.used) = (window, SimDuration::ZERO);
        }
        let left = self.budget.budget.ticks() - self.used.ticks();
        let rest = self.budget.end_of(window).since(now);
        SimDuration::from_ticks(left).min(rest)
    }

    /// It had the core for `slice`, no longer than was allowed. True if that was the last of the budget.
    pub(super) fn spend(&mut self, slice: SimDuration) -> bool {
        self.used += slice;
        let is_spent = self.used >= self.budget.budget;
        let was_empty = std::mem::replace(&mut self.is_empty, is_spent);
        is_spent && !was_empty
    }

    /// True until the next window, once all of it is spent.
    pub(super) const fn is_empty(&self) -> bool {
        self.is_empty
    }

    /// When there is something in it again, if it is empty.
    pub(super) fn fills(&self) -> Option<SimTime> {
        self.is_empty.then(|| self.budget.end_of(self.window))
    }

    pub(super) const fn fill(&mut self) {
        self.is_empty = false;
    }
}

/// Where a multimedia thread of `level` runs when its budget is spent: 1 to 7, in the same order.
///
/// # Source
/// The page names the band; where in it a thread is, is the model's.
pub(super) fn exhausted(level: Level) -> Level {
    match level {
        Level::Thread(priority) => Level::Thread(1 + priority.saturating_sub(8).min(18) / 3),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn responsiveness_is_rounded_down_and_what_is_out_of_range_is_20() {
        let left = |percent| Budget::of_responsiveness(percent).map(|budget| budget.budget);
        let ms = |millis| Some(SimDuration::from_millis(millis));
        for (percent, budget) in [
            (20, ms(8)),
            (0, ms(8)),
            (9, ms(8)),
            (10, ms(9)),
            (29, ms(8)),
            (99, ms(1)),
            (100, None),
            (101, ms(8)),
        ] {
            assert_eq!(left(percent), budget, "{percent}");
        }
    }

    #[test]
    fn who_has_spent_its_budget_is_in_the_lowest_band() {
        let priority = |of| match exhausted(Level::Thread(of)) {
            Level::Thread(priority) => priority,
            other => panic!("{other:?}"),
        };
        let all: Vec<u8> = (8..=26).map(priority).collect();
        assert!(all.is_sorted() && all[0] == 1 && all[18] == 7, "{all:?}");
    }
}
