//! `wavert run`: the main job.

mod job;

use crate::args::RunArguments;
use crate::exit::Status;
use crate::latencies::Measured;
use crate::overrides::Override;
use crate::panic;
use crate::pool;
use crate::progress::Progress;
use crate::refusal::Refusal;
use crate::source::Source;
use crate::terminal::{self, say};
use job::{Job, Outcome};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::PathBuf;

/// Runs every scenario that was named, each in a world of its own.
pub fn run(arguments: &RunArguments) -> Status {
    let overrides: Result<Vec<_>, _> = arguments
        .set
        .iter()
        .map(|set| Override::parse(set))
        .collect();
    let mut overrides = match overrides {
        Ok(overrides) => overrides,
        Err(error) => {
            say(&format!("error: --set: {error}\n"));
            return Status::Refused;
        }
    };
    let measured = arguments
        .latencies
        .as_deref()
        .map(Measured::read)
        .transpose();
    let measured = match measured {
        Ok(measured) => measured,
        Err(refusal) => {
            say(&refusal.draw());
            return Status::Refused;
        }
    };
    // What --set says comes after, and holds.
    overrides.splice(..0, measured.as_ref().map(Measured::change));
    let jobs = jobs(arguments, &overrides, measured.as_ref());
    panic::catch_quietly();
    let outcomes = Progress::during(jobs.len(), |progress| {
        pool::map(&jobs, |job| {
            progress.begun(&job.name);
            let outcome = job.run(progress);
            progress.ended(&job.name);
            outcome
        })
    });
    for outcome in &outcomes {
        say(&outcome.told());
    }
    let printed = if arguments.json {
        terminal::print_json(outcomes.iter().map(Outcome::to_json).collect())
    } else if let [only] = &outcomes[..] {
        terminal::print(only.report())
    } else {
        terminal::print(&summary(&outcomes))
    };
    outcomes
        .iter()
        .map(Outcome::status)
        .fold(printed, Status::max)
}

/// One job per name, in the order of the command line. Where several write to the same folder,
/// the later ones are refused before anything runs.
fn jobs<'a>(
    arguments: &'a RunArguments,
    overrides: &'a [Override],
    measured: Option<&'a Measured>,
) -> Vec<Job<'a>> {
    let several = arguments.files.len() > 1;
    let mut folders = BTreeMap::<PathBuf, &str>::new();
    let job = |(name, mut source): (&'a String, Result<Source, Refusal>)| {
        let stem = source
            .as_ref()
            .map_or_else(|_| String::new(), |source| source.stem.clone());
        let out = arguments.out.as_ref().map(|out| {
            if several {
                out.join(&stem)
            } else {
                out.clone()
            }
        });
        if let (Ok(_), Some(out)) = (&source, &out) {
            if let Some(other) = folders.insert(out.clone(), name) {
                let message = format!("would be written to {}, as {other} is", out.display());
                let help = "run them one by one, with an --out of their own";
                source = Err(Refusal::new(name, message, help));
            }
        }
        Job {
            name: name.clone(),
            source,
            out,
            overrides,
            measured,
            arguments,
        }
    };
    let sources = Source::find_all(&arguments.files);
    arguments.files.iter().zip(sources).map(job).collect()
}

/// One line per scenario, and one about all of them.
fn summary(outcomes: &[Outcome]) -> String {
    let width = outcomes
        .iter()
        .map(|outcome| outcome.name.chars().count())
        .max()
        .unwrap_or(0);
    let mut lines = String::new();
    for outcome in outcomes {
        let _ = writeln!(lines, "{:<width$}  {}", outcome.name, outcome.line());
    }
    let count = |status| {
        outcomes
            .iter()
            .filter(|outcome| outcome.status() == status)
            .count()
    };
    let parts = [
        (count(Status::Met), "met"),
        (count(Status::Unmet), "not met"),
        (count(Status::Refused), "refused"),
        (count(Status::Internal), "broken"),
    ];
    let parts: Vec<String> = parts
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, what)| format!("{count} {what}"))
        .collect();
    let _ = writeln!(
        lines,
        "\n{} scenarios: {}",
        outcomes.len(),
        parts.join(", ")
    );
    lines
}
