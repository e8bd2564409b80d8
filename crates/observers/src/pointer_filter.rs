//! The pointer filter of ALSA's core.

use units::{Frames, Hns};

use crate::{PositionGuard, Ring, RingReading};

/// A tick of the coarse clock that it goes by: a millisecond.
const TICK: u64 = 10_000;
/// Ticks that a step may be longer than the time that has passed.
const SLACK_TICKS: u64 = 10;

/// Follows a ring by whole turns, and helps itself with a coarse clock where an interrupt was lost.
///
/// It reads a step back as almost a turn forward, unless it [checks the clock](Self::checking_clock):
/// then a step that is longer than the time allows is replaced by as many packets as it does allow.
///
/// # Source
/// torvalds/linux `sound/core/pcm_lib.c`, `snd_pcm_update_hw_ptr0`. Left out: the boundary at which
/// its pointer wraps, and the delay that a driver reports.
#[derive(Clone, Copy, Debug)]
pub struct PointerFilter {
    ring: Ring,
    checks_clock: bool,
    /// Where the present turn begins.
    base: u64,
    pointer: u64,
    /// The last interrupt, in whole packets.
    interrupted: u64,
    updated: Hns,
}

impl PointerFilter {
    /// For a stream that starts at `start`.
    pub const fn new(ring: Ring, start: Hns) -> Self {
        Self {
            ring,
            checks_clock: false,
            base: 0,
            pointer: 0,
            interrupted: 0,
            updated: start,
        }
    }

    /// The same with each step checked against the clock.
    #[must_use]
    pub const fn checking_clock(self) -> Self {
        Self {
            checks_clock: true,
            ..self
        }
    }

    /// Ticks since the last update.
    fn ticks(&self, now: Hns) -> u64 {
        now.get() / TICK - self.updated.get() / TICK
    }

    fn ticks_of(&self, frames: u64) -> u64 {
        let hertz = u64::from(self.ring.rate.hertz());
        frames.saturating_mul(10_000_000 / TICK) / hertz
    }

    /// Where the pointer is that is `place` into the ring.
    fn unwrapped(&mut self, place: u64, reading: RingReading) -> u64 {
        let (ring, packet) = (self.ring.frames.get(), self.ring.packet.get());
        let due = self.interrupted + packet;
        let half = self.ticks_of(ring) / 2 + 1;
        let is_lap = reading.interrupt && self.base + place < due && self.ticks(reading.at) > half;
        if is_lap || self.base + place < self.pointer {
            self.base += ring;
        }
        self.base + place
    }

    /// As many whole packets as the clock allows, if the step is longer than that.
    fn checked(&mut self, reached: u64, now: Hns) -> u64 {
        let (ring, packet) = (self.ring.frames.get(), self.ring.packet.get());
        let step = reached - self.pointer;
        let ticks = self.ticks(now);
        if !self.checks_clock || self.ticks_of(step) <= ticks + SLACK_TICKS {
            return reached;
        }
        let packets = ticks / (self.ticks_of(packet) + SLACK_TICKS);
        let allowed = self.pointer + packets * packet;
        self.base = allowed - allowed % ring;
        allowed
    }
}

impl PositionGuard for PointerFilter {
    fn believe(&mut self, reading: RingReading) -> Frames {
        let (ring, packet) = (self.ring.frames.get(), self.ring.packet.get());
        let place = Some(reading.place.get()).filter(|place| *place < ring);
        let before = self.base;
        let reached = self.unwrapped(place.unwrap_or(0), reading);
        if reached - self.pointer >= ring + packet {
            self.base = before;
            return Frames::new(self.pointer);
        }
        self.pointer = self.checked(reached, reading.at);
        self.updated = reading.at;
        if reading.interrupt {
            self.interrupted = self.pointer - self.pointer % packet;
        }
        Frames::new(self.pointer)
    }
}
