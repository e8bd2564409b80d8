//! A controller with one stream, programmed as a driver would.

use std::sync::Arc;

use hardware::{BdlEntry, Controller, ControllerConfig, RegisterError, StreamFormat, spec};
use ring::{Kind, Samples, SharedBuffer, Whose};
use spec::{ctl, sts};
use units::{Bytes, Frames, Moment, SampleFormat, SimDuration, SimTime, WaveFormat};

pub(crate) const BUFFER: u64 = 0x10_0000;
pub(crate) const LIST: u64 = 0x8000;
pub(crate) const STREAM: u32 = spec::descriptor(0);

/// What a stream plays: packets one after the other, each with a descriptor of its own.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Plan {
    pub(crate) format: WaveFormat,
    pub(crate) packet: u64,
    pub(crate) packets: u64,
}

pub(crate) struct Rig {
    pub(crate) controller: Controller,
    pub(crate) buffer: Arc<SharedBuffer>,
    pub(crate) plan: Plan,
    /// The descriptor list as it lies in memory.
    pub(crate) list: Vec<BdlEntry>,
}

pub(crate) fn stereo(hertz: u32, sample: SampleFormat) -> WaveFormat {
    WaveFormat::new(hertz, 2, sample).unwrap()
}

impl Plan {
    /// Two packets of 480 frames at 48 kHz, 16 bits, stereo.
    pub(crate) const fn k0() -> Self {
        let Ok(format) = WaveFormat::new(48_000, 2, SampleFormat::S16) else {
            panic!("a format")
        };
        Self {
            format,
            packet: 480,
            packets: 2,
        }
    }

    pub(crate) const fn frames(self) -> Frames {
        Frames::new(self.packet * self.packets)
    }

    pub(crate) fn packet_bytes(self) -> Bytes {
        self.format.bytes_of(Frames::new(self.packet))
    }

    pub(crate) fn list(self) -> Vec<BdlEntry> {
        let length = self.packet_bytes();
        let entry = |n| BdlEntry {
            address: BUFFER + n * length.get(),
            length,
            interrupt_on_completion: true,
        };
        (0..self.packets).map(entry).collect()
    }
}

impl Rig {
    /// A controller just after power-up, and its memory.
    pub(crate) fn in_reset(config: &ControllerConfig, plan: Plan) -> Self {
        let mut controller = Controller::new(config);
        let all = config.inputs.iter().chain(&config.outputs);
        let mut all = all.chain(&config.bidirectional);
        let kept = all.next().expect("a stream").record;
        let buffer = Arc::new(SharedBuffer::new(plan.format, plan.frames(), kept));
        controller.map_memory(BUFFER, Arc::clone(&buffer));
        controller.write_bdl(SimTime::ZERO.commit(), LIST, &plan.list());
        Self {
            controller,
            buffer,
            plan,
            list: plan.list(),
        }
    }

    /// The same, out of reset, interrupts enabled, the stream set up and not running.
    pub(crate) fn set_up(config: &ControllerConfig, plan: Plan) -> Self {
        let mut rig = Self::in_reset(config, plan);
        rig.global_set_up(0);
        rig.stream_set_up(0);
        rig
    }

    pub(crate) fn k0() -> Self {
        Self::set_up(&ControllerConfig::k0(), Plan::k0())
    }

    pub(crate) fn global_set_up(&mut self, at_ns: u64) {
        let at = SimTime::from_nanos(at_ns).commit();
        self.write(at, spec::GCTL, spec::gctl::CRST);
        self.write(
            at,
            spec::INTCTL,
            spec::intctl::GLOBAL | spec::intctl::stream(0),
        );
    }

    pub(crate) fn stream_set_up(&mut self, at_ns: u64) {
        self.stream_set_up_at(SimTime::from_nanos(at_ns).commit());
    }

    pub(crate) fn stream_set_up_at(&mut self, at: Moment) {
        self.set_up_stream(at, 0);
    }

    pub(crate) fn set_up_stream(&mut self, at: Moment, stream: u32) {
        let stream = spec::descriptor(stream);
        let bytes = self.plan.format.bytes_of(self.plan.frames()).get();
        let format = StreamFormat::of(self.plan.format).unwrap();
        self.write(at, stream + spec::SD_CTL, 0);
        self.write(at, stream + spec::SD_STS, sts::CLEARABLE);
        self.write(at, stream + spec::SD_FMT, format.encode().into());
        self.write(at, stream + spec::SD_CBL, u32::try_from(bytes).unwrap());
        self.write(
            at,
            stream + spec::SD_LVI,
            u32::try_from(self.plan.packets - 1).unwrap(),
        );
        self.write(at, stream + spec::SD_BDPL, u32::try_from(LIST).unwrap());
        self.write(at, stream + spec::SD_CTL, CONTROL);
    }

