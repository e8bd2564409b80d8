//! What is put under test: position logic, as its driver's calls.

use ks::{HwLatency, KsState, PacketCount, PacketNumber, Position, WritePacket};
use thiserror::Error;
use units::{Bytes, Frames, NtStatus};

/// A reading of the performance counter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reading {
    /// Counts.
    pub counts: u64,
    /// Counts per second.
    pub hertz: u64,
}

/// Where the data of a stream goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Direction {
    /// From the client to the device.
    Render,
    /// From the device to the client.
    Capture,
}

/// What a case says of its stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CaseFormat {
    /// Where the data goes.
    pub direction: Direction,
    /// Frames per second, not 0.
    pub rate_hz: u32,
    /// Bytes of a frame, not 0.
    pub frame_bytes: u32,
    /// Bytes per second: their product.
    pub byte_rate: u32,
}

/// A call that did not work.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Trouble {
    /// It ended with this status.
    #[error("{0}")]
    Status(NtStatus),
    /// It would have stopped the system; why.
    #[error("{0}")]
    Crash(String),
}

impl From<NtStatus> for Trouble {
    fn from(status: NtStatus) -> Self {
        Self::Status(status)
    }
}

/// A buffer that was made, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Buffer {
    /// Its size.
    pub actual: u32,
    /// Where in its first page it begins.
    pub offset: u32,
    /// How it is cached, by the name of the header (`MmCached`).
    pub cache: &'static str,
    /// How often a packet is completed, in milliseconds, if the logic thinks in such.
    pub interval_ms: Option<u32>,
    /// Bytes of a packet.
    pub packet_bytes: u32,
}

/// Which frame is presented, and the counter to that.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Presented {
    /// The frame.
    pub blocks: Frames,
    /// Counts.
    pub counts: u64,
}

/// A captured packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Read {
    /// Which one.
    pub packet: PacketNumber,
    /// Its flags.
    pub flags: u32,
    /// Its time, in counts.
    pub counts: u64,
    /// True if another one can be read at once.
    pub more_data: bool,
    /// Unread packets passed over, if the logic knows.
    pub dropped: Option<u32>,
}

/// What one expiry of a notification timer did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tick {
    /// Packets counted.
    pub completed: u64,
    /// Settings of events.
    pub signals: u64,
}

/// What a report is about. Kinds that no recording has are left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ReportKind {
    /// Something is wrong; the third parameter says what.
    Glitch,
    /// A packet was completed.
    BufferComplete,
    /// The last valid byte was rendered.
    LastBufferRendered,
}

/// A report of the driver.
///
/// # Source
/// `portcls/ne-portcls-epcminiportengineevent.md`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Report {
    /// What it is about.
    pub kind: ReportKind,
    /// Its four parameters.
    pub parameters: [u64; 4],
}

/// The position logic of one stream, as its driver's calls.
///
/// A new one is in STOP, without a buffer. Calls come one by one and times do not go back, but
/// several calls may come at one reading. Nothing is called while another call is under way.
///
/// The first group is what every WaveRT driver has. The second is for drivers that have an audio
/// engine node, the third for those that a timer drives; the last lets a replay look inside, so
/// that the first wrong register is found and not the first wrong answer. What a driver does not
/// have, it leaves as it is here.
#[expect(
    clippy::missing_errors_doc,
    reason = "how a call fails is what is put under test"
)]
pub trait PositionLogic {
    /// Makes a buffer of `count` packets. `size` is in bytes.
    #[doc(alias = "AllocateBufferWithNotification")]
    fn allocate(&mut self, size: u32, count: u32) -> Result<Buffer, Trouble>;

    /// Makes a buffer without notifications.
    #[doc(alias = "AllocateAudioBuffer")]
    fn allocate_plain(&mut self, size: u32) -> Result<Buffer, Trouble>;

    /// Frees the buffer.
    #[doc(alias = "FreeBufferWithNotification")]
    fn free_buffer(&mut self);

    /// Adds the event of that number to those that are set.
    #[doc(alias = "RegisterNotificationEvent")]
    fn register_event(&mut self, event: u32) -> Result<(), Trouble>;

    /// Removes the event of that number.
    #[doc(alias = "UnregisterNotificationEvent")]
    fn unregister_event(&mut self, event: u32) -> Result<(), Trouble>;

