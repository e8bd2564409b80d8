//! The queue of a world: keys in, the least one out.

use std::cell::{Cell, RefCell};
use std::cmp::Reverse;
use std::collections::BinaryHeap;

use units::{Moment, SimTime};

use super::key::{Key, Ticket};

/// How many keys are kept sorted. A stack has fewer pending waits than that, and never meets the
/// heap.
const NEAR_MAX: usize = 32;
/// How many keys come back from the heap at once.
const REFILL: usize = 16;
/// With fewer cancelled keys than this in the heap nobody cares.
const CANCELLED_MIN: usize = 64;

/// A priority queue for few or many keys.
///
/// The next key to come may lie in `head`, the next ones sorted in `near`, least last, the others
/// in the heap `far`. Invariant: none of these has a key that is less than one before it, and if
/// `near` is empty so is `far`.
#[derive(Clone, Debug)]
pub(super) struct Queue {
    /// The end if it is vacant. Most waits are the next to end, so they come and go here.
    head: Head,
    /// The least key behind the head; the end if there is none.
    second: Cell<Key>,
    behind: RefCell<Behind>,
}

/// A key in halves, of which the lower says whether there is one.
#[derive(Clone, Debug)]
struct Head {
    time: Cell<u64>,
    low: Cell<u64>,
}

/// What does not lie in the head.
#[derive(Clone, Debug)]
struct Behind {
    /// Those below `near_len` count. An array, since a vector would be one more thing to fetch.
    near: [Key; NEAR_MAX],
    near_len: usize,
    far: BinaryHeap<Reverse<Key>>,
    /// Not more than the least key of `far`; the end if that is empty.
    far_least: Key,
    /// Keys of `far` that are cancelled, sorted: they vanish when they come near.
    cancelled: Vec<Ticket>,
}

impl Queue {
    pub(super) fn new() -> Self {
        Self {
            head: Head::vacant(),
            second: Cell::new(Key::END),
            behind: RefCell::new(Behind::new()),
        }
    }

    #[inline]
    pub(super) fn push(&self, key: Key) {
        if self.head.is_vacant() && key < self.second.get() {
            self.head.set(key);
        } else {
            self.push_behind(key);
        }
    }

    /// Takes out the least key, if its time is not after `limit`.
    #[inline]
    pub(super) fn pop(&self, limit: SimTime) -> Option<Key> {
        let head = self.head.get();
        if head.is_end() {
            return self.pop_second(limit);
        }
        if head.time() > limit {
            return None;
        }
        self.head.vacate();
        Some(head)
    }

    /// The time of the least key.
    pub(super) fn next_time(&self) -> Option<SimTime> {
        let mut keys = [self.head.get(), self.second.get()].into_iter();
        keys.find(|key| !key.is_end()).map(Key::time)
    }

    /// Removes the key with `ticket`, if there is one.
    pub(super) fn cancel(&self, ticket: Ticket) {
        let head = self.head.get();
        if !head.is_end() && head.ticket() == ticket {
            self.head.vacate();
        } else {
            let mut behind = self.behind.borrow_mut();
            behind.cancel(ticket);
            self.second.set(behind.least());
        }
    }

    /// True if there is a key with `ticket`.
    pub(super) fn contains(&self, ticket: Ticket) -> bool {
        let head = self.head.get();
        (!head.is_end() && head.ticket() == ticket)
            || self
                .behind
                .borrow()
                .keys()
                .any(|key| key.ticket() == ticket)
    }

    /// The keys that are queued, in no order.
    pub(super) fn keys(&self) -> Vec<Key> {
        let mut keys: Vec<_> = self.behind.borrow().keys().collect();
        keys.extend(Some(self.head.get()).filter(|head| !head.is_end()));
        keys
    }

    /// The deadline of `source` at `moment` that none of `taken` is.
    pub(super) fn find(&self, source: u32, moment: Moment, taken: &[Ticket]) -> Option<Ticket> {
        let keys = self.keys().into_iter();
        keys.filter(|key| key.moment() == moment)
            .map(Key::ticket)
            .filter(|ticket| ticket.source() == source && !ticket.is_released())
            .filter(|ticket| !taken.contains(ticket))
            .min()
    }

    /// Pushes a key while the head is taken, or that does not belong there.
    #[inline(never)]
    fn push_behind(&self, key: Key) {
        let head = self.head.get();
        let mut behind = self.behind.borrow_mut();
        if key < head && !head.is_end() {
            self.head.set(key);
            behind.push(head);
        } else {
            behind.push(key);
        }
        self.second.set(behind.least());
    }

    #[inline(never)]
    fn pop_second(&self, limit: SimTime) -> Option<Key> {
        let key = self.second.get();
        if key.is_end() || key.time() > limit {
            return None;
        }
        let mut behind = self.behind.borrow_mut();
        behind.pop();
        self.second.set(behind.least());
        Some(key)
    }
}

impl Head {
    fn vacant() -> Self {
        let (time, low) = Key::END.parts();
        Self {
            time: Cell::new(time),
            low: Cell::new(low),
        }
    }

    #[inline]
    fn is_vacant(&self) -> bool {
        self.low.get() == u64::MAX
    }

    #[inline]
    fn vacate(&self) {
        self.low.set(u64::MAX);
    }

    #[inline]
    fn get(&self) -> Key {
        Key::from_parts(self.time.get(), self.low.get())
    }

    #[inline]
    fn set(&self, key: Key) {
        let (time, low) = key.parts();
        self.time.set(time);
        self.low.set(low);
    }
}

