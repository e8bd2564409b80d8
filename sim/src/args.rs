//! What can be said on the command line.

use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

const EXIT: &str = "\
Exit status:
  0  everything ran and all expectations were met
  1  everything ran, and an expectation was not met
  2  a file or an argument was refused, or an output could not be written
  3  a fault of the laboratory itself (panic, deadlock, time that stands still)
  Of several scenarios the others still run, and the highest status is returned.";

const REPLAY_EXIT: &str = "\
Exit status:
  0  every row is equal
  1  a row differs
  2  the file was refused";

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
    /// Check scenario files without running them
    #[command(after_help = EXIT, after_long_help = EXIT)]
    Check(CheckArguments),
    /// Show the devices of scenarios: filters, pins, formats, nodes, endpoints
    Inspect(InspectArguments),
    /// Replay recorded driver calls through the reference miniports
    #[command(after_help = REPLAY_EXIT, after_long_help = REPLAY_EXIT)]
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
    /// The recording: a table of comma-separated values, or - for standard input;
    /// without it, the recording of the sample virtual driver that is in the binary
    #[arg(long, value_name = "FILE.csv")]
    pub replay: Option<String>,
    /// Print one JSON object instead of tables
    #[arg(long)]
    pub json: bool,
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
