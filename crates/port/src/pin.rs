//! A pin: the stepping of its states, and what is asked of it.

use ks::{KsState, Mapping, Pin, PinReply, PinRequest, RtAudioRequest, Step};
use portcls::{
    AudioBuffer, CacheType, InputStream, MiniportWaveRtStream, OutputStream, StreamNotification,
};
use units::{Bytes, Moment, NtStatus};
use vtime::{EventHandle, Fork, Forker};

use crate::wavert::OpenPins;

/// An open pin and the miniport's stream behind it.
#[derive(Debug)]
pub(crate) struct WaveRtPin {
    stream: Box<dyn MiniportWaveRtStream>,
    state: KsState,
    buffer: Option<CyclicBuffer>,
    position_register: RegisterUse,
    clock_register: RegisterUse,
    /// What the client has registered and not unregistered.
    events: Vec<EventHandle>,
    factory: u32,
    open_pins: OpenPins,
    closed: bool,
}

/// The cyclic buffer, and who frees it: that depends on who made it.
#[derive(Debug)]
struct CyclicBuffer {
    buffer: AudioBuffer,
    with_notification: bool,
}

/// A register can be mapped once in the life of a pin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum RegisterUse {
    NotMapped,
    Mapped,
}

impl WaveRtPin {
    pub(crate) fn new(
        stream: Box<dyn MiniportWaveRtStream>,
        factory: u32,
        open_pins: OpenPins,
    ) -> Self {
        Self {
            stream,
            state: KsState::Stop,
            buffer: None,
            position_register: RegisterUse::NotMapped,
            clock_register: RegisterUse::NotMapped,
            events: Vec::new(),
            factory,
            open_pins,
            closed: false,
        }
    }

    /// Walks to `target`; after a failure it stays in the last good state.
    ///
    /// Source: `portcls/nf-portcls-iminiportwavertstream-setstate.md` (neighbours only).
    /// Model: RUN without a buffer is refused here, as an HD Audio engine refuses to leave reset.
    fn set_state(&mut self, now: Moment, target: KsState) -> Result<(), NtStatus> {
        for step in self.state.steps_to(target) {
            if step == Step::PauseToRun && self.buffer.is_none() {
                return Err(NtStatus::INVALID_DEVICE_REQUEST);
            }
            self.stream.set_state(now, step.to())?;
            self.state = step.to();
        }
        Ok(())
    }

    fn rt_audio(&mut self, now: Moment, request: RtAudioRequest) -> Result<PinReply, NtStatus> {
        match request {
            RtAudioRequest::Buffer { requested } => self.allocate(now, requested, None),
            RtAudioRequest::BufferWithNotification {
                requested,
                notification_count,
            } => self.allocate(now, requested, Some(notification_count)),
            RtAudioRequest::HwLatency => {
                self.buffer.as_ref().ok_or(NtStatus::DEVICE_NOT_READY)?;
                Ok(PinReply::HwLatency(self.stream.hw_latency(now)))
            }
            RtAudioRequest::PositionRegister => {
                self.position_register.check()?;
                let register = self.stream.position_register(now)?;
                self.position_register = RegisterUse::Mapped;
                Ok(PinReply::Register(register))
            }
            RtAudioRequest::ClockRegister => {
                self.clock_register.check()?;
                let register = self.stream.clock_register(now)?;
                self.clock_register = RegisterUse::Mapped;
                Ok(PinReply::Register(register))
            }
            RtAudioRequest::RegisterNotificationEvent(event) => self.register_event(now, event),
            RtAudioRequest::UnregisterNotificationEvent(event) => {
                self.notification()?
                    .unregister_notification_event(now, &event)?;
                self.events.retain(|registered| *registered != event);
                Ok(PinReply::Done)
            }
            RtAudioRequest::QueryNotificationSupport => Ok(PinReply::NotificationSupport(
                self.stream.notification().is_some(),
            )),
            RtAudioRequest::PacketCount => {
                Ok(PinReply::PacketCount(self.packets()?.packet_count(now)?))
            }
            RtAudioRequest::PresentationPosition => {
                let position = self.packets()?.presentation_position(now)?;
                Ok(PinReply::PresentationPosition(position))
            }
            RtAudioRequest::SetWritePacket(packet) => {
                self.packets()?.set_write_packet(now, packet)?;
                Ok(PinReply::Done)
            }
            RtAudioRequest::GetReadPacket => {
                let packet = self.captured_packets()?.read_packet(now)?;
                Ok(PinReply::ReadPacket(packet))
            }
        }
    }

