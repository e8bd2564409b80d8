//! A stream between `Initialize` and the last reference to it.

use std::cell::{Cell, RefCell};
use std::fmt;
use std::rc::Rc;

use engine::{CaptureStream, Stream};
use units::{Clock, Frames, HResult, SimTime, WaveFormat};
use vtime::{Context, EventHandle, Shared};

use super::device::{Device, Line};
use super::exclusive_line::ExclusiveLine;
use super::session::Session;
use crate::stream_core::{StreamCore, StreamKind};

/// Where the frames of a stream go, or come from.
#[derive(Debug)]
pub(crate) enum Path {
    Render(Shared<Stream>),
    Capture(Shared<CaptureStream>),
    Exclusive(ExclusiveLine),
}

/// An open stream. Its client and all its services share it; the last one that is dropped closes it.
pub(crate) struct OpenStream<C: Context> {
    pub(crate) cx: C,
    pub(crate) core: RefCell<StreamCore>,
    pub(crate) path: Path,
    pub(crate) format: WaveFormat,
    /// The packet that is held, or was held last.
    pub(crate) memory: RefCell<Vec<u8>>,
    /// Frames released so far: the index of the next in what the client plays.
    pub(crate) content: Cell<u64>,
    device: Device<C>,
    session: Rc<Session>,
    levels: RefCell<Vec<f32>>,
    lost: Cell<Option<HResult>>,
    /// The position is never less than this.
    position: Cell<u64>,
}

impl<C: Context> OpenStream<C> {
    pub(crate) fn new(
        cx: C,
        core: StreamCore,
        path: Path,
        format: WaveFormat,
        device: Device<C>,
        session: Rc<Session>,
    ) -> Rc<Self> {
        session.stream_opened();
        let stream = Rc::new(Self {
            cx,
            core: RefCell::new(core),
            path,
            format,
            memory: RefCell::default(),
            content: Cell::default(),
            levels: RefCell::new(vec![1.0; usize::from(format.channels)]),
            session,
            lost: Cell::default(),
            position: Cell::default(),
            device,
        });
        stream.device.add(&stream);
        stream.regain();
        stream
    }

    pub(crate) const fn session(&self) -> &Rc<Session> {
        &self.session
    }

    pub(crate) const fn device(&self) -> &Device<C> {
        &self.device
    }

    /// # Errors
    /// What every method answers once the endpoint is lost.
    pub(crate) fn alive(&self) -> Result<(), HResult> {
        self.lost.get().map_or(Ok(()), Err)
    }

    pub(crate) const fn is_exclusive(&self) -> bool {
        matches!(self.path, Path::Exclusive(_))
    }

    pub(crate) fn set_event(&self, event: EventHandle) -> Result<(), HResult> {
        match &self.path {
            Path::Render(stream) => stream.borrow_mut().event = Some(event),
            Path::Capture(stream) => stream.borrow_mut().event = Some(event),
            Path::Exclusive(line) => line.set_event(&self.cx, event)?,
        }
        Ok(())
    }

    /// Lets frames move.
    pub(crate) fn run(&self) -> Result<(), HResult> {
        match (&self.path, self.device.line()) {
            (Path::Render(stream), Line::Render { engine, .. }) => engine.start(stream),
            (Path::Capture(stream), Line::Capture(engine)) => engine.start(stream),
            (Path::Exclusive(line), _) => line.start(&self.cx)?,
            _ => unreachable!("a stream goes the way of its endpoint"),
        }
        self.session.stream_started();
        Ok(())
    }

    /// Lets frames move no more; the clock stands where the last pass left it.
    pub(crate) fn halt(&self) -> Result<(), HResult> {
        if let Path::Capture(_) = &self.path {
            self.position.set(self.frames_played());
        }
        match &self.path {
            Path::Render(stream) => stream.borrow_mut().stop(),
            Path::Capture(stream) => stream.borrow_mut().stop(),
            Path::Exclusive(line) => line.stop(&self.cx)?,
        }
        self.session.stream_stopped();
        Ok(())
    }

