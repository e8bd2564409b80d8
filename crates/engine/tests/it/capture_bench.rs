//! A microphone, its engine, and clients that read whenever they are signalled.

use engine::testing::{TestMicrophone, record};
use engine::{
    CaptureEndpoint, CaptureEngine, CaptureStream, DeviceStream, Overrun, capture_engine,
};
use machine::{FaultId, Injection, Machine};
use ring::Samples;
use units::{Frames, Moment, SampleFormat, SimDuration, SimTime, WaveFormat};
use vtime::sim::{Cx, Role, SimEvent, World};
use vtime::{Context, Event, EventHandle, Fork, Forker, Keep, Reset, Shared};

use crate::bench::format;

/// What is not as in the reference.
#[derive(Clone, Copy)]
pub(crate) struct Setting {
    pub(crate) packet: u64,
    pub(crate) packets: u32,
    pub(crate) newest_only: bool,
    pub(crate) service: SimDuration,
    pub(crate) samples: Samples,
}

pub(crate) const REFERENCE: Setting = Setting {
    packet: 480,
    packets: 2,
    newest_only: false,
    service: SimDuration::ZERO,
    samples: Samples::Kept,
};

pub(crate) struct CaptureBench {
    pub(crate) world: World,
    machine: Shared<Machine>,
    device: Shared<TestMicrophone>,
    engine: Shared<CaptureEngine>,
    endpoint: CaptureEndpoint,
    clients: Vec<(Shared<Ear>, SimEvent, Cx)>,
    events: [SimEvent; 3],
    cxs: [Cx; 2],
}

/// A client reduced to what the engine notices: it empties its buffer when its event is set.
pub(crate) struct Ear {
    pub(crate) stream: Shared<CaptureStream>,
    endpoint: CaptureEndpoint,
    event: EventHandle,
    machine: Shared<Machine>,
    thread: machine::ThreadId,
    started: bool,
    starting: Option<Moment>,
    /// (position, device frame, frames, discontinuity, counter in ns) of what it read.
    pub(crate) read: Vec<(u64, u64, u64, bool, u64)>,
    pub(crate) bytes: Vec<u8>,
}

impl CaptureBench {
    pub(crate) fn new(setting: Setting) -> Self {
        let mut world = World::new(7, Keep::All);
        let machine = Shared::new(Machine::ideal());
        let events =
            ["doorbell", "notification", "start"].map(|name| world.event(name, Reset::Auto));
        let recorded = format(2, SampleFormat::S16);
        let device = TestMicrophone::new(
            recorded,
            setting.samples,
            setting.newest_only,
            events[0].handle(),
        );
        let clients = ["client 0", "client 1"].map(|name| world.actor(name));
        drop(clients);
        let cxs = [world.actor("microphone"), world.actor("engine")];
        let stream = DeviceStream::open(
            &cxs[1],
            TestMicrophone::pin(&device),
            recorded,
            Frames::new(setting.packet),
            setting.packets,
            events[1].handle(),
        )
        .unwrap();
        let engine = CaptureEngine::new(stream, machine.clone(), "engine", setting.service);
        let engine = Shared::new(engine);
        let endpoint =
            CaptureEndpoint::new(engine.clone(), events[2].handle(), Overrun::KeepOldest);
        Self {
            world,
            machine,
            device,
            engine,
            endpoint,
            clients: Vec::new(),
            events,
            cxs,
        }
    }

    /// Adds a client with a buffer of `frames` frames, which starts at t = 0.
    pub(crate) fn client(&mut self, format: WaveFormat, frames: u64) {
        let name = format!("client {}", self.clients.len());
        let event = self.world.event(&name, Reset::Auto);
        let stream = self.endpoint.add_stream(format, Frames::new(frames));
        stream.borrow_mut().event = Some(event.handle());
        let ear = Ear {
            stream,
            endpoint: self.endpoint.clone(),
            event: event.handle(),
            machine: self.machine.clone(),
            thread: self.machine.borrow_mut().thread(&name),
            started: false,
            starting: None,
            read: Vec::new(),
            bytes: Vec::new(),
        };
        let cx = self.world.actor(&name);
        self.clients.push((Shared::new(ear), event, cx));
    }

