//! A client's calls: each sends one request and writes it into the history.

use units::{Bytes, NtStatus, WaveFormat};
use vtime::{Context, EventHandle};

use crate::audio::{AudioRequest, PositionEx};
use crate::audio_engine::{AudioEngineRequest, ConstrictorOption, VolumeLevel, VolumeRamp};
use crate::drm::{ContentId, DrmRights};
use crate::history::{CLOSE, REQUEST};
use crate::irp::WriteIrp;
use crate::mapping::Mapping;
use crate::packet::{END_OF_STREAM, PacketCount, PacketNumber, ReadPacket, WritePacket};
use crate::packet_register::PacketRegister;
use crate::pin::PinHandle;
use crate::register::MappedRegister;
use crate::request::{
    HwLatency, PinReply, PinRequest, Position, PresentationPosition, Property, RtAudioRequest,
};
use crate::state::KsState;

/// Sends `request` to `pin` at the moment of `cx`, and records it with its status and answer.
///
/// # Errors
/// The status that the pin refuses it with.
pub fn request<C: Context>(
    cx: &C,
    pin: &PinHandle,
    request: PinRequest,
) -> Result<PinReply, NtStatus> {
    let property = Property::of(&request).code();
    let (argument, detail) = argument_words(&request);
    let answer = pin.request(cx.moment(), request);
    let (status, word) = match &answer {
        Ok(reply) => (NtStatus::SUCCESS, answer_word(reply)),
        Err(status) => (*status, 0),
    };
    cx.record(
        &REQUEST,
        &[
            property.into(),
            argument,
            detail,
            status.value().into(),
            word,
        ],
    );
    answer
}

/// Closes `pin` and records it.
pub fn close<C: Context>(cx: &C, pin: &PinHandle) {
    pin.close(cx.moment());
    cx.record(&CLOSE, &[]);
}

/// What [`REQUEST`] says of what was asked.
fn argument_words(request: &PinRequest) -> (u64, u64) {
    match request {
        PinRequest::SetState(state) => (state.value().into(), 0),
        PinRequest::SetFormat(format) => format_words(*format),
        PinRequest::GetState | PinRequest::GetFormat | PinRequest::Position => (0, 0),
        PinRequest::Audio(request) => audio_words(*request),
        PinRequest::AudioEngine(request) => engine_words(*request),
        PinRequest::SetContentId { id, rights } => {
            let bits =
                u64::from(rights.copy_protect) | u64::from(rights.digital_output_disable) << 1;
            (id.get().into(), bits)
        }
        PinRequest::RtAudio(request) => rt_audio_words(request),
        PinRequest::WriteStream(irp) => (irp.payload.frames().get(), irp.completions.done()),
    }
}

fn rt_audio_words(request: &RtAudioRequest) -> (u64, u64) {
    match request {
        RtAudioRequest::Buffer { requested, .. } => (requested.get(), 0),
        RtAudioRequest::BufferWithNotification {
            requested,
            notification_count,
            ..
        } => (requested.get(), (*notification_count).into()),
        RtAudioRequest::SetWritePacket(write) => {
            let last = write.flags & END_OF_STREAM != 0;
            let valid = if last {
                write.eos_packet_length.get() + 1
            } else {
                0
            };
            (write.packet.get().into(), valid)
        }
        RtAudioRequest::HwLatency
        | RtAudioRequest::PositionRegister { .. }
        | RtAudioRequest::ClockRegister { .. }
        | RtAudioRequest::RegisterNotificationEvent(_)
        | RtAudioRequest::UnregisterNotificationEvent(_)
        | RtAudioRequest::QueryNotificationSupport
        | RtAudioRequest::PacketCount
        | RtAudioRequest::PresentationPosition
        | RtAudioRequest::GetReadPacket
        | RtAudioRequest::PacketVRegister => (0, 0),
    }
}

fn audio_words(request: AudioRequest) -> (u64, u64) {
    match request {
        AudioRequest::SetPosition(position) => (position.play.get(), position.write.get()),
        AudioRequest::SetCurrentWritePosition(end) | AudioRequest::SetLastBufferPosition(end) => {
            (end.get(), 0)
        }
        AudioRequest::PositionEx
        | AudioRequest::PresentationPosition
        | AudioRequest::LinearBufferPosition
        | AudioRequest::LastBufferSupport
        | AudioRequest::Latency => (0, 0),
    }
}

