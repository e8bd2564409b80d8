//! What a stream does: fixed from the first RUN after a reset to the next reset.

use units::WaveFormat;
use vtime::{Fork, Forker};

use crate::config::{CountOn, Flush};
use crate::pace::{FifoRule, Pace};
use crate::walk::Walk;

/// Which way frames go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Direction {
    /// From the link to memory: capture.
    Input,
    /// From memory to the link: render.
    Output,
}

/// What the engine does: where, how fast, which way.
#[derive(Debug)]
pub(crate) struct Program {
    pub(crate) direction: Direction,
    pub(crate) walk: Walk,
    pub(crate) pace: Pace,
    pub(crate) fifo: FifoRule,
    pub(crate) count_on: CountOn,
    pub(crate) flush: Flush,
    /// Bytes of a frame.
    pub(crate) frame: u64,
    /// What a frame is.
    pub(crate) format: WaveFormat,
}

impl Program {
    /// Bytes that the memory side has moved, or asked for, when `completed` frames are completed
    /// and a slot has begun.
    pub(crate) fn moved(&self, completed: u64) -> u64 {
        match self.direction {
            Direction::Output => self.fifo.fetched(completed),
            Direction::Input => self.stored(completed),
        }
    }

    /// True if a descriptor is completed in memory, false if on the link.
    pub(crate) fn counts_in_memory(&self) -> bool {
        self.direction == Direction::Input || self.count_on == CountOn::Memory
    }

    /// With which slot descriptor completion number `completion` comes, counted so that 1 is the
    /// first slot, `early` frames before its time; `None` if no descriptor asks for an interrupt.
    pub(crate) fn slot_of_completion(&self, completion: u64, early: u64) -> Option<u64> {
        let end = self.walk.completion(completion)?;
        let completed = match (self.direction, self.count_on, self.flush) {
            (Direction::Output, CountOn::Memory, _) => self.fifo.completed_for(end),
            (Direction::Input, _, Flush::WholeBursts) => self.fifo.completed_to_store(end),
            (Direction::Output, CountOn::Link, _) | (Direction::Input, _, Flush::DescriptorEnd) => {
                end.div_ceil(self.frame)
            }
        };
        Some(match completed.saturating_sub(early) {
            0 => 1, // Fetched before the first frame leaves.
            frames => self.pace.slots_until_completed(frames),
        })
    }

    /// Bytes that an input has put into memory when `completed` frames have arrived.
    fn stored(&self, completed: u64) -> u64 {
        let bursts = self.fifo.stored(completed);
        match self.flush {
            Flush::WholeBursts => bursts,
            Flush::DescriptorEnd => bursts.max(self.walk.last_end(completed * self.frame)),
        }
    }
}

impl Fork for Program {
    fn fork(&self, forker: &mut Forker) -> Self {
        Self {
            walk: self.walk.fork(forker),
            ..*self
        }
    }
}
