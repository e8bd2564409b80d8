//! The register half of a stream descriptor.

use ring::{PositionReader, PositionRegister, PositionShape, PositionWriter, Width};
use units::{Bytes, Moment, Phase, SimTime};
use vtime::{Fork, Forker};

use crate::bandwidth;
use crate::bus_timing::BusTiming;
use crate::config::{AtEnd, Cadence, Lines, StreamConfig};
use crate::engine::{Completion, DmaEngine};
use crate::error::{RegisterError, RunError};
use crate::fault::{PositionFaults, RecordFaults, StreamRegisterFaults};
use crate::format::StreamFormat;
use crate::memory::{DescriptorError, HostMemory};
use crate::program::{Direction, Program};
use crate::records;
use crate::registers::{Setup, StreamRead};
use crate::spec::{BDL_ALIGNMENT, ctl, sts};
use crate::walk::Walk;

/// What is stored in the registers of a stream descriptor. Everything else is derived.
#[derive(Clone, Copy, Debug)]
struct Registers {
    control: u32,
    /// The sticky bits but BCIS, which is derived from the completion that set it.
    status: u32,
    cyclic_length: u32,
    last_index: u32,
    /// A burst size that was asked for.
    burst: Option<Bytes>,
    format: u16,
    list: u64,
}

/// A stream: its registers and its DMA engine.
#[derive(Debug)]
pub(crate) struct Stream {
    kind: StreamKind,
    registers: Registers,
    pub(crate) engine: DmaEngine,
    /// The completion that set BCIS. The bit is set while there is one.
    unacknowledged: Option<Completion>,
    /// The link position in a page of its own, if that was mapped.
    mapped_position: Option<PositionWriter>,
    /// What its record in the position buffer showed when it was last reset.
    record: u32,
    /// True while it has RUN and the synchronisation register holds it back.
    pub(crate) is_held_back: bool,
    pub(crate) positions: PositionFaults,
    pub(crate) faults: StreamRegisterFaults,
    pub(crate) record_faults: RecordFaults,
}

/// Which way the frames of a stream descriptor can go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum StreamKind {
    Input,
    Output,
    /// Either, as its control register says.
    Bidirectional,
}

/// What a write to the control register asks of the engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Command {
    Reset,
    Run,
    Pause,
    /// Neither.
    Keep,
}

impl Registers {
    const RESET: Self = Self {
        control: ctl::RESET,
        status: 0,
        cyclic_length: 0,
        last_index: 0,
        burst: None,
        format: 0,
        list: 0,
    };
}

impl Stream {
    pub(crate) fn new(kind: StreamKind, config: StreamConfig, bus: BusTiming) -> Self {
        Self {
            kind,
            registers: Registers::RESET,
            engine: DmaEngine::new(config, bus),
            unacknowledged: None,
            mapped_position: None,
            record: 0,
            is_held_back: false,
            positions: PositionFaults::default(),
            faults: StreamRegisterFaults::default(),
            record_faults: RecordFaults::default(),
        }
    }

    pub(crate) fn kind(&self) -> StreamKind {
        self.kind
    }

    pub(crate) fn is_running(&self) -> bool {
        self.registers.control & ctl::RUN != 0
    }

    /// The stream's bit of the interrupt status.
    pub(crate) fn asks(&self) -> bool {
        let (control, status) = (self.registers.control, self.sticky_status());
        let pairs = [
            (sts::BCIS, ctl::IOCE),
            (sts::FIFOE, ctl::FEIE),
            (sts::DESE, ctl::DEIE),
        ];
        pairs
            .iter()
            .any(|(bit, enable)| status & bit != 0 && control & enable != 0)
    }

    fn sticky_status(&self) -> u32 {
        let completion = self.unacknowledged.map_or(0, |_| sts::BCIS);
        self.registers.status | completion
    }

    /// When there is something that must not be missed: a completion that may raise an interrupt,
    /// a FIFO that loses something for the first time.
    pub(crate) fn next_event(&self) -> Option<SimTime> {
        let completes = self.registers.control & ctl::IOCE != 0;
        let completion = self.engine.next_completion().filter(|_| completes);
        let has_lost = self.registers.status & sts::FIFOE != 0;
        let loss = if has_lost {
            None
        } else {
            self.engine.next_loss()
        };
        [completion, loss].into_iter().flatten().min()
    }

    /// A FIFO has lost something. True if that was not known.
    pub(crate) fn lose(&mut self) -> bool {
        let was_known = self.registers.status & sts::FIFOE != 0;
        self.registers.status |= sts::FIFOE;
        !was_known
    }

