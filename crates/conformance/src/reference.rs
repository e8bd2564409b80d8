//! The reference miniports as subjects of the kit, and what is known to be wrong with them.
//!
//! They are examples of how a driver is put under the kit, too: see [`hd_audio`].

use hardware::{
    Bus, Controller, ControllerConfig, Injection, LinkLog, StreamConfig, StreamFormat, TimerBus,
    TimerDevice, device, timer_device,
};
use ks::DataFlow;
use miniport::virtual_audio::{Hears, ToneOptions, VirtualMiniport, VirtualMode, VirtualOptions};
use miniport::{EndOfStream, HdAudioAdapter, HdAudioMiniport, HdAudioOptions};
use ring::Samples;
use units::{Bytes, Frames, Hns, SampleFormat};
use vtime::sim::Role;
use vtime::{Event as _, Reset, Shared};

use crate::kit::{Bench, Declared, Driver, LeftOut, Limits, Setup, StreamBench, Wiring};
use crate::pin::PinBench;

mod clock;
mod controller;
mod ear;
mod pausable;
mod policy;

use ear::LogEar;

pub use clock::{Steady, Wandering, steady, wandering};
pub use controller::{Registers, hd_audio_controller};
pub use policy::{Guarding, Steering, guard};

/// A reference miniport.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reference {
    /// The HD Audio miniport on a controller without FIFO and link frames.
    Ideal,
    /// The HD Audio miniport on an HD Audio controller.
    HdAudio,
    /// The same, capturing.
    HdAudioCapture,
    /// The virtual miniport, done right.
    VirtualExact,
    /// The same, capturing.
    VirtualExactCapture,
    /// The virtual miniport with the arithmetic of Microsoft's sample driver.
    VirtualSample,
    /// The same, capturing.
    VirtualSampleCapture,
    /// The positions of Microsoft's `SoundWire` sample, without its packets.
    PausableClock,
    /// The registers of an HD Audio controller with several streams.
    Controller,
    /// The clock that everything here goes by.
    Clock,
    /// The same with a crystal that wanders.
    WanderingClock,
    /// cubeb's rule: a position does not go back.
    ClampMonotone,
    /// Chromium's rule: a position is not beyond what was written.
    ClampToWritten,
    /// Wine's rule: a position that stands is carried on.
    Interpolate,
    /// The pointer filter of ALSA's core.
    PointerFilter,
    /// The guard of Linux's HD Audio driver against interrupts that cannot be.
    WallClockGuard,
    /// `PipeWire`'s loop.
    DelayLockedLoop,
}

impl Reference {
    /// All of them.
    pub const ALL: [Self; 17] = [
        Self::Ideal,
        Self::HdAudio,
        Self::HdAudioCapture,
        Self::VirtualExact,
        Self::VirtualExactCapture,
        Self::VirtualSample,
        Self::VirtualSampleCapture,
        Self::PausableClock,
        Self::Controller,
        Self::Clock,
        Self::WanderingClock,
        Self::ClampMonotone,
        Self::ClampToWritten,
        Self::Interpolate,
        Self::PointerFilter,
        Self::WallClockGuard,
        Self::DelayLockedLoop,
    ];

