//! The device and its driver.

use std::cell::Ref;
use std::fmt::Debug;
use std::rc::Rc;

use hardware::{
    Controller, Dsp, LinkLog, MissingTicks, StreamConfig, TimerBus, TimerDevice, device,
    dsp_device, timer_device,
};
use ks::wire::PacketSizeConstraints;
use ks::{DeviceInterfaces, FilterHandle, PinConnect, PinHandle, Settle};
use machine::{Interrupt, InterruptRoutine, Machine, interrupt};
use miniport::virtual_audio::{Hears, VirtualMiniport};
use miniport::{
    CyclicMiniport, CyclicOptions, HdAudioAdapter, HdAudioMiniport, HdAudioTopology, Jack,
    OffloadMiniport, Preference, Ring,
};
use port::{Adapter, DeviceHandle, Memory, TopologyPort, Verifier, WaveCyclicPort, WaveRtPort};
use portcls::MiniportWaveRt;
use ring::Samples;
use units::{Clock, Moment, NtStatus, SampleRate, SimTime};
use vtime::sim::Cx;
use vtime::{Context, Event, EventHandle, Fork, Forker, Host, Reset, Shared};
use wasapi::Player;

use super::controller::{Build, OnController};
use super::microphone::heard;
use super::offload;
use super::system::Recorder;
use super::{CAPTURE_CONTROLLER, CAPTURE_INTERRUPT, CONTROLLER, INTERRUPT};
use crate::format::{Device, DeviceTransport, Kind, Microphone, Scenario};

/// Numbers of the devices in their system.
const SPEAKER: u32 = 1;
const MICROPHONE: u32 = 2;

/// What stands behind a driver.
#[derive(Debug)]
enum Behind {
    Controller(OnController),
    Timer(Shared<TimerDevice>),
    Dsp(Shared<Dsp>),
}

impl Behind {
    /// The instance path: a codec of a maker that there is not, or a device without any, which the
    /// root enumerates. `number` tells the devices of a system apart.
    ///
    /// Source: `install/device-instance-ids.md`.
    fn instance(&self, number: u32) -> String {
        match self {
            Self::Controller(_) | Self::Dsp(_) => {
                format!(r"HDAUDIO\FUNC_01&VEN_0000&DEV_{number:04}\4&0")
            }
            Self::Timer(_) => format!(r"ROOT\WAVERT\{number:04}"),
        }
    }
}

