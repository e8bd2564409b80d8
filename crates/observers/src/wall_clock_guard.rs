//! The HD Audio driver's question about an interrupt: is it plausible?

use units::{Frames, Hns};

use crate::{PositionGuard, Ring, RingReading};

/// Counts packets by interrupts, of which it drops those that come much too soon after the one
/// before, and postpones those that come before their packet is done.
///
/// One that was postponed is tried again whenever the program looks, which its source does every
/// millisecond. It believes in whole packets.
///
/// # Source
/// torvalds/linux `sound/hda/controllers/intel.c`, `azx_position_ok`. Left out: the choice between
/// position record and register, and the delay between them.
#[derive(Clone, Copy, Debug)]
pub struct WallClockGuard {
    ring: Ring,
    /// When an interrupt was accepted last.
    accepted: Hns,
    /// Frames of the packets that are done.
    done: u64,
    postponed: bool,
}

impl WallClockGuard {
    /// For a stream that starts at `start`.
    pub const fn new(ring: Ring, start: Hns) -> Self {
        Self {
            ring,
            accepted: start,
            done: 0,
            postponed: false,
        }
    }

    /// Packets between the last one that was done and `place`.
    fn progress(&self, place: u64) -> u64 {
        let (ring, packet) = (self.ring.frames.get(), self.ring.packet.get());
        let moved = (place + ring - self.done % ring) % ring;
        // In a ring of one packet the place alone says nothing.
        if ring == packet {
            u64::from(place <= packet / 2)
        } else {
            moved / packet
        }
    }

    fn consider(&mut self, at: Hns, place: u64) {
        let packet = self.ring.packet.get();
        let since = Hns::new(at.get().saturating_sub(self.accepted.get()));
        let since = self.ring.frames_in(since);
        if since < packet * 2 / 3 {
            return;
        }
        let is_early = since < packet * 5 / 4 && place % packet > packet / 2;
        let progress = self.progress(place);
        self.postponed = is_early || progress == 0;
        if !self.postponed {
            self.accepted = at;
            self.done += progress * packet;
        }
    }
}

impl PositionGuard for WallClockGuard {
    fn believe(&mut self, reading: RingReading) -> Frames {
        if reading.interrupt || self.postponed {
            self.consider(reading.at, reading.place.get());
        }
        Frames::new(self.done)
    }
}
