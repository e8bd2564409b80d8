//! A stream of a miniport and the interfaces it may have.

use std::fmt;

use ks::{
    HwLatency, KsState, MappedRegister, PacketCount, Position, PresentationPosition, ReadPacket,
    WritePacket,
};
use units::{Bytes, Moment, NtStatus, WaveFormat};
use vtime::{EventHandle, Fork, Forker};

use crate::buffer::AudioBuffer;
use crate::drm::DrmAudioStream;
use crate::engine_node::StreamAudioEngineNode;

/// A stream of a WaveRT miniport.
///
/// # Source
/// `portcls/nn-portcls-iminiportwavertstream.md`.
#[doc(alias = "IMiniportWaveRTStream")]
pub trait MiniportWaveRtStream: fmt::Debug {
    /// Goes to `state`, which is a neighbour of the state it is in. Downward steps succeed.
    ///
    /// # Errors
    /// Whatever keeps the device from going up.
    #[doc(alias = "SetState")]
    fn set_state(&mut self, now: Moment, state: KsState) -> Result<(), NtStatus>;

    /// Lets `format` flow from now on. There is no buffer, and the stream does not run.
    ///
    /// # Errors
    /// [`NtStatus::INVALID_PARAMETER`] if the device cannot do it; [`NtStatus::NOT_SUPPORTED`] from
    /// a driver whose streams keep their format for life.
    ///
    /// # Source
    /// `portcls/nf-portcls-iminiportwavertstream-setformat.md`.
    #[doc(alias = "SetFormat")]
    fn set_format(&mut self, now: Moment, format: WaveFormat) -> Result<(), NtStatus> {
        let _ = (now, format);
        Err(NtStatus::NOT_SUPPORTED)
    }

    /// Where in the cyclic buffer the device plays, and from where on the client may write.
    ///
    /// # Errors
    /// Whatever keeps the device from saying.
    #[doc(alias = "GetPosition")]
    fn position(&mut self, now: Moment) -> Result<Position, NtStatus>;

    /// Makes the cyclic buffer and programs the device with it. Nothing moves yet.
    ///
    /// # Errors
    /// [`NtStatus::UNSUCCESSFUL`] if no buffer is as asked,
    /// [`NtStatus::INSUFFICIENT_RESOURCES`] without memory,
    /// [`NtStatus::DEVICE_NOT_READY`].
    #[doc(alias = "AllocateAudioBuffer")]
    fn allocate_audio_buffer(
        &mut self,
        now: Moment,
        requested: Bytes,
    ) -> Result<AudioBuffer, NtStatus>;

    /// Frees a buffer of [`allocate_audio_buffer`](Self::allocate_audio_buffer). The stream is in
    /// [`KsState::Stop`].
    #[doc(alias = "FreeAudioBuffer")]
    fn free_audio_buffer(&mut self, now: Moment, buffer: AudioBuffer);

    /// How late what leaves the cyclic buffer is. Cannot fail.
    #[doc(alias = "GetHWLatency")]
    fn hw_latency(&mut self, now: Moment) -> HwLatency;

    /// The position register.
    ///
    /// # Errors
    /// [`NtStatus::NOT_SUPPORTED`] if there is none.
    #[doc(alias = "GetPositionRegister")]
    fn position_register(&mut self, now: Moment) -> Result<MappedRegister, NtStatus>;

    /// The clock register.
    ///
    /// # Errors
    /// [`NtStatus::NOT_SUPPORTED`] if there is none.
    #[doc(alias = "GetClockRegister")]
    fn clock_register(&mut self, now: Moment) -> Result<MappedRegister, NtStatus>;

    /// Its notifications, if it has any.
    fn notification(&mut self) -> Option<&mut dyn StreamNotification>;

    /// Its packets to be rendered, if it has any.
    fn output(&mut self) -> Option<&mut dyn OutputStream>;

    /// Its captured packets, if it has any.
    fn input(&mut self) -> Option<&mut dyn InputStream>;

    /// What it does with the rights to its content, if it knows any.
    #[doc(alias = "IDrmAudioStream")]
    fn drm(&mut self) -> Option<&mut dyn DrmAudioStream> {
        None
    }

    /// The node of the built-in audio engine that it passes, if there is one.
    #[doc(alias = "IMiniportStreamAudioEngineNode")]
    fn audio_engine_node(&mut self) -> Option<&mut dyn StreamAudioEngineNode> {
        None
    }

