//! The DMA engine of a stream: computed when somebody looks.

mod completions;
mod copying;
mod movement;
mod rounds;

use std::rc::Rc;

use units::{Bytes, Frames, Moment, Phase, SimDuration, SimTime};
use vtime::{Fork, Forker};

use crate::bus_timing::BusTiming;
use crate::config::{CadencePhase, Shown, Start, StreamConfig};
use crate::crystal::Grid;
use crate::fault::{Effect, EngineFaults, InterruptFaults, Strike, Whereabouts};
use crate::fifo::Fifo;
use crate::link::{LinkLog, Schedule, Segment, Stall};
use crate::memory::Piece;
use crate::microphone::{Microphone, Noise};
use crate::pace::Pace;
use crate::program::{Direction, Program};
use crate::stay::{Stay, Stays};
use rounds::Rounds;

/// Moves frames between the cyclic buffer and the link: an output fetches them into the FIFO and
/// lets them out, an input takes them from the link and stores them.
///
/// Everything follows from one number, the slots begun since the reset, by the closed forms of
/// [`Program`] and [`BusTiming`]; [`settle`](Self::settle) brings it up to a moment and copies what
/// was moved meanwhile. So the cost grows with completions and stores, not with frames, and who
/// settles when changes nothing. Only where a FIFO may run dry or over it goes slot by slot.
#[derive(Debug)]
pub(crate) struct DmaEngine {
    config: StreamConfig,
    bus: BusTiming,
    /// What it was told to do at the first RUN since the reset.
    program: Option<Program>,
    /// While in RUN.
    schedule: Option<Schedule>,
    /// Earlier stays since the reset.
    stays: Stays,
    /// When an output is, or was, first filled, if that is apart from its first slot.
    fill: Option<SimTime>,
    /// As of when it is settled.
    now: Moment,
    /// Slots begun since the reset, as of the latest settling.
    slots: u64,
    /// Bytes that the memory side has moved since the reset, as of the latest settling.
    moved: u64,
    /// Of an input whose data is late: bytes that it has put into memory.
    stored: u64,
    /// Descriptor completions since the reset.
    completions: u64,
    /// With which slot the next completion comes; counted so that 1 is the first slot.
    completion_slot: Option<u64>,
    /// With which slot the status is set once more, and the fault that does it.
    echo: Option<(u64, u32)>,
    /// The schedule of an engine that stands still until an acknowledgement.
    held: Option<Schedule>,
    /// The schedule of an engine that has done all rounds that were armed.
    spent: Option<Schedule>,
    rounds: Rounds,
    pub(crate) faults: EngineFaults,
    pub(crate) interrupts: InterruptFaults,
    /// What faults did since they were last taken.
    strikes: Vec<Strike>,
    /// Of an output.
    fifo: Fifo,
    /// Of an input: frames that have wholly arrived.
    arrived: u64,
    /// Of an input: from which frame on how many were lost before it.
    losses: Vec<(u64, u64)>,
    microphone: Rc<dyn Microphone>,
    log: LinkLog,
    /// Runs begun since power-up; the present or next one is one less, or this.
    runs: u32,
    /// For copying; what it holds between two settlings means nothing.
    scratch: Vec<u8>,
}

/// A completion: how far link and memory were when it came.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Completion {
    /// Which, counted from 1 since the reset.
    pub(crate) number: u64,
    /// When.
    pub(crate) at: SimTime,
    pub(crate) position: Frames,
    pub(crate) moved: Bytes,
}

/// What an engine met on its way to the present.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Settled {
    /// The first completion that sets the status.
    pub(crate) completion: Option<Completion>,
    /// The first frame that a FIFO lost.
    pub(crate) lost: Option<Frames>,
}

