//! Sounds that were handed in, and runs.

use crate::block::Block;
use crate::shown;
use scenario::{Diagnostics, Inputs, Pcm, RunError, RunOptions, Scenario};
use serde_json::{Value, json};

/// The version of what a run gives back.
pub(crate) const SCHEMA: u32 = 1;

/// Samples of longer runs do not fit beside everything else.
const SAMPLES_NANOS_MAX: u64 = 600_000_000_000;

/// Longer ones make a history that fills the memory of a page.
const NANOS_MAX: u64 = 3_600_000_000_000;

/// The sounds that were handed in, and what was run last.
#[derive(Clone, Debug, Default)]
pub struct Session {
    inputs: Inputs,
    last: Option<(Scenario, Option<u64>)>,
}

impl Session {
    /// Takes a sound: its path, its rate, channels and the rate of its file (0: the same), and its
    /// samples as little-endian `f32`. False if there is no such sound.
    pub fn sound(
        &mut self,
        path: &[u8],
        (rate_hz, channels, file_hz): (u32, u32, u32),
        samples: &[u8],
    ) -> bool {
        let (Ok(path), Ok(channels)) = (std::str::from_utf8(path), u8::try_from(channels)) else {
            return false;
        };
        let whole = usize::from(channels) * 4;
        if rate_hz == 0 || whole == 0 || samples.len() % whole != 0 {
            return false;
        }
        let samples = samples.chunks_exact(4).map(|sample| {
            let mut bytes = [0; 4];
            bytes.copy_from_slice(sample);
            f32::from_le_bytes(bytes)
        });
        let pcm = Pcm {
            rate_hz,
            channels,
            samples: samples.collect(),
            converted_from_hz: (file_hz != 0).then_some(file_hz),
        };
        self.inputs.insert(path.to_owned(), pcm);
        true
    }

    /// Runs the scenario of this text. Whatever happens, the block says it.
    pub fn run(&mut self, text: &[u8], seed: Option<u64>) -> Vec<u8> {
        self.last = None;
        match self.attempt(text, seed) {
            Ok(bytes) => bytes,
            Err(error) => Block::default().finish(json!({ "schema": SCHEMA, "error": error })),
        }
    }

    /// What the speakers play in the scenario that was run last, with nothing wrong: a block of its own,
    /// since whoever looks has enough to see before it is there. Without samples if the run has none.
    pub fn perfect(&self) -> Vec<u8> {
        let run = self.last.as_ref().and_then(|(scenario, seed)| {
            let options = options(scenario, *seed, false);
            let perfect = crate::perfect::without_faults(scenario);
            // Without it there is nothing to compare with, and everything else to see.
            let run = || scenario::run(&perfect, &self.inputs, &options).ok();
            options.keep_samples.then(run).flatten()
        });
        shown::perfect(run.as_ref())
    }

    fn attempt(&mut self, text: &[u8], seed: Option<u64>) -> Result<Vec<u8>, Value> {
        let text = std::str::from_utf8(text)
            .map_err(|error| refused(&format!("the scenario is no UTF-8 text: {error}")))?;
        let scenario = Scenario::parse(text).map_err(|problems| unread(&problems))?;
        if scenario.duration.nanos() > NANOS_MAX {
            let message = "a page shows at most an hour; make `duration` shorter";
            return Err(refused(message));
        }
        let options = options(&scenario, seed, true);
        let run = scenario::run(&scenario, &self.inputs, &options).map_err(|e| not_run(&e))?;
        let block = shown::block(&scenario, &run);
        self.last = Some((scenario, seed));
        Ok(block)
    }
}

const fn options(scenario: &Scenario, seed: Option<u64>, keep_history: bool) -> RunOptions {
    RunOptions {
        seed,
        keep_history,
        keep_samples: scenario.duration.nanos() <= SAMPLES_NANOS_MAX,
    }
}

fn refused(message: &str) -> Value {
    json!({ "internal": false, "problems": [{ "message": message }] })
}

fn unread(problems: &Diagnostics) -> Value {
    let problems = problems.iter().map(|each| {
        json!({
            "message": each.message, "help": each.help, "key": each.key,
            "line": each.line, "column": each.column,
        })
    });
    json!({ "internal": false, "problems": problems.collect::<Value>() })
}

fn not_run(error: &RunError) -> Value {
    json!({ "internal": error.is_internal(), "problems": [{ "message": error.to_string() }] })
}
