//! The device and its driver.

use std::cell::Ref;

use hardware::{
    Bus, Controller, ControllerConfig, LinkLog, MissingTicks, StreamConfig, TimerBus, TimerDevice,
    device, timer_device,
};
use ks::wire::PacketSizeConstraints;
use ks::{DeviceInterfaces, FilterHandle};
use machine::{Interrupt, InterruptRoutine, Machine, interrupt};
use miniport::virtual_audio::{VirtualMiniport, VirtualMode, VirtualOptions};
use miniport::{
    EndOfStream, HdAudioAdapter, HdAudioMiniport, HdAudioOptions, HdAudioTopology, PacketWindow,
};
use port::{Adapter, DeviceHandle, Memory, TopologyPort, Verifier, WaveRtPort};
use portcls::MiniportWaveRt;
use ring::Samples;
use units::{Bytes, Frames, Moment, SimTime};
use vtime::sim::{Role, SimEvent, World};
use vtime::{Event, EventHandle, Fork, Forker, Reset, Shared};
use wasapi::Player;

use super::microphone::heard;
use super::system::Recorder;
use super::{CAPTURE_CONTROLLER, CAPTURE_INTERRUPT, CONTROLLER, INTERRUPT};
use crate::format::{CountOn, Device, EndFill, FifoUnderrun, Microphone, PositionSource, Preset};
use crate::quantity::{FrameCount, Time};

/// The instance path of the device: a codec of a maker that there is not.
const INSTANCE: &str = r"HDAUDIO\FUNC_01&VEN_0000&DEV_0001\4&0";

/// That of a microphone.
const CAPTURE_INSTANCE: &str = r"HDAUDIO\FUNC_01&VEN_0000&DEV_0002\4&0";

/// The controller or the timer, its interrupt, and the filter that its driver shows.
#[derive(Debug)]
pub(crate) struct Hardware {
    /// At rest for ever if the device is virtual.
    pub(crate) controller: Shared<Controller>,
    /// What a virtual driver has in its place.
    timer: Option<Shared<TimerDevice>>,
    interrupt: Shared<Interrupt>,
    doorbell: SimEvent,
    line: SimEvent,
    pub(crate) filter: FilterHandle,
    /// Where its filters are found.
    pub(crate) interfaces: DeviceInterfaces,
    pub(crate) device: DeviceHandle,
    /// Names of the actors that drive controller and interrupt.
    actors: [&'static str; 2],
}

impl Hardware {
    pub(crate) fn new(
        world: &mut World,
        device: &Device,
        missing: Option<MissingTicks>,
        keep_samples: bool,
    ) -> Self {
        let samples = samples(keep_samples);
        let config = ControllerConfig {
            ppb: device.drift.ppb(),
            ..ControllerConfig::with_output(device.stream_config(samples))
        };
        let controller = Shared::new(Controller::new(&config));
        let doorbell = world.event("doorbell", Reset::Auto);
        let line = world.event("interrupt line", Reset::Auto);
        let timer = device
            .virtual_mode()
            .map(|_| Shared::new(TimerDevice::new(samples, missing)));
        let driver = match &timer {
            Some(timer) => virtual_driver(timer, doorbell.handle(), device),
            None => hd_audio_driver(&controller, doorbell.handle(), device),
        };
        let memory = Shared::new(Memory::ample(samples));
        let verifier = Verifier::default();
        let witness = Recorder(world.actor(&device.name));
        verifier.set_witness(Box::new(witness));
        let routine = verifier.interrupt_routine(driver.routine);
        let (filter, device) = WaveRtPort::install_device(driver.miniport, memory, verifier);
        let interfaces = start_adapter(SimTime::ZERO.commit(), &filter, driver.sizes);
        Self {
            controller,
            timer,
            interrupt: Shared::new(Interrupt::new(routine)),
            doorbell,
            line,
            filter,
            interfaces,
            device,
            actors: [CONTROLLER, INTERRUPT],
        }
    }

