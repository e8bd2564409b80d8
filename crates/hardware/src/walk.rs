//! The way of a DMA engine through its descriptor list.

use std::collections::BTreeMap;
use std::sync::Arc;

use ring::SharedBuffer;
use units::Frames;
use vtime::{Fork, Forker};

use crate::memory::{Piece, fork_buffer};

/// Descriptors that an engine holds: the one that it is at, and the one that comes next.
const HELD: u64 = 2;

/// The cyclic buffer as the DMA engine walks it: from the first descriptor to the last, again and
/// again, in whole frames.
///
/// A descriptor is taken up when the one but one before it is done. So one that changes meanwhile
/// is found at its next turn, or at the one after if it is held already.
#[derive(Debug)]
pub(crate) struct Walk {
    /// What the descriptors point to, as far as the walk has come.
    places: Vec<Place>,
    /// What others of their turns, counted from the start, point to: those that are to come and
    /// are not as their last one. Each holds until the next of the same descriptor.
    changes: BTreeMap<u64, Place>,
    /// Both together: from which frame on what holds.
    epochs: Vec<Epoch>,
    /// Ends of the descriptors, in bytes from the start of the list.
    ends: Vec<u64>,
    /// Ends of the descriptors with IOC.
    interrupts: Vec<u64>,
    /// Bytes of one round, at least one frame.
    bytes: u64,
    /// Bytes of a frame.
    frame: u64,
}

/// What a descriptor points to, in frames.
#[derive(Clone, Debug)]
struct Place {
    buffer: Arc<SharedBuffer>,
    /// Frame of the buffer at which it begins.
    at: u64,
    frames: u64,
}

/// The round as it is from some frame on.
#[derive(Debug)]
struct Epoch {
    /// The first frame, counted over all rounds.
    from: u64,
    /// In order; `end` rises strictly.
    stretches: Vec<Stretch>,
}

/// Frames of one buffer that follow each other.
#[derive(Debug)]
struct Stretch {
    buffer: Arc<SharedBuffer>,
    /// Frame of the buffer at which it begins.
    place: u64,
    /// Frame of the round at which it ends.
    end: u64,
}

impl Walk {
    /// A walk along `pieces`; `None` if one does not hold whole frames of `frame_bytes`.
    pub(crate) fn along(pieces: Vec<Piece>, frame_bytes: u64) -> Option<Self> {
        let mut walk = Self {
            places: Vec::new(),
            changes: BTreeMap::new(),
            epochs: Vec::new(),
            ends: Vec::new(),
            interrupts: Vec::new(),
            bytes: 0,
            frame: frame_bytes,
        };
        for piece in pieces {
            walk.bytes += piece.length;
            walk.ends.push(walk.bytes);
            if piece.interrupt_on_completion {
                walk.interrupts.push(walk.bytes);
            }
            walk.places.push(Place::of(piece, frame_bytes)?);
        }
        walk.epochs = walk.epochs_of();
        Some(walk)
    }

    /// The descriptors point to `pieces` from now on, when the memory side has moved `moved` bytes
    /// and nobody will ask any more for those before byte `behind`. One that points to no memory,
    /// or to other than as many whole frames, is as it was.
    pub(crate) fn follow(&mut self, moved: u64, behind: u64, pieces: Vec<Option<Piece>>) {
        self.leave_behind(behind);
        let turns = self.places.len() as u64;
        let held = self.done(moved) + HELD;
        for (descriptor, piece) in (0..turns).zip(pieces) {
            let place = piece.and_then(|piece| Place::of(piece, self.frame));
            let now = &self.places[index(descriptor)];
            let Some(place) = place.filter(|place| place.frames == now.frames) else {
                continue;
            };
            // The first turn of the descriptor that is not held yet.
            let turn = held + (descriptor + turns - held % turns) % turns;
            let mut before = self.changes.range(..turn).rev();
            let before = before.find(|(other, _)| **other % turns == descriptor);
            if before.map_or(now, |(_, place)| place).is_same(&place) {
                self.changes.remove(&turn);
            } else {
                self.changes.insert(turn, place);
            }
        }
        self.epochs = self.epochs_of();
    }

    /// Turns that are over when `moved` bytes are moved.
    fn done(&self, moved: u64) -> u64 {
        let in_round = self.ends.partition_point(|&end| end <= moved % self.bytes);
        moved / self.bytes * self.ends.len() as u64 + in_round as u64
    }

    /// Forgets what held before byte `behind` only.
    fn leave_behind(&mut self, behind: u64) {
        let begun = self.done(behind) + 1;
        let ahead = self.changes.split_off(&begun);
        let turns = self.places.len() as u64;
        for (turn, place) in std::mem::replace(&mut self.changes, ahead) {
            self.places[index(turn % turns)] = place;
        }
    }