    /// What its record in the position buffer shows at `now`.
    pub(crate) fn record(&self, now: Moment) -> u32 {
        if let Some(dead) = self.record_faults.dead() {
            return dead;
        }
        records::shown(&self.engine, self.recorded_as_of(now))
            .map_or(self.record, |bytes| low(bytes.get()))
    }

    /// As of when a record is that is read at `now`.
    fn recorded_as_of(&self, now: Moment) -> Moment {
        let (age, stands) = self.record_faults.age();
        let completed = self.unacknowledged.filter(|_| stands);
        let latest = completed.map_or(now, |completion| {
            let before = completion.at.ticks().saturating_sub(1);
            SimTime::from_ticks(before).at(Phase::React).min(now)
        });
        let ticks = latest.time.ticks().saturating_sub(age.ticks());
        SimTime::from_ticks(ticks).at(latest.phase)
    }

    /// The completion that the driver has not acknowledged; of several the first.
    pub(crate) fn unacknowledged(&self) -> Option<Completion> {
        self.unacknowledged
    }

    pub(crate) fn complete(&mut self, completion: Completion) {
        self.unacknowledged.get_or_insert(completion);
    }

    /// Maps the link position, which moves in steps of `accuracy`.
    pub(crate) fn map_position(&mut self, accuracy: Bytes) -> PositionReader {
        let (writer, reader) = PositionRegister::pair(PositionShape {
            width: Width::Bits32,
            buffer: Bytes::new(self.registers.cyclic_length.into()),
            accuracy,
        });
        self.mapped_position = Some(writer);
        self.publish();
        reader
    }

    /// Shows in the mapped page what has left by now.
    pub(crate) fn publish(&mut self) {
        if let Some(writer) = &mut self.mapped_position {
            let at = self.engine.whereabouts();
            if self.positions.passes_the_end() {
                writer.publish_reading(self.positions.cyclic_link(&at));
            } else {
                writer.publish(self.positions.link(&at));
            }
        }
    }

    /// What a register shows at `now`, up to which the engine was settled.
    pub(crate) fn read(&self, now: SimTime, register: StreamRead) -> u32 {
        let Registers {
            control,
            status: _,
            cyclic_length,
            last_index,
            burst: _,
            format,
            list,
        } = self.registers;
        match register {
            StreamRead::Control => self.shown_control(now, control),
            StreamRead::Status => self.sticky_status() | self.fifo_ready() | self.halted(),
            StreamRead::LinkPosition => {
                low(self.positions.cyclic_link(&self.engine.whereabouts()).get())
            }
            StreamRead::CyclicLength => cyclic_length,
            StreamRead::LastIndex => last_index,
            StreamRead::BurstSize => self.burst_code(),
            StreamRead::FifoSize => self.faults.fifo_size(now, self.fifo_size(), format),
            StreamRead::Format => format.into(),
            StreamRead::ListLow => low(list),
            StreamRead::ListHigh => low(list >> 32),
            StreamRead::LinkedLow => low(self.shown_link()),
            StreamRead::LinkedHigh => low(self.shown_link() >> 32),
            StreamRead::MovedLow => low(self.shown_memory()),
            StreamRead::MovedHigh => low(self.shown_memory() >> 32),
        }
    }

    /// What the linear link counter shows.
    fn shown_link(&self) -> u64 {
        self.positions.linear_link(&self.engine.whereabouts()).get()
    }

    /// What the linear DMA counter shows.
    fn shown_memory(&self) -> u64 {
        self.positions
            .linear_memory(&self.engine.whereabouts())
            .get()
    }

    /// What the control register shows where it holds `control`.
    fn shown_control(&self, now: SimTime, control: u32) -> u32 {
        let is_set = |bit| control & bit != 0;
        let bit = |bit, is_set| if is_set { bit } else { 0 };
        control & !(ctl::RUN | ctl::SRST)
            | bit(ctl::RUN, self.faults.run(now, is_set(ctl::RUN)))
            | bit(ctl::SRST, self.faults.reset(now, is_set(ctl::SRST)))
    }

    /// What writing `value` to the control register asks of the stream.
    pub(crate) fn command(&self, value: u32, offset: u32) -> Result<Command, RegisterError> {
        let is_running = self.is_running();
        let is_in_reset = self.registers.control & ctl::SRST != 0;
        match (value & ctl::SRST != 0, value & ctl::RUN != 0) {
            (true, _) if is_running => Err(RegisterError::WhileRunning { offset }),
            (true, true) => Err(RegisterError::InReset { offset }),
            (true, false) => Ok(Command::Reset),
            (false, true) if is_in_reset => Err(RegisterError::InReset { offset }),
            (false, true) if !is_running => Ok(Command::Run),
            (false, false) if is_running => Ok(Command::Pause),
            (false, _) => Ok(Command::Keep),
        }
    }

