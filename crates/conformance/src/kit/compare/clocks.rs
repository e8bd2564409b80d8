//! Clocks.

use units::{Hns, SampleRate};

use super::Violation;
use crate::kit::{Answer, Bench, Call, History, Setup, Subject, Trace};

const SECOND: u64 = 10_000_000;
/// A day, and the 365 days of a year.
const LONG: [u64; 3] = [SECOND, 86_400 * SECOND, 365 * 86_400 * SECOND];

pub(super) fn count(clock: &mut dyn Subject, at: u64) -> Option<u64> {
    match clock.call(Hns::new(at), Call::ClockCount) {
        Answer::Linear(count) => Some(count),
        _ => None,
    }
}

/// The lines at which the clock was read: index, time since the start, count.
pub(super) fn readings(history: &History, trace: &Trace) -> Vec<(usize, u64, u64)> {
    let start = history.setup.start.get();
    let lines = trace.lines.iter().enumerate();
    lines
        .filter_map(|(index, line)| match (line.call, line.answer) {
            (Call::ClockCount, Answer::Linear(count)) => {
                Some((index, line.at.get() - start, count))
            }
            _ => None,
        })
        .collect()
}

/// P1: a clock does not run backwards.
pub(crate) fn monotone(_: &dyn Bench, history: &History, trace: &Trace) -> Option<Violation> {
    let readings = readings(history, trace);
    let mut pairs = readings.windows(2);
    let back = pairs.find(|pair| pair[1].2 < pair[0].2)?;
    Some(Violation::at(
        back[1].0,
        format!("at least {}, as before", back[0].2),
    ))
}

/// P2: an instant and its count are each other's inverse.
pub(crate) fn inverse(bench: &dyn Bench, history: &History, trace: &Trace) -> Option<Violation> {
    let start = history.setup.start.get();
    readings(history, trace)
        .into_iter()
        .find_map(|(line, _, n)| {
            let n = n.max(1);
            let mut clock = bench.make(&history.setup);
            let Answer::Time(at) = clock.call(Hns::new(start), Call::ClockTime(n)) else {
                return None;
            };
            let before = count(&mut *clock, at.get().checked_sub(1)?.max(start))?;
            let then = count(&mut *clock, at.get())?;
            let right = then == n && (before == n - 1 || at.get() == start);
            let text = format!(
                "count {n} complete at {} and not before, not {before}, {then}",
                at.get()
            );
            (!right).then(|| Violation::at(line, text))
        })
}

/// P3: read often or once, the count is the same.
pub(crate) fn sums(bench: &dyn Bench, history: &History, trace: &Trace) -> Option<Violation> {
    let start = history.setup.start.get();
    readings(history, trace)
        .into_iter()
        .find_map(|(line, since, often)| {
            let once = count(&mut *bench.make(&history.setup), start + since)?;
            (once != often).then(|| Violation::at(line, format!("{once}, as when read only now")))
        })
}

/// P4: never ahead, and behind by less than one.
pub(crate) fn exact_rate(bench: &dyn Bench, history: &History, trace: &Trace) -> Option<Violation> {
    let setup = &history.setup;
    let wrong = |line: usize, since: u64, found: u64| {
        let due = setup.frames_after(Hns::new(since));
        (found != due).then(|| Violation::at(line, format!("{due} after {since} units of 100 ns")))
    };
    let readings = readings(history, trace);
    let line = readings.first()?.0;
    let in_trace = readings
        .iter()
        .find_map(|&(line, since, found)| wrong(line, since, found));
    in_trace.or_else(|| {
        LONG.into_iter()
            .find_map(|since| wrong(line, since, with(bench, *setup, since)?))
    })
}

/// The count after `since`, of a clock that starts at 0.
fn with(bench: &dyn Bench, setup: Setup, since: u64) -> Option<u64> {
    let from_zero = Setup {
        start: Hns::new(0),
        ..setup
    };
    count(&mut *bench.make(&from_zero), since)
}

/// P5: what parts per 10^9 add is what they say.
pub(crate) fn ppm_law(bench: &dyn Bench, history: &History, trace: &Trace) -> Option<Violation> {
    let setup = history.setup;
    let line = readings(history, trace).first()?.0;
    LONG.into_iter().find_map(|since| {
        let fast = i128::from(with(bench, setup, since)?);
        let exact = i128::from(with(bench, Setup { ppb: 0, ..setup }, since)?);
        let rate = i128::from(setup.format.rate.hertz());
        let law = i128::from(setup.ppb) * rate * i128::from(since);
        let law = law.div_euclid(10_000_000_000_000_000);
        let wrong = (fast - exact - law).abs() > 1;
        wrong.then(|| {
            Violation::at(
                line,
                format!("{law} counts more than without, not {}", fast - exact),
            )
        })
    })
}

/// P7: a stretch that holds a whole number of frames holds that many wherever it lies.
pub(crate) fn cadence(bench: &dyn Bench, history: &History, trace: &Trace) -> Option<Violation> {
    let setup = Setup {
        ppb: 0,
        ..history.setup
    };
    let rate = u64::from(setup.format.rate.hertz());
    let stretch = SECOND / gcd(SECOND, rate);
    let frames = rate / gcd(SECOND, rate);
    readings(history, trace)
        .into_iter()
        .find_map(|(line, since, _)| {
            let from = since % SECOND;
            let mut clock = bench.make(&setup);
            let before = count(&mut *clock, setup.start.get() + from)?;
            let after = count(&mut *clock, setup.start.get() + from + stretch)?;
            let found = after.wrapping_sub(before);
            let text =
                format!("{frames} frames in {stretch} units of 100 ns from {from} on, not {found}");
            (found != frames).then(|| Violation::at(line, text))
        })
}

/// P8: two rates of one crystal keep their ratio for ever.
pub(crate) fn domain_lock(
    bench: &dyn Bench,
    history: &History,
    trace: &Trace,
) -> Option<Violation> {
    let line = readings(history, trace).first()?.0;
    let mut other = history.setup;
    other.format.rate = SampleRate::new(if other.format.rate == SampleRate::HZ_48000 {
        44_100
    } else {
        48_000
    })?;
    let rate = |setup: &Setup| i128::from(setup.format.rate.hertz());
    let (first, second) = (rate(&history.setup), rate(&other));
    LONG.into_iter().find_map(|since| {
        let a = i128::from(with(bench, history.setup, since)?);
        let b = i128::from(with(bench, other, since)?);
        let apart = a * second - b * first;
        let held = -second < apart && apart < first;
        let text = format!("{a} of {first} Hz and {b} of {second} Hz in one ratio");
        (!held).then(|| Violation::at(line, text))
    })
}

fn gcd(a: u64, b: u64) -> u64 {
    if b == 0 { a } else { gcd(b, a % b) }
}
