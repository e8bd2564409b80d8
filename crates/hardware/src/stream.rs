//! The register half of a stream descriptor.

use ring::{PositionReader, PositionRegister, PositionShape, PositionWriter, Width};
use units::{Bytes, SimTime};
use vtime::{Fork, Forker};

use crate::config::StreamConfig;
use crate::engine::{Completion, DmaEngine, Program};
use crate::error::{RegisterError, RunError};
use crate::format::StreamFormat;
use crate::memory::{DescriptorError, HostMemory, Walk};
use crate::pace::Pace;
use crate::registers::{Setup, StreamRead};
use crate::spec::{BDL_ALIGNMENT, ctl, sts};

/// What is stored in the registers of a stream descriptor. Everything else is derived.
#[derive(Clone, Copy, Debug)]
struct Registers {
    control: u32,
    /// The sticky bits but BCIS, which is derived from the completion that set it.
    status: u32,
    cyclic_length: u32,
    last_index: u32,
    format: u16,
    list: u64,
}

/// An output stream: its registers and its DMA engine.
#[derive(Debug)]
pub(crate) struct Stream {
    registers: Registers,
    pub(crate) engine: DmaEngine,
    /// The completion that set BCIS. The bit is set while there is one.
    unacknowledged: Option<Completion>,
    /// The link position in a page of its own, if that was mapped.
    mapped_position: Option<PositionWriter>,
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
        format: 0,
        list: 0,
    };
}

impl Stream {
    pub(crate) fn new(config: StreamConfig) -> Self {
        Self {
            registers: Registers::RESET,
            engine: DmaEngine::new(config),
            unacknowledged: None,
            mapped_position: None,
        }
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

    /// When the next completion may raise an interrupt.
    pub(crate) fn next_event(&self) -> Option<SimTime> {
        if self.registers.control & ctl::IOCE == 0 {
            return None;
        }
        self.engine.next_completion()
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
            writer.publish(self.engine.linked_bytes());
        }
    }

    pub(crate) fn read(&self, register: StreamRead) -> u32 {
        let Registers {
            control,
            status: _,
            cyclic_length,
            last_index,
            format,
            list,
        } = self.registers;
        match register {
            StreamRead::Control => control,
            StreamRead::Status if self.engine.fetched_bytes().is_zero() => self.sticky_status(),
            StreamRead::Status => self.sticky_status() | sts::FIFORDY,
            StreamRead::LinkPosition => low(self.engine.cyclic_position().get()),
            StreamRead::CyclicLength => cyclic_length,
            StreamRead::LastIndex => last_index,
            StreamRead::FifoSize => self.fifo_size(),
            StreamRead::Format => format.into(),
            StreamRead::ListLow => low(list),
            StreamRead::ListHigh => low(list >> 32),
            StreamRead::LinkedLow => low(self.engine.linked_bytes().get()),
            StreamRead::LinkedHigh => low(self.engine.linked_bytes().get() >> 32),
            StreamRead::FetchedLow => low(self.engine.fetched_bytes().get()),
            StreamRead::FetchedHigh => low(self.engine.fetched_bytes().get() >> 32),
        }
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

    pub(crate) fn set_control(&mut self, value: u32) {
        self.registers.control = value & ctl::WRITABLE;
    }

    pub(crate) fn clear_status(&mut self, value: u32) {
        self.registers.status &= !(value & sts::CLEARABLE);
        if value & sts::BCIS != 0 {
            self.unacknowledged = None;
        }
    }

    pub(crate) fn set_up(
        &mut self,
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
            Setup::Format => {
                registers.format = u16::try_from(value).expect("checked when it was decoded");
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

    /// Resets the registers and the engine, and holds them so.
    pub(crate) fn reset(&mut self) {
        let Self {
            registers,
            engine,
            unacknowledged,
            mapped_position: _,
        } = self;
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

    /// Works out what the registers tell the engine to play.
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
        let pace = Pace::of(config.cadence, format);
        let frame = format.frame_bytes();
        let fifo = config.fifo_rule(format).ok_or(RunError::FifoTooSmall {
            fifo: config.fifo.bytes(frame),
            burst: config.burst.bytes(frame),
            demand: Bytes::new(pace.group() * frame.get()),
        })?;
        let cyclic = Bytes::new(registers.cyclic_length.into());
        let pieces = match memory.read_list(registers.list, registers.last_index, cyclic) {
            Ok(pieces) => pieces,
            Err(error) => return Ok(Err(error)),
        };
        let walk = Walk::along(pieces, frame.get()).ok_or(RunError::CutFrame { frame })?;
        Ok(Ok(Program {
            walk,
            pace,
            fifo,
            frame: frame.get(),
        }))
    }

    /// Reads 0 until the format is known, as the real one may.
    fn fifo_size(&self) -> u32 {
        let Ok(format) = StreamFormat::decode(self.registers.format) else {
            return 0;
        };
        let bytes = self.engine.config().fifo.bytes(format.frame_bytes()).get();
        u32::try_from(bytes.saturating_sub(1).min(0xFFFF)).expect("16 bits")
    }
}

impl Fork for Stream {
    fn fork(&self, forker: &mut Forker) -> Self {
        Self {
            registers: self.registers,
            engine: self.engine.fork(forker),
            unacknowledged: self.unacknowledged,
            mapped_position: self.mapped_position.as_ref().map(|writer| {
                writer.twin(|register| forker.arc(register, |register, _| register.snapshot()))
            }),
        }
    }
}

/// The lower half.
fn low(value: u64) -> u32 {
    u32::try_from(value & u64::from(u32::MAX)).expect("32 bits")
}
