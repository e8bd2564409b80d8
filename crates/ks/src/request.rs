//! What can be asked of a pin, and what it answers.

use units::{Bytes, Frames, Hns, WaveFormat};
use vtime::EventHandle;

use crate::audio::{AudioRequest, PositionEx};
use crate::audio_engine::{AudioEngineRequest, VolumeLevel};
use crate::drm::{ContentId, DrmRights};
use crate::irp::WriteIrp;
use crate::mapping::Mapping;
use crate::packet::{PacketCount, ReadPacket, WritePacket};
use crate::packet_register::PacketRegister;
use crate::register::MappedRegister;
use crate::state::KsState;

/// A property request to a pin. Identifier, verb and sizes were checked when it was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PinRequest {
    /// In which state is the stream?
    #[doc(alias = "KSPROPERTY_CONNECTION_STATE")]
    GetState,
    /// Go to this state, through every state between.
    #[doc(alias = "KSPROPERTY_CONNECTION_STATE")]
    SetState(KsState),
    /// What flows?
    #[doc(alias = "KSPROPERTY_CONNECTION_DATAFORMAT")]
    GetFormat,
    /// Let this flow.
    #[doc(alias = "KSPROPERTY_CONNECTION_DATAFORMAT")]
    SetFormat(WaveFormat),
    /// Where in the cyclic buffer does the device play, and where may the client write?
    #[doc(alias = "KSPROPERTY_AUDIO_POSITION")]
    Position,
    /// Another property of audio pins.
    Audio(AudioRequest),
    /// A property of the audio engine that is built into the device.
    AudioEngine(AudioEngineRequest),
    /// From now on the pin carries this content.
    #[doc(alias = "KSPROPERTY_DRMAUDIOSTREAM_CONTENTID")]
    SetContentId {
        /// Which.
        id: ContentId,
        /// What may be done with it.
        rights: DrmRights,
    },
    /// A property of WaveRT pins.
    RtAudio(RtAudioRequest),
    /// Play this packet. It is answered at once; the packet comes back when the pin is done with it.
    #[doc(alias = "IOCTL_KS_WRITE_STREAM")]
    WriteStream(WriteIrp),
}

/// A request of the set [`KSPROPSETID_RT_AUDIO`](crate::KSPROPSETID_RT_AUDIO).
///
/// # Source
/// `audio/kspropsetid-rtaudio.md` and the page of each property.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RtAudioRequest {
    /// Make the cyclic buffer, without notifications.
    #[doc(alias = "KSPROPERTY_RTAUDIO_BUFFER")]
    Buffer {
        /// The size wished for.
        requested: Bytes,
        /// Where the client wants it in its address space; `None` for anywhere.
        base: Option<u64>,
    },
    /// Make the cyclic buffer, with notifications.
    #[doc(alias = "KSPROPERTY_RTAUDIO_BUFFER_WITH_NOTIFICATION")]
    BufferWithNotification {
        /// The size wished for.
        requested: Bytes,
        /// Notifications per turn of the buffer: the number of packets in it.
        notification_count: u32,
        /// Where the client wants it in its address space; `None` for anywhere.
        base: Option<u64>,
    },
    /// How late is what leaves the buffer?
    #[doc(alias = "KSPROPERTY_RTAUDIO_HWLATENCY")]
    HwLatency,
    /// Map the position register.
    #[doc(alias = "KSPROPERTY_RTAUDIO_POSITIONREGISTER")]
    PositionRegister {
        /// Where the client wants it in its address space; `None` for anywhere.
        base: Option<u64>,
    },
    /// Map the clock register.
    #[doc(alias = "KSPROPERTY_RTAUDIO_CLOCKREGISTER")]
    ClockRegister {
        /// Where the client wants it in its address space; `None` for anywhere.
        base: Option<u64>,
    },
    /// Set this event at each notification.
    #[doc(alias = "KSPROPERTY_RTAUDIO_REGISTER_NOTIFICATION_EVENT")]
    RegisterNotificationEvent(EventHandle),
    /// No longer set this event.
    #[doc(alias = "KSPROPERTY_RTAUDIO_UNREGISTER_NOTIFICATION_EVENT")]
    UnregisterNotificationEvent(EventHandle),
    /// Are there notifications at all?
    #[doc(alias = "KSPROPERTY_RTAUDIO_QUERY_NOTIFICATION_SUPPORT")]
    QueryNotificationSupport,
    /// How many packets are done?
    #[doc(alias = "KSPROPERTY_RTAUDIO_PACKETCOUNT")]
    PacketCount,
    /// Which frame is heard now?
    #[doc(alias = "KSPROPERTY_RTAUDIO_PRESENTATION_POSITION")]
    PresentationPosition,
    /// Which captured packet can be read?
    #[doc(alias = "KSPROPERTY_RTAUDIO_GETREADPACKET")]
    GetReadPacket,
    /// This packet is written.
    #[doc(alias = "KSPROPERTY_RTAUDIO_SETWRITEPACKET")]
    SetWritePacket(WritePacket),
    /// Map the cells that say which packet is done.
    #[doc(alias = "KSPROPERTY_RTAUDIO_PACKETVREGISTER")]
    PacketVRegister,
}

