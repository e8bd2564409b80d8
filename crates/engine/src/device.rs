//! A pin, opened the way the documents say.

use std::rc::Rc;
use std::sync::Arc;

use ks::{
    Completions, KsState, Mapping, PacketCount, PacketNumber, Payload, PinHandle, Settle, WriteIrp,
};
use ring::{Samples, SharedBuffer};
use thiserror::Error;
use units::{Bytes, Frames, Moment, NtStatus};
use vtime::{Context, EventHandle, Fork, Forker};

/// A pin in Stop with its cyclic buffer and its notification event: ready to be run by packets.
#[derive(Clone, Debug)]
pub struct DeviceStream {
    /// The pin.
    pub pin: PinHandle,
    /// Its cyclic buffer, or the client's own packets if the pin shares no buffer.
    pub mapping: Mapping,
    /// The event that each notification sets.
    pub notification: EventHandle,
    /// Frames in a packet.
    pub packet: Frames,
    /// Packets in the cyclic buffer.
    pub packets: u32,
    /// How late what leaves the cyclic buffer is.
    pub latency: ks::HwLatency,
    /// How packets are counted and announced.
    pub interface: Interface,
    /// The packets that the pin has given back, if they are handed over.
    pub completions: Arc<Completions>,
}

/// How the packets of a pin are counted and announced.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Interface {
    /// By their numbers.
    #[default]
    Packets,
    /// By the bytes that the device has fetched, and by the place in the buffer up to which it is
    /// valid: a stream that goes past the software engine.
    ///
    /// # Source
    /// `audio/ksproperty-audio-linear-buffer-position.md`,
    /// `audio/ksproperty-audio-wavert-current-write-position.md`.
    WritePosition,
    /// They are handed over, and come back: a pin of the older ports.
    ///
    /// # Source
    /// `stream/ioctl-ks-write-stream.md`.
    HandedOver,
}

/// Memory of the client's own: no device is on its other side.
#[derive(Debug)]
struct OwnMemory;

impl Settle for OwnMemory {
    fn settle(&self, _: Moment) {}

    fn fork_settle(&self, _: &mut Forker) -> Rc<dyn Settle> {
        Rc::new(Self)
    }
}

/// Why a pin cannot be run by packets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum DeviceError {
    /// The miniport has no notifications.
    #[error("the device has no notifications, so its packets cannot be counted")]
    NoNotifications,
    /// The miniport made a smaller buffer than was asked for.
    #[error("the miniport made a buffer of {actual:?}, less than the {requested:?} asked for")]
    BufferTooSmall {
        /// What was asked for.
        requested: Bytes,
        /// What was made.
        actual: Bytes,
    },
    /// The buffer does not hold a whole number of frames in each packet.
    #[error("a buffer of {frames:?} cannot be cut into {packets} packets")]
    UnevenPackets {
        /// Frames in the buffer.
        frames: Frames,
        /// Packets that it should hold.
        packets: u32,
    },
    /// The pin refused a request.
    #[error("the pin refused {request} with {status}")]
    Refused {
        /// What was asked.
        request: &'static str,
        /// What it said.
        status: NtStatus,
    },
}

impl DeviceStream {
    /// Sets up `pin` for packets: asks for notifications, makes a buffer of `packets` packets of
    /// `packet` frames of `format`, reads the hardware latency and registers `notification`.
    ///
    /// The miniport may make the packets longer; [`packet`](Self::packet) is what it made.
    ///
    /// # Errors
    /// [`DeviceError`]. A buffer smaller than asked for fails the stream.
    ///
    /// # Source
    /// `audio/ksproperty-rtaudio-buffer-with-notification.md`,
    /// `audio/ksproperty-rtaudio-register-notification-event.md`.
    pub fn open<C: Context>(
        cx: &C,
        pin: PinHandle,
        format: units::WaveFormat,
        packet: Frames,
        packets: u32,
        notification: EventHandle,
    ) -> Result<Self, DeviceError> {
        let support = ks::query_notification_support(cx, &pin);
        if support == Err(NtStatus::NOT_FOUND) {
            return Self::handing_over(pin, format, packet, packets, notification);
        }
        if !refused("QUERY_NOTIFICATION_SUPPORT", support)? {
            return Err(DeviceError::NoNotifications);
        }
        let requested = format.bytes_of(Frames::new(packet.get() * u64::from(packets)));
        let mapping = refused(
            "BUFFER_WITH_NOTIFICATION",
            ks::allocate_buffer_with_notification(cx, &pin, requested, packets),
        )?;
        if mapping.actual < requested {
            return Err(DeviceError::BufferTooSmall {
                requested,
                actual: mapping.actual,
            });
        }
        let frames = mapping.frames();
        if frames.get() % u64::from(packets) != 0 {
            return Err(DeviceError::UnevenPackets { frames, packets });
        }
        let latency = refused("HWLATENCY", ks::hw_latency(cx, &pin))?;
        refused(
            "REGISTER_NOTIFICATION_EVENT",
            ks::register_notification_event(cx, &pin, notification.clone()),
        )?;
        let packet = Frames::new(frames.get() / u64::from(packets));
        Ok(Self {
            pin,
            mapping,
            notification,
            packet,
            packets,
            latency,
            interface: Interface::Packets,
            completions: Arc::default(),
        })
    }

