//! What else runs on a core.

use std::rc::Rc;

use units::{SimDuration, SimTime};
use vtime::Rng;

use crate::level::Level;
use crate::wake_table::WakeTable;

/// When the jobs of a [`Load`] come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pace {
    /// At `first`, and then every `every`; once if that is none.
    Regular {
        /// The first one.
        first: SimTime,
        /// From one to the next.
        every: Option<SimDuration>,
    },
    /// One in each stretch of that length, anywhere in it.
    Irregular {
        /// How long a stretch is.
        every: SimDuration,
    },
}

/// How long a job of a [`Load`] takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Takes {
    /// Always the same.
    Always(SimDuration),
    /// Drawn for each from a table.
    Drawn(Rc<WakeTable>),
}

/// A thread, an ISR or a DPC that has nothing to do with audio.
///
/// It is one object of the system: while it is queued or runs, what should start it again is
/// refused, and counted.
#[derive(Clone, Debug)]
pub struct Load {
    level: Level,
    is_first: bool,
    pace: Pace,
    takes: Takes,
    rng: Rng,
    next: Option<SimTime>,
    came: u64,
    refused: u64,
}

impl Load {
    /// A load that runs at `level`. Whatever it draws comes from `rng`.
    ///
    /// # Panics
    /// If its jobs follow each other in no time: then there is no next one.
    pub fn new(level: Level, pace: Pace, takes: Takes, rng: Rng) -> Self {
        let every = match pace {
            Pace::Regular { every, .. } => every,
            Pace::Irregular { every } => Some(every),
        };
        assert!(
            every.is_none_or(|every| !every.is_zero()),
            "between two jobs lies some time"
        );
        let mut load = Self {
            level,
            is_first: false,
            pace,
            takes,
            rng,
            next: None,
            came: 0,
            refused: 0,
        };
        load.next = load.arrival();
        load
    }

    /// A DPC of high importance: it queues up before those that wait.
    #[must_use]
    pub const fn of_high_importance(mut self) -> Self {
        self.is_first = true;
        self
    }

    pub(crate) const fn is_first(&self) -> bool {
        self.is_first
    }

    /// How urgent it is.
    pub const fn level(&self) -> Level {
        self.level
    }

    /// When its next job comes.
    pub const fn next(&self) -> Option<SimTime> {
        self.next
    }

    /// Jobs that have come, the refused ones included.
    pub const fn came(&self) -> u64 {
        self.came
    }

    /// Jobs that came while the one before was not done.
    pub const fn refused(&self) -> u64 {
        self.refused
    }

    /// The next job comes: how long it takes, unless it is refused because the one before `is_busy`.
    pub(crate) fn take(&mut self, is_busy: bool) -> Option<SimDuration> {
        self.came += 1;
        self.next = self.arrival();
        // Drawn in any case, so that what is refused changes no other job.
        let takes = match &self.takes {
            Takes::Always(takes) => *takes,
            Takes::Drawn(table) => table.draw(&mut self.rng),
        };
        self.refused += u64::from(is_busy);
        (!is_busy).then_some(takes)
    }

    /// When the job after those that have come comes. Counted from the beginning, so nothing adds up.
    fn arrival(&mut self) -> Option<SimTime> {
        let after = |from: SimTime, every: SimDuration, count: u64| {
            let ticks = every.ticks().checked_mul(count)?;
            let ticks = from.ticks().checked_add(ticks)?;
            Some(SimTime::from_ticks(ticks))
        };
        match self.pace {
            Pace::Regular { first, every } => match (every, self.came) {
                (_, 0) => Some(first),
                (Some(every), came) => after(first, every, came),
                (None, _) => None,
            },
            Pace::Irregular { every } => {
                let within = self.rng.below(every.ticks());
                let stretch = after(SimTime::ZERO, every, self.came)?;
                after(stretch, SimDuration::from_ticks(within), 1)
            }
        }
    }
}

vtime::fork_by_clone!(Load);
