//! `wavert inspect`: what the devices of scenarios show to whoever asks them.

use crate::args::InspectArguments;
use crate::exit::Status;
use crate::refusal::Refusal;
use crate::source::Source;
use crate::terminal::{self, say};
use scenario::{Inspection, Scenario, inspect};
use serde_json::Value;

/// Inspects the devices of each file; nothing runs, and no sound is read.
pub fn run(arguments: &InspectArguments) -> Status {
    let inspected: Vec<_> = Source::find_all(&arguments.files)
        .into_iter()
        .map(|source| source.and_then(|source| inspect_one(&source)))
        .collect();
    for outcome in &inspected {
        if let Err(refusal) = outcome {
            say(&refusal.draw());
        }
    }
    let refused = inspected.iter().any(Result::is_err);
    let printed = if arguments.json {
        terminal::print_json(inspected.iter().map(to_json).collect())
    } else {
        let pages = inspected.iter().flatten().map(Inspection::to_text);
        terminal::print(&pages.collect::<Vec<_>>().join("\n\n"))
    };
    if refused { Status::Refused } else { printed }
}

fn inspect_one(source: &Source) -> Result<Inspection, Refusal> {
    let scenario = Scenario::parse(&source.text)
        .map_err(|found| Refusal::of_scenario(&source.label, &source.text, &found))?;
    Ok(inspect(&scenario))
}

fn to_json(outcome: &Result<Inspection, Refusal>) -> Value {
    match outcome {
        Ok(inspection) => {
            serde_json::to_value(inspection).expect("an inspection is names and numbers")
        }
        Err(refusal) => refusal.to_json(),
    }
}
