//! The audio engine: a producer whose content is the mix of its streams.

use machine::Machine;
use ring::Samples;
use units::{Frames, NtStatus, SampleFormat, SimDuration, WaveFormat};
use vtime::{Context, Event, EventHandle, Fork, Forker, Shared};

use crate::device::DeviceStream;
use crate::mixer::{Mix, Mixer};
use crate::producer::{ContentPolicy, Policy, Prime, ProducerConfig};
use crate::stream::Stream;
use crate::thread::{PacketThread, Pass};

/// How an engine behaves. Period and number of packets are those of its device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EngineConfig {
    /// What a pass does about packets that it missed.
    pub policy: Policy,
    /// What becomes of a mix that was refused.
    pub content: ContentPolicy,
    /// What each packet takes.
    pub service: SimDuration,
    /// Whether the mix is limited to full scale before it is converted.
    pub limiter: bool,
}

impl Default for EngineConfig {
    fn default() -> Self {
        Self {
            policy: Policy::Resync,
            content: ContentPolicy::Drop,
            service: SimDuration::ZERO,
            limiter: true,
        }
    }
}

/// The audio engine of one device.
///
/// Model: it runs from the first start of a stream until it is told to [go idle](Self::go_idle). Packet 0, which has
/// to be there before Run, is silence of the engine's own: passes take from the streams, and the
/// first of them is pass 0 at Run.
#[derive(Debug)]
pub struct Engine {
    thread: PacketThread,
    mixer: Mixer,
    streams: Vec<Shared<Stream>>,
    started: bool,
}

/// What the actor of an engine waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wait {
    Start,
    Notification,
    Until(units::Moment),
}

impl Engine {
    /// The engine of `device`, on the thread called `thread`.
    pub fn new(
        config: EngineConfig,
        device: DeviceStream,
        machine: Shared<Machine>,
        thread: &str,
    ) -> Self {
        let format = device.mapping.format();
        let samples = match device.mapping.buffer.samples() {
            Some(_) => Samples::Kept,
            None => Samples::Left,
        };
        let mixer = Mixer::new(format, device.packet, samples, config.limiter);
        let producer = ProducerConfig {
            policy: config.policy,
            content: config.content,
            ..ProducerConfig::new(device.packet)
        };
        Self {
            thread: PacketThread::new(producer, device, machine, thread, config.service),
            mixer,
            streams: Vec::new(),
            started: false,
        }
    }

    /// Frames that a pass takes from each stream.
    pub fn period(&self) -> Frames {
        self.thread.device().packet
    }

    /// What is mixed: the device's rate and channels, in floats.
    pub fn mix_format(&self) -> WaveFormat {
        WaveFormat {
            sample: SampleFormat::F32,
            ..self.mixer.format()
        }
    }

    /// Whether samples are mixed or only counted.
    pub fn samples(&self) -> Samples {
        self.mixer.samples()
    }

    /// Adds a stopped stream with a buffer of `frames` frames of `format`. Streams are mixed in
    /// the order in which they were added.
    pub fn add_stream(&mut self, format: WaveFormat, frames: Frames) -> Shared<Stream> {
        let channels = self.mixer.format().channels;
        let stream = Shared::new(Stream::new(format, frames, self.samples(), channels));
        self.streams.push(stream.clone());
        stream
    }

    /// Takes `stream` out again: passes take nothing from it any more.
    pub fn remove_stream(&mut self, stream: &Shared<Stream>) {
        self.streams.retain(|other| !other.is(stream));
    }

    /// Goes idle: the device is taken to Stop, and no pass is made until a stream is started again.
    pub fn go_idle<C: Context>(&mut self, cx: &C) {
        if std::mem::replace(&mut self.started, false) {
            self.thread.stop(cx);
            self.mixer.forget();
            // Whoever waits for a notification is to wait for a start.
            self.thread.device().notification.set(0);
        }
    }

    /// The streams, in the order in which they were added.
    pub fn streams(&self) -> &[Shared<Stream>] {
        &self.streams
    }

    /// The thread that makes the passes.
    pub const fn thread(&self) -> &PacketThread {
        &self.thread
    }

    /// The status that the device first refused a state with, if it did.
    pub const fn failure(&self) -> Option<NtStatus> {
        self.thread.failure()
    }

