//! Recorded driver calls, through the reference miniports.

use super::{file, subjects};
use crate::exit::Status;
use crate::refusal::Refusal;
use crate::terminal;
use conformance::replay::{Difference, Recording, Tally, replay, replay_ideal};
use serde_json::{Value, json};
use std::fmt::Write as _;

/// What the two replays of a recording are called, and what they hold against each other.
const SAMPLE: (&str, &str) = ("sample-compatible", "status, outputs, internal");
const EXACT: (&str, &str) = ("exact", "run_hns and the ideal columns");

/// Replays the recording of that name, or the one in the binary.
pub(super) fn run(name: Option<&str>, as_json: bool) -> Result<Status, Refusal> {
    Ok(replay_named(name)?.print(as_json))
}

/// A recording, replayed through both cores.
#[derive(Debug)]
struct Replayed {
    label: String,
    sample: Tally,
    exact: Tally,
}

fn replay_named(name: Option<&str>) -> Result<Replayed, Refusal> {
    let (label, text) = file::read(name)?;
    let recording =
        Recording::parse(&text).map_err(|error| Refusal::of_recording(&label, &text, &error))?;
    Ok(Replayed {
        label,
        sample: replay(&recording, &mut subjects::sample),
        exact: replay_ideal(&recording, &mut subjects::exact),
    })
}

impl Replayed {
    fn is_equal(&self) -> bool {
        self.sample.different() == 0 && self.exact.different() == 0
    }

    fn print(&self, as_json: bool) -> Status {
        let printed = if as_json {
            terminal::print_json(vec![self.to_json()])
        } else {
            terminal::print(&self.report())
        };
        if self.is_equal() {
            printed
        } else {
            printed.max(Status::Unmet)
        }
    }

    fn report(&self) -> String {
        let mut text = format!("{}\n", self.label);
        for ((name, compared), tally) in [(SAMPLE, &self.sample), (EXACT, &self.exact)] {
            let _ = writeln!(text, "\n{name}: {compared}");
            draw(&mut text, tally);
        }
        text
    }

    fn to_json(&self) -> Value {
        json!({
            "schema": 1,
            "file": self.label,
            "equal": self.is_equal(),
            "sample": tally_json(&self.sample),
            "exact": tally_json(&self.exact),
        })
    }
}

fn draw(text: &mut String, tally: &Tally) {
    let header = ["", "rows", "equal", "different", "excepted"];
    let [family, rows, equal, different, excepted] = header;
    let _ = writeln!(
        text,
        "  {family:<8} {rows:>8} {equal:>8} {different:>10} {excepted:>9}"
    );
    let mut line = |name: &str, [equal, different, excepted]: [usize; 3]| {
        let rows = equal + different + excepted;
        let _ = writeln!(
            text,
            "  {name:<8} {rows:>8} {equal:>8} {different:>10} {excepted:>9}"
        );
    };
    for family in &tally.families {
        let counts = [family.equal, family.different, family.excepted];
        line(&family.family, counts);
    }
    line("all", [tally.equal(), tally.different(), tally.excepted()]);
    if let Some(first) = &tally.first {
        draw_difference(text, first);
    }
}

fn draw_difference(text: &mut String, first: &Difference) {
    let Difference {
        line,
        case,
        step,
        call,
        column,
        ..
    } = first;
    let _ = writeln!(
        text,
        "\n  first difference: line {line}, {case} step {step}, {call}"
    );
    let width = first.whole.iter().map(|(name, ..)| name.len()).max();
    let width = width.unwrap_or(0);
    let _ = writeln!(text, "    {:<width$}  recorded → found", "");
    for (name, recorded, found) in &first.whole {
        let mark = if name == column { " ◀" } else { "" };
        let value = if recorded == found {
            recorded.clone()
        } else {
            format!("{recorded} → {found}{mark}")
        };
        let _ = writeln!(text, "    {name:<width$}  {value}");
    }
}

fn tally_json(tally: &Tally) -> Value {
    let families = tally.families.iter().map(|family| {
        json!({
            "family": family.family,
            "rows": family.equal + family.different + family.excepted,
            "equal": family.equal,
            "different": family.different,
            "excepted": family.excepted,
        })
    });
    let difference = |first: &Difference| {
        let row = first.whole.iter().map(|(name, recorded, found)| {
            json!({ "column": name, "recorded": recorded, "found": found })
        });
        json!({
            "line": first.line,
            "case": first.case,
            "step": first.step,
            "call": first.call,
            "column": first.column,
            "recorded": first.recorded,
            "found": first.found,
            "row": row.collect::<Vec<_>>(),
        })
    };
    json!({
        "rows": tally.rows(),
        "equal": tally.equal(),
        "different": tally.different(),
        "excepted": tally.excepted(),
        "families": families.collect::<Vec<_>>(),
        "first_difference": tally.first.as_ref().map(difference),
    })
}
