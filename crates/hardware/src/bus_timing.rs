//! When a request of the memory side is granted.

use std::rc::Rc;

use units::{Moment, Phase, SimDuration, SimTime};

use crate::config::BusStall;

/// How long the bus keeps a burst waiting.
///
/// Each burst is granted a fixed time after it was asked for, whatever else is asked for
/// meanwhile; what would be granted within a stall is granted at its end.
#[derive(Clone, Debug)]
pub(crate) struct BusTiming {
    grant: SimDuration,
    /// In order, apart from each other, none empty.
    stalls: Rc<[BusStall]>,
}

impl BusTiming {
    pub(crate) fn new(grant: SimDuration, stalls: &[BusStall]) -> Self {
        Self {
            grant,
            stalls: merged(stalls).into(),
        }
    }

    /// True if a burst is never kept waiting.
    pub(crate) fn is_ideal(&self) -> bool {
        self.grant.is_zero() && self.stalls.is_empty()
    }

    /// When the next stall begins, after `time`.
    pub(crate) fn next_stall(&self, time: SimTime) -> Option<SimTime> {
        let next = self.stalls.partition_point(|stall| stall.from <= time);
        Some(self.stalls.get(next)?.from)
    }

    /// When what is asked for at `asked` is granted.
    pub(crate) fn granted_at(&self, asked: SimTime) -> SimTime {
        let due = asked + self.grant;
        match self.stall_over(due) {
            Some(stall) => stall.until,
            None => due,
        }
    }

    /// Everything asked for up to the returned moment was granted by `now`; `None` before the
    /// first grant there can be.
    pub(crate) fn granted_by(&self, now: Moment) -> Option<Moment> {
        let (due, phase) = match self.stall_over(now.time) {
            Some(stall) => {
                let before = stall.from.since(SimTime::ZERO).ticks().checked_sub(1)?;
                (SimTime::from_ticks(before), Phase::React)
            }
            None => (now.time, now.phase),
        };
        let asked = due.ticks().checked_sub(self.grant.ticks())?;
        Some(SimTime::from_ticks(asked).at(phase))
    }

    /// The stall that holds `time`.
    fn stall_over(&self, time: SimTime) -> Option<BusStall> {
        let next = self.stalls.partition_point(|stall| stall.until <= time);
        let stall = self.stalls.get(next)?;
        (stall.from <= time).then_some(*stall)
    }
}

/// The same stalls in order, with those that touch as one.
fn merged(stalls: &[BusStall]) -> Vec<BusStall> {
    let mut sorted = stalls.to_vec();
    sorted.sort_by_key(|stall| stall.from);
    let mut all: Vec<BusStall> = Vec::new();
    for stall in sorted {
        if stall.until <= stall.from {
            continue;
        }
        match all.last_mut() {
            Some(last) if stall.from <= last.until => last.until = last.until.max(stall.until),
            _ => all.push(stall),
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(ticks: u64) -> SimTime {
        SimTime::from_ticks(ticks)
    }

    fn any_timing() -> impl Strategy<Value = BusTiming> {
        let stall = (0..200_u64, 0..30_u64).prop_map(|(from, len)| BusStall {
            from: at(from),
            until: at(from + len),
        });
        (0..20_u64, proptest::collection::vec(stall, 0..6))
            .prop_map(|(grant, stalls)| BusTiming::new(SimDuration::from_ticks(grant), &stalls))
    }

    proptest! {
        /// What is granted by an instant is exactly what was asked for until then.
        #[test]
        fn the_two_ways_of_asking_agree(timing in any_timing(), now in 0..300_u64) {
            let by = timing.granted_by(at(now).at(Phase::Move));
            for asked in 0..300 {
                let granted = timing.granted_at(at(asked)) <= at(now);
                let says = by.is_some_and(|by| at(asked) <= by.time);
                prop_assert_eq!(granted, says, "asked at {}", asked);
            }
        }
    }
}
