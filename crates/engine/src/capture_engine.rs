//! The audio engine of an endpoint that records.

use machine::Machine;
use ring::Samples;
use units::{Frames, Hns, NtStatus, SampleFormat, SimDuration, WaveFormat};
use vtime::{Context, Event, EventHandle, Fork, Forker, Shared};

use crate::capture_buffer::Overrun;
use crate::capture_stream::CaptureStream;
use crate::device::DeviceStream;
use crate::history::QUEUE_FULL;
use crate::reader::{PacketRead, ReadPolicy};
use crate::reader_thread::{PacketSink, ReaderThread};
use crate::thread::Pass;

/// The audio engine of a device that records: takes each packet out of the cyclic buffer and
/// appends it to the buffer of every client that runs.
///
/// Model: like the [engine](crate::Engine) of a device that plays it runs from the first start of a
/// stream on and does not stop again.
#[derive(Debug)]
pub struct CaptureEngine {
    thread: ReaderThread,
    clients: Clients,
    started: bool,
}

/// Where packets go.
#[derive(Debug)]
struct Clients {
    packet: Frames,
    streams: Vec<Shared<CaptureStream>>,
    /// The counter of the packet that was read last.
    latest: Option<Hns>,
}

/// What the actor of an engine waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wait {
    Start,
    Notification,
    Until(units::Moment),
}

impl CaptureEngine {
    /// The engine of `device`, on the thread called `thread`; each packet takes `service`.
    pub fn new(
        device: DeviceStream,
        machine: Shared<Machine>,
        thread: &str,
        service: SimDuration,
    ) -> Self {
        let clients = Clients {
            packet: device.packet,
            streams: Vec::new(),
            latest: None,
        };
        Self {
            thread: ReaderThread::new(ReadPolicy::Ask, device, machine, thread, service),
            clients,
            started: false,
        }
    }

    /// Frames that a pass appends to each stream.
    pub fn period(&self) -> Frames {
        self.clients.packet
    }

    /// What clients are offered: the device's rate and channels, in floats.
    pub fn mix_format(&self) -> WaveFormat {
        WaveFormat {
            sample: SampleFormat::F32,
            ..self.thread.format()
        }
    }

    /// Adds a stopped stream with a buffer of `frames` frames of `format`. Streams are served in
    /// the order in which they were added.
    pub fn add_stream(
        &mut self,
        format: WaveFormat,
        frames: Frames,
        overrun: Overrun,
    ) -> Shared<CaptureStream> {
        let device = self.thread.format();
        let samples = match self.thread.device().mapping.buffer.samples() {
            Some(_) => Samples::Kept,
            None => Samples::Left,
        };
        let stream = CaptureStream::new(device, format, frames, overrun, samples);
        let stream = Shared::new(stream);
        self.clients.streams.push(stream.clone());
        stream
    }

    /// Takes `stream` out again: passes bring it nothing any more.
    pub fn remove_stream(&mut self, stream: &Shared<CaptureStream>) {
        self.clients.streams.retain(|other| !other.is(stream));
    }

    /// The thread that makes the passes.
    pub const fn thread(&self) -> &ReaderThread {
        &self.thread
    }

    /// The status that the device first refused a state with, if it did.
    pub const fn failure(&self) -> Option<NtStatus> {
        self.thread.failure()
    }

    /// A stream was started: the device is run.
    pub fn start<C: Context>(&mut self, cx: &C) {
        if !std::mem::replace(&mut self.started, true) {
            self.thread.run(cx);
        }
    }

    /// The notification event was set with `tag`.
    pub fn woken<C: Context>(&mut self, cx: &C, tag: u64) {
        let pass = self.thread.woken(cx, tag, &mut self.clients);
        self.ended(pass);
    }

    /// Goes on, if it is time.
    pub fn proceed<C: Context>(&mut self, cx: &C) {
        let pass = self.thread.proceed(cx, &mut self.clients);
        self.ended(pass);
    }

