//! How long wake-ups took, and where their time went.

use std::collections::BTreeMap;

use machine::{Component, Latency};
use truth::Work;

use crate::result::WakeLatencies;

/// What comes after the first instruction.
const BEHIND_THE_START: [Component; 4] = [
    Component::RunSelf,
    Component::RunPreempted,
    Component::LockWait,
    Component::FaultWait,
];

/// How long the wake-ups of `work` took; none if there were none.
pub(super) fn latencies(work: &[Work]) -> Option<WakeLatencies> {
    let mut all: Vec<u64> = work
        .iter()
        .map(|work| to_the_start(&work.latency))
        .collect();
    all.sort_unstable();
    let whole = work
        .iter()
        .fold(Latency::ZERO, |sum, work| sum.and(work.latency));
    // Nearest rank: the value at `ceil(share * count)`.
    let rank =
        |part: usize, of: usize| all.get((all.len() * part).div_ceil(of).max(1) - 1).copied();
    Some(WakeLatencies {
        count: all.len() as u64,
        p50: rank(1, 2)?,
        p99: rank(99, 100)?,
        p999: rank(999, 1_000)?,
        max: rank(1, 1)?,
        parts: parts(&whole),
    })
}

/// The parts of `latency` that took any time, by name, in nanoseconds.
pub(super) fn parts(latency: &Latency) -> BTreeMap<&'static str, u64> {
    let parts = latency.parts();
    parts
        .map(|(component, length)| (component.name(), length.to_nanos_floor()))
        .collect()
}

/// From what the thread was woken for to its first instruction.
fn to_the_start(latency: &Latency) -> u64 {
    let mut start = *latency;
    for component in BEHIND_THE_START {
        start.take_back(component, latency.of(component));
    }
    start.total().to_nanos_floor()
}
