//! `wavert advise`: the smallest buffer that glitches seldom enough on a machine, and how sure that is.
//!
//! ```text
//!  FILE, --profile, --device, --mode, --latencies ──> question: a sweep's plan over one key
//!                                                        │
//!  standard <── budget, confidence                    search: bisection, the same seeds everywhere
//!     └── judges ── tally of runs <── threads, one world each ──┘
//!                        └──> advice ──> report, chart, svg, csv, JSON
//! ```
//!
//! Seeds are the same for every candidate, so candidates differ by their value and not by luck. How many
//! runs a candidate gets is known before the first one; an answer that suits ends nothing.

#![expect(
    clippy::float_arithmetic,
    reason = "chances and rates are floats; what a run is, is not"
)]

mod advice;
mod binomial;
mod budget;
mod chart;
mod question;
mod report;
mod search;
mod standard;
mod svg;
mod tally;

pub use budget::{Budget, BudgetError, Confidence};

use crate::args::AdviseArguments;
use crate::exit::Status;
use crate::output::Staged;
use crate::panic;
use crate::pool;
use crate::progress::shown_during;
use crate::sweep::{Failure, Pace};
use crate::terminal::{self, say};
use advice::{Advice, Candidate};
use question::Question;
use scenario::RunOptions;
use standard::Verdict;
use std::io::Write as _;
use std::path::Path;
use std::time::Instant;
use tally::{Outcome, Tally};

/// Candidates below the answer that are looked at for the curve alone.
const CURVE: usize = 12;

/// Answers the question.
pub fn run(arguments: &AdviseArguments) -> Status {
    let answered = Question::of(arguments)
        .map_err(Failure::from)
        .and_then(|question| {
            panic::catch_quietly();
            let advice = answer(&question)?;
            if let Some(out) = &arguments.out {
                write(&question, &advice, out)?;
            }
            Ok((question, advice))
        });
    let (question, advice) = match answered {
        Ok(answered) => answered,
        Err(failure) => return failure.tell(arguments.json),
    };
    let told = if arguments.json {
        terminal::print_json(vec![advice.to_json(&question)])
    } else {
        terminal::print(&report::text(&question, &advice))
    };
    let found = match advice.answer {
        Some(_) => Status::Met,
        None => Status::Unmet,
    };
    found.max(told)
}

/// Searches, and then looks at some of what is smaller than the answer, for the curve.
fn answer(question: &Question) -> Result<Advice, Failure> {
    let count = question.order.len();
    let mut candidates: Vec<Option<Candidate>> = vec![None; count];
    let standard = question.standard;
    let answer = search::smallest(count, |place| {
        let candidate = look(question, place, &question.looks)?;
        let meets = candidate.verdict == Verdict::Meets;
        candidates[place] = Some(candidate);
        Ok::<_, Failure>(meets)
    })?;
    let smaller: Vec<usize> = (0..answer.unwrap_or(count))
        .filter(|&place| candidates[place].is_none())
        .collect();
    for place in search::spread(&smaller, CURVE) {
        candidates[place] = Some(look(question, place, question.for_the_curve())?);
    }
    Ok(Advice {
        answer,
        candidates,
        standard,
    })
}

/// Runs a candidate until it is known to miss the budget, or until its last run.
#[expect(
    clippy::disallowed_methods,
    reason = "how fast it goes is a matter of the wall clock"
)]
fn look(question: &Question, candidate: usize, looks: &[u64]) -> Result<Candidate, Failure> {
    let point = question.order[candidate];
    let mut tally = Tally::new(question.may_draw(candidate));
    let mut verdict = Verdict::Open;
    let whole = question.looks.last().copied();
    for &until in looks {
        let runs: Vec<u64> = (tally.runs..until).collect();
        let pace = Pace::new(runs.len() as u64);
        let begun = Instant::now();
        let value = question.value(candidate);
        let line = |_| {
            format!(
                "{} = {value}: {}",
                question.key(),
                pace.line(begun.elapsed())
            )
        };
        let outcomes = shown_during(&line, || {
            pool::try_map(question.threads, &runs, |&number| {
                outcome(question, point, number).inspect(|_| pace.step())
            })
        })?;
        for outcome in outcomes {
            tally.add(outcome);
        }
        verdict = question.standard.judge(&tally, Some(until) == whole);
        if verdict == Verdict::Misses || tally.is_fixed() {
            break;
        }
    }
    if tally.chances == 0 {
        // No glitch where nobody has to be in time shows nothing.
        return Err(question.nobody_wakes().into());
    }
    Ok(Candidate { tally, verdict })
}

/// One run of a candidate: with the seed that every candidate's run of that number has.
fn outcome(question: &Question, point: usize, number: u64) -> Result<Outcome, Failure> {
    let plan = &question.plan;
    let run = number * plan.points() as u64 + point as u64;
    let options = RunOptions {
        seed: Some(plan.of(run).1),
        keep_history: false,
        keep_samples: false,
    };
    let failed = |why: &str, is_internal| Failure::of_run(plan, run, why, is_internal);
    let (scenario, inputs) = (plan.scenario(point), &question.inputs[point]);
    let ran = panic::caught(|| scenario::run(scenario, inputs, &options))
        .map_err(|panic| failed(&panic, true))?
        .map_err(|error| failed(&error.to_string(), error.is_internal()))?;
    Ok(Outcome::of(&ran))
}

/// Writes what the report says, as files.
fn write(question: &Question, advice: &Advice, folder: &Path) -> Result<(), Failure> {
    let written = Staged::open(folder).and_then(|mut staged| {
        let text = report::text(question, advice);
        staged.add("advice.txt", |file| file.write_all(text.as_bytes()))?;
        let json = advice.to_json(question);
        staged.add("advice.json", |file| writeln!(file, "{json:#}"))?;
        let csv = report::csv(question, advice);
        staged.add("curve.csv", |file| file.write_all(csv.as_bytes()))?;
        let picture = svg::draw(question, advice);
        staged.add("curve.svg", |file| file.write_all(picture.as_bytes()))?;
        staged.publish()
    });
    let written = written.map_err(|error| Failure::output(question.label(), &error))?;
    for path in written {
        say(&format!("wrote {}\n", path.display()));
    }
    Ok(())
}
