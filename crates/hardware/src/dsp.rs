//! A device with an audio engine of its own: it mixes, and gives the mix back.

mod gain;
mod input;
mod loopback;

use std::sync::Arc;

use ring::{Samples, SharedBuffer};
use units::{Bytes, Clock, Frames, Moment, Phase, SampleFormat, SimTime, WaveFormat};
use vtime::{Context, Event, EventHandle, Fork, Forker, Shared};

use gain::{Ramp, apply};
use input::{Input, Part};
use loopback::Loopback;

use crate::link::LinkLog;

/// The properties of a [`Dsp`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DspConfig {
    /// Rate and channels of everything in it. Samples are of 16 bits.
    pub rate: units::SampleRate,
    /// Channels.
    pub channels: u8,
    /// How much its crystal is fast, in parts per 10^9; slow if negative.
    pub ppb: i32,
    /// Streams that it can mix.
    pub inputs: u32,
    /// From the fetch of a frame to its rendering.
    pub delay: Frames,
    /// What it mixes of a stream behind the end of what is valid.
    pub underrun: Underrun,
    /// Whether what was rendered is kept.
    pub record: Samples,
}

/// What a device mixes of a stream whose client has written nothing new. It tells the underrun
/// either way.
///
/// # Source
/// `audio/ksproperty-rtaudio-setwritepacket.md`: old content or silence.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Underrun {
    /// Silence.
    #[default]
    Silence,
    /// What lies in the buffer.
    Replay,
}

/// Where the loopback listens.
///
/// # Source
/// `audio/kspropsetid-audioloopback.md`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tap {
    /// Before the volume of the device.
    #[default]
    BeforeVolume,
    /// Behind it.
    AfterVolume,
}

/// One of the DMA engines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DspPort {
    /// A stream into the mix, counted from 0.
    Input(u32),
    /// The mix on its way back.
    Loopback,
}

/// Something that the device interrupts for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DspEvent {
    /// A packet has been transferred wholly; so many frames have been by then.
    PacketDone(Frames),
    /// The frame after these was not valid when it was needed.
    Underrun(Frames),
    /// The last valid frame has been rendered.
    LastRendered,
}

/// A device that mixes streams and gives the mix back.
///
/// It is told the time with every call, as [`Controller`](crate::Controller) is. Frame `k` of the
/// device ends at count `k + 1` of its clock, and is mixed then from what lies in memory then.
/// What the frame of a stream is depends on when the stream was let run: the first frame that had
/// not begun by then takes the first of the stream.
#[derive(Debug)]
pub struct Dsp {
    config: DspConfig,
    format: WaveFormat,
    clock: Clock,
    /// Frames of the device that are mixed.
    done: u64,
    inputs: Vec<Input>,
    loopback: Loopback,
    tap: Tap,
    volume: Ramp,
    muted: bool,
    events: Vec<(DspPort, DspEvent)>,
    heard: Vec<u8>,
}

impl Dsp {
    /// A device at rest. Its clock runs from time 0 on.
    ///
    /// # Panics
    /// If it has no channels.
    pub fn new(config: DspConfig) -> Self {
        let format = WaveFormat::new(config.rate.hertz(), config.channels, SampleFormat::S16);
        let format = format.expect("a device has channels");
        let input = |_| Input::new(config.channels);
        Self {
            config,
            format,
            clock: Clock::new(SimTime::ZERO, config.rate, config.ppb),
            done: 0,
            inputs: (0..config.inputs).map(input).collect(),
            loopback: Loopback::default(),
            tap: Tap::default(),
            volume: Ramp::at(0),
            muted: false,
            events: Vec::new(),
            heard: Vec::new(),
        }
    }

    /// What everything in it is made of.
    pub fn format(&self) -> WaveFormat {
        self.format
    }

    /// Its properties.
    pub fn config(&self) -> DspConfig {
        self.config
    }

    /// Gives `port` its cyclic buffer, which has packets of `packet` frames.
    pub fn attach(&mut self, port: DspPort, buffer: Arc<SharedBuffer>, packet: Frames) {
        match port {
            DspPort::Input(input) => self.input(input).attach(buffer, packet),
            DspPort::Loopback => self.loopback.attach(buffer, packet),
        }
    }

    /// Takes its buffer away.
    pub fn detach(&mut self, port: DspPort) {
        match port {
            DspPort::Input(input) => self.input(input).detach(),
            DspPort::Loopback => self.loopback.detach(),
        }
    }

