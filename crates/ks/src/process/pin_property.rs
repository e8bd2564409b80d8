//! Requests to pins: from bytes to a typed request, and from its reply to bytes.

use units::{Bytes, Hns, NtStatus};
use vtime::{Context, EventHandle};

use super::Process;
use super::node_property::wave_of;
use super::property::Request;
use crate::address::MappedRange;
use crate::audio::{AudioRequest, PositionEx};
use crate::audio_engine::{
    AudioEngineRequest, ConstrictorOption, CurveType, VolumeLevel, VolumeRamp,
};
use crate::automation::Verb;
use crate::client;
use crate::guid::{
    KSPROPSETID_AUDIO, KSPROPSETID_AUDIO_ENGINE, KSPROPSETID_CONNECTION, KSPROPSETID_RT_AUDIO,
};
use crate::mapping::Mapping;
use crate::packet::{PacketNumber, ReadPacket, WritePacket};
use crate::packet_register::PacketRegister;
use crate::pin::PinHandle;
use crate::register::MappedRegister;
use crate::request::{
    HwLatency, PinReply, PinRequest, Position, PresentationPosition, RtAudioRequest,
};
use crate::state::KsState;
use crate::wire::{
    DataFormat, KsAudioEngineVolumeLevel, KsAudioPosition, KsAudioPositionEx,
    KsAudioPresentationPosition, KsNodePropertyAudioChannel, KsRtAudioBuffer,
    KsRtAudioBufferProperty, KsRtAudioBufferPropertyWithNotification, KsRtAudioGetReadPacketInfo,
    KsRtAudioHwLatency, KsRtAudioHwRegister, KsRtAudioHwRegisterProperty,
    KsRtAudioNotificationEventProperty, KsRtAudioPacketVRegister, KsRtAudioSetWritePacketInfo,
    Wire,
};

impl Process {
    /// Has the pin answer, and writes it into the history as any client's request.
    pub(super) fn pin_property<C: Context>(
        &self,
        cx: &C,
        pin: &PinHandle,
        request: &Request<'_>,
    ) -> Result<Vec<u8>, NtStatus> {
        let request = self.to_pin_request(request)?;
        let reply = client::request(cx, pin, request)?;
        Ok(encode(&reply))
    }

    /// Source: the page of each property; identifiers are those of `ks.h` and `ksmedia.h`.
    fn to_pin_request(&self, request: &Request<'_>) -> Result<PinRequest, NtStatus> {
        let set = request.verb == Verb::Set;
        match (request.item.set, request.item.id) {
            (KSPROPSETID_CONNECTION, 0) if set => {
                Ok(PinRequest::SetState(state_of(request.value)?))
            }
            (KSPROPSETID_CONNECTION, 0) => Ok(PinRequest::GetState),
            (KSPROPSETID_CONNECTION, 2) if set => {
                Ok(PinRequest::SetFormat(wave_of(request.value)?))
            }
            (KSPROPSETID_CONNECTION, 2) => Ok(PinRequest::GetFormat),
            (KSPROPSETID_AUDIO, 5) if !set => Ok(PinRequest::Position),
            (KSPROPSETID_AUDIO, _) => Ok(PinRequest::Audio(audio_request(request)?)),
            (KSPROPSETID_AUDIO_ENGINE, _) => {
                Ok(PinRequest::AudioEngine(audio_engine_request(request)?))
            }
            (KSPROPSETID_RT_AUDIO, _) => Ok(PinRequest::RtAudio(self.rt_audio_request(request)?)),
            _ => Err(NtStatus::NOT_FOUND),
        }
    }

