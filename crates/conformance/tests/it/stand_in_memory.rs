//! The memory of the stand-in: what its client stored, and what the device did with it.

use conformance::kit::{Answer, Mark};

use crate::defect::Defect;
use crate::stand_in::StandIn;

#[derive(Debug, Default)]
pub(crate) struct Memory {
    stores: Vec<Store>,
    /// Runs that have been.
    run: u32,
    /// The first frame behind the end of the stream.
    pub(crate) end: Option<u64>,
}

#[derive(Clone, Copy, Debug)]
struct Store {
    first: u64,
    frames: u64,
    run: u32,
    /// Frames that the device had moved then.
    moved: u64,
}

impl Memory {
    pub(crate) fn stop(&mut self) {
        self.run += 1;
        self.end = None;
    }

    /// What lay at the place of `frame` when the device had moved `moved` frames of this run.
    fn lay(&self, frame: u64, ring: u64, moved: u64) -> Mark {
        let covers = |store: &Store| {
            let into = (frame % ring + ring - store.first % ring) % ring;
            into < store.frames
        };
        let before = |store: &Store| store.run < self.run || store.moved <= moved;
        let mut stores = self.stores.iter().enumerate().rev();
        let last = stores.find(|(_, store)| covers(store) && before(store));
        last.map_or(Mark::Nobody, |(index, _)| {
            Mark::Client(u32::try_from(index + 1).expect("a history is short"))
        })
    }
}

impl StandIn<'_> {
    fn ring_frames(&self) -> Option<u64> {
        let (bytes, _) = self.ring?;
        Some(bytes / self.frame()).filter(|frames| *frames > 0)
    }

    fn moved(&self, at: u64) -> u64 {
        let unmoved = match self.defect {
            Some(Defect::Leads) if self.since.is_some() => 64,
            _ => 0,
        };
        (self.linear(at) / self.frame()).saturating_sub(unmoved)
    }

    pub(crate) fn store(&mut self, at: u64, first: u64, frames: u64) -> Answer {
        let Some(ring) = self.ring_frames() else {
            return Answer::NotOffered;
        };
        let store = Store {
            first,
            frames: frames.min(ring),
            run: self.memory.run,
            moved: self.moved(at),
        };
        self.memory.stores.push(store);
        Answer::Done
    }

    pub(crate) fn overwrite(&mut self, at: u64, frames: u64) -> Answer {
        let Some(ring) = self.ring_frames() else {
            return Answer::NotOffered;
        };
        let answer = self.position(at);
        if let Answer::Position(place) = answer {
            let frames = frames.min(ring);
            let end = ring + place.write.get() / self.frame();
            self.store(at, end - frames, frames);
        }
        answer
    }

    pub(crate) fn behind(&mut self, at: u64, frames: u64) -> Answer {
        let (Some(ring), Answer::Position(place)) = (self.ring_frames(), self.position(at)) else {
            return Answer::NotOffered;
        };
        let frame = (ring + place.write.get() / self.frame() - frames.min(ring)) % ring;
        let moved = self.moved(at);
        let there = if self.has(Defect::StoresLate) {
            moved.saturating_sub(8)
        } else {
            moved
        };
        // Its latest frame below that which lies at this place.
        let into = (there + ring - 1 - frame) % ring;
        let latest = there.checked_sub(into + 1);
        let since = self
            .memory
            .stores
            .iter()
            .enumerate()
            .rev()
            .find(|(_, store)| (frame + ring - store.first % ring) % ring < store.frames);
        let mark = match (latest, since) {
            (Some(latest), Some((_, store)))
                if store.run < self.memory.run || store.moved <= latest =>
            {
                Mark::Device
            }
            (Some(_), None) => Mark::Device,
            (_, Some((index, _))) => {
                Mark::Client(u32::try_from(index + 1).expect("a history is short"))
            }
            (None, None) => Mark::Nobody,
        };
        Answer::Frame { frame, mark }
    }

    pub(crate) fn heard(&mut self, at: u64, before: u64) -> Answer {
        let moved = self.moved(at);
        let frame = before
            .checked_add(1)
            .and_then(|back| moved.checked_sub(back));
        let (Some(ring), Some(frame)) = (self.ring_frames(), frame) else {
            return Answer::NotOffered;
        };
        let ends = self.memory.end.is_some_and(|end| frame >= end);
        let mark = match self.defect {
            _ if ends && !self.has(Defect::EndPlaysOn) => Mark::Nobody,
            Some(Defect::PlaysLate) => {
                self.memory
                    .lay(frame, ring, frame + self.setup.packet.get())
            }
            _ => self.memory.lay(frame, ring, frame),
        };
        Answer::Frame { frame, mark }
    }
}