    /// What it is called on a command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ideal => "ideal",
            Self::HdAudio => "hd-audio",
            Self::HdAudioCapture => "hd-audio-capture",
            Self::VirtualExact => "virtual-exact",
            Self::VirtualExactCapture => "virtual-exact-capture",
            Self::VirtualSample => "virtual-sample",
            Self::VirtualSampleCapture => "virtual-sample-capture",
            Self::PausableClock => "pausable-clock",
            Self::Controller => "hd-audio-controller",
            Self::Clock => "clock",
            Self::WanderingClock => "wandering-clock",
            Self::ClampMonotone => "clamp-monotone",
            Self::ClampToWritten => "clamp-to-written",
            Self::Interpolate => "interpolate",
            Self::PointerFilter => "pointer-filter",
            Self::WallClockGuard => "wall-clock-guard",
            Self::DelayLockedLoop => "delay-locked-loop",
        }
    }

    /// A bench that makes its streams.
    pub fn bench(self) -> Box<dyn Bench> {
        let name = self.name();
        let imitated = |mode, flow| Box::new(virtual_audio(name, mode, flow));
        match self {
            Self::Ideal => Box::new(hd_audio(name, StreamConfig::k0(), Vec::new())),
            Self::HdAudio => Box::new(hd_audio(name, StreamConfig::hd_audio(), Vec::new())),
            Self::HdAudioCapture => Box::new(hd_audio_capture(
                name,
                StreamConfig::hd_audio_input(),
                Vec::new(),
            )),
            Self::VirtualExact => imitated(VirtualMode::Exact, DataFlow::In),
            Self::VirtualExactCapture => imitated(VirtualMode::Exact, DataFlow::Out),
            Self::VirtualSample => imitated(VirtualMode::Sample, DataFlow::In),
            Self::VirtualSampleCapture => imitated(VirtualMode::Sample, DataFlow::Out),
            Self::PausableClock => Box::new(pausable::Clock(name)),
            Self::Controller => Box::new(hd_audio_controller(name, Vec::new())),
            Self::Clock => Box::new(steady(name)),
            Self::WanderingClock => Box::new(wandering(name)),
            Self::ClampMonotone => Box::new(policy::clamp_monotone(name)),
            Self::ClampToWritten => Box::new(policy::clamp_to_written(name)),
            Self::Interpolate => Box::new(policy::interpolate(name)),
            Self::PointerFilter => Box::new(policy::pointer_filter(name)),
            Self::WallClockGuard => Box::new(policy::wall_clock_guard(name)),
            Self::DelayLockedLoop => Box::new(policy::delay_locked_loop(name)),
        }
    }

    /// A bench that makes pins of it, if it has a miniport.
    pub fn pins(self) -> Option<Box<dyn PinBench>> {
        let name = self.name();
        let imitated = |mode, flow| Some(Box::new(virtual_audio(name, mode, flow)) as _);
        match self {
            Self::Ideal => Some(Box::new(hd_audio(name, StreamConfig::k0(), Vec::new()))),
            Self::HdAudio => Some(Box::new(hd_audio(
                name,
                StreamConfig::hd_audio(),
                Vec::new(),
            ))),
            Self::HdAudioCapture => {
                let input = StreamConfig::hd_audio_input();
                Some(Box::new(hd_audio_capture(name, input, Vec::new())))
            }
            Self::VirtualExact => imitated(VirtualMode::Exact, DataFlow::In),
            Self::VirtualExactCapture => imitated(VirtualMode::Exact, DataFlow::Out),
            Self::VirtualSample => imitated(VirtualMode::Sample, DataFlow::In),
            Self::VirtualSampleCapture => imitated(VirtualMode::Sample, DataFlow::Out),
            _ => None,
        }
    }

    /// The rules that it breaks, and the defects of the original that are the reason.
    pub const fn known(self) -> &'static [LeftOut] {
        match self {
            Self::VirtualSample => SAMPLE_DEFECTS,
            Self::VirtualSampleCapture => SAMPLE_CAPTURE_DEFECTS,
            Self::PausableClock => PAUSABLE_DEFECTS,
            _ => &[],
        }
    }
}