    /// True if the stream leaves its reset with that.
    pub(crate) fn set_control(&mut self, value: u32, now: SimTime) -> bool {
        let leaves_reset = self.registers.control & ctl::SRST != 0 && value & ctl::SRST == 0;
        if leaves_reset {
            self.faults.reset_written(now, true);
        }
        let direction = match self.kind {
            StreamKind::Bidirectional => ctl::DIR,
            StreamKind::Input | StreamKind::Output => 0,
        };
        self.registers.control = value & (ctl::WRITABLE | direction);
        leaves_reset
    }

    /// Takes `value`, in which RUN is not set any more.
    pub(crate) fn stop(&mut self, value: u32, now: SimTime) {
        self.set_control(value, now);
        self.faults.run_cleared(now);
    }

    /// True if BCIS was cleared.
    pub(crate) fn clear_status(&mut self, value: u32) -> bool {
        self.registers.status &= !(value & sts::CLEARABLE);
        let is_cleared = value & sts::BCIS != 0;
        if is_cleared {
            self.unacknowledged = None;
        }
        is_cleared
    }

    pub(crate) fn set_up(
        &mut self,
        now: SimTime,
        register: Setup,
        value: u32,
        offset: u32,
    ) -> Result<(), RegisterError> {
        if self.registers.control & ctl::SRST != 0 {
            return Err(RegisterError::InReset { offset });
        }
        if self.is_running() {
            return Err(RegisterError::WhileRunning { offset });
        }
        let registers = &mut self.registers;
        match register {
            Setup::CyclicLength => registers.cyclic_length = value,
            Setup::LastIndex => registers.last_index = value & 0xFF,
            Setup::BurstSize => registers.burst = burst_of(value),
            Setup::Format => {
                registers.format = u16::try_from(value).expect("checked when it was decoded");
                self.faults.format_written(now);
            }
            Setup::ListLow => {
                let aligned = u64::from(value) / BDL_ALIGNMENT * BDL_ALIGNMENT;
                registers.list = registers.list >> 32 << 32 | aligned;
            }
            Setup::ListHigh => {
                registers.list = u64::from(value) << 32 | u64::from(low(registers.list));
            }
        }
        Ok(())
    }

    /// True if `value`, written to the list's address, arms one more round.
    pub(crate) fn is_armed_by(&self, value: u32) -> bool {
        let halts = self.engine.config().at_end == AtEnd::Halts;
        let is_same = low(self.registers.list) == value;
        halts && is_same && self.engine.is_programmed()
    }

    /// HALTED: a stream that does not loop has done what it was armed for.
    fn halted(&self) -> u32 {
        let is_halted = self.engine.is_halted();
        if is_halted { sts::HALTED } else { 0 }
    }

    /// FIFORDY: an output holds what the link needs, an input has room for what comes.
    fn fifo_ready(&self) -> u32 {
        let is_ready = match self.engine.direction() {
            Some(Direction::Output) => !self.engine.moved_bytes().is_zero(),
            Some(Direction::Input) => self.is_running(),
            None => false,
        };
        if is_ready { sts::FIFORDY } else { 0 }
    }

    /// Resets the registers and the engine, and holds them so.
    pub(crate) fn reset(&mut self, now: SimTime) {
        self.record = self.record(now.at(Phase::Move));
        if self.registers.control & ctl::SRST == 0 {
            self.faults.reset_written(now, false);
        }
        let Self {
            kind: _,
            registers,
            engine,
            unacknowledged,
            mapped_position: _,
            record: _,
            is_held_back,
            positions,
            faults: _,
            record_faults: _,
        } = self;
        *is_held_back = false;
        positions.reset(engine.linked_bytes(), engine.moved_bytes());
        *registers = Registers {
            control: ctl::RESET | ctl::SRST,
            ..Registers::RESET
        };
        engine.reset();
        *unacknowledged = None;
    }

    /// Lets go of the reset, when the whole controller leaves its own.
    pub(crate) fn release(&mut self) {
        self.registers.control &= !ctl::SRST;
    }

    /// Finds its descriptor list useless: DESE, and RUN is not set.
    pub(crate) fn fail(&mut self) {
        self.registers.control &= !ctl::RUN;
        self.registers.status |= sts::DESE;
    }

