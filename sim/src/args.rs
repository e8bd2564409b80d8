//! What can be said on the command line.

use crate::advise::{Budget, Confidence};
use clap::{Args, Parser, Subcommand, ValueEnum};
use conformance::reference::Reference;
use std::path::PathBuf;
use std::time::Duration;

const EXIT: &str = "\
Exit status:
  0  everything ran and all expectations were met
  1  everything ran, and an expectation was not met
  2  a file or an argument was refused, or an output could not be written
  3  a fault of the laboratory itself (panic, deadlock, time that stands still)
  Of several scenarios the others still run, and the highest status is returned.";

const CONFORMANCE_EXIT: &str = "\
Exit status:
  0  no rule is broken but those that a subject is known to break; every row of a recording is equal
  1  another rule is broken, or a row differs
  2  a file or an argument was refused, or an output could not be written";

const SWEEP_EXIT: &str = "\
Exit status:
  0  all runs came to their end, with or without glitches; expectations are those of a single run
  2  a file or an argument was refused, a file could not be written, or a merge is not complete
  3  a fault of the laboratory itself (panic, deadlock, time that stands still)";

const ADVISE_EXIT: &str = "\
Exit status:
  0  a value meets the budget
  1  none of those that were tried does
  2  a file or an argument was refused, or a file could not be written
  3  a fault of the laboratory itself (panic, deadlock, time that stands still)";

const LIVE_EXIT: &str = "\
Exit status:
  0  it was played to its end, with or without glitches; expectations are those of virtual time
  2  a file or an argument was refused
  3  a fault of the laboratory itself (panic)";

/// A laboratory for the Windows WaveRT audio stack.
///
/// Runs scenarios of the path from a client's buffer to the speaker in virtual time, and tells
/// which frames were right, which were not, and why.
#[derive(Debug, Parser)]
#[command(name = "wavert", version, after_help = EXIT, after_long_help = EXIT)]
pub struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run scenarios: report, heard audio, trace
    #[command(after_help = EXIT, after_long_help = EXIT)]
    Run(RunArguments),
    /// Run one scenario many times: keys varied over values, times seeds; a table and a row per run
    #[command(after_help = SWEEP_EXIT, after_long_help = SWEEP_EXIT)]
    Sweep(SweepArguments),
    /// Find the smallest buffer that glitches seldom enough on a machine, and say how sure that is
    #[command(after_help = ADVISE_EXIT, after_long_help = ADVISE_EXIT)]
    Advise(AdviseArguments),
    /// Check scenario files without running them
    #[command(after_help = EXIT, after_long_help = EXIT)]
    Check(CheckArguments),
    /// Play a scenario on the wall clock, who writes and the device on threads of their own
    #[command(after_help = LIVE_EXIT, after_long_help = LIVE_EXIT)]
    Live(LiveArguments),
    /// See the buffer turn: a scenario as a page with the model inside, to be stepped, broken and heard
    Explore(ExploreArguments),
    /// Show the devices of scenarios: filters, pins, formats, nodes, endpoints
    Inspect(InspectArguments),
    /// Put the reference miniports under the rules of positions, packets, states and events;
    /// or replay recorded driver calls through them
    #[command(after_help = CONFORMANCE_EXIT, after_long_help = CONFORMANCE_EXIT)]
    Conformance(ConformanceArguments),
    /// Write the tone that Microsoft's sample virtual driver records, to the bit, as a WAV file
    Tone(ToneArguments),
    /// List the shipped scenarios, one line each
    List,
    /// Print the JSON Schema of scenario files, for editors
    Schema,
}

