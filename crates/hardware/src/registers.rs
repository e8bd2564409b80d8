//! Which register an offset means: one enum for reading, one for writing.

use crate::error::RegisterError;
use crate::program::Direction;
use crate::spec;

/// A register that can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ReadRegister {
    Capabilities,
    GlobalControl,
    InterruptControl,
    InterruptStatus,
    WallClock,
    Payload(Direction),
    Synchronisation,
    RecordsLow,
    RecordsHigh,
    Stream(usize, StreamRead),
}

/// A register of a stream that can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum StreamRead {
    Control,
    Status,
    LinkPosition,
    CyclicLength,
    LastIndex,
    BurstSize,
    FifoSize,
    Format,
    ListLow,
    ListHigh,
    LinkedLow,
    LinkedHigh,
    MovedLow,
    MovedHigh,
}

/// A register that can be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum WriteRegister {
    GlobalControl,
    InterruptControl,
    Synchronisation,
    RecordsLow,
    RecordsHigh,
    Stream(usize, StreamWrite),
}

/// A register of a stream that can be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum StreamWrite {
    Control,
    Status,
    Setup(Setup),
}

/// A register of a stream that is frozen while the stream runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Setup {
    CyclicLength,
    LastIndex,
    BurstSize,
    Format,
    ListLow,
    ListHigh,
}

impl ReadRegister {
    /// The register at `offset` of a controller with so many streams.
    pub(crate) fn at(offset: u32, streams: usize) -> Result<Self, RegisterError> {
        let register = match offset {
            spec::GCAP => Some(Self::Capabilities),
            spec::GCTL => Some(Self::GlobalControl),
            spec::OUTPAY => Some(Self::Payload(Direction::Output)),
            spec::INPAY => Some(Self::Payload(Direction::Input)),
            spec::SSYNC => Some(Self::Synchronisation),
            spec::DPLBASE => Some(Self::RecordsLow),
            spec::DPUBASE => Some(Self::RecordsHigh),
            spec::INTCTL => Some(Self::InterruptControl),
            spec::INTSTS => Some(Self::InterruptStatus),
            spec::WALCLK | spec::WALCLK_ALIAS => Some(Self::WallClock),
            _ => StreamRead::at(offset, streams).map(|(stream, inner)| Self::Stream(stream, inner)),
        };
        register.ok_or(RegisterError::NotReadable { offset })
    }
}

impl ReadRegister {
    /// What it shows if nobody answers.
    pub(crate) const fn all_ones(self) -> u32 {
        match self {
            Self::Stream(_, StreamRead::Control) => 0x00FF_FFFF,
            Self::Stream(_, StreamRead::Status) => 0xFF,
            Self::Capabilities
            | Self::Payload(_)
            | Self::Stream(
                _,
                StreamRead::LastIndex
                | StreamRead::BurstSize
                | StreamRead::FifoSize
                | StreamRead::Format,
            ) => 0xFFFF,
            _ => u32::MAX,
        }
    }
}

impl StreamRead {
    fn at(offset: u32, streams: usize) -> Option<(usize, Self)> {
        if let Some((stream, inner)) = within(offset, spec::STREAMS, spec::STREAM_STRIDE, streams) {
            return Some((stream, Self::in_descriptor(inner)?));
        }
        if let Some((stream, inner)) =
            within(offset, spec::LPIB_ALIASES, spec::STREAM_STRIDE, streams)
        {
            return (inner == 0).then_some((stream, Self::LinkPosition));
        }
        let (stream, inner) = within(offset, spec::COUNTERS, spec::COUNTER_STRIDE, streams)?;
        Some((stream, Self::in_counters(inner)?))
    }

    const fn in_descriptor(offset: u32) -> Option<Self> {
        match offset {
            spec::SD_CTL => Some(Self::Control),
            spec::SD_STS => Some(Self::Status),
            spec::SD_LPIB => Some(Self::LinkPosition),
            spec::SD_CBL => Some(Self::CyclicLength),
            spec::SD_LVI => Some(Self::LastIndex),
            spec::SD_FIFOW => Some(Self::BurstSize),
            spec::SD_FIFOS => Some(Self::FifoSize),
            spec::SD_FMT => Some(Self::Format),
            spec::SD_BDPL => Some(Self::ListLow),
            spec::SD_BDPU => Some(Self::ListHigh),
            _ => None,
        }
    }

    const fn in_counters(offset: u32) -> Option<Self> {
        match offset {
            spec::LLPL => Some(Self::LinkedLow),
            spec::LLPU => Some(Self::LinkedHigh),
            spec::LDPL => Some(Self::MovedLow),
            spec::LDPU => Some(Self::MovedHigh),
            _ => None,
        }
    }
}

impl WriteRegister {
    /// The register at `offset` of a controller with so many streams, if `value` fits into it.
    pub(crate) fn at(offset: u32, value: u32, streams: usize) -> Result<Self, RegisterError> {
        let register = match offset {
            spec::GCTL => Some(Self::GlobalControl),
            spec::INTCTL => Some(Self::InterruptControl),
            spec::SSYNC => Some(Self::Synchronisation),
            spec::DPLBASE => Some(Self::RecordsLow),
            spec::DPUBASE => Some(Self::RecordsHigh),
            _ => within(offset, spec::STREAMS, spec::STREAM_STRIDE, streams).and_then(
                |(stream, inner)| Some(Self::Stream(stream, StreamWrite::in_descriptor(inner)?)),
            ),
        };
        let register = register.ok_or(RegisterError::NotWritable { offset })?;
        let bits = register.bits();
        if bits < u32::BITS && value >> bits != 0 {
            return Err(RegisterError::TooWide {
                offset,
                value,
                bits,
            });
        }
        Ok(register)
    }

    const fn bits(self) -> u32 {
        match self {
            Self::Stream(_, StreamWrite::Control) => 24,
            Self::Stream(_, StreamWrite::Status) => 8,
            Self::Stream(
                _,
                StreamWrite::Setup(Setup::LastIndex | Setup::BurstSize | Setup::Format),
            ) => 16,
            Self::Stream(
                _,
                StreamWrite::Setup(Setup::CyclicLength | Setup::ListLow | Setup::ListHigh),
            )
            | Self::GlobalControl
            | Self::InterruptControl
            | Self::Synchronisation
            | Self::RecordsLow
            | Self::RecordsHigh => 32,
        }
    }
}

impl StreamWrite {
    const fn in_descriptor(offset: u32) -> Option<Self> {
        match offset {
            spec::SD_CTL => Some(Self::Control),
            spec::SD_STS => Some(Self::Status),
            spec::SD_CBL => Some(Self::Setup(Setup::CyclicLength)),
            spec::SD_LVI => Some(Self::Setup(Setup::LastIndex)),
            spec::SD_FIFOW => Some(Self::Setup(Setup::BurstSize)),
            spec::SD_FMT => Some(Self::Setup(Setup::Format)),
            spec::SD_BDPL => Some(Self::Setup(Setup::ListLow)),
            spec::SD_BDPU => Some(Self::Setup(Setup::ListHigh)),
            _ => None,
        }
    }
}

/// Which of `count` blocks of `stride` bytes from `start` on holds `offset`, and where in it.
fn within(offset: u32, start: u32, stride: u32, count: usize) -> Option<(usize, u32)> {
    let inner = offset.checked_sub(start)?;
    let block = usize::try_from(inner / stride).expect("an offset fits");
    (block < count).then_some((block, inner % stride))
}