fn engine_words(request: AudioEngineRequest) -> (u64, u64) {
    match request {
        AudioEngineRequest::GetLfxEnable => (0, 0),
        AudioEngineRequest::SetLfxEnable(enable) => (enable.into(), 0),
        AudioEngineRequest::SetLoopbackProtection(option) => {
            ((option == ConstrictorOption::Mute).into(), 0)
        }
        AudioEngineRequest::GetVolumeLevel { channel } => (channel.into(), 0),
        AudioEngineRequest::SetVolumeLevel { channel, ramp } => (
            channel.map_or(u64::from(u32::MAX), u64::from),
            level_word(ramp.target),
        ),
    }
}

/// Rate; channels times 256 plus valid bits.
fn format_words(format: WaveFormat) -> (u64, u64) {
    let shape = u64::from(format.channels) << 8 | u64::from(format.sample.valid_bits());
    (format.rate.hertz().into(), shape)
}

/// The 32 bits of a level.
fn level_word(level: VolumeLevel) -> u64 {
    u32::from_ne_bytes(level.get().to_ne_bytes()).into()
}

/// What [`REQUEST`] says of the answer.
fn answer_word(reply: &PinReply) -> u64 {
    match reply {
        PinReply::Done | PinReply::Register(_) | PinReply::PacketRegister(_) => 0,
        PinReply::State(state) => state.value().into(),
        PinReply::Buffer(mapping) => mapping.actual.get(),
        PinReply::HwLatency(latency) => latency.fifo_size.get(),
        PinReply::NotificationSupport(there_are) => (*there_are).into(),
        PinReply::PacketCount(count) => count.get().into(),
        PinReply::PresentationPosition(position) => position.blocks.get(),
        PinReply::Position(position) => position.play.get(),
        PinReply::ReadPacket(packet) => packet.packet.get().into(),
        PinReply::Format(format) => format.rate.hertz().into(),
        PinReply::PositionEx(read) => read.position.play.get(),
        PinReply::LinearPosition(bytes) => *bytes,
        PinReply::Switch(on) => (*on).into(),
        PinReply::VolumeLevel(level) => level_word(*level),
    }
}

