//! The audio engine that is built into a device: its node as the port sees it.

use ks::{
    BufferSizeRange, ConstrictorOption, EngineDescriptor, PresentationPosition, VolumeLevel,
    VolumeRamp,
};
use units::{Bytes, Moment, NtStatus, WaveFormat};

/// The node of a built-in engine, reached through the filter.
///
/// # Source
/// `portcls/nn-portcls-iminiportaudioenginenode.md`.
#[doc(alias = "IMiniportAudioEngineNode")]
pub trait AudioEngineNode {
    /// The pins of the engine.
    #[doc(alias = "GetAudioEngineDescriptor")]
    fn descriptor(&self) -> EngineDescriptor;

    /// The bounds of a buffer for `format`, as they are at `now`.
    ///
    /// # Errors
    /// [`NtStatus::INVALID_PARAMETER`] for a format that the offload pin does not take.
    #[doc(alias = "GetBufferSizeRange")]
    fn buffer_size_range(
        &mut self,
        now: Moment,
        format: WaveFormat,
    ) -> Result<BufferSizeRange, NtStatus>;

    /// What the device mixes in. The offload pin takes it.
    #[doc(alias = "GetMixFormat")]
    fn mix_format(&self) -> WaveFormat;

    /// What leaves the device.
    #[doc(alias = "GetDeviceFormat")]
    fn device_format(&self) -> WaveFormat;

    /// Lets `format` leave the device.
    ///
    /// # Errors
    /// [`NtStatus::NO_MATCH`] for a format that is not among the supported ones,
    /// [`NtStatus::INVALID_DEVICE_STATE`] while a stream runs.
    #[doc(alias = "SetDeviceFormat")]
    fn set_device_format(&mut self, now: Moment, format: WaveFormat) -> Result<(), NtStatus>;

    /// What can leave the device, the preferred format first.
    #[doc(alias = "GetSupportedDeviceFormats")]
    fn supported_device_formats(&self) -> Vec<WaveFormat>;

    /// Whether the effects of the whole device run.
    #[doc(alias = "GetGfxState")]
    fn gfx_enabled(&self) -> bool;

    /// Lets the effects of the whole device run or not.
    #[doc(alias = "SetGfxState")]
    fn set_gfx_enabled(&mut self, now: Moment, enabled: bool);

    /// How loud the whole device is.
    #[doc(alias = "GetDeviceChannelVolume")]
    fn device_volume(&self) -> VolumeLevel {
        VolumeLevel::UNITY
    }

    /// Makes the whole device as loud as `level`.
    ///
    /// # Errors
    /// [`NtStatus::INVALID_PARAMETER`] for a level that the device does not have,
    /// [`NtStatus::NOT_SUPPORTED`] if it has no volume of its own.
    #[doc(alias = "SetDeviceChannelVolume")]
    fn set_device_volume(&mut self, now: Moment, level: VolumeLevel) -> Result<(), NtStatus> {
        let _ = (now, level);
        Err(NtStatus::NOT_SUPPORTED)
    }

    /// Whether the whole device is muted.
    #[doc(alias = "GetDeviceChannelMute")]
    fn device_muted(&self) -> bool {
        false
    }

    /// Mutes the whole device or not.
    ///
    /// # Errors
    /// [`NtStatus::NOT_SUPPORTED`] if it cannot be muted.
    #[doc(alias = "SetDeviceChannelMute")]
    fn set_device_muted(&mut self, now: Moment, muted: bool) -> Result<(), NtStatus> {
        let _ = (now, muted);
        Err(NtStatus::NOT_SUPPORTED)
    }
}

/// The node of a built-in engine, reached through a stream that passes it.
///
/// # Source
/// `portcls/nn-portcls-iminiportstreamaudioenginenode.md`.
#[doc(alias = "IMiniportStreamAudioEngineNode")]
pub trait StreamAudioEngineNode {
    /// Whether the effects of this stream run.
    #[doc(alias = "GetLfxState")]
    fn lfx_enabled(&mut self, now: Moment) -> bool;

    /// Lets the effects of this stream run or not.
    #[doc(alias = "SetLfxState")]
    fn set_lfx_enabled(&mut self, now: Moment, enabled: bool);

    /// How loud `channel` is at `now`, in the middle of a ramp too.
    ///
    /// # Errors
    /// [`NtStatus::INVALID_PARAMETER`] if there is no such channel.
    #[doc(alias = "GetStreamChannelVolume")]
    fn volume_level(&mut self, now: Moment, channel: u32) -> Result<VolumeLevel, NtStatus>;

    /// Makes `channel`, or all of them, as loud as `ramp` says. A stream that does not run gets
    /// there at once; a ramp under way is left where it is and the new one begins there.
    ///
    /// # Errors
    /// [`NtStatus::INVALID_PARAMETER`] if there is no such channel.
    #[doc(alias = "SetStreamChannelVolume")]
    fn set_volume_level(
        &mut self,
        now: Moment,
        channel: Option<u32>,
        ramp: VolumeRamp,
    ) -> Result<(), NtStatus>;

    /// Says whether the loopback may carry the stream.
    #[doc(alias = "SetStreamLoopbackProtection")]
    fn set_loopback_protection(&mut self, now: Moment, option: ConstrictorOption);

    /// Bytes fetched since the stream began. Does not wrap; Stop takes it to 0.
    #[doc(alias = "GetStreamLinearBufferPosition")]
    fn linear_buffer_position(&mut self, now: Moment) -> u64;

    /// Which frame is heard now.
    #[doc(alias = "GetStreamPresentationPosition")]
    fn presentation_position(&mut self, now: Moment) -> PresentationPosition;

    /// The client has written up to `end`, counted from the start of the buffer; all of it is
    /// valid if `end` is its size.
    ///
    /// # Errors
    /// [`NtStatus::INVALID_DEVICE_REQUEST`] for 0 or more than the buffer.
    #[doc(alias = "SetStreamCurrentWritePosition")]
    fn set_current_write_position(&mut self, now: Moment, end: Bytes) -> Result<(), NtStatus>;

    /// The part of the interface that knows the last buffer of a stream, if there is one.
    #[doc(alias = "IMiniportStreamAudioEngineNode2")]
    fn last_buffer(&mut self) -> Option<&mut dyn LastBufferNode>;
}

/// A stream of a built-in engine that knows which of its buffers is the last.
///
/// # Source
/// `portcls/nn-portcls-iminiportstreamaudioenginenode2.md`.
#[doc(alias = "IMiniportStreamAudioEngineNode2")]
pub trait LastBufferNode {
    /// The client has written up to `end`, and nothing follows. The stream's events are set when
    /// the last valid byte has been rendered.
    ///
    /// # Errors
    /// [`NtStatus::INVALID_DEVICE_REQUEST`] for 0 or more than the buffer.
    #[doc(alias = "SetStreamCurrentWritePositionForLastBuffer")]
    fn set_current_write_position_for_last_buffer(
        &mut self,
        now: Moment,
        end: Bytes,
    ) -> Result<(), NtStatus>;
}
