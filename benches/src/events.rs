//! P1, P2, P4 and P10: what an event costs, beside what it costs elsewhere.
//!
//! All run the [`chain`](crate::chain) on one thread, in turns, and have to come to the same
//! checksum. Ours and the plain loop record every event in a history with a rolling digest; the
//! peers have none.
//!
//! The chain is a toy, the same for all. The [render path](crate::render_path) made of the real
//! parts is measured beside it, for the record.

mod nexosim;
mod tokio;

use std::fmt;

use units::SimTime;

use crate::chain::actors::StackWorld;
use crate::chain::{Entries, Outcome, actors, plain};
use crate::counting::Counting;
use crate::measure::{Machine, Series, Target};
use crate::render_path;

/// What becomes of the histories of measured runs.
const ENTRIES: Entries = Entries::LetGo;

/// A name, and a run of so many stacks until then.
#[derive(Clone, Copy)]
struct Contestant {
    name: &'static str,
    run: fn(u32, SimTime) -> Outcome,
    /// False for an engine whose clock cannot represent the delays.
    is_exact: bool,
}

impl Contestant {
    const fn exact(name: &'static str, run: fn(u32, SimTime) -> Outcome) -> Self {
        Self {
            name,
            run,
            is_exact: true,
        }
    }
}

const OURS: Contestant = Contestant::exact("ours, a world per stack", |stacks, until| {
    actors::run(stacks, until, ENTRIES)
});
const PLAIN: Contestant = Contestant::exact("plain loop, a heap per stack", |stacks, until| {
    plain::run(stacks, until, ENTRIES)
});
const SHARED: Contestant = Contestant::exact("ours, all in one world", |stacks, until| {
    actors::run_in_one_world(stacks, until, ENTRIES)
});
const NEXOSIM: Contestant = Contestant::exact("NeXosim, all in one simulation", nexosim::run);
const NEXOSIM_APART: Contestant =
    Contestant::exact("NeXosim, a simulation per stack", nexosim::run_apart);
const TOKIO: Contestant = Contestant {
    name: "tokio, paused clock (times are wrong)",
    run: tokio::run,
    is_exact: false,
};
const DIGEST_ALONE: Contestant = Contestant::exact("ours, digest alone", |stacks, until| {
    actors::run(stacks, until, Entries::Digested)
});
const ALL_KEPT: Contestant = Contestant::exact("ours, all entries kept", |stacks, until| {
    actors::run(stacks, until, Entries::Kept)
});
const UNRECORDED: Contestant = Contestant::exact("ours, nothing recorded", actors::run_unrecorded);

/// Contestants on the same work.
#[derive(Debug)]
struct Workload {
    stacks: u32,
    series: Vec<Series>,
}

impl Workload {
    /// Runs every contestant in every round, in turn.
    fn measure(stacks: u32, until: SimTime, rounds: usize, contestants: &[Contestant]) -> Self {
        let expected = (PLAIN.run)(stacks, until);
        let mut series: Vec<_> = contestants
            .iter()
            .map(|each| Series::new(each.name))
            .collect();
        for _ in 0..rounds {
            for (contestant, series) in contestants.iter().zip(&mut series) {
                let outcome = series.time(|| {
                    let outcome = (contestant.run)(stacks, until);
                    (outcome, outcome.events)
                });
                contestant.check(outcome, expected);
            }
        }
        Self { stacks, series }
    }

    fn of(&self, contestant: Contestant) -> &Series {
        let mut series = self.series.iter();
        let found = series.find(|series| series.name() == contestant.name);
        found.expect("it took part")
    }

    fn ours_over(&self, other: Contestant) -> u64 {
        self.of(OURS).over(self.of(other))
    }
}

impl Contestant {
    fn check(self, outcome: Outcome, expected: Outcome) {
        if self.is_exact {
            assert_eq!(outcome.checksum, expected.checksum, "{}", self.name);
            assert_eq!(outcome.events, expected.events, "{}", self.name);
        }
        if [OURS.name, DIGEST_ALONE.name, ALL_KEPT.name].contains(&self.name) {
            assert_eq!(outcome.digest, expected.digest, "{}", self.name);
        }
    }
}

impl fmt::Display for Workload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "stacks: {}", self.stacks)?;
        for series in &self.series {
            writeln!(f, "  {series}")?;
        }
        Ok(())
    }
}

/// What a stack costs besides time.
struct Steady {
    /// Thousandths.
    allocations_per_event: u64,
    /// Thousandths.
    kibibytes_per_stack: u64,
}

impl Steady {
    fn measure() -> Self {
        Self {
            allocations_per_event: Self::allocations(StackWorld::new(0, ENTRIES)),
            kibibytes_per_stack: Self::kibibytes(),
        }
    }

