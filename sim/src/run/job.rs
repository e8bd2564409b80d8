//! One scenario from its text to its outputs.

use crate::args::RunArguments;
use crate::changed;
use crate::exit::Status;
use crate::heard;
use crate::input;
use crate::latencies::Measured;
use crate::output::{OutputError, Staged};
use crate::overrides::Override;
use crate::panic;
use crate::progress::Progress;
use crate::refusal::Refusal;
use crate::source::Source;
use crate::trace;
use scenario::{Run, RunOptions, RunResult, Scenario};
use serde_json::{Value, json};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use units::SimTime;

/// A scenario to be run, and what is to be done with it.
#[derive(Debug)]
pub(super) struct Job<'a> {
    /// As the user named it.
    pub(super) name: String,
    pub(super) source: Result<Source, Refusal>,
    /// The folder for its files.
    pub(super) out: Option<PathBuf>,
    pub(super) overrides: &'a [Override],
    /// Where some of them come from.
    pub(super) measured: Option<&'a Measured>,
    pub(super) arguments: &'a RunArguments,
}

/// What became of it.
#[derive(Debug)]
pub(super) struct Outcome {
    /// As the user named it.
    pub(super) name: String,
    end: End,
}

#[derive(Debug)]
enum End {
    Ran {
        result: Box<RunResult>,
        /// What --latencies knows.
        measured: Option<Box<Value>>,
        report: String,
        written: Vec<PathBuf>,
    },
    Refused(Refusal),
    /// A fault of ours, in words.
    Broke(String),
}

impl From<Refusal> for End {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl Job<'_> {
    pub(super) fn run(&self, progress: &Progress) -> Outcome {
        let end = match panic::caught(|| self.attempt(progress)) {
            Ok(Ok(end) | Err(end)) => end,
            Err(panic) => End::Broke(panic),
        };
        Outcome {
            name: self.name.clone(),
            end,
        }
    }

    fn attempt(&self, progress: &Progress) -> Result<End, End> {
        let source = self
            .source
            .as_ref()
            .map_err(|refusal| End::Refused(refusal.clone()))?;
        let mut scenario = changed::scenario(source, self.overrides)?;
        let given = self.arguments.input.as_deref();
        if let Some(file) = given {
            input::play_instead(&mut scenario, &source.label, file)?;
        }
        if self.out.is_some() {
            self.fits_a_wav_file(&scenario)?;
        }
        let inputs = input::load(&scenario, &source.folder, given)?;
        let options = RunOptions {
            seed: self.arguments.seed,
            keep_history: self.out.is_some(),
            keep_samples: self.out.is_some(),
        };
        let ends = scenario.duration.nanos();
        let watch = |now: SimTime| progress.at(&self.name, now.to_nanos_floor(), ends);
        let run = scenario::run_watched(&scenario, &inputs, &options, watch).map_err(|error| {
            if error.is_internal() {
                End::Broke(error.to_string())
            } else {
                let help = "change the scenario where it asks for that";
                End::Refused(Refusal::new(&self.name, error.to_string(), help))
            }
        })?;
        let mut report = run.report();
        if let Some(measured) = self.measured {
            report.push('\n');
            report.push_str(&measured.knowledge());
        }
        let measured = self.measured.map(|measured| Box::new(measured.to_json()));
        let result = to_json(&run.result, measured.as_deref());
        let written = match &self.out {
            Some(folder) => {
                write(folder, &scenario, &run, (&report, &result)).map_err(|error| {
                    End::Refused(Refusal::new(&self.name, error.to_string(), error.remedy()))
                })?
            }
            None => Vec::new(),
        };
        Ok(End::Ran {
            result: Box::new(run.result),
            measured,
            report,
            written,
        })
    }

    /// Refuses a run whose sound no WAV file could hold, before it takes its time.
    fn fits_a_wav_file(&self, scenario: &Scenario) -> Result<(), Refusal> {
        let microphone = scenario
            .microphone
            .as_ref()
            .map(|microphone| microphone.format);
        let clients = scenario.clients.iter().filter_map(|client| client.format);
        let recorded = microphone
            .into_iter()
            .chain(clients.filter(|_| microphone.is_some()));
        let heard = std::iter::once(("heard", scenario.device.format));
        for (what, format) in heard.chain(recorded.map(|format| ("recorded", format))) {
            let format = format.to_format();
            let per_second = u128::from(format.rate.hertz()) * u128::from(format.frame_bytes());
            let bytes = per_second * u128::from(scenario.duration.nanos()) / 1_000_000_000;
            if bytes > u128::from(u32::MAX - 4_096) {
                return Err(Refusal::new(
                    &self.name,
                    format!(
                        "what is {what} would take {bytes} bytes, more than a WAV file can have"
                    ),
                    "shorten it (--set duration=1h), or leave --out away",
                ));
            }
        }
        Ok(())
    }
}

