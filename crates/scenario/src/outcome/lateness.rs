//! How late threads were.

use units::SimDuration;

use crate::stack::Stack;

/// How long it took from the instant that a wake-up answers to, when the position was crossed or the
/// timer was due, to the first instruction of who was woken: in nanoseconds, rounded down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lateness {
    /// How many wake-ups.
    pub count: u64,
    /// The median, by nearest rank.
    pub p50: u64,
    /// What 99 of 100 did not exceed, by nearest rank.
    pub p99: u64,
    /// The most.
    pub max: u64,
}

impl Lateness {
    /// Of latencies in any order; none of none.
    pub(crate) fn of(latencies: &[SimDuration]) -> Option<Self> {
        let mut all = latencies.to_vec();
        all.sort_unstable();
        let at = |percent: usize| {
            let rank = (all.len() * percent).div_ceil(100).max(1);
            all.get(rank - 1).map(|length| length.to_nanos_floor())
        };
        Some(Self {
            count: all.len() as u64,
            p50: at(50)?,
            p99: at(99)?,
            max: at(100)?,
        })
    }
}

impl Stack {
    /// That of whoever writes or reads the packets of each endpoint, in the order of the result's.
    pub(super) fn lateness(&self) -> Vec<Option<Lateness>> {
        let speaker = self.scenario.has_speaker();
        let speaker = speaker.then_some(&self.notes.wake_latencies).into_iter();
        let pins = self.offloads.pins().iter();
        let microphone = self.scenario.microphone.as_ref();
        let microphone = microphone.map(|_| &self.notes.capture.wake_latencies);
        speaker
            .chain(pins.map(|pin| &pin.notes.wake_latencies))
            .chain(microphone)
            .map(|all| Lateness::of(all))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::Lateness;
    use units::SimDuration;

    #[test]
    fn percentiles_are_those_of_the_nearest_rank() {
        let all: Vec<_> = (1..=1_000).rev().map(SimDuration::from_nanos).collect();
        let late = Lateness::of(&all).unwrap();
        assert_eq!(
            (late.count, [late.p50, late.p99, late.max]),
            (1_000, [500, 990, 1_000])
        );
        let one = Lateness::of(&all[..1]).unwrap();
        assert_eq!([one.p50, one.p99, one.max], [1_000; 3]);
        assert_eq!(Lateness::of(&[]), None);
    }
}