/// Arguments of `wavert run`.
#[derive(Debug, Args)]
pub struct RunArguments {
    /// Scenario files, names of shipped scenarios (see `wavert list`), or - for standard input
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<String>,
    /// Run with this seed instead of the scenario's
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,
    /// Change one figure of the scenario: duration=1s, `fault[0].late-wake-up.by=21ms`
    #[arg(long, value_name = "KEY=VALUE")]
    pub set: Vec<String>,
    /// Draw how long wake-ups take from what was measured: a histogram of cyclictest (text or JSON), a
    /// LatencyMon report, an HdrHistogram log, or a table of latencies
    #[arg(long, value_name = "FILE")]
    pub latencies: Option<PathBuf>,
    /// Write report.txt, result.json, heard.wav and trace.pftrace into DIR;
    /// of several scenarios into `DIR/<file stem>`
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Play this WAV file as the first client
    #[arg(long, value_name = "FILE.wav")]
    pub input: Option<PathBuf>,
    /// Print one JSON object instead of the report
    #[arg(long)]
    pub json: bool,
}

/// Arguments of `wavert sweep`.
#[derive(Debug, Args)]
pub struct SweepArguments {
    /// A scenario file, the name of a shipped scenario, or - for standard input;
    /// with --merge the folders of its shards
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<String>,
    /// Vary a key over values, ranges or both, ends included: `client.0.packet=64fr..480fr:16fr`,
    /// `client.0.packets=2..4`, `client.0.policy=resync,blind`; several keys make a grid
    #[arg(long, value_name = "KEY=VALUES", conflicts_with = "merge")]
    pub vary: Vec<String>,
    /// Run everything with so many seeds, one after the other
    #[arg(long, value_name = "N", default_value_t = 1, conflicts_with = "merge")]
    pub seeds: u64,
    /// The first seed, instead of the scenario's
    #[arg(long, value_name = "N", conflicts_with = "merge")]
    pub seed: Option<u64>,
    /// Change one figure of the scenario for all runs: duration=1s
    #[arg(long, value_name = "KEY=VALUE", conflicts_with = "merge")]
    pub set: Vec<String>,
    /// Draw how long wake-ups take from what was measured: a histogram of cyclictest (text or JSON), a
    /// LatencyMon report, an HdrHistogram log, or a table of latencies
    #[arg(long, value_name = "FILE", conflicts_with = "merge")]
    pub latencies: Option<PathBuf>,
    /// Write rows.jsonl and rows.csv into DIR, part by part; a sweep that was interrupted goes on
    /// where it was
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Do this part of all runs only, counted from 1, as 3/8; the others are for other machines
    #[arg(long, value_name = "I/N", value_parser = shard, requires = "out", conflicts_with = "merge")]
    pub shard: Option<Shard>,
    /// Put the rows of shards together: is the set complete, and each run there once?
    #[arg(long)]
    pub merge: bool,
    /// Use so many threads instead of one per core; the rows are the same
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub threads: Option<u16>,
    /// Print one JSON object instead of a table
    #[arg(long)]
    pub json: bool,
}

/// Arguments of `wavert advise`.
#[derive(Debug, Args)]
pub struct AdviseArguments {
    /// A scenario file, the name of a shipped scenario, or - for standard input; without one, a
    /// client alone on a device, ten minutes a run
    #[arg(value_name = "FILE")]
    pub file: Option<String>,
    /// On this machine: `--set machine.profile=NAME`
    #[arg(long, value_name = "NAME")]
    pub profile: Option<String>,
    /// On a machine of which this was measured: a histogram of cyclictest (text or JSON), a LatencyMon
    /// report, an HdrHistogram log, or a table of latencies
    #[arg(long, value_name = "FILE")]
    pub latencies: Option<PathBuf>,
    /// With this device: `--set device.preset=NAME`
    #[arg(long, value_name = "NAME")]
    pub device: Option<String>,
    /// With the first client in this mode: `--set client.0.mode=NAME`
    #[arg(long, value_name = "NAME")]
    pub mode: Option<String>,
    /// Change one figure of the scenario: duration=1h
    #[arg(long, value_name = "KEY=VALUE")]
    pub set: Vec<String>,
    /// The key and the values to choose from, instead of 64 to 4096 frames of what the first
    /// client's latency hangs on: `client.0.packet=64fr..480fr:16fr`
    #[arg(long, value_name = "KEY=VALUES")]
    pub vary: Option<String>,
    /// Fewer glitches than this: 1/h, 0.5/day, 2/min
    #[arg(long, value_name = "N/TIME", default_value = "1/h", value_parser = Budget::parse)]
    pub budget: Budget,
    /// How sure to be of the answer
    #[arg(long, value_name = "N%", default_value = "99%", value_parser = Confidence::parse)]
    pub confidence: Confidence,
    /// Model time for each value, instead of twice what it takes to show the budget without a glitch
    #[arg(long, value_name = "HOURS", value_parser = hours)]
    pub hours: Option<f64>,
    /// The first seed, instead of the scenario's
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,
    /// Use so many threads instead of one per core; the answer is the same
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub threads: Option<u16>,
    /// Write advice.txt, advice.json, curve.csv and curve.svg into DIR
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Print one JSON object instead of the report
    #[arg(long)]
    pub json: bool,
}