    fn rt_audio_request(&self, request: &Request<'_>) -> Result<RtAudioRequest, NtStatus> {
        let input = request.input;
        Ok(match request.item.id {
            1 => {
                let buffer = KsRtAudioBufferProperty::parse(input)?;
                RtAudioRequest::Buffer {
                    requested: Bytes::new(buffer.requested_buffer_size.into()),
                    base: wish(buffer.base_address),
                }
            }
            2 => RtAudioRequest::HwLatency,
            3 => RtAudioRequest::PositionRegister {
                base: register_base(input)?,
            },
            4 => RtAudioRequest::ClockRegister {
                base: register_base(input)?,
            },
            5 => {
                let buffer = KsRtAudioBufferPropertyWithNotification::parse(input)?;
                RtAudioRequest::BufferWithNotification {
                    requested: Bytes::new(buffer.requested_buffer_size.into()),
                    notification_count: buffer.notification_count,
                    base: wish(buffer.base_address),
                }
            }
            6 => RtAudioRequest::RegisterNotificationEvent(self.event_of(input)?),
            7 => RtAudioRequest::UnregisterNotificationEvent(self.event_of(input)?),
            8 => RtAudioRequest::QueryNotificationSupport,
            9 => RtAudioRequest::PacketCount,
            10 => RtAudioRequest::PresentationPosition,
            11 => RtAudioRequest::GetReadPacket,
            12 => {
                let packet = KsRtAudioSetWritePacketInfo::parse(request.value)?;
                RtAudioRequest::SetWritePacket(WritePacket {
                    packet: PacketNumber::new(packet.packet_number),
                    flags: packet.flags,
                    eos_packet_length: Bytes::new(packet.eos_packet_length.into()),
                })
            }
            13 => RtAudioRequest::PacketVRegister,
            _ => return Err(NtStatus::NOT_FOUND),
        })
    }

    /// The event that a request is about.
    fn event_of(&self, input: &[u8]) -> Result<EventHandle, NtStatus> {
        let number = KsRtAudioNotificationEventProperty::parse(input)?.notification_event;
        self.event(number)
    }
}

/// Where a client wants a register.
fn register_base(input: &[u8]) -> Result<Option<u64>, NtStatus> {
    Ok(wish(
        KsRtAudioHwRegisterProperty::parse(input)?.base_address,
    ))
}

fn audio_request(request: &Request<'_>) -> Result<AudioRequest, NtStatus> {
    let count = || u32::read("ULONG", request.value).map(|count| Bytes::new(count.into()));
    Ok(match request.item.id {
        5 => {
            let position = KsAudioPosition::parse(request.value)?;
            AudioRequest::SetPosition(Position {
                play: Bytes::new(position.play_offset),
                write: Bytes::new(position.write_offset),
            })
        }
        50 => AudioRequest::PositionEx,
        52 => AudioRequest::PresentationPosition,
        53 => AudioRequest::SetCurrentWritePosition(count()?),
        54 => AudioRequest::LinearBufferPosition,
        56 => AudioRequest::SetLastBufferPosition(count()?),
        _ => return Err(NtStatus::NOT_FOUND),
    })
}

fn audio_engine_request(request: &Request<'_>) -> Result<AudioEngineRequest, NtStatus> {
    let set = request.verb == Verb::Set;
    let number = || u32::read("ULONG", request.value);
    Ok(match request.item.id {
        0 if set => AudioEngineRequest::SetLfxEnable(number()? != 0),
        0 => AudioEngineRequest::GetLfxEnable,
        8 => AudioEngineRequest::SetLoopbackProtection(match number()? {
            0 => ConstrictorOption::Disable,
            1 => ConstrictorOption::Mute,
            _ => return Err(NtStatus::INVALID_PARAMETER),
        }),
        9 => {
            let channel = KsNodePropertyAudioChannel::parse(request.input)?.channel;
            let channel = u32::try_from(channel).ok(); // -1 stands for all of them.
            if set {
                let ramp = ramp_of(request.value)?;
                AudioEngineRequest::SetVolumeLevel { channel, ramp }
            } else {
                let channel = channel.ok_or(NtStatus::INVALID_PARAMETER)?;
                AudioEngineRequest::GetVolumeLevel { channel }
            }
        }
        _ => return Err(NtStatus::NOT_FOUND),
    })
}

fn ramp_of(value: &[u8]) -> Result<VolumeRamp, NtStatus> {
    if value.len() < KsAudioEngineVolumeLevel::SIZE {
        return Err(NtStatus::BUFFER_TOO_SMALL);
    }
    let level = KsAudioEngineVolumeLevel::parse(value)?;
    Ok(VolumeRamp {
        target: VolumeLevel::new(level.target_volume),
        curve: match level.curve_type {
            0 => CurveType::None,
            1 => CurveType::WindowsFade,
            _ => return Err(NtStatus::INVALID_PARAMETER),
        },
        duration: Hns::new(level.curve_duration),
    })
}