    /// Makes the cyclic buffer, with notifications if there is a count of them.
    ///
    /// Model: only in Stop and only once, as an HD Audio engine has it.
    fn allocate(
        &mut self,
        now: Moment,
        requested: Bytes,
        notification_count: Option<u32>,
    ) -> Result<PinReply, NtStatus> {
        if self.state != KsState::Stop {
            return Err(NtStatus::INVALID_DEVICE_STATE);
        }
        if self.buffer.is_some() {
            return Err(NtStatus::INVALID_DEVICE_REQUEST);
        }
        let buffer = match notification_count {
            Some(count) => self
                .notification()?
                .allocate_buffer_with_notification(now, count, requested)?,
            None => self.stream.allocate_audio_buffer(now, requested)?,
        };
        let mapping = Mapping {
            buffer: buffer.memory.clone(),
            actual: buffer.actual,
            call_memory_barrier: buffer.cache == CacheType::WriteCombined,
            bus: buffer.bus.clone(),
        };
        let with_notification = notification_count.is_some();
        self.buffer = Some(CyclicBuffer {
            buffer,
            with_notification,
        });
        Ok(PinReply::Buffer(mapping))
    }

    fn register_event(&mut self, now: Moment, event: EventHandle) -> Result<PinReply, NtStatus> {
        let has_buffer = self.buffer.as_ref().map(|buffer| buffer.with_notification);
        let notification = self.notification()?;
        match has_buffer {
            None => return Err(NtStatus::DEVICE_NOT_READY),
            Some(false) => return Err(NtStatus::NOT_SUPPORTED),
            Some(true) => notification.register_notification_event(now, event.clone())?,
        }
        self.events.push(event);
        Ok(PinReply::Done)
    }

    fn notification(&mut self) -> Result<&mut dyn StreamNotification, NtStatus> {
        self.stream.notification().ok_or(NtStatus::NOT_SUPPORTED)
    }

    /// The packet interface of a stream to be rendered.
    fn packets(&mut self) -> Result<&mut dyn OutputStream, NtStatus> {
        self.check_packets()?;
        self.stream.output().ok_or(NtStatus::NOT_SUPPORTED)
    }

    /// The packet interface of a captured stream.
    fn captured_packets(&mut self) -> Result<&mut dyn InputStream, NtStatus> {
        self.check_packets()?;
        self.stream.input().ok_or(NtStatus::NOT_SUPPORTED)
    }

    /// Packets need a buffer with notifications.
    fn check_packets(&self) -> Result<(), NtStatus> {
        match &self.buffer {
            Some(buffer) if buffer.with_notification => Ok(()),
            _ => Err(NtStatus::NOT_SUPPORTED),
        }
    }

    fn free_buffer(&mut self, now: Moment) {
        match self.buffer.take() {
            Some(CyclicBuffer {
                buffer,
                with_notification: false,
            }) => {
                self.stream.free_audio_buffer(now, buffer);
            }
            Some(CyclicBuffer {
                buffer,
                with_notification: true,
            }) => {
                let notification = self.stream.notification();
                let notification = notification.expect("an interface once had is not lost");
                notification.free_buffer_with_notification(now, buffer);
            }
            None => {}
        }
    }
}

impl Pin for WaveRtPin {
    fn request(&mut self, now: Moment, request: PinRequest) -> Result<PinReply, NtStatus> {
        if self.closed {
            return Err(NtStatus::INVALID_HANDLE);
        }
        match request {
            PinRequest::GetState => Ok(PinReply::State(self.state)),
            PinRequest::SetState(target) => {
                self.set_state(now, target)?;
                Ok(PinReply::Done)
            }
            PinRequest::Position => Ok(PinReply::Position(self.stream.position(now)?)),
            PinRequest::RtAudio(request) => self.rt_audio(now, request),
        }
    }

    /// Source: `audio/managing-memory-buffers-rebalance.md` (stop, then free).
    fn close(&mut self, now: Moment) {
        if self.closed {
            return;
        }
        self.closed = true;
        for step in self.state.steps_to(KsState::Stop) {
            // A downward step has nothing to fail with; if it does, the pin is closed all the same.
            let _ = self.stream.set_state(now, step.to());
        }
        self.state = KsState::Stop;
        for event in std::mem::take(&mut self.events) {
            if let Some(notification) = self.stream.notification() {
                // Only what the miniport has accepted is in the list.
                let _ = notification.unregister_notification_event(now, &event);
            }
        }
        self.free_buffer(now);
        self.open_pins.closed(self.factory);
    }

    fn fork_pin(&self, forker: &mut Forker) -> Box<dyn Pin> {
        Box::new(Self {
            stream: self.stream.fork(forker),
            buffer: self.buffer.fork(forker),
            events: self.events.fork(forker),
            open_pins: self.open_pins.fork(forker),
            ..*self
        })
    }
}

impl RegisterUse {
    fn check(self) -> Result<(), NtStatus> {
        match self {
            Self::NotMapped => Ok(()),
            Self::Mapped => Err(NtStatus::INVALID_DEVICE_REQUEST),
        }
    }
}

impl Fork for CyclicBuffer {
    fn fork(&self, forker: &mut Forker) -> Self {
        Self {
            buffer: self.buffer.fork(forker),
            with_notification: self.with_notification,
        }
    }
}
