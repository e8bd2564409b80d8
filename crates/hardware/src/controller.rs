//! The controller: global registers, streams, and the interrupt line.

mod faults;
mod streams;

use std::rc::Rc;
use std::sync::Arc;

use ring::{
    ClockReader, ClockRegister, ClockShape, ClockWriter, PositionReader, SharedBuffer, Width,
};
use units::{Bytes, Frames, Moment, Phase, SampleRate, SimTime};
use vtime::{Fork, Forker};

use crate::bandwidth;
use crate::bus_timing::BusTiming;
use crate::config::{ControllerConfig, Lines, StreamConfig};
use crate::crystal::Crystal;
use crate::engine::Settled;
use crate::error::RegisterError;
use crate::history::Note;
use crate::interrupt::InterruptLine;
use crate::link::LinkLog;
use crate::memory::{BdlEntry, HostMemory};
use crate::microphone::Microphone;
use crate::records::PositionBuffer;
use crate::registers::{ReadRegister, Setup, StreamWrite, WriteRegister};
use crate::spec::{self, gcap, gctl, intctl};
use crate::stream::{Stream, StreamKind};

/// An HD Audio controller, as its registers.
///
/// Its streams are numbered as their descriptors lie: inputs, outputs, bidirectional ones.
///
/// It is told the time with every call and never asks for it; times do not go backwards. Methods
/// come in five kinds:
///
/// * what a driver does: [`read`](Self::read), [`write`](Self::write);
/// * what comes in: [`set_microphone`](Self::set_microphone);
/// * what lies in memory: [`map_memory`](Self::map_memory), [`unmap_memory`](Self::unmap_memory),
///   [`write_bdl`](Self::write_bdl), and what clients have [mapped](Self::map_position);
/// * time: [`settle`](Self::settle) and [`next_event`](Self::next_event);
/// * what comes out: [`interrupt_line`](Self::interrupt_line),
///   [`take_interrupt`](Self::take_interrupt), [`take_notes`](Self::take_notes),
///   [`link_log`](Self::link_log), [`sampled_at`](Self::sampled_at).
///
/// Call `settle` before anything is stored into a buffer that the controller reads, or loaded from
/// one that it writes: what it has moved by then stays moved.
#[derive(Debug)]
pub struct Controller {
    crystal: Crystal,
    wall_clock: SampleRate,
    memory: HostMemory,
    /// When it left reset; `None` while it is held there.
    up_since: Option<SimTime>,
    wall_clock_runs: WallClockRuns,
    line: InterruptLine,
    streams: Vec<Stream>,
    notes: Vec<Note>,
    /// The wall clock in a page of its own, if that was mapped.
    mapped_clock: Option<ClockWriter>,
    faults: faults::Shared,
    lines: Lines,
    /// SSYNC.
    held_back: u32,
    records: PositionBuffer,
    now: Moment,
}

/// Whether the wall clock runs, which it does while there is power.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum WallClockRuns {
    /// Since it left reset.
    SinceReset,
    /// Since the power came back.
    Since(SimTime),
    /// Not: it has stood at this count since the power went.
    Stood(u64),
}

impl Controller {
    /// A controller that is held in reset, as it is after power-up.
    ///
    /// # Panics
    /// If there are more than [`STREAMS_MAX`](spec::STREAMS_MAX) streams of a kind, or more than
    /// [`ALL_STREAMS_MAX`](spec::ALL_STREAMS_MAX) of all.
    pub fn new(config: &ControllerConfig) -> Self {
        Self {
            crystal: Crystal::new(config.ppb, config.wander),
            wall_clock: config.wall_clock,
            memory: HostMemory::default(),
            up_since: None,
            wall_clock_runs: WallClockRuns::SinceReset,
            line: InterruptLine::new(config.delivery),
            streams: streams(config),
            notes: Vec::new(),
            mapped_clock: None,
            faults: faults::Shared::default(),
            lines: config.lines,
            held_back: 0,
            records: PositionBuffer::default(),
            now: Moment::default(),
        }
    }

    /// Reads the register at `offset`. Changes nothing but what time has changed.
    ///
    /// # Errors
    /// [`RegisterError::NotReadable`].
    pub fn read(&mut self, now: Moment, offset: u32) -> Result<u32, RegisterError> {
        let register = ReadRegister::at(offset, self.streams.len())?;
        self.look(now);
        if self.is_gone() {
            return Ok(register.all_ones());
        }
        Ok(match register {
            ReadRegister::Capabilities => self.capabilities(),
            ReadRegister::GlobalControl if self.up_since.is_some() => gctl::CRST,
            ReadRegister::GlobalControl => 0,
            ReadRegister::InterruptControl => self.line.control(),
            ReadRegister::InterruptStatus => self.line.status(self.asking()),
            ReadRegister::Payload(direction) => bandwidth::payload_words(self.lines, direction),
            ReadRegister::Synchronisation => self.held_back,
            ReadRegister::RecordsLow => self.records.low(),
            ReadRegister::RecordsHigh => self.records.high(),
            ReadRegister::WallClock => self.wall_clock_reading(),
            ReadRegister::Stream(stream, register) => self.streams[stream].read(now.time, register),
        })
    }