/// The controller or the timer, its interrupt, and the filter that its driver shows.
#[derive(Debug)]
pub(crate) struct Hardware<C: Context = Cx> {
    behind: Behind,
    interrupt: Shared<Interrupt>,
    doorbell: C::Event,
    line: C::Event,
    pub(crate) filter: FilterHandle,
    /// Where its filters are found.
    pub(crate) interfaces: DeviceInterfaces,
    /// As power manager and Plug and Play manager reach it; those of an older port they do not.
    pub(crate) device: Option<DeviceHandle>,
    /// What brings it up to date, if its driver has to.
    settler: Option<Rc<dyn Settle>>,
    /// What its cable is plugged into.
    pub(super) jack: Jack,
    /// The format that it likes best, if it is one that says so.
    pub(super) preference: Option<Preference>,
    /// Names of the actors that drive controller and interrupt.
    actors: [&'static str; 2],
}

/// What a device is called in its world, and how its filters are made known.
struct Place<'a> {
    name: &'a str,
    events: [&'static str; 2],
    actors: [&'static str; 2],
    number: u32,
    start: fn(&str, &FilterHandle, PacketSizeConstraints) -> (DeviceInterfaces, Jack),
    /// Streams that go past the software engine.
    offloads: usize,
}

impl<C: Context + Fork + Debug> Hardware<C> {
    /// The speaker of `scenario`. `missing` are the ticks that never come, if it has any.
    pub(crate) fn new(
        world: &mut impl Host<Context = C>,
        scenario: &Scenario,
        missing: Option<MissingTicks>,
        keep_samples: bool,
    ) -> Self {
        let (device, samples) = (&scenario.device, samples(keep_samples));
        let beside = scenario.microphone_beside();
        let place = Place {
            name: &device.name,
            events: ["doorbell", "interrupt line"],
            actors: [CONTROLLER, INTERRUPT],
            number: SPEAKER,
            start: match device.kind {
                Kind::Offload => start_mixer,
                Kind::HdAudio | Kind::Virtual => start_adapter,
            },
            offloads: scenario.offloads().count(),
        };
        if device.transport == DeviceTransport::WaveCyclic {
            return Self::wave_cyclic(world, &place, device, samples);
        }
        let build = build_with(world.seed(), samples);
        Self::assemble(world, &place, samples, |doorbell| {
            if device.kind == Kind::Offload {
                return of_dsp(device.dsp(samples), doorbell);
            }
            let Some(options) = device.virtual_options() else {
                return of_hd_audio(OnController::speaker(device, beside, build(doorbell)));
            };
            let timer = TimerDevice::new(samples, missing);
            virtual_device(timer, doorbell, |bus| VirtualMiniport::render(bus, options))
        })
    }

    /// The microphone, which hears `player`: without one, the tone of the sample driver if it is
    /// virtual, and a silent room if it is not.
    pub(crate) fn recording(
        world: &mut impl Host<Context = C>,
        microphone: &Microphone,
        missing: Option<MissingTicks>,
        player: Option<Player>,
        keep_samples: bool,
    ) -> Self {
        let samples = samples(keep_samples);
        let place = Place {
            name: &microphone.name,
            events: ["capture doorbell", "capture interrupt line"],
            actors: [CAPTURE_CONTROLLER, CAPTURE_INTERRUPT],
            number: MICROPHONE,
            start: start_microphone,
            offloads: 0,
        };
        let sound = player.map(heard);
        let build = build_with(world.seed(), samples);
        Self::assemble(world, &place, samples, |doorbell| {
            let Some(options) = microphone.virtual_options() else {
                let place = OnController::microphone(microphone, sound, build(doorbell));
                return of_hd_audio(place);
            };
            let hears = sound.map_or_else(|| Hears::Tone(options.tone()), Hears::Sound);
            let timer = TimerDevice::new(samples, missing);
            virtual_device(timer, doorbell, |bus| {
                VirtualMiniport::capture(bus, options, hears)
            })
        })
    }

    /// The microphone on the controller of this speaker, which interrupts for both from now on.
    pub(crate) fn recording_beside(
        &mut self,
        world: &mut impl Host<Context = C>,
        microphone: &Microphone,
        player: Option<Player>,
    ) -> Self {
        let Behind::Controller(place) = &self.behind else {
            unreachable!("only what is on a controller has something beside it")
        };
        let (place, miniport) = place.beside(microphone, player.map(heard));
        let (sizes, preference) = (miniport.packet_sizes(), miniport.preference());
        let verifier = verifier(world, &microphone.name, 0);
        // One ISR and one DPC: both drivers run at their levels.
        let own = self.device.as_ref().map(DeviceHandle::verifier);
        let routine = own
            .unwrap_or_default()
            .interrupt_routine(miniport.interrupt_routine());
        let routine = verifier.interrupt_routine(routine);
        self.interrupt = Shared::new(Interrupt::new(routine));
        let memory = place.memory.clone();
        let (filter, device) = WaveRtPort::install_device(Box::new(miniport), memory, verifier);
        let behind = Behind::Controller(place);
        let (interfaces, jack) = start_microphone(&behind.instance(MICROPHONE), &filter, sizes);
        Self {
            interfaces,
            jack,
            preference: Some(preference),
            behind,
            interrupt: self.interrupt.clone(),
            doorbell: self.doorbell.clone(),
            line: self.line.clone(),
            filter,
            device: Some(device),
            settler: None,
            actors: self.actors,
        }
    }

    /// The speaker behind a `WaveCyclic` port: a ring that it goes through, and a timer.
    fn wave_cyclic(
        world: &mut impl Host<Context = C>,
        place: &Place<'_>,
        device: &Device,
        samples: Samples,
    ) -> Self {
        let [doorbell, line] = place.events.map(|name| world.event(name, Reset::Auto));
        let timer = Shared::new(TimerDevice::new(samples, None));
        let bus = TimerBus::new(timer.clone(), doorbell.handle());
        let given = device
            .dma_buffer
            .map(|frames| Ring::Frames(frames.to_frames()));
        let defaults = CyclicOptions::default();
        let options = CyclicOptions {
            ring: given.unwrap_or(defaults.ring),
            samples,
        };
        let miniport = CyclicMiniport::new(bus, options);
        let (routine, settler) = (miniport.interrupt_routine(), miniport.settler());
        let filter = WaveCyclicPort::install(Box::new(miniport));
        let behind = Behind::Timer(timer);
        let instance = behind.instance(place.number);
        let (interfaces, jack) = (place.start)(&instance, &filter, CyclicMiniport::packet_sizes());
        Self {
            behind,
            interrupt: Shared::new(Interrupt::new(routine)),
            doorbell,
            line,
            interfaces,
            filter,
            device: None,
            settler: Some(settler),
            jack,
            preference: None,
            actors: place.actors,
        }
    }

    fn assemble(
        world: &mut impl Host<Context = C>,
        place: &Place<'_>,
        samples: Samples,
        build: impl FnOnce(EventHandle) -> (Behind, Driver),
    ) -> Self {
        let [doorbell, line] = place.events.map(|name| world.event(name, Reset::Auto));
        let (behind, driver) = build(doorbell.handle());
        let memory = match &behind {
            Behind::Controller(place) => place.memory.clone(),
            Behind::Timer(_) | Behind::Dsp(_) => Shared::new(Memory::ample(samples)),
        };
        let verifier = verifier(world, place.name, place.offloads);
        let routine = verifier.interrupt_routine(driver.routine);
        let (filter, device) = WaveRtPort::install_device(driver.miniport, memory, verifier);
        let instance = behind.instance(place.number);
        let (interfaces, jack) = (place.start)(&instance, &filter, driver.sizes);
        Self {
            behind,
            interrupt: Shared::new(Interrupt::new(routine)),
            doorbell,
            line,
            interfaces,
            filter,
            device: Some(device),
            settler: None,
            jack,
            preference: driver.preference,
            actors: place.actors,
        }
    }

    /// Makes pins of its wave filter, at the beginning of time.
    pub(crate) fn pins(&self) -> impl Fn(PinConnect) -> Result<PinHandle, NtStatus> + use<C> {
        let filter = self.filter.clone();
        move |connect| filter.create_pin(SimTime::ZERO.commit(), connect)
    }

    /// What was heard, or recorded.
    pub(crate) fn log(&self) -> Ref<'_, LinkLog> {
        match &self.behind {
            Behind::Timer(timer) => Ref::map(timer.borrow(), TimerDevice::log),
            Behind::Controller(place) => Ref::map(place.controller.borrow(), |controller| {
                controller.link_log(place.stream)
            }),
            Behind::Dsp(dsp) => Ref::map(dsp.borrow(), |dsp| dsp.link_log(0)),
        }
    }

    /// What was taken of stream `number` of those that go past the software engine.
    ///
    /// # Panics
    /// If it is no device that mixes.
    pub(crate) fn offload_log(&self, number: usize) -> Ref<'_, LinkLog> {
        let Behind::Dsp(dsp) = &self.behind else {
            unreachable!("only a device that mixes has offloaded streams")
        };
        let input = u32::try_from(number + 1).expect("streams are few");
        Ref::map(dsp.borrow(), |dsp| dsp.link_log(input))
    }

