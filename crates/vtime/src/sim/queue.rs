//! The queue of a world: keys in, the least one out.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::key::Key;

/// How many keys are kept sorted. A stack has fewer pending waits than that, and never meets the
/// heap.
const NEAR_MAX: usize = 32;
/// How many keys come back from the heap at once.
const REFILL: usize = 16;

/// A priority queue for few or many keys.
///
/// The next keys to come lie sorted in `near`, least last; the others in the heap `far`.
/// Invariant: no key of `far` is less than one of `near`, and if `near` is empty so is `far`.
#[derive(Clone, Debug)]
pub(super) struct Queue {
    near: Vec<Key>,
    far: BinaryHeap<Reverse<Key>>,
}

impl Queue {
    pub(super) fn new() -> Self {
        Self {
            near: Vec::with_capacity(NEAR_MAX),
            far: BinaryHeap::new(),
        }
    }

    pub(super) fn len(&self) -> usize {
        self.near.len() + self.far.len()
    }

    /// The least key.
    #[inline]
    pub(super) fn peek(&self) -> Option<Key> {
        self.near.last().copied()
    }

    #[inline]
    pub(super) fn push(&mut self, key: Key) {
        if self.near.len() == NEAR_MAX {
            self.spill();
        }
        if self.far.peek().is_some_and(|least| key > least.0) {
            self.far.push(Reverse(key));
            return;
        }
        let mut at = self.near.len();
        while at > 0 && self.near[at - 1] < key {
            at -= 1;
        }
        self.near.insert(at, key);
    }

    #[inline]
    pub(super) fn pop(&mut self) -> Option<Key> {
        let key = self.near.pop()?;
        if self.near.is_empty() {
            self.refill();
        }
        Some(key)
    }

    /// Removes the keys that `keep` refuses.
    pub(super) fn retain(&mut self, mut keep: impl FnMut(Key) -> bool) {
        self.near.retain(|&key| keep(key));
        self.far.retain(|&Reverse(key)| keep(key));
        if self.near.is_empty() {
            self.refill();
        }
    }

    /// Moves the later half of `near` to `far`.
    #[cold]
    fn spill(&mut self) {
        self.far
            .extend(self.near.drain(..NEAR_MAX / 2).map(Reverse));
    }

    #[cold]
    fn refill(&mut self) {
        for _ in 0..REFILL {
            let Some(Reverse(key)) = self.far.pop() else {
                break;
            };
            self.near.push(key);
        }
        self.near.reverse();
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;
    use units::{Phase, SimTime};

    use super::super::key::Ticket;
    use super::*;

    #[derive(Clone, Debug)]
    enum Move {
        Push {
            time: u64,
            phase: Phase,
            source: u32,
        },
        Pop,
        RemoveSource(u32),
    }

    fn any_move() -> impl Strategy<Value = Move> {
        let phases = vec![Phase::Commit, Phase::Move, Phase::Notify, Phase::React];
        let push = (0..40_u64, prop::sample::select(phases), 0..5_u32).prop_map(
            |(time, phase, source)| Move::Push {
                time,
                phase,
                source,
            },
        );
        prop_oneof![
            6 => push,
            5 => Just(Move::Pop),
            1 => (0..5_u32).prop_map(Move::RemoveSource),
        ]
    }

    proptest! {
        /// The reference is an ordered map over the four parts, unpacked.
        #[test]
        fn keys_come_out_in_the_order_of_time_phase_source_ordinal(
            burst in 0..200_u64,
            moves in prop::collection::vec(any_move(), 0..400),
        ) {
            let mut queue = Queue::new();
            let mut oracle = BTreeMap::new();
            let start = (0..burst).map(|n| Move::Push {
                time: n * 7 % 40,
                phase: Phase::Commit,
                source: 0,
            });
            for (ordinal, step) in (0_u64..).zip(start.chain(moves)) {
                match step {
                    Move::Push { time, phase, source } => {
                        let moment = SimTime::from_ticks(time).at(phase);
                        let key = Key::new(moment, Ticket::new(source, ordinal));
                        queue.push(key);
                        oracle.insert((time, phase, source, ordinal), key);
                    }
                    Move::Pop => {
                        prop_assert_eq!(queue.peek(), oracle.values().next().copied());
                        prop_assert_eq!(queue.pop(), oracle.pop_first().map(|(_, key)| key));
                    }
                    Move::RemoveSource(source) => {
                        queue.retain(|key| key.ticket().source() != source);
                        oracle.retain(|&(_, _, of, _), _| of != source);
                    }
                }
                prop_assert_eq!(queue.len(), oracle.len());
            }
            while let Some(key) = queue.pop() {
                prop_assert_eq!(Some(key), oracle.pop_first().map(|(_, key)| key));
            }
            prop_assert!(oracle.is_empty());
        }
    }
}
