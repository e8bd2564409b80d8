//! Streams that go past the software engine, and the device that mixes them.

use engine::{DeviceStream, Interface, ProducerConfig};
use hardware::{Dsp, DspConfig};
use ks::{AudioRequest, CurveType, PinConnect, PinReply, PinRequest, VolumeLevel, VolumeRamp};
use machine::Machine;
use miniport::{OffloadMiniport, OffloadOptions};
use ring::Samples;
use truth::Geometry;
use units::{Frames, Hns, Moment, NtStatus};
use vtime::sim::{Cx, Role, SimEvent, World};
use vtime::{Event, EventHandle, Fork, Forker, Reset, Shared};
use wasapi::{ExclusiveClient, exclusive_client};

use super::players::{CreatePin, Opened, actions, player};
use crate::format::{self, Client, Device, Scenario};
use crate::input::Inputs;
use crate::notes::{Notes, Suspects};
use crate::quantity::Level;
use crate::run::RunError;

/// What the history calls stream `number` of the offload pin: notifications of it, and what its
/// driver tells of it.
pub(crate) fn stream_name(number: usize) -> String {
    format!("offload {number}")
}

/// The streams that go past the software engine, in the order of their clients.
#[derive(Debug)]
pub(crate) struct Offloads(Vec<OffloadPin>);

/// One of them, with its client.
#[derive(Debug)]
pub(crate) struct OffloadPin {
    /// The place of the client in the file.
    pub(crate) place: usize,
    client: Shared<ExclusiveClient>,
    notification: SimEvent,
    /// What the history said of it so far.
    pub(crate) notes: Notes,
}

impl Offloads {
    /// Opens the streams of all clients that `scenario` has for it.
    pub(super) fn new(
        world: &mut World,
        scenario: &Scenario,
        inputs: &Inputs,
        create_pin: CreatePin<'_>,
        machine: &Shared<Machine>,
    ) -> Result<Self, RunError> {
        let assembly = Assembly {
            scenario,
            inputs,
            create_pin,
            machine,
        };
        let all = scenario.offloads().enumerate();
        let pins = all.map(|(number, (place, client))| assembly.pin(world, number, place, client));
        pins.collect::<Result<_, _>>().map(Self)
    }

    pub(super) fn spawn(&self, world: &mut World, scenario: &Scenario) {
        for pin in &self.0 {
            let cx = world.actor(&scenario.client_name(pin.place));
            let (client, notification) = (pin.client.clone(), pin.notification.clone());
            let play = exclusive_client(cx.clone(), client, notification);
            world.spawn(&cx, Role::Service, play);
        }
    }

    /// The events that notifications set, and who speaks for them.
    pub(super) fn events(&self, world: &mut World) -> Vec<(EventHandle, Cx)> {
        let all = self.0.iter().enumerate();
        all.map(|(number, pin)| {
            let cx = world.actor(&stream_name(number));
            (pin.notification.handle(), cx)
        })
        .collect()
    }

    /// All of them.
    pub(crate) fn pins(&self) -> &[OffloadPin] {
        &self.0
    }

    /// All of them, to be written to.
    pub(crate) fn pins_mut(&mut self) -> &mut [OffloadPin] {
        &mut self.0
    }
}

impl OffloadPin {
    /// What the client plays into.
    pub(crate) fn opened(&self) -> Opened {
        Opened::of(self.client.borrow().thread().device())
    }

    /// The status that the device refused a state with, if it did.
    pub(crate) fn failure(&self) -> Option<NtStatus> {
        self.client.borrow().failure()
    }

    /// How often the notification event was set that was set already.
    pub(crate) fn coalesced(&self) -> u64 {
        self.notification.coalesced()
    }

    /// What the ledger has to know of device and buffer.
    pub(crate) fn geometry(&self) -> Geometry {
        mixed_when_ended(&self.opened())
    }

    /// What the driver says of the presentation position. Leaves no trace.
    pub(crate) fn position(&self, now: Moment) -> Option<u64> {
        let request = PinRequest::Audio(AudioRequest::PresentationPosition);
        match self.opened().pin.request(now, request) {
            Ok(PinReply::PresentationPosition(position)) => Some(position.blocks.get()),
            _ => None,
        }
    }
}

/// The geometry of a stream of a device that mixes: a frame is taken out of memory when it ends.
pub(super) fn mixed_when_ended(stream: &Opened) -> Geometry {
    let format = stream.mapping.format();
    let frame = format.bytes_of(Frames::new(1));
    Geometry {
        rate: format.rate,
        packet: stream.packet,
        packets: stream.packets,
        frame,
        fifo: units::Bytes::ZERO,
        burst: frame,
    }
}

