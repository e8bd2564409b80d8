//! `wavert check`: scenario files, looked at without running them.

use crate::args::CheckArguments;
use crate::exit::Status;
use crate::input;
use crate::refusal::Refusal;
use crate::source::Source;
use crate::terminal::{self, say};
use scenario::Scenario;
use serde_json::{Value, json};

/// Checks each file, and the sounds that it names.
pub fn check(arguments: &CheckArguments) -> Status {
    let checked: Vec<_> = arguments
        .files
        .iter()
        .zip(Source::find_all(&arguments.files))
        .map(|(name, source)| (name, source.and_then(|source| check_one(&source))))
        .collect();
    for (_, outcome) in &checked {
        if let Err(refusal) = outcome {
            say(&refusal.draw());
        }
    }
    let refused = checked.iter().any(|(_, outcome)| outcome.is_err());
    let printed = if arguments.json {
        terminal::print_json(
            checked
                .iter()
                .map(|(name, outcome)| to_json(name, outcome))
                .collect(),
        )
    } else {
        let fine = checked.iter().filter(|(_, outcome)| outcome.is_ok());
        let lines = fine.fold(String::new(), |lines, (name, _)| lines + name + ": ok\n");
        terminal::print(&lines)
    };
    if refused { Status::Refused } else { printed }
}

fn check_one(source: &Source) -> Result<Scenario, Refusal> {
    let scenario = Scenario::parse(&source.text)
        .map_err(|found| Refusal::of_scenario(&source.label, &source.text, &found))?;
    input::load(&scenario, &source.folder, None)?;
    Ok(scenario)
}

fn to_json(name: &str, outcome: &Result<Scenario, Refusal>) -> Value {
    match outcome {
        Ok(scenario) => json!({ "schema": 1, "file": name, "scenario": scenario.name, "ok": true }),
        Err(refusal) => refusal.to_json(),
    }
}