/// What is wrong with the sample driver, as `docs/rules/position-logic.md` numbers it.
#[rustfmt::skip]
const SAMPLE_DEFECTS: &[LeftOut] = &[
    known("P12", "D1: positions move once in a millisecond"),
    known("P13", "D1: positions move once in a millisecond"),
    known("P16", "D1: positions move once in a millisecond"),
    known("P19", "D1: positions move once in a millisecond"),
    known("P22", "D1: positions move once in a millisecond"),
    known("P49", "D1: positions move once in a millisecond"),
    known("P66", "D1: positions move once in a millisecond"),
    known("P37", "D1: positions move once in a millisecond"),
    known("P38", "D1: positions move once in a millisecond"),
    known("R39", "D1: positions move once in a millisecond"),
    known("P21", "D2: positions lie inside frames"),
    known("P23", "D4: packets are counted by whole milliseconds"),
    known("P24", "D4: packets are counted by whole milliseconds"),
    known("P26", "D4: packets are counted by whole milliseconds"),
    known("R77", "D4: packets are counted by whole milliseconds"),
    known("R78", "D4: packets are counted by whole milliseconds"),
    known("P28", "D4: packets are counted by whole milliseconds"),
    known("P35", "D4: packets are counted by whole milliseconds"),
    known("R118", "D4: packets are counted by whole milliseconds"),
    known("R119", "D4: packets are counted by whole milliseconds"),
    known("R120", "D4: packets are counted by whole milliseconds"),
    known("R83", "D4: packets are counted by whole milliseconds"),
    known("P30", "D5: one packet is counted per expiry of the timer"),
    known("P39", "D7: the rest of a millisecond survives Stop"),
    known("P40", "D7: the rest of a millisecond survives Stop"),
    known("P29", "D7: the rest of a millisecond survives Stop"),
    known("P44", "D11: packets are not counted and not notified behind the end of the stream, and what is presented runs on"),
    known("P65", "D11: packets are not counted and not notified behind the end of the stream, and what is presented runs on"),
    known("P33", "D12: one packet number is accepted, and no other"),
    known("R121", "D12: one packet number is accepted, and no other"),
    known("P34", "V33: the end of the stream is found by comparing buffer offsets"),
    known("P15", "V2: what is played moves when the driver is asked, or its timer expires"),
    known("P58", "V2: what is played moves when the driver is asked, or its timer expires"),
    known("R122", "D13: unknown flags are ignored"),
    known("R54", "D15: sizes are rounded down, and the buffer before the packet"),
    known("R62", "D15: sizes are rounded down, and the buffer before the packet"),
    known("R63", "D15: sizes are rounded down, and the buffer before the packet"),
    known("P25", "D19: it looks once in a millisecond whether a packet is done"),
    known("P45", "D22: the position of the last millisecond is paired with the exact counter"),
    known("P47", "D22: the position of the last millisecond is paired with the exact counter"),
    known("P27", "D24: at a pause a stream that began at counter 0 loses what of a packet was done"),
    known("P59", "D24: at a pause a stream that began at counter 0 loses what of a packet was done"),
    known("R84", "D24: at a pause a stream that began at counter 0 loses what of a packet was done"),
    known("R125", "V27: the number of a packet is judged before its length"),
];

/// The same of a capture stream.
#[rustfmt::skip]
const SAMPLE_CAPTURE_DEFECTS: &[LeftOut] = &[
    known("P12", "D1: positions move once in a millisecond"),
    known("P13", "D1: positions move once in a millisecond"),
    known("P16", "D1: positions move once in a millisecond"),
    known("P22", "D1: positions move once in a millisecond"),
    known("P49", "D1: positions move once in a millisecond"),
    known("P66", "D1: positions move once in a millisecond"),
    known("P37", "D1: positions move once in a millisecond"),
    known("P38", "D1: positions move once in a millisecond"),
    known("R39", "D1: positions move once in a millisecond"),
    known("P21", "D2: positions lie inside frames"),
    known("P24", "D4: packets are counted by whole milliseconds"),
    known("P26", "D4: packets are counted by whole milliseconds"),
    known("P65", "D4: packets are counted by whole milliseconds"),
    known("R77", "D4: packets are counted by whole milliseconds"),
    known("R78", "D4: packets are counted by whole milliseconds"),
    known("R131", "D4: packets are counted by whole milliseconds"),
    known("R132", "D4: packets are counted by whole milliseconds"),
    known("P39", "D7: the rest of a millisecond survives Stop"),
    known("P40", "D7: the rest of a millisecond survives Stop"),
    known("P31", "D8: a packet is stamped with its end"),
    known("R134", "D8: a packet is stamped with its end"),
    known("P15", "D9: stamps are reckoned from where somebody last asked"),
    known("R135", "D9: stamps are reckoned from where somebody last asked"),
    known("R54", "D15: sizes are rounded down, and the buffer before the packet"),
    known("R62", "D15: sizes are rounded down, and the buffer before the packet"),
    known("R63", "D15: sizes are rounded down, and the buffer before the packet"),
    known("P32", "D18: the newest packet is returned, and what is older is lost"),
    known("P25", "D19: it looks once in a millisecond whether a packet is done"),
    known("P27", "D24: at a pause a stream that began at counter 0 loses what of a packet was done"),
    known("P59", "D24: at a pause a stream that began at counter 0 loses what of a packet was done"),
    known("R84", "D24: at a pause a stream that began at counter 0 loses what of a packet was done"),
];

