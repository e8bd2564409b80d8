//! Measuring: processor time, medians, ratios against a target, and the machine it was on.

use std::fmt;
use std::process::Command;
use std::time::Instant;

/// Processor time of this thread where the system tells it, else wall time.
#[derive(Debug)]
struct Stopwatch {
    cpu_nanos: Option<u64>,
    wall: Instant,
}

impl Stopwatch {
    #[expect(
        clippy::disallowed_methods,
        reason = "a benchmark asks the wall clock where the system does not tell processor time"
    )]
    fn start() -> Self {
        Self {
            cpu_nanos: thread_nanos(),
            wall: Instant::now(),
        }
    }

    fn nanos(&self) -> u64 {
        match (self.cpu_nanos, thread_nanos()) {
            (Some(start), Some(end)) => end - start,
            _ => u64::try_from(self.wall.elapsed().as_nanos()).expect("a run takes seconds"),
        }
    }
}

/// How long this thread has run on a processor, by Linux' books.
fn thread_nanos() -> Option<u64> {
    let books = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    books.split_whitespace().next()?.parse().ok()
}

/// A thousandth: ratios are whole numbers of these.
const THOUSAND: u64 = 1000;

/// The runs of one contestant.
#[derive(Clone, Debug)]
pub struct Series {
    name: &'static str,
    /// Picoseconds per event, of each run.
    runs: Vec<u64>,
}

impl Series {
    /// No runs yet.
    pub const fn new(name: &'static str) -> Self {
        Self {
            name,
            runs: Vec::new(),
        }
    }

    /// Times `run`, which says how many events it had.
    pub fn time<T>(&mut self, run: impl FnOnce() -> (T, u64)) -> T {
        let stopwatch = Stopwatch::start();
        let (result, events) = run();
        self.push(stopwatch.nanos(), events);
        result
    }

    /// Times `run` by the wall clock, for work that more than one thread does.
    #[expect(
        clippy::disallowed_methods,
        reason = "no one thread's time is that of two"
    )]
    pub fn time_by_wall<T>(&mut self, run: impl FnOnce() -> (T, u64)) -> T {
        let start = Instant::now();
        let (result, events) = run();
        let nanos = u64::try_from(start.elapsed().as_nanos()).expect("a run takes seconds");
        self.push(nanos, events);
        result
    }

    /// A run shorter than what the system's books can tell counts as a picosecond per event.
    fn push(&mut self, nanos: u64, events: u64) {
        self.runs.push((nanos * THOUSAND / events).max(1));
    }

    /// The contestant.
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// The median, in picoseconds per event.
    ///
    /// # Panics
    /// If nothing was timed.
    pub fn median(&self) -> u64 {
        let mut runs = self.runs.clone();
        runs.sort_unstable();
        runs[runs.len() / 2]
    }

    /// How many times as fast as `other` this is, in thousandths.
    pub fn over(&self, other: &Self) -> u64 {
        other.median() * THOUSAND / self.median()
    }
}

/// Name, nanoseconds per event, million events per second.
impl fmt::Display for Series {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let picos = self.median();
        write!(
            f,
            "{:<36} {:>8} ns {:>9} M/s",
            self.name,
            Decimal(picos),
            Decimal(1_000_000_000 / picos.max(1))
        )
    }
}

/// A figure with a target.
#[derive(Clone, Debug)]
pub struct Target {
    name: &'static str,
    figure: u64,
    bound: Bound,
}

#[derive(Clone, Copy, Debug)]
enum Bound {
    AtLeast(u64),
    AtMost(u64),
}

impl Target {
    /// `figure` should be `target` or more; both in thousandths.
    pub const fn at_least(name: &'static str, figure: u64, target: u64) -> Self {
        let bound = Bound::AtLeast(target);
        Self {
            name,
            figure,
            bound,
        }
    }

    /// `figure` should be `target` or less; both in thousandths.
    pub const fn at_most(name: &'static str, figure: u64, target: u64) -> Self {
        let bound = Bound::AtMost(target);
        Self {
            name,
            figure,
            bound,
        }
    }

    /// True if the figure misses its target by no more than a factor of two. Between the target
    /// and that it is for people to look at: machines differ, and other work may have run.
    pub const fn is_plausible(&self) -> bool {
        match self.bound {
            Bound::AtLeast(target) => self.figure * 2 >= target,
            Bound::AtMost(target) => self.figure <= target * 2,
        }
    }

    const fn is_met(&self) -> bool {
        match self.bound {
            Bound::AtLeast(target) => self.figure >= target,
            Bound::AtMost(target) => self.figure <= target,
        }
    }
}

/// Name, figure, target, verdict.
impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (sign, target) = match self.bound {
            Bound::AtLeast(target) => ('≥', target),
            Bound::AtMost(target) => ('≤', target),
        };
        let verdict = if self.is_met() { "met" } else { "MISSED" };
        let (figure, target) = (Decimal(self.figure), Decimal(target));
        write!(
            f,
            "{:<50} {figure:>9}   target {sign} {target:<7} {verdict}",
            self.name
        )
    }
}

/// Thousandths as a decimal fraction.
struct Decimal(u64);

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = format!("{}.{:03}", self.0 / THOUSAND, self.0 % THOUSAND);
        f.pad(&digits)
    }
}

/// What the figures were measured on.
#[derive(Clone, Debug)]
pub struct Machine {
    processor: String,
    processors: usize,
    compiler: String,
}

impl Machine {
    /// This one.
    pub fn this() -> Self {
        let unknown = || "unknown".to_owned();
        let books = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
        let model = books.lines().find(|line| line.starts_with("model name"));
        let processor = model.and_then(|line| line.split(": ").nth(1));
        let compiler = Command::new("rustc").arg("--version").output().ok();
        let compiler = compiler.and_then(|output| String::from_utf8(output.stdout).ok());
        Self {
            processor: processor.map_or_else(unknown, str::to_owned),
            processors: std::thread::available_parallelism().map_or(0, usize::from),
            compiler: compiler.map_or_else(unknown, |line| line.trim().to_owned()),
        }
    }

    /// Name and version of a package that this binary was built with.
    pub fn package(name: &str) -> String {
        let lock = include_str!("../../Cargo.lock");
        let mut lines = lock.lines();
        lines.find(|line| *line == format!("name = \"{name}\""));
        let version = lines.next().and_then(|line| line.split('"').nth(1));
        format!("{name} {}", version.unwrap_or("unknown"))
    }
}

impl fmt::Display for Machine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} x {}, {} {}, {}",
            self.processors,
            self.processor,
            std::env::consts::OS,
            std::env::consts::ARCH,
            self.compiler
        )
    }
}
