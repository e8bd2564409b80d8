//! `wavert sweep`: one scenario, keys that are varied, many seeds; every run is a row.
//!
//! ```text
//! --vary ──> axis ──> plan: runs, numbered ──> parts ──> threads, one world each
//!                                                │
//!  table, verdict <── summary <── merge <── folder: parts/3-of-8.000012.jsonl
//!                                   └──> rows.jsonl, rows.csv, digest
//! ```
//!
//! What a run is follows from its number, so neither threads nor shards show in the rows.

mod axis;
mod failure;
mod folder;
mod merge;
mod pace;
mod plan;
mod row;
mod summary;
mod table;
mod verdict;

use crate::args::{Shard, SweepArguments};
use crate::changed;
use crate::exit::Status;
use crate::latencies::Measured;
use crate::overrides::Override;
use crate::panic;
use crate::pool;
use crate::progress::shown_during;
use crate::refusal::Refusal;
use crate::source::Source;
use crate::terminal::{self, say};
pub(crate) use axis::Axis;
pub(crate) use failure::Failure;
use folder::Folder;
use merge::Merged;
pub(crate) use pace::Pace;
use plan::Part;
pub(crate) use plan::Plan;
use row::{Figures, Row, RowsDigest};
use scenario::{Inputs, RunOptions};
use serde_json::json;
use std::path::PathBuf;
use std::sync::Mutex;
use std::time::Instant;
use summary::Summaries;
pub(crate) use table::ms;

/// Runs a sweep or a part of it, or puts parts together.
pub fn run(arguments: &SweepArguments) -> Status {
    let ended = if arguments.merge {
        let folders: Vec<PathBuf> = arguments.files.iter().map(PathBuf::from).collect();
        let merged = merge::merge(&folders, arguments.out.as_deref());
        merged.map(|(plan, merged)| (plan, merged, None))
    } else {
        sweep(arguments)
    };
    match ended {
        Ok((plan, merged, measured)) => tell(arguments, &plan, &merged, measured.as_ref()),
        Err(failure) => failure.tell(arguments.json),
    }
}

fn sweep(arguments: &SweepArguments) -> Result<(Plan, Merged, Option<Measured>), Failure> {
    let [file] = &arguments.files[..] else {
        let message = "a sweep is of one scenario";
        let help = "name one file; with --merge, folders";
        return Err(Refusal::new(&arguments.files[1], message, help).into());
    };
    let source = Source::find(file)?;
    let measured = arguments.latencies.as_deref().map(Measured::read);
    let measured = measured.transpose()?;
    let plan = plan(arguments, &source, measured.as_ref())?;
    let sweep = Sweep {
        inputs: plan.inputs(&source.folder)?,
        shard: arguments.shard.unwrap_or(Shard::WHOLE),
        threads: arguments.threads.map_or_else(pool::cores, usize::from),
        plan,
    };
    panic::catch_quietly();
    let merged = match &arguments.out {
        Some(out) => sweep.run_into_folder(&Folder::open(out, &sweep.plan, sweep.shard)?)?,
        None => sweep.run_in_memory()?,
    };
    Ok((sweep.plan, merged, measured))
}

fn plan(
    arguments: &SweepArguments,
    source: &Source,
    measured: Option<&Measured>,
) -> Result<Plan, Failure> {
    let refuse = |flag: &str, error: String| {
        let help = "see `wavert sweep --help`, and `wavert schema` for every key";
        Failure::from(Refusal::new(flag, error, help))
    };
    // What --set says comes after what was measured, and holds.
    let measured = measured.map(|measured| Ok(measured.change()));
    let set = arguments.set.iter().map(|set| Override::parse(set));
    let set: Vec<Override> = measured
        .into_iter()
        .chain(set)
        .collect::<Result<_, _>>()
        .map_err(|error| refuse("--set", error.to_string()))?;
    let axes = arguments.vary.iter().map(|vary| Axis::parse(vary));
    let axes: Vec<Axis> = axes
        .collect::<Result<_, _>>()
        .map_err(|error| refuse("--vary", error.to_string()))?;
    let text = if set.is_empty() {
        source.text.clone()
    } else {
        changed::text(&changed::table(source, "--set", &set)?)
    };
    let seeds = (arguments.seed, arguments.seeds);
    Ok(Plan::new(&source.label, text, axes, seeds)?)
}

/// What is to be run, and with what.
#[derive(Debug)]
struct Sweep {
    plan: Plan,
    inputs: Vec<Inputs>,
    shard: Shard,
    threads: usize,
}

