//! The DMA engine of a stream: computed when somebody looks.

use std::rc::Rc;

use ring::{Kind, Samples, Whose};
use units::{Bytes, Clock, Frames, Moment, SimDuration, SimTime};
use vtime::{Fork, Forker};

use crate::config::{Store, StreamConfig};
use crate::fault::{Effect, EngineFaults, InterruptFaults, Strike, Verdict, Whereabouts};
use crate::fifo::Fifo;
use crate::link::{LinkLog, LinkSpan, Schedule, Segment, Stall};
use crate::microphone::{Microphone, Noise};
use crate::pace::Pace;
use crate::program::{Direction, Program};

/// Moves frames between the cyclic buffer and the link: an output fetches them into the FIFO and
/// lets them out, an input takes them from the link and stores them.
///
/// Everything follows from one number, the slots begun since the reset, by the closed forms of
/// [`Program`]; [`settle`](Self::settle) brings it up to a moment and copies what was moved
/// meanwhile. So the cost grows with completions and stores, not with frames, and who settles when
/// changes nothing.
#[derive(Debug)]
pub(crate) struct DmaEngine {
    config: StreamConfig,
    /// What it was told to do at the first RUN since the reset.
    program: Option<Program>,
    /// While in RUN.
    schedule: Option<Schedule>,
    /// Slots begun since the reset, as of the latest settling.
    slots: u64,
    /// Descriptor completions since the reset.
    completions: u64,
    /// With which slot the next completion comes; counted so that 1 is the first slot.
    completion_slot: Option<u64>,
    /// With which slot the status is set once more, and the fault that does it.
    echo: Option<(u64, u32)>,
    /// The schedule of an engine that stands still until an acknowledgement.
    held: Option<Schedule>,
    pub(crate) faults: EngineFaults,
    pub(crate) interrupts: InterruptFaults,
    /// What faults did since they were last taken.
    strikes: Vec<Strike>,
    /// Of an output.
    fifo: Fifo,
    /// Of an input.
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
    pub(crate) position: Frames,
    pub(crate) moved: Bytes,
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
            echo: None,
            held: None,
            faults: EngineFaults::default(),
            interrupts: InterruptFaults::default(),
            strikes: Vec::new(),
            fifo: Fifo::default(),
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
        self.runs += 1;
        self.completion_slot = self.slot_of_next_completion();
    }

    /// Enters RUN: the first slot of this stay is slot `origin` of `clock`.
    pub(crate) fn run_from(&mut self, clock: Clock, origin: u64) {
        let schedule = self.schedule_from(clock, origin);
        self.schedule = Some(schedule);
        self.log.open(Segment {
            run: self.run(),
            begins: clock.instant_of(origin),
            first: self.begun(),
            frames: Frames::ZERO,
            schedule,
        });
    }

    /// The schedule of a stay whose first slot is slot `origin` of `clock`.
    pub(crate) fn schedule_from(&self, clock: Clock, origin: u64) -> Schedule {
        Schedule {
            pace: self.pace(),
            clock,
            origin,
            slots_before: self.slots,
        }
    }

    /// The schedule that it keeps, while it moves.
    pub(crate) fn schedule(&self) -> Option<Schedule> {
        self.schedule
    }

    /// How fast slots follow each other. Only with a program.
    pub(crate) fn pace(&self) -> Pace {
        self.program.as_ref().expect("a program was loaded").pace
    }

    /// Leaves RUN. What is in the FIFO stays there, and so does a frame that was on its way.
    pub(crate) fn pause(&mut self) {
        let arrived = self.position();
        (self.schedule, self.held) = (None, None);
        if self.direction() == Some(Direction::Input) {
            self.arrive(arrived, self.position());
        }
    }

    /// Forgets everything but what went over the link.
    pub(crate) fn reset(&mut self) {
        let Self {
            config: _,
            program,
            schedule,
            slots,
            completions,
            completion_slot,
            echo,
            held,
            faults: _,
            interrupts: _,
            strikes: _,
            fifo,
            microphone: _,
            log: _,
            runs: _,
            scratch: _,
        } = self;
        (*program, *schedule, *completion_slot) = (None, None, None);
        (*echo, *held) = (None, None);
        (*slots, *completions) = (0, 0);
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

    /// Frames that have gone over the link: those begun but the ones of the slot that is on its way. Out of RUN
    /// none is on its way.
    pub(crate) fn position(&self) -> Frames {
        let Some(program) = &self.program else {
            return Frames::ZERO;
        };
        let is_on_its_way = self
            .schedule
            .or(self.held)
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
        self.program
            .as_ref()
            .map_or(Bytes::ZERO, |program| program.moved(self.slots))
    }

    /// Bytes of an input that lie in memory.
    fn stored_bytes(&self) -> Bytes {
        let frame = self.program.as_ref().map_or(0, |program| program.frame);
        match self.config.store {
            Store::Arrived => self.moved_bytes(),
            Store::Begun => Bytes::new(self.begun().get() * frame),
        }
    }

    /// When the status is set next.
    pub(crate) fn next_completion(&self) -> Option<SimTime> {
        let slot = self.next_signal()?;
        Some(self.faults.instant(self.schedule?.instant_of(slot)))
    }

    /// With which slot the status may be set next.
    fn next_signal(&self) -> Option<u64> {
        let echo = self.echo.map(|(slot, _)| slot);
        [self.completion_slot, echo].into_iter().flatten().min()
    }

    /// Does everything up to `now`; returns the first completion that sets the status.
    pub(crate) fn settle(&mut self, now: Moment) -> Option<Completion> {
        let mut first = None;
        while let Some(schedule) = self.schedule {
            let due = schedule.slots_at(self.faults.moment(now));
            if due <= self.slots {
                break;
            }
            let waits = self.faults.waits_for_ack();
            let next = waits.and(self.next_signal()).unwrap_or(due);
            self.transfer(due.min(next));
            let completion = self.complete(schedule);
            first = first.or(completion);
            if let (Some(fault), Some(_)) = (waits, completion) {
                self.hold(schedule, fault);
            }
        }
        first
    }

    /// Goes on to `slots`.
    fn transfer(&mut self, slots: u64) {
        match self.direction().expect("in RUN there is a program") {
            Direction::Output => {
                self.fetch(slots);
                let begun_before = self.begun();
                self.slots = slots;
                self.let_out(begun_before);
            }
            Direction::Input => {
                let (arrived, stored) = (self.position(), self.stored_bytes());
                self.slots = slots;
                self.arrive(arrived, self.position());
                self.store(stored, self.stored_bytes());
            }
        }
    }

    /// An output takes out of memory what it has fetched by `slots`.
    fn fetch(&mut self, slots: u64) {
        let program = self.program.as_ref().expect("in RUN there is a program");
        let (from, to) = (
            program.moved(self.slots).get() / program.frame,
            program.moved(slots).get() / program.frame,
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
    }

    /// The frames of an output that have begun since `begun_before` leave.
    fn let_out(&mut self, begun_before: Frames) {
        let frame = self.program.as_ref().map_or(0, |program| program.frame);
        let (run, begun) = (self.run(), self.begun());
        self.fifo.let_out(run, begun_before, begun, &mut self.log);
        let bytes = (begun - begun_before).get() * frame;
        self.fifo.let_samples_out(bytes, &mut self.log);
        self.log.reach(begun);
    }

    /// The frames of an input from `first` to `end` have wholly arrived.
    fn arrive(&mut self, first: Frames, end: Frames) {
        let run = self.run();
        self.log.push(LinkSpan {
            run,
            first,
            len: end - first,
            whose: Some(captured(run, first)),
        });
        self.log.reach(end);
        if self.config.record == Samples::Kept {
            self.record(first, end);
            self.log.push_samples(&self.scratch);
        }
    }

    /// An input puts into memory what it has stored between two totals.
    fn store(&mut self, from: Bytes, to: Bytes) {
        let Some(program) = &self.program else { return };
        let (first, end) = (from.get() / program.frame, to.get() / program.frame);
        self.record(Frames::new(first), Frames::new(end));
        let (run, program) = (self.run(), self.program.as_ref().expect("just seen"));
        let (mut at, mut bytes) = (first, self.scratch.as_slice());
        for (buffer, place, frames) in program.walk.stretches(first, end) {
            let len = usize::try_from(frames.get() * program.frame).expect("fits into memory");
            let samples = bytes.split_at_checked(len).map(|(piece, rest)| {
                bytes = rest;
                piece
            });
            let whose = captured(run, Frames::new(at));
            buffer.store(place, samples, frames, Some(whose));
            at += frames.get();
        }
    }

    /// What the microphone heard from frame `first` to frame `end`, into the scratch space;
    /// nothing if samples are not kept.
    fn record(&mut self, first: Frames, end: Frames) {
        self.scratch.clear();
        let Some(program) = self
            .program
            .as_ref()
            .filter(|_| self.config.record == Samples::Kept)
        else {
            return;
        };
        let bytes = (end - first).get() * program.frame;
        self.scratch
            .resize(usize::try_from(bytes).expect("fits into memory"), 0);
        let (run, format) = (self.runs - 1, program.format);
        self.microphone
            .record(run, first, format, &mut self.scratch);
    }

    /// Counts the completions up to the present slot; returns the first that sets the status.
    fn complete(&mut self, schedule: Schedule) -> Option<Completion> {
        let mut first = None;
        loop {
            let due = |slot: &u64| *slot <= self.slots;
            let completion = self.completion_slot.filter(due);
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

    /// Counts the completion that comes with `slot`. True if it sets the status.
    fn count(&mut self, slot: u64, schedule: Schedule) -> bool {
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

    fn strike(&mut self, fault: u32, effect: Effect, slot: u64, schedule: Schedule) {
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
        self.stand_still(schedule, fault);
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
            self.strikes.push(Strike::stall(stall.fault, stall.begins));
        } else {
            self.log.forget_stall();
            self.schedule = Some(held);
        }
        is_late
    }

    /// Notes that the stream stands still, because of `fault`, from the next slot of `schedule` on
    /// until it runs again.
    pub(crate) fn stand_still(&mut self, schedule: Schedule, fault: u32) {
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
            linked: self.linked_bytes().get(),
            fetched: self.moved_bytes().get(),
            round: program.map_or(1, |program| program.walk.bytes()),
            frame,
            fifo: self.config.fifo.bytes(frame).get(),
            burst: self.config.burst.bytes(frame).get(),
            segments: program.map_or(&[], |program| program.walk.segments()),
            periods: program.map_or(&[], |program| program.walk.periods()),
        }
    }

    fn completion_at(&self, slot: u64) -> Option<Completion> {
        let program = self.program.as_ref()?;
        Some(Completion {
            number: self.completions,
            position: Frames::new(program.pace.completed(slot)),
            moved: program.moved(slot),
        })
    }

    fn slot_of_next_completion(&self) -> Option<u64> {
        let early = self.interrupts.early();
        self.program
            .as_ref()?
            .slot_of_completion(self.completions, early)
    }
}

/// Whose frame `frame` of an input is: what was converted, in its place.
fn captured(run: u32, frame: Frames) -> Whose {
    Whose {
        run,
        kind: Kind::Audio,
        content: frame.get(),
        intended: frame.get(),
        write: 0,
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
            echo: self.echo,
            held: self.held,
            faults: self.faults.clone(),
            interrupts: self.interrupts.clone(),
            strikes: self.strikes.clone(),
            fifo: self.fifo.clone(),
            microphone: Rc::clone(&self.microphone),
            log: self.log.clone(),
            runs: self.runs,
            scratch: Vec::new(),
        }
    }
}
