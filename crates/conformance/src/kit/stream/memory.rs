//! What a stream's miniport has of its port.

use std::sync::Arc;

use portcls::{CacheType, EtwEvent, Mdl, PAGE_SIZE, PortWaveRtStream};
use ring::{Samples, SharedBuffer};
use units::{Bytes, Frames, Moment, WaveFormat};
use vtime::Forker;

/// The last address of a large machine.
const HIGHEST: u64 = (1 << 36) - 1;

/// Pages one after the other, from 16 MiB on. None is used twice.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pages {
    next: u64,
}

impl Pages {
    pub(crate) fn new() -> Self {
        Self { next: 1 << 24 }
    }

    /// Pages that hold `size`, none of which lies above `high`.
    fn take(&mut self, high: u64, size: Bytes) -> Option<Mdl> {
        let count = size.get().div_ceil(PAGE_SIZE.get());
        let end = count.checked_mul(PAGE_SIZE.get())?.checked_add(self.next)?;
        if count == 0 || end - 1 > high.min(HIGHEST) {
            return None;
        }
        let page = |index| self.next + index * PAGE_SIZE.get();
        let mdl = Mdl::new((0..count).map(page).collect());
        self.next = end;
        Some(mdl)
    }
}

impl PortWaveRtStream for Pages {
    fn allocate_pages(&mut self, high_address: u64, size: Bytes) -> Option<Mdl> {
        self.take(high_address, size)
    }

    fn allocate_contiguous_pages(&mut self, _: u64, high_address: u64, size: Bytes) -> Option<Mdl> {
        self.take(high_address, size)
    }

    fn cyclic_buffer(&mut self, _: &Mdl, format: WaveFormat, frames: Frames) -> Arc<SharedBuffer> {
        Arc::new(SharedBuffer::new(format, frames, Samples::Left))
    }

    fn map_allocated_pages(&mut self, mdl: &Mdl, _: CacheType) -> Option<u64> {
        Some(mdl.page_address(0))
    }

    fn unmap_allocated_pages(&mut self, _: u64, _: &Mdl) {}

    fn write_etw_event(&mut self, _: Moment, _: EtwEvent) {}

    fn free_pages(&mut self, _: Mdl) {}

    fn fork_port_stream(&self, _: &mut Forker) -> Box<dyn PortWaveRtStream> {
        Box::new(*self)
    }
}