    /// A microphone in a silent room.
    pub(crate) fn recording(
        world: &mut World,
        microphone: &Microphone,
        keep_samples: bool,
    ) -> Self {
        let samples = samples(keep_samples);
        let controller = Controller::new(&microphone.controller_config(samples));
        let controller = Shared::new(controller);
        let doorbell = world.event("capture doorbell", Reset::Auto);
        let line = world.event("capture interrupt line", Reset::Auto);
        let adapter = HdAudioAdapter::new(Bus::new(controller.clone(), doorbell.handle()));
        let now = SimTime::ZERO.commit();
        let miniport = adapter.capture(now, 0, microphone.driver_options());
        let memory = Shared::new(Memory::ample(samples));
        let sizes = miniport.packet_sizes();
        let verifier = Verifier::default();
        let routine = verifier.interrupt_routine(adapter.interrupt_routine());
        let (filter, device) = WaveRtPort::install_device(Box::new(miniport), memory, verifier);
        Self {
            controller,
            timer: None,
            interrupt: Shared::new(Interrupt::new(routine)),
            doorbell,
            line,
            interfaces: start_microphone(now, &filter, sizes),
            filter,
            device,
            actors: [CAPTURE_CONTROLLER, CAPTURE_INTERRUPT],
        }
    }

    /// What was heard.
    pub(crate) fn log(&self) -> Ref<'_, LinkLog> {
        match &self.timer {
            Some(timer) => Ref::map(timer.borrow(), TimerDevice::log),
            None => Ref::map(self.controller.borrow(), |controller| {
                controller.link_log(0)
            }),
        }
    }

    /// Has a microphone hear what `player` plays.
    pub(crate) fn hear(&self, player: Player) {
        self.controller
            .borrow_mut()
            .set_microphone(0, heard(player));
    }

    pub(crate) fn spawn(&self, world: &mut World, machine: &Shared<Machine>) {
        let [controller, interrupt_routine] = self.actors;
        let cx = world.actor(controller);
        let (doorbell, line) = (self.doorbell.clone(), self.line.clone());
        if let Some(timer) = &self.timer {
            let drive = timer_device(cx.clone(), timer.clone(), doorbell, line);
            world.spawn(&cx, Role::Service, drive);
        } else {
            let drive = device(cx.clone(), self.controller.clone(), doorbell, line);
            world.spawn(&cx, Role::Service, drive);
        }
        let cx = world.actor(interrupt_routine);
        let serve = interrupt(
            cx.clone(),
            machine.clone(),
            self.interrupt.clone(),
            self.line.clone(),
        );
        world.spawn(&cx, Role::Service, serve);
    }
}

/// What the driver does when its device is started: it makes the wave filter and the topology
/// filter of its codec known, and wires them.
fn start_adapter(
    now: Moment,
    wave: &FilterHandle,
    sizes: PacketSizeConstraints,
) -> DeviceInterfaces {
    let interfaces = DeviceInterfaces::default();
    let mut adapter = Adapter::new(INSTANCE, interfaces.clone());
    let topology = TopologyPort::install(Box::new(HdAudioTopology::new()));
    let wired = adapter
        .set_packet_sizes("wave", sizes)
        .and_then(|()| adapter.register_subdevice(now, "wave", wave))
        .and_then(|()| adapter.register_subdevice(now, "topology", &topology))
        .and_then(|()| {
            let from = ("wave", HdAudioMiniport::BRIDGE_PIN);
            let to = ("topology", HdAudioTopology::WAVE_PIN);
            adapter.register_physical_connection(from, to)
        });
    wired.expect("the filters are new, and have these pins");
    interfaces
}

/// The same for a microphone, whose sound comes from the topology filter.
fn start_microphone(
    now: Moment,
    wave: &FilterHandle,
    sizes: PacketSizeConstraints,
) -> DeviceInterfaces {
    let interfaces = DeviceInterfaces::default();
    let mut adapter = Adapter::new(CAPTURE_INSTANCE, interfaces.clone());
    let topology = TopologyPort::install(Box::new(HdAudioTopology::capture()));
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
    interfaces
}

/// A driver: what the port binds, and what runs when its device interrupts.
struct Driver {
    miniport: Box<dyn MiniportWaveRt>,
    routine: Box<dyn InterruptRoutine>,
    sizes: PacketSizeConstraints,
}

fn hd_audio_driver(
    controller: &Shared<Controller>,
    doorbell: EventHandle,
    device: &Device,
) -> Driver {
    let bus = Bus::new(controller.clone(), doorbell);
    let now = SimTime::ZERO.commit();
    let miniport = HdAudioMiniport::new(now, bus, 0, device.driver_options());
    Driver {
        routine: miniport.interrupt_routine(),
        sizes: miniport.packet_sizes(),
        miniport: Box::new(miniport),
    }
}

