//! What a program reads of a ring, and what it makes of it.

use units::{Frames, Hns, SampleRate};

/// The ring of a stream, as its program knows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ring {
    /// Frames per second.
    pub rate: SampleRate,
    /// Frames of a packet, at least 1.
    pub packet: Frames,
    /// Frames in the ring: whole packets.
    pub frames: Frames,
}

/// What a program reads of a ring at one time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RingReading {
    /// The clock of the program: a performance counter of 10 MHz.
    pub at: Hns,
    /// Where in the ring the device says it is.
    pub place: Frames,
    /// Frames that it says it has moved since the start.
    pub linear: Frames,
    /// Frames that the program has written since the start.
    pub written: Frames,
    /// True if an interrupt is why it looks.
    pub interrupt: bool,
}

/// A rule for positions that may be wrong.
pub trait PositionGuard {
    /// Takes in the next reading, and says which frame since the start it believes in.
    fn believe(&mut self, reading: RingReading) -> Frames;
}

impl Ring {
    /// Frames in that much time, rounded down.
    pub(crate) fn frames_in(&self, time: Hns) -> u64 {
        let frames = u128::from(time.get()) * u128::from(self.rate.hertz()) / 10_000_000;
        u64::try_from(frames).unwrap_or(u64::MAX)
    }
}
