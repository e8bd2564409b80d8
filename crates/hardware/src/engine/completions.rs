//! Which descriptors are completed, and when.

use units::{Bytes, Frames, SimTime};

use super::{Completion, DmaEngine};
use crate::fault::{Effect, Verdict};
use crate::link::Schedule;

impl DmaEngine {
    /// When the status is set next.
    pub(crate) fn next_completion(&self) -> Option<SimTime> {
        let slot = self.next_signal()?;
        Some(
            self.faults
                .instant(self.schedule.as_ref()?.instant_of(slot)),
        )
    }

    /// With which slot the status may be set next.
    pub(super) fn next_signal(&self) -> Option<u64> {
        let echo = self.echo.map(|(slot, _)| slot);
        [self.completion_slot, echo].into_iter().flatten().min()
    }

    /// Counts the completions up to the present slot; returns the first that sets the status.
    pub(super) fn complete(&mut self, schedule: &Schedule) -> Option<Completion> {
        let mut first = None;
        let passed = self.boundaries();
        loop {
            let due = |slot: &u64| *slot <= passed;
            let completion = self.completion_slot;
            let completion = completion.filter(|slot| due(slot) || self.is_early());
            let echo = self.echo.filter(|(slot, _)| due(slot));
            let (slot, sets) = match (completion, echo) {
                (None, None) => return first,
                (Some(slot), echo) if echo.is_none_or(|(echo, _)| slot <= echo) => {
                    (slot, self.count(slot, schedule))
                }
                (_, echo) => {
                    let (slot, fault) = echo.expect("one of the two is due");
                    self.echo = None;
                    self.strike(fault, Effect::InterruptSpurious, slot, schedule);
                    (slot, true)
                }
            };
            if sets {
                first = first.or_else(|| self.completion_at(slot));
            }
        }
    }

    /// True if the next completion has come though its slot has not begun: the link stands still.
    fn is_early(&self) -> bool {
        let program = self.program.as_ref().filter(|_| !self.bus.is_ideal());
        let end = program.and_then(|program| program.walk.completion(self.completions));
        let (Some(program), Some(end)) = (program, end) else {
            return false;
        };
        if program.counts_in_memory() {
            end <= self.moved
        } else {
            end <= self.linked_bytes().get()
        }
    }

    /// Counts the completion that comes with `slot`. True if it sets the status.
    fn count(&mut self, slot: u64, schedule: &Schedule) -> bool {
        self.completions += 1;
        let at = self.faults.instant(schedule.instant_of(slot));
        let verdict = self.interrupts.judge(at);
        self.completion_slot = self.slot_of_next_completion();
        if let Some((after, fault)) = self.interrupts.echo() {
            let frames = self.pace().completed(slot) + after.get().max(1);
            let echo = self.pace().slots_until_completed(frames);
            self.echo = Some((echo, fault));
        }
        if let Verdict::Lost(fault) = verdict {
            self.strike(fault, Effect::InterruptLost, slot, schedule);
        }
        verdict == Verdict::Set
    }

    fn completion_at(&self, slot: u64) -> Option<Completion> {
        let program = self.program.as_ref()?;
        if slot > self.boundaries() {
            return Some(Completion {
                number: self.completions,
                at: self.now.time,
                position: self.position(),
                moved: self.moved_bytes(),
            });
        }
        Some(Completion {
            number: self.completions,
            at: self.kept().map_or(self.now.time, |schedule| {
                self.no_earlier_than_armed(self.faults.instant(schedule.instant_of(slot)))
            }),
            position: Frames::new(program.pace.completed(slot)),
            moved: Bytes::new(match self.kept() {
                Some(schedule) => self.memory_target_of(schedule, slot),
                None => program.moved(program.pace.completed(slot)),
            }),
        })
    }

    /// With which slot the next completion comes. Where the bus keeps it waiting: with the first
    /// that begins after the grant.
    pub(super) fn slot_of_next_completion(&self) -> Option<u64> {
        let program = self.program.as_ref()?;
        if program.walk.completion(self.completions)? > self.armed_bytes() {
            return None;
        }
        let early = self.interrupts.early();
        let slot = program.slot_of_completion(self.completions, early)?;
        let is_filled = slot == 1 && self.fill.is_some();
        if self.bus.is_ideal() || is_filled || !program.counts_in_memory() {
            return Some(slot);
        }
        let Some(schedule) = &self.schedule else {
            return Some(slot);
        };
        let present = self.present();
        let Some(asked) = self.stays.instant_of(present.as_ref(), slot) else {
            return Some(slot);
        };
        let granted = self.bus.granted_at(asked);
        Some(
            schedule
                .slots_at(granted.commit())
                .max(schedule.slots_before)
                + 1,
        )
    }
}