    /// The same for a pin that does not know the set of WaveRT: the client makes its packets in
    /// memory of its own, hands each over, and is told by `notification` when one has come back.
    fn handing_over(
        pin: PinHandle,
        format: units::WaveFormat,
        packet: Frames,
        packets: u32,
        notification: EventHandle,
    ) -> Result<Self, DeviceError> {
        let frames = Frames::new(packet.get() * u64::from(packets));
        if frames.is_zero() {
            return Err(DeviceError::UnevenPackets { frames, packets });
        }
        let mapping = Mapping {
            buffer: Arc::new(SharedBuffer::new(format, frames, Samples::Kept)),
            actual: format.bytes_of(frames),
            call_memory_barrier: false,
            bus: Rc::new(OwnMemory),
            range: None,
            combining: ks::Combining::default(),
        };
        Ok(Self {
            pin,
            mapping,
            notification,
            packet,
            packets,
            latency: ks::HwLatency::default(),
            interface: Interface::HandedOver,
            completions: Arc::default(),
        })
    }

    /// The same stream, whose packets are counted and announced by `interface`.
    #[must_use]
    pub fn with(self, interface: Interface) -> Self {
        Self { interface, ..self }
    }

    /// Packets that have been transferred wholly.
    pub(crate) fn packet_count<C: Context>(&self, cx: &C) -> Result<PacketCount, NtStatus> {
        match self.interface {
            Interface::Packets => ks::packet_count(cx, &self.pin),
            Interface::WritePosition => {
                let fetched = ks::linear_buffer_position(cx, &self.pin)?;
                let packet = self.mapping.format().bytes_of(self.packet).get();
                Ok(PacketCount::wrapping(fetched / packet))
            }
            Interface::HandedOver => Ok(PacketCount::wrapping(self.completions.done())),
        }
    }

    /// Announces `packet`; if it is the last one, with its valid bytes.
    pub(crate) fn announce<C: Context>(
        &self,
        cx: &C,
        packet: PacketNumber,
        last: Option<Bytes>,
    ) -> Result<(), NtStatus> {
        match self.interface {
            Interface::Packets => return ks::set_write_packet(cx, &self.pin, packet, last),
            Interface::HandedOver => return self.hand_over(cx, packet, last),
            Interface::WritePosition => {}
        }
        let size = self.mapping.format().bytes_of(self.packet).get();
        let begins = u64::from(packet.get() % self.packets) * size;
        match last.map(Bytes::get) {
            None => {
                let end = Bytes::new(begins + size);
                ks::set_current_write_position(cx, &self.pin, end)
            }
            // Nothing of the last packet: the stream ends where the one before it did.
            Some(0) if begins == 0 => {
                ks::set_last_buffer_position(cx, &self.pin, self.mapping.actual)
            }
            Some(valid) => ks::set_last_buffer_position(cx, &self.pin, Bytes::new(begins + valid)),
        }
    }

    /// Gives the pin a copy of `packet`, or of its valid bytes, with whose frames they are.
    fn hand_over<C: Context>(
        &self,
        cx: &C,
        packet: PacketNumber,
        last: Option<Bytes>,
    ) -> Result<(), NtStatus> {
        let format = self.mapping.format();
        let frames = last.map_or(self.packet, |valid| format.frames_in(valid));
        let at = u64::from(packet.get() % self.packets) * self.packet.get();
        let size = usize::try_from(format.bytes_of(frames).get());
        let mut bytes = vec![0; size.map_err(|_| NtStatus::INSUFFICIENT_RESOURCES)?];
        let mut whose = Vec::new();
        let out = Some(bytes.as_mut_slice());
        self.mapping
            .load(cx.moment(), Frames::new(at), frames, out, |len, of| {
                whose.push((len, of));
            });
        let irp = WriteIrp {
            payload: Payload::new(format, bytes.into(), whose),
            completions: self.completions.clone(),
            event: self.notification.clone(),
        };
        ks::write_stream(cx, &self.pin, irp)
    }

    /// The stream is back in Stop: what the client keeps of it begins anew. A pin with a cyclic
    /// buffer does that by itself.
    pub(crate) fn stopped(&self) {
        if self.interface == Interface::HandedOver {
            self.completions.rewind();
            self.mapping.buffer.set_run(self.mapping.run() + 1);
        }
    }

    /// Takes the stream to Stop, unregisters the event and closes the pin.
    ///
    /// # Errors
    /// [`DeviceError::Refused`]; the pin is closed all the same.
    pub fn close<C: Context>(self, cx: &C) -> Result<(), DeviceError> {
        let stopped = refused("SET STATE", ks::set_state(cx, &self.pin, KsState::Stop));
        let event = self.notification;
        if self.interface == Interface::HandedOver {
            ks::close(cx, &self.pin);
            return stopped;
        }
        let unregistered = refused(
            "UNREGISTER_NOTIFICATION_EVENT",
            ks::unregister_notification_event(cx, &self.pin, event),
        );
        ks::close(cx, &self.pin);
        stopped.and(unregistered)
    }
}

fn refused<T>(request: &'static str, answer: Result<T, NtStatus>) -> Result<T, DeviceError> {
    answer.map_err(|status| DeviceError::Refused { request, status })
}

impl Fork for DeviceStream {
    fn fork(&self, forker: &mut Forker) -> Self {
        Self {
            pin: self.pin.fork(forker),
            mapping: self.mapping.fork(forker),
            notification: self.notification.fork(forker),
            completions: forker.arc(&self.completions, |counted, _| counted.snapshot()),
            ..self.clone()
        }
    }
}
