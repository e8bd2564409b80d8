//! Whether a scenario that fits its types also makes sense.

mod capture;
mod client;
mod detector;
mod device_faults;
mod dma;
mod happenings;
mod machine;
mod offload;
mod transport;

use hardware::StreamFormat;
use ring::Samples;
use units::Frames;

use crate::format::{
    Device, EndFill, Engine, Format, Kind, PositionSource, Sample, Scenario, Source, VirtualMode,
};
use crate::quantity::Drift;
use crate::stack::offload::stream_name;
use crate::stack::{CONTROLLER, DRIVER, ENGINE, INTERRUPT, LISTENERS, SYSTEM, USER};

/// Packets that Windows knows of, and packets that `more-packets` lets be.
const PACKETS_MAX: (u32, u32) = (2, 8);
/// More than any endpoint has; a cyclic buffer of more would not be one of Windows either.
const BUFFER_BYTES_MAX: u64 = 16 << 20;
/// Packets in a run: eleven hours of 10 ms. What happens to each is remembered, in about 200 bytes
/// if all is well and in a good kilobyte if it glitches.
const PACKETS_OF_RUN_MAX: u64 = 4_000_000;

/// Further than any crystal strays.
const WANDER_MAX_PPB: i32 = 1_000_000;

/// Something that makes no sense, and the key that says it.
pub(crate) struct Problem {
    pub(crate) key: String,
    pub(crate) message: String,
    pub(crate) help: Option<String>,
}

/// Everything about `scenario` that makes no sense.
pub(crate) fn check(scenario: &Scenario) -> Vec<Problem> {
    let mut check = Check {
        scenario,
        problems: Vec::new(),
    };
    check.title();
    check.duration();
    check.device(&scenario.device);
    check.engine(&scenario.engine);
    check.microphone();
    check.dma_of_speaker();
    check.dma_of_microphone();
    check.whose_suite();
    check.machine();
    check.clients();
    check.streams();
    for (place, client) in scenario.clients.iter().enumerate() {
        check.client(&format!("client[{place}]"), client);
    }
    for (place, fault) in scenario.faults.iter().enumerate() {
        check.fault(&format!("fault[{place}]"), fault);
        check.fault_of_mixer(&format!("fault[{place}]"), fault);
    }
    for (place, action) in scenario.actions.iter().enumerate() {
        check.action(&format!("action[{place}]"), action);
        check.action_on_mixer(&format!("action[{place}]"), action);
    }
    for (place, detector) in scenario.detectors.iter().enumerate() {
        check.detector(&format!("detector[{place}]"), *detector);
    }
    check.delays();
    check.problems
}

/// A cyclic buffer of one of the devices.
struct Cyclic {
    format: Format,
    more_packets: bool,
    /// The table that describes the device.
    table: &'static str,
}

struct Check<'a> {
    scenario: &'a Scenario,
    problems: Vec<Problem>,
}