    /// At the end of a pass the clients are told.
    fn ended(&self, pass: Option<Pass>) {
        if let Some(pass) = pass {
            for stream in &self.clients.streams {
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

impl PacketSink for Clients {
    fn take<C: Context>(&mut self, cx: &C, read: PacketRead, bytes: Option<&[u8]>) {
        let packet = self.packet.get();
        let stamp = self.stamp(cx, read.counter);
        for (number, stream) in (0..).zip(&self.streams) {
            let mut stream = stream.borrow_mut();
            if !stream.is_running() {
                continue;
            }
            if read.skipped > 0 {
                stream.buffer.skip(read.skipped * packet);
            }
            stream.note_pass(cx.now(), self.packet);
            let first = read.packet * packet;
            stream.append(self.packet, first, stamp, bytes, |dropped| {
                let (first, frames) = (dropped.device_frame, dropped.frames.get());
                cx.record(&QUEUE_FULL, &[number, first, frames]);
            });
        }
    }
}

impl Clients {
    /// The counter of a packet, and whether it can be right: it lies behind that of the packet
    /// before and not in the future.
    fn stamp<C: Context>(&mut self, cx: &C, counter: Option<Hns>) -> (Hns, bool) {
        let now = cx.now().to_hns_floor();
        let Some(counter) = counter else {
            return (now, true);
        };
        let is_behind = self.latest.is_none_or(|latest| latest < counter);
        self.latest = Some(counter);
        (counter, !is_behind || counter > now)
    }
}

impl Fork for Clients {
    fn fork(&self, forker: &mut Forker) -> Self {
        Self {
            streams: self.streams.fork(forker),
            ..*self
        }
    }
}

impl Fork for CaptureEngine {
    fn fork(&self, forker: &mut Forker) -> Self {
        Self {
            thread: self.thread.fork(forker),
            clients: self.clients.fork(forker),
            started: self.started,
        }
    }
}

/// What clients reach of the engine of an endpoint that records.
#[derive(Clone, Debug)]
pub struct CaptureEndpoint {
    engine: Shared<CaptureEngine>,
    start: EventHandle,
    overrun: Overrun,
}

impl CaptureEndpoint {
    /// The endpoint of `engine`, whose [actor](capture_engine()) waits for `start`. Streams that
    /// are added through it lose what `overrun` says.
    pub const fn new(engine: Shared<CaptureEngine>, start: EventHandle, overrun: Overrun) -> Self {
        Self {
            engine,
            start,
            overrun,
        }
    }

    /// See [`CaptureEngine::period`].
    pub fn period(&self) -> Frames {
        self.engine.borrow().period()
    }

    /// See [`CaptureEngine::mix_format`].
    #[doc(alias = "GetMixFormat")]
    pub fn mix_format(&self) -> WaveFormat {
        self.engine.borrow().mix_format()
    }

    /// See [`CaptureEngine::add_stream`].
    pub fn add_stream(&self, format: WaveFormat, frames: Frames) -> Shared<CaptureStream> {
        let mut engine = self.engine.borrow_mut();
        engine.add_stream(format, frames, self.overrun)
    }

    /// See [`CaptureEngine::remove_stream`].
    pub fn remove_stream(&self, stream: &Shared<CaptureStream>) {
        self.engine.borrow_mut().remove_stream(stream);
    }

    /// Starts `stream`, and the engine if this is the first.
    pub fn start(&self, stream: &Shared<CaptureStream>) {
        stream.borrow_mut().start();
        self.start.set(0);
    }
}

impl Fork for CaptureEndpoint {
    fn fork(&self, forker: &mut Forker) -> Self {
        Self {
            engine: self.engine.fork(forker),
            start: self.start.fork(forker),
            overrun: self.overrun,
        }
    }
}

/// Runs an engine of an endpoint that records for ever: waits for the first start of a stream, and
/// then for one notification after the other.
pub async fn capture_engine<C: Context>(
    cx: C,
    engine: Shared<CaptureEngine>,
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
