//! Physical memory for cyclic buffers.

use std::collections::BTreeSet;
use std::sync::Arc;

use portcls::{Mdl, PAGE_SIZE, PortWaveRtStream};
use ring::{Samples, SharedBuffer};
use units::{Bytes, Frames, WaveFormat};
use vtime::{Fork, Forker, Shared};

/// Pages of physical memory, of which some are taken.
#[derive(Clone, Debug)]
pub struct Memory {
    /// Number of the first page.
    first: u64,
    /// Number of the page after the last.
    end: u64,
    taken: BTreeSet<u64>,
    samples: Samples,
}

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
        }
    }

    /// Takes at most `count` free pages that end at or below address `high`.
    fn take(&mut self, high: u64, count: u64) -> Option<Mdl> {
        let end = self.end.min(pages_below(high));
        let free = (self.first..end).filter(|page| !self.taken.contains(page));
        let pages: Vec<u64> = free
            .take(usize::try_from(count).unwrap_or(usize::MAX))
            .collect();
        self.list(pages)
    }

    /// Takes `count` free pages side by side, at or above `low` and ending at or below `high`.
    fn take_contiguous(&mut self, low: u64, high: u64, count: u64) -> Option<Mdl> {
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

    fn give_back(&mut self, mdl: &Mdl) {
        for index in 0..mdl.pages() {
            let was_taken = self
                .taken
                .remove(&(mdl.page_address(index) / PAGE_SIZE.get()));
            assert!(was_taken, "pages are freed once");
        }
    }
}

vtime::fork_by_clone!(Memory);

/// Pages that lie wholly below the byte after address `high`.
fn pages_below(high: u64) -> u64 {
    high.checked_add(1)
        .map_or(u64::MAX / PAGE_SIZE.get(), |behind| {
            behind / PAGE_SIZE.get()
        })
}

/// What a stream's miniport has of the port.
#[derive(Clone, Debug)]
pub(crate) struct PortStream {
    pub(crate) memory: Shared<Memory>,
    /// The highest address that the device reaches, whatever its miniport asks for.
    pub(crate) reach: u64,
}

impl PortWaveRtStream for PortStream {
    fn allocate_pages(&mut self, high_address: u64, size: Bytes) -> Option<Mdl> {
        let high = high_address.min(self.reach);
        let pages = size.get().div_ceil(PAGE_SIZE.get());
        self.memory.borrow_mut().take(high, pages)
    }

    fn allocate_contiguous_pages(
        &mut self,
        low_address: u64,
        high_address: u64,
        size: Bytes,
    ) -> Option<Mdl> {
        let pages = size.get().div_ceil(PAGE_SIZE.get());
        let high = high_address.min(self.reach);
        let mut memory = self.memory.borrow_mut();
        memory.take_contiguous(low_address, high, pages)
    }

    fn cyclic_buffer(
        &mut self,
        mdl: &Mdl,
        format: WaveFormat,
        frames: Frames,
    ) -> Arc<SharedBuffer> {
        assert!(
            format.bytes_of(frames) <= mdl.size(),
            "the frames fit into the pages"
        );
        let samples = self.memory.borrow().samples;
        Arc::new(SharedBuffer::new(format, frames, samples))
    }

    fn free_pages(&mut self, mdl: Mdl) {
        self.memory.borrow_mut().give_back(&mdl);
    }

    fn fork_port_stream(&self, forker: &mut Forker) -> Box<dyn PortWaveRtStream> {
        Box::new(Self {
            memory: self.memory.fork(forker),
            reach: self.reach,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn port_stream(pages: u64) -> PortStream {
        let size = Bytes::new(pages * PAGE_SIZE.get());
        PortStream {
            memory: Shared::new(Memory::new(0x10_0000, size, Samples::Left)),
            reach: u64::MAX,
        }
    }

    #[test]
    fn r69_contiguous_pages_are_all_or_nothing() {
        let mut port = port_stream(4);
        let first = port
            .allocate_contiguous_pages(0, u64::MAX, Bytes::new(4097))
            .unwrap();
        assert_eq!(first.size(), Bytes::new(8192));
        assert_eq!(first.page_address(1), first.page_address(0) + 4096);
        let second = port
            .allocate_contiguous_pages(0, u64::MAX, Bytes::new(4096))
            .unwrap();
        port.free_pages(first);
        assert_eq!(
            port.allocate_contiguous_pages(0, u64::MAX, Bytes::new(3 * 4096)),
            None
        );
        assert_eq!(port.memory.borrow().taken.len(), 1);
        port.free_pages(second);
        assert!(
            port.allocate_contiguous_pages(0, u64::MAX, Bytes::new(4 * 4096))
                .is_some()
        );
    }

    #[test]
    fn r70_scattered_pages_may_be_fewer_than_asked_for() {
        let mut port = port_stream(3);
        let one = port.allocate_pages(u64::MAX, Bytes::new(1)).unwrap();
        let rest = port.allocate_pages(u64::MAX, Bytes::new(5 * 4096)).unwrap();
        assert_eq!((one.pages(), rest.pages()), (1, 2));
        assert_eq!(port.allocate_pages(u64::MAX, Bytes::new(1)), None);
    }

    #[test]
    fn r71_a_device_gets_no_page_that_it_does_not_reach() {
        let mut port = port_stream(4);
        port.reach = 0x10_0000 + 2 * 4096 - 1;
        let pages = port.allocate_pages(u64::MAX, Bytes::new(4 * 4096)).unwrap();
        assert_eq!(pages.pages(), 2);
        let contiguous = port.allocate_contiguous_pages(0, u64::MAX, Bytes::new(1));
        assert_eq!(contiguous, None);
    }

    #[test]
    fn r71_no_page_lies_outside_the_addresses_asked_for() {
        let mut port = port_stream(8);
        let high = 0x10_0000 + 2 * 4096 - 1; // The last byte of the second page.
        let low_pages = port.allocate_pages(high, Bytes::new(8 * 4096)).unwrap();
        assert_eq!(low_pages.pages(), 2);
        assert_eq!(port.allocate_pages(high, Bytes::new(1)), None);
        let low = 0x10_0000 + 4 * 4096 + 1; // Just inside the fifth page.
        let above = port
            .allocate_contiguous_pages(low, u64::MAX, Bytes::new(4096))
            .unwrap();
        assert_eq!(above.page_address(0), 0x10_0000 + 5 * 4096);
    }
}
