//! Who records: an exclusive client, or an engine and its clients.

use engine::{CaptureEndpoint, CaptureEngine, DeviceStream, Endpoint, capture_engine};
use ks::PinConnect;
use machine::Machine;
use miniport::HdAudioMiniport;
use units::{Frames, NtStatus, SimTime};
use vtime::sim::{Role, SimEvent, World};
use vtime::{Event, Fork, Forker, Reset, Shared};
use wasapi::{
    BufferMinimum, ExclusiveCaptureClient, Recording, SharedCaptureClient, SharedClientConfig,
    ThroughClient, exclusive_capture_client, shared_capture_client, through_client,
};

use super::CAPTURE_ENGINE;
use super::device::Hardware;
use super::players::actions;
use crate::format::{Client, Format, Microphone, Mode, Scenario};
use crate::quantity::FrameCount;
use crate::run::RunError;

/// Who records.
#[derive(Debug)]
pub(crate) enum Recorders {
    /// Nobody.
    Nobody,
    /// One client, straight on the pin.
    Exclusive {
        place: usize,
        client: Shared<ExclusiveCaptureClient>,
        notification: SimEvent,
    },
    /// Clients that share an engine.
    Shared {
        engine: Shared<CaptureEngine>,
        start: SimEvent,
        notification: SimEvent,
        clients: Vec<SharedRecorder>,
    },
}

/// A client of the engine that records.
#[derive(Debug)]
pub(crate) struct SharedRecorder {
    place: usize,
    kind: Kind,
    event: SimEvent,
}

#[derive(Debug)]
enum Kind {
    Capture(Shared<SharedCaptureClient>),
    Through(Shared<ThroughClient>),
}

impl Recorders {
    /// Whoever records on `hardware`; who plays what he records plays to `speaker`.
    pub(crate) fn new(
        world: &mut World,
        scenario: &Scenario,
        hardware: Option<&Hardware>,
        speaker: Option<&Endpoint>,
        machine: &Shared<Machine>,
    ) -> Result<Self, RunError> {
        let (Some(hardware), Some(microphone)) = (hardware, &scenario.microphone) else {
            return Ok(Self::Nobody);
        };
        let assembly = Assembly {
            scenario,
            microphone,
            hardware,
            speaker,
            machine,
        };
        let mut clients = scenario.recorders();
        match clients.next() {
            None => Ok(Self::Nobody),
            Some((place, client)) if client.mode == Mode::ExclusiveCapture => {
                assembly.exclusive(world, place, client)
            }
            Some(_) => assembly.shared(world),
        }
    }

    pub(crate) fn spawn(&self, world: &mut World, scenario: &Scenario) {
        match self {
            Self::Nobody => {}
            Self::Exclusive {
                place,
                client,
                notification,
            } => {
                let cx = world.actor(&scenario.client_name(*place));
                let (client, notification) = (client.clone(), notification.clone());
                let read = exclusive_capture_client(cx.clone(), client, notification);
                world.spawn(&cx, Role::Service, read);
            }
            Self::Shared {
                engine,
                start,
                notification,
                clients,
            } => {
                for recorder in clients {
                    recorder.spawn(world, scenario);
                }
                let cx = world.actor(CAPTURE_ENGINE);
                let read = capture_engine(
                    cx.clone(),
                    engine.clone(),
                    start.clone(),
                    notification.clone(),
                );
                world.spawn(&cx, Role::Service, read);
            }
        }
    }

    /// What is recorded from.
    pub(crate) fn device_stream(&self) -> Option<DeviceStream> {
        match self {
            Self::Nobody => None,
            Self::Exclusive { client, .. } => Some(client.borrow().thread().device().clone()),
            Self::Shared { engine, .. } => Some(engine.borrow().thread().device().clone()),
        }
    }

    /// The event that the notifications of the microphone set.
    pub(crate) const fn notification(&self) -> Option<&SimEvent> {
        match self {
            Self::Nobody => None,
            Self::Exclusive { notification, .. } | Self::Shared { notification, .. } => {
                Some(notification)
            }
        }
    }