    /// Writes the register at `offset`.
    ///
    /// # Errors
    /// See [`RegisterError`]; then nothing has changed. A useless descriptor list is no error
    /// here: the hardware finds it, sets DESE and clears RUN.
    pub fn write(&mut self, now: Moment, offset: u32, value: u32) -> Result<(), RegisterError> {
        let register = WriteRegister::at(offset, value, self.streams.len())?;
        self.settle(now);
        if self.is_gone() {
            return Ok(());
        }
        let done = self.store(register, value, offset);
        self.note_strikes();
        self.evaluate_line();
        self.publish();
        done.or_else(|error| self.refuse(error))
    }

    fn store(
        &mut self,
        register: WriteRegister,
        value: u32,
        offset: u32,
    ) -> Result<(), RegisterError> {
        match register {
            WriteRegister::GlobalControl => self.set_global_control(value),
            _ if self.up_since.is_none() => return Err(RegisterError::InReset { offset }),
            WriteRegister::InterruptControl => self.line.set_control(value),
            WriteRegister::Synchronisation => self.synchronise(value),
            WriteRegister::RecordsLow => self.records.set_low(value),
            WriteRegister::RecordsHigh => self.records.set_high(value),
            WriteRegister::Stream(stream, StreamWrite::Control) => {
                self.control_stream(stream, value, offset)?;
            }
            WriteRegister::Stream(stream, StreamWrite::Status) => {
                if self.streams[stream].clear_status(value) {
                    self.acknowledged(stream);
                }
                self.line.look_again();
            }
            WriteRegister::Stream(stream, StreamWrite::Setup(Setup::ListLow))
                if self.streams[stream].is_armed_by(value) =>
            {
                self.arm_stream(stream);
            }
            WriteRegister::Stream(stream, StreamWrite::Setup(register)) => {
                self.streams[stream].set_up(self.now.time, register, value, offset)?;
            }
        }
        Ok(())
    }

    /// The power goes or comes back. Without it the wall clock stands, and when it is back the
    /// clock starts from 0; which interrupts were enabled is forgotten. What a stream has is kept:
    /// a driver pauses it before.
    pub fn set_power(&mut self, now: Moment, is_on: bool) {
        self.settle(now);
        let was_on = !matches!(self.wall_clock_runs, WallClockRuns::Stood(_));
        if is_on == was_on {
            return;
        }
        self.wall_clock_runs = if is_on {
            WallClockRuns::Since(now.time)
        } else {
            WallClockRuns::Stood(self.wall_clock_cycles())
        };
        self.line.set_control(0);
        self.evaluate_line();
        self.publish();
    }

    /// Does everything that the DMA engines have done up to `now`: fetches what memory holds and
    /// lets it out on the link, stores what came in from there, completes descriptors.
    ///
    /// How often it is called, and when, changes nothing that anybody can see later, as long as
    /// it is called before each store and each load.
    pub fn settle(&mut self, now: Moment) {
        debug_assert!(self.now <= now, "time goes on");
        self.now = now;
        let mut is_changed = false;
        for (number, stream) in (0..).zip(&mut self.streams) {
            let Settled { completion, lost } = stream.engine.settle(now);
            if let Some(completion) = completion {
                stream.complete(completion);
            }
            is_changed |= completion.is_some() || lost.is_some();
            if let Some(frame) = lost.filter(|_| stream.lose()) {
                self.notes.push(Note::FifoError {
                    stream: number,
                    run: stream.engine.run(),
                    frame,
                });
            }
        }
        self.note_strikes();
        if is_changed {
            self.evaluate_line();
        }
        self.publish();
    }

    /// The next moment in which an interrupt may become due.
    ///
    /// [`settle`](Self::settle) then: a client that never looks at a register is to be woken.
    pub fn next_event(&self) -> Option<Moment> {
        let times = self.streams.iter().filter_map(Stream::next_event);
        times.min().map(|time| time.at(Phase::Move))
    }

    /// True while the controller asks for an interrupt: INTSTS.GIS and INTCTL.GIE.
    pub fn interrupt_line(&self) -> bool {
        self.line.is_up()
    }

    /// The number of the latest interrupt, counted from 1, if it was not taken before.
    ///
    /// A [message](crate::Delivery::MsiEdge) is sent when the line goes up, and only then: a
    /// completion that finds it up sends nothing.
    pub fn take_interrupt(&mut self) -> Option<u64> {
        self.line.take()
    }