impl Sweep {
    /// Does what is not there yet, and reads all of it back.
    fn run_into_folder(&self, folder: &Folder) -> Result<Merged, Failure> {
        let plan = &self.plan;
        let parts = plan.parts(self.shard);
        let there = folder.parts()?;
        for part in &parts {
            if let Some(path) = there.get(&part.key()) {
                folder::read(path, plan, part)?;
            }
        }
        let (done, missing): (Vec<Part>, Vec<Part>) = parts
            .iter()
            .cloned()
            .partition(|part| there.contains_key(&part.key()));
        if !done.is_empty() {
            let rows: usize = done.iter().map(|part| part.runs.len()).sum();
            say(&format!("{rows} runs are there already\n"));
        }
        self.do_all(&missing, |part, rows| folder.write(plan, part, rows))?;
        let there = folder.parts()?;
        if self.shard == Shard::WHOLE {
            merge::all(plan, &there, folder.path(), folder.path())
        } else {
            merge::one(plan, &parts, &there)
        }
    }

    /// Does everything and keeps what it comes to.
    fn run_in_memory(&self) -> Result<Merged, Failure> {
        let plan = &self.plan;
        let known = Mutex::new((Summaries::new(plan), RowsDigest::default()));
        self.do_all(&plan.parts(self.shard), |_, rows| {
            let mut known = known.lock().expect("nobody panics with the lock");
            for row in rows {
                known.0.add(plan, row);
                known.1.add(&row.to_json(plan));
            }
            Ok(())
        })?;
        let (summaries, digest) = known.into_inner().expect("nobody panics with the lock");
        Ok(Merged {
            summaries,
            digest,
            written: Vec::new(),
        })
    }

    /// Runs `parts` and hands the rows of each to `take`, on the thread that has done them.
    #[expect(
        clippy::disallowed_methods,
        reason = "how fast a sweep goes is a matter of the wall clock"
    )]
    fn do_all(
        &self,
        parts: &[Part],
        take: impl Fn(&Part, &[Row]) -> Result<(), Failure> + Sync,
    ) -> Result<(), Failure> {
        let total: usize = parts.iter().map(|part| part.runs.len()).sum();
        let pace = Pace::new(total as u64);
        let begun = Instant::now();
        let line = |_| pace.line(begun.elapsed());
        shown_during(&line, || {
            pool::try_map(self.threads, parts, |part| {
                let row = |&run: &u64| self.row(run).inspect(|_| pace.step());
                let rows: Vec<Row> = part.runs.iter().map(row).collect::<Result<_, _>>()?;
                take(part, &rows)
            })
        })?;
        if total > 0 {
            say(&format!("{}\n", pace.summary(begun.elapsed())));
        }
        Ok(())
    }

    fn row(&self, run: u64) -> Result<Row, Failure> {
        let (point, seed) = self.plan.of(run);
        let options = RunOptions {
            seed: Some(seed),
            keep_history: false,
            keep_samples: false,
        };
        let scenario = self.plan.scenario(point);
        let failed = |why: &str, is_internal| Failure::of_run(&self.plan, run, why, is_internal);
        let ran = panic::caught(|| scenario::run(scenario, &self.inputs[point], &options))
            .map_err(|panic| failed(&panic, true))?
            .map_err(|error| failed(&error.to_string(), error.is_internal()))?;
        Ok(Row {
            run,
            figures: Figures::of(&ran),
            digest: ran.result.digest,
        })
    }
}

fn tell(
    arguments: &SweepArguments,
    plan: &Plan,
    merged: &Merged,
    measured: Option<&Measured>,
) -> Status {
    for path in &merged.written {
        say(&format!("wrote {}\n", path.display()));
    }
    let shard = arguments.shard.filter(|shard| *shard != Shard::WHOLE);
    let runs: u64 = merged
        .summaries
        .all()
        .iter()
        .map(|summary| summary.runs)
        .sum();
    let digest = merged.digest.text();
    if arguments.json {
        let mut object = table::json(plan, &merged.summaries);
        object["schema"] = json!(1);
        object["scenario"] = json!(plan.name);
        object["first_seed"] = json!(plan.first_seed);
        object["seeds"] = json!(plan.seeds);
        object["runs"] = json!(runs);
        object["shard"] = json!(shard.map(|shard| format!("{}/{}", shard.number, shard.of)));
        object["digest"] = json!(digest);
        if let Some(measured) = measured {
            object["latencies"] = measured.to_json();
        }
        return terminal::print_json(vec![object]);
    }
    let table = table::text(plan, &merged.summaries);
    let end = match shard {
        Some(Shard { number, of }) => format!(
            "{runs} of {} runs: shard {number}/{of}, digest {digest}; `wavert sweep --merge` puts the shards together.",
            plan.runs()
        ),
        None => format!(
            "{runs} runs: {} points, {} seed{} from {} on.\ndigest {digest}; the same for any number of threads, shards and machines.",
            plan.points(),
            plan.seeds,
            if plan.seeds == 1 { "" } else { "s" },
            plan.first_seed
        ),
    };
    let knowledge = measured.map_or_else(String::new, |measured| measured.knowledge() + "\n");
    terminal::print(&format!("{}\n\n{table}\n{knowledge}{end}\n", plan.name))
}
