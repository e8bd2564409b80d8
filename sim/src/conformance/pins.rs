//! Whole pins of the reference miniports against the model.

use super::judged::write_into;
use super::{counted, file};
use crate::args::ConformanceArguments;
use crate::exit::Status;
use crate::refusal::Refusal;
use crate::terminal;
use conformance::kit::HistoryError;
use conformance::pin::{PinBench, PinFailure, PinHistory, check_pins};
use conformance::reference::Reference;
use serde_json::{Value, json};

/// What came of the pins of one miniport.
struct Tried {
    name: String,
    histories: u32,
    /// Requests that were granted.
    granted: Result<usize, Box<PinFailure>>,
}

/// Puts the pins that the arguments name through histories, and tells what came of it.
pub(super) fn run(arguments: &ConformanceArguments) -> Result<Status, Refusal> {
    let mut benches = benches(arguments)?;
    let history = arguments.history.as_deref().map(read_history).transpose()?;
    if let Some(history) = &history {
        benches.retain(|bench| bench.limits().hold(&history.setup));
        if benches.is_empty() {
            let message = "none of the subjects can be made with the format, packets and clock of this history";
            let help = "name another subject, or change the first lines of the history";
            return Err(Refusal::new("--history", message, help));
        }
    }
    let tried: Vec<Tried> = benches
        .iter()
        .map(|bench| Tried::of(&**bench, history.as_ref(), arguments))
        .collect();
    if let Some(folder) = &arguments.out {
        for tried in &tried {
            if let Err(failure) = &tried.granted {
                let name = format!("{}-pin-{}.history", tried.name, failure.rule);
                write_into(folder, &name, &failure.history.to_string())?;
            }
        }
    }
    let passed = tried.iter().all(|tried| tried.granted.is_ok());
    let printed = if arguments.json {
        let pins: Vec<Value> = tried.iter().map(Tried::to_json).collect();
        let all = json!({ "schema": 1, "seed": arguments.seed, "passed": passed, "pins": pins });
        terminal::print_json(vec![all])
    } else {
        let drawn: String = tried.iter().map(Tried::draw).collect();
        terminal::print(&drawn)
    };
    Ok(printed.max(if passed { Status::Met } else { Status::Unmet }))
}

/// Those that are named; without a name, those with a pin that are not known to break rules.
fn benches(arguments: &ConformanceArguments) -> Result<Vec<Box<dyn PinBench>>, Refusal> {
    let named = &arguments.subject;
    let all = Reference::ALL.into_iter();
    let chosen: Vec<Reference> = if named.is_empty() {
        all.filter(|reference| reference.known().is_empty() && reference.pins().is_some())
            .collect()
    } else {
        named.clone()
    };
    let pins = |reference: Reference| {
        reference.pins().ok_or_else(|| {
            let message = format!("{} has no miniport, so no pin", reference.name());
            Refusal::new(
                "--subject",
                message,
                "leave it away, or leave `--pins` away",
            )
        })
    };
    chosen.into_iter().map(pins).collect()
}

fn read_history(name: &str) -> Result<PinHistory, Refusal> {
    let text = file::text(name, "name a history, as --pins --out writes them")?;
    PinHistory::parse(&text).map_err(|HistoryError { line, why, remedy }| {
        Refusal::new(&format!("{name}:{line}"), why, remedy)
    })
}

impl Tried {
    fn of(
        bench: &dyn PinBench,
        history: Option<&PinHistory>,
        arguments: &ConformanceArguments,
    ) -> Self {
        let (histories, granted) = match history {
            None => (
                arguments.cases,
                check_pins(bench, arguments.seed, arguments.cases),
            ),
            Some(history) => (1, PinFailure::of(bench, history)),
        };
        Self {
            name: bench.name().to_owned(),
            histories,
            granted,
        }
    }

    fn draw(&self) -> String {
        let name = &self.name;
        match &self.granted {
            Ok(granted) => {
                let histories = counted(self.histories.into());
                format!(
                    "{name}: {histories}, {granted} requests granted; every answer is one that the rules allow\n"
                )
            }
            Err(failure) => format!("{name}: {} is broken\n{}\n", failure.rule, failure.trial),
        }
    }

    fn to_json(&self) -> Value {
        let failure = self.granted.as_ref().err().map(|failure| {
            json!({
                "rule": failure.rule,
                "history": failure.history.to_string(),
                "table": failure.trial.to_string(),
            })
        });
        json!({
            "subject": self.name,
            "histories": self.histories,
            "granted": self.granted.as_ref().ok(),
            "failure": failure,
        })
    }
}
