//! How a loop steers its rate.

use crate::kit::{Answer, Bench, Call, History, LoopGains, PolicyCall, Setup, Subject, Trace};

use super::Violation;

/// Parts of a gain.
const POINT: u32 = 48;
/// Parts per 10^9 by which fixed point may be off.
const ROUNDING_PPB: u64 = 2;
/// Wake-ups after which a loop with gains that nobody says is at rest.
const LONG: usize = 20_000;

/// A fresh loop, woken up again and again.
struct Woken<'a> {
    subject: Box<dyn Subject + 'a>,
    setup: Setup,
}

impl<'a> Woken<'a> {
    fn new(bench: &'a dyn Bench, setup: &Setup) -> Self {
        Self {
            subject: bench.make(setup),
            setup: *setup,
        }
    }

    fn wake(&mut self, error: i64) -> Option<i64> {
        let call = Call::Policy(PolicyCall::Wake(error));
        match self.subject.call(self.setup.start, call) {
            Answer::Rate(ppb) => Some(ppb),
            _ => None,
        }
    }

    fn quantum(&mut self, frames: u64) {
        let call = Call::Policy(PolicyCall::Quantum(frames));
        self.subject.call(self.setup.start, call);
    }
}

/// The errors of a trace that a loop takes for ones of its rate, with their lines.
fn errors(bench: &dyn Bench, history: &History, trace: &Trace) -> Vec<(usize, i64)> {
    let most = bench.policy(&history.setup).error_max.get();
    let lines = trace.lines.iter().enumerate();
    lines
        .filter_map(|(index, line)| match (line.call, line.answer) {
            (Call::Policy(PolicyCall::Wake(error)), Answer::Rate(_)) => Some((index, error)),
            _ => None,
        })
        .filter(|(_, error)| (1..=most).contains(&error.unsigned_abs()))
        .collect()
}

/// Wake-ups after which a low pass of that gain has forgotten.
fn transient(gains: LoopGains) -> usize {
    let steps = (40_u64 << POINT) / gains.w0.max(1);
    usize::try_from(steps).unwrap_or(LONG).min(LONG)
}

/// Parts per 10^9 of the product of a gain, an error and a gain.
fn product_ppb(gain: u64, error: u64, other: u64) -> u64 {
    let product = (u128::from(gain) * u128::from(error) * u128::from(other)) >> POINT;
    u64::try_from((product * 1_000_000_000) >> POINT).unwrap_or(u64::MAX)
}

/// P62: one bad reading moves the rate by no more than the gains say, and leaves what they say.
pub(crate) fn amplifies_nothing(
    bench: &dyn Bench,
    history: &History,
    trace: &Trace,
) -> Option<Violation> {
    let gains = bench.policy(&history.setup).gains?;
    errors(bench, history, trace)
        .into_iter()
        .find_map(|(line, error)| {
            let mut woken = Woken::new(bench, &history.setup);
            let first = woken.wake(error)?;
            let mut peak = first.unsigned_abs();
            let mut last = first;
            for _ in 0..transient(gains) {
                last = woken.wake(0)?;
                peak = peak.max(last.unsigned_abs());
            }
            let size = error.unsigned_abs();
            let bound = product_ppb(gains.w1, size, gains.w0 + gains.w2);
            if peak > bound + ROUNDING_PPB {
                let text = format!("at most {bound} ppb at any wake-up after it, not {peak}");
                return Some(Violation::at(line, text));
            }
            let left = product_ppb(gains.w1, size, gains.w2);
            let is_right = last.unsigned_abs().abs_diff(left) <= ROUNDING_PPB + left / 100;
            (!is_right).then(|| {
                let text = format!("{left} ppb when all is quiet again, not {last}");
                Violation::at(line, text)
            })
        })
}

/// P63: jitter of mean zero, of two shapes, comes to nothing.
pub(crate) fn unbiased(bench: &dyn Bench, history: &History, trace: &Trace) -> Option<Violation> {
    let policy = bench.policy(&history.setup);
    errors(bench, history, trace)
        .into_iter()
        .find_map(|(line, error)| {
            let half = error / 2;
            [[error, -error, error, -error], [2 * half, -half, -half, 0]]
                .into_iter()
                .find_map(|jitter| {
                    let mut woken = Woken::new(bench, &history.setup);
                    let rounds = policy.gains.map_or(LONG, transient) / 4;
                    let mut largest = 0;
                    let mut sum = 0;
                    for round in 0..2 * rounds {
                        for error in jitter {
                            let ppb = woken.wake(error)?;
                            largest = ppb.unsigned_abs().max(largest);
                            sum += if round >= rounds { ppb } else { 0 };
                        }
                    }
                    let wakes = i64::try_from(4 * rounds.max(1)).ok()?;
                    let mean = (sum / wakes).unsigned_abs();
                    (mean > largest / 2 + ROUNDING_PPB).then(|| {
                        let text =
                            format!("a mean of nothing for errors of {jitter:?}, not {mean} ppb");
                        Violation::at(line, text)
                    })
                })
        })
}

/// P64: neither a new quantum nor a resynchronisation is an error of rate, and after one nothing is
/// left of what was before.
pub(crate) fn starts_clean(
    bench: &dyn Bench,
    history: &History,
    trace: &Trace,
) -> Option<Violation> {
    let lines = trace.lines.iter().enumerate();
    let mut quanta = lines.filter_map(|(index, line)| match line.call {
        Call::Policy(PolicyCall::Quantum(frames)) => Some((index, frames)),
        _ => None,
    });
    let stepped = quanta.find_map(|(line, frames)| {
        let mut woken = Woken::new(bench, &history.setup);
        woken.wake(0)?;
        let before = i64::try_from(history.setup.packet.get()).ok()?;
        woken.quantum(frames);
        // The device still has what it should have had before.
        let step = before - i64::try_from(frames).ok()?;
        let ppb = [woken.wake(step)?, woken.wake(0)?];
        (ppb != [0, 0])
            .then(|| Violation::at(line, format!("0 ppb, and not {ppb:?}: a new quantum")))
    });
    stepped.or_else(|| resynchronised(bench, history, trace))
}

/// After an error that is none of rate, a loop is at rest.
fn resynchronised(bench: &dyn Bench, history: &History, trace: &Trace) -> Option<Violation> {
    let (line, error) = errors(bench, history, trace).into_iter().next()?;
    let mut woken = Woken::new(bench, &history.setup);
    for _ in 0..8 {
        woken.wake(error)?;
    }
    let ppb = [woken.wake(1 << 40)?, woken.wake(0)?];
    (ppb != [0, 0]).then(|| {
        let text = format!("0 ppb, and not {ppb:?}, after an error that is none of rate");
        Violation::at(line, text)
    })
}