    /// What there is to tell the history since the last call.
    pub fn take_notes(&mut self) -> impl Iterator<Item = Note> + '_ {
        self.notes.drain(..)
    }

    /// True if an interrupt or a note waits to be taken.
    pub fn has_news(&self) -> bool {
        self.line.has_news() || !self.notes.is_empty()
    }

    /// What went over the link of `stream`, as of the latest call that told the time.
    ///
    /// # Panics
    /// If there is no such stream.
    pub fn link_log(&self, stream: u32) -> &LinkLog {
        self.stream(stream).engine.log()
    }

    /// The properties of `stream`.
    ///
    /// # Panics
    /// If there is no such stream.
    pub fn stream_config(&self, stream: u32) -> &StreamConfig {
        self.stream(stream).engine.config()
    }

    /// From now on, what input `stream` hears. It is [`Noise`](crate::Noise) until then.
    ///
    /// # Panics
    /// If there is no such stream.
    pub fn set_microphone(&mut self, stream: u32, microphone: Rc<dyn Microphone>) {
        let stream = usize::try_from(stream).expect("an index fits");
        self.streams[stream].engine.set_microphone(microphone);
    }

    /// When frame `frame` of the present run of `stream` was at the converter: when it began to
    /// travel on the link, less the delay of the codec. `None` if that is still to come.
    ///
    /// Model: no register tells it. A driver works it out from wall clock, link position and
    /// performance counter; here it does so exactly.
    ///
    /// # Panics
    /// If there is no such stream.
    pub fn sampled_at(&self, stream: u32, frame: Frames) -> Option<SimTime> {
        self.stream(stream).engine.sampled_at(frame)
    }

    /// What a counter of `rate` shows at `at` that the crystal has driven since the beginning of time.
    ///
    /// Model: no register is one.
    pub fn crystal_count(&self, rate: SampleRate, at: SimTime) -> u64 {
        self.crystal.clock(SimTime::ZERO, rate).count_at(at)
    }

    /// Puts a cyclic buffer into host memory.
    pub fn map_memory(&mut self, physical: u64, buffer: Arc<SharedBuffer>) {
        self.memory.map(physical, buffer);
    }

    /// Takes a cyclic buffer out of host memory. A stream that was started on it keeps it until
    /// its reset.
    pub fn unmap_memory(&mut self, physical: u64) {
        self.memory.unmap(physical);
    }

    /// Writes a descriptor list into host memory. A stream that runs along it takes a descriptor up
    /// when the one but one before it is done, and the first two at its first RUN; unless it
    /// [keeps](crate::fault::EngineFault::BdlSnapshot) what it has found then.
    ///
    /// Model: what is found so is where a descriptor points; its length and its flag are those of
    /// the first RUN.
    pub fn write_bdl(&mut self, now: Moment, physical: u64, list: &[BdlEntry]) {
        self.settle(now);
        self.memory.write_list(physical, list);
        for stream in &mut self.streams {
            stream.find_list(physical, &self.memory);
        }
    }

    /// The word of the position buffer at `physical`, as it lies in memory at `now`; `None` if no
    /// record of a stream is there.
    #[doc(alias = "DPLBASE")]
    pub fn position_record(&mut self, now: Moment, physical: u64) -> Option<u32> {
        self.settle(now);
        let (slot, has_position) = self.records.record_at(physical, self.streams.len())?;
        let writer = self.record_writer(slot).filter(|_| has_position);
        Some(writer.map_or(0, |writer| self.streams[writer].record(now)))
    }

    /// Maps the page that mirrors the link position of `stream`, which has been set up and
    /// moves in steps of `accuracy`.
    ///
    /// What the page shows is as of the latest call that told the time.
    ///
    /// # Panics
    /// If there is no such stream.
    pub fn map_position(&mut self, stream: u32, accuracy: Bytes) -> PositionReader {
        let stream = usize::try_from(stream).expect("an index fits");
        self.streams[stream].map_position(accuracy)
    }

    /// Maps the page that mirrors the wall clock; as of the latest call that told the time.
    pub fn map_clock(&mut self) -> ClockReader {
        if let Some(writer) = &self.mapped_clock {
            return writer.reader();
        }
        let (writer, reader) = ClockRegister::pair(ClockShape {
            width: Width::Bits32,
            numerator: self.wall_clock.hertz().into(),
            denominator: 1,
            accuracy_ticks: 1,
        });
        self.mapped_clock = Some(writer);
        self.publish();
        reader
    }

    /// Shows in the mapped pages what it is like now.
    fn publish(&mut self) {
        for stream in &mut self.streams {
            stream.publish();
        }
        let cycles = self.mapped_clock.as_ref().map(|_| self.wall_clock_cycles());
        if let (Some(writer), Some(cycles)) = (&mut self.mapped_clock, cycles) {
            writer.publish(cycles);
        }
    }

    fn stream(&self, stream: u32) -> &Stream {
        &self.streams[usize::try_from(stream).expect("an index fits")]
    }

    fn capabilities(&self) -> u32 {
        let count = |kind| {
            let streams = self.streams.iter();
            u32::try_from(streams.filter(|stream| stream.kind() == kind).count())
                .expect("four bits")
        };
        gcap::OK64
            | count(StreamKind::Bidirectional) << gcap::BIDIRECTIONAL_SHIFT
            | count(StreamKind::Input) << gcap::INPUTS_SHIFT
            | count(StreamKind::Output) << gcap::OUTPUTS_SHIFT
    }

    fn set_global_control(&mut self, value: u32) {
        let is_up = value & gctl::CRST != 0;
        if is_up == self.up_since.is_some() {
            return;
        }
        self.line.set_control(0);
        self.held_back = 0;
        self.records = PositionBuffer::default();
        for stream in 0..self.streams.len() {
            self.reset_stream(stream);
            self.streams[stream].release();
        }
        self.up_since = is_up.then_some(self.now.time);
        for stream in (0..self.streams.len()).filter(|_| is_up) {
            self.leave_reset(stream);
        }
        self.wall_clock_runs = WallClockRuns::SinceReset;
    }

    fn wall_clock_reading(&self) -> u32 {
        let cycles = self.wall_clock_cycles();
        u32::try_from(cycles & u64::from(u32::MAX)).expect("32 bits")
    }

    /// Since it left reset, or since the power came back.
    fn wall_clock_cycles(&self) -> u64 {
        let since = match self.wall_clock_runs {
            WallClockRuns::SinceReset => self.up_since,
            WallClockRuns::Since(power) => Some(power),
            WallClockRuns::Stood(cycles) => return cycles,
        };
        since.map_or(0, |since| self.shown_cycles(since))
    }

    /// The bits of the streams that ask for an interrupt.
    fn asking(&self) -> u32 {
        let asking = (0..).zip(&self.streams).filter(|(_, stream)| stream.asks());
        asking.fold(0, |bits, (number, _)| bits | intctl::stream(number))
    }

    fn evaluate_line(&mut self) {
        if let Some(interrupt) = self.line.update(self.asking()) {
            self.note_interrupt(interrupt);
            self.send_message(interrupt);
        }
    }

    fn note_interrupt(&mut self, interrupt: u64) {
        for (number, stream) in (0..).zip(&self.streams) {
            if !stream.asks() || self.line.control() & intctl::stream(number) == 0 {
                continue;
            }
            let engine = &stream.engine;
            let cause = stream.unacknowledged();
            self.notes.push(Note::Interrupt {
                interrupt,
                stream: number,
                completions: cause.map_or(0, |completion| completion.number),
                position: cause.map_or(engine.position(), |completion| completion.position),
                fetched: cause.map_or(engine.moved_bytes(), |completion| completion.moved),
            });
        }
    }
}