/// One of several parts of a sweep.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Shard {
    /// Which, counted from 1.
    pub number: u32,
    /// Of how many.
    pub of: u32,
}

impl Shard {
    /// All of it.
    pub const WHOLE: Self = Self { number: 1, of: 1 };

    /// No sweep is cut into more.
    pub const MAX: u32 = 10_000;
}

fn shard(text: &str) -> Result<Shard, String> {
    let form = || "a shard is its number and how many there are, as 3/8".to_owned();
    let (number, of) = text.split_once('/').ok_or_else(form)?;
    let number: u32 = number.parse().map_err(|_| form())?;
    let of: u32 = of.parse().map_err(|_| form())?;
    if of == 0 || of > Shard::MAX {
        return Err(format!("there can be 1 to {} shards", Shard::MAX));
    }
    if number == 0 || number > of {
        return Err(format!(
            "shards are counted from 1, so of {of} the last is {of}/{of}"
        ));
    }
    Ok(Shard { number, of })
}

fn hours(text: &str) -> Result<f64, String> {
    let hours = text.parse::<f64>().ok();
    let hours = hours.filter(|hours| (0.001..=1e6).contains(hours));
    hours.ok_or_else(|| "hours are a number from 0.001 to 1000000".to_owned())
}

/// Arguments of `wavert check`.
#[derive(Debug, Args)]
pub struct CheckArguments {
    /// Scenario files, names of shipped scenarios, or - for standard input
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<String>,
    /// Print one JSON object instead of lines
    #[arg(long)]
    pub json: bool,
}

/// Arguments of `wavert live`.
#[derive(Debug, Args)]
pub struct LiveArguments {
    /// A scenario file, the name of a shipped scenario, or - for standard input
    #[arg(value_name = "FILE")]
    pub file: String,
    /// Play for so long instead of the scenario's duration
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=86_400))]
    pub seconds: Option<u64>,
    /// Print one JSON object instead of the report
    #[arg(long)]
    pub json: bool,
}

/// Arguments of `wavert explore`.
#[derive(Debug, Args)]
pub struct ExploreArguments {
    /// A scenario file, the name of a shipped scenario, or - for standard input
    #[arg(value_name = "FILE")]
    pub file: String,
    /// Write the page, and serve nothing: one file that loads no other, to be opened, mailed or put anywhere
    #[arg(long, value_name = "PAGE.html", conflicts_with = "port")]
    pub out: Option<PathBuf>,
    /// Listen on this port of 127.0.0.1 instead of any free one
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub port: u16,
    /// Begin with this seed instead of the scenario's
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,
    /// Change one figure of the scenario: duration=1s
    #[arg(long, value_name = "KEY=VALUE")]
    pub set: Vec<String>,
}

/// Arguments of `wavert inspect`.
#[derive(Debug, Args)]
pub struct InspectArguments {
    /// Scenario files, names of shipped scenarios, or - for standard input
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<String>,
    /// Print one JSON object instead of a page
    #[arg(long)]
    pub json: bool,
}

