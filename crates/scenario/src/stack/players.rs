//! Who plays: an exclusive client, or an engine and its clients.

use engine::{DeviceStream, Endpoint, Engine, EngineConfig, engine};
use ks::{Mapping, PinConnect, PinHandle};
use machine::Machine;
use miniport::HdAudioMiniport;
use units::{Frames, NtStatus, WaveFormat};
use vtime::sim::Cx;
use vtime::{Context, Event, EventHandle, Fork, Forker, Host, Reset, Shared};
use wasapi::{
    Act, Action, BufferMinimum, ExclusiveClient, PlaceStream, Player, RingWriter, SharedClient,
    SharedClientConfig, TimerClient, exclusive_client, shared_client, timer_client,
};

use super::ENGINE;
use super::odd_pin::seen_through_faults;
use super::source::source;
use crate::format::{Client, Mode, Scenario};
use crate::input::Inputs;
use crate::quantity::FrameCount;
use crate::run::RunError;

/// Who plays.
#[derive(Debug)]
pub(crate) enum Players<C: Context = Cx> {
    /// Nobody.
    Nobody,
    /// One client, straight on the pin.
    Exclusive {
        place: usize,
        client: Shared<ExclusiveClient>,
        notification: C::Event,
    },
    /// One client, straight on the pin, with a timer of its own.
    Timer { client: Shared<TimerClient> },
    /// Clients that share an engine.
    Shared {
        engine: Shared<Engine>,
        start: C::Event,
        notification: C::Event,
        /// With their places in the file. Who plays what he records is elsewhere.
        clients: Vec<(usize, Shared<SharedClient>, C::Event)>,
        endpoint: Endpoint,
        /// What the engine plays into, beside the engine for whoever asks.
        stream: DeviceStream,
    },
}

impl<C: Context> Players<C> {
    /// Whoever plays into the pins that `create_pin` makes.
    pub(crate) fn new(
        world: &mut impl Host<Context = C>,
        scenario: &Scenario,
        inputs: &Inputs,
        create_pin: CreatePin<'_>,
        machine: &Shared<Machine>,
    ) -> Result<Self, RunError> {
        let assembly = Assembly {
            seed: world.seed(),
            scenario,
            inputs,
            create_pin,
            machine,
        };
        match scenario.players().next() {
            None => Ok(Self::Nobody),
            Some((place, client)) if client.mode == Mode::ExclusiveTimer => {
                assembly.timer(world, place, client)
            }
            Some((place, client)) if client.mode == Mode::ExclusiveEvent => {
                assembly.exclusive(world, place, client)
            }
            Some(_) => assembly.shared(world),
        }
    }

    pub(crate) fn spawn(&self, world: &mut impl Host<Context = C>, scenario: &Scenario) {
        match self {
            Self::Nobody => {}
            Self::Exclusive {
                place,
                client,
                notification,
            } => {
                let cx = world.actor(&scenario.client_name(*place));
                let play = exclusive_client(cx.clone(), client.clone(), notification.clone());
                world.serve(&cx, play);
            }
            Self::Timer { client } => {
                let cx = world.actor(&scenario.client_name(0));
                let play = timer_client(cx.clone(), client.clone());
                world.serve(&cx, play);
            }
            Self::Shared {
                engine: core,
                start,
                notification,
                clients,
                ..
            } => {
                for (place, client, event) in clients {
                    let cx = world.actor(&scenario.client_name(*place));
                    let play = shared_client(cx.clone(), client.clone(), event.clone());
                    world.serve(&cx, play);
                }
                let cx = world.actor(ENGINE);
                let mix = engine(
                    cx.clone(),
                    core.clone(),
                    start.clone(),
                    notification.clone(),
                );
                world.serve(&cx, mix);
            }
        }
    }

    /// What is played into.
    pub(crate) fn opened(&self) -> Option<Opened> {
        match self {
            Self::Nobody => None,
            Self::Exclusive { client, .. } => Some(Opened::of(client.borrow().thread().device())),
            Self::Timer { client } => {
                let client = client.borrow();
                let PlaceStream { pin, mapping, .. } = client.stream();
                Some(Opened {
                    pin: pin.clone(),
                    mapping: mapping.clone(),
                    packet: mapping.frames(),
                    packets: 1,
                })
            }
            Self::Shared { stream, .. } => Some(Opened::of(stream)),
        }
    }

    /// What a timer-driven client believes.
    pub(crate) fn belief(&self) -> Option<RingWriter> {
        match self {
            Self::Timer { client } => Some(client.borrow().writer().clone()),
            Self::Nobody | Self::Exclusive { .. } | Self::Shared { .. } => None,
        }
    }