    /// Lets `port` run from where it stands.
    pub fn run(&mut self, now: Moment, port: DspPort) {
        self.settle(now);
        let first = self.begun(now);
        match port {
            DspPort::Input(input) => {
                let clock = self.clock;
                self.input(input).run(first, clock);
            }
            DspPort::Loopback => self.loopback.transfer.run(first),
        }
    }

    /// Stops `port` where it stands. Volumes on their way are there.
    pub fn pause(&mut self, now: Moment, port: DspPort) {
        self.settle(now);
        let done = self.done;
        match port {
            DspPort::Input(input) => self.input(input).pause(done),
            DspPort::Loopback => self.loopback.transfer.pause(done),
        }
    }

    /// Takes `port`, which does not run, back to its beginning.
    pub fn reset(&mut self, now: Moment, port: DspPort) {
        self.settle(now);
        match port {
            DspPort::Input(input) => self.input(input).reset(),
            DspPort::Loopback => self.loopback.transfer.reset(),
        }
    }

    /// Frames that `port` has transferred since its beginning.
    pub fn transferred(&mut self, now: Moment, port: DspPort) -> Frames {
        self.settle(now);
        let done = self.done;
        Frames::new(match port {
            DspPort::Input(input) => self.input(input).transfer.linear(done),
            DspPort::Loopback => self.loopback.transfer.linear(done),
        })
    }

    /// Says up to which frame stream `input` is valid; `None` if all of it always is.
    pub fn set_valid(&mut self, now: Moment, input: u32, end: Option<Frames>) {
        self.settle(now);
        self.input(input).set_valid(end.map(Frames::get));
    }

    /// Says at which frame stream `input` ends. What follows is silent, and no packet that is not
    /// wholly before it interrupts; its rendering does.
    pub fn set_end(&mut self, now: Moment, input: u32, end: Frames) {
        self.settle(now);
        self.input(input).set_end(end.get());
    }

    /// Has the volume of `channel` of stream `input` go to `level`, in 1/65536 dB and at most 0,
    /// in `over` frames. A stream that does not run gets there at once.
    pub fn set_volume(&mut self, now: Moment, input: u32, channel: u8, level: i32, over: Frames) {
        self.settle(now);
        let done = self.done;
        self.input(input)
            .set_volume(done, channel, level, over.get());
    }

    /// How loud `channel` of stream `input` is, in 1/65536 dB.
    pub fn volume(&mut self, now: Moment, input: u32, channel: u8) -> i32 {
        self.settle(now);
        let done = self.done;
        self.input(input).volume(done, channel)
    }

    /// Whether stream `input` keeps the loopback silent while it runs.
    pub fn protect(&mut self, now: Moment, input: u32, is_protected: bool) {
        self.settle(now);
        self.input(input).is_protected = is_protected;
    }

    /// Has the loopback listen there from now on.
    pub fn set_tap(&mut self, now: Moment, tap: Tap) {
        self.settle(now);
        self.tap = tap;
    }

    /// Makes the whole device as loud as `level`, in 1/65536 dB and at most 0.
    pub fn set_device_volume(&mut self, now: Moment, level: i32) {
        self.settle(now);
        self.volume = Ramp::at(level);
    }

    /// Mutes the whole device or not.
    pub fn set_device_mute(&mut self, now: Moment, muted: bool) {
        self.settle(now);
        self.muted = muted;
    }

    /// Does everything that was to be done up to `now`.
    pub fn settle(&mut self, now: Moment) {
        let ended = self.ended(now).max(self.done);
        let (first, len) = (self.done, ended - self.done);
        if len == 0 {
            return;
        }
        self.mix(first, len);
        self.done = ended;
        for (input, number) in self.inputs.iter_mut().zip(0..) {
            let port = DspPort::Input(number);
            let happened = input.happened(first, ended, self.config.delay.get());
            self.events.extend(happened.map(|event| (port, event)));
        }
        let happened = self.loopback.happened(first, ended);
        let happened = happened.map(|event| (DspPort::Loopback, event));
        self.events.extend(happened);
    }

    /// The next moment at which there will be something to interrupt for.
    pub fn next_event(&self) -> Option<Moment> {
        let delay = self.config.delay.get();
        let inputs = self.inputs.iter();
        let inputs = inputs.map(|input| input.next_event(self.done, delay));
        let all = inputs.chain([self.loopback.next_packet(self.done)]);
        let frame = all.flatten().min()?;
        Some(self.clock.instant_of(frame).at(Phase::Move))
    }

    /// True while there are events to be taken.
    pub fn interrupt_line(&self) -> bool {
        !self.events.is_empty()
    }

