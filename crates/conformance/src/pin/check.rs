//! Pins are put through histories that are drawn, and the first failure is made short.

use std::fmt;

use super::{PinBench, PinHistory, PinTrial, pin_histories};
use crate::kit::{draw, minimise};

/// A history in which a pin answers what no rule allows: as short as it can be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PinFailure {
    /// The rule.
    pub rule: &'static str,
    /// The history.
    pub history: PinHistory,
    /// What came of it.
    pub trial: PinTrial,
}

/// Puts pins of `bench` through `cases` histories that follow from `seed`. Returns how many
/// requests were granted.
///
/// # Errors
/// [`PinFailure`] with the shortest history that breaks the rule which was broken first.
pub fn check_pins(bench: &dyn PinBench, seed: u64, cases: u32) -> Result<usize, Box<PinFailure>> {
    let strategy = pin_histories(&bench.limits());
    let mut granted = 0;
    for case in 0..cases {
        let history = draw(&strategy, seed, "pin", case);
        match PinFailure::of(bench, &history) {
            Ok(more) => granted += more,
            Err(failure) => return Err(failure.shortest(bench)),
        }
    }
    Ok(granted)
}

impl PinFailure {
    /// Puts a pin of `bench` through one history. Returns how many requests were granted.
    ///
    /// # Errors
    /// [`PinFailure`] if an answer is none that a rule allows.
    pub fn of(bench: &dyn PinBench, history: &PinHistory) -> Result<usize, Box<Self>> {
        let trial = bench.put_through(history);
        match trial.broken() {
            None => Ok(trial.granted()),
            Some(broken) => Err(Box::new(Self {
                rule: broken.rule,
                history: history.clone(),
                trial,
            })),
        }
    }
}

impl PinFailure {
    /// The shortest history that breaks the same rule.
    fn shortest(self: Box<Self>, bench: &dyn PinBench) -> Box<Self> {
        let again = |history: &PinHistory| Self::of(bench, history).err();
        let breaks =
            |history: &PinHistory| again(history).is_some_and(|failure| failure.rule == self.rule);
        let history = minimise(&self.history, &bench.limits(), &breaks);
        again(&history).unwrap_or(self)
    }
}

impl fmt::Display for PinFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}\n{}", self.trial, self.history)
    }
}
