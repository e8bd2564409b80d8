//! Host memory as the controller sees it.

use std::collections::BTreeMap;
use std::sync::Arc;

use ring::SharedBuffer;
use thiserror::Error;
use units::Bytes;
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

    /// What the first `count` entries of the list at `address` point to; nothing for one that points
    /// to where no memory is.
    pub(crate) fn pieces(&self, address: u64, count: usize) -> Vec<Option<Piece>> {
        let list = self.lists.get(&address).into_iter().flatten();
        list.take(count).map(|entry| self.piece(*entry)).collect()
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
