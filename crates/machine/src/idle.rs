//! States that a core idles in.

use units::SimDuration;

/// A state that a core idles in: the deeper it is, the longer it takes to come out of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IdleState {
    /// A core that idles for less does not enter it.
    pub residency: SimDuration,
    /// How long it takes from an interrupt to its first instruction.
    pub exit: SimDuration,
}

impl IdleState {
    /// The state that a core is in that idles for `length`: the deepest of `states` that this is
    /// worth.
    ///
    /// Model: the system foresees exactly how long a core will idle.
    pub fn after(states: &[Self], length: SimDuration) -> Option<Self> {
        let worth = states.iter().filter(|state| state.residency <= length);
        worth.max_by_key(|state| state.residency).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cpu7_a_core_idles_in_the_deepest_state_that_is_worth_it() {
        let us = SimDuration::from_micros;
        let state = |exit, residency| IdleState {
            residency: us(residency),
            exit: us(exit),
        };
        // C1, C8, C9 and C10 of Skylake, as Linux has them.
        let states = [
            state(2, 2),
            state(200, 800),
            state(480, 5_000),
            state(890, 5_000),
        ];
        let exit = |micros| IdleState::after(&states, us(micros)).map(|state| state.exit);
        assert_eq!(exit(1), None);
        assert_eq!(exit(10_000), Some(us(890)), "a period of 10 ms");
        assert_eq!(exit(2_666), Some(us(200)), "a shorter period wakes sooner");
    }
}
