//! The properties of WaveRT pins.

use ks::{PacketCells, PacketRegister, PinReply, RtAudioRequest};
use portcls::{InputStream, MiniportWaveRtStream as _, OutputStream, StreamNotification};
use units::{Moment, NtStatus};
use vtime::{EventHandle, Shared};

use super::OpenPin;

impl OpenPin {
    /// Source: `audio/kspropsetid-rtaudio.md`, and the page of each property.
    pub(super) fn rt_audio(
        &mut self,
        now: Moment,
        request: RtAudioRequest,
    ) -> Result<PinReply, NtStatus> {
        match request {
            RtAudioRequest::Buffer { requested, base } => self.allocate(now, requested, None, base),
            RtAudioRequest::BufferWithNotification {
                requested,
                notification_count,
                base,
            } => self.allocate(now, requested, Some(notification_count), base),
            RtAudioRequest::HwLatency => {
                self.buffer.as_ref().ok_or(NtStatus::DEVICE_NOT_READY)?;
                Ok(PinReply::HwLatency(self.stream.hw_latency(now)))
            }
            RtAudioRequest::PositionRegister { base } => self.map_position_register(now, base),
            RtAudioRequest::ClockRegister { base } => self.map_clock_register(now, base),
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
            RtAudioRequest::PacketVRegister => self.packet_register(),
        }
    }

    fn register_event(&mut self, now: Moment, event: EventHandle) -> Result<PinReply, NtStatus> {
        let has_buffer = self.buffer.as_ref().map(|buffer| buffer.with_notification);
        let notification = self.notification()?;
        match has_buffer {
            None => return Err(NtStatus::DEVICE_NOT_READY),
            Some(false) => return Err(NtStatus::NOT_SUPPORTED),
            Some(true) => notification.register_notification_event(now, event.clone())?,
        }
        if let Some(cells) = &self.cells {
            self.verifier.show(event.clone(), cells.clone());
        }
        self.events.push(event);
        Ok(PinReply::Done)
    }

    /// Maps the cells that change before an event is set.
    ///
    /// Source: `ksmedia/ns-ksmedia-ksrtaudio_packetvregister.md`.
    /// Model: like the other packet properties it needs a buffer with notifications, and like the
    /// other registers it is mapped once; not supported if nobody sees the interrupt.
    fn packet_register(&mut self) -> Result<PinReply, NtStatus> {
        self.check_packets()?;
        if !self.verifier.sees_interrupts() {
            return Err(NtStatus::NOT_SUPPORTED);
        }
        if self.cells.is_some() {
            return Err(NtStatus::INVALID_DEVICE_REQUEST);
        }
        let range = self.mappings.map(None, portcls::PAGE_SIZE)?;
        let cells = Shared::new(PacketCells::default());
        for event in &self.events {
            self.verifier.show(event.clone(), cells.clone());
        }
        self.cells = Some(cells.clone());
        Ok(PinReply::PacketRegister(PacketRegister::new(cells, range)))
    }

    pub(super) fn notification(&mut self) -> Result<&mut dyn StreamNotification, NtStatus> {
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
}
