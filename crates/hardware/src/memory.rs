//! Host memory as the controller sees it.

use std::collections::BTreeMap;
use std::sync::Arc;

use ring::SharedBuffer;
use thiserror::Error;
use units::{Bytes, Frames};
use vtime::{Fork, Forker};

/// One entry of a buffer descriptor list.
///
/// Source: Intel ICH6 data sheet, "buffer descriptor list"; 16 bytes there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[doc(alias = "BDL")]
pub struct BdlEntry {
    /// Where the piece of the cyclic buffer begins.
    pub address: u64,
    /// How long it is.
    pub length: Bytes,
    /// Set BCIS when the piece is completed.
    #[doc(alias = "IOC")]
    pub interrupt_on_completion: bool,
}

/// Why a descriptor list is of no use. The stream sets DESE and clears RUN.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum DescriptorError {
    /// There is no list at the address, or it ends early.
    #[error("no list of {entries} descriptors lies at 0x{address:x}")]
    NoList {
        /// Where the list should be.
        address: u64,
        /// How many entries it should have.
        entries: u32,
    },
    /// The last valid index is 0. Undefined by the data sheets; the model refuses it.
    #[error("a list has at least two descriptors")]
    TooShort,
    /// An entry of no bytes.
    #[error("descriptor {entry} has no bytes")]
    Empty {
        /// Which.
        entry: u32,
    },
    /// An entry that points to where no memory is.
    #[error("descriptor {entry} points to memory that nobody mapped")]
    Unmapped {
        /// Which.
        entry: u32,
    },
    /// The lengths do not add up to the length of the cyclic buffer.
    #[error("the descriptors hold {sum:?}, the cyclic buffer {cyclic:?}")]
    Sum {
        /// Of the list.
        sum: Bytes,
        /// `SDnCBL`.
        cyclic: Bytes,
    },
}

/// Cyclic buffers and descriptor lists at their physical addresses.
#[derive(Debug, Default)]
pub(crate) struct HostMemory {
    buffers: BTreeMap<u64, Arc<SharedBuffer>>,
    lists: BTreeMap<u64, Vec<BdlEntry>>,
}

/// A stretch of a cyclic buffer in one piece of memory.
#[derive(Debug)]
pub(crate) struct Piece {
    pub(crate) buffer: Arc<SharedBuffer>,
    /// Byte of the buffer at which it begins.
    pub(crate) offset: u64,
    pub(crate) length: u64,
    pub(crate) interrupt_on_completion: bool,
}

impl HostMemory {
    pub(crate) fn map(&mut self, physical: u64, buffer: Arc<SharedBuffer>) {
        self.buffers.insert(physical, buffer);
    }

    pub(crate) fn unmap(&mut self, physical: u64) {
        self.buffers.remove(&physical);
    }

    pub(crate) fn write_list(&mut self, physical: u64, list: &[BdlEntry]) {
        self.lists.insert(physical, list.to_vec());
    }

    /// Reads the list of `last_index + 1` entries at `address`, which describes `cyclic` bytes.
    pub(crate) fn read_list(
        &self,
        address: u64,
        last_index: u32,
        cyclic: Bytes,
    ) -> Result<Vec<Piece>, DescriptorError> {
        if last_index == 0 {
            return Err(DescriptorError::TooShort);
        }
        let entries = last_index + 1;
        let list = self
            .lists
            .get(&address)
            .and_then(|list| list.get(..entries as usize));
        let list = list.ok_or(DescriptorError::NoList { address, entries })?;
        let mut sum = Bytes::ZERO;
        let mut pieces = Vec::with_capacity(list.len());
        for (index, entry) in (0..).zip(list) {
            if entry.length.is_zero() {
                return Err(DescriptorError::Empty { entry: index });
            }
            pieces.push(
                self.piece(*entry)
                    .ok_or(DescriptorError::Unmapped { entry: index })?,
            );
            sum += entry.length;
        }
        if sum != cyclic {
            return Err(DescriptorError::Sum { sum, cyclic });
        }
        Ok(pieces)
    }

