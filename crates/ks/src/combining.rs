//! Stores into write-combined memory that have not reached it yet.

use std::collections::VecDeque;

use ring::{SharedBuffer, Whose};
use units::{Frames, Moment, SimDuration, SimTime};
use vtime::{Fork, Forker, Shared};

/// What a processor holds back of its stores into write-combined memory. Clones are the same.
///
/// By default for ever: until a barrier.
#[derive(Clone, Debug)]
pub struct Combining(Shared<StoreBuffer>);

#[derive(Clone, Debug, Default)]
struct StoreBuffer {
    drain: Option<SimDuration>,
    waiting: VecDeque<Store>,
}

#[derive(Clone, Debug)]
struct Store {
    /// When it drains by itself.
    due: Option<SimTime>,
    at: Frames,
    bytes: Option<Vec<u8>>,
    len: Frames,
    whose: Whose,
}

impl Default for Combining {
    fn default() -> Self {
        Self(Shared::new(StoreBuffer::default()))
    }
}

impl Combining {
    /// Lets stores from now on drain by themselves after `drain`; `None` for never.
    pub fn set_drain(&self, drain: Option<SimDuration>) {
        self.0.borrow_mut().drain = drain;
    }

    pub(crate) fn push(
        &self,
        now: Moment,
        at: Frames,
        bytes: Option<&[u8]>,
        len: Frames,
        whose: Whose,
    ) {
        let mut buffer = self.0.borrow_mut();
        let due = buffer.drain.map(|drain| now.time + drain);
        buffer.waiting.push_back(Store {
            due,
            at,
            bytes: bytes.map(<[u8]>::to_vec),
            len,
            whose,
        });
    }

    pub(crate) fn next_drain(&self) -> Option<SimTime> {
        self.0
            .borrow()
            .waiting
            .iter()
            .filter_map(|store| store.due)
            .min()
    }

    /// Lets the stores through whose due time is as `which` says, in their order.
    pub(crate) fn release(&self, which: impl Fn(Option<SimTime>) -> bool, into: &SharedBuffer) {
        let mut buffer = self.0.borrow_mut();
        buffer.waiting.retain(|store| {
            let goes = which(store.due);
            if goes {
                into.store(
                    store.at,
                    store.bytes.as_deref(),
                    store.len,
                    Some(store.whose),
                );
            }
            !goes
        });
    }
}

impl Fork for Combining {
    fn fork(&self, forker: &mut Forker) -> Self {
        Self(self.0.fork(forker))
    }
}

vtime::fork_by_clone!(StoreBuffer);