/// What is wrong with the clock that can be paused.
#[rustfmt::skip]
const PAUSABLE_DEFECTS: &[LeftOut] = &[
    known("P21", "V70: positions lie inside frames"),
    known("P15", "V70: outside RUN the counter is that of the last reading"),
    known("P39", "V70: outside RUN the counter is that of the last reading"),
    known("P59", "V70: outside RUN the counter is that of the last reading"),
    known("R108", "V70: outside RUN the counter is that of the last reading"),
];

const fn known(number: &'static str, why: &'static str) -> LeftOut {
    LeftOut { number, why }
}

/// Render streams of the HD Audio miniport on a controller whose output is like `output`, with
/// `faults` in it.
pub fn hd_audio(
    name: &str,
    output: StreamConfig,
    faults: Vec<Injection>,
) -> StreamBench<impl Fn(&mut Wiring<'_>) -> Driver + use<>> {
    let make = move |wiring: &mut Wiring<'_>| {
        let config = ControllerConfig {
            ppb: wiring.setup.ppb,
            ..ControllerConfig::with_output(output)
        };
        let controller = Shared::new(Controller::new(&config));
        for fault in &faults {
            controller.borrow_mut().inject(*fault);
        }
        let bus = wire(wiring, &controller);
        let options = HdAudioOptions {
            end_of_stream: EndOfStream::Silence,
            ..HdAudioOptions::default()
        };
        let miniport = HdAudioMiniport::new(wiring.now, bus, 0, options);
        let routine = miniport.interrupt_routine();
        let ear =
            LogEar(move |hear: &mut dyn FnMut(&LinkLog)| hear(controller.borrow().link_log(0)));
        Driver::new(Box::new(miniport), HdAudioMiniport::RENDER_PIN)
            .interrupted_by(routine)
            .heard_by(Box::new(ear))
    };
    StreamBench::new(name, make)
        .declares(move |setup| declared(&output, setup))
        .within(link_limits(&output))
}

/// Capture streams of the HD Audio miniport on a controller whose input is like `input`, with
/// `faults` in it.
pub fn hd_audio_capture(
    name: &str,
    input: StreamConfig,
    faults: Vec<Injection>,
) -> StreamBench<impl Fn(&mut Wiring<'_>) -> Driver + use<>> {
    let make = move |wiring: &mut Wiring<'_>| {
        let config = ControllerConfig {
            ppb: wiring.setup.ppb,
            ..ControllerConfig::with_input(input)
        };
        let controller = Shared::new(Controller::new(&config));
        for fault in &faults {
            controller.borrow_mut().inject(*fault);
        }
        let adapter = HdAudioAdapter::new(wire(wiring, &controller));
        let miniport = adapter.capture(wiring.now, 0, HdAudioOptions::default());
        let routine = miniport.interrupt_routine();
        Driver::new(Box::new(miniport), HdAudioMiniport::CAPTURE_PIN).interrupted_by(routine)
    };
    StreamBench::new(name, make)
        .capturing()
        .declares(move |setup| {
            let output = declared(&input, setup);
            // What has arrived waits in the FIFO until it is a burst.
            let waits = frames_in(input.burst.bytes(frame(setup)), setup);
            Declared {
                grain: output.grain + waits,
                lead: Frames::ZERO,
                counts_in_memory: false,
                ..output
            }
        })
        .within(link_limits(&input))
}