/// What a pin answers to a request that it grants. Each request has one kind of answer.
#[derive(Clone, Debug)]
pub enum PinReply {
    /// It is done.
    Done,
    /// The state of the stream.
    State(KsState),
    /// The cyclic buffer, mapped.
    Buffer(Mapping),
    /// The parts of the hardware latency.
    HwLatency(HwLatency),
    /// A register, mapped.
    Register(MappedRegister),
    /// Whether there are notifications.
    NotificationSupport(bool),
    /// Packets that are done.
    PacketCount(PacketCount),
    /// The frame that is heard, and when that was so.
    PresentationPosition(PresentationPosition),
    /// Places in the cyclic buffer.
    Position(Position),
    /// A captured packet.
    ReadPacket(ReadPacket),
    /// What flows.
    Format(WaveFormat),
    /// Places in the cyclic buffer between two readings of the counter.
    PositionEx(PositionEx),
    /// Bytes since the stream began.
    LinearPosition(u64),
    /// Whether the device can do it, or does it.
    Switch(bool),
    /// How loud a channel is.
    VolumeLevel(VolumeLevel),
    /// The cells that say which packet is done, mapped.
    PacketRegister(PacketRegister),
}

/// How late what leaves the cyclic buffer is.
///
/// # Source
/// `ksmedia/ns-ksmedia-ksrtaudio_hwlatency.md`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[doc(alias = "KSRTAUDIO_HWLATENCY")]
pub struct HwLatency {
    /// Size of the FIFO between memory and converter.
    pub fifo_size: Bytes,
    /// The most that the chipset adds between processor and memory.
    pub chipset_delay: Hns,
    /// From the bus to the jack.
    pub codec_delay: Hns,
}

/// Places in the cyclic buffer, each from 0 to its size minus 1.
///
/// # Source
/// `audio/audio-position-property.md`.
/// Model: both are half-open, "the next byte to be …"; see `docs/rules/wavert-ks.md`, R88.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[doc(alias = "KSAUDIO_POSITION")]
pub struct Position {
    /// What is at the converter now.
    #[doc(alias = "PlayOffset")]
    pub play: Bytes,
    /// From where on the client may write.
    #[doc(alias = "WriteOffset")]
    pub write: Bytes,
}

/// Which frame is heard, and when that was so.
///
/// # Source
/// `ksmedia/ns-ksmedia-ksaudio_presentation_position.md`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[doc(alias = "KSAUDIO_PRESENTATION_POSITION")]
pub struct PresentationPosition {
    /// Frames presented since the stream began.
    #[doc(alias = "u64PositionInBlocks")]
    pub blocks: Frames,
    /// The performance counter at that very instant; it runs at 10 MHz.
    #[doc(alias = "u64QPCPosition")]
    pub qpc: Hns,
}

/// Set, identifier and verb of a request, as one number for the history.
///
/// 256 per set (connection 1, audio 2, WaveRT 3, audio engine 4, content rights 5, and 6 for packets,
/// which are no property) plus the identifier that the headers give, plus 65 536 if something is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Property(u32);

impl Property {
    pub(crate) const SET: u32 = 0x1_0000;
    const CONNECTION: u32 = 0x100;
    const AUDIO: u32 = 0x200;
    const RT_AUDIO: u32 = 0x300;
    const AUDIO_ENGINE: u32 = 0x400;
    const DRM: u32 = 0x500;
    const WRITE_STREAM: u32 = 0x600;

    /// `KSPROPERTY_RTAUDIO_SETWRITEPACKET`, which can only be set.
    pub const SET_WRITE_PACKET: Self = Self(Self::RT_AUDIO | 0xC | Self::SET);

    /// What `request` is about.
    pub const fn of(request: &PinRequest) -> Self {
        Self(match request {
            PinRequest::GetState => Self::CONNECTION,
            PinRequest::SetState(_) => Self::CONNECTION | Self::SET,
            PinRequest::GetFormat => Self::CONNECTION | 0x2,
            PinRequest::SetFormat(_) => Self::CONNECTION | 0x2 | Self::SET,
            PinRequest::Position => Self::AUDIO | 0x5,
            PinRequest::Audio(request) => Self::AUDIO | request.identifier(),
            PinRequest::AudioEngine(request) => Self::AUDIO_ENGINE | request.identifier(),
            PinRequest::SetContentId { .. } => Self::DRM | Self::SET,
            PinRequest::RtAudio(request) => Self::RT_AUDIO | request.identifier(),
            PinRequest::WriteStream(_) => Self::WRITE_STREAM | Self::SET,
        })
    }