    /// The status that the microphone refused a state with, if it did.
    pub(crate) fn failure(&self) -> Option<NtStatus> {
        match self {
            Self::Nobody => None,
            Self::Exclusive { client, .. } => client.borrow().failure(),
            Self::Shared { engine, .. } => engine.borrow().failure(),
        }
    }

    /// What each client has got, by its place.
    pub(crate) fn recordings(&self) -> Vec<(usize, Recording)> {
        match self {
            Self::Nobody => Vec::new(),
            Self::Exclusive { place, client, .. } => {
                vec![(*place, client.borrow().recording().clone())]
            }
            Self::Shared { clients, .. } => {
                let mut all: Vec<_> = clients.iter().map(SharedRecorder::recording).collect();
                all.sort_by_key(|(place, _)| *place);
                all
            }
        }
    }
}

impl SharedRecorder {
    fn spawn(&self, world: &mut World, scenario: &Scenario) {
        let cx = world.actor(&scenario.client_name(self.place));
        let event = self.event.clone();
        match &self.kind {
            Kind::Capture(client) => {
                let record = shared_capture_client(cx.clone(), client.clone(), event);
                world.spawn(&cx, Role::Service, record);
            }
            Kind::Through(client) => {
                let pass_on = through_client(cx.clone(), client.clone(), event);
                world.spawn(&cx, Role::Service, pass_on);
            }
        }
    }

    fn recording(&self) -> (usize, Recording) {
        let recording = match &self.kind {
            Kind::Capture(client) => client.borrow().recording().clone(),
            Kind::Through(client) => client.borrow().recording().clone(),
        };
        (self.place, recording)
    }
}

/// What recorders are made from.
#[derive(Clone, Copy)]
struct Assembly<'a> {
    scenario: &'a Scenario,
    microphone: &'a Microphone,
    hardware: &'a Hardware,
    speaker: Option<&'a Endpoint>,
    machine: &'a Shared<Machine>,
}