fn state_of(value: &[u8]) -> Result<KsState, NtStatus> {
    let number = u32::read("KSSTATE", value)?;
    let state = KsState::ALL
        .into_iter()
        .find(|state| state.value() == number);
    state.ok_or(NtStatus::INVALID_PARAMETER)
}

/// An address that a client asks for; 0 is none.
const fn wish(address: u64) -> Option<u64> {
    if address == 0 { None } else { Some(address) }
}

fn encode(reply: &PinReply) -> Vec<u8> {
    match reply {
        PinReply::Done => Vec::new(),
        PinReply::State(state) => state.value().to_bytes(),
        PinReply::Buffer(mapping) => buffer(mapping).to_bytes(),
        PinReply::HwLatency(latency) => hw_latency(*latency).to_bytes(),
        PinReply::Register(mapped) => register(mapped).to_bytes(),
        PinReply::NotificationSupport(on) | PinReply::Switch(on) => u32::from(*on).to_bytes(),
        PinReply::PacketCount(count) => count.get().to_bytes(),
        PinReply::PresentationPosition(position) => presentation(*position).to_bytes(),
        PinReply::Position(position) => places(*position).to_bytes(),
        PinReply::PositionEx(position) => position_ex(*position).to_bytes(),
        PinReply::ReadPacket(packet) => read_packet(*packet).to_bytes(),
        PinReply::Format(format) => DataFormat::of(*format).to_bytes(),
        PinReply::LinearPosition(bytes) => bytes.to_bytes(),
        PinReply::VolumeLevel(level) => level.get().to_bytes(),
        PinReply::PacketRegister(cells) => packet_register(cells).to_bytes(),
    }
}

fn buffer(mapping: &Mapping) -> KsRtAudioBuffer {
    KsRtAudioBuffer {
        buffer_address: mapping.range.as_ref().map_or(0, MappedRange::address),
        actual_buffer_size: low(mapping.actual.get()),
        call_memory_barrier: mapping.call_memory_barrier.into(),
    }
}

fn register(mapped: &MappedRegister) -> KsRtAudioHwRegister {
    KsRtAudioHwRegister {
        register: mapped.address().unwrap_or(0),
        width: mapped.width,
        numerator: mapped.numerator,
        denominator: mapped.denominator,
        accuracy: mapped.accuracy,
    }
}

fn hw_latency(latency: HwLatency) -> KsRtAudioHwLatency {
    KsRtAudioHwLatency {
        fifo_size: low(latency.fifo_size.get()),
        chipset_delay: low(latency.chipset_delay.get()),
        codec_delay: low(latency.codec_delay.get()),
    }
}

fn presentation(position: PresentationPosition) -> KsAudioPresentationPosition {
    KsAudioPresentationPosition {
        position_in_blocks: position.blocks.get(),
        qpc_position: position.qpc.get(),
    }
}

const fn places(position: Position) -> KsAudioPosition {
    KsAudioPosition {
        play_offset: position.play.get(),
        write_offset: position.write.get(),
    }
}

const fn position_ex(position: PositionEx) -> KsAudioPositionEx {
    KsAudioPositionEx {
        timer_frequency: position.timer_frequency,
        time_stamp_1: position.before.get(),
        position: places(position.position),
        time_stamp_2: position.after.get(),
    }
}

fn read_packet(packet: ReadPacket) -> KsRtAudioGetReadPacketInfo {
    KsRtAudioGetReadPacketInfo {
        packet_number: packet.packet.get(),
        flags: packet.flags,
        performance_counter_value: packet.performance_counter.get(),
        more_data: packet.more_data.into(),
    }
}

/// Three cells of eight bytes, one behind the other.
fn packet_register(cells: &PacketRegister) -> KsRtAudioPacketVRegister {
    let first = cells.address();
    KsRtAudioPacketVRegister {
        completed_packet_count: first,
        completed_packet_qpc: first + 8,
        completed_packet_hash: first + 16,
    }
}

/// A value as a field of 32 bits holds it.
fn low(value: u64) -> u32 {
    u32::try_from(value).unwrap_or(u32::MAX)
}
