//! Clocks whose rate changes.

use units::Hns;

use super::Violation;
use super::clocks::{count, readings};
use crate::kit::{Answer, Bench, Call, History, Leg, Setup, Subject, Trace};

/// More legs than a history can be long.
const LEGS_MAX: u32 = 1 << 16;
/// Parts of a count: 10^7 units of time in a second, 10^9 parts of a rate.
const PARTS: u128 = 10_000_000_000_000_000;

/// P6: at a change of rate the count from the left and the count from the right agree, and so does
/// what of a count is not complete.
pub(crate) fn legs(bench: &dyn Bench, history: &History, trace: &Trace) -> Option<Violation> {
    let setup = &history.setup;
    let readings = readings(history, trace);
    let line = readings.first()?.0;
    let end = readings.last()?.1;
    let legs = said(&mut *bench.make(setup), setup, end);
    if legs.first()?.since != Hns::new(0) {
        return Some(Violation::at(line, "a first leg that begins at the start"));
    }
    let wrong = |line: usize, since: u64, found: u64| {
        let due = due(setup, &legs, since);
        (found != due).then(|| Violation::at(line, format!("{due} after {since} units of 100 ns")))
    };
    let mut seen = readings.iter();
    let in_trace = seen.find_map(|&(line, since, found)| wrong(line, since, found));
    in_trace.or_else(|| {
        let changes = legs.iter().skip(1).take(8).map(|leg| leg.since.get());
        changes
            .flat_map(|change| [change.saturating_sub(1), change, change + 1])
            .find_map(|since| {
                let mut clock = bench.make(setup);
                wrong(line, since, count(&mut *clock, setup.start.get() + since)?)
            })
    })
}

/// The legs that a clock says it has, up to the first that begins after `end`.
fn said(clock: &mut dyn Subject, setup: &Setup, end: u64) -> Vec<Leg> {
    let mut legs: Vec<Leg> = Vec::new();
    for number in 0..LEGS_MAX {
        let Answer::Leg(leg) = clock.call(setup.start, Call::ClockLeg(number)) else {
            break;
        };
        legs.push(leg);
        if leg.since.get() > end {
            break;
        }
    }
    legs
}

/// Whole counts after `since`, with nothing rounded before the end.
fn due(setup: &Setup, legs: &[Leg], since: u64) -> u64 {
    let hertz = u128::from(setup.format.rate.hertz());
    let ends = legs.iter().skip(1).map(|leg| leg.since.get());
    let ends = ends.chain([u64::MAX]).map(|end| end.min(since));
    let parts = legs.iter().zip(ends).map(|(leg, end)| {
        let lasts = end.saturating_sub(leg.since.get());
        let scale = 1_000_000_000_u128.saturating_add_signed(leg.ppb.into());
        u128::from(lasts) * hertz * scale
    });
    u64::try_from(parts.sum::<u128>() / PARTS).unwrap_or(u64::MAX)
}
