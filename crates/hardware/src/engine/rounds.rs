//! An engine that does not loop: it goes as far as it was armed.

use std::collections::VecDeque;

use units::{Frames, Moment, Phase, SimTime};

use super::{Completion, DmaEngine};
use crate::config::AtEnd;
use crate::crystal::Grid;
use crate::link::Schedule;
use crate::program::{Direction, Program};

/// How often the descriptor list was armed since the reset, and when.
#[derive(Clone, Debug, Default)]
pub(super) struct Rounds {
    armed: u64,
    /// When the latest of them were, in order.
    times: VecDeque<Moment>,
    /// Those that count from the next RUN on.
    waiting: u64,
}

impl Rounds {
    /// How many are looked back at: more than are armed within what a record takes to memory.
    const KEPT: usize = 64;

    /// The first round, which comes with the program.
    pub(super) fn first() -> Self {
        Self {
            armed: 1,
            ..Self::default()
        }
    }

    fn arm(&mut self, at: Moment) {
        self.armed += 1;
        if self.times.len() == Self::KEPT {
            self.times.pop_front();
        }
        self.times.push_back(at);
    }

    /// RUN is set, and the first slot begins at `at`.
    fn take_up(&mut self, at: SimTime) {
        for _ in 0..std::mem::take(&mut self.waiting) {
            self.arm(at.at(Phase::Move));
        }
    }

    /// How many were armed by `then`.
    fn armed_by(&self, then: Moment) -> u64 {
        let later = self.times.iter().rev().take_while(|at| **at > then);
        self.armed - later.count() as u64
    }

    fn latest(&self) -> SimTime {
        self.times.back().map_or(SimTime::ZERO, |at| at.time)
    }
}

impl DmaEngine {
    /// True if the engine can do what `program` says: one that halts at the end of its list does so
    /// only as an output, on a bus that keeps nobody waiting, and where the list ends with a slot.
    pub(crate) fn can_halt(&self, program: &Program) -> bool {
        self.config.at_end == AtEnd::Loops
            || program.direction == Direction::Output
                && self.bus.is_ideal()
                && program.pace.ends_with(program.walk.bytes() / program.frame)
    }

    /// Bytes up to the end of the last of `rounds` rounds; no end if the engine loops.
    fn end_of(&self, rounds: u64) -> u64 {
        match (self.config.at_end, &self.program) {
            (AtEnd::Halts, Some(program)) => rounds * program.walk.bytes(),
            _ => u64::MAX,
        }
    }

    /// Bytes that the memory side may have moved.
    pub(super) fn armed_bytes(&self) -> u64 {
        self.end_of(self.rounds.armed)
    }

    /// Bytes that the memory side may have moved at `then`.
    pub(super) fn armed_bytes_at(&self, then: Moment) -> u64 {
        self.end_of(self.rounds.armed_by(then))
    }

    /// The last slot for which there is something, before the one that nobody has armed.
    pub(super) fn last_armed_slot(&self) -> u64 {
        match self.armed_bytes() {
            u64::MAX => u64::MAX,
            bytes => {
                let frames = bytes / self.program().frame;
                self.pace().slots_for(frames + 1) - 1
            }
        }
    }

    /// True if the memory side stands at the end of the last round that is armed.
    #[doc(alias = "DCH")]
    pub(crate) fn is_halted(&self) -> bool {
        self.program.is_some() && self.moved >= self.end_of(self.rounds.armed + self.rounds.waiting)
    }

    /// True if the link stands, too: all that was armed is out.
    pub(crate) fn is_spent(&self) -> bool {
        self.spent.is_some()
    }

    /// Boundaries passed since the reset: slots begun, and where the link stands for want of a
    /// round, the end of the last one.
    pub(super) fn boundaries(&self) -> u64 {
        self.slots + u64::from(self.spent.is_some())
    }

    /// The slot behind the last armed round is due: the link stands still. Returns the completion
    /// that comes with the end of the last frame, if it sets the status.
    pub(super) fn run_out(&mut self, schedule: &Schedule) -> Option<Completion> {
        self.stand_still(schedule, None);
        self.schedule = None;
        self.spent = Some(schedule.clone());
        self.complete(schedule)
    }

    /// One more round may be done, from `now` on; out of RUN, or before the first slot of a stay,
    /// from that slot on. Returns a completion that comes with it: that of a descriptor which is
    /// fetched at once.
    pub(crate) fn arm(&mut self, now: Moment) -> Option<Completion> {
        if self.kept().is_none() {
            self.rounds.waiting += 1;
            return None;
        }
        if let Some(schedule) = self.schedule.as_ref() {
            if schedule.slots_before == self.slots {
                let first = schedule.instant_of(self.slots + 1);
                self.rounds.arm(first.at(Phase::Move));
                self.completion_slot = self.slot_of_next_completion();
                return None;
            }
        }
        self.rounds.arm(now);
        let (fetched, end) = (self.moved, self.memory_target(now));
        self.move_to(end);
        if self.moved > fetched {
            let first = Frames::new(fetched / self.program().frame);
            self.log.arm(self.run(), first, now);
        }
        self.completion_slot = self.slot_of_next_completion();
        let schedule = self.kept().expect("a stay was found above").clone();
        let completion = self.complete(&schedule)?;
        Some(Completion {
            at: now.time,
            position: self.position(),
            moved: self.moved_bytes(),
            ..completion
        })
    }

    /// When a completion that was due at `due` came: not before its round was armed.
    ///
    /// What had been due before the latest round was armed was counted then, so what is counted
    /// later waited for it.
    pub(super) fn no_earlier_than_armed(&self, due: SimTime) -> SimTime {
        match self.config.at_end {
            AtEnd::Loops => due,
            AtEnd::Halts => due.max(self.rounds.latest()),
        }
    }

    /// A link that stands for want of a round has one: it goes on with slot `origin` of `clock`. As
    /// if nothing had been if that is when its next slot was due.
    pub(crate) fn go_on_from(&mut self, clock: Grid, origin: u64) {
        let spent = self.spent.as_ref().expect("a spent engine was armed");
        if clock.instant_of(origin) == spent.instant_of(self.slots + 1) {
            self.schedule = self.spent.take();
            self.log.forget_stall();
        } else {
            self.log.take_back_void();
            self.run_from(clock, origin);
        }
    }

    /// A stay begins at `begins`: what was armed before counts.
    pub(super) fn take_up_rounds(&mut self, begins: SimTime) {
        self.rounds.take_up(begins);
    }
}
