//! The address space of a client: what is mapped where, and until when.

use std::collections::BTreeMap;

use units::{Bytes, NtStatus};
use vtime::{Fork, Forker, Shared};

/// Bytes of a page.
const PAGE: u64 = 4096;
/// The first address that is given out.
const FIRST: u64 = 0x0200_0000_0000;
/// The address behind the last one: user space of a 64-bit client ends there.
const END: u64 = 0x7FFF_0000_0000;

/// The address space of one client, by pages. Clones are the same space.
#[derive(Clone, Debug)]
pub struct AddressSpace(Shared<Ranges>);

/// First page address and the address behind the last page of what is mapped.
#[derive(Clone, Debug, Default)]
struct Ranges(BTreeMap<u64, u64>);

/// A stretch of a client's address space that something is mapped at. Clones are the same
/// stretch; it is gone for all of them once one is [unmapped](Self::unmap).
#[derive(Clone, Debug)]
pub struct MappedRange {
    space: AddressSpace,
    address: u64,
    live: Shared<Live>,
}

#[derive(Clone, Debug)]
struct Live(bool);

impl Default for AddressSpace {
    fn default() -> Self {
        Self(Shared::new(Ranges::default()))
    }
}

impl AddressSpace {
    /// Maps `size` bytes (whole pages) at `base`, or at the first address where they fit.
    ///
    /// # Errors
    /// [`NtStatus::UNSUCCESSFUL`] if `base` is not the address of a page or the pages there are
    /// not free.
    ///
    /// # Source
    /// `audio/ksproperty-rtaudio-buffer.md`: an attribute that cannot be satisfied.
    /// Model: a base is honoured if it is free; no page says more.
    pub fn map(&self, base: Option<u64>, size: Bytes) -> Result<MappedRange, NtStatus> {
        let size = size.get().max(1).div_ceil(PAGE) * PAGE;
        let mut ranges = self.0.borrow_mut();
        let address = match base {
            Some(base) if base % PAGE == 0 && ranges.is_free(base, size) => Some(base),
            Some(_) => None,
            None => ranges.first_free(size),
        };
        let address = address.ok_or(NtStatus::UNSUCCESSFUL)?;
        ranges.0.insert(address, address + size);
        drop(ranges);
        Ok(MappedRange {
            space: self.clone(),
            address,
            live: Shared::new(Live(true)),
        })
    }

    /// How many stretches are mapped.
    pub fn mapped(&self) -> usize {
        self.0.borrow().0.len()
    }
}

impl Ranges {
    fn is_free(&self, base: u64, size: u64) -> bool {
        let Some(end) = base.checked_add(size) else {
            return false;
        };
        let before = self.0.range(..end).next_back();
        base >= PAGE && end <= END && before.is_none_or(|(_, taken_to)| *taken_to <= base)
    }

    fn first_free(&self, size: u64) -> Option<u64> {
        let mut address = FIRST;
        while !self.is_free(address, size) {
            let (_, taken_to) = self.0.range(..address.checked_add(size)?).next_back()?;
            if *taken_to <= address {
                return None;
            }
            address = *taken_to;
        }
        Some(address)
    }
}

impl MappedRange {
    /// Where it begins.
    pub fn address(&self) -> u64 {
        self.address
    }

    /// Whether it is still mapped.
    ///
    /// # Errors
    /// [`NtStatus::ACCESS_VIOLATION`] if not: what a client gets that touches it.
    pub fn check(&self) -> Result<(), NtStatus> {
        if self.live.borrow().0 {
            Ok(())
        } else {
            Err(NtStatus::ACCESS_VIOLATION)
        }
    }

    /// Takes it out of the address space. Later calls do nothing.
    pub fn unmap(&self) {
        let was_live = std::mem::replace(&mut self.live.borrow_mut().0, false);
        if was_live {
            self.space.0.borrow_mut().0.remove(&self.address);
        }
    }
}

impl Fork for AddressSpace {
    fn fork(&self, forker: &mut Forker) -> Self {
        Self(self.0.fork(forker))
    }
}

impl Fork for MappedRange {
    fn fork(&self, forker: &mut Forker) -> Self {
        Self {
            space: self.space.fork(forker),
            address: self.address,
            live: self.live.fork(forker),
        }
    }
}

vtime::fork_by_clone!(Ranges, Live);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_base_is_honoured_if_it_is_free() {
        let space = AddressSpace::default();
        let wish = Some(0x5000_0000);
        let first = space.map(wish, Bytes::new(4097)).unwrap();
        assert_eq!(first.address(), 0x5000_0000);
        for taken in [0x5000_0000, 0x5000_1000, 0x4FFF_F000] {
            let refused = space.map(Some(taken), Bytes::new(8192)).unwrap_err();
            assert_eq!(refused, NtStatus::UNSUCCESSFUL, "{taken:x}");
        }
        assert!(space.map(Some(0x5000_2000), Bytes::new(1)).is_ok());
        assert!(space.map(Some(0x4FFF_E000), Bytes::new(8192)).is_ok());
        first.unmap();
        assert!(space.map(wish, Bytes::new(8192)).is_ok());
    }

    #[test]
    fn what_is_no_page_of_user_space_is_refused() {
        let space = AddressSpace::default();
        for base in [0, 1, 0x5000_0001, END, u64::MAX - 4095] {
            assert!(space.map(Some(base), Bytes::new(4096)).is_err(), "{base:x}");
        }
    }

    #[test]
    fn r57_a_mapping_is_one_stretch_that_no_other_overlaps() {
        let space = AddressSpace::default();
        let sizes = [1, 4096, 4097, 100_000, 8192];
        let ranges = sizes.map(|size| (space.map(None, Bytes::new(size)).unwrap(), size));
        ranges[1].0.unmap();
        let small = space.map(None, Bytes::new(2)).unwrap();
        assert_eq!(small.address(), ranges[1].0.address());
        for (index, (range, size)) in ranges.iter().enumerate().skip(2) {
            let (before, its_size) = &ranges[index - 1];
            assert!(before.address() + its_size <= range.address(), "{size}");
        }
        assert_eq!(ranges[1].0.check(), Err(NtStatus::ACCESS_VIOLATION));
        assert_eq!(ranges[0].0.check(), Ok(()));
        assert_eq!(space.mapped(), 5);
    }
}
