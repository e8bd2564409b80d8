//! The shortest history that still breaks a rule.

use units::{Frames, Hns};

use crate::kit::{HistoryOf, Limits, Recorded, Setup};

/// Rounds of shortening, each of which tries everything once.
const ROUNDS_MAX: usize = 6;

/// Shortens `history` as far as `broken` says it still breaks: fewer calls, then a plainer setup,
/// then rounder times.
pub(crate) fn minimise<C: Recorded>(
    history: &HistoryOf<C>,
    limits: &Limits,
    broken: &dyn Fn(&HistoryOf<C>) -> bool,
) -> HistoryOf<C> {
    let mut best = history.clone();
    for _ in 0..ROUNDS_MAX {
        let before = best.clone();
        drop_calls(&mut best, broken);
        plain_setup(&mut best, limits, broken);
        round_times(&mut best, broken);
        if best == before {
            break;
        }
    }
    best
}

fn adopt<C: Recorded>(
    best: &mut HistoryOf<C>,
    tried: HistoryOf<C>,
    broken: &dyn Fn(&HistoryOf<C>) -> bool,
) -> bool {
    let better = tried != *best && broken(&tried);
    if better {
        *best = tried;
    }
    better
}

/// Drops runs of calls, long ones first. The time before a dropped call is kept, or dropped too.
fn drop_calls<C: Recorded>(best: &mut HistoryOf<C>, broken: &dyn Fn(&HistoryOf<C>) -> bool) {
    let mut len = best.steps.len().div_ceil(2);
    while len > 0 {
        let mut first = 0;
        while first < best.steps.len() {
            let end = (first + len).min(best.steps.len());
            let dropped = |keep_time: bool| {
                let mut tried = best.clone();
                let gone: Vec<_> = tried.steps.drain(first..end).collect();
                let time: u64 = gone.iter().map(|step| step.after.get()).sum();
                if let Some(next) = tried.steps.get_mut(first).filter(|_| keep_time) {
                    next.after = Hns::new(next.after.get().saturating_add(time));
                }
                tried
            };
            let (without, with) = (dropped(false), dropped(true));
            if !adopt(best, without, broken) && !adopt(best, with, broken) {
                first += len;
            }
        }
        len /= 2;
    }
}

fn plain_setup<C: Recorded>(
    best: &mut HistoryOf<C>,
    limits: &Limits,
    broken: &dyn Fn(&HistoryOf<C>) -> bool,
) {
    let plain = Setup::plain();
    let takes_rate = limits.rates_hz.contains(&plain.format.rate.hertz());
    let changes: [&dyn Fn(&mut Setup); 5] = [
        &|setup| setup.ppb = 0,
        &|setup| setup.start = Hns::new(0),
        &|setup| {
            if takes_rate {
                setup.format.rate = plain.format.rate;
            }
        },
        &|setup| {
            setup.format.channels = plain.format.channels;
            setup.format.sample = plain.format.sample;
        },
        &|setup| {
            setup.packet = Frames::new(setup.format.rate.hertz().div_ceil(100).into());
            setup.packets = plain.packets;
        },
    ];
    for change in changes {
        let mut tried = best.clone();
        change(&mut tried.setup);
        for step in &mut tried.steps {
            if let Some((requested, packets)) = step.call.buffer() {
                if packets.is_some_and(|packets| packets == best.setup.packets) {
                    *packets = Some(tried.setup.packets);
                }
                if *requested == best.setup.buffer() {
                    *requested = tried.setup.buffer();
                }
            }
        }
        adopt(best, tried, broken);
    }
}

/// Times before calls: none, whole milliseconds, half.
fn round_times<C: Recorded>(best: &mut HistoryOf<C>, broken: &dyn Fn(&HistoryOf<C>) -> bool) {
    for index in 0..best.steps.len() {
        for _ in 0..12 {
            let after = best.steps[index].after.get();
            let simpler = [
                0,
                after / 10_000 / 10 * 100_000,
                after / 10_000 * 10_000,
                after / 2,
            ];
            let shorter = simpler.into_iter().filter(|time| *time < after);
            let adopted = shorter.into_iter().any(|time| {
                let mut tried = best.clone();
                tried.steps[index].after = Hns::new(time);
                adopt(best, tried, broken)
            });
            if !adopted {
                break;
            }
        }
    }
}
