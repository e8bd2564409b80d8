//! A recording, call by call, through position logic.

use crate::replay::logic::{CaseFormat, Direction, PositionLogic};
use crate::replay::perform::{Outcome, perform};
use crate::replay::recording::{Case, Recording, Row};
use crate::replay::tally::{Difference, Tally, Verdict};

/// Makes every call of `recording` to a logic of its case, which `make` makes, and compares
/// status, outputs and registers. Registers that the logic does not show are passed over.
pub fn replay(
    recording: &Recording,
    make: &mut dyn FnMut(CaseFormat) -> Box<dyn PositionLogic>,
) -> Tally {
    let mut tally = Tally::default();
    for case in &recording.cases {
        let mut logic = make(case.format);
        for row in &case.rows {
            tally.add(case.family(), replay_row(case, row, &mut *logic));
        }
    }
    tally
}

fn replay_row(case: &Case, row: &Row, logic: &mut dyn PositionLogic) -> Verdict {
    let moves = match case.format.direction {
        Direction::Render => "consumed",
        Direction::Capture => "generated",
    };
    let outcome = perform(logic, case.hertz, row, moves);
    let mut pairs = vec![(
        "status".to_owned(),
        row.status.name().to_owned(),
        outcome.status.clone(),
    )];
    pairs.extend(outputs(row, &outcome));
    if let Some(registers) = logic.registers().filter(|_| !row.internal.is_empty()) {
        pairs.extend(both("internal", &row.internal, &registers, &[]));
    }
    verdict(case, row, pairs)
}

/// Equal if both sides of every pair are.
pub(crate) fn verdict(case: &Case, row: &Row, pairs: Vec<(String, String, String)>) -> Verdict {
    let Some(first) = pairs.iter().find(|(_, recorded, found)| recorded != found) else {
        return Verdict::Equal;
    };
    let (column, recorded, found) = first.clone();
    Verdict::Different(Box::new(Difference {
        line: row.line,
        case: case.name.clone(),
        step: row.step,
        call: row.call.clone(),
        column,
        recorded,
        found,
        whole: pairs,
    }))
}

fn outputs(row: &Row, outcome: &Outcome) -> Vec<(String, String, String)> {
    both("outputs", &row.outputs, &outcome.outputs, &outcome.unknown)
}

/// Recorded and found values side by side, by name; names that are `unknown` are passed over.
fn both(
    column: &str,
    recorded: &[(String, String)],
    found: &[(&'static str, String)],
    unknown: &[&'static str],
) -> Vec<(String, String, String)> {
    const NOTHING: &str = "nothing";
    let known = recorded
        .iter()
        .filter(|(name, _)| !unknown.contains(&name.as_str()));
    let mut pairs: Vec<_> = known
        .map(|(name, value)| {
            let other = found.iter().find(|(known, _)| known == name);
            let other = other.map_or(NOTHING, |(_, value)| value);
            (format!("{column} {name}"), value.clone(), other.to_owned())
        })
        .collect();
    for (name, value) in found {
        if !recorded.iter().any(|(known, _)| known == name) {
            pairs.push((format!("{column} {name}"), NOTHING.into(), value.clone()));
        }
    }
    pairs
}
