//! Worlds with a device and a client.

use engine::testing::{TestDevice, notify};
use engine::{DeviceStream, Endpoint, Engine, EngineConfig, ProducerConfig, engine};
use machine::{FaultId, Injection, Machine};
use ring::{Kind, Samples, Whose};
use units::{Frames, Phase, SampleFormat, SimDuration, SimTime, WaveFormat};
use vtime::sim::{Cx, Role, SimEvent, World};
use vtime::{Digest, Entry, Event, Fork, Keep, Reset, Shared};
use wasapi::{
    Act, Action, BufferMinimum, ByteCount, ExclusiveClient, PlaceStream, Plausibility, Player,
    PositionKind, SharedClient, SharedClientConfig, Source, TimerClient, TimerClientConfig,
    exclusive_client, shared_client, timer_client,
};

/// A world with one client of one device.
pub(crate) struct Bench {
    pub(crate) world: World,
    pub(crate) device: Shared<TestDevice>,
    pub(crate) client: Client,
    doorbell: SimEvent,
    notification: SimEvent,
    device_cx: Cx,
    client_cx: Cx,
}

pub(crate) enum Client {
    Exclusive(Shared<ExclusiveClient>),
    Timer(Shared<TimerClient>),
    Shared {
        client: Shared<SharedClient>,
        engine: Shared<Engine>,
        event: SimEvent,
        start: SimEvent,
        engine_cx: Cx,
    },
}

/// What a test wants.
pub(crate) struct Setup {
    pub(crate) samples: Samples,
    pub(crate) service: SimDuration,
    pub(crate) source: Source,
    pub(crate) actions: Vec<Action>,
    pub(crate) late: Option<(u64, SimDuration)>,
}

impl Default for Setup {
    fn default() -> Self {
        Self {
            samples: Samples::Left,
            service: SimDuration::ZERO,
            source: Source::Counter,
            actions: vec![run(0)],
            late: None,
        }
    }
}

pub(crate) fn run(millis: u64) -> Action {
    at(millis, Act::Run { prime: None })
}

pub(crate) fn at(millis: u64, what: Act) -> Action {
    Action {
        at: SimTime::from_millis(millis),
        what,
    }
}

pub(crate) fn stereo() -> WaveFormat {
    WaveFormat::new(48_000, 2, SampleFormat::S16).unwrap()
}

/// Every 10 ms, and nothing that could be told from the truth.
pub(crate) fn every_10_ms() -> TimerClientConfig {
    TimerClientConfig {
        period: SimDuration::from_millis(10),
        guard: Frames::ZERO,
        plausibility: Plausibility::None,
        byte_count: ByteCount::Modulo,
        wraps_after: None,
        detector: None,
        service: SimDuration::ZERO,
    }
}

impl Setup {
    pub(crate) fn exclusive(self, config: ProducerConfig) -> Bench {
        let mut world = World::new(7, Keep::All);
        let machine = self.machine();
        let client_cx = world.actor("client");
        let device_cx = world.actor("device");
        let doorbell = world.event("doorbell", Reset::Auto);
        let notification = world.event("notification", Reset::Auto);
        let device = TestDevice::new(stereo(), self.samples, doorbell.handle());
        let stream = DeviceStream::open(
            &client_cx,
            TestDevice::pin(&device),
            stereo(),
            config.packet,
            config.packets,
            notification.handle(),
        );
        let player = Player::new(self.source, stereo()).unwrap();
        let client = ExclusiveClient::new(
            config,
            stream.unwrap(),
            player,
            machine,
            "client",
            self.service,
            self.actions,
        );
        let client = Client::Exclusive(Shared::new(client));
        let mut bench = Bench {
            world,
            device,
            client,
            doorbell,
            notification,
            device_cx,
            client_cx,
        };
        bench.spawn();
        bench
    }

    /// A timer-driven client of a buffer of 960 frames that wakes every 10 ms.
    pub(crate) fn timer(self, config: TimerClientConfig) -> Bench {
        let mut world = World::new(7, Keep::All);
        let machine = self.machine();
        let client_cx = world.actor("client");
        let device_cx = world.actor("device");
        let doorbell = world.event("doorbell", Reset::Auto);
        let notification = world.event("notification", Reset::Auto);
        let device = TestDevice::new(stereo(), self.samples, doorbell.handle());
        let stream = PlaceStream::open(
            &client_cx,
            TestDevice::pin(&device),
            stereo(),
            Frames::new(960),
            PositionKind::Register,
        );
        let player = Player::new(self.source, stereo()).unwrap();
        let stream = stream.unwrap();
        let client = TimerClient::new(config, stream, player, machine, "client", self.actions);
        let mut bench = Bench {
            world,
            device,
            client: Client::Timer(Shared::new(client)),
            doorbell,
            notification,
            device_cx,
            client_cx,
        };
        bench.spawn();
        bench
    }

    pub(crate) fn shared(self) -> Bench {
        let mut world = World::new(7, Keep::All);
        let machine = self.machine();
        let client_cx = world.actor("client");
        let device_cx = world.actor("device");
        let engine_cx = world.actor("engine");
        let [doorbell, notification, event, start] =
            ["doorbell", "notification", "client", "start"]
                .map(|name| world.event(name, Reset::Auto));
        let device = TestDevice::new(stereo(), self.samples, doorbell.handle());
        let pin = TestDevice::pin(&device);
        let period = Frames::new(480);
        let handle = notification.handle();
        let stream = DeviceStream::open(&engine_cx, pin, stereo(), period, 2, handle).unwrap();
        let config = EngineConfig {
            service: self.service,
            ..EngineConfig::default()
        };
        let engine = Engine::new(config, stream, machine.clone(), "engine");
        let engine = Shared::new(engine);
        let endpoint = Endpoint::new(engine.clone(), start.handle());
        let client = SharedClient::open(
            SharedClientConfig {
                buffer: Frames::new(960),
                minimum: BufferMinimum::Periods(2),
            },
            endpoint,
            Player::new(self.source, stereo()).unwrap(),
            machine,
            "client",
            event.handle(),
            self.actions,
        );
        let client = Shared::new(client.unwrap());
        let client = Client::Shared {
            client,
            engine,
            event,
            start,
            engine_cx,
        };
        let mut bench = Bench {
            world,
            device,
            client,
            doorbell,
            notification,
            device_cx,
            client_cx,
        };
        bench.spawn();
        bench
    }