    /// What clients of the engine reach, if there is one.
    pub(crate) const fn endpoint(&self) -> Option<&Endpoint> {
        match self {
            Self::Nobody | Self::Exclusive { .. } | Self::Timer { .. } => None,
            Self::Shared { endpoint, .. } => Some(endpoint),
        }
    }

    /// The event that the device's notifications set.
    pub(crate) const fn notification(&self) -> Option<&C::Event> {
        match self {
            Self::Nobody | Self::Timer { .. } => None,
            Self::Exclusive { notification, .. } | Self::Shared { notification, .. } => {
                Some(notification)
            }
        }
    }

    /// The status that the device refused a state with, if it did.
    pub(crate) fn failure(&self) -> Option<NtStatus> {
        match self {
            Self::Nobody => None,
            Self::Exclusive { client, .. } => client.borrow().failure(),
            Self::Timer { client } => client.borrow().failure(),
            Self::Shared { engine, .. } => engine.borrow().failure(),
        }
    }
}

impl Fork for Players {
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
            Self::Timer { client } => Self::Timer {
                client: client.fork(forker),
            },
            Self::Shared {
                engine,
                start,
                notification,
                clients,
                endpoint,
                stream,
            } => Self::Shared {
                engine: engine.fork(forker),
                start: start.fork(forker),
                notification: notification.fork(forker),
                clients: clients
                    .iter()
                    .map(|(place, client, event)| (*place, client.fork(forker), event.fork(forker)))
                    .collect(),
                endpoint: endpoint.fork(forker),
                stream: stream.fork(forker),
            },
        }
    }
}

/// A pin that somebody plays into.
#[derive(Clone, Debug)]
pub(crate) struct Opened {
    pub(crate) pin: PinHandle,
    pub(crate) mapping: Mapping,
    /// Frames in a packet; in the whole buffer for who has no packets.
    pub(crate) packet: Frames,
    /// Packets in the buffer.
    pub(crate) packets: u32,
}

/// How what is played lies in a cyclic buffer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InPackets {
    /// What a frame is.
    pub format: WaveFormat,
    /// Frames in a packet; in the whole buffer for who has no packets.
    pub packet: Frames,
    /// Packets in the buffer.
    pub packets: u32,
}

impl Opened {
    pub(crate) fn in_packets(&self) -> InPackets {
        InPackets {
            format: self.mapping.format(),
            packet: self.packet,
            packets: self.packets,
        }
    }

    pub(crate) fn of(stream: &DeviceStream) -> Self {
        Self {
            pin: stream.pin.clone(),
            mapping: stream.mapping.clone(),
            packet: stream.packet,
            packets: stream.packets,
        }
    }
}

/// Whoever makes pins of the device.
pub(crate) type CreatePin<'a> = &'a dyn Fn(PinConnect) -> Result<PinHandle, NtStatus>;

/// What players are made from.
#[derive(Clone, Copy)]
struct Assembly<'a> {
    seed: u64,
    scenario: &'a Scenario,
    inputs: &'a Inputs,
    create_pin: CreatePin<'a>,
    machine: &'a Shared<Machine>,
}