    /// The memory that `entry` points to, if all of it is mapped.
    fn piece(&self, entry: BdlEntry) -> Option<Piece> {
        let (base, buffer) = self.buffers.range(..=entry.address).next_back()?;
        let offset = entry.address - base;
        let length = entry.length.get();
        let size = buffer.format().bytes_of(buffer.frames()).get();
        let is_inside = offset.checked_add(length).is_some_and(|end| end <= size);
        is_inside.then(|| Piece {
            buffer: Arc::clone(buffer),
            offset,
            length,
            interrupt_on_completion: entry.interrupt_on_completion,
        })
    }
}

impl Fork for HostMemory {
    fn fork(&self, forker: &mut Forker) -> Self {
        let twin =
            |(address, buffer): (&u64, &Arc<SharedBuffer>)| (*address, fork_buffer(buffer, forker));
        Self {
            buffers: self.buffers.iter().map(twin).collect(),
            lists: self.lists.clone(),
        }
    }
}

/// The twin of a buffer that others share.
pub(crate) fn fork_buffer(buffer: &Arc<SharedBuffer>, forker: &mut Forker) -> Arc<SharedBuffer> {
    forker.arc(buffer, |buffer, _| buffer.snapshot())
}

/// The cyclic buffer as the DMA engine walks it: from the first descriptor to the last, again and
/// again, in whole frames.
#[derive(Debug)]
pub(crate) struct Walk {
    /// In order; `end` rises strictly.
    stretches: Vec<Stretch>,
    /// Ends of the descriptors, in bytes from the start of the list.
    ends: Vec<u64>,
    /// Ends of the descriptors with IOC.
    interrupts: Vec<u64>,
    /// Bytes of one round, at least one frame.
    bytes: u64,
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
            stretches: Vec::new(),
            ends: Vec::new(),
            interrupts: Vec::new(),
            bytes: 0,
        };
        for piece in pieces {
            let is_whole = piece.offset % frame_bytes == 0 && piece.length % frame_bytes == 0;
            let is_same = u64::from(piece.buffer.format().frame_bytes()) == frame_bytes;
            if !(is_whole && is_same) {
                return None;
            }
            walk.bytes += piece.length;
            walk.ends.push(walk.bytes);
            if piece.interrupt_on_completion {
                walk.interrupts.push(walk.bytes);
            }
            walk.append(
                piece.buffer,
                piece.offset / frame_bytes,
                piece.length / frame_bytes,
            );
        }
        Some(walk)
    }

    fn append(&mut self, buffer: Arc<SharedBuffer>, place: u64, frames: u64) {
        let start = self.stretches.last().map_or(0, |last| last.end);
        let begin = self
            .stretches
            .len()
            .checked_sub(2)
            .map_or(0, |at| self.stretches[at].end);
        if let Some(last) = self.stretches.last_mut() {
            let next = last.place + last.end - begin;
            if Arc::ptr_eq(&last.buffer, &buffer) && next == place {
                last.end += frames;
                return;
            }
        }
        self.stretches.push(Stretch {
            buffer,
            place,
            end: start + frames,
        });
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
        let index = usize::try_from(n % per_round).expect("below the length");
        Some(round * self.bytes + self.interrupts[index])
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
        let round = self.stretches.last().expect("a walk has a piece").end;
        let mut next = first;
        std::iter::from_fn(move || {
            if next == end {
                return None;
            }
            let at = next % round;
            let index = self.stretches.partition_point(|stretch| stretch.end <= at);
            let begin = index
                .checked_sub(1)
                .map_or(0, |before| self.stretches[before].end);
            let stretch = &self.stretches[index];
            let frames = (end - next).min(stretch.end - at);
            next += frames;
            let place = stretch.place + at - begin;
            Some((&*stretch.buffer, Frames::new(place), Frames::new(frames)))
        })
    }
}

impl Fork for Walk {
    fn fork(&self, forker: &mut Forker) -> Self {
        let twin = |stretch: &Stretch| Stretch {
            buffer: fork_buffer(&stretch.buffer, forker),
            ..*stretch
        };
        Self {
            stretches: self.stretches.iter().map(twin).collect(),
            ends: self.ends.clone(),
            interrupts: self.interrupts.clone(),
            bytes: self.bytes,
        }
    }
}
