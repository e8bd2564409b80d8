//! An engine on a device, in a world.

use engine::testing::{TestDevice, notify};
use engine::{DeviceStream, Endpoint, Engine, EngineConfig, Stream, engine};
use machine::{FaultId, Injection, Machine};
use ring::{Kind, Samples};
use units::{Frames, SampleFormat, SimDuration, SimTime, WaveFormat};
use vtime::sim::{Cx, Role, SimEvent, World};
use vtime::{Context, Entry, Event, EventHandle, Fork, Forker, Keep, Reset, Shared};

pub(crate) const PERIOD: u64 = 480;

/// K0 with a shared engine: 480 frames, two packets.
pub(crate) struct Bench {
    pub(crate) world: World,
    pub(crate) machine: Shared<Machine>,
    pub(crate) device: Shared<TestDevice>,
    pub(crate) engine: Shared<Engine>,
    pub(crate) endpoint: Endpoint,
    pub(crate) clients: Vec<Hand>,
    /// For clients to come.
    client_cxs: Vec<Cx>,
    events: Events,
}

struct Events {
    doorbell: SimEvent,
    notification: SimEvent,
    start: SimEvent,
    /// Of the device and of the engine, which come after those of the clients.
    cxs: [Cx; 2],
}

/// A client reduced to what the engine notices: it fills its buffer when its event is set.
pub(crate) struct Hand {
    pub(crate) stream: Shared<Stream>,
    core: Shared<HandCore>,
    event: SimEvent,
    cx: Cx,
}

struct HandCore {
    stream: Shared<Stream>,
    endpoint: Endpoint,
    event: EventHandle,
    machine: Shared<Machine>,
    thread: machine::ThreadId,
    content: u64,
    /// What it plays, by the index of the frame; one byte per frame and channel.
    play: fn(u64) -> Vec<u8>,
    started: bool,
    starting: Option<units::Moment>,
}

pub(crate) fn format(channels: u8, sample: SampleFormat) -> WaveFormat {
    WaveFormat::new(48_000, channels, sample).unwrap()
}

impl Bench {
    pub(crate) fn new(config: EngineConfig, samples: Samples) -> Self {
        Self::with_format(config, samples, format(2, SampleFormat::S16))
    }

    pub(crate) fn with_format(config: EngineConfig, samples: Samples, format: WaveFormat) -> Self {
        let mut world = World::new(7, Keep::All);
        let machine = Shared::new(Machine::ideal());
        let doorbell = world.event("doorbell", Reset::Auto);
        let notification = world.event("notification", Reset::Auto);
        let start = world.event("start", Reset::Auto);
        let device = TestDevice::new(format, samples, doorbell.handle());
        let client_cxs = ["client 0", "client 1"]
            .map(|name| world.actor(name))
            .to_vec();
        let cxs = [world.actor("device"), world.actor("engine")];
        let period = Frames::new(PERIOD);
        let pin = TestDevice::pin(&device);
        let stream =
            DeviceStream::open(&cxs[1], pin, format, period, 2, notification.handle()).unwrap();
        let engine = Shared::new(Engine::new(config, stream, machine.clone(), "engine"));
        let endpoint = Endpoint::new(engine.clone(), start.handle());
        let events = Events {
            doorbell,
            notification,
            start,
            cxs,
        };
        Self {
            world,
            machine,
            device,
            engine,
            endpoint,
            clients: Vec::new(),
            client_cxs,
            events,
        }
    }

    /// Adds a client with a buffer of two periods, which starts at t = 0.
    pub(crate) fn client(&mut self, format: WaveFormat, play: fn(u64) -> Vec<u8>) -> usize {
        let number = self.clients.len();
        let name = format!("client {number}");
        let cx = self.client_cxs.remove(0);
        let event = self.world.event(&name, Reset::Auto);
        let stream = self.endpoint.add_stream(format, Frames::new(2 * PERIOD));
        stream.borrow_mut().event = Some(event.handle());
        let core = Shared::new(HandCore {
            stream: stream.clone(),
            endpoint: self.endpoint.clone(),
            event: event.handle(),
            machine: self.machine.clone(),
            thread: self.machine.borrow_mut().thread(&name),
            content: 0,
            play,
            started: false,
            starting: None,
        });
        self.clients.push(Hand {
            stream,
            core,
            event,
            cx,
        });
        number
    }

    /// A client that plays nothing in particular.
    pub(crate) fn quiet_client(&mut self) -> usize {
        self.client(format(2, SampleFormat::S16), |_| vec![0; 4])
    }

    pub(crate) fn late(&mut self, thread: &str, event: u64, by: SimDuration) {
        let mut machine = self.machine.borrow_mut();
        let thread = machine.thread(thread);
        machine.inject(FaultId::new(0), Injection::LateWakeUp { thread, event, by });
    }

