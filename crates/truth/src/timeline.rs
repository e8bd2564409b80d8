//! Which frame left the speaker when, and when it was fetched.

use units::{Clock, Frames, Moment, Phase, SampleRate, SimTime};

/// What the ledger has to know of the device and its buffer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Geometry {
    /// The nominal rate.
    pub rate: SampleRate,
    /// How fast the crystal is, in parts per 10^9.
    pub ppb: i32,
    /// Frames in a packet.
    pub packet: Frames,
    /// Packets in the cyclic buffer.
    pub packets: u32,
    /// Frames that the FIFO holds, at least one burst.
    pub fifo: Frames,
    /// Frames that are fetched at once, at least 1.
    pub burst: Frames,
}

/// One stay of the stream in RUN.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stay {
    /// Which run of the stream: STOP ends one.
    pub run: u32,
    /// When the first of its frames left the speaker.
    pub begins: SimTime,
    /// That frame, counted from the start of the run.
    pub first: u64,
    /// How many frames left the speaker.
    pub frames: u64,
}

impl Stay {
    /// The frame behind its last one.
    pub const fn end(&self) -> u64 {
        self.first + self.frames
    }

    fn clock(&self, geometry: &Geometry) -> Clock {
        Clock::new(self.begins, geometry.rate, geometry.ppb)
    }

    /// When `frame` leaves the speaker, or would if the stay went on.
    pub fn instant_of(&self, geometry: &Geometry, frame: u64) -> SimTime {
        self.clock(geometry)
            .instant_of(frame.saturating_sub(self.first))
    }

    /// When `frame` is fetched, or would be if the stay went on: a write that comes later is too
    /// late for it.
    ///
    /// Bursts are fetched when the FIFO has room for them, and the first ones when the stay begins.
    pub fn fetched_at(&self, geometry: &Geometry, frame: u64) -> Moment {
        let burst = geometry.burst.get();
        let whole_bursts = (frame / burst + 1) * burst;
        let frame_begun = whole_bursts.saturating_sub(geometry.fifo.get());
        self.instant_of(geometry, frame_begun.max(self.first))
            .at(Phase::Move)
    }

    /// The same stay as far as it lies before `until`: a frame that leaves the speaker at `until`
    /// does not count.
    pub(crate) fn until(mut self, geometry: &Geometry, until: SimTime) -> Self {
        let begun = self.clock(geometry).begun_before(until);
        self.frames = self.frames.min(begun);
        self
    }
}
