//! What lies in the ring, and what was heard of it.

use ks::{Position, WritePacket};
use units::{Hns, WaveFormat};

use super::{Model, Ring};
use crate::kit::{Answer, Mark};

/// What a client has stored, and where its stream ends.
#[derive(Clone, Debug, Default)]
pub(super) struct Memory {
    stores: Vec<Store>,
    end: Option<End>,
    /// How many stores had been made when a stream with an end was stopped: of what they stored, the
    /// driver may have silenced anything.
    silenced: usize,
}

/// Frames that a client stored.
#[derive(Clone, Copy, Debug)]
struct Store {
    /// The first place in the ring.
    first: u64,
    frames: u64,
    /// Which run it was in, or before.
    stops: u32,
    /// Frames that memory had surely been asked for then.
    fetched: u64,
    /// Frames that it may have been asked for.
    maybe_fetched: u64,
    /// The frame up to which the device said that it had fetched.
    said: Option<u64>,
}

/// The end of a stream.
#[derive(Clone, Copy, Debug)]
struct End {
    /// The first frame that is none, and that had not been fetched when that was said.
    frame: u64,
    /// How many stores had been made.
    stores: usize,
}

impl Store {
    fn covers(&self, place: u64, ring: u64) -> bool {
        (place + ring - self.first % ring) % ring < self.frames
    }
}

/// The number of a store as a mark has it.
fn number(index: usize) -> u32 {
    u32::try_from(index + 1).unwrap_or(u32::MAX)
}

impl Model<'_> {
    pub(super) fn store(&mut self, at: Hns, first: u64, frames: u64) {
        self.note_store(at, first, frames, None);
    }

    pub(super) fn overwrite(&mut self, at: Hns, frames: u64, place: Position) {
        self.position(at, place);
        let Some(ring) = self.ring_frames() else {
            return;
        };
        let frames = frames.min(ring);
        let end = ring + place.write.get() / self.frame();
        let said = self.unwrapped.map(|linear| linear / self.frame());
        self.note_store(at, end - frames, frames, said);
    }

    fn note_store(&mut self, at: Hns, first: u64, frames: u64, said: Option<u64>) {
        let fetched = self.bounds(at).lo / self.frame();
        let maybe_fetched = self.maybe_fetched(at);
        self.memory.stores.push(Store {
            first,
            frames,
            stops: self.stops,
            fetched,
            maybe_fetched,
            said,
        });
    }

    /// Frames that memory may have been asked for.
    fn maybe_fetched(&self, at: Hns) -> u64 {
        // The frame that plays was fetched when it began.
        let playing = u64::from(self.run.latest_stretch().is_some());
        (self.bounds(at).hi + self.lead()) / self.frame() + playing
    }

    fn ring_frames(&self) -> Option<u64> {
        let Ring { bytes, .. } = self.ring?;
        (bytes % self.frame() == 0).then(|| bytes / self.frame())
    }

    /// Where the stream ends: the first end that was accepted counts.
    pub(super) fn note_end(&mut self, at: Hns, write: WritePacket, number: u64, packet: u64) {
        let length = write.eos_packet_length.get();
        let end = number
            .checked_mul(packet)
            .and_then(|bytes| bytes.checked_add(length));
        let fetched = self.maybe_fetched(at);
        self.memory.end = end.map(|bytes| End {
            frame: bytes.div_ceil(self.frame()).max(fetched),
            stores: self.memory.stores.len(),
        });
    }

    pub(super) fn forget_end(&mut self) {
        if self.memory.end.take().is_some() {
            self.memory.silenced = self.memory.stores.len();
        }
    }

    /// A frame below the position of a capture stream is there: the position as it was just read.
    pub(super) fn behind(&mut self, at: Hns, frames: u64, mark: Mark) {
        if self.twin.is_none_or(|twin| twin.at != at) {
            return;
        }
        let (Some(ring), Some(linear)) = (self.ring_frames(), self.unwrapped) else {
            return;
        };
        let frame = (linear / self.frame()).checked_sub(frames);
        let Some(frame) = frame.filter(|_| (1..=ring).contains(&frames)) else {
            return;
        };
        let is_old = match mark {
            Mark::Device => false,
            Mark::Nobody => true,
            Mark::Client(store) => {
                // Stored before the device can have come there?
                let mut stores = self.memory.stores.iter().enumerate();
                let store = stores.find(|(index, _)| number(*index) == store);
                store.is_some_and(|(_, store)| {
                    store.stops < self.stops || store.maybe_fetched <= frame
                })
            }
        };
        if is_old {
            let text = format!("recorded: the position says that frame {frame} is there");
            self.blame("P18", text);
        }
    }

    /// What is heard is what lay there when it was fetched, and nothing behind the end.
    pub(super) fn heard(&mut self, frame: u64, mark: Mark) {
        let Some(ring) = self.ring_frames() else {
            return;
        };
        if let Some(end) = self.memory.end.filter(|end| frame >= end.frame) {
            let is_old = |store: u32| usize::try_from(store).is_ok_and(|at| at <= end.stores);
            if matches!(mark, Mark::Client(store) if is_old(store)) {
                let text = format!("silence: the stream ends before frame {}", end.frame);
                self.blame("P34", text);
            }
            return;
        }
        let was_said = |store: &Store| store.said.is_some_and(|said| frame < said);
        let mut stores = self.memory.stores.iter().enumerate();
        let overwritten = stores.any(|(index, store)| {
            mark == Mark::Client(number(index)) && store.stops == self.stops && was_said(store)
        });
        if overwritten {
            let text =
                format!("what lay there before: the position said that frame {frame} was done");
            self.blame("P18", text);
        }
        let possible = self.fetchable(frame, ring);
        if !possible.contains(&mark) {
            let names: Vec<String> = possible.iter().map(Mark::to_string).collect();
            self.blame("P19", names.join(" or "));
        }
    }

    /// Whose the frame can have been when it was fetched.
    fn fetchable(&self, frame: u64, ring: u64) -> Vec<Mark> {
        let of_this_run = |store: &Store| store.stops == self.stops;
        let fetched = |store: &Store| of_this_run(store) && store.fetched > frame;
        let maybe_fetched = |store: &Store| of_this_run(store) && store.maybe_fetched > frame;
        let mut possible = Vec::new();
        let mut lies = Some(Mark::Nobody);
        let stores = self.memory.stores.iter().enumerate();
        for (index, store) in stores.filter(|(_, store)| store.covers(frame % ring, ring)) {
            // What lay there until now can have been fetched if it may have been by now.
            possible.extend(lies.take().filter(|_| maybe_fetched(store)));
            if fetched(store) {
                return possible;
            }
            lies = Some(Mark::Client(number(index)));
            if index < self.memory.silenced {
                possible.push(Mark::Nobody);
            }
        }
        possible.extend(lies);
        possible
    }

    /// Granted or not, the buffer went and came again, and with it whatever was said of its packets.
    pub(super) fn format_call(&mut self, format: WaveFormat, answer: Answer) {
        (self.ended, self.end, self.written) = (false, None, false);
        self.memory = Memory::default();
        let ring = match answer {
            Answer::Done => None,
            Answer::Buffer { actual } => Some(actual.get()),
            _ => return,
        };
        self.setup.format = format;
        self.declared = (self.declares)(&self.setup);
        let bytes = ring.unwrap_or(self.setup.buffer().get());
        self.ring = self.ring.map(|ring| Ring { bytes, ..ring });
        // Whether it can run in this format nobody knows.
        self.ever_ran = false;
    }
}
