//! A job while it is on its core.

use units::{SimDuration, SimTime};

use super::budget::exhausted;
use super::less;
use super::request::{JobId, Owner, Request};
use crate::level::Level;

/// Where the time of a job went, from its submission to its end. The parts add up to the whole.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Spent {
    /// Until it had the core for the first time, but for what follows.
    pub waited: SimDuration,
    /// Of that, the core came out of an idle state.
    pub exited: SimDuration,
    /// It had the core and the context was switched.
    pub switched: SimDuration,
    /// It ran.
    pub ran: SimDuration,
    /// It had begun and something else had the core.
    pub preempted: SimDuration,
    /// The load that had the core for longest meanwhile, by its place.
    pub held_by: Option<u32>,
}

#[derive(Clone, Debug)]
pub(super) struct Job {
    pub(super) id: JobId,
    pub(super) owner: Owner,
    /// What it was submitted with; its boost is one less after each turn.
    pub(super) level: Level,
    pub(super) boost: u8,
    pub(super) is_multimedia: bool,
    pub(super) came: SimTime,
    pub(super) begun: Option<SimTime>,
    /// The core came out of an idle state for it.
    pub(super) exited: SimDuration,
    pub(super) switch_left: SimDuration,
    pub(super) switched: SimDuration,
    pub(super) work_left: SimDuration,
    pub(super) ran: SimDuration,
    pub(super) turn_left: Option<SimDuration>,
    /// How long each load had the core meanwhile; of jobs of loads nobody asks.
    pub(super) held: Vec<(u32, SimDuration)>,
}

impl Job {
    /// A job that comes at `now`.
    pub(super) fn new(id: JobId, request: Request, now: SimTime, exited: SimDuration) -> Self {
        Self {
            id,
            owner: request.owner,
            level: request.level,
            // Real-time priorities are never boosted, and zero is left alone.
            boost: match request.level {
                Level::Thread(1..=14) => request.boost,
                _ => 0,
            },
            is_multimedia: request.is_multimedia,
            came: now,
            begun: None,
            exited,
            switch_left: SimDuration::ZERO,
            switched: SimDuration::ZERO,
            work_left: request.work,
            ran: SimDuration::ZERO,
            turn_left: None,
            held: Vec::new(),
        }
    }

    /// Where it queues up: boosts end below real-time priorities.
    pub(super) fn queues_at(&self, is_exhausted: bool) -> Level {
        match self.level {
            level if self.is_multimedia && is_exhausted => exhausted(level),
            Level::Thread(base) if self.boost > 0 => {
                Level::Thread(base.saturating_add(self.boost).min(15))
            }
            level => level,
        }
    }

    /// It has the core for `slice`.
    pub(super) fn spend(&mut self, slice: SimDuration) {
        let switched = slice.min(self.switch_left);
        let ran = less(slice, switched);
        self.switch_left = less(self.switch_left, switched);
        self.work_left = less(self.work_left, ran);
        self.switched += switched;
        self.ran += ran;
    }

    /// The load that had the core for longest meanwhile, the first one among equals.
    fn held_by(&self) -> Option<u32> {
        let longest = self.held.iter().map(|(_, held)| *held).max();
        let mut all = self.held.iter();
        all.find(|(_, held)| Some(*held) == longest && !held.is_zero())
            .map(|(load, _)| *load)
    }

    pub(super) fn spent(&self, now: SimTime) -> Spent {
        let begun = self.begun.unwrap_or(now);
        let waited = begun.since(self.came);
        let had = self.switched + self.ran;
        Spent {
            waited: less(waited, self.exited.min(waited)),
            exited: self.exited.min(waited),
            switched: self.switched,
            ran: self.ran,
            preempted: less(now.since(begun), had),
            held_by: self.held_by(),
        }
    }
}

impl Spent {
    /// All of it.
    pub fn total(&self) -> SimDuration {
        self.waited + self.exited + self.switched + self.ran + self.preempted
    }
}
