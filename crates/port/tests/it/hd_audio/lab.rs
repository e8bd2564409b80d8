//! A device with its driver, and a client that does as the test says.

use std::future::Future;

use hardware::{
    Bus, Controller, ControllerConfig, Delivery, LinkLog, LinkSpan, StreamConfig, device,
};
use ks::{
    FilterHandle, KsState, Mapping, PacketNumber, PinConnect, PinHandle, PinReply, PinRequest,
    Position, RtAudioRequest,
};
use machine::{FaultId, Injection, Interrupt, Machine, interrupt};
use miniport::{HdAudioAdapter, HdAudioMiniport, HdAudioOptions};
use port::{DeviceHandle, Memory, Verifier, WaveRtPort};
use portcls::Rule;
use ring::{Kind, Samples, Whose};
use units::{Bytes, Frames, NtStatus, SampleFormat, SimDuration, SimTime, WaveFormat};
use vtime::sim::{Cx, Role, SimEvent, World};
use vtime::{Context, Event, Fork, Keep, Reset, Shared};

/// A world with a device, its driver, and nobody who uses them yet.
pub(crate) struct Lab {
    pub(crate) world: World,
    pub(crate) filter: FilterHandle,
    pub(crate) device: DeviceHandle,
    pub(crate) controller: Shared<Controller>,
    pub(crate) machine: Shared<Machine>,
    pub(crate) interrupt: Shared<Interrupt>,
    pub(crate) event: SimEvent,
    doorbell: SimEvent,
    line: SimEvent,
}

/// What the script of a test has at hand.
#[derive(Clone)]
pub(crate) struct Client {
    pub(crate) cx: Cx,
    pub(crate) filter: FilterHandle,
    pub(crate) device: DeviceHandle,
    pub(crate) interrupt: Shared<Interrupt>,
    /// Registered by [`open`](Self::open).
    pub(crate) event: SimEvent,
}

/// A pin with its buffer.
#[derive(Clone)]
pub(crate) struct Stream {
    pub(crate) pin: PinHandle,
    pub(crate) mapping: Mapping,
    packet: Frames,
}

pub(crate) fn s16(hertz: u32) -> WaveFormat {
    WaveFormat::new(hertz, 2, SampleFormat::S16).expect("a format")
}

/// What a script runs against unless it says otherwise: the reference device.
pub(crate) fn k0() -> Lab {
    Lab::new(StreamConfig::k0(), HdAudioOptions::default())
}

impl Lab {
    pub(crate) fn new(stream: StreamConfig, options: HdAudioOptions) -> Self {
        Self::with_memory(stream, options, Memory::ample(Samples::Kept))
    }

    pub(crate) fn with_memory(
        stream: StreamConfig,
        options: HdAudioOptions,
        memory: Memory,
    ) -> Self {
        let mut world = World::new(1, Keep::All);
        let [doorbell, line, event] =
            ["doorbell", "line", "event"].map(|name| world.event(name, Reset::Auto));
        let config = ControllerConfig::with_output(stream);
        let controller = Shared::new(Controller::new(&config));
        let bus = Bus::new(controller.clone(), doorbell.handle());
        let miniport = HdAudioMiniport::new(SimTime::ZERO.commit(), bus, 0, options);
        Self::of(world, [doorbell, line, event], controller, miniport, memory)
    }

    /// The same with an input.
    pub(crate) fn capturing(stream: StreamConfig, options: HdAudioOptions) -> Self {
        let mut world = World::new(1, Keep::All);
        let [doorbell, line, event] =
            ["doorbell", "line", "event"].map(|name| world.event(name, Reset::Auto));
        let config = ControllerConfig::with_input(stream);
        let controller = Shared::new(Controller::new(&config));
        let bus = Bus::new(controller.clone(), doorbell.handle());
        let adapter = HdAudioAdapter::new(bus);
        let miniport = adapter.capture(SimTime::ZERO.commit(), 0, options);
        let memory = Memory::ample(Samples::Kept);
        Self::of(world, [doorbell, line, event], controller, miniport, memory)
    }