/// The streams in the order of their descriptors.
fn streams(config: &ControllerConfig) -> Vec<Stream> {
    let kinds = [
        (StreamKind::Input, &config.inputs),
        (StreamKind::Output, &config.outputs),
        (StreamKind::Bidirectional, &config.bidirectional),
    ];
    let mut all = Vec::new();
    for (kind, configs) in kinds {
        assert!(configs.len() <= spec::STREAMS_MAX, "four bits count them");
        all.extend(configs.iter().map(|&stream| {
            let bus = BusTiming::new(stream.grant_latency, &config.stalls);
            Stream::new(kind, stream, bus)
        }));
    }
    assert!(all.len() <= spec::ALL_STREAMS_MAX, "each has a bit");
    all
}

/// The number of a stream descriptor.
fn number(stream: usize) -> u32 {
    u32::try_from(stream).expect("four bits")
}

impl Fork for Controller {
    fn fork(&self, forker: &mut Forker) -> Self {
        Self {
            crystal: self.crystal.clone(),
            wall_clock: self.wall_clock,
            memory: self.memory.fork(forker),
            up_since: self.up_since,
            wall_clock_runs: self.wall_clock_runs,
            line: self.line,
            streams: self.streams.fork(forker),
            notes: self.notes.clone(),
            mapped_clock: self.mapped_clock.as_ref().map(|writer| {
                writer.twin(|register| forker.arc(register, |register, _| register.snapshot()))
            }),
            faults: self.faults.clone(),
            lines: self.lines,
            held_back: self.held_back,
            records: self.records,
            now: self.now,
        }
    }
}
