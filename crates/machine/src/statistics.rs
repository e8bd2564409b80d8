//! Wake-ups whose latency is drawn as a whole.

use std::collections::BTreeMap;

use units::SimDuration;
use vtime::Rng;

use crate::machine::ThreadId;
use crate::wake_table::WakeTable;

/// How long wake-ups take, drawn for each.
#[derive(Clone, Debug)]
pub(crate) struct Statistics {
    table: WakeTable,
    seed: u64,
    /// Each thread draws from numbers of its own: how often others wake changes nothing for it.
    numbers: BTreeMap<ThreadId, Rng>,
}

impl Statistics {
    pub(crate) const fn new(table: WakeTable, seed: u64) -> Self {
        Self {
            table,
            seed,
            numbers: BTreeMap::new(),
        }
    }

    /// How long the next wake-up of `thread` takes, which is called `name`.
    pub(crate) fn draw(&mut self, thread: ThreadId, name: &str) -> SimDuration {
        let seed = self.seed;
        let numbers = self.numbers.entry(thread);
        let numbers = numbers.or_insert_with(|| Rng::of(seed, name, "wake-up latency"));
        self.table.draw(numbers)
    }
}
