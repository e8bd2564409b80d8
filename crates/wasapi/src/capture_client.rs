//! How a client gets recorded frames out of its endpoint buffer.

use engine::{CaptureStream, ClientPacket};
use units::{Frames, HResult, Hns};
use vtime::{Fork, Forker, Shared};

use crate::stream_core::StreamCore;

/// Flags of a [`CapturedPacket`].
///
/// # Source
/// `audioclient/ne-audioclient-_audclnt_bufferflags.md`.
pub mod buffer_flags {
    /// Something is missing before the packet. On the first packet after the first start it means
    /// nothing, and is never set here.
    #[doc(alias = "AUDCLNT_BUFFERFLAGS_DATA_DISCONTINUITY")]
    pub const DATA_DISCONTINUITY: u32 = 0x1;
    /// Position and counter are not to be relied upon.
    #[doc(alias = "AUDCLNT_BUFFERFLAGS_TIMESTAMP_ERROR")]
    pub const TIMESTAMP_ERROR: u32 = 0x4;
}

/// A packet that a client holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CapturedPacket {
    /// How many frames, at least one.
    pub frames: Frames,
    /// See [`buffer_flags`].
    pub flags: u32,
    /// Which frame of the stream the first one is; what was lost counts.
    #[doc(alias = "pu64DevicePosition")]
    pub device_position: u64,
    /// The performance counter when it was recorded, in units of 100 ns.
    #[doc(alias = "pu64QPCPosition")]
    pub qpc_position: Hns,
    /// The frame of the device that it is: a note beside the interface, for whoever follows it.
    pub device_frame: u64,
}

/// What [`CaptureClient::get_buffer`] got.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Got {
    /// The first packet that is queued. It is held now.
    Packet(CapturedPacket),
    /// Nothing is queued, and nothing is held.
    Empty,
}

impl Got {
    /// The code that the call returns.
    pub const fn code(self) -> HResult {
        match self {
            Self::Packet(_) => HResult::OK,
            Self::Empty => HResult::BUFFER_EMPTY,
        }
    }
}

/// The capture client of a shared stream: takes hold of a packet, reads it, releases it.
///
/// # Source
/// `audioclient/nn-audioclient-iaudiocaptureclient.md`.
#[derive(Debug)]
#[doc(alias = "IAudioCaptureClient")]
pub struct CaptureClient {
    stream: Shared<CaptureStream>,
    /// What the whole stream allows; its audio client goes by it, too.
    pub(crate) core: StreamCore,
    memory: Vec<u8>,
}

impl CaptureClient {
    pub(crate) const fn new(stream: Shared<CaptureStream>, core: StreamCore) -> Self {
        Self {
            stream,
            core,
            memory: Vec::new(),
        }
    }

    /// Takes hold of the first packet that is queued, all of it.
    ///
    /// # Errors
    /// `OUT_OF_ORDER` while a packet is held.
    #[doc(alias = "GetBuffer")]
    pub fn get_buffer(&mut self) -> Result<Got, HResult> {
        let buffer = &mut self.stream.borrow_mut().buffer;
        let first = buffer.front().map(|packet| packet.frames);
        if !self.core.get_to_read(first)? {
            return Ok(Got::Empty);
        }
        Ok(Got::Packet(captured(buffer.hold(&mut self.memory))))
    }

    /// The samples of the packet that was held last; empty if samples are left out.
    pub fn memory(&self) -> &[u8] {
        &self.memory
    }

    /// True while a packet is held.
    pub const fn is_holding(&self) -> bool {
        self.core.held().is_some()
    }

    /// Gives the packet back: read, with as many frames as it has, or to be had again, with 0.
    ///
    /// # Errors
    /// `OUT_OF_ORDER` for frames with nothing held; `INVALID_SIZE` for anything else than the
    /// packet or nothing, and the packet stays held.
    #[doc(alias = "ReleaseBuffer")]
    pub fn release_buffer(&mut self, read: Frames) -> Result<(), HResult> {
        let was_held = self.is_holding();
        let is_read = self.core.release_read(read)?;
        if was_held {
            self.stream.borrow_mut().buffer.release(is_read);
        }
        Ok(())
    }

    /// Frames of the first packet that is queued, held or not; 0 if none is.
    #[doc(alias = "GetNextPacketSize")]
    pub fn next_packet_size(&self) -> Frames {
        let front = self.stream.borrow().buffer.front();
        front.map_or(Frames::ZERO, |packet| packet.frames)
    }
}

pub(crate) fn captured(packet: ClientPacket) -> CapturedPacket {
    let flag = |is_set: bool, flag| if is_set { flag } else { 0 };
    CapturedPacket {
        frames: packet.frames,
        flags: flag(packet.discontinuity, buffer_flags::DATA_DISCONTINUITY)
            | flag(packet.timestamp_error, buffer_flags::TIMESTAMP_ERROR),
        device_position: packet.position,
        qpc_position: packet.counter,
        device_frame: packet.device_frame,
    }
}

impl Fork for CaptureClient {
    fn fork(&self, forker: &mut Forker) -> Self {
        Self {
            stream: self.stream.fork(forker),
            core: self.core,
            memory: self.memory.clone(),
        }
    }
}
