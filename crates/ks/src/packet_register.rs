//! Three cells that say which packet is done, without a call.

use units::{Hns, NtStatus};
use vtime::{Fork, Forker, Shared};

use crate::address::MappedRange;
use crate::packet::PacketCount;

/// What the cells hold. The framework writes them before it sets the event of a packet.
///
/// # Source
/// `ksmedia/ns-ksmedia-ksrtaudio_packetvregister.md`.
/// Model: the hash is the low half of the count above the low half of the counter, since no page
/// gives it; it tells a torn pair from a whole one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[doc(alias = "KSRTAUDIO_PACKETVREGISTER")]
pub struct PacketCells {
    /// Packets done.
    #[doc(alias = "CompletedPacketCount")]
    pub count: u64,
    /// The performance counter when the latest was.
    #[doc(alias = "CompletedPacketQPC")]
    pub qpc: u64,
    /// Of the two above.
    #[doc(alias = "CompletedPacketHash")]
    pub hash: u64,
}

/// The cells of a pin as its client has them mapped.
#[derive(Clone, Debug)]
pub struct PacketRegister {
    cells: Shared<PacketCells>,
    range: MappedRange,
}

/// A packet that is done, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CompletedPacket {
    /// Packets done, this one included.
    pub count: PacketCount,
    /// When.
    pub qpc: Hns,
}

impl PacketCells {
    /// What the cells hold once packet number `count` minus 1 was done at `qpc`.
    pub const fn of(count: u64, qpc: Hns) -> Self {
        Self {
            count,
            qpc: qpc.get(),
            hash: Self::hash_of(count, qpc.get()),
        }
    }

    /// The hash of a count and a counter.
    pub const fn hash_of(count: u64, qpc: u64) -> u64 {
        (count & 0xFFFF_FFFF) << 32 | (qpc & 0xFFFF_FFFF)
    }

    /// The packet that they tell of; `None` if they were read while they changed.
    pub const fn completed(self) -> Option<CompletedPacket> {
        if Self::hash_of(self.count, self.qpc) == self.hash {
            Some(CompletedPacket {
                count: PacketCount::wrapping(self.count),
                qpc: Hns::new(self.qpc),
            })
        } else {
            None
        }
    }
}

impl PacketRegister {
    /// `cells` as mapped at `range`.
    pub const fn new(cells: Shared<PacketCells>, range: MappedRange) -> Self {
        Self { cells, range }
    }

    /// Where the first of the three cells is in the client's address space.
    pub fn address(&self) -> u64 {
        self.range.address()
    }

    /// What the cells hold now.
    ///
    /// # Errors
    /// [`NtStatus::ACCESS_VIOLATION`] once the pin is closed.
    pub fn read(&self) -> Result<PacketCells, NtStatus> {
        self.range.check()?;
        Ok(*self.cells.borrow())
    }
}

impl Fork for PacketRegister {
    fn fork(&self, forker: &mut Forker) -> Self {
        Self {
            cells: self.cells.fork(forker),
            range: self.range.fork(forker),
        }
    }
}

vtime::fork_by_clone!(PacketCells, CompletedPacket);

#[cfg(test)]
mod tests {
    use super::*;

    /// Each order in which a reader may meet the three stores of a writer.
    #[test]
    fn a_torn_pair_is_told_from_a_whole_one() {
        let old = PacketCells::of(7, Hns::new(700_000));
        let new = PacketCells::of(8, Hns::new(800_000));
        assert_eq!(old.completed().map(|done| done.count.get()), Some(7));
        for mask in 1..7 {
            let pick = |bit: u32, old, new| if mask >> bit & 1 == 0 { old } else { new };
            let torn = PacketCells {
                count: pick(0, old.count, new.count),
                qpc: pick(1, old.qpc, new.qpc),
                hash: pick(2, old.hash, new.hash),
            };
            assert_eq!(torn.completed(), None, "{mask:03b}");
        }
        assert_eq!(new.completed().map(|done| done.qpc.get()), Some(800_000));
    }
}