    /// An output, and an input on the same controller, whose filter is the second one.
    pub(crate) fn duplex(delivery: Delivery) -> (Self, FilterHandle) {
        let mut world = World::new(1, Keep::All);
        let [doorbell, line, event] =
            ["doorbell", "line", "event"].map(|name| world.event(name, Reset::Auto));
        let config = ControllerConfig {
            delivery,
            inputs: vec![StreamConfig::k0()],
            ..ControllerConfig::k0()
        };
        let controller = Shared::new(Controller::new(&config));
        let adapter = HdAudioAdapter::new(Bus::new(controller.clone(), doorbell.handle()));
        let start = SimTime::ZERO.commit();
        let options = HdAudioOptions::default();
        let microphone = adapter.capture(start, 0, options);
        let memory = Shared::new(Memory::ample(Samples::Kept));
        let microphone = WaveRtPort::install(Box::new(microphone), memory);
        let speaker = adapter.render(start, 1, options);
        let memory = Memory::ample(Samples::Kept);
        let events = [doorbell, line, event];
        (
            Self::of(world, events, controller, speaker, memory),
            microphone,
        )
    }

    fn of(
        world: World,
        [doorbell, line, event]: [SimEvent; 3],
        controller: Shared<Controller>,
        miniport: HdAudioMiniport,
        memory: Memory,
    ) -> Self {
        let verifier = Verifier::default();
        let routine = verifier.interrupt_routine(miniport.interrupt_routine());
        let interrupt = Shared::new(Interrupt::new(routine));
        let memory = Shared::new(memory);
        let (filter, device) = WaveRtPort::install_device(Box::new(miniport), memory, verifier);
        let machine = Shared::new(Machine::ideal());
        let lab = Self {
            world,
            filter,
            device,
            controller,
            machine,
            interrupt,
            event,
            doorbell,
            line,
        };
        lab.spawned()
    }

    fn spawned(mut self) -> Self {
        let [device_cx, driver_cx] = ["device", "driver"].map(|name| self.world.actor(name));
        let (doorbell, line) = (self.doorbell.clone(), self.line.clone());
        let actor = device(
            device_cx.clone(),
            self.controller.clone(),
            doorbell,
            line.clone(),
        );
        self.world.spawn(&device_cx, Role::Service, actor);
        let (machine, routine) = (self.machine.clone(), self.interrupt.clone());
        let actor = interrupt(driver_cx.clone(), machine, routine, line, Vec::new());
        self.world.spawn(&driver_cx, Role::Service, actor);
        self
    }

    /// The same lab, taken up twice.
    pub(crate) fn forked(&self) -> Self {
        let (world, mut forker) = self.world.fork();
        let lab = Self {
            world,
            filter: self.filter.fork(&mut forker),
            device: self.device.fork(&mut forker),
            controller: self.controller.fork(&mut forker),
            machine: self.machine.fork(&mut forker),
            interrupt: self.interrupt.fork(&mut forker),
            event: self.event.fork(&mut forker),
            doorbell: self.doorbell.fork(&mut forker),
            line: self.line.fork(&mut forker),
        };
        lab.spawned()
    }

    pub(crate) fn with_fault(self, injection: Injection) -> Self {
        self.machine.borrow_mut().inject(FaultId::new(0), injection);
        self
    }

    /// Runs `script` to its end and the world for `millis`.
    pub(crate) fn run<F>(&mut self, millis: u64, script: impl FnOnce(Client) -> F)
    where
        F: Future<Output = ()> + 'static,
    {
        let cx = self.world.actor("client");
        let client = Client {
            cx: cx.clone(),
            filter: self.filter.clone(),
            device: self.device.clone(),
            interrupt: self.interrupt.clone(),
            event: self.event.clone(),
        };
        let done = Shared::new(false);
        let script = script(client);
        let finished = done.clone();
        let to_the_end = async move {
            script.await;
            *finished.borrow_mut() = true;
        };
        self.world.spawn(&cx, Role::Foreground, to_the_end);
        self.world
            .run_until(SimTime::from_millis(millis))
            .expect("the script ends");
        assert!(*done.borrow(), "the script ends within the run");
        let mut broken = self.device.verifier().violations();
        // A script is allowed to leave an event behind.
        broken.retain(|violation| violation.rule != Rule::EventsLeft);
        assert_eq!(broken, [], "the driver keeps the rules");
    }

    /// What was heard, or recorded, by the end of the run.
    pub(crate) fn heard(&self) -> LinkLog {
        self.controller.borrow_mut().settle(self.world.now());
        self.controller.borrow().link_log(0).clone()
    }
}

impl Client {
    /// Opens the pin with a buffer of `packets` packets and registers the event.
    pub(crate) fn open(&self, format: WaveFormat, packet: u64, packets: u32) -> Stream {
        let connect = PinConnect::of(HdAudioMiniport::RENDER_PIN, format);
        let pin = self
            .filter
            .create_pin(self.cx.moment(), connect)
            .expect("the pin opens");
        let size = format.bytes_of(Frames::new(packet * u64::from(packets)));
        let mapping = ks::allocate_buffer_with_notification(&self.cx, &pin, size, packets)
            .expect("there is memory");
        ks::register_notification_event(&self.cx, &pin, self.event.handle())
            .expect("an event can be registered");
        Stream {
            pin,
            mapping,
            packet: Frames::new(packet),
        }
    }