    pub(crate) fn write(&mut self, at: Moment, offset: u32, value: u32) {
        self.controller.write(at, offset, value).unwrap();
    }

    pub(crate) fn read(&mut self, at: Moment, offset: u32) -> u32 {
        self.controller.read(at, offset).unwrap()
    }

    pub(crate) fn try_run(&mut self, at: Moment) -> Result<(), RegisterError> {
        self.controller
            .write(at, STREAM + spec::SD_CTL, CONTROL | ctl::RUN)
    }

    pub(crate) fn run(&mut self, at: Moment) {
        self.try_run(at).unwrap();
    }

    pub(crate) fn pause(&mut self, at: Moment) {
        self.write(at, STREAM + spec::SD_CTL, CONTROL);
    }

    pub(crate) fn reset(&mut self, at: Moment) {
        self.write(at, STREAM + spec::SD_CTL, ctl::SRST);
    }

    pub(crate) fn acknowledge(&mut self, at: Moment) {
        self.write(at, STREAM + spec::SD_STS, sts::BCIS);
    }

    pub(crate) fn status(&mut self, at: Moment) -> u32 {
        self.read(at, STREAM + spec::SD_STS)
    }

    pub(crate) fn is_running(&mut self, at: Moment) -> bool {
        self.read(at, STREAM + spec::SD_CTL) & ctl::RUN != 0
    }

    /// Frames that have left since the reset.
    pub(crate) fn position(&mut self, at: Moment) -> u64 {
        self.linear(at, spec::LLPL) / u64::from(self.plan.format.frame_bytes())
    }

    /// Bytes fetched, or stored, since the reset.
    pub(crate) fn fetched(&mut self, at: Moment) -> u64 {
        self.linear(at, spec::LDPL)
    }

    fn linear(&mut self, at: Moment, low: u32) -> u64 {
        let offset = spec::counters(0) + low;
        let high = self.read(at, offset + 4);
        u64::from(high) << 32 | u64::from(self.read(at, offset))
    }

    /// Stores packet `n` as audio that is meant to be where it is.
    pub(crate) fn store_packet(&mut self, at: Moment, n: u64) {
        let first = n * self.plan.packet;
        self.controller.settle(at);
        self.buffer.store(
            Frames::new(first),
            None,
            Frames::new(self.plan.packet),
            Some(audio(first, n)),
        );
    }

    /// The next interrupts, each acknowledged at once.
    pub(crate) fn interrupts(&mut self, count: usize) -> Vec<Moment> {
        (0..count)
            .map(|_| {
                let event = self.controller.next_event().unwrap();
                self.controller.settle(event);
                assert!(self.controller.interrupt_line());
                self.acknowledge(event);
                event
            })
            .collect()
    }

    /// Whose frames lie in the buffer, place by place.
    pub(crate) fn memory(&self) -> Vec<Option<Whose>> {
        let mut all = Vec::new();
        let each = |len: Frames, whose: Option<Whose>| {
            all.extend((0..len.get()).map(|n| whose.map(|whose| whose.after(Frames::new(n)))));
        };
        self.buffer
            .load(Frames::ZERO, self.plan.frames(), None, each);
        all
    }

    /// What was heard, as (first frame, frames, content of the first); zeros of the device have none.
    pub(crate) fn heard(&self) -> Vec<(u64, u64, Option<u64>)> {
        let spans = self.controller.link_log(0).spans();
        let brief = spans.iter().map(|span| {
            let audio = span.whose.filter(|whose| whose.kind != Kind::ZeroFill);
            let content = audio.map(|whose| whose.content);
            (span.first.get(), span.len.get(), content)
        });
        brief.collect()
    }
}

pub(crate) const CONTROL: u32 = 1 << ctl::TAG_SHIFT | ctl::IOCE;

/// Audio whose frame `first` is meant to be device frame `first`.
pub(crate) fn audio(first: u64, write: u64) -> Whose {
    Whose {
        run: 0,
        kind: Kind::Audio,
        content: first,
        intended: first,
        write: u32::try_from(write).unwrap(),
    }
}

pub(crate) fn ms(millis: u64) -> SimTime {
    SimTime::from_millis(millis)
}

pub(crate) fn us(micros: u64) -> SimTime {
    SimTime::ZERO + SimDuration::from_micros(micros)
}

/// The configuration that keeps samples.
pub(crate) fn keeping(mut config: ControllerConfig) -> ControllerConfig {
    let inputs = config.inputs.iter_mut();
    for stream in inputs.chain(&mut config.outputs) {
        stream.record = Samples::Kept;
    }
    config
}