impl Behind {
    const fn new() -> Self {
        Self {
            near: [Key::END; NEAR_MAX],
            near_len: 0,
            far: BinaryHeap::new(),
            far_least: Key::END,
            cancelled: Vec::new(),
        }
    }

    /// The least key; the end if there is none.
    fn least(&self) -> Key {
        let last = self.near_len.wrapping_sub(1);
        self.near.get(last).copied().unwrap_or(Key::END)
    }

    fn pop(&mut self) {
        self.near_len -= 1;
        if self.near_len == 0 {
            self.refill();
        }
    }

    fn push(&mut self, key: Key) {
        if self.near_len >= NEAR_MAX || key > self.far_least {
            self.push_far(key);
            return;
        }
        let mut at = self.near_len;
        while at > 0 && self.near[at - 1] < key {
            self.near[at] = self.near[at - 1];
            at -= 1;
        }
        self.near[at] = key;
        self.near_len += 1;
    }

    fn cancel(&mut self, ticket: Ticket) {
        let near = &self.near[..self.near_len];
        if let Some(at) = near.iter().position(|key| key.ticket() == ticket) {
            self.near.copy_within(at + 1..self.near_len, at);
            self.near_len -= 1;
            if self.near_len == 0 {
                self.refill();
            }
        } else if !self.far.is_empty() {
            self.cancel_far(ticket);
        }
    }

    fn cancel_far(&mut self, ticket: Ticket) {
        if let Err(at) = self.cancelled.binary_search(&ticket) {
            self.cancelled.insert(at, ticket);
            self.sweep();
        }
    }

    /// The keys that are not cancelled, in no order.
    fn keys(&self) -> impl Iterator<Item = Key> {
        let far = self.far.iter().map(|key| key.0);
        let far = far.filter(|key| self.cancelled.binary_search(&key.ticket()).is_err());
        self.near[..self.near_len].iter().copied().chain(far)
    }

    /// Pushes a key that `near` has no place for: to `far`, or to where half of `near` went.
    #[inline(never)]
    fn push_far(&mut self, key: Key) {
        if key > self.far_least {
            self.far.push(Reverse(key));
            return;
        }
        let later = self.near[..NEAR_MAX / 2].iter().copied();
        self.far.extend(later.map(Reverse));
        self.far_least = self.near[NEAR_MAX / 2 - 1];
        self.near.copy_within(NEAR_MAX / 2.., 0);
        self.near_len -= NEAR_MAX / 2;
        self.push(key);
    }

    /// Brings the least keys of `far` near; `near` is empty.
    #[inline]
    fn refill(&mut self) {
        if self.far_least != Key::END {
            self.refill_from_far();
        }
    }

    #[inline(never)]
    fn refill_from_far(&mut self) {
        while self.near_len < REFILL {
            let Some(Reverse(key)) = self.far.pop() else {
                break;
            };
            if let Ok(at) = self.cancelled.binary_search(&key.ticket()) {
                self.cancelled.remove(at);
                continue;
            }
            self.near[self.near_len] = key;
            self.near_len += 1;
        }
        self.near[..self.near_len].reverse();
        self.far_least = self.far.peek().map_or(Key::END, |least| least.0);
    }

    /// Removes the cancelled keys once they outnumber the others.
    fn sweep(&mut self) {
        if self.cancelled.len() > CANCELLED_MIN.max(self.far.len() / 2) {
            let cancelled = &self.cancelled;
            self.far
                .retain(|key| cancelled.binary_search(&key.0.ticket()).is_err());
            self.cancelled.clear();
            self.far_least = self.far.peek().map_or(Key::END, |least| least.0);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::collections::btree_map::OccupiedEntry;

    use proptest::prelude::*;
    use units::Phase;

    use super::*;

    #[derive(Clone, Debug)]
    enum Move {
        Push {
            time: u64,
            phase: Phase,
            source: u32,
        },
        Pop {
            limit: u64,
        },
        Cancel(prop::sample::Index),
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
            4 => prop_oneof![Just(u64::MAX), 0..40_u64].prop_map(|limit| Move::Pop { limit }),
            3 => any::<prop::sample::Index>().prop_map(Move::Cancel),
        ]
    }

    proptest! {
        /// The reference is an ordered map over the four parts, unpacked.
        #[test]
        fn keys_come_out_in_the_order_of_time_phase_source_ordinal(
            burst in 0..200_u64,
            moves in prop::collection::vec(any_move(), 0..600),
        ) {
            let queue = Queue::new();
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
                    Move::Pop { limit } => {
                        let due = oracle.first_entry().filter(|first| first.key().0 <= limit);
                        let due = due.map(OccupiedEntry::remove);
                        prop_assert_eq!(queue.pop(SimTime::from_ticks(limit)), due);
                    }
                    Move::Cancel(which) if !oracle.is_empty() => {
                        let which = which.index(oracle.len());
                        let parts = *oracle.keys().nth(which).unwrap();
                        queue.cancel(oracle.remove(&parts).unwrap().ticket());
                    }
                    Move::Cancel(_) => {}
                }
                let next = oracle.keys().next().map(|parts| SimTime::from_ticks(parts.0));
                prop_assert_eq!(queue.next_time(), next);
                prop_assert_eq!(queue.keys().len(), oracle.len());
            }
            while let Some((_, key)) = oracle.pop_first() {
                prop_assert_eq!(queue.pop(SimTime::MAX), Some(key));
            }
            prop_assert_eq!(queue.pop(SimTime::MAX), None);
        }
    }
}