    /// A stream was started: the device is run, and pass 0 is made.
    pub fn start<C: Context>(&mut self, cx: &C) {
        // The event may be left from a start before the engine went idle.
        let is_any_running = self
            .streams
            .iter()
            .any(|stream| stream.borrow().is_running());
        if self.started || !is_any_running {
            return;
        }
        self.started = true;
        let mut lead_in = Mix {
            cx,
            mixer: &mut self.mixer,
            streams: &[],
        };
        self.thread.prepare(cx, &mut lead_in, Prime::All);
        self.act(cx, |thread, mix| thread.run(cx, mix));
    }

    /// The notification event was set with `tag`.
    pub fn woken<C: Context>(&mut self, cx: &C, tag: u64) {
        if self.started {
            self.act(cx, |thread, mix| thread.woken(cx, tag, mix));
        }
    }

    /// Goes on, if it is time.
    pub fn proceed<C: Context>(&mut self, cx: &C) {
        self.act(cx, |thread, mix| thread.proceed(cx, mix));
    }

    /// Lets the thread act; at the end of a pass the clients are told.
    fn act<C: Context>(
        &mut self,
        cx: &C,
        what: impl FnOnce(&mut PacketThread, &mut Mix<'_, C>) -> Option<Pass>,
    ) {
        let mut mix = Mix {
            cx,
            mixer: &mut self.mixer,
            streams: &self.streams,
        };
        if let Some(pass) = what(&mut self.thread, &mut mix) {
            for stream in &self.streams {
                stream.borrow().signal(pass.number);
            }
        }
    }

    fn waits_for(&self) -> Wait {
        match self.thread.due() {
            Some(at) => Wait::Until(at),
            None if self.started => Wait::Notification,
            None => Wait::Start,
        }
    }
}

impl Fork for Engine {
    fn fork(&self, forker: &mut Forker) -> Self {
        Self {
            thread: self.thread.fork(forker),
            mixer: self.mixer.fork(forker),
            streams: self.streams.fork(forker),
            started: self.started,
        }
    }
}

/// What clients reach of an engine.
#[derive(Clone, Debug)]
pub struct Endpoint {
    engine: Shared<Engine>,
    start: EventHandle,
}

impl Endpoint {
    /// The endpoint of `engine`, whose [actor](engine()) waits for `start`.
    pub const fn new(engine: Shared<Engine>, start: EventHandle) -> Self {
        Self { engine, start }
    }

    /// See [`Engine::period`].
    pub fn period(&self) -> Frames {
        self.engine.borrow().period()
    }

    /// See [`Engine::mix_format`].
    #[doc(alias = "GetMixFormat")]
    pub fn mix_format(&self) -> WaveFormat {
        self.engine.borrow().mix_format()
    }

    /// See [`Engine::add_stream`].
    pub fn add_stream(&self, format: WaveFormat, frames: Frames) -> Shared<Stream> {
        self.engine.borrow_mut().add_stream(format, frames)
    }

    /// See [`Engine::remove_stream`].
    pub fn remove_stream(&self, stream: &Shared<Stream>) {
        self.engine.borrow_mut().remove_stream(stream);
    }

    /// See [`Engine::go_idle`].
    pub fn go_idle<C: Context>(&self, cx: &C) {
        self.engine.borrow_mut().go_idle(cx);
    }

    /// Starts `stream`, and the engine if this is the first.
    pub fn start(&self, stream: &Shared<Stream>) {
        stream.borrow_mut().start();
        self.start.set(0);
    }
}

impl Fork for Endpoint {
    fn fork(&self, forker: &mut Forker) -> Self {
        Self {
            engine: self.engine.fork(forker),
            start: self.start.fork(forker),
        }
    }
}

/// Runs an engine for ever: waits for the first start of a stream, and then for one notification
/// after the other.
///
/// Clients that are to be heard from pass 0 on have to fill and start at the same instant as the
/// first of them and before this actor runs: name their actors before the engine's.
pub async fn engine<C: Context>(
    cx: C,
    engine: Shared<Engine>,
    start: C::Event,
    notification: C::Event,
) {
    loop {
        let wait = engine.borrow().waits_for();
        match wait {
            Wait::Start => {
                start.wait().await;
                engine.borrow_mut().start(&cx);
            }
            Wait::Notification => {
                let tag = notification.wait().await;
                engine.borrow_mut().woken(&cx, tag);
            }
            Wait::Until(at) => {
                cx.sleep_until(at).await;
                engine.borrow_mut().proceed(&cx);
            }
        }
    }
}