    /// Works out what the registers tell the engine to do.
    ///
    /// The first error is the driver's, who programmed what cannot be; the second is one that the
    /// hardware meets.
    pub(crate) fn program(
        &self,
        control: u32,
        memory: &HostMemory,
    ) -> Result<Result<Program, DescriptorError>, RunError> {
        let registers = self.registers;
        if control & ctl::TAG == 0 {
            return Err(RunError::NoTag);
        }
        let format = StreamFormat::decode(registers.format)?;
        let config = self.engine.config();
        let pace = config.pace(format);
        let frame = format.frame_bytes();
        let burst = registers.burst.unwrap_or(config.burst.bytes(frame));
        let (head, more) = self.engine.faults.lead(frame, format.rate());
        let fifo = config
            .fifo_rule_with(format, burst)
            .ok_or(RunError::FifoTooSmall {
                fifo: config.fifo_of(format),
                burst,
                demand: Bytes::new(pace.most_at_once() * frame.get()),
            })?;
        let fifo = fifo.with_lead(head.min(registers.cyclic_length.into()), more);
        let cyclic = self.engine.faults.cyclic_length(registers.cyclic_length);
        let cyclic = Bytes::new(cyclic.into());
        let pieces = match memory.read_list(registers.list, registers.last_index, cyclic) {
            Ok(pieces) => pieces,
            Err(error) => return Ok(Err(error)),
        };
        let walk = Walk::along(pieces, frame.get()).ok_or(RunError::CutFrame { frame })?;
        let program = Program {
            direction: self.direction(control),
            walk,
            pace,
            fifo,
            count_on: config.count_on,
            flush: config.flush,
            frame: frame.get(),
            format: format.wave_format(),
        };
        if self.engine.can_halt(&program) {
            Ok(Ok(program))
        } else {
            Err(RunError::CannotHalt)
        }
    }

    /// The list at `address` lies in `memory` otherwise than it did: an engine that runs along it
    /// finds it so.
    pub(crate) fn find_list(&mut self, address: u64, memory: &HostMemory) {
        let Registers {
            list, last_index, ..
        } = self.registers;
        if list == address && self.engine.is_programmed() {
            self.engine
                .follow(memory.pieces(address, last_index as usize + 1));
        }
    }

    fn direction(&self, control: u32) -> Direction {
        match self.kind {
            StreamKind::Input => Direction::Input,
            StreamKind::Bidirectional if control & ctl::DIR == 0 => Direction::Input,
            StreamKind::Output | StreamKind::Bidirectional => Direction::Output,
        }
    }

    /// What the link carries of it in a link frame, of which direction; `None` if it has no
    /// program, or no link frames.
    pub(crate) fn demand(&self, lines: Lines) -> Option<(Direction, u32)> {
        let direction = self.engine.direction()?;
        self.demand_in(direction, lines)
    }

    /// The same for a stream that is about to get one.
    pub(crate) fn demand_with(&self, control: u32, lines: Lines) -> Option<(Direction, u32)> {
        self.demand_in(self.direction(control), lines)
    }

    fn demand_in(&self, direction: Direction, lines: Lines) -> Option<(Direction, u32)> {
        let has_link_frames = self.engine.config().cadence == Cadence::LinkFrames;
        let format = StreamFormat::decode(self.registers.format).ok();
        let format = format.filter(|_| has_link_frames)?;
        let stripe = (self.registers.control >> ctl::STRIPE_SHIFT & 3) + 1;
        Some((
            direction,
            bandwidth::demand(format, direction, lines, stripe),
        ))
    }

    /// The code of the burst size, or of the next smaller one.
    fn burst_code(&self) -> u32 {
        let frame = StreamFormat::decode(self.registers.format).map(StreamFormat::frame_bytes);
        let default = self
            .engine
            .config()
            .burst
            .bytes(frame.unwrap_or(Bytes::new(1)));
        let burst = self.registers.burst.unwrap_or(default).get().max(1);
        burst.ilog2().saturating_sub(1)
    }

    /// Reads 0 until the format is known, as the real one may.
    fn fifo_size(&self) -> u32 {
        let Ok(format) = StreamFormat::decode(self.registers.format) else {
            return 0;
        };
        let bytes = self.engine.config().fifo_of(format).get();
        u32::try_from(bytes.saturating_sub(1).min(0xFFFF)).expect("16 bits")
    }
}

impl Fork for Stream {
    fn fork(&self, forker: &mut Forker) -> Self {
        Self {
            kind: self.kind,
            registers: self.registers,
            engine: self.engine.fork(forker),
            unacknowledged: self.unacknowledged,
            mapped_position: self.mapped_position.as_ref().map(|writer| {
                writer.twin(|register| forker.arc(register, |register, _| register.snapshot()))
            }),
            record: self.record,
            is_held_back: self.is_held_back,
            positions: self.positions.clone(),
            faults: self.faults.clone(),
            record_faults: self.record_faults.clone(),
        }
    }
}

/// The burst size that `code` asks for; `None` for the default.
fn burst_of(code: u32) -> Option<Bytes> {
    (2..=4).contains(&code).then(|| Bytes::new(2 << code))
}

/// The lower half.
fn low(value: u64) -> u32 {
    u32::try_from(value & u64::from(u32::MAX)).expect("32 bits")
}
