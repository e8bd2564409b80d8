//! A real port over a driver, on its device, in a world of its own.

use std::rc::Rc;

use ks::{FilterHandle, PinConnect, PinHandle, PinRequest, RtAudioRequest, WritePacket};
use port::{DeviceHandle, Memory, Verifier, WaveRtPort};
use portcls::PortWaveRtStream;
use ring::Samples;
use units::{Bytes, Hns, NtStatus, SampleFormat, SimDuration, SimTime, WaveFormat};
use vtime::sim::{Cx, Role, World};
use vtime::{EventHandle, Keep, Reset, Shared};

use super::said::{Answer, Said};
use super::{Ask, Connect};
use crate::kit::{Driver, Maker, Pages, Processor, Rung, Setup, Signal, Wiring, bell, serve};

/// A device with its driver, and the pin if it is open.
pub(super) struct PinSubject {
    world: World,
    cx: Cx,
    setup: Setup,
    /// `None` for a stream without a miniport, which has no pin.
    made: Option<Made>,
    pin: Option<PinHandle>,
    events: Vec<(u8, EventHandle)>,
    rung: Rung,
}

/// What the port made of a miniport.
struct Made {
    filter: FilterHandle,
    device: DeviceHandle,
    pin: u32,
}

impl PinSubject {
    pub(super) fn new(setup: &Setup, make: &dyn Fn(&mut Wiring<'_>) -> Driver) -> Self {
        let mut world = World::new(1, Keep::Digest);
        let line = world.event("interrupt line", Reset::Auto);
        let start = SimTime::ZERO + SimDuration::from_hns(setup.start);
        // Nobody lives in it yet.
        let _ = world.run_until(start);
        let pages: Box<dyn PortWaveRtStream> = Box::new(Pages::new());
        let now = world.now();
        let driver = make(&mut Wiring {
            world: &mut world,
            setup: *setup,
            now,
            line: line.clone(),
            port: Shared::new(pages),
        });
        let verifier = Verifier::default();
        let routine = driver
            .routine
            .map(|routine| verifier.interrupt_routine(routine));
        let installed = match driver.maker {
            Maker::Stream(_) => None,
            Maker::Miniport(miniport, pin) => {
                let memory = Shared::new(Memory::ample(Samples::Left));
                let (filter, device) = WaveRtPort::install_device(miniport, memory, verifier);
                Some(Made {
                    filter,
                    device,
                    pin,
                })
            }
        };
        let processor = Rc::new(Processor::new(routine));
        let cx = world.actor("processor");
        world.spawn(&cx, Role::Service, serve(cx.clone(), processor, line));
        Self {
            world,
            cx,
            setup: *setup,
            made: installed,
            pin: None,
            events: Vec::new(),
            rung: Rung::default(),
        }
    }

    pub(super) fn has_pin(&self) -> bool {
        self.made.is_some()
    }

    /// Lets time pass; returns the events that were set.
    pub(super) fn pass(&mut self, until: Hns) -> Vec<Signal> {
        let until = SimTime::ZERO + SimDuration::from_hns(until);
        // A driver that never comes to rest stays where it is; then its answers are what they are.
        let _ = self.world.run_until(until);
        std::mem::take(&mut *self.rung.borrow_mut())
    }

    /// Asks. `packet` is the number of the packet that a write is of.
    pub(super) fn ask(&mut self, ask: Ask, packet: u32) -> Answer {
        let now = self.world.now();
        let Some(made) = &self.made else {
            return Err(NtStatus::NOT_IMPLEMENTED);
        };
        match ask {
            Ask::Open(connect) => {
                let connect = PinConnect::of(made.pin, self.format(connect));
                let opened = made.filter.create_pin(now, connect)?;
                // Whoever opens a second one has lost the first.
                self.pin.get_or_insert(opened);
                Ok(Said::Done)
            }
            Ask::Close => {
                if let Some(pin) = self.pin.take() {
                    pin.close(now);
                }
                Ok(Said::Done)
            }
            Ask::Power(power) => {
                made.device.set_power(now, power);
                Ok(Said::Done)
            }
            Ask::Remove => {
                made.device.surprise_removal(now);
                Ok(Said::Done)
            }
            ask => {
                let request = self.request(ask, packet);
                let pin = self.pin.as_ref().ok_or(NtStatus::INVALID_HANDLE)?;
                Ok(pin.request(now, request)?.into())
            }
        }
    }

    fn format(&self, connect: Connect) -> WaveFormat {
        let wrong = || WaveFormat::new(1_000_000, 40, SampleFormat::F32);
        match connect {
            Connect::Right => self.setup.format,
            Connect::Wrong => wrong().expect("it has channels"),
        }
    }

    fn request(&mut self, ask: Ask, packet: u32) -> PinRequest {
        PinRequest::RtAudio(match ask {
            Ask::State(state) => return PinRequest::SetState(state),
            Ask::Format(connect) => return PinRequest::SetFormat(self.format(connect)),
            Ask::GetFormat => return PinRequest::GetFormat,
            Ask::Position => return PinRequest::Position,
            Ask::Buffer {
                requested,
                packets: None,
            } => RtAudioRequest::Buffer {
                requested,
                base: None,
            },
            Ask::Buffer {
                requested,
                packets: Some(notification_count),
            } => RtAudioRequest::BufferWithNotification {
                requested,
                notification_count,
                base: None,
            },
            Ask::Register(event) => RtAudioRequest::RegisterNotificationEvent(self.event(event)),
            Ask::Unregister(event) => {
                RtAudioRequest::UnregisterNotificationEvent(self.event(event))
            }
            Ask::NotificationSupport => RtAudioRequest::QueryNotificationSupport,
            Ask::HwLatency => RtAudioRequest::HwLatency,
            Ask::MapPosition => RtAudioRequest::PositionRegister { base: None },
            Ask::MapClock => RtAudioRequest::ClockRegister { base: None },
            Ask::MapPackets => RtAudioRequest::PacketVRegister,
            Ask::Presentation => RtAudioRequest::PresentationPosition,
            Ask::PacketCount => RtAudioRequest::PacketCount,
            Ask::Read => RtAudioRequest::GetReadPacket,
            Ask::Write { flags, valid, .. } => RtAudioRequest::SetWritePacket(WritePacket {
                packet: ks::PacketNumber::new(packet),
                flags,
                eos_packet_length: Bytes::new(valid.into()),
            }),
            Ask::GetState | Ask::Open(_) | Ask::Close | Ask::Power(_) | Ask::Remove => {
                return PinRequest::GetState;
            }
        })
    }

    fn event(&mut self, number: u8) -> EventHandle {
        if let Some((_, event)) = self.events.iter().find(|(known, _)| *known == number) {
            return event.clone();
        }
        let event = bell(&self.cx, number, &self.rung);
        self.events.push((number, event.clone()));
        event
    }
}