    fn allocations(mut stack: StackWorld) -> u64 {
        stack.run(SimTime::from_millis(2_000));
        let warm = Counting::counts();
        let events = stack.outcome().events;
        stack.run(SimTime::from_millis(100_000));
        let allocations = Counting::counts().allocations - warm.allocations;
        allocations * 1000 / (stack.outcome().events - events)
    }

    fn kibibytes() -> u64 {
        let before = Counting::counts();
        let mut stack = StackWorld::new(0, Entries::Digested);
        stack.run(SimTime::from_millis(2_000));
        let bytes = u64::try_from(Counting::counts().live_bytes - before.live_bytes);
        bytes.expect("a stack takes memory") * 1000 / 1024
    }
}

/// The table of P1, P2, P4 and P10.
#[derive(Debug)]
pub struct Events {
    workloads: Vec<Workload>,
    /// The real parts: without samples, and with.
    render_path: [Series; 2],
    targets: Vec<Target>,
}

/// How much is measured.
#[derive(Clone, Copy)]
struct Effort {
    rounds: usize,
    many_stacks: u32,
    one_until: SimTime,
    many_until: SimTime,
}

impl Events {
    /// Measures everything: about two minutes.
    ///
    /// The binary has to have installed [`Counting`] as its allocator.
    pub fn measure() -> Self {
        Self::with_effort(Effort {
            rounds: 5,
            many_stacks: 1_000,
            one_until: SimTime::from_millis(5_000_000),
            many_until: SimTime::from_millis(5_000),
        })
    }

    /// Runs everything once and briefly, for the checksums' sake.
    pub fn try_out() -> Self {
        Self::with_effort(Effort {
            rounds: 1,
            many_stacks: 10,
            one_until: SimTime::from_millis(500),
            many_until: SimTime::from_millis(500),
        })
    }

    fn with_effort(effort: Effort) -> Self {
        let one = effort.one(&[OURS, PLAIN, NEXOSIM, TOKIO]);
        let many = effort.many(&[OURS, PLAIN, SHARED, NEXOSIM, NEXOSIM_APART, TOKIO]);
        let history = effort.one(&[DIGEST_ALONE, OURS, ALL_KEPT, UNRECORDED]);
        let steady = Steady::measure();
        let digest_time = history.of(UNRECORDED).over(history.of(DIGEST_ALONE));
        let targets = vec![
            Target::at_least("P1 one stack, of NeXosim", one.ours_over(NEXOSIM), 8_000),
            Target::at_least(
                "P2 many stacks, of NeXosim",
                many.ours_over(NEXOSIM),
                15_000,
            ),
            Target::at_least(
                "P2 many stacks, of our own one",
                many.of(OURS).over(one.of(OURS)),
                900,
            ),
            Target::at_least("P4 one stack, of the plain loop", one.ours_over(PLAIN), 400),
            Target::at_least(
                "P4 many stacks, of the plain loop",
                many.ours_over(PLAIN),
                400,
            ),
            Target::at_most("P10 allocations per event", steady.allocations_per_event, 0),
            Target::at_most(
                "P10 KiB per stack, entries aside",
                steady.kibibytes_per_stack,
                16_000,
            ),
            Target::at_most("P10 time with digest, of without", digest_time, 1_150),
        ];
        Self {
            workloads: vec![one, many, history],
            render_path: effort.render_path(),
            targets,
        }
    }

    /// False if a figure misses its target by more than a factor of two.
    pub fn is_plausible(&self) -> bool {
        self.targets.iter().all(Target::is_plausible)
    }
}

impl Effort {
    fn one(self, contestants: &[Contestant]) -> Workload {
        Workload::measure(1, self.one_until, self.rounds, contestants)
    }

    fn many(self, contestants: &[Contestant]) -> Workload {
        Workload::measure(self.many_stacks, self.many_until, self.rounds, contestants)
    }

    fn render_path(self) -> [Series; 2] {
        let mut series = [
            Series::new("render path, no samples"),
            Series::new("render path, with samples"),
        ];
        for _ in 0..self.rounds {
            for (series, keep_samples) in series.iter_mut().zip([false, true]) {
                series.time(|| ((), render_path::run(keep_samples)));
            }
        }
        series
    }
}

impl fmt::Display for Events {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "P1, P2, P4, P10: events on one thread (ns per event, events per second)"
        )?;
        writeln!(f, "{}", Machine::this())?;
        let (nexosim, tokio) = (Machine::package("nexosim"), Machine::package("tokio"));
        writeln!(f, "{nexosim}, {tokio}")?;
        for workload in &self.workloads {
            write!(f, "{workload}")?;
        }
        writeln!(f, "the real parts, for the record")?;
        for series in &self.render_path {
            writeln!(f, "  {series}")?;
        }
        for target in &self.targets {
            writeln!(f, "{target}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::Events;

    #[test]
    fn every_contestant_comes_to_the_same_checksum() {
        Events::try_out();
    }
}
