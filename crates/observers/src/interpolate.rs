//! Wine's rule for devices whose position stands for a while.

use units::{Frames, Hns};

use crate::{PositionGuard, Ring, RingReading};

/// Holds the position that it saw last and adds the time since then: a packet at most, no further
/// than was written, and never back.
///
/// # Source
/// wine-mirror/wine, `dlls/winealsa.drv/alsa.c`.
#[derive(Clone, Copy, Debug)]
pub struct Interpolate {
    ring: Ring,
    /// The position that was seen last, and when it was seen first.
    seen: (Frames, Hns),
    said: Frames,
}

impl Interpolate {
    /// For a stream that starts at `start`.
    pub const fn new(ring: Ring, start: Hns) -> Self {
        Self {
            ring,
            seen: (Frames::ZERO, start),
            said: Frames::ZERO,
        }
    }
}

impl PositionGuard for Interpolate {
    fn believe(&mut self, reading: RingReading) -> Frames {
        if reading.linear != self.seen.0 {
            self.seen = (reading.linear, reading.at);
        }
        let (position, at) = self.seen;
        let since = Hns::new(reading.at.get().saturating_sub(at.get()));
        let added = Frames::new(self.ring.frames_in(since)).min(self.ring.packet);
        let reached = (position + added).min(reading.written);
        self.said = self.said.max(reached);
        self.said
    }
}