    pub(crate) fn ear(&self, client: usize) -> std::cell::Ref<'_, Ear> {
        self.clients[client].0.borrow()
    }

    pub(crate) fn late(&mut self, thread: &str, event: u64, by: SimDuration) {
        let mut machine = self.machine.borrow_mut();
        let thread = machine.thread(thread);
        machine.inject(FaultId::new(0), Injection::LateWakeUp { thread, event, by });
    }

    pub(crate) fn spawn(&mut self) {
        for (ear, event, cx) in &self.clients {
            let actor = listen(cx.clone(), ear.clone(), event.clone());
            self.world.spawn(cx, Role::Service, actor);
        }
        let [doorbell, notification, start] = self.events.clone();
        let [device_cx, engine_cx] = self.cxs.clone();
        let device = record(device_cx.clone(), self.device.clone(), doorbell);
        self.world.spawn(&device_cx, Role::Service, device);
        let engine = capture_engine(engine_cx.clone(), self.engine.clone(), start, notification);
        self.world.spawn(&engine_cx, Role::Service, engine);
    }

    pub(crate) fn run_until_ms(&mut self, millis: u64) {
        self.world.run_until(SimTime::from_millis(millis)).unwrap();
    }

    /// The words of all entries of a kind, with the time of each in ns.
    pub(crate) fn entries(&self, kind: &str) -> Vec<(u64, Vec<u64>)> {
        let history = self.world.history();
        let of_kind = history.entries().filter(|entry| entry.what.name() == kind);
        of_kind
            .map(|entry| (entry.moment.time.to_nanos_floor(), entry.words().to_vec()))
            .collect()
    }

    /// A twin of the whole bench, with its own actors.
    pub(crate) fn twin(&self) -> Self {
        let (world, mut forker) = self.world.fork();
        let mut twin = Self {
            machine: self.machine.fork(&mut forker),
            device: self.device.fork(&mut forker),
            engine: self.engine.fork(&mut forker),
            endpoint: self.endpoint.fork(&mut forker),
            clients: self.clients.fork(&mut forker),
            events: self.events.fork(&mut forker),
            cxs: self.cxs.fork(&mut forker),
            world,
        };
        twin.spawn();
        twin
    }
}

impl Ear {
    fn listen(&mut self) {
        let mut stream = self.stream.borrow_mut();
        let mut bytes = Vec::new();
        while stream.buffer.front().is_some() {
            let packet = stream.buffer.hold(&mut bytes);
            assert!(!packet.timestamp_error, "the counters are in order");
            self.bytes.extend_from_slice(&bytes);
            self.read.push((
                packet.position,
                packet.device_frame,
                packet.frames.get(),
                packet.discontinuity,
                packet.counter.get() * 100,
            ));
            stream.buffer.release(true);
        }
    }
}

impl Fork for Ear {
    fn fork(&self, forker: &mut Forker) -> Self {
        Self {
            stream: self.stream.fork(forker),
            endpoint: self.endpoint.fork(forker),
            event: self.event.fork(forker),
            machine: self.machine.fork(forker),
            read: self.read.clone(),
            bytes: self.bytes.clone(),
            ..*self
        }
    }
}

async fn listen<C: Context>(cx: C, ear: Shared<Ear>, event: C::Event) {
    loop {
        let (started, starting) = (ear.borrow().started, ear.borrow().starting);
        if !started {
            let mut ear = ear.borrow_mut();
            ear.started = true;
            ear.endpoint.start(&ear.stream);
        } else if let Some(at) = starting {
            cx.sleep_until(at).await;
            let mut ear = ear.borrow_mut();
            ear.starting = None;
            ear.listen();
        } else {
            let tag = event.wait().await;
            let mut ear = ear.borrow_mut();
            let wake = machine::wake(&cx, &ear.machine, ear.thread, &ear.event, tag);
            ear.starting = Some(wake.starts);
        }
    }
}