    /// The reference stream: two packets of 480 frames at 48 kHz.
    pub(crate) fn open_k0(&self) -> Stream {
        self.open(s16(48_000), 480, 2)
    }

    /// Waits for the commits of `micros` into the run.
    pub(crate) async fn at_micros(&self, micros: u64) {
        self.cx
            .sleep_until((SimTime::ZERO + SimDuration::from_micros(micros)).commit())
            .await;
    }

    /// Waits for the commits of `millis` into the run.
    pub(crate) async fn at(&self, millis: u64) {
        self.at_micros(millis * 1000).await;
    }

    pub(crate) fn set_state(&self, stream: &Stream, state: KsState) {
        ks::set_state(&self.cx, &stream.pin, state).expect("the state can be reached");
    }

    pub(crate) fn count(&self, stream: &Stream) -> u32 {
        ks::packet_count(&self.cx, &stream.pin)
            .expect("there are packets")
            .get()
    }

    pub(crate) fn position(&self, stream: &Stream) -> Position {
        ks::position(&self.cx, &stream.pin).expect("there is a position")
    }

    pub(crate) fn status(&self, stream: &Stream, request: RtAudioRequest) -> NtStatus {
        let request = PinRequest::RtAudio(request);
        ks::request(&self.cx, &stream.pin, request)
            .err()
            .unwrap_or(NtStatus::SUCCESS)
    }

    pub(crate) fn ask(&self, stream: &Stream, request: RtAudioRequest) -> PinReply {
        ks::request(&self.cx, &stream.pin, PinRequest::RtAudio(request)).expect("it is granted")
    }

    /// Announces a packet; what the driver says.
    pub(crate) fn announce(&self, stream: &Stream, packet: u32, eos: Option<u64>) -> NtStatus {
        let packet = PacketNumber::new(packet);
        ks::set_write_packet(&self.cx, &stream.pin, packet, eos.map(Bytes::new))
            .err()
            .unwrap_or(NtStatus::SUCCESS)
    }

    /// Writes packet `packet`, each frame meant for its own number, without announcing it.
    pub(crate) fn store(&self, stream: &Stream, packet: u64) {
        let first = Frames::new(packet * stream.packet.get());
        let whose = Whose {
            run: stream.mapping.run(),
            kind: Kind::Audio,
            content: first.get(),
            intended: first.get(),
            write: u32::try_from(packet).expect("a test has few packets"),
        };
        stream
            .mapping
            .store(self.cx.moment(), first, None, stream.packet, whose);
    }

    /// Writes and announces a packet.
    pub(crate) fn write(&self, stream: &Stream, packet: u64, eos: Option<u64>) -> NtStatus {
        self.store(stream, packet);
        self.announce(
            stream,
            u32::try_from(packet).expect("a test has few packets"),
            eos,
        )
    }

    /// Opens, primes and starts the reference stream.
    pub(crate) fn start_k0(&self) -> Stream {
        let stream = self.open_k0();
        self.set_state(&stream, KsState::Pause);
        assert_eq!(self.write(&stream, 0, None), NtStatus::SUCCESS);
        self.set_state(&stream, KsState::Run);
        assert_eq!(self.write(&stream, 1, None), NtStatus::SUCCESS);
        stream
    }
}

/// First frame, frames, and what the first was meant to be and of which kind.
pub(crate) type Heard = (u64, u64, Option<(u64, Kind)>);

/// What was heard, without regard to which write it came with.
pub(crate) fn spans(log: &LinkLog) -> Vec<Heard> {
    let span = |span: &LinkSpan| {
        let whose = span.whose.map(|whose| (whose.intended, whose.kind));
        (span.first.get(), span.len.get(), whose)
    };
    merged(log.spans().iter().map(span))
}

/// Joins what continues itself.
fn merged(spans: impl Iterator<Item = Heard>) -> Vec<Heard> {
    let mut all: Vec<Heard> = Vec::new();
    for (first, len, whose) in spans {
        if let Some(last) = all.last_mut() {
            let continued = last.2.map(|(intended, kind)| (intended + last.1, kind));
            if last.0 + last.1 == first && continued == whose {
                last.1 += len;
                continue;
            }
        }
        all.push((first, len, whose));
    }
    all
}
