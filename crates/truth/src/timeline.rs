//! Which frame left the speaker when, and when it was fetched.

use std::fmt;
use std::rc::Rc;

use units::{Bytes, Clock, Frames, Moment, Phase, SampleRate, SimTime};

/// What the ledger has to know of the device and its buffer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Geometry {
    /// The nominal rate.
    pub rate: SampleRate,
    /// Frames in a packet.
    pub packet: Frames,
    /// Packets in the cyclic buffer.
    pub packets: u32,
    /// Bytes of a frame.
    pub frame: Bytes,
    /// What the FIFO holds, including the frame that is being played.
    pub fifo: Bytes,
    /// What is fetched at once.
    pub burst: Bytes,
}

/// How the frames of one stay in RUN are spread over time. Frames are counted from the start of
/// the run of the stream.
pub trait Cadence: fmt::Debug {
    /// When `frame` begins, or would if the stay went on.
    fn begins(&self, frame: u64) -> SimTime;

    /// When `frames` frames have been completed: when what follows them can be fetched.
    fn completed(&self, frames: u64) -> SimTime;

    /// How many frames of this stay begin before `time`, if it goes on.
    fn begun_before(&self, time: SimTime) -> u64;
}

/// Evenly spread frames.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Even {
    /// Counts the frames of the stay.
    pub clock: Clock,
    /// The first of them, counted from the start of the run.
    pub first: u64,
}

impl Cadence for Even {
    fn begins(&self, frame: u64) -> SimTime {
        self.clock.instant_of(frame.saturating_sub(self.first))
    }

    fn completed(&self, frames: u64) -> SimTime {
        self.begins(frames)
    }

    fn begun_before(&self, time: SimTime) -> u64 {
        self.clock.begun_before(time)
    }
}

/// One stay of the stream in RUN.
#[derive(Clone, Debug)]
pub struct Stay {
    /// Which run of the stream: STOP ends one.
    pub run: u32,
    /// When the first of its frames left the speaker.
    pub begins: SimTime,
    /// That frame, counted from the start of the run.
    pub first: u64,
    /// How many frames left the speaker.
    pub frames: u64,
    /// How they were spread over time.
    pub cadence: Rc<dyn Cadence>,
}

impl Stay {
    /// A stay of `frames` evenly spread frames, the first of which is number `first` of the run.
    pub fn even(run: u32, clock: Clock, first: u64, frames: u64) -> Self {
        Self {
            run,
            begins: clock.epoch(),
            first,
            frames,
            cadence: Rc::new(Even { clock, first }),
        }
    }

    /// The frame behind its last one.
    pub const fn end(&self) -> u64 {
        self.first + self.frames
    }

    /// When `frame` leaves the speaker, or would if the stay went on.
    pub fn instant_of(&self, frame: u64) -> SimTime {
        self.cadence.begins(frame)
    }

    /// When `frame` is fetched, or would be if the stay went on: a write that comes later is too
    /// late for it.
    ///
    /// Bursts are fetched when the FIFO has room for them, and the first ones when the stay begins.
    pub fn fetched_at(&self, geometry: &Geometry, frame: u64) -> Moment {
        let [size, burst, fifo] = [geometry.frame, geometry.burst, geometry.fifo].map(Bytes::get);
        let whole_bursts = ((frame + 1) * size).div_ceil(burst) * burst;
        let completed = whole_bursts.saturating_sub(fifo).div_ceil(size);
        let instant = if completed <= self.first {
            self.begins
        } else {
            self.cadence.completed(completed)
        };
        instant.at(Phase::Move)
    }

    /// The same stay as far as it lies before `until`: a frame that leaves the speaker at `until`
    /// does not count.
    pub(crate) fn until(mut self, until: SimTime) -> Self {
        self.frames = self.frames.min(self.cadence.begun_before(until));
        self
    }
}