    fn machine(&self) -> Shared<Machine> {
        let mut machine = Machine::ideal();
        let thread = machine.thread("client");
        if let Some((event, by)) = self.late {
            machine.inject(FaultId::new(0), Injection::LateWakeUp { thread, event, by });
        }
        Shared::new(machine)
    }
}

impl Bench {
    fn spawn(&mut self) {
        match &self.client {
            Client::Exclusive(client) => {
                let (cx, event) = (self.client_cx.clone(), self.notification.clone());
                let actor = exclusive_client(cx, client.clone(), event);
                self.world.spawn(&self.client_cx, Role::Service, actor);
            }
            Client::Timer(client) => {
                let actor = timer_client(self.client_cx.clone(), client.clone());
                self.world.spawn(&self.client_cx, Role::Service, actor);
            }
            Client::Shared {
                client,
                engine: core,
                event,
                start,
                engine_cx,
            } => {
                let actor = shared_client(self.client_cx.clone(), client.clone(), event.clone());
                self.world.spawn(&self.client_cx, Role::Service, actor);
                let (start, notification) = (start.clone(), self.notification.clone());
                let actor = engine(engine_cx.clone(), core.clone(), start, notification);
                self.world.spawn(engine_cx, Role::Service, actor);
            }
        }
        let actor = notify(
            self.device_cx.clone(),
            self.device.clone(),
            self.doorbell.clone(),
        );
        self.world.spawn(&self.device_cx, Role::Service, actor);
    }

    /// Runs for so long; a frame that begins at the end is not heard any more.
    pub(crate) fn run_until_ms(mut self, millis: u64) -> Self {
        self.run_on_until_ms(millis);
        self
    }

    pub(crate) fn run_on_until_ms(&mut self, millis: u64) {
        let end = SimTime::from_millis(millis);
        let before = end - SimDuration::from_ticks(1);
        self.world.run_until(before).unwrap();
        self.device.borrow_mut().settle(before.at(Phase::React));
    }

    /// The words of all entries of a kind, with the time of each in ns.
    pub(crate) fn entries(&self, kind: &str) -> Vec<(u64, Vec<u64>)> {
        let history = self.world.history();
        let of_kind = history.entries().filter(|entry| entry.what.name() == kind);
        let told = |entry: &Entry| (entry.moment.time.to_nanos_floor(), entry.words().to_vec());
        of_kind.map(told).collect()
    }

    /// (packet, status) of all packets that were announced and refused.
    pub(crate) fn refused(&self) -> Vec<(u64, u64)> {
        let packets = self.entries("producer.packet").into_iter();
        packets
            .map(|(_, words)| (words[0], words[1]))
            .filter(|(_, status)| *status != 0)
            .collect()
    }

    /// Stretches of run `run` that are not audio as it was meant: (first, frames, what instead).
    pub(crate) fn bad(&self, run: u32) -> Vec<(u64, u64, &'static str)> {
        let device = self.device.borrow();
        let heard = device.heard(usize::try_from(run).unwrap());
        let mut bad: Vec<(u64, u64, &'static str)> = Vec::new();
        for (frame, whose) in (0..).zip(heard) {
            let Some(what) = wrong(*whose, run, frame) else {
                continue;
            };
            match bad.last_mut() {
                Some((first, frames, same)) if *same == what && *first + *frames == frame => {
                    *frames += 1;
                }
                _ => bad.push((frame, 1, what)),
            }
        }
        bad
    }

    pub(crate) fn digest(&self) -> Digest {
        self.world.history().digest()
    }

    pub(crate) fn heard_frames(&self, run: usize) -> usize {
        self.device.borrow().heard(run).len()
    }

    /// A twin of the whole bench, with its own actors.
    pub(crate) fn twin(&self) -> Self {
        let (world, mut forker) = self.world.fork();
        let forker = &mut forker;
        let client = match &self.client {
            Client::Exclusive(client) => Client::Exclusive(client.fork(forker)),
            Client::Timer(client) => Client::Timer(client.fork(forker)),
            Client::Shared {
                client,
                engine,
                event,
                start,
                engine_cx,
            } => Client::Shared {
                client: client.fork(forker),
                engine: engine.fork(forker),
                event: event.fork(forker),
                start: start.fork(forker),
                engine_cx: engine_cx.fork(forker),
            },
        };
        let mut twin = Self {
            device: self.device.fork(forker),
            client,
            doorbell: self.doorbell.fork(forker),
            notification: self.notification.fork(forker),
            device_cx: self.device_cx.fork(forker),
            client_cx: self.client_cx.fork(forker),
            world,
        };
        twin.spawn();
        twin
    }
}

fn wrong(whose: Option<Whose>, run: u32, frame: u64) -> Option<&'static str> {
    match whose {
        None => Some("uninit"),
        Some(whose) if whose.run != run => Some("foreign"),
        Some(whose) if whose.intended < frame => Some("stale"),
        Some(whose) if whose.intended > frame => Some("ahead"),
        Some(whose) if whose.kind == Kind::EngineSilence => Some("silence"),
        Some(_) => None,
    }
}