/// Arguments of `wavert conformance`.
#[derive(Debug, Args)]
pub struct ConformanceArguments {
    /// Replay a recording: a table of comma-separated values, or - for standard input;
    /// without a name, the recording of the sample virtual driver that is in the binary
    #[arg(long, value_name = "FILE.csv", num_args = 0..=1, conflicts_with_all = ["subject", "library", "rule",
        "seed", "cases", "budget", "history", "junit", "out", "pins"])]
    pub replay: Option<Option<String>>,
    /// A subject instead of all; can be repeated
    #[arg(long, value_name = "NAME", value_parser = subject)]
    pub subject: Vec<Reference>,
    /// The subject of a shared library, which is loaded and run; see docs/conformance.md
    #[arg(long, value_name = "PATH", conflicts_with = "subject")]
    pub library: Option<PathBuf>,
    /// Whole pins instead of streams: what a client asks, legal or not, against a model of the pin;
    /// without a subject, of those that are not known to break rules
    #[arg(long, conflicts_with_all = ["library", "rule", "budget", "junit"])]
    pub pins: bool,
    /// This rule alone: P16, R118
    #[arg(long, value_name = "NUMBER")]
    pub rule: Option<String>,
    /// The seed that the histories follow from
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub seed: u64,
    /// Histories of each kind, of which there are nine
    #[arg(long, value_name = "N", default_value_t = 8,
        value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub cases: u32,
    /// Go on with seed after seed for so long, in all: 30s, 5min
    #[arg(long, value_name = "TIME", value_parser = budget)]
    pub budget: Option<Duration>,
    /// One saved history instead of those that are drawn
    #[arg(long, value_name = "FILE", conflicts_with_all = ["cases", "budget"])]
    pub history: Option<String>,
    /// Write what came of each rule for a build server
    #[arg(long, value_name = "FILE.xml")]
    pub junit: Option<PathBuf>,
    /// Write the shortest history that breaks a rule into `DIR/<subject>-<rule>.history`
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Print one JSON object instead of tables
    #[arg(long)]
    pub json: bool,
}

fn subject(name: &str) -> Result<Reference, String> {
    let reference = Reference::ALL
        .into_iter()
        .find(|known| known.name() == name);
    reference.ok_or_else(|| {
        let names = Reference::ALL.map(Reference::name).join(", ");
        format!("there is no such subject; they are {names}")
    })
}

fn budget(text: &str) -> Result<Duration, String> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at(digits);
    let seconds = match unit {
        "s" => 1,
        "min" => 60,
        "h" => 3600,
        _ => return Err("a time is a whole number and s, min or h".to_owned()),
    };
    let number = number.parse::<u32>().map_err(|error| error.to_string())?;
    Ok(Duration::from_secs(u64::from(number) * seconds))
}

/// Arguments of `wavert tone`.
#[derive(Debug, Args)]
pub struct ToneArguments {
    /// The file to write
    #[arg(value_name = "FILE.wav")]
    pub file: PathBuf,
    /// Frames per second
    #[arg(long, value_name = "HZ", default_value_t = 48_000)]
    pub rate: u32,
    /// How samples lie in memory
    #[arg(long, value_enum, default_value_t = ToneSamples::S16)]
    pub samples: ToneSamples,
    /// Samples of a frame
    #[arg(long, value_name = "N", default_value_t = 2)]
    pub channels: u8,
    /// Periods per second; the driver has 1000 in raw mode, 2000 otherwise, 3000 on a loopback pin
    #[arg(long, value_name = "HZ", default_value_t = 2_000)]
    pub frequency: u32,
    /// How many frames
    #[arg(long, value_name = "N", default_value_t = 48_000,
        value_parser = clap::value_parser!(u32).range(..=100_000_000))]
    pub frames: u32,
    /// As the driver does it: of 24 bits the first channel only
    #[arg(long)]
    pub defects: bool,
}

/// How the samples of a tone lie in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ToneSamples {
    /// 8 bits, of which 128 is silence.
    U8,
    /// 16 bits.
    S16,
    /// 24 bits, packed.
    S24,
    /// 32 bits.
    S32,
}

#[cfg(test)]
mod tests {
    use super::Arguments;
    use clap::CommandFactory as _;

    #[test]
    fn the_arguments_do_not_contradict_each_other() {
        Arguments::command().debug_assert();
    }
}