impl DmaEngine {
    pub(crate) fn new(config: StreamConfig, bus: BusTiming) -> Self {
        Self {
            config,
            bus,
            program: None,
            schedule: None,
            stays: Stays::default(),
            fill: None,
            now: Moment::default(),
            slots: 0,
            moved: 0,
            stored: 0,
            completions: 0,
            completion_slot: None,
            echo: None,
            held: None,
            spent: None,
            rounds: Rounds::default(),
            faults: EngineFaults::default(),
            interrupts: InterruptFaults::default(),
            strikes: Vec::new(),
            fifo: Fifo::default(),
            arrived: 0,
            losses: Vec::new(),
            microphone: Rc::new(Noise::default()),
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
        self.rounds = Rounds::first();
        self.runs += 1;
        self.completion_slot = self.slot_of_next_completion();
    }

    /// The descriptors point to `pieces` from now on. It finds that one descriptor ahead.
    pub(crate) fn follow(&mut self, pieces: Vec<Option<Piece>>) {
        if self.faults.keeps_its_list() {
            return;
        }
        let behind = match self.faults.data_late() {
            Some(_) => self.moved.min(self.stored),
            None => self.moved,
        };
        if let Some(program) = &mut self.program {
            program.walk.follow(self.moved, behind, pieces);
        }
    }

    /// An output asks at `now` for what fills its FIFO, if that takes time, or if its link is held
    /// back. Returns from when on its link can begin.
    pub(crate) fn fill(&mut self, now: Moment, is_held: bool) -> Moment {
        let is_first = self.slots == 0 && self.fill.is_none();
        let is_output = self.direction() == Some(Direction::Output);
        let granted = self.bus.granted_at(now.time);
        if is_first && is_output && (is_held || granted > now.time) {
            self.fill = Some(granted);
        }
        match self.fill.filter(|&fill| fill > now.time) {
            Some(fill) => fill.at(Phase::Move),
            None => now,
        }
    }

    /// Enters RUN: the first slot of this stay is slot `origin` of `clock`.
    pub(crate) fn run_from(&mut self, clock: Grid, origin: u64) {
        let (slots, last) = (self.slots, self.boundaries());
        let is_of_the_link = self.config.cadence_phase == CadencePhase::Link;
        let program = self.program.as_mut().expect("a program was loaded");
        if is_of_the_link && self.config.start == Start::NextLinkFrame {
            // Link frames are counted from when the controller left reset.
            program.pace = program.pace.found_at(slots, origin);
        }
        self.leave_schedule(last);
        let begins = clock.instant_of(origin);
        self.take_up_rounds(begins);
        let schedule = self.schedule_from(clock, origin);
        self.schedule = Some(schedule.clone());
        self.completion_slot = self.slot_of_next_completion();
        self.log.open(Segment {
            run: self.run(),
            begins,
            first: self.begun(),
            frames: Frames::ZERO,
            schedule,
        });
    }

    /// Puts the schedule aside, whose last boundary was `last`.
    fn leave_schedule(&mut self, last: u64) {
        let left = self.schedule.take().or(self.held.take());
        if let Some(schedule) = left.or(self.spent.take()) {
            self.stays.put(schedule, last);
        }
    }

    /// The schedule of a stay whose first slot is slot `origin` of `clock`.
    pub(crate) fn schedule_from(&self, clock: Grid, origin: u64) -> Schedule {
        Schedule {
            pace: self.pace(),
            clock,
            origin,
            slots_before: self.slots,
        }
    }

    /// The schedule that it keeps, while it moves.
    pub(crate) fn schedule(&self) -> Option<&Schedule> {
        self.schedule.as_ref()
    }

    /// How fast slots follow each other. Only with a program.
    pub(crate) fn pace(&self) -> Pace {
        self.program.as_ref().expect("a program was loaded").pace
    }

    /// True if it is in a stay in RUN, whether it moves or stands still.
    pub(crate) fn is_in_a_stay(&self) -> bool {
        self.kept().is_some()
    }

    /// Leaves its stay in RUN, if it is in one. What is in the FIFO stays there, and so does a frame
    /// that was on its way.
    pub(crate) fn pause(&mut self) {
        let was_in_a_stay = self.is_in_a_stay();
        self.leave_schedule(self.boundaries());
        if was_in_a_stay && self.direction() == Some(Direction::Input) {
            self.arrive(self.begun().get());
        }
    }

    /// Forgets everything but what went over the link.
    pub(crate) fn reset(&mut self) {
        let Self {
            config: _,
            bus: _,
            program,
            schedule,
            stays,
            fill,
            now: _,
            slots,
            moved,
            stored,
            completions,
            completion_slot,
            echo,
            held,
            spent,
            rounds,
            faults: _,
            interrupts: _,
            strikes: _,
            fifo,
            arrived,
            losses,
            microphone: _,
            log: _,
            runs: _,
            scratch: _,
        } = self;
        (*program, *schedule, *completion_slot) = (None, None, None);
        (*echo, *held, *spent) = (None, None, None);
        *rounds = Rounds::default();
        (*slots, *moved, *completions, *arrived) = (0, 0, 0, 0);
        *stored = 0;
        *fill = None;
        stays.clear();
        losses.clear();
        fifo.clear();
    }

    /// Which way frames go. Only with a program.
    pub(crate) fn direction(&self) -> Option<Direction> {
        Some(self.program.as_ref()?.direction)
    }

    /// From now on, what an input hears.
    pub(crate) fn set_microphone(&mut self, microphone: Rc<dyn Microphone>) {
        self.microphone = microphone;
    }

    /// When frame `frame` of the present run was at the converter of an input, if it was.
    pub(crate) fn sampled_at(&self, frame: Frames) -> Option<SimTime> {
        let run = self.run();
        let stays = self.log.segments().iter().rev();
        let mut stays = stays.take_while(|stay| stay.run == run);
        let stay = stays.find(|stay| stay.first <= frame)?;
        let on_link = stay.instant_of(frame).since(SimTime::ZERO);
        let delay = self.config.codec_delay.ticks();
        let ticks = on_link.ticks().saturating_sub(delay);
        (frame < self.begun()).then(|| SimTime::ZERO + SimDuration::from_ticks(ticks))
    }

    /// Frames that have begun to go over the link.
    pub(crate) fn begun(&self) -> Frames {
        Frames::new(
            self.program
                .as_ref()
                .map_or(0, |program| program.pace.begun(self.slots)),
        )
    }

    /// Frames that have gone over the link: those begun but the ones of the slot that is on its
    /// way. Out of RUN none is on its way.
    pub(crate) fn position(&self) -> Frames {
        let Some(program) = &self.program else {
            return Frames::ZERO;
        };
        let is_on_its_way = self
            .schedule
            .as_ref()
            .or(self.held.as_ref())
            .is_some_and(|schedule| schedule.slots_before < self.slots);
        let slots = self.slots;
        Frames::new(if is_on_its_way {
            program.pace.completed(slots)
        } else {
            program.pace.begun(slots)
        })
    }

    /// Bytes that have gone over the link.
    pub(crate) fn linked_bytes(&self) -> Bytes {
        let frame = self.program.as_ref().map_or(0, |program| program.frame);
        Bytes::new(self.position().get() * frame)
    }

    /// Bytes that were fetched from memory, or stored there.
    pub(crate) fn moved_bytes(&self) -> Bytes {
        Bytes::new(self.moved)
    }

    /// Bytes of one round of the cyclic buffer. Only with a program.
    pub(crate) fn round(&self) -> Option<u64> {
        Some(self.program.as_ref()?.walk.bytes())
    }

    /// Bytes that had gone over the link at `then`, which is past.
    pub(crate) fn linked_at(&self, then: Moment) -> Bytes {
        let frame = self.program.as_ref().map_or(0, |program| program.frame);
        let then = self.faults.moment(then);
        let completed = self.stays.completed_at(self.present().as_ref(), then);
        Bytes::new(completed.unwrap_or(0) * frame).min(self.linked_bytes())
    }

    /// Bytes that the memory side had moved at `then`, which is past.
    pub(crate) fn moved_at(&self, then: Moment) -> Bytes {
        let then = self.faults.moment(then);
        Bytes::new(self.memory_target(then).min(self.moved))
    }

    /// Bytes that have gone over the link as far as a register shows it: each slot publishes what
    /// was completed when it began, once, and late.
    fn shown_link(&self) -> u64 {
        let linked = self.linked_bytes().get();
        let Shown {
            delay, jitter_max, ..
        } = self.config.shown;
        let moving = self.schedule.as_ref().or(self.spent.as_ref());
        let (Some(schedule), false) = (moving, delay.is_zero() && jitter_max.is_zero()) else {
            return linked;
        };
        let frame = linked.checked_div(self.position().get()).unwrap_or(0);
        let is_out = |slot: &u64| {
            let late = delay + self.config.shown.jitter(*slot);
            self.faults.instant(schedule.instant_of(*slot)) + late <= self.now.time
        };
        let first = schedule.slots_before + 1;
        let shown = (first..=self.boundaries()).rev().find(is_out);
        let completed = match shown {
            Some(slot) => schedule.pace.completed(slot),
            None => schedule.pace.begun(schedule.slots_before),
        };
        completed * frame
    }

    /// The stay that it is in.
    fn present(&self) -> Option<Stay> {
        Some(Stay {
            schedule: self.kept()?.clone(),
            last: self.schedule.is_none().then_some(self.boundaries()),
        })
    }

    /// The schedule of the stay that it is in, whether it moves or stands still.
    fn kept(&self) -> Option<&Schedule> {
        let moving = self.schedule.as_ref();
        moving.or(self.held.as_ref()).or(self.spent.as_ref())
    }

    fn strike(&mut self, fault: u32, effect: Effect, slot: u64, schedule: &Schedule) {
        self.strikes.push(Strike {
            fault,
            effect,
            completion: self.completions,
            at: self.faults.instant(schedule.instant_of(slot)),
        });
    }

    /// What faults did since the last call.
    pub(crate) fn take_strikes(&mut self) -> Vec<Strike> {
        std::mem::take(&mut self.strikes)
    }

    /// Stands still where it is, until it is [let go](Self::let_go).
    fn hold(&mut self, schedule: Schedule, fault: u32) {
        self.stand_still(&schedule, Some(fault));
        (self.schedule, self.held) = (None, Some(schedule));
    }

    /// The status was cleared: an engine that waited for it goes on. True if slots were due
    /// meanwhile, so that it needs a new schedule.
    pub(crate) fn let_go(&mut self, now: Moment) -> bool {
        let Some(held) = self.held.take() else {
            return false;
        };
        let is_late = held.slots_at(self.faults.moment(now)) > self.slots;
        if is_late {
            let stall = self.log.latest_stall().expect("a held engine stands still");
            let fault = stall.fault.expect("what holds an engine is a fault");
            self.strikes.push(Strike::stall(fault, stall.begins));
        } else {
            self.log.forget_stall();
            self.schedule = Some(held);
        }
        is_late
    }

    /// Notes that the stream stands still from the next slot of `schedule` on until it runs again:
    /// because of `fault`, or for want of a round.
    pub(crate) fn stand_still(&mut self, schedule: &Schedule, fault: Option<u32>) {
        self.log.stall(Stall {
            run: self.run(),
            first: self.begun(),
            begins: schedule.instant_of(self.slots + 1),
            ends: None,
            fault,
        });
    }

    /// The stream is told to stop at `now`: if it stood still, it does so no longer.
    pub(crate) fn end_stall(&mut self, now: Moment) {
        self.let_go(now);
        self.log.end_stall(now.time);
    }

    /// Where it is, for whoever shows it.
    pub(crate) fn whereabouts(&self) -> Whereabouts<'_> {
        let program = self.program.as_ref();
        let frame = Bytes::new(program.map_or(1, |program| program.frame));
        Whereabouts {
            linked: self.shown_link(),
            fetched: self.moved_bytes().get(),
            round: program.map_or(1, |program| program.walk.bytes()),
            frame,
            fifo: program.map_or(0, |program| program.fifo.capacity()),
            burst: program.map_or(1, |program| program.fifo.burst()),
            segments: program.map_or(&[], |program| program.walk.segments()),
            periods: program.map_or(&[], |program| program.walk.periods()),
        }
    }
}

impl Fork for DmaEngine {
    fn fork(&self, forker: &mut Forker) -> Self {
        Self {
            config: self.config,
            bus: self.bus.clone(),
            program: self.program.fork(forker),
            schedule: self.schedule.clone(),
            stays: self.stays.clone(),
            fill: self.fill,
            now: self.now,
            slots: self.slots,
            moved: self.moved,
            stored: self.stored,
            completions: self.completions,
            completion_slot: self.completion_slot,
            echo: self.echo,
            held: self.held.clone(),
            spent: self.spent.clone(),
            rounds: self.rounds.clone(),
            faults: self.faults.clone(),
            interrupts: self.interrupts.clone(),
            strikes: self.strikes.clone(),
            fifo: self.fifo.clone(),
            arrived: self.arrived,
            losses: self.losses.clone(),
            microphone: Rc::clone(&self.microphone),
            log: self.log.clone(),
            runs: self.runs,
            scratch: Vec::new(),
        }
    }
}