#[derive(Clone, Copy)]
struct Assembly<'a> {
    scenario: &'a Scenario,
    inputs: &'a Inputs,
    create_pin: CreatePin<'a>,
    machine: &'a Shared<Machine>,
}

impl Assembly<'_> {
    fn pin(
        self,
        world: &mut World,
        number: usize,
        place: usize,
        client: &Client,
    ) -> Result<OffloadPin, RunError> {
        let notification = world.event(&format!("notification {number}"), Reset::Auto);
        let name = self.scenario.client_name(place);
        let cx = world.actor(&name);
        let stream = self.open(&cx, client, &notification)?;
        if let Some(level) = client.volume {
            let channel = None;
            ks::set_volume_level(&cx, &stream.pin, channel, at_once(level))
                .map_err(|status| self.refused("the volume", status.to_string()))?;
        }
        let opened = Opened::of(&stream);
        let notes = Notes::new(
            self.scenario,
            Some(opened.in_packets()),
            None,
            Suspects::default(),
            0,
        );
        let format = stream.mapping.format();
        let player = player(world.seed(), self.scenario, self.inputs, place, format)?;
        let config = client.producer_config(&self.scenario.device);
        let client = ExclusiveClient::new(
            config,
            stream,
            player,
            self.machine.clone(),
            &name,
            client.service_time().to_duration(),
            actions(self.scenario, place),
        );
        Ok(OffloadPin {
            place,
            client: Shared::new(client),
            notification,
            notes,
        })
    }

    fn open(
        self,
        cx: &Cx,
        client: &Client,
        notification: &SimEvent,
    ) -> Result<DeviceStream, RunError> {
        let device = &self.scenario.device;
        let format = device.format.to_format();
        let connect = PinConnect::of(OffloadMiniport::OFFLOAD_PIN, format);
        let pin = (self.create_pin)(connect)
            .map_err(|status| self.refused("another offloaded stream", status.to_string()))?;
        let packets = client.packets.unwrap_or(2);
        let packet = client.packet_frames(device);
        DeviceStream::open(cx, pin, format, packet, packets, notification.handle())
            .map(|stream| stream.with(Interface::WritePosition))
            .map_err(|error| self.refused("the buffer", error.to_string()))
    }

    fn refused(self, what: &'static str, status: String) -> RunError {
        RunError::Refused {
            who: self.scenario.device.name.clone(),
            what,
            status,
        }
    }
}

/// `level` without a way to it, to the nearest step.
fn at_once(level: Level) -> VolumeRamp {
    let steps = (i64::from(level.millibels()) * 65_536).div_euclid(50);
    let nearest = (steps + 1).div_euclid(2);
    let level = i32::try_from(nearest.clamp(i32::MIN.into(), i32::MAX.into()));
    VolumeRamp {
        target: VolumeLevel::new(level.expect("it was clamped")),
        curve: CurveType::None,
        duration: Hns::new(0),
    }
}

impl Client {
    /// What a client with packets does, on `device`.
    pub(super) fn producer_config(&self, device: &Device) -> ProducerConfig {
        ProducerConfig {
            policy: self.policy.unwrap_or_default().to_engine(),
            content: self.content.unwrap_or_default().to_engine(),
            prime: self.prime.unwrap_or_default().to_engine(),
            end: self.end_of_stream.map(format::EndOfStream::to_engine),
            ..ProducerConfig::new(self.packet_frames(device))
        }
    }
}

impl Device {
    /// The device that mixes, as it is described.
    pub(super) fn dsp(&self, record: Samples) -> Dsp {
        Dsp::new(DspConfig {
            rate: self.format.rate.to_rate(),
            channels: self.format.to_format().channels,
            ppb: self.drift.ppb(),
            // That of the software engine is one.
            inputs: self.offload.streams + 1,
            delay: self
                .offload
                .delay
                .map_or(Frames::ZERO, crate::quantity::FrameCount::to_frames),
            underrun: match self.offload.underrun {
                format::Underrun::Silence => hardware::Underrun::Silence,
                format::Underrun::Replay => hardware::Underrun::Replay,
            },
            record,
        })
    }
}

/// The driver of `dsp`, whose actor waits for `doorbell`.
pub(super) fn driver(dsp: &Shared<Dsp>, doorbell: EventHandle) -> OffloadMiniport {
    OffloadMiniport::new(dsp.clone(), doorbell, OffloadOptions::default())
}

impl Fork for Offloads {
    fn fork(&self, forker: &mut Forker) -> Self {
        let twin = |pin: &OffloadPin| OffloadPin {
            place: pin.place,
            client: pin.client.fork(forker),
            notification: pin.notification.fork(forker),
            notes: pin.notes.clone(),
        };
        Self(self.0.iter().map(twin).collect())
    }
}
