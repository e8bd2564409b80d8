//! The properties of any audio pin, and of the audio engine built into a device.

use ks::{AudioEngineRequest, AudioRequest, PinReply, PositionEx};
use portcls::{MiniportWaveRtStream as _, StreamAudioEngineNode};
use units::{Moment, NtStatus};

use super::OpenPin;

/// Ticks of the performance counter per second: a tick is 100 ns.
const COUNTER_HERTZ: u64 = 10_000_000;

impl OpenPin {
    /// Source: `audio/kspropsetid-audio.md`, and the page of each property.
    /// Model: what belongs to a node that the stream does not pass is not supported; the latency
    /// of a node is a matter of filters that cancel echoes, and unknown here.
    pub(super) fn audio(
        &mut self,
        now: Moment,
        request: AudioRequest,
    ) -> Result<PinReply, NtStatus> {
        match request {
            AudioRequest::SetPosition(_) => Err(NtStatus::NOT_SUPPORTED),
            AudioRequest::PositionEx => self.position_ex(now),
            AudioRequest::PresentationPosition => {
                let position = self.engine_node()?.presentation_position(now);
                Ok(PinReply::PresentationPosition(position))
            }
            AudioRequest::LinearBufferPosition => {
                let position = self.engine_node()?.linear_buffer_position(now);
                Ok(PinReply::LinearPosition(position))
            }
            AudioRequest::SetCurrentWritePosition(end) => {
                self.engine_node()?.set_current_write_position(now, end)?;
                Ok(PinReply::Done)
            }
            AudioRequest::SetLastBufferPosition(end) => {
                let node = self.engine_node()?.last_buffer();
                let node = node.ok_or(NtStatus::NOT_SUPPORTED)?;
                node.set_current_write_position_for_last_buffer(now, end)?;
                Ok(PinReply::Done)
            }
            AudioRequest::LastBufferSupport => {
                let is_known = self.engine_node()?.last_buffer().is_some();
                Ok(PinReply::Switch(is_known))
            }
            AudioRequest::Latency => Err(NtStatus::NOT_FOUND),
        }
    }

    /// Source: `audio/ksproperty-audioengine.md`, and the page of each property.
    pub(super) fn audio_engine(
        &mut self,
        now: Moment,
        request: AudioEngineRequest,
    ) -> Result<PinReply, NtStatus> {
        let node = self.engine_node()?;
        match request {
            AudioEngineRequest::GetLfxEnable => Ok(PinReply::Switch(node.lfx_enabled(now))),
            AudioEngineRequest::SetLfxEnable(enable) => {
                node.set_lfx_enabled(now, enable);
                Ok(PinReply::Done)
            }
            AudioEngineRequest::SetLoopbackProtection(option) => {
                node.set_loopback_protection(now, option);
                Ok(PinReply::Done)
            }
            AudioEngineRequest::GetVolumeLevel { channel } => {
                Ok(PinReply::VolumeLevel(node.volume_level(now, channel)?))
            }
            AudioEngineRequest::SetVolumeLevel { channel, ramp } => {
                node.set_volume_level(now, channel, ramp)?;
                Ok(PinReply::Done)
            }
        }
    }

    /// The position between two readings of the counter.
    ///
    /// Source: `ksmedia/ns-ksmedia-ksaudio_positionex.md`. The call itself takes no time here.
    fn position_ex(&mut self, now: Moment) -> Result<PinReply, NtStatus> {
        let position = self.stream.position(now)?;
        let counter = now.time.to_hns_floor();
        Ok(PinReply::PositionEx(PositionEx {
            timer_frequency: COUNTER_HERTZ,
            before: counter,
            position,
            after: counter,
        }))
    }

    fn engine_node(&mut self) -> Result<&mut dyn StreamAudioEngineNode, NtStatus> {
        self.stream
            .audio_engine_node()
            .ok_or(NtStatus::NOT_SUPPORTED)
    }
}
