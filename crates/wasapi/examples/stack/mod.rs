//! A stack for examples and tests: a loudspeaker and a microphone with their engines, at 48 kHz in
//! stereo with a period of 10 ms, and a pin for whoever has the loudspeaker to itself.
#![allow(
    dead_code,
    unreachable_pub,
    reason = "nobody uses all of it, and it is a module of each"
)]

use std::cell::{Cell, RefCell};
use std::future::Future;
use std::rc::Rc;

use engine::testing::{TestDevice, TestMicrophone, notify, record};
use engine::{
    CaptureEndpoint, CaptureEngine, DeviceStream, Endpoint, Engine, EngineConfig, Overrun,
    capture_engine, engine,
};
use machine::Machine;
use ring::Samples;
use units::{Frames, Phase, SampleFormat, SimDuration, SimTime, WaveFormat};
use vtime::sim::{Cx, Role, World};
use vtime::{Context, Digest, Event, Keep, Reset, Shared};
use wasapi::BufferMinimum;
use wasapi::com::{Device, DeviceEnumerator, EndpointProfile, Line, OpenPin};

/// What the loudspeaker takes: 16 bits.
pub fn pcm(hertz: u32, channels: u8) -> WaveFormat {
    WaveFormat::new(hertz, channels, SampleFormat::S16).expect("a legal format")
}

/// A world with both devices.
pub struct Stack {
    pub world: World,
    pub speaker: Device<Cx>,
    pub microphone: Device<Cx>,
    /// What the engine plays to.
    pub shared: Shared<TestDevice>,
    /// The pins that were opened for exclusive streams, in this order.
    pub exclusive: Rc<RefCell<Vec<Shared<TestDevice>>>>,
    clients: Vec<Cx>,
    finished: Rc<Cell<usize>>,
    begun: usize,
}

impl Stack {
    pub fn new() -> Self {
        Self::with_minimum(BufferMinimum::TwoPeriodsAndTwoMs)
    }

    /// With another smallest buffer.
    pub fn with_minimum(minimum: BufferMinimum) -> Self {
        let mut world = World::new(7, Keep::All);
        // Before the engines: who starts at 0 is to be heard from the first pass on.
        let names = ["first client", "second client", "third client"];
        let clients = names.map(|name| world.actor(name)).to_vec();
        let exclusive = Rc::new(RefCell::default());
        let (shared, endpoint) = loudspeaker(&mut world);
        let formats = vec![pcm(48_000, 2), pcm(44_100, 2), pcm(48_000, 6)];
        let profile = EndpointProfile {
            minimum,
            ..EndpointProfile::hd_audio(formats)
        };
        let line = Line::Render {
            engine: endpoint,
            exclusive: Some(pins(Rc::clone(&exclusive))),
        };
        let speaker = Device::new(line, profile.clone());
        let microphone = Device::new(Line::Capture(microphone(&mut world)), profile);
        Self {
            world,
            speaker,
            microphone,
            shared,
            exclusive,
            clients,
            finished: Rc::default(),
            begun: 0,
        }
    }

    /// The next client does what `client` says.
    pub fn client<F: Future<Output = ()> + 'static>(
        &mut self,
        client: impl FnOnce(Cx, DeviceEnumerator<Cx>) -> F,
    ) {
        let cx = self.clients[self.begun].clone();
        let devices = vec![self.speaker.clone(), self.microphone.clone()];
        let (does, finished) = (
            client(cx.clone(), DeviceEnumerator::new(devices)),
            Rc::clone(&self.finished),
        );
        self.begun += 1;
        self.world.spawn(&cx, Role::Service, async move {
            does.await;
            finished.set(finished.get() + 1);
        });
    }

    /// Runs, and says that all clients have done what they had to.
    pub fn run_until_ms(&mut self, millis: u64) {
        let until = SimTime::from_millis(millis);
        self.world.run_until(until).expect("the world runs");
        self.shared.borrow_mut().settle(until.at(Phase::React));
        for device in self.exclusive.borrow().iter() {
            device.borrow_mut().settle(until.at(Phase::React));
        }
        assert_eq!(
            self.finished.get(),
            self.begun,
            "every client came to its end"
        );
    }

    pub fn digest(&self) -> Digest {
        self.world.history().digest()
    }
}