    /// The property that the history calls `code`.
    pub const fn from_code(code: u32) -> Self {
        Self(code)
    }

    /// The number in the history.
    pub const fn code(self) -> u32 {
        self.0
    }

    /// The name that the headers give it.
    pub const fn name(self) -> &'static str {
        match self.0 & 0xFFFF {
            0x100 => "KSPROPERTY_CONNECTION_STATE",
            0x102 => "KSPROPERTY_CONNECTION_DATAFORMAT",
            0x201 => "KSPROPERTY_AUDIO_LATENCY",
            0x205 => "KSPROPERTY_AUDIO_POSITION",
            0x232 => "KSPROPERTY_AUDIO_POSITIONEX",
            0x234 => "KSPROPERTY_AUDIO_PRESENTATION_POSITION",
            0x235 => "KSPROPERTY_AUDIO_WAVERT_CURRENT_WRITE_POSITION",
            0x236 => "KSPROPERTY_AUDIO_LINEAR_BUFFER_POSITION",
            0x238 => "KSPROPERTY_AUDIO_WAVERT_CURRENT_WRITE_LASTBUFFER_POSITION",
            0x301 => "KSPROPERTY_RTAUDIO_BUFFER",
            0x302 => "KSPROPERTY_RTAUDIO_HWLATENCY",
            0x303 => "KSPROPERTY_RTAUDIO_POSITIONREGISTER",
            0x304 => "KSPROPERTY_RTAUDIO_CLOCKREGISTER",
            0x305 => "KSPROPERTY_RTAUDIO_BUFFER_WITH_NOTIFICATION",
            0x306 => "KSPROPERTY_RTAUDIO_REGISTER_NOTIFICATION_EVENT",
            0x307 => "KSPROPERTY_RTAUDIO_UNREGISTER_NOTIFICATION_EVENT",
            0x308 => "KSPROPERTY_RTAUDIO_QUERY_NOTIFICATION_SUPPORT",
            0x309 => "KSPROPERTY_RTAUDIO_PACKETCOUNT",
            0x30A => "KSPROPERTY_RTAUDIO_PRESENTATION_POSITION",
            0x30B => "KSPROPERTY_RTAUDIO_GETREADPACKET",
            0x30C => "KSPROPERTY_RTAUDIO_SETWRITEPACKET",
            0x30D => "KSPROPERTY_RTAUDIO_PACKETVREGISTER",
            0x400 => "KSPROPERTY_AUDIOENGINE_LFXENABLE",
            0x408 => "KSPROPERTY_AUDIOENGINE_LOOPBACK_PROTECTION",
            0x409 => "KSPROPERTY_AUDIOENGINE_VOLUMELEVEL",
            0x500 => "KSPROPERTY_DRMAUDIOSTREAM_CONTENTID",
            0x600 => "IOCTL_KS_WRITE_STREAM",
            _ => "unknown",
        }
    }
}

impl RtAudioRequest {
    /// The identifier that `ksmedia.h` gives the property; `SETWRITEPACKET` carries the verb too.
    const fn identifier(&self) -> u32 {
        match self {
            Self::Buffer { .. } => 1,
            Self::HwLatency => 2,
            Self::PositionRegister { .. } => 3,
            Self::ClockRegister { .. } => 4,
            Self::BufferWithNotification { .. } => 5,
            Self::RegisterNotificationEvent(_) => 6,
            Self::UnregisterNotificationEvent(_) => 7,
            Self::QueryNotificationSupport => 8,
            Self::PacketCount => 9,
            Self::PresentationPosition => 0xA,
            Self::GetReadPacket => 0xB,
            Self::SetWritePacket(_) => 0xC | Property::SET,
            Self::PacketVRegister => 0xD,
        }
    }
}

vtime::fork_by_clone!(HwLatency, Position, PresentationPosition);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::packet::PacketNumber;

    #[test]
    fn r52_buffers_are_got_and_write_packets_are_set() {
        let buffer = RtAudioRequest::Buffer {
            requested: Bytes::new(4),
            base: None,
        };
        let packet = WritePacket {
            packet: PacketNumber::new(0),
            flags: 0,
            eos_packet_length: Bytes::ZERO,
        };
        let buffer = Property::of(&PinRequest::RtAudio(buffer));
        let packet = Property::of(&PinRequest::RtAudio(RtAudioRequest::SetWritePacket(packet)));
        assert_eq!(buffer.code(), 0x0_0301);
        assert_eq!(packet.code(), 0x1_030C);
        assert_eq!(packet.name(), "KSPROPERTY_RTAUDIO_SETWRITEPACKET");
    }
}
