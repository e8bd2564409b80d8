//! How an engine comes from one moment to another.

use units::{Frames, Moment, Phase, SimTime};

use super::{DmaEngine, Settled};
use crate::config::{FifoUnderrun, Store};
use crate::link::Schedule;
use crate::program::{Direction, Program};

/// How many slots ahead it is looked whether a FIFO loses something.
const HORIZON: u64 = 480;

impl DmaEngine {
    /// Does everything up to `now`; returns what it met first of each kind.
    pub(crate) fn settle(&mut self, now: Moment) -> Settled {
        let mut met = Settled::default();
        self.now = now;
        self.fill_by(now);
        while let Some(schedule) = self.schedule.clone() {
            let due = schedule.slots_at(self.faults.moment(now));
            if due <= self.slots {
                break;
            }
            let armed = self.last_armed_slot();
            if armed <= self.slots {
                let completion = self.run_out(&schedule);
                met.completion = met.completion.or(completion);
                break;
            }
            let due = due.min(armed);
            let waits = self.faults.waits_for_ack();
            let next = waits.and(self.next_signal()).unwrap_or(due);
            let next = self.sure_until(&schedule, due.min(next));
            self.go_on(&schedule, next, &mut met);
            let completion = self.complete(&schedule);
            met.completion = met.completion.or(completion);
            if let (Some(fault), Some(_)) = (waits, completion) {
                self.hold(schedule, fault);
            }
        }
        self.store_late();
        met
    }

    /// An input puts into memory what it has moved, unless its data is late.
    fn store_now(&mut self, from: u64, to: u64) {
        if self.faults.data_late().is_none() {
            self.store(from, to);
        }
    }

    /// An input whose data is late stores what it had moved that long ago; out of RUN it keeps
    /// nothing back.
    fn store_late(&mut self) {
        let late = self.faults.data_late();
        let Some(late) = late.filter(|_| self.direction() == Some(Direction::Input)) else {
            return;
        };
        let then = self.now.time.ticks().checked_sub(late.ticks());
        let target = match then {
            _ if self.schedule.is_none() => self.moved,
            Some(then) => self
                .moved_at(SimTime::from_ticks(then).at(self.now.phase))
                .get(),
            None => 0,
        };
        if target > self.stored {
            let from = std::mem::replace(&mut self.stored, target);
            self.store(from, target);
        }
    }

    /// Goes on to `slots`, on the way to which a FIFO loses nothing unless it is the next one.
    fn go_on(&mut self, schedule: &Schedule, slots: u64, met: &mut Settled) {
        match self.program().direction {
            Direction::Output => self.go_on_out(schedule, slots, met),
            Direction::Input => self.go_on_in(schedule, slots, met),
        }
    }

    fn go_on_out(&mut self, schedule: &Schedule, slots: u64, met: &mut Settled) {
        self.move_to(self.memory_target_of(schedule, slots));
        if let Some(frame) = self.runs_dry_at(schedule, slots) {
            met.lost = met.lost.or(Some(Frames::new(frame)));
            if self.config.fifo_underrun == FifoUnderrun::LinkFreezes {
                // What the slot should have sent goes with the next one.
                self.shift(schedule, slots, slots - 1, slots + 1);
                return;
            }
        }
        let begun_before = self.begun();
        self.slots = slots;
        self.let_out(begun_before);
    }

    fn go_on_in(&mut self, schedule: &Schedule, slots: u64, met: &mut Settled) {
        let completed = schedule.pace.completed(slots);
        if self.runs_over_at(schedule, slots) {
            met.lost = met.lost.or(Some(Frames::new(self.arrived)));
            self.lose(completed - self.arrived);
            // The place of what the slot brought is that of the one which begins now.
            self.shift(schedule, slots - 1, slots - 2, slots);
            return;
        }
        let begun_before = self.begun().get();
        self.slots = slots;
        self.arrive(completed);
        if self.config.store == Store::Begun {
            let frame = self.program().frame;
            self.store_now(begun_before * frame, self.begun().get() * frame);
        }
        self.move_to(self.memory_target_of(schedule, slots));
    }

    /// An input loses the next `frames` frames.
    fn lose(&mut self, frames: u64) {
        match self.losses.last_mut() {
            Some((at, lost)) if *at == self.arrived => *lost += frames,
            last => {
                let before = last.map_or(0, |&mut (_, lost)| lost);
                self.losses.push((self.arrived, before + frames));
            }
        }
        let (run, first) = (self.run(), Frames::new(self.arrived));
        self.log.lose(run, first, Frames::new(frames));
    }

    /// Ends a stay at boundary `last`, with `slots` slots, and begins another one whose first slot
    /// begins where boundary `next` of the old one would have been.
    fn shift(&mut self, old: &Schedule, last: u64, slots: u64, next: u64) {
        self.leave_schedule(last);
        self.slots = slots;
        self.log.take_back_void();
        let origin = old.origin + next - old.slots_before - 1;
        self.run_from(old.clock.clone(), origin);
    }