impl Assembly<'_> {
    fn exclusive(
        self,
        world: &mut World,
        place: usize,
        client: &Client,
    ) -> Result<Recorders, RunError> {
        let notification = world.event("capture notification", Reset::Auto);
        let name = self.scenario.client_name(place);
        let packet = client.packet_frames_at(self.microphone.format, self.microphone.kind);
        let packets = client.packets.unwrap_or(2);
        let stream = self.open(world, &name, packet, packets, &notification)?;
        let client = ExclusiveCaptureClient::new(
            client.policy.unwrap_or_default().to_reader(),
            stream,
            self.machine.clone(),
            &name,
            client.service_time().to_duration(),
            actions(self.scenario, place),
        );
        Ok(Recorders::Exclusive {
            place,
            client: Shared::new(client),
            notification,
        })
    }

    fn shared(self, world: &mut World) -> Result<Recorders, RunError> {
        let notification = world.event("capture notification", Reset::Auto);
        let start = world.event("capture start", Reset::Auto);
        let keys = &self.scenario.capture_engine;
        let period = keys.period_frames(self.microphone.format);
        let stream = self.open(world, CAPTURE_ENGINE, period, keys.packets, &notification)?;
        let service = keys.service.to_duration();
        let core = CaptureEngine::new(stream, self.machine.clone(), CAPTURE_ENGINE, service);
        let core = Shared::new(core);
        let overrun = keys.overrun.to_engine();
        let endpoint = CaptureEndpoint::new(core.clone(), start.handle(), overrun);
        let mut clients = Vec::new();
        for (place, client) in self.scenario.recorders() {
            let event = world.event(&format!("capture event {place}"), Reset::Auto);
            let kind = self.client(place, client, &endpoint, &event)?;
            clients.push(SharedRecorder { place, kind, event });
        }
        Ok(Recorders::Shared {
            engine: core,
            start,
            notification,
            clients,
        })
    }

    fn client(
        self,
        place: usize,
        client: &Client,
        endpoint: &CaptureEndpoint,
        event: &SimEvent,
    ) -> Result<Kind, RunError> {
        let name = self.scenario.client_name(place);
        let config = self.config(client, endpoint);
        let format = client.format.unwrap_or(self.format(client)).to_format();
        let (machine, actions) = (self.machine.clone(), actions(self.scenario, place));
        let (from, event) = (endpoint.clone(), event.handle());
        let opened = match (client.mode, self.speaker) {
            (Mode::SharedThrough, Some(to)) => {
                let ends = (from, to.clone());
                ThroughClient::open(config, ends, format, machine, &name, event, actions)
                    .map(|client| Kind::Through(Shared::new(client)))
            }
            _ => SharedCaptureClient::open(config, from, format, machine, &name, event, actions)
                .map(|client| Kind::Capture(Shared::new(client))),
        };
        opened.map_err(|code| RunError::Refused {
            who: name,
            what: "IAudioClient::Initialize",
            status: code.to_string(),
        })
    }

    /// The format of a client that names none: that of the device it hears or, through, plays to.
    fn format(self, client: &Client) -> Format {
        match client.mode {
            Mode::SharedThrough => self.scenario.device.format,
            _ => self.microphone.format,
        }
    }

    /// The buffer that the file states, or two periods of the longer engine.
    fn config(self, client: &Client, endpoint: &CaptureEndpoint) -> SharedClientConfig {
        let plays = self.speaker.filter(|_| client.mode.plays());
        let period = plays.map_or(Frames::ZERO, Endpoint::period);
        let by_default = Frames::new(2 * endpoint.period().max(period).get());
        SharedClientConfig {
            buffer: client.buffer.map_or(by_default, FrameCount::to_frames),
            // The file states the buffer, so nothing but the period bounds it from below.
            minimum: BufferMinimum::Periods(1),
        }
    }

    /// Opens the capture pin, in the name of whoever will read from it.
    fn open(
        self,
        world: &mut World,
        name: &str,
        packet: Frames,
        packets: u32,
        notification: &SimEvent,
    ) -> Result<DeviceStream, RunError> {
        let cx = world.actor(name);
        let format = self.microphone.format.to_format();
        let refused = |what, status: String| RunError::Refused {
            who: self.microphone.name.clone(),
            what,
            status,
        };
        let connect = PinConnect::of(HdAudioMiniport::CAPTURE_PIN, format);
        let pin = self
            .hardware
            .filter
            .create_pin(SimTime::ZERO.commit(), connect)
            .map_err(|status| refused("the format", status.to_string()))?;
        DeviceStream::open(&cx, pin, format, packet, packets, notification.handle())
            .map_err(|error| refused("the buffer", error.to_string()))
    }
}

impl Fork for Kind {
    fn fork(&self, forker: &mut Forker) -> Self {
        match self {
            Self::Capture(client) => Self::Capture(client.fork(forker)),
            Self::Through(client) => Self::Through(client.fork(forker)),
        }
    }
}

impl Fork for SharedRecorder {
    fn fork(&self, forker: &mut Forker) -> Self {
        Self {
            place: self.place,
            kind: self.kind.fork(forker),
            event: self.event.fork(forker),
        }
    }
}

impl Fork for Recorders {
    fn fork(&self, forker: &mut Forker) -> Self {
        match self {
            Self::Nobody => Self::Nobody,
            Self::Exclusive {
                place,
                client,
                notification,
            } => Self::Exclusive {
                place: *place,
                client: client.fork(forker),
                notification: notification.fork(forker),
            },
            Self::Shared {
                engine,
                start,
                notification,
                clients,
            } => Self::Shared {
                engine: engine.fork(forker),
                start: start.fork(forker),
                notification: notification.fork(forker),
                clients: clients.fork(forker),
            },
        }
    }
}
