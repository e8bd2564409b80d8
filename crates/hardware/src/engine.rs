//! The DMA engine of an output stream: computed when somebody looks.

use ring::Samples;
use units::{Bytes, Clock, Frames, Moment, SimTime};
use vtime::{Fork, Forker};

use crate::config::{CountOn, StreamConfig};
use crate::fifo::Fifo;
use crate::link::{LinkLog, Schedule, Segment};
use crate::memory::Walk;
use crate::pace::{FifoRule, Pace};

/// Fetches frames from the cyclic buffer into the FIFO and lets them out on the link.
///
/// Everything follows from one number, the slots begun since the reset, by the closed forms of
/// [`Pace`] and [`FifoRule`]; [`settle`](Self::settle) brings it up to a moment and copies what
/// was fetched meanwhile. So the cost grows with completions and stores, not with frames, and who
/// settles when changes nothing.
#[derive(Debug)]
pub(crate) struct DmaEngine {
    config: StreamConfig,
    /// What it was told to play at the first RUN since the reset.
    program: Option<Program>,
    /// While in RUN.
    schedule: Option<Schedule>,
    /// Slots begun since the reset, as of the latest settling.
    slots: u64,
    /// Descriptor completions since the reset.
    completions: u64,
    /// With which slot the next completion comes; counted so that 1 is the first slot.
    completion_slot: Option<u64>,
    fifo: Fifo,
    log: LinkLog,
    /// Runs begun since power-up; the present or next one is one less, or this.
    runs: u32,
    /// For copying; what it holds between two settlings means nothing.
    scratch: Vec<u8>,
}

/// What the engine plays: fixed from the first RUN after a reset to the next reset.
#[derive(Debug)]
pub(crate) struct Program {
    pub(crate) walk: Walk,
    pub(crate) pace: Pace,
    pub(crate) fifo: FifoRule,
    /// Bytes of a frame.
    pub(crate) frame: u64,
}

/// A completion: how far link and memory were when it came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Completion {
    /// Which, counted from 1 since the reset.
    pub(crate) number: u64,
    pub(crate) position: Frames,
    pub(crate) fetched: Bytes,
}

impl DmaEngine {
    pub(crate) fn new(config: StreamConfig) -> Self {
        Self {
            config,
            program: None,
            schedule: None,
            slots: 0,
            completions: 0,
            completion_slot: None,
            fifo: Fifo::default(),
            log: LinkLog::default(),
            runs: 0,
            scratch: Vec::new(),
        }
    }

    pub(crate) fn config(&self) -> &StreamConfig {
        &self.config
    }

    pub(crate) fn log(&self) -> &LinkLog {
        &self.log
    }

    /// The run it is in, or that the next start begins.
    pub(crate) fn run(&self) -> u32 {
        self.runs - u32::from(self.program.is_some())
    }

    pub(crate) fn is_programmed(&self) -> bool {
        self.program.is_some()
    }

    /// Takes up what to play. Only after a reset.
    pub(crate) fn load(&mut self, program: Program) {
        debug_assert!(self.program.is_none(), "a program lasts until the reset");
        self.program = Some(program);
        self.runs += 1;
        self.completion_slot = self.slot_of_next_completion();
    }

    /// Enters RUN: the first slot of this stay is slot `origin` of `clock`.
    pub(crate) fn run_from(&mut self, clock: Clock, origin: u64) {
        let pace = self.program.as_ref().expect("a program was loaded").pace;
        let schedule = Schedule {
            pace,
            clock,
            origin,
            slots_before: self.slots,
        };
        self.schedule = Some(schedule);
        self.log.open(Segment {
            run: self.run(),
            begins: clock.instant_of(origin),
            first: self.begun(),
            frames: Frames::ZERO,
            schedule,
        });
    }

    /// How fast slots follow each other. Only with a program.
    pub(crate) fn pace(&self) -> Pace {
        self.program.as_ref().expect("a program was loaded").pace
    }

    /// Leaves RUN. What is in the FIFO stays there.
    pub(crate) fn pause(&mut self) {
        self.schedule = None;
    }

    /// Forgets everything but what was heard.
    pub(crate) fn reset(&mut self) {
        let Self {
            config: _,
            program,
            schedule,
            slots,
            completions,
            completion_slot,
            fifo,
            log: _,
            runs: _,
            scratch: _,
        } = self;
        (*program, *schedule, *completion_slot) = (None, None, None);
        (*slots, *completions) = (0, 0);
        fifo.clear();
    }

    /// Frames that have begun to leave.
    pub(crate) fn begun(&self) -> Frames {
        Frames::new(
            self.program
                .as_ref()
                .map_or(0, |program| program.pace.begun(self.slots)),
        )
    }

