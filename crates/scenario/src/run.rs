//! A run: from a scenario to what came of it.

use thiserror::Error;
use truth::{CaptureLedger, Ledger};
use units::{SimDuration, SimTime};
use vtime::History;

use crate::format::Scenario;
use crate::heard::{Heard, Recorded};
use crate::input::Inputs;
use crate::outcome::Lateness;
use crate::result::RunResult;
use crate::stack::Stack;

/// What a run is to keep beside its result.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RunOptions {
    /// A seed in place of the scenario's.
    pub seed: Option<u64>,
    /// Whether the run keeps the entries of its history. The digest is the same.
    pub keep_history: bool,
    /// Whether samples go through the stack. All events and the digest are the same.
    pub keep_samples: bool,
}

/// A run that went well, whatever its expectations say.
#[derive(Debug)]
pub struct Run {
    /// What came of it.
    pub result: RunResult,
    /// What happened; its entries only if they were to be kept.
    pub history: History,
    /// What each speaker did to whoever listened, in the order of the result's endpoints. None
    /// for an endpoint that nobody opened.
    pub truth: Vec<Option<Ledger>>,
    /// What became of what each microphone recorded, likewise.
    pub captured: Vec<Option<CaptureLedger>>,
    /// How late whoever writes or reads the packets of each endpoint woke up, likewise. None where
    /// nobody was woken.
    pub lateness: Vec<Option<Lateness>>,
    /// What each speaker played, if samples were kept.
    pub heard: Vec<Heard>,
    /// What each client has recorded, if samples were kept, in the order of the clients.
    pub recorded: Vec<Recorded>,
    /// True if it went by the wall clock, so that nobody can have the same run again.
    pub is_live: bool,
}

/// Why a scenario could not be run to its end.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum RunError {
    /// A sound that the scenario names was not handed in.
    #[error("the sound `{path}` was not handed in")]
    MissingInput {
        /// The path in the scenario.
        path: String,
    },
    /// A sound has another rate than the device.
    #[error("the sound `{path}` has {rate_hz} Hz and the device {needed_hz} Hz; convert it first")]
    InputRate {
        /// The path in the scenario.
        path: String,
        /// Its rate.
        rate_hz: u32,
        /// The rate it has to have.
        needed_hz: u32,
    },
    /// A client cannot play its source.
    #[error("{client} cannot play its source: {problem}")]
    Source {
        /// The client.
        client: String,
        /// Why.
        problem: String,
    },
    /// A part of the stack refused what the scenario asks of it.
    #[error("{who} refused {what}: {status}")]
    Refused {
        /// Who refused, or who was refused.
        who: String,
        /// What was asked.
        what: &'static str,
        /// The answer.
        status: String,
    },
    /// The world could not go on.
    #[error(transparent)]
    Stuck(#[from] vtime::sim::RunError),
}

impl RunError {
    /// True if the fault is the model's and not that of the scenario or its sounds.
    pub const fn is_internal(&self) -> bool {
        matches!(self, Self::Stuck(_))
    }
}

/// Runs `scenario` to its end.
///
/// # Errors
/// [`RunError`] if it cannot be assembled or does not get to its end.
pub fn run(scenario: &Scenario, inputs: &Inputs, options: &RunOptions) -> Result<Run, RunError> {
    run_watched(scenario, inputs, options, |_| ())
}

/// The same, telling `watch` after each second of model time how far the run is.
///
/// # Errors
/// As [`run`].
pub fn run_watched(
    scenario: &Scenario,
    inputs: &Inputs,
    options: &RunOptions,
    mut watch: impl FnMut(SimTime),
) -> Result<Run, RunError> {
    let mut stack = Stack::assemble(scenario, inputs, options)?;
    let mut now = SimTime::ZERO;
    while now < stack.end() {
        now = stack.end().min(now + SimDuration::from_millis(1_000));
        stack.run_until(now)?;
        watch(now);
    }
    stack.finish()
}
