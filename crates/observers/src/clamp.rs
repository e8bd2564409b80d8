//! Rules that cut a position off.

use units::Frames;

use crate::{PositionGuard, RingReading};

/// Never goes back: what is lower than before is held.
///
/// A position that is once too high freezes it until the truth has caught up.
///
/// # Source
/// mozilla/cubeb, `src/cubeb_wasapi.cpp`, which keeps the largest position that it has returned.
#[derive(Clone, Copy, Debug, Default)]
pub struct ClampMonotone {
    highest: Frames,
}

/// Never goes beyond what was written.
///
/// # Source
/// Chromium, `media/audio/alsa/alsa_output.cc`, which bounds the delay by its buffer.
#[derive(Clone, Copy, Debug, Default)]
pub struct ClampToWritten;

impl PositionGuard for ClampMonotone {
    fn believe(&mut self, reading: RingReading) -> Frames {
        self.highest = self.highest.max(reading.linear);
        self.highest
    }
}

impl PositionGuard for ClampToWritten {
    fn believe(&mut self, reading: RingReading) -> Frames {
        reading.linear.min(reading.written)
    }
}
