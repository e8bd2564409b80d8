//! Physical memory for cyclic buffers.

use std::collections::BTreeSet;

use portcls::{Mdl, PAGE_SIZE};
use ring::Samples;
use units::Bytes;

/// Pages of physical memory, of which some are taken.
#[derive(Clone, Debug)]
pub struct Memory {
    /// Number of the first page.
    first: u64,
    /// Number of the page after the last.
    end: u64,
    taken: BTreeSet<u64>,
    samples: Samples,
    /// Kernel addresses given out so far. They are not used again.
    kernel_end: u64,
}

/// Where kernel mappings begin.
const KERNEL: u64 = 0xFFFF_9000_0000_0000;

impl Memory {
    /// 256 MiB from physical address 16 MiB on: more than any scenario needs.
    ///
    /// `samples` says whether what lies in it is modelled, or only whose it is.
    pub fn ample(samples: Samples) -> Self {
        Self::new(0x100_0000, Bytes::new(0x1000_0000), samples)
    }

    /// `size` bytes from physical address `base` on, both rounded down to pages.
    pub fn new(base: u64, size: Bytes, samples: Samples) -> Self {
        let first = base / PAGE_SIZE.get();
        let end = first + size.get() / PAGE_SIZE.get();
        Self {
            first,
            end,
            taken: BTreeSet::new(),
            samples,
            kernel_end: KERNEL,
        }
    }

    /// Takes at most `count` free pages that end at or below address `high`.
    pub(crate) fn take(&mut self, high: u64, count: u64) -> Option<Mdl> {
        let end = self.end.min(pages_below(high));
        let free = (self.first..end).filter(|page| !self.taken.contains(page));
        let pages: Vec<u64> = free
            .take(usize::try_from(count).unwrap_or(usize::MAX))
            .collect();
        self.list(pages)
    }

    /// Takes `count` free pages side by side, at or above `low` and ending at or below `high`.
    pub(crate) fn take_contiguous(&mut self, low: u64, high: u64, count: u64) -> Option<Mdl> {
        let begin = self.first.max(low.div_ceil(PAGE_SIZE.get()));
        let end = self.end.min(pages_below(high));
        let mut start = begin;
        while start.checked_add(count).is_some_and(|behind| behind <= end) {
            match self.taken.range(start..start + count).next_back() {
                Some(obstacle) => start = obstacle + 1,
                None => return self.list((start..start + count).collect()),
            }
        }
        None
    }

    fn list(&mut self, pages: Vec<u64>) -> Option<Mdl> {
        if pages.is_empty() {
            return None;
        }
        self.taken.extend(&pages);
        Some(Mdl::new(
            pages
                .into_iter()
                .map(|page| page * PAGE_SIZE.get())
                .collect(),
        ))
    }

    pub(crate) fn give_back(&mut self, mdl: &Mdl) {
        for index in 0..mdl.pages() {
            let was_taken = self
                .taken
                .remove(&(mdl.page_address(index) / PAGE_SIZE.get()));
            assert!(was_taken, "pages are freed once");
        }
    }
}

vtime::fork_by_clone!(Memory);

impl Memory {
    /// How many pages are taken.
    #[cfg(test)]
    pub(crate) fn taken(&self) -> usize {
        self.taken.len()
    }

    /// Whether what lies in it is modelled.
    pub(crate) fn samples(&self) -> Samples {
        self.samples
    }

    /// A fresh stretch of the kernel's address space for `mdl`.
    pub(crate) fn map_in_kernel(&mut self, mdl: &Mdl) -> u64 {
        let address = self.kernel_end;
        self.kernel_end += mdl.size().get();
        address
    }
}

/// Pages that lie wholly below the byte after address `high`.
fn pages_below(high: u64) -> u64 {
    high.checked_add(1)
        .map_or(u64::MAX / PAGE_SIZE.get(), |behind| {
            behind / PAGE_SIZE.get()
        })
}
