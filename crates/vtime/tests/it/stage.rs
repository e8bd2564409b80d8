//! What most tests need: a descriptor, a world, and what it recorded as text.

use units::{Moment, SimTime};
use vtime::sim::World;
use vtime::{Context, Descriptor, Field, Keep};

/// "Something happened", with a number that says what.
pub(crate) static MARK: Descriptor = Descriptor::new(
    "mark",
    &[Field {
        name: "n",
        unit: "1",
    }],
);

pub(crate) fn world() -> World {
    World::new(7, Keep::All)
}

pub(crate) fn ms(millis: u64) -> SimTime {
    SimTime::from_millis(millis)
}

/// Waits until `when` and marks `n`.
pub(crate) async fn mark_at<C: Context>(when: Moment, n: u64, cx: C) {
    cx.sleep_until(when).await;
    cx.record(&MARK, &[n]);
}

/// One line per entry: time, phase, source, words.
pub(crate) fn lines(world: &World) -> Vec<String> {
    let history = world.history();
    let lines = history.entries().map(|entry| {
        let words: Vec<_> = entry.words().iter().map(u64::to_string).collect();
        let source = history.source_name(entry.source);
        let millis = entry.moment.time.to_nanos_floor() / 1_000_000;
        let phase = entry.moment.phase;
        format!("{millis} {phase:?} {source} {}", words.join(","))
    });
    lines.collect()
}

/// The numbers that were marked, in order.
pub(crate) fn marks(world: &World) -> Vec<u64> {
    let history = world.history();
    history.entries().map(|entry| entry.words()[0]).collect()
}