/// Sleeps so many milliseconds of virtual time.
pub async fn sleep_ms(cx: &Cx, millis: u64) {
    let until = cx.now() + SimDuration::from_millis(millis);
    cx.sleep_until(until.commit()).await;
}

fn loudspeaker(world: &mut World) -> (Shared<TestDevice>, Endpoint) {
    let (cx, device_cx) = (world.actor("engine"), world.actor("loudspeaker"));
    let [doorbell, notification, start] =
        ["doorbell", "notification", "start"].map(|name| world.event(name, Reset::Auto));
    let format = pcm(48_000, 2);
    let device = TestDevice::new(format, Samples::Kept, doorbell.handle());
    let pin = TestDevice::pin(&device);
    let packet = Frames::new(480);
    let stream = DeviceStream::open(&cx, pin, format, packet, 2, notification.handle());
    let stream = stream.expect("the pin takes it");
    let machine = Shared::new(Machine::ideal());
    let config = EngineConfig {
        // The limiter looks ahead; what is compared here is to be what was mixed.
        limiter: false,
        ..EngineConfig::default()
    };
    let core = Shared::new(Engine::new(config, stream, machine, "engine"));
    let endpoint = Endpoint::new(core.clone(), start.handle());
    world.spawn(
        &cx,
        Role::Service,
        engine(cx.clone(), core, start, notification),
    );
    let plays = notify(device_cx.clone(), device.clone(), doorbell);
    world.spawn(&device_cx, Role::Service, plays);
    (device, endpoint)
}

fn microphone(world: &mut World) -> CaptureEndpoint {
    let (cx, device_cx) = (world.actor("capture engine"), world.actor("microphone"));
    let [doorbell, notification, start] =
        ["capture doorbell", "capture notification", "capture start"]
            .map(|name| world.event(name, Reset::Auto));
    let format = pcm(48_000, 2);
    let device = TestMicrophone::new(format, Samples::Kept, false, doorbell.handle());
    let pin = TestMicrophone::pin(&device);
    let packet = Frames::new(480);
    let stream = DeviceStream::open(&cx, pin, format, packet, 2, notification.handle());
    let stream = stream.expect("the pin takes it");
    let machine = Shared::new(Machine::ideal());
    let core = CaptureEngine::new(stream, machine, "capture engine", SimDuration::ZERO);
    let core = Shared::new(core);
    let endpoint = CaptureEndpoint::new(core.clone(), start.handle(), Overrun::KeepOldest);
    let reads = capture_engine(cx.clone(), core, start, notification);
    world.spawn(&cx, Role::Service, reads);
    let records = record(device_cx.clone(), device, doorbell);
    world.spawn(&device_cx, Role::Service, records);
    endpoint
}

/// A pin of its own for each exclusive stream.
fn pins(opened: Rc<RefCell<Vec<Shared<TestDevice>>>>) -> OpenPin<Cx> {
    Rc::new(move |cx, format, packet, packets, notification| {
        let doorbell = cx.event("exclusive doorbell", Reset::Auto);
        let device = TestDevice::new(format, Samples::Kept, doorbell.handle());
        let pin = TestDevice::pin(&device);
        let stream = DeviceStream::open(cx, pin, format, packet, packets, notification)?;
        let name = format!("exclusive pin {}", opened.borrow().len());
        let plays = device.clone();
        cx.spawn(&name, |cx| notify(cx, plays, doorbell));
        opened.borrow_mut().push(device);
        Ok(stream)
    })
}