fn virtual_driver(timer: &Shared<TimerDevice>, doorbell: EventHandle, device: &Device) -> Driver {
    let bus = TimerBus::new(timer.clone(), doorbell);
    let driver = device.driver_options();
    let mode = match device.virtual_mode() {
        Some(crate::format::VirtualMode::Sample) => VirtualMode::Sample,
        _ => VirtualMode::Exact,
    };
    let options = VirtualOptions {
        mode,
        packets_max: driver.packets_max,
        packet_window: driver.packet_window,
    };
    let miniport = VirtualMiniport::new(bus, options);
    Driver {
        routine: miniport.timer_routine(),
        sizes: miniport.packet_sizes(),
        miniport: Box::new(miniport),
    }
}

impl Fork for Hardware {
    fn fork(&self, forker: &mut Forker) -> Self {
        Self {
            controller: self.controller.fork(forker),
            timer: self.timer.fork(forker),
            interrupt: self.interrupt.fork(forker),
            doorbell: self.doorbell.fork(forker),
            line: self.line.fork(forker),
            filter: self.filter.fork(forker),
            interfaces: self.interfaces.fork(forker),
            device: self.device.fork(forker),
            actors: self.actors,
        }
    }
}

fn samples(kept: bool) -> Samples {
    if kept { Samples::Kept } else { Samples::Left }
}

impl Device {
    /// The DMA engine that the keys and the preset describe.
    pub(crate) fn stream_config(&self, record: Samples) -> StreamConfig {
        let base = match self.preset {
            Some(Preset::HdAudio) => StreamConfig::hd_audio(),
            None => StreamConfig::k0(),
        };
        let count_on = self.count_on.map_or(base.count_on, CountOn::to_hardware);
        let config = StreamConfig {
            record,
            count_on,
            grant_latency: self
                .grant_latency
                .map_or(base.grant_latency, Time::to_duration),
            fifo_underrun: self.fifo_underrun.to_hardware(),
            ..base
        };
        if self.prefetch.is_none() && self.burst.is_none() {
            return config;
        }
        let frame = self.format.to_format().bytes_of(Frames::new(1));
        let in_frames = |bytes: Bytes| Frames::new(bytes.get().div_ceil(frame.get()));
        let preset_burst = in_frames(base.burst.bytes(frame));
        let preset_fifo = in_frames(base.fifo.bytes(frame));
        let burst = self.burst.map_or(preset_burst, FrameCount::to_frames);
        let preset_prefetch = preset_fifo.saturating_sub(preset_burst);
        let prefetch = self.prefetch.map_or(preset_prefetch, FrameCount::to_frames);
        config.with_prefetch(prefetch, burst)
    }

    /// The driver that belongs to it.
    fn driver_options(&self) -> HdAudioOptions {
        let base = HdAudioOptions::default();
        HdAudioOptions {
            packets_max: if self.more_packets {
                8
            } else {
                base.packets_max
            },
            position_register: self.position_register,
            position_source: self.position_source.to_driver(),
            packet_window: match self.packet_window {
                crate::format::PacketWindow::Documented => PacketWindow::Documented,
                crate::format::PacketWindow::Sample => PacketWindow::Sample,
            },
            end_of_stream: match self.end_of_stream {
                EndFill::Replay => EndOfStream::Replay,
                EndFill::Silence => EndOfStream::Silence,
            },
            ..base
        }
    }
}

impl PositionSource {
    pub(super) const fn to_driver(self) -> miniport::PositionSource {
        match self {
            Self::Lpib => miniport::PositionSource::Lpib,
            Self::PositionBuffer => miniport::PositionSource::PositionBuffer,
            Self::PositionBufferOnly => miniport::PositionSource::PositionBufferOnly,
        }
    }
}

impl FifoUnderrun {
    const fn to_hardware(self) -> hardware::FifoUnderrun {
        match self {
            Self::Zeros => hardware::FifoUnderrun::LinkAdvancesZeros,
            Self::Freeze => hardware::FifoUnderrun::LinkFreezes,
        }
    }
}

impl CountOn {
    const fn to_hardware(self) -> hardware::CountOn {
        match self {
            Self::Link => hardware::CountOn::Link,
            Self::Memory => hardware::CountOn::Memory,
        }
    }
}