    /// Goes to `state`.
    #[doc(alias = "SetState")]
    fn set_state(&mut self, now: Reading, state: KsState) -> Result<(), Trouble>;

    /// Play and write position.
    #[doc(alias = "GetPosition")]
    fn position(&mut self, now: Reading) -> Result<Position, Trouble>;

    /// Which frame is presented.
    #[doc(alias = "GetOutputStreamPresentationPosition")]
    fn presentation_position(&mut self, now: Reading) -> Result<Presented, Trouble>;

    /// Packets completed since STOP.
    #[doc(alias = "GetPacketCount")]
    fn packet_count(&mut self, now: Reading) -> Result<PacketCount, Trouble>;

    /// The client has written a packet.
    #[doc(alias = "SetWritePacket")]
    fn set_write_packet(&mut self, now: Reading, packet: WritePacket) -> Result<(), Trouble>;

    /// The packet that can be read.
    #[doc(alias = "GetReadPacket")]
    fn read_packet(&mut self, now: Reading) -> Result<Read, Trouble>;

    /// The clock register; none by default.
    #[doc(alias = "GetClockRegister")]
    fn clock_register(&mut self) -> Result<(), Trouble> {
        Err(NtStatus::NOT_SUPPORTED.into())
    }

    /// The position register; none by default.
    #[doc(alias = "GetPositionRegister")]
    fn position_register(&mut self) -> Result<(), Trouble> {
        Err(NtStatus::NOT_SUPPORTED.into())
    }

    /// How late what leaves the buffer is.
    #[doc(alias = "GetHWLatency")]
    fn hw_latency(&mut self) -> HwLatency;

    /// Changes the format; not possible by default.
    #[doc(alias = "SetFormat")]
    fn set_format(&mut self) -> Result<(), Trouble> {
        Err(NtStatus::NOT_SUPPORTED.into())
    }

    /// Bytes moved since STOP, by the audio engine node.
    #[doc(alias = "GetStreamLinearBufferPosition")]
    fn linear_position(&mut self, _: Reading) -> Result<Bytes, Trouble> {
        Err(NtStatus::NOT_SUPPORTED.into())
    }

    /// Which frame is presented, by the audio engine node.
    #[doc(alias = "GetStreamPresentationPosition")]
    fn stream_presentation_position(&mut self, _: Reading) -> Result<Presented, Trouble> {
        Err(NtStatus::NOT_SUPPORTED.into())
    }

    /// How far the client has written, as a buffer offset in bytes.
    #[doc(alias = "SetStreamCurrentWritePosition")]
    fn set_write_position(&mut self, _: u32) -> Result<(), Trouble> {
        Err(NtStatus::NOT_SUPPORTED.into())
    }

    /// Where the client's last byte ends, as a buffer offset in bytes.
    #[doc(alias = "SetStreamCurrentWritePositionForLastBuffer")]
    fn set_last_buffer_position(&mut self, _: u32) -> Result<(), Trouble> {
        Err(NtStatus::NOT_SUPPORTED.into())
    }

    /// True while a notification timer runs.
    fn timer_is_armed(&self) -> bool {
        false
    }

    /// How many of `count` expiries, the first at `first` and each `period` counts behind the one
    /// before, certainly change and report nothing before one might. They are not performed, so a
    /// logic that knows spares the replay of a day its milliseconds. 0 if it does not know.
    fn idle_expiries(&self, _first: Reading, _period: u64, _count: u64) -> u64 {
        0
    }

    /// One expiry of the notification timer, which is armed.
    fn tick(&mut self, _: Reading) -> Result<Tick, Trouble> {
        Ok(Tick::default())
    }

    /// Presets the packet counter and the packet that was read last.
    fn poke_packet_counter(&mut self, _: u64, _: u32) {}

    /// Adds to `into` what was reported since the last call, in order.
    fn take_reports(&mut self, _into: &mut Vec<Report>) {}

    /// Bytes moved since STOP, as of the latest call: what changed with it was moved by it.
    fn moved(&self) -> Option<u64> {
        None
    }

    /// The write mark: the buffer offset that was announced last.
    fn write_mark(&self) -> Option<u32> {
        None
    }

    /// What it remembers, by the names of the recording. None if it is not to be looked at.
    fn registers(&self) -> Option<Vec<(&'static str, String)>> {
        None
    }
}