    /// What happened since the last call.
    pub fn take_events(&mut self) -> Vec<(DspPort, DspEvent)> {
        std::mem::take(&mut self.events)
    }

    /// What was rendered, from the first frame of the device on, if it is kept. A frame is
    /// rendered a delay after it was mixed; this is told by the frame in which it was mixed.
    pub fn heard(&self) -> &[u8] {
        &self.heard
    }

    /// What was mixed of stream `input`, and whose it was. Without samples: those are in the mix.
    pub fn link_log(&self, input: u32) -> &LinkLog {
        self.inputs[usize::try_from(input).expect("an index fits")].log()
    }

    /// Frames of the device that have ended at `time`.
    pub fn count_at(&self, time: SimTime) -> u64 {
        self.clock.count_at(time)
    }

    fn input(&mut self, input: u32) -> &mut Input {
        &mut self.inputs[usize::try_from(input).expect("an index fits")]
    }

    /// Mixes `len` frames of the device from `first` on.
    fn mix(&mut self, first: u64, len: u64) {
        let channels = usize::from(self.config.channels);
        let samples = usize::try_from(len).expect("it fits into memory") * channels;
        let any_runs = self.inputs.iter().any(|input| input.transfer.is_running());
        if !any_runs && !self.loopback.transfer.is_running() {
            if self.config.record == Samples::Kept {
                self.heard.resize(self.heard.len() + 2 * samples, 0);
            }
            return;
        }
        let mut sum = vec![0i32; samples];
        for input in &mut self.inputs {
            let part = Part { first, len };
            input.mix_into(&mut sum, part, self.config.underrun);
        }
        let level = self.volume.level_at(first);
        let rendered = |sample: &i32| if self.muted { 0 } else { apply(*sample, level) };
        let after: Vec<i32> = sum.iter().map(rendered).collect();
        let is_protected = |input: &Input| input.is_protected && input.transfer.is_running();
        let tapped = match self.tap {
            _ if self.inputs.iter().any(is_protected) => None,
            Tap::BeforeVolume => Some(&sum),
            Tap::AfterVolume => Some(&after),
        };
        let tapped = tapped.map(|samples| to_bytes(samples));
        self.loopback
            .store(first, len, tapped.as_deref(), self.format.frame_bytes());
        if self.config.record == Samples::Kept {
            self.heard.extend(to_bytes(&after));
        }
    }

    /// Frames that have ended by `now`.
    fn ended(&self, now: Moment) -> u64 {
        if now.has_moved() {
            self.clock.count_at(now.time)
        } else {
            self.clock.begun_before(now.time).saturating_sub(1)
        }
    }

    /// Frames that have begun by `now`.
    fn begun(&self, now: Moment) -> u64 {
        if now.has_moved() {
            self.clock.count_at(now.time) + 1
        } else {
            self.clock.begun_before(now.time)
        }
    }

    /// Bytes of `frames` frames.
    pub fn bytes_of(&self, frames: Frames) -> Bytes {
        self.format.bytes_of(frames)
    }
}

/// As samples of 16 bits; what is too loud is as loud as can be.
fn to_bytes(samples: &[i32]) -> Vec<u8> {
    let clip = |sample: &i32| {
        let clipped = (*sample).clamp(i16::MIN.into(), i16::MAX.into());
        i16::try_from(clipped)
            .expect("it was clipped")
            .to_le_bytes()
    };
    samples.iter().flat_map(clip).collect()
}

/// Drives a device for ever: wakes when something is due, and sets `interrupt` when there is
/// something to interrupt for. `doorbell` is set by its driver when that may have changed.
pub async fn dsp_device<C: Context>(
    cx: C,
    dsp: Shared<Dsp>,
    doorbell: C::Event,
    interrupt: EventHandle,
) {
    let mut interrupts = 0;
    loop {
        let next = dsp.borrow().next_event();
        doorbell.wait_until(next).await;
        let mut dsp = dsp.borrow_mut();
        dsp.settle(cx.moment());
        if dsp.interrupt_line() {
            interrupts += 1;
            interrupt.set(interrupts);
        }
    }
}

impl Fork for Dsp {
    fn fork(&self, forker: &mut Forker) -> Self {
        Self {
            inputs: self.inputs.fork(forker),
            loopback: self.loopback.fork(forker),
            events: self.events.clone(),
            heard: self.heard.clone(),
            ..*self
        }
    }
}

vtime::fork_by_clone!(DspConfig, Tap, Underrun, DspPort, DspEvent);
