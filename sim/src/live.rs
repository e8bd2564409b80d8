//! `wavert live`: a scenario on the wall clock.

use crate::args::LiveArguments;
use crate::exit::Status;
use crate::input;
use crate::panic;
use crate::refusal::Refusal;
use crate::source::Source;
use crate::terminal::{self, say};
use live::LiveError;
use scenario::{Run, RunOptions, Scenario, Time};
use serde_json::json;

/// What kept it from being played.
enum Failed {
    Refused(Refusal),
    /// A fault of ours, in words.
    Broke(String),
}

impl From<Refusal> for Failed {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

/// Plays the scenario that was named, for as long as it lasts.
pub fn run(arguments: &LiveArguments) -> Status {
    panic::catch_quietly();
    let played = panic::caught(|| play(arguments));
    match played.unwrap_or_else(|why| Err(Failed::Broke(why))) {
        Ok(run) if arguments.json => terminal::print_json(vec![json!(run.result)]),
        Ok(run) => terminal::print(&run.report()),
        Err(Failed::Refused(refusal)) => {
            say(&refusal.draw());
            let printed = if arguments.json {
                terminal::print_json(vec![refusal.to_json()])
            } else {
                Status::Met
            };
            printed.max(Status::Refused)
        }
        Err(Failed::Broke(why)) => {
            say(&format!(
                "internal error: {}: {why}\n  help: this is a fault of wavert; please report it\n",
                arguments.file
            ));
            Status::Internal
        }
    }
}

fn play(arguments: &LiveArguments) -> Result<Run, Failed> {
    let source = Source::find(&arguments.file)?;
    let mut scenario = Scenario::parse(&source.text)
        .map_err(|found| Refusal::of_scenario(&source.label, &source.text, &found))?;
    if let Some(seconds) = arguments.seconds {
        scenario.duration = Time::from_nanos(seconds * 1_000_000_000);
    }
    let inputs = input::load(&scenario, &source.folder, None)?;
    live::run(&scenario, &inputs, &RunOptions::default()).map_err(|error| {
        let refused =
            |help| Failed::Refused(Refusal::new(&arguments.file, error.to_string(), help));
        match &error {
            LiveError::Records
            | LiveError::Mixes
            | LiveError::HasMachine
            | LiveError::HandsOver
            | LiveError::HasDetectors => refused("run it in virtual time: wavert run"),
            LiveError::NoThread(_) => refused("see that the system has threads left"),
            LiveError::Run(run) if run.is_internal() => Failed::Broke(run.to_string()),
            LiveError::Run(_) => refused("change the scenario where it asks for that"),
        }
    })
}
