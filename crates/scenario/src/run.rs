//! A run: from a scenario to what came of it.

use thiserror::Error;
use units::WaveFormat;
use vtime::History;

use crate::format::Scenario;
use crate::input::Inputs;
use crate::result::RunResult;

/// What a run is to keep beside its result.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RunOptions {
    /// A seed in place of the scenario's.
    pub seed: Option<u64>,
    /// Whether the entries of the history are kept. The digest is the same.
    pub keep_history: bool,
    /// Whether samples go through the stack. All events and the digest are the same.
    pub keep_samples: bool,
}

/// A run that went well, whatever its expectations say.
#[derive(Debug)]
pub struct Run {
    /// What came of it.
    pub result: RunResult,
    /// What happened, if it was kept.
    pub history: History,
    /// What each speaker played, if samples were kept.
    pub heard: Vec<Heard>,
}

/// What one speaker played, on the device's time line: its first frame is that of the first
/// instant of the run, and time in which nothing was played is silent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heard {
    /// The endpoint's name.
    pub endpoint: String,
    /// What a frame is.
    pub format: WaveFormat,
    /// Frame after frame.
    pub bytes: Vec<u8>,
}

/// Why a scenario could not be run to its end.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum RunError {
    /// A sound that the scenario names was not handed in.
    #[error("the sound `{path}` is missing")]
    MissingInput {
        /// The path in the scenario.
        path: String,
    },
}

/// Runs `scenario` to its end.
///
/// # Errors
/// [`RunError`] if it cannot be built or does not get to its end.
pub fn run(scenario: &Scenario, inputs: &Inputs, options: &RunOptions) -> Result<Run, RunError> {
    let _ = (inputs, options);
    for path in scenario.inputs() {
        if !inputs.contains_key(path) {
            return Err(RunError::MissingInput {
                path: path.to_owned(),
            });
        }
    }
    Err(RunError::MissingInput {
        path: String::new(),
    })
}

impl Run {
    /// What a person wants to read first.
    pub fn report(&self) -> String {
        String::new()
    }
}