impl Check<'_> {
    fn say(&mut self, key: impl Into<String>, message: impl Into<String>) {
        self.problems.push(Problem {
            key: key.into(),
            message: message.into(),
            help: None,
        });
    }

    fn advise(
        &mut self,
        key: impl Into<String>,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        self.problems.push(Problem {
            key: key.into(),
            message: message.into(),
            help: Some(help.into()),
        });
    }

    fn title(&mut self) {
        let name = &self.scenario.name;
        if name.trim().is_empty() || name.len() > 120 || name.contains(char::is_control) {
            self.say(
                "name",
                "expected one line of at most 120 characters that says what the scenario shows",
            );
        }
    }

    fn duration(&mut self) {
        if self.scenario.duration.nanos() == 0 {
            self.say(
                "duration",
                "a run of no time shows nothing; expected more than zero",
            );
        }
    }

    /// What is remembered of a run has to fit into memory.
    fn length(&mut self, key: &str, packet: Frames) {
        self.length_at(key, packet, self.scenario.device.format);
    }

    fn length_at(&mut self, key: &str, packet: Frames, format: Format) {
        let hertz = u128::from(format.rate.hertz());
        let frames = u128::from(self.scenario.duration.nanos()) * hertz / 1_000_000_000;
        if frames / u128::from(packet.get().max(1)) > PACKETS_OF_RUN_MAX.into() {
            self.advise(
                "duration",
                format!("more than {PACKETS_OF_RUN_MAX} packets, more than a run can remember"),
                format!("make the run shorter or `{key}` longer"),
            );
        }
    }

    fn device(&mut self, device: &Device) {
        self.name("device.name", &device.name);
        if self.is_of_the_stack(&device.name) {
            let message = format!("`{}` is the name of another part of the stack", device.name);
            self.say("device.name", message);
        }
        self.format("device.format", device.format);
        self.virtual_device(device);
        self.wander("device.wander", device.wander);
        self.looping(device);
        self.mixer(device);
        self.transport(device);
        self.what_it_plays(device);
        let frame_bytes = u64::from(device.format.to_format().frame_bytes());
        for (key, frames) in [
            ("device.prefetch", device.prefetch),
            ("device.burst", device.burst),
        ] {
            if frames.is_some_and(|frames| frames.get() * frame_bytes > 4096) {
                self.say(key, "a FIFO holds at most 4096 bytes");
            }
        }
        if device.burst.is_some_and(|burst| burst.get() == 0) {
            self.say(
                "device.burst",
                "a device that fetches nothing plays nothing; expected `1fr` or more",
            );
        } else {
            self.fifo(device);
        }
    }

    fn what_it_plays(&mut self, device: &Device) {
        match (device.kind, StreamFormat::of(device.format.to_format())) {
            (Kind::HdAudio, Err(error)) => self.advise(
                "device.format",
                error.to_string(),
                "HD Audio plays 48 kHz and 44.1 kHz, their multiples up to 4 and whole parts, in \
                 u8, s16, s24in32 or s32",
            ),
            (Kind::Virtual, _) if device.format.sample == Sample::F32 => self.advise(
                "device.format.sample",
                "a virtual driver plays PCM, and no floats",
                "take `u8`, `s16`, `s24`, `s24in32` or `s32`",
            ),
            _ => {}
        }
    }

    /// A crystal that strays by nothing is one that does not.
    fn wander(&mut self, key: &str, wander: Option<Drift>) {
        let Some(wander) = wander else { return };
        if !(1..=WANDER_MAX_PPB).contains(&wander.ppb()) {
            let message = format!("{wander}; expected `1ppb` to `1000ppm`");
            self.advise(
                key,
                message,
                "leave it away for a crystal that keeps its rate",
            );
        }
    }

    /// What has no hardware has none of its properties.
    fn virtual_device(&mut self, device: &Device) {
        self.mode_of("device", device.kind, device.mode);
        if device.kind != Kind::Virtual {
            return;
        }
        self.no_hardware(&[
            ("device.preset", device.preset.is_some()),
            ("device.prefetch", device.prefetch.is_some()),
            ("device.burst", device.burst.is_some()),
            ("device.count-on", device.count_on.is_some()),
            ("device.drift", device.drift.ppb() != 0),
            ("device.wander", device.wander.is_some()),
            ("device.class", device.class.is_some()),
            ("device.faults", device.faults.is_some()),
            ("device.looping", !device.looping),
            (
                "device.position-source",
                device.position_source != PositionSource::default(),
            ),
            (
                "device.end-of-stream",
                device.end_of_stream != EndFill::default(),
            ),
        ]);
    }

    /// An engine that halts has a bus without waits, and none of the habits of devices that loop.
    fn looping(&mut self, device: &Device) {
        if device.looping {
            if device.rearm.is_some() {
                let help = "`looping = false` beside it";
                self.advise("device.rearm", "nothing is to be armed anew", help);
            }
            return;
        }
        for (key, given) in [
            ("device.grant-latency", device.grant_latency.is_some()),
            ("device.class", device.class.is_some()),
            ("device.faults", device.faults.is_some()),
        ] {
            if given {
                let help = "leave it away, or `looping = false`";
                self.advise(key, "only of a DMA engine that loops", help);
            }
        }
    }

    fn mode_of(&mut self, table: &str, kind: Kind, mode: Option<VirtualMode>) {
        if kind != Kind::Virtual && mode.is_some() {
            let help = "`kind = \"virtual\"` beside it";
            let key = format!("{table}.mode");
            self.advise(key, "only a virtual driver has modes", help);
        }
    }

    fn no_hardware(&mut self, keys: &[(&str, bool)]) {
        for (key, _) in keys.iter().filter(|(_, given)| *given) {
            self.say(
                *key,
                "a virtual driver has no hardware that this could be said of",
            );
        }
    }

    /// Frames that travel together have to be in the FIFO together.
    fn fifo(&mut self, device: &Device) {
        let format = device.format.to_format();
        let Some(format) = StreamFormat::of(format)
            .ok()
            .filter(|_| format.channels > 0)
        else {
            return;
        };
        if !device.stream_config(Samples::Left).feeds(format) {
            let key = if device.prefetch.is_some() {
                "device.prefetch"
            } else {
                "device.burst"
            };
            self.say(
                key,
                format!(
                    "too little for the frames that travel together at {}; expected more",
                    device.format.rate
                ),
            );
        }
    }

    fn format(&mut self, key: &str, format: Format) {
        if !(1..=8).contains(&format.channels) {
            let message = format!("{} channels; expected 1 to 8", format.channels);
            self.say(format!("{key}.channels"), message);
        }
        if !(8_000..=192_000).contains(&format.rate.hertz()) {
            let message = format!(
                "{} is no rate of an audio device; expected 8kHz to 192kHz",
                format.rate
            );
            self.say(format!("{key}.rate"), message);
        }
    }

    fn name(&mut self, key: &str, name: &str) {
        let odd = |c: char| !(c.is_alphanumeric() || "-_. ".contains(c));
        if name.is_empty() || name.len() > 64 || name.contains(odd) || name.starts_with('.') {
            self.say(
                key,
                "expected 1 to 64 letters, digits, blanks, `-`, `_` or `.` (not first)",
            );
        }
    }

    fn engine(&mut self, engine: &Engine) {
        if engine.oem_period.is_some() && engine.oem().is_none() {
            let message = "a maker sets 5 to 9 ms, in whole milliseconds";
            self.say("engine.oem-period", message);
        }
        let period = engine.period_frames(&self.scenario.device);
        self.buffer(("engine.period", "engine.packets"), period, engine.packets);
        if self.scenario.is_shared() {
            self.length("engine.period", period);
            self.taken_ahead("engine.period", period, engine.packets);
        }
    }

    /// True if a part of the stack that no table names is called `name`.
    fn is_of_the_stack(&self, name: &str) -> bool {
        let with_microphone = self.scenario.microphone.is_some();
        [ENGINE, CONTROLLER, INTERRUPT, SYSTEM, DRIVER, USER].contains(&name)
            || LISTENERS.contains(&name)
            || with_microphone && capture::NAMES.contains(&name)
            || (0..self.scenario.offloads().count()).any(|number| stream_name(number) == name)
    }

    /// A cyclic buffer of the device.
    fn buffer(&mut self, keys: (&str, &str), packet: Frames, packets: u32) {
        let device = &self.scenario.device;
        let of = Cyclic {
            format: device.format,
            more_packets: device.more_packets,
            table: "device",
        };
        self.cyclic(keys, packet, packets, &of);
    }

    fn cyclic(
        &mut self,
        (size_key, count_key): (&str, &str),
        packet: Frames,
        packets: u32,
        of: &Cyclic,
    ) {
        let (windows, model) = PACKETS_MAX;
        if packets == 0 {
            self.say(count_key, "a buffer has at least one packet");
        } else if packets > model {
            self.say(
                count_key,
                format!("{packets} packets; expected at most {model}"),
            );
        } else if packets > windows && !of.more_packets {
            self.advise(
                count_key,
                format!("{packets} packets; Windows knows 1 or 2 per buffer"),
                format!("`more-packets = true` in [{}] lifts that to 8", of.table),
            );
        }
        let format = of.format.to_format();
        if packet.is_zero() {
            self.say(size_key, "a packet of no frames; expected `1fr` or more");
            return;
        }
        let ring = Frames::new(packet.get() * u64::from(packets.clamp(1, model)));
        if format.bytes_of(ring).get() > BUFFER_BYTES_MAX {
            self.say(
                size_key,
                "a cyclic buffer is at most 16 MiB; expected fewer frames",
            );
        }
    }

    /// What the device takes ahead has to be in the buffer.
    fn taken_ahead(&mut self, size_key: &str, packet: Frames, packets: u32) {
        let device = &self.scenario.device;
        if device.format.channels == 0 || packet.is_zero() {
            return;
        }
        let frame = device.format.to_format().bytes_of(Frames::new(1));
        let fifo = device.stream_config(Samples::Left).fifo.bytes(frame);
        let more = crate::stack::device_faults::lead(self.scenario, frame);
        let ahead = (fifo + more).get().div_ceil(frame.get());
        let ring = packet.get() * u64::from(packets.clamp(1, PACKETS_MAX.1));
        if ahead > ring {
            self.say(
                size_key,
                format!(
                    "a cyclic buffer of {ring} frames is smaller than the {ahead} that the device \
                     takes ahead"
                ),
            );
        }
    }

    fn source(&mut self, key: &str, source: &Source) {
        let given = [
            source.wav.is_some(),
            source.sine.is_some(),
            source.sweep.is_some(),
            source.noise.is_some(),
            source.impulses.is_some(),
            source.counter.is_some(),
        ];
        if given.iter().filter(|given| **given).count() > 1 {
            self.say(key, "more than one source; expected one of `wav`, `sine`, `sweep`, `noise`, `impulses`, `counter`");
        }
        if source.wav.as_ref().is_some_and(|wav| wav.path.is_empty()) {
            self.say(
                format!("{key}.wav.path"),
                "expected the path of a sound file",
            );
        }
        if source
            .sweep
            .as_ref()
            .is_some_and(|sweep| sweep.over.nanos() == 0)
        {
            self.say(
                format!("{key}.sweep.over"),
                "a sweep over no time; expected more than zero",
            );
        }
        if source
            .impulses
            .as_ref()
            .is_some_and(|impulses| impulses.every.get() == 0)
        {
            self.say(
                format!("{key}.impulses.every"),
                "impulses at no distance; expected `1fr` or more",
            );
        }
    }
}