/// Declares one call: its name, what it sends and what part of the answer it hands on.
macro_rules! call {
    (
        $(#[$doc:meta])*
        $name:ident($($argument:ident: $kind:ty),*) -> $answer:ty:
        $request:expr => $reply:pat => $value:expr
    ) => {
        $(#[$doc])*
        ///
        /// # Errors
        /// The status that the pin refuses it with.
        pub fn $name<C: Context>(
            cx: &C,
            pin: &PinHandle,
            $($argument: $kind),*
        ) -> Result<$answer, NtStatus> {
            match request(cx, pin, $request)? {
                $reply => Ok($value),
                other => panic!("a pin answers a request in kind, not with {other:?}"),
            }
        }
    };
}

call! {
    /// The state of the stream.
    state() -> KsState: PinRequest::GetState => PinReply::State(state) => state
}

call! {
    /// Takes the stream to `state`, through every state between. After a failure it is in the
    /// last state that was reached.
    set_state(state: KsState) -> (): PinRequest::SetState(state) => PinReply::Done => ()
}

call! {
    /// Where in the cyclic buffer the device plays, and from where on the client may write.
    position() -> Position: PinRequest::Position => PinReply::Position(position) => position
}

call! {
    /// Makes the cyclic buffer, without notifications.
    allocate_buffer(requested: Bytes) -> Mapping:
    PinRequest::RtAudio(RtAudioRequest::Buffer { requested, base: None }) => PinReply::Buffer(mapping) => mapping
}

call! {
    /// Makes the cyclic buffer of `notification_count` packets, with a notification after each.
    allocate_buffer_with_notification(requested: Bytes, notification_count: u32) -> Mapping:
    PinRequest::RtAudio(RtAudioRequest::BufferWithNotification {
        requested,
        notification_count,
        base: None,
    })
        => PinReply::Buffer(mapping) => mapping
}

call! {
    /// How late what leaves the cyclic buffer is.
    hw_latency() -> HwLatency:
    PinRequest::RtAudio(RtAudioRequest::HwLatency) => PinReply::HwLatency(latency) => latency
}

call! {
    /// Maps the position register.
    position_register() -> MappedRegister:
    PinRequest::RtAudio(RtAudioRequest::PositionRegister { base: None })
        => PinReply::Register(register) => register
}

call! {
    /// Maps the clock register.
    clock_register() -> MappedRegister:
    PinRequest::RtAudio(RtAudioRequest::ClockRegister { base: None })
        => PinReply::Register(register) => register
}

call! {
    /// Has `event` set at each notification.
    register_notification_event(event: EventHandle) -> ():
    PinRequest::RtAudio(RtAudioRequest::RegisterNotificationEvent(event)) => PinReply::Done => ()
}

call! {
    /// Has `event` no longer set.
    unregister_notification_event(event: EventHandle) -> ():
    PinRequest::RtAudio(RtAudioRequest::UnregisterNotificationEvent(event)) => PinReply::Done => ()
}

call! {
    /// Whether the stream has notifications at all.
    query_notification_support() -> bool:
    PinRequest::RtAudio(RtAudioRequest::QueryNotificationSupport)
        => PinReply::NotificationSupport(there_are) => there_are
}

call! {
    /// How many packets are done.
    packet_count() -> PacketCount:
    PinRequest::RtAudio(RtAudioRequest::PacketCount) => PinReply::PacketCount(count) => count
}

call! {
    /// Which frame is heard now.
    presentation_position() -> PresentationPosition:
    PinRequest::RtAudio(RtAudioRequest::PresentationPosition)
        => PinReply::PresentationPosition(position) => position
}

call! {
    /// Which captured packet can be read now. Earlier ones then count as read.
    read_packet() -> ReadPacket:
    PinRequest::RtAudio(RtAudioRequest::GetReadPacket)
        => PinReply::ReadPacket(packet) => packet
}

call! {
    /// Announces `packet` as written. `eos` marks the last one of the stream and says how much of
    /// it is valid.
    set_write_packet(packet: PacketNumber, eos: Option<Bytes>) -> ():
    PinRequest::RtAudio(RtAudioRequest::SetWritePacket(WritePacket {
        packet,
        flags: if eos.is_some() { END_OF_STREAM } else { 0 },
        eos_packet_length: eos.unwrap_or(Bytes::ZERO),
    })) => PinReply::Done => ()
}

call! {
    /// What flows through the pin.
    format() -> WaveFormat: PinRequest::GetFormat => PinReply::Format(format) => format
}

call! {
    /// Lets `format` flow through the pin, before it has a buffer.
    set_format(format: WaveFormat) -> (): PinRequest::SetFormat(format) => PinReply::Done => ()
}

call! {
    /// Where in the cyclic buffer the device plays, and between which readings of the counter.
    position_ex() -> PositionEx:
    PinRequest::Audio(AudioRequest::PositionEx) => PinReply::PositionEx(read) => read
}

call! {
    /// Bytes fetched since the stream began.
    linear_buffer_position() -> u64:
    PinRequest::Audio(AudioRequest::LinearBufferPosition)
        => PinReply::LinearPosition(bytes) => bytes
}

call! {
    /// Says up to where the buffer of an offloaded stream is valid.
    set_current_write_position(end: Bytes) -> ():
    PinRequest::Audio(AudioRequest::SetCurrentWritePosition(end)) => PinReply::Done => ()
}

call! {
    /// Says up to where the buffer is valid, and that nothing follows.
    set_last_buffer_position(end: Bytes) -> ():
    PinRequest::Audio(AudioRequest::SetLastBufferPosition(end)) => PinReply::Done => ()
}

call! {
    /// How loud `channel` of an offloaded stream is.
    volume_level(channel: u32) -> VolumeLevel:
    PinRequest::AudioEngine(AudioEngineRequest::GetVolumeLevel { channel })
        => PinReply::VolumeLevel(level) => level
}

call! {
    /// Makes `channel`, or all of them, as loud as `ramp` says.
    set_volume_level(channel: Option<u32>, ramp: VolumeRamp) -> ():
    PinRequest::AudioEngine(AudioEngineRequest::SetVolumeLevel { channel, ramp })
        => PinReply::Done => ()
}

call! {
    /// Says whether the loopback may carry the stream.
    set_loopback_protection(option: ConstrictorOption) -> ():
    PinRequest::AudioEngine(AudioEngineRequest::SetLoopbackProtection(option))
        => PinReply::Done => ()
}

call! {
    /// Says whose content the pin carries from now on, and what may be done with it.
    set_content_id(id: ContentId, rights: DrmRights) -> ():
    PinRequest::SetContentId { id, rights } => PinReply::Done => ()
}

call! {
    /// Maps the cells that say which packet is done.
    packet_register() -> PacketRegister:
    PinRequest::RtAudio(RtAudioRequest::PacketVRegister)
        => PinReply::PacketRegister(register) => register
}

call! {
    /// Gives the pin a packet to play.
    write_stream(irp: WriteIrp) -> (): PinRequest::WriteStream(irp) => PinReply::Done => ()
}