    fn epochs_of(&self) -> Vec<Epoch> {
        let mut places = self.places.clone();
        let turns = places.len() as u64;
        let mut epochs = vec![Epoch::of(0, &places)];
        for (turn, place) in &self.changes {
            let descriptor = index(turn % turns);
            places[descriptor] = place.clone();
            let before = descriptor.checked_sub(1).map_or(0, |last| self.ends[last]);
            let from = (turn / turns * self.bytes + before) / self.frame;
            epochs.push(Epoch::of(from, &places));
        }
        epochs
    }

    /// Bytes of one round.
    pub(crate) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Ends of all descriptors, in bytes from the start of a round.
    pub(crate) fn segments(&self) -> &[u64] {
        &self.ends
    }

    /// Ends of those that ask for an interrupt.
    pub(crate) fn periods(&self) -> &[u64] {
        &self.interrupts
    }

    /// Where descriptor completion number `n` lies, in bytes from the start; `None` if no
    /// descriptor asks for an interrupt.
    pub(crate) fn completion(&self, n: u64) -> Option<u64> {
        let per_round = u64::try_from(self.interrupts.len()).expect("at most 256");
        let round = n.checked_div(per_round)?;
        Some(round * self.bytes + self.interrupts[index(n % per_round)])
    }

    /// The last end of a descriptor that is not behind `bytes`, in bytes from the start.
    pub(crate) fn last_end(&self, bytes: u64) -> u64 {
        let round = bytes / self.bytes * self.bytes;
        let passed = self.ends.partition_point(|&end| end <= bytes - round);
        round + passed.checked_sub(1).map_or(0, |last| self.ends[last])
    }

    /// Splits the frames from `first` to `end`, counted over all rounds, into stretches of one
    /// buffer: (buffer, place, frames).
    pub(crate) fn stretches(
        &self,
        first: u64,
        end: u64,
    ) -> impl Iterator<Item = (&SharedBuffer, Frames, Frames)> {
        let mut next = first;
        std::iter::from_fn(move || {
            if next == end {
                return None;
            }
            let behind = self.epochs.partition_point(|epoch| epoch.from <= next);
            let limit = self.epochs.get(behind).map_or(end, |epoch| epoch.from);
            let (buffer, place, frames) = self.epochs[behind - 1].stretch(next);
            let frames = frames.min(end.min(limit) - next);
            next += frames;
            Some((buffer, Frames::new(place), Frames::new(frames)))
        })
    }
}

impl Place {
    /// What `piece` holds; `None` if that is no whole frames of `frame_bytes`.
    fn of(piece: Piece, frame_bytes: u64) -> Option<Self> {
        let is_whole = piece.offset % frame_bytes == 0 && piece.length % frame_bytes == 0;
        let is_same = u64::from(piece.buffer.format().frame_bytes()) == frame_bytes;
        (is_whole && is_same).then(|| Self {
            at: piece.offset / frame_bytes,
            frames: piece.length / frame_bytes,
            buffer: piece.buffer,
        })
    }

    fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.buffer, &other.buffer) && self.at == other.at
    }
}

impl Epoch {
    fn of(from: u64, places: &[Place]) -> Self {
        let mut stretches: Vec<Stretch> = Vec::new();
        let (mut begin, mut end) = (0, 0);
        for place in places {
            let is_next = |last: &&mut Stretch| {
                Arc::ptr_eq(&last.buffer, &place.buffer) && last.place + end - begin == place.at
            };
            if let Some(last) = stretches.last_mut().filter(is_next) {
                last.end += place.frames;
            } else {
                begin = end;
                stretches.push(Stretch {
                    buffer: Arc::clone(&place.buffer),
                    place: place.at,
                    end: end + place.frames,
                });
            }
            end += place.frames;
        }
        Self { from, stretches }
    }

    /// Where frame `frame` lies, counted over all rounds, and how many follow it there.
    fn stretch(&self, frame: u64) -> (&SharedBuffer, u64, u64) {
        let round = self.stretches.last().expect("a walk has a piece").end;
        let at = frame % round;
        let index = self.stretches.partition_point(|stretch| stretch.end <= at);
        let begin = index
            .checked_sub(1)
            .map_or(0, |before| self.stretches[before].end);
        let stretch = &self.stretches[index];
        (
            &stretch.buffer,
            stretch.place + at - begin,
            stretch.end - at,
        )
    }
}

fn index(at: u64) -> usize {
    usize::try_from(at).expect("at most 256 descriptors")
}

impl Fork for Place {
    fn fork(&self, forker: &mut Forker) -> Self {
        Self {
            buffer: fork_buffer(&self.buffer, forker),
            ..*self
        }
    }
}

impl Fork for Walk {
    fn fork(&self, forker: &mut Forker) -> Self {
        let changes = self.changes.iter();
        let mut twin = Self {
            places: self.places.iter().map(|place| place.fork(forker)).collect(),
            changes: changes
                .map(|(turn, place)| (*turn, place.fork(forker)))
                .collect(),
            epochs: Vec::new(),
            ends: self.ends.clone(),
            interrupts: self.interrupts.clone(),
            bytes: self.bytes,
            frame: self.frame,
        };
        twin.epochs = twin.epochs_of();
        twin
    }
}