    /// Empties the buffer; the clock begins again.
    pub(crate) fn empty(&self) -> Result<(), HResult> {
        match &self.path {
            Path::Render(stream) => stream.borrow_mut().reset(),
            Path::Capture(stream) => stream.borrow_mut().reset(),
            Path::Exclusive(line) => line.reset(&self.cx)?,
        }
        self.position.set(0);
        Ok(())
    }

    pub(crate) fn padding(&self) -> Frames {
        match &self.path {
            Path::Render(stream) => stream.borrow().buffer.padding(),
            Path::Capture(stream) => stream.borrow().buffer.padding(),
            Path::Exclusive(line) => line.padding(&self.cx),
        }
    }

    /// Frames played or recorded since the last reset. Between passes they go on at the rate of the
    /// mix, up to what the last pass took; once stopped they are what the passes took.
    pub(crate) fn frames_played(&self) -> u64 {
        let is_running = self.core.borrow().is_running();
        let now = self.cx.now();
        let frames = match &self.path {
            Path::Render(stream) => {
                let stream = stream.borrow();
                let taken = stream.buffer.taken().get();
                match stream.last_take().filter(|_| is_running) {
                    Some((at, frames)) => {
                        taken - frames.get() + self.since(at, now).min(frames.get())
                    }
                    None => taken,
                }
            }
            Path::Capture(stream) => {
                let (brought, at) = stream.borrow().brought();
                let period = self.device.period().get();
                let since = at.filter(|_| is_running);
                brought.get() + since.map_or(0, |at| self.since(at, now).min(period))
            }
            Path::Exclusive(line) => line.played(&self.cx).get(),
        };
        let frames = frames.max(self.position.get());
        self.position.set(frames);
        frames
    }

    /// Frames of the rate between two instants.
    fn since(&self, at: SimTime, now: SimTime) -> u64 {
        Clock::nominal(at, self.format.rate).count_at(now)
    }

    pub(crate) fn levels(&self) -> Vec<f32> {
        self.levels.borrow().clone()
    }

    pub(crate) fn set_levels(&self, levels: Vec<f32>) {
        *self.levels.borrow_mut() = levels;
        self.regain();
    }

    /// Has the engine mix the stream as loud as its levels and those of its session say.
    #[expect(clippy::float_arithmetic, reason = "gains are floats; no time is")]
    pub(crate) fn regain(&self) {
        let Path::Render(stream) = &self.path else {
            return;
        };
        let (level, is_muted) = self.session.volume();
        let master = if is_muted { 0.0 } else { level };
        let session = self.session.channels();
        let levels = self.levels.borrow();
        let gains: Vec<f32> = (levels.iter().enumerate())
            .map(|(channel, own)| own * session.get(channel).copied().unwrap_or(1.0) * master)
            .collect();
        stream.borrow_mut().set_channel_gains(&gains);
    }

    /// The endpoint is lost: nothing moves any more, and all methods answer `code`.
    pub(crate) fn invalidate(&self, code: HResult) {
        if self.alive().is_ok() {
            self.close();
            self.lost.set(Some(code));
            self.device.closed(&self.cx);
        }
    }

    fn close(&self) {
        match (&self.path, self.device.line()) {
            (Path::Render(stream), Line::Render { engine, .. }) => engine.remove_stream(stream),
            (Path::Capture(stream), Line::Capture(engine)) => engine.remove_stream(stream),
            (Path::Exclusive(line), _) => line.close(&self.cx),
            _ => unreachable!("a stream goes the way of its endpoint"),
        }
        if self.core.borrow().is_running() {
            self.session.stream_stopped();
        }
        self.session.stream_closed();
    }

    pub(crate) fn kind(&self) -> StreamKind {
        self.core.borrow().kind()
    }
}

impl<C: Context> Drop for OpenStream<C> {
    fn drop(&mut self) {
        if self.alive().is_ok() {
            self.close();
            self.device.closed(&self.cx);
        }
    }
}

impl<C: Context> fmt::Debug for OpenStream<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OpenStream")
            .field("core", &self.core)
            .field("lost", &self.lost)
            .finish_non_exhaustive()
    }
}