    /// The device that mixes, if it is one.
    pub(crate) fn dsp(&self) -> Option<Ref<'_, Dsp>> {
        match &self.behind {
            Behind::Dsp(dsp) => Some(dsp.borrow()),
            Behind::Controller(_) | Behind::Timer(_) => None,
        }
    }

    /// What its DMA engine is like: that of the reference device where there is none.
    pub(crate) fn stream_config(&self) -> StreamConfig {
        match &self.behind {
            Behind::Timer(_) | Behind::Dsp(_) => StreamConfig::k0_input(),
            Behind::Controller(place) => *place.controller.borrow().stream_config(place.stream),
        }
    }

    /// What a counter of `rate` shows at `at` that its crystal drives, or an exact one if it has none.
    pub(crate) fn crystal_count(&self, rate: SampleRate, at: SimTime) -> u64 {
        match &self.behind {
            Behind::Timer(_) => Clock::nominal(SimTime::ZERO, rate).count_at(at),
            Behind::Controller(place) => place.controller.borrow().crystal_count(rate, at),
            Behind::Dsp(dsp) => dsp.borrow().count_at(at),
        }
    }

    /// Number of its stream on its controller.
    pub(crate) fn stream(&self) -> u32 {
        match &self.behind {
            Behind::Timer(_) | Behind::Dsp(_) => 0,
            Behind::Controller(place) => place.stream,
        }
    }

    /// The driver of its controller, and the number of its stream there, if it has one.
    pub(crate) fn driver(&self) -> Option<(HdAudioAdapter, u32)> {
        match &self.behind {
            Behind::Timer(_) | Behind::Dsp(_) => None,
            Behind::Controller(place) => Some((place.adapter.clone(), place.stream)),
        }
    }

    /// Puts faults into its stream and its controller, if it has any.
    pub(crate) fn inject(&self, faults: impl FnOnce(&mut Controller, u32)) {
        if let Behind::Controller(place) = &self.behind {
            faults(&mut place.controller.borrow_mut(), place.stream);
        }
    }

    /// Brings it up to date, if it moves by itself.
    pub(crate) fn settle(&self, now: Moment) {
        match &self.behind {
            Behind::Controller(place) => place.controller.borrow_mut().settle(now),
            Behind::Dsp(dsp) => dsp.borrow_mut().settle(now),
            Behind::Timer(_) => {}
        }
        if let Some(settler) = &self.settler {
            settler.settle(now);
        }
    }

    /// Lets controller and interrupt do what they do. Notifications through one of the events of
    /// `others` are entered into the history by who stands beside it.
    pub(crate) fn spawn(
        &self,
        world: &mut impl Host<Context = C>,
        machine: &Shared<Machine>,
        others: Vec<(EventHandle, C)>,
    ) {
        let [controller, interrupt_routine] = self.actors;
        let cx = world.actor(controller);
        let (doorbell, line) = (self.doorbell.clone(), self.line.clone());
        match &self.behind {
            Behind::Timer(timer) => {
                let drive = timer_device(cx.clone(), timer.clone(), doorbell, line);
                world.serve(&cx, drive);
            }
            Behind::Controller(place) => {
                let drive = device(cx.clone(), place.controller.clone(), doorbell, line);
                world.serve(&cx, drive);
            }
            Behind::Dsp(dsp) => {
                let drive = dsp_device(cx.clone(), dsp.clone(), doorbell, line.handle());
                world.serve(&cx, drive);
            }
        }
        let cx = world.actor(interrupt_routine);
        let serve = interrupt(
            cx.clone(),
            machine.clone(),
            self.interrupt.clone(),
            self.line.clone(),
            others,
        );
        world.serve(&cx, serve);
    }
}

