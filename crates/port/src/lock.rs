//! Which lock a property takes.

use ks::{PinRequest, RtAudioRequest};

/// The lock under which a property request reaches the miniport.
///
/// Requests of one lock wait for each other, those of two do not. The model's requests take no
/// time, so nobody ever waits; this says who would.
///
/// # Source
/// `audio/usepositionlock.md`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PropertyLock {
    /// The one lock of the device: also that of changes of state.
    Device,
    /// The position lock of the stream.
    Position,
}

impl PropertyLock {
    /// The lock of `request`. With `use_position_lock` what streams ask for all the time has one of
    /// its own; by default it has not.
    #[doc(alias = "UsePositionLock")]
    pub const fn of(request: &PinRequest, use_position_lock: bool) -> Self {
        let is_position = match request {
            PinRequest::Position => true,
            PinRequest::Audio(request) => matches!(request, ks::AudioRequest::PositionEx),
            PinRequest::RtAudio(request) => matches!(
                request,
                RtAudioRequest::GetReadPacket
                    | RtAudioRequest::SetWritePacket(_)
                    | RtAudioRequest::PresentationPosition
                    | RtAudioRequest::PacketCount
            ),
            PinRequest::GetState
            | PinRequest::SetState(_)
            | PinRequest::GetFormat
            | PinRequest::SetFormat(_)
            | PinRequest::SetContentId { .. }
            | PinRequest::AudioEngine(_)
            | PinRequest::WriteStream(_) => false,
        };
        if use_position_lock && is_position {
            Self::Position
        } else {
            Self::Device
        }
    }
}

vtime::fork_by_clone!(PropertyLock);

#[cfg(test)]
mod tests {
    use ks::{AudioRequest, KsState, PacketNumber, WritePacket};
    use units::Bytes;

    use super::*;

    #[test]
    fn six_properties_have_the_position_lock_and_only_if_it_is_used() {
        let write = WritePacket {
            packet: PacketNumber::new(0),
            flags: 0,
            eos_packet_length: Bytes::ZERO,
        };
        let positions = [
            PinRequest::Position,
            PinRequest::Audio(AudioRequest::PositionEx),
            PinRequest::RtAudio(RtAudioRequest::GetReadPacket),
            PinRequest::RtAudio(RtAudioRequest::SetWritePacket(write)),
            PinRequest::RtAudio(RtAudioRequest::PresentationPosition),
            PinRequest::RtAudio(RtAudioRequest::PacketCount),
        ];
        let others = [
            PinRequest::SetState(KsState::Run),
            PinRequest::GetState,
            PinRequest::Audio(AudioRequest::LinearBufferPosition),
            PinRequest::RtAudio(RtAudioRequest::HwLatency),
            PinRequest::RtAudio(RtAudioRequest::PositionRegister { base: None }),
        ];
        for request in &positions {
            assert_eq!(PropertyLock::of(request, true), PropertyLock::Position);
            assert_eq!(PropertyLock::of(request, false), PropertyLock::Device);
        }
        for request in &others {
            assert_eq!(PropertyLock::of(request, true), PropertyLock::Device);
        }
    }
}
