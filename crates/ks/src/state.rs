//! The four states of a stream and the steps between them.

use thiserror::Error;

/// The transport state of a stream.
///
/// # Source
/// `ks/ne-ks-ksstate.md`; the order of steps: `portcls/nf-portcls-iminiportwavertstream-setstate.md`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[doc(alias = "KSSTATE")]
pub enum KsState {
    /// As few resources as can be. Entering it takes positions and counters back to 0.
    #[default]
    #[doc(alias = "KSSTATE_STOP")]
    Stop,
    /// Resources are there; nothing moves.
    #[doc(alias = "KSSTATE_ACQUIRE")]
    Acquire,
    /// Ready to run at once; positions stand still.
    #[doc(alias = "KSSTATE_PAUSE")]
    Pause,
    /// The only state in which data moves.
    #[doc(alias = "KSSTATE_RUN")]
    Run,
}

/// One legal step. Effects hang on the step taken, not on the state reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Step {
    /// Up: take resources.
    StopToAcquire,
    /// Up: prepare.
    AcquireToPause,
    /// Up: start moving, from the position where it stands.
    PauseToRun,
    /// Down: freeze.
    RunToPause,
    /// Down: nothing to see.
    PauseToAcquire,
    /// Down: give resources back; positions and counters go to 0.
    AcquireToStop,
}

/// A change of state that no single step makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("no step leads from {from:?} to {to:?}")]
pub struct IllegalStep {
    /// The state it is in.
    pub from: KsState,
    /// The state it should have reached.
    pub to: KsState,
}

impl KsState {
    /// All four, from low to high.
    pub const ALL: [Self; 4] = [Self::Stop, Self::Acquire, Self::Pause, Self::Run];

    /// The number that `ks.h` gives it.
    pub const fn value(self) -> u32 {
        match self {
            Self::Stop => 0,
            Self::Acquire => 1,
            Self::Pause => 2,
            Self::Run => 3,
        }
    }

    /// The step from here to `to`.
    ///
    /// # Errors
    /// [`IllegalStep`] unless `to` is a neighbour.
    pub const fn step_to(self, to: Self) -> Result<Step, IllegalStep> {
        match (self, to) {
            (Self::Stop, Self::Acquire) => Ok(Step::StopToAcquire),
            (Self::Acquire, Self::Pause) => Ok(Step::AcquireToPause),
            (Self::Pause, Self::Run) => Ok(Step::PauseToRun),
            (Self::Run, Self::Pause) => Ok(Step::RunToPause),
            (Self::Pause, Self::Acquire) => Ok(Step::PauseToAcquire),
            (Self::Acquire, Self::Stop) => Ok(Step::AcquireToStop),
            (from, to) => Err(IllegalStep { from, to }),
        }
    }

    /// The steps that lead from here to `to`, in order; none if it is the same state.
    pub fn steps_to(self, to: Self) -> impl Iterator<Item = Step> {
        let mut here = self;
        std::iter::from_fn(move || {
            let next = match here.cmp(&to) {
                std::cmp::Ordering::Less => Self::ALL[here.value() as usize + 1],
                std::cmp::Ordering::Equal => return None,
                std::cmp::Ordering::Greater => Self::ALL[here.value() as usize - 1],
            };
            let step = here.step_to(next).expect("a neighbour is one step away");
            here = next;
            Some(step)
        })
    }
}

impl Step {
    /// The state it starts in.
    pub const fn from(self) -> KsState {
        match self {
            Self::StopToAcquire => KsState::Stop,
            Self::AcquireToPause | Self::AcquireToStop => KsState::Acquire,
            Self::PauseToRun | Self::PauseToAcquire => KsState::Pause,
            Self::RunToPause => KsState::Run,
        }
    }

    /// The state it ends in.
    pub const fn to(self) -> KsState {
        match self {
            Self::AcquireToStop => KsState::Stop,
            Self::StopToAcquire | Self::PauseToAcquire => KsState::Acquire,
            Self::AcquireToPause | Self::RunToPause => KsState::Pause,
            Self::PauseToRun => KsState::Run,
        }
    }
}

vtime::fork_by_clone!(KsState);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r34_a_step_exists_exactly_between_neighbours() {
        for from in KsState::ALL {
            for to in KsState::ALL {
                match from.step_to(to) {
                    Ok(step) => {
                        assert_eq!((step.from(), step.to()), (from, to));
                        assert_eq!(from.value().abs_diff(to.value()), 1);
                    }
                    Err(refused) => {
                        assert_eq!(refused, IllegalStep { from, to });
                        assert_ne!(from.value().abs_diff(to.value()), 1);
                    }
                }
            }
        }
    }

    #[test]
    fn r35_the_way_between_any_two_states_leads_through_each_between() {
        for from in KsState::ALL {
            for to in KsState::ALL {
                let steps: Vec<_> = from.steps_to(to).collect();
                assert_eq!(steps.len(), from.value().abs_diff(to.value()) as usize);
                let mut here = from;
                for step in steps {
                    assert_eq!(step.from(), here);
                    here = step.to();
                }
                assert_eq!(here, to);
            }
        }
    }
}