/// What the driver does when its device is started: it makes the wave filter and the topology
/// filter of its codec known, and wires them.
fn start_adapter(
    instance: &str,
    wave: &FilterHandle,
    sizes: PacketSizeConstraints,
) -> (DeviceInterfaces, Jack) {
    start_render(instance, wave, sizes, HdAudioMiniport::BRIDGE_PIN)
}

/// The same for a device that mixes.
fn start_mixer(
    instance: &str,
    wave: &FilterHandle,
    sizes: PacketSizeConstraints,
) -> (DeviceInterfaces, Jack) {
    start_render(instance, wave, sizes, OffloadMiniport::BRIDGE_PIN)
}

fn start_render(
    instance: &str,
    wave: &FilterHandle,
    sizes: PacketSizeConstraints,
    bridge: u32,
) -> (DeviceInterfaces, Jack) {
    let now = SimTime::ZERO.commit();
    let interfaces = DeviceInterfaces::default();
    let mut adapter = Adapter::new(instance, interfaces.clone());
    let topology = HdAudioTopology::new();
    let jack = topology.jack();
    let topology = TopologyPort::install(Box::new(topology));
    let wired = adapter
        .set_packet_sizes("wave", sizes)
        .and_then(|()| adapter.register_subdevice(now, "wave", wave))
        .and_then(|()| adapter.register_subdevice(now, "topology", &topology))
        .and_then(|()| {
            let from = ("wave", bridge);
            let to = ("topology", HdAudioTopology::WAVE_PIN);
            adapter.register_physical_connection(from, to)
        });
    wired.expect("the filters are new, and have these pins");
    (interfaces, jack)
}