    /// Frames that have left: those begun but the ones of the slot that is on its way. Out of RUN
    /// none is on its way.
    pub(crate) fn position(&self) -> Frames {
        let Some(program) = &self.program else {
            return Frames::ZERO;
        };
        let is_on_its_way = self
            .schedule
            .is_some_and(|schedule| schedule.slots_before < self.slots);
        let slots = self.slots;
        Frames::new(if is_on_its_way {
            program.pace.completed(slots)
        } else {
            program.pace.begun(slots)
        })
    }

    /// Bytes that have left.
    pub(crate) fn linked_bytes(&self) -> Bytes {
        let frame = self.program.as_ref().map_or(0, |program| program.frame);
        Bytes::new(self.position().get() * frame)
    }

    /// Bytes that were fetched.
    pub(crate) fn fetched_bytes(&self) -> Bytes {
        self.program
            .as_ref()
            .map_or(Bytes::ZERO, |program| program.fetched(self.slots))
    }

    /// Where in the cyclic buffer the link is.
    pub(crate) fn cyclic_position(&self) -> Bytes {
        let round = self
            .program
            .as_ref()
            .map_or(1, |program| program.walk.bytes());
        Bytes::new(self.linked_bytes().get() % round)
    }

    /// When the next descriptor is completed.
    pub(crate) fn next_completion(&self) -> Option<SimTime> {
        Some(self.schedule?.instant_of(self.completion_slot?))
    }

    /// Does everything up to `now`; returns the first completion that it met.
    pub(crate) fn settle(&mut self, now: Moment) -> Option<Completion> {
        let schedule = self.schedule?;
        let slots = schedule.slots_at(now);
        if slots == self.slots {
            return None;
        }
        self.transfer(slots);
        self.complete()
    }

    /// Goes on to `slots`: fetches, and lets out.
    fn transfer(&mut self, slots: u64) {
        let begun_before = self.begun();
        let program = self.program.as_ref().expect("in RUN there is a program");
        let (from, to) = (
            program.fetched(self.slots).get() / program.frame,
            program.fetched(slots).get() / program.frame,
        );
        for (buffer, place, frames) in program.walk.stretches(from, to) {
            let fifo = &mut self.fifo;
            let bytes = match self.config.record {
                Samples::Kept => {
                    let bytes = frames.get() * program.frame;
                    self.scratch
                        .resize(usize::try_from(bytes).expect("fits into memory"), 0);
                    Some(self.scratch.as_mut_slice())
                }
                Samples::Left => None,
            };
            buffer.load(place, frames, bytes, |len, whose| fifo.put(len, whose));
            fifo.put_samples(&self.scratch);
        }
        let frame = program.frame;
        self.slots = slots;
        let run = self.run();
        let begun = self.begun();
        self.fifo.let_out(run, begun_before, begun, &mut self.log);
        let bytes = (begun - begun_before).get() * frame;
        self.fifo.let_samples_out(bytes, &mut self.log);
        self.log.reach(begun);
    }

    /// Counts the completions up to the present slot; returns the first.
    fn complete(&mut self) -> Option<Completion> {
        let mut first = None;
        while let Some(slot) = self.completion_slot.filter(|&slot| slot <= self.slots) {
            self.completions += 1;
            first = first.or_else(|| self.completion_at(slot));
            self.completion_slot = self.slot_of_next_completion();
        }
        first
    }

    fn completion_at(&self, slot: u64) -> Option<Completion> {
        let program = self.program.as_ref()?;
        Some(Completion {
            number: self.completions,
            position: Frames::new(program.pace.completed(slot)),
            fetched: program.fetched(slot),
        })
    }

    fn slot_of_next_completion(&self) -> Option<u64> {
        let program = self.program.as_ref()?;
        let end = program.walk.completion(self.completions)?;
        let completed = match self.config.count_on {
            CountOn::Link => end.div_ceil(program.frame),
            CountOn::Memory => program.fifo.completed_for(end),
        };
        Some(match completed {
            0 => 1, // Fetched before the first frame leaves.
            frames => program.pace.slots_until_completed(frames),
        })
    }
}

impl Program {
    /// Bytes fetched when the last of the first `slots` slots begins.
    fn fetched(&self, slots: u64) -> Bytes {
        Bytes::new(match slots {
            0 => 0,
            slots => self.fifo.fetched(self.pace.completed(slots)),
        })
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

impl Fork for DmaEngine {
    fn fork(&self, forker: &mut Forker) -> Self {
        Self {
            config: self.config,
            program: self.program.fork(forker),
            schedule: self.schedule,
            slots: self.slots,
            completions: self.completions,
            completion_slot: self.completion_slot,
            fifo: self.fifo.clone(),
            log: self.log.clone(),
            runs: self.runs,
            scratch: Vec::new(),
        }
    }
}