    /// The port lets go of it: its last call, with nothing left to be freed.
    #[doc(alias = "Release")]
    fn released(&mut self) {}

    /// The same stream of the twin world.
    fn fork_stream(&self, forker: &mut Forker) -> Box<dyn MiniportWaveRtStream>;
}

impl Fork for Box<dyn MiniportWaveRtStream> {
    fn fork(&self, forker: &mut Forker) -> Self {
        self.fork_stream(forker)
    }
}

/// A stream that says when a packet is done.
///
/// # Source
/// `portcls/nn-portcls-iminiportwavertstreamnotification.md`.
#[doc(alias = "IMiniportWaveRTStreamNotification")]
pub trait StreamNotification {
    /// Makes the cyclic buffer of `notification_count` packets. Nothing moves yet.
    ///
    /// # Errors
    /// [`NtStatus::INVALID_PARAMETER`] for a count that the device does not have, and as
    /// [`MiniportWaveRtStream::allocate_audio_buffer`].
    #[doc(alias = "AllocateBufferWithNotification")]
    fn allocate_buffer_with_notification(
        &mut self,
        now: Moment,
        notification_count: u32,
        requested: Bytes,
    ) -> Result<AudioBuffer, NtStatus>;

    /// Frees a buffer of
    /// [`allocate_buffer_with_notification`](Self::allocate_buffer_with_notification).
    #[doc(alias = "FreeBufferWithNotification")]
    fn free_buffer_with_notification(&mut self, now: Moment, buffer: AudioBuffer);

    /// Sets `event` at each notification from now on.
    ///
    /// # Errors
    /// [`NtStatus::UNSUCCESSFUL`] if it is registered already.
    #[doc(alias = "RegisterNotificationEvent")]
    fn register_notification_event(
        &mut self,
        now: Moment,
        event: EventHandle,
    ) -> Result<(), NtStatus>;

    /// Never again sets `event`.
    ///
    /// # Errors
    /// [`NtStatus::NOT_FOUND`] if it is not registered.
    #[doc(alias = "UnregisterNotificationEvent")]
    fn unregister_notification_event(
        &mut self,
        now: Moment,
        event: &EventHandle,
    ) -> Result<(), NtStatus>;
}

/// A stream that is rendered packet by packet.
///
/// # Source
/// `portcls/nn-portcls-iminiportwavertoutputstream.md`.
#[doc(alias = "IMiniportWaveRTOutputStream")]
pub trait OutputStream {
    /// The client has written a packet.
    ///
    /// # Errors
    /// [`NtStatus::DATA_LATE_ERROR`], [`NtStatus::DATA_OVERRUN`],
    /// [`NtStatus::INVALID_DEVICE_STATE`] after the end of the stream,
    /// [`NtStatus::INVALID_PARAMETER`] for anything else, and [`NtStatus::NOT_SUPPORTED`] without
    /// a buffer with notifications.
    #[doc(alias = "SetWritePacket")]
    fn set_write_packet(&mut self, now: Moment, packet: WritePacket) -> Result<(), NtStatus>;

    /// How many packets have wholly left the cyclic buffer. Entering [`KsState::Stop`] takes it
    /// back to 0.
    ///
    /// # Errors
    /// [`NtStatus::NOT_SUPPORTED`] without a buffer with notifications.
    #[doc(alias = "GetPacketCount")]
    fn packet_count(&mut self, now: Moment) -> Result<PacketCount, NtStatus>;

    /// Which frame is heard now; frame 0 is the first one of packet 0.
    ///
    /// # Errors
    /// Whatever keeps the device from saying.
    #[doc(alias = "GetOutputStreamPresentationPosition")]
    fn presentation_position(&mut self, now: Moment) -> Result<PresentationPosition, NtStatus>;
}

/// A stream that is captured packet by packet.
///
/// # Source
/// `portcls/nn-portcls-iminiportwavertinputstream.md`.
#[doc(alias = "IMiniportWaveRTInputStream")]
pub trait InputStream {
    /// Which packet can be read now. Every packet before it counts as read from now on.
    ///
    /// # Errors
    /// [`NtStatus::DEVICE_NOT_READY`] if none has been completed since the last one,
    /// [`NtStatus::INVALID_DEVICE_STATE`] in Stop and Acquire, and [`NtStatus::NOT_SUPPORTED`]
    /// without a buffer with notifications.
    #[doc(alias = "GetReadPacket")]
    fn read_packet(&mut self, now: Moment) -> Result<ReadPacket, NtStatus>;
}