/// The same for a microphone, whose sound comes from the topology filter.
fn start_microphone(
    instance: &str,
    wave: &FilterHandle,
    sizes: PacketSizeConstraints,
) -> (DeviceInterfaces, Jack) {
    let now = SimTime::ZERO.commit();
    let interfaces = DeviceInterfaces::default();
    let mut adapter = Adapter::new(instance, interfaces.clone());
    let topology = HdAudioTopology::capture();
    let jack = topology.jack();
    let topology = TopologyPort::install(Box::new(topology));
    let wired = adapter
        .set_packet_sizes("wave", sizes)
        .and_then(|()| adapter.register_subdevice(now, "wave", wave))
        .and_then(|()| adapter.register_subdevice(now, "topology", &topology))
        .and_then(|()| {
            let from = ("topology", HdAudioTopology::WAVE_PIN);
            let to = ("wave", HdAudioMiniport::BRIDGE_PIN);
            adapter.register_physical_connection(from, to)
        });
    wired.expect("the filters are new, and have these pins");
    (interfaces, jack)
}

/// A driver: what the port binds, and what runs when its device interrupts.
struct Driver {
    miniport: Box<dyn MiniportWaveRt>,
    routine: Box<dyn InterruptRoutine>,
    sizes: PacketSizeConstraints,
    preference: Option<Preference>,
}

/// What a controller is built with, once its doorbell is there.
fn build_with(seed: u64, samples: Samples) -> impl FnOnce(EventHandle) -> Build {
    move |doorbell| Build {
        samples,
        doorbell,
        seed,
    }
}

fn of_hd_audio((place, miniport): (OnController, HdAudioMiniport)) -> (Behind, Driver) {
    let driver = Driver {
        routine: miniport.interrupt_routine(),
        sizes: miniport.packet_sizes(),
        preference: Some(miniport.preference()),
        miniport: Box::new(miniport),
    };
    (Behind::Controller(place), driver)
}

/// A device that mixes, and its driver.
fn of_dsp(dsp: Dsp, doorbell: EventHandle) -> (Behind, Driver) {
    let dsp = Shared::new(dsp);
    let miniport = offload::driver(&dsp, doorbell);
    let driver = Driver {
        preference: None,
        routine: miniport.interrupt_routine(),
        sizes: miniport.packet_sizes(),
        miniport: Box::new(miniport),
    };
    (Behind::Dsp(dsp), driver)
}

fn virtual_device(
    timer: TimerDevice,
    doorbell: EventHandle,
    miniport: impl FnOnce(TimerBus) -> VirtualMiniport,
) -> (Behind, Driver) {
    let timer = Shared::new(timer);
    let miniport = miniport(TimerBus::new(timer.clone(), doorbell));
    let driver = Driver {
        routine: miniport.timer_routine(),
        sizes: miniport.packet_sizes(),
        preference: None,
        miniport: Box::new(miniport),
    };
    (Behind::Timer(timer), driver)
}

impl Fork for Behind {
    fn fork(&self, forker: &mut Forker) -> Self {
        match self {
            Self::Controller(place) => Self::Controller(place.fork(forker)),
            Self::Timer(timer) => Self::Timer(timer.fork(forker)),
            Self::Dsp(dsp) => Self::Dsp(dsp.fork(forker)),
        }
    }
}

impl Fork for Hardware {
    fn fork(&self, forker: &mut Forker) -> Self {
        Self {
            behind: self.behind.fork(forker),
            interrupt: self.interrupt.fork(forker),
            doorbell: self.doorbell.fork(forker),
            line: self.line.fork(forker),
            filter: self.filter.fork(forker),
            interfaces: self.interfaces.fork(forker),
            device: self.device.fork(forker),
            settler: self.settler.as_ref().map(|own| own.fork_settle(forker)),
            jack: self.jack.fork(forker),
            preference: self.preference.fork(forker),
            actors: self.actors,
        }
    }
}

/// Watches the driver of the device that is called `name`, and tells the history in its name.
fn verifier<C: Context + Fork + Debug>(
    world: &mut impl Host<Context = C>,
    name: &str,
    offloads: usize,
) -> Verifier {
    let verifier = Verifier::default();
    let streams = (0..offloads).map(|number| world.actor(&offload::stream_name(number)));
    verifier.set_witness(Box::new(Recorder {
        streams: streams.collect(),
        device: world.actor(name),
    }));
    verifier
}

fn samples(kept: bool) -> Samples {
    if kept { Samples::Kept } else { Samples::Left }
}