    /// The first filling of an output that has time for it before its first slot.
    fn fill_by(&mut self, now: Moment) {
        let is_due = self.fill.is_some_and(|fill| fill.at(Phase::Move) <= now);
        if is_due && self.moved == 0 {
            self.move_to(self.program().moved(0).min(self.armed_bytes()));
        }
    }

    /// How far the engine can go at once, on its way to `slots`: to where a FIFO may run dry, or
    /// over, and no further than one slot there.
    fn sure_until(&self, schedule: &Schedule, slots: u64) -> u64 {
        if self.bus.is_ideal() {
            return slots;
        }
        let next = self.slots + 1;
        self.first_risk(schedule, next)
            .map_or(slots, |risk| risk.clamp(next, slots.max(next)))
    }

    /// The first slot from slot `next` on where the FIFO may run dry, or over: each where bursts
    /// wait, and the one before a stall.
    fn first_risk(&self, schedule: &Schedule, next: u64) -> Option<u64> {
        let begins = schedule.instant_of(next);
        let is_late = |now: SimTime| {
            let asked = self.bus.granted_by(now.at(Phase::Move));
            asked.is_none_or(|asked| asked.time != now)
        };
        let just_before = SimTime::from_ticks(begins.ticks().saturating_sub(1));
        if is_late(begins) || is_late(just_before) {
            return Some(next);
        }
        let stall = self.bus.next_stall(begins)?;
        Some(schedule.slots_at(stall.commit()).max(next))
    }

    /// The first frame that is not in the FIFO of an output when it is to begin with slot `slots`.
    fn runs_dry_at(&self, schedule: &Schedule, slots: u64) -> Option<u64> {
        let held = self.moved.max(self.memory_target_of(schedule, slots)) / self.program().frame;
        let pace = schedule.pace;
        let first = held.max(pace.begun(slots - 1));
        (first < pace.begun(slots)).then_some(first)
    }

    /// True if what has arrived when slot `slots` begins does not fit into the FIFO of an input.
    fn runs_over_at(&self, schedule: &Schedule, slots: u64) -> bool {
        if self.bus.is_ideal() {
            return false;
        }
        let begins = schedule.instant_of(slots).ticks();
        let before = SimTime::from_ticks(begins.saturating_sub(1)).at(Phase::React);
        let before = self.memory_target(before);
        let stored = self.moved.max(before);
        let completed = schedule.pace.completed(slots);
        completed > self.arrived && !self.program().fifo.takes(completed, stored)
    }

    /// When a FIFO loses something next, or until when it is known that it does not. `None` if it
    /// never does.
    pub(crate) fn next_loss(&self) -> Option<SimTime> {
        let schedule = self.schedule.as_ref().filter(|_| !self.bus.is_ideal())?;
        let horizon = self.slots + HORIZON;
        let mut next = self.slots + 1;
        while next < horizon {
            next = self.first_risk(schedule, next)?;
            let is_loss = match self.program().direction {
                Direction::Output => self.runs_dry_at(schedule, next).is_some(),
                Direction::Input => self.runs_over_at(schedule, next),
            };
            if is_loss {
                break;
            }
            next += 1;
        }
        Some(self.faults.instant(schedule.instant_of(next)))
    }

    pub(super) fn program(&self) -> &Program {
        self.program.as_ref().expect("who moves has a program")
    }

    /// Bytes that the memory side has moved by `now`, as far as link and bus go.
    pub(super) fn memory_target(&self, now: Moment) -> u64 {
        let Some(program) = &self.program else {
            return 0;
        };
        let is_filled = self.fill.is_some_and(|fill| fill.at(Phase::Move) <= now);
        let filled = if is_filled { program.moved(0) } else { 0 };
        let granted = self.bus.granted_by(now);
        let present = self.present();
        let asked = granted.and_then(|by| self.stays.completed_at(present.as_ref(), by));
        let target = asked.map_or(filled, |completed| program.moved(completed).max(filled));
        target.min(self.armed_bytes_at(now))
    }

    /// The same where slot `slots` of the present stay begins.
    pub(super) fn memory_target_of(&self, schedule: &Schedule, slots: u64) -> u64 {
        if self.bus.is_ideal() {
            let target = self.program().moved(schedule.pace.completed(slots));
            return target.min(self.armed_bytes());
        }
        self.memory_target(schedule.instant_of(slots).at(Phase::Move))
    }

    /// The memory side goes on to `target` bytes, if it is not there yet.
    pub(super) fn move_to(&mut self, target: u64) {
        if target <= self.moved {
            return;
        }
        let from = std::mem::replace(&mut self.moved, target);
        match self.program().direction {
            Direction::Output => self.fetch(from, target),
            Direction::Input if self.config.store == Store::Arrived => self.store_now(from, target),
            Direction::Input => {} // It lies there since it began.
        }
    }
}