/// A result as the file has it, with what is known of measured latencies.
fn to_json(result: &RunResult, measured: Option<&Value>) -> Value {
    let mut whole = json!(result);
    if let Some(measured) = measured {
        whole["latencies"] = measured.clone();
    }
    whole
}

/// Writes all files of a run, or none.
fn write(
    folder: &Path,
    scenario: &Scenario,
    run: &Run,
    (report, result): (&str, &Value),
) -> Result<Vec<PathBuf>, OutputError> {
    let mut staged = Staged::open(folder)?;
    staged.add("report.txt", |file| file.write_all(report.as_bytes()))?;
    staged.add("result.json", |file| writeln!(file, "{result:#}"))?;
    for heard in &run.heard {
        let name = match run.heard.len() {
            1 => "heard.wav".to_owned(),
            _ => format!("heard-{}.wav", heard.endpoint),
        };
        staged.add(&name, |file| {
            heard::write_wav(heard.format, &heard.bytes, file)
        })?;
    }
    for recorded in &run.recorded {
        let name = match run.recorded.len() {
            1 => "recorded.wav".to_owned(),
            _ => format!("recorded-{}.wav", recorded.client),
        };
        staged.add(&name, |file| {
            heard::write_wav(recorded.format, &recorded.bytes, file)
        })?;
    }
    staged.add("trace.pftrace", |file| trace::of(scenario, run).write(file))?;
    staged.publish()
}

impl Outcome {
    pub(super) fn status(&self) -> Status {
        match &self.end {
            End::Ran { result, .. } if result.met => Status::Met,
            End::Ran { .. } => Status::Unmet,
            End::Refused(_) => Status::Refused,
            End::Broke(_) => Status::Internal,
        }
    }

    /// The report, if there is one.
    pub(super) fn report(&self) -> &str {
        match &self.end {
            End::Ran { report, .. } => report,
            End::Refused(_) | End::Broke(_) => "",
        }
    }

    /// What the person at the terminal should know beside the result.
    pub(super) fn told(&self) -> String {
        match &self.end {
            End::Ran { written, .. } => written.iter().fold(String::new(), |told, path| {
                told + &format!("wrote {}\n", path.display())
            }),
            End::Refused(refusal) => refusal.draw(),
            End::Broke(why) => format!(
                "internal error: {}: {why}\n  help: this is a fault of wavert, not of the scenario; \
                 please report it with the scenario and its seed\n",
                self.name
            ),
        }
    }

    /// One line of the summary.
    pub(super) fn line(&self) -> String {
        let result = match &self.end {
            End::Ran { result, .. } => result,
            End::Refused(_) => return "refused".into(),
            End::Broke(_) => return "internal error".into(),
        };
        let glitches: usize = result
            .endpoints
            .iter()
            .map(|endpoint| endpoint.glitches.len())
            .sum();
        let lost: u64 = result
            .endpoints
            .iter()
            .map(|endpoint| endpoint.lost_ns)
            .sum();
        let micros = (lost + 500) / 1_000;
        let lost = format!("{}.{:03} ms lost", micros / 1_000, micros % 1_000);
        let glitches = match glitches {
            0 => "no glitch".to_owned(),
            1 => format!("1 glitch, {lost}"),
            n => format!("{n} glitches, {lost}"),
        };
        let unmet = result.expect.iter().filter(|figure| !figure.met).count();
        let met = match (result.met, unmet) {
            (true, _) => "met".to_owned(),
            (false, 1) => "NOT MET (1 figure)".to_owned(),
            (false, n) => format!("NOT MET ({n} figures)"),
        };
        format!("{}  {met:<8}  {glitches}", result.digest)
    }

    pub(super) fn to_json(&self) -> Value {
        match &self.end {
            End::Ran {
                result, measured, ..
            } => to_json(result, measured.as_deref()),
            End::Refused(refusal) => refusal.to_json(),
            End::Broke(why) => {
                json!({ "schema": 1, "scenario": self.name, "error": format!("internal error: {why}") })
            }
        }
    }
}