    pub(crate) fn spawn(&mut self) {
        for hand in &self.clients {
            let actor = hand_actor(hand.cx.clone(), hand.core.clone(), hand.event.clone());
            self.world.spawn(&hand.cx, Role::Service, actor);
        }
        let Events {
            doorbell,
            notification,
            start,
            cxs: [device_cx, engine_cx],
        } = &self.events;
        let device = notify(device_cx.clone(), self.device.clone(), doorbell.clone());
        self.world.spawn(device_cx, Role::Service, device);
        let (start, notification) = (start.clone(), notification.clone());
        let engine = engine(engine_cx.clone(), self.engine.clone(), start, notification);
        self.world.spawn(engine_cx, Role::Service, engine);
    }

    /// Runs for so long; the frame that begins at the end is heard.
    pub(crate) fn run_until_ms(&mut self, millis: u64) {
        self.world.run_until(SimTime::from_millis(millis)).unwrap();
        let end = SimTime::from_millis(millis).at(units::Phase::React);
        self.device.borrow_mut().settle(end);
    }

    /// The words of all entries of a kind, with the time of each in ns.
    pub(crate) fn entries(&self, kind: &str) -> Vec<(u64, Vec<u64>)> {
        let history = self.world.history();
        let of_kind = history.entries().filter(|entry| entry.what.name() == kind);
        let told = |entry: &Entry| (entry.moment.time.to_nanos_floor(), entry.words().to_vec());
        of_kind.map(told).collect()
    }

    /// Stretches of what was heard that are not audio as it was meant: (first, frames, kind).
    pub(crate) fn bad(&self) -> Vec<(u64, u64, &'static str)> {
        let device = self.device.borrow();
        let mut bad: Vec<(u64, u64, &'static str)> = Vec::new();
        for (frame, whose) in (0..).zip(device.heard(0)) {
            let what = match whose {
                None => "uninit",
                Some(whose) if whose.intended < frame => "stale",
                Some(whose) if whose.intended > frame => "ahead",
                Some(whose) if whose.kind == Kind::EngineSilence => "silence",
                Some(_) => continue,
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

    /// A twin of the whole bench, with its own actors.
    pub(crate) fn twin(&self) -> Self {
        let (world, mut forker) = self.world.fork();
        let mut twin = Self {
            machine: self.machine.fork(&mut forker),
            device: self.device.fork(&mut forker),
            engine: self.engine.fork(&mut forker),
            endpoint: self.endpoint.fork(&mut forker),
            clients: Vec::new(),
            client_cxs: self.client_cxs.fork(&mut forker),
            events: Events {
                doorbell: self.events.doorbell.fork(&mut forker),
                notification: self.events.notification.fork(&mut forker),
                start: self.events.start.fork(&mut forker),
                cxs: self.events.cxs.fork(&mut forker),
            },
            world,
        };
        for hand in &self.clients {
            twin.clients.push(Hand {
                stream: hand.stream.fork(&mut forker),
                core: hand.core.fork(&mut forker),
                event: hand.event.fork(&mut forker),
                cx: hand.cx.fork(&mut forker),
            });
        }
        twin.spawn();
        twin
    }
}

impl HandCore {
    fn fill(&mut self) {
        let mut stream = self.stream.borrow_mut();
        let free = stream.buffer.free();
        let bytes: Vec<u8> = (self.content..self.content + free.get())
            .flat_map(self.play)
            .collect();
        let kept = stream.buffer.keeps_samples().then_some(bytes.as_slice());
        stream.buffer.release(free, self.content, kept, false);
        self.content += free.get();
    }
}

impl Fork for HandCore {
    fn fork(&self, forker: &mut Forker) -> Self {
        Self {
            stream: self.stream.fork(forker),
            endpoint: self.endpoint.fork(forker),
            event: self.event.fork(forker),
            machine: self.machine.fork(forker),
            ..*self
        }
    }
}

async fn hand_actor<C: Context>(cx: C, core: Shared<HandCore>, event: C::Event) {
    loop {
        let (started, starting) = (core.borrow().started, core.borrow().starting);
        if !started {
            let mut core = core.borrow_mut();
            core.started = true;
            core.fill();
            let stream = core.stream.clone();
            core.endpoint.start(&stream);
        } else if let Some(at) = starting {
            cx.sleep_until(at).await;
            let mut core = core.borrow_mut();
            core.starting = None;
            core.fill();
        } else {
            let tag = event.wait().await;
            let mut core = core.borrow_mut();
            let wake = machine::wake(&cx, &core.machine, core.thread, &core.event, tag);
            core.starting = Some(wake.starts);
        }
    }
}