/// Streams of the virtual miniport. `flow` is that of the pin: a capture stream flows out.
pub fn virtual_audio(
    name: &str,
    mode: VirtualMode,
    flow: DataFlow,
) -> StreamBench<impl Fn(&mut Wiring<'_>) -> Driver + use<>> {
    let make = move |wiring: &mut Wiring<'_>| {
        let timer = Shared::new(TimerDevice::new(Samples::Left, None));
        let doorbell = wiring.world.event("doorbell", Reset::Auto);
        let bus = TimerBus::new(timer.clone(), doorbell.handle());
        let speaker = timer.clone();
        let ear = LogEar(move |hear: &mut dyn FnMut(&LinkLog)| hear(speaker.borrow().log()));
        let cx = wiring.world.actor("timer");
        let drive = timer_device(cx.clone(), timer, doorbell, wiring.line.clone());
        wiring.world.spawn(&cx, Role::Service, drive);
        let options = VirtualOptions {
            mode,
            ..VirtualOptions::default()
        };
        let (miniport, pin) = match flow {
            DataFlow::In => {
                let render = VirtualMiniport::render(bus, options);
                (render, VirtualMiniport::RENDER_PIN)
            }
            DataFlow::Out => {
                let hears = Hears::Tone(ToneOptions::default());
                let microphone = VirtualMiniport::capture(bus, options, hears);
                (microphone, VirtualMiniport::CAPTURE_PIN)
            }
        };
        let routine = miniport.timer_routine();
        Driver::new(Box::new(miniport), pin)
            .interrupted_by(routine)
            .heard_by(Box::new(ear))
    };
    let bench = StreamBench::new(name, make).declares(|_| Declared {
        holds_at_end: true,
        ..Declared::default()
    });
    match flow {
        DataFlow::In => bench,
        DataFlow::Out => bench.capturing(),
    }
}

/// Has `controller` live in the world, and interrupt.
fn wire(wiring: &mut Wiring<'_>, controller: &Shared<Controller>) -> Bus {
    let doorbell = wiring.world.event("doorbell", Reset::Auto);
    let bus = Bus::new(controller.clone(), doorbell.handle());
    let cx = wiring.world.actor("controller");
    let (controller, line) = (controller.clone(), wiring.line.clone());
    let drive = device(cx.clone(), controller, doorbell, line);
    wiring.world.spawn(&cx, Role::Service, drive);
    bus
}

/// What a stream of the link says of itself, from its data sheet.
fn declared(config: &StreamConfig, setup: &Setup) -> Declared {
    let link_frame = Hns::new(209);
    let Ok(format) = StreamFormat::of(setup.format) else {
        return Declared::default();
    };
    let group = config.frames_at_once(format);
    let fifo = frames_in(config.fifo_of(format), setup);
    let is_even = config.cadence == hardware::Cadence::Even;
    Declared {
        grain: group,
        // The first frame waits for the next link frame, and is done when it is over.
        lag: if is_even {
            Hns::new(0)
        } else {
            Hns::new(2 * link_frame.get())
        },
        lead: fifo,
        ahead: if is_even { Frames::ZERO } else { group },
        // What has begun when it is paused begins anew.
        pause_rounding: if is_even {
            group
        } else {
            group + group + Frames::new(1)
        },
        aligned: is_even,
        counts_in_memory: config.count_on == hardware::CountOn::Memory,
        ..Declared::default()
    }
}

fn frame(setup: &Setup) -> Bytes {
    Bytes::new(setup.format.frame_bytes().into())
}

fn frames_in(bytes: Bytes, setup: &Setup) -> Frames {
    Frames::new(bytes.get().div_ceil(frame(setup).get()))
}

/// What the link can carry, with packets that do not fit into the FIFO.
fn link_limits(config: &StreamConfig) -> Limits {
    let is_even = config.cadence == hardware::Cadence::Even;
    Limits {
        rates_hz: vec![
            8_000, 11_025, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000, 88_200, 96_000, 176_400,
            192_000,
        ],
        samples: vec![SampleFormat::S16, SampleFormat::S24In32, SampleFormat::S32],
        channels_max: 6,
        packets: vec![1, 2],
        packet_min: if is_even { 2 } else { 128 },
        crystal: true,
        gap_packets_max: Some(2_000),
    }
}