impl Assembly<'_> {
    fn exclusive<C: Context>(
        self,
        world: &mut impl Host<Context = C>,
        place: usize,
        client: &Client,
    ) -> Result<Players<C>, RunError> {
        let notification = world.event("notification", Reset::Auto);
        let name = self.scenario.client_name(place);
        let packet = client.packet_frames(&self.scenario.device);
        let packets = client.packets.unwrap_or(2);
        let stream = self.open(world, &name, packet, packets, &notification)?;
        let player = self.player(place, stream.mapping.format())?;
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
        Ok(Players::Exclusive {
            place,
            client: Shared::new(client),
            notification,
        })
    }

    fn timer<C: Context>(
        self,
        world: &mut impl Host<Context = C>,
        place: usize,
        client: &Client,
    ) -> Result<Players<C>, RunError> {
        let name = self.scenario.client_name(place);
        let keys = client.timer.unwrap_or_default();
        let buffer = client.ring_frames(&self.scenario.device);
        let cx = world.actor(&name);
        let (pin, format) = self.pin()?;
        let stream = PlaceStream::open(&cx, pin, format, buffer, keys.position_kind())
            .map_err(|error| self.refused("the buffer", error.to_string()))?;
        let player = self.player(place, format)?;
        let config = keys.to_client(client.service_time().to_duration());
        let actions = actions(self.scenario, place);
        let machine = self.machine.clone();
        let client = TimerClient::new(config, stream, player, machine, &name, actions);
        Ok(Players::Timer {
            client: Shared::new(client),
        })
    }

    fn shared<C: Context>(
        self,
        world: &mut impl Host<Context = C>,
    ) -> Result<Players<C>, RunError> {
        let notification = world.event("notification", Reset::Auto);
        let start = world.event("start", Reset::Auto);
        let keys = &self.scenario.engine;
        let period = keys.period_frames(&self.scenario.device);
        let stream = self.open(world, ENGINE, period, keys.packets, &notification)?;
        let config = EngineConfig {
            policy: keys.policy.to_engine(),
            content: keys.content.to_engine(),
            service: keys.service.to_duration(),
            limiter: keys.limiter,
        };
        let core = Engine::new(config, stream.clone(), self.machine.clone(), ENGINE);
        let core = Shared::new(core);
        let endpoint = Endpoint::new(core.clone(), start.handle());
        let mut clients = Vec::new();
        let all = self.scenario.players();
        for (place, client) in all.filter(|(_, client)| client.mode == Mode::SharedEvent) {
            let event = world.event(&format!("buffer event {place}"), Reset::Auto);
            let opened = self.shared_client(place, client, &endpoint, event.handle())?;
            clients.push((place, Shared::new(opened), event));
        }
        Ok(Players::Shared {
            engine: core,
            start,
            notification,
            clients,
            endpoint,
            stream,
        })
    }

    fn shared_client(
        self,
        place: usize,
        client: &Client,
        endpoint: &Endpoint,
        event: EventHandle,
    ) -> Result<SharedClient, RunError> {
        let device = self.scenario.device.format;
        let name = self.scenario.client_name(place);
        let format = client.format.unwrap_or(device).to_format();
        let config = SharedClientConfig {
            buffer: client
                .buffer
                .map_or_else(|| self.buffer_by_default(endpoint), FrameCount::to_frames),
            // The file states the buffer, so nothing but the period bounds it from below.
            minimum: BufferMinimum::Periods(1),
        };
        let refused = |what, status| RunError::Refused {
            who: name.clone(),
            what,
            status,
        };
        let mut opened = SharedClient::open(
            config,
            endpoint.clone(),
            self.player(place, format)?,
            self.machine.clone(),
            &name,
            event,
            actions(self.scenario, place),
        )
        .map_err(|code| refused("IAudioClient::Initialize", code.to_string()))?;
        opened
            .set_volume(client.volume.unwrap_or_default().to_volume())
            .map_err(|code| refused("ISimpleAudioVolume::SetMasterVolume", code.to_string()))?;
        Ok(opened)
    }

    /// Two periods, or what a pass takes that fills the cyclic buffer but for one packet: the one
    /// at the start, and the one behind a stall. A client with less starves in each of them.
    fn buffer_by_default(self, endpoint: &Endpoint) -> Frames {
        let periods = u64::from(self.scenario.engine.packets.saturating_sub(1)).max(2);
        Frames::new(periods * endpoint.period().get())
    }

    /// Opens the render pin, in the name of whoever will play into it.
    fn open<C: Context>(
        self,
        world: &mut impl Host<Context = C>,
        name: &str,
        packet: Frames,
        packets: u32,
        notification: &C::Event,
    ) -> Result<DeviceStream, RunError> {
        let cx = world.actor(name);
        let (pin, format) = self.pin()?;
        DeviceStream::open(&cx, pin, format, packet, packets, notification.handle())
            .map_err(|error| self.refused("the buffer", error.to_string()))
    }

    /// A render pin of the device, and what it plays.
    fn pin(self) -> Result<(PinHandle, WaveFormat), RunError> {
        let format = self.scenario.device.format.to_format();
        let connect = PinConnect::of(HdAudioMiniport::RENDER_PIN, format);
        let pin = (self.create_pin)(connect)
            .map_err(|status| self.refused("the format", status.to_string()))?;
        Ok((seen_through_faults(pin, self.scenario, format), format))
    }

    fn refused(self, what: &'static str, status: String) -> RunError {
        RunError::Refused {
            who: self.scenario.device.name.clone(),
            what,
            status,
        }
    }

    fn player(self, place: usize, format: WaveFormat) -> Result<Player, RunError> {
        player(self.seed, self.scenario, self.inputs, place, format)
    }
}

/// What the client at `place` plays.
pub(super) fn player(
    seed: u64,
    scenario: &Scenario,
    inputs: &Inputs,
    place: usize,
    format: WaveFormat,
) -> Result<Player, RunError> {
    let name = scenario.client_name(place);
    let source = source(seed, inputs, &name, &scenario.clients[place].source, format)?;
    Player::new(source, format).map_err(|error| RunError::Source {
        client: name,
        problem: error.to_string(),
    })
}

/// What the client at `place` does, and when.
pub(super) fn actions(scenario: &Scenario, place: usize) -> Vec<Action> {
    let start = Action {
        at: scenario.clients[place].start.to_instant(),
        what: Act::Run { prime: None },
    };
    let of_file = scenario.actions.iter().filter_map(|action| {
        let (client, action) = action.to_client()?;
        (client as usize == place).then_some(action)
    });
    std::iter::once(start).chain(of_file).collect()
}
