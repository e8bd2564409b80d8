//! Memory for the cyclic buffer, which a miniport gets from its port and nowhere else.

use std::fmt;
use std::sync::Arc;

use ring::SharedBuffer;
use units::{Bytes, Frames, Moment, WaveFormat};
use vtime::{Fork, Forker, Shared};

use crate::buffer::CacheType;
use crate::etw::EtwEvent;

/// Bytes of a page of memory.
pub const PAGE_SIZE: Bytes = Bytes::new(4096);

/// A list of locked physical pages.
///
/// # Source
/// `portcls/nf-portcls-iportwavertstream-allocatepagesformdl.md`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[doc(alias = "MDL")]
pub struct Mdl {
    /// Where each page lies in physical memory, in the order of the buffer.
    pages: Vec<u64>,
}

impl Mdl {
    /// The pages at these physical addresses.
    ///
    /// # Panics
    /// If an address is not that of a page, or there is none.
    pub fn new(pages: Vec<u64>) -> Self {
        assert!(!pages.is_empty(), "a list of pages has pages");
        let whole = pages.iter().all(|page| page % PAGE_SIZE.get() == 0);
        assert!(whole, "a page lies at a whole number of pages");
        Self { pages }
    }

    /// How many pages there are.
    #[doc(alias = "GetPhysicalPagesCount")]
    pub fn pages(&self) -> usize {
        self.pages.len()
    }

    /// Where page `index` lies.
    ///
    /// # Panics
    /// If there is no such page.
    #[doc(alias = "GetPhysicalPageAddress")]
    pub fn page_address(&self, index: usize) -> u64 {
        self.pages[index]
    }

    /// Bytes in all of its pages.
    pub fn size(&self) -> Bytes {
        Bytes::new(self.pages.len() as u64 * PAGE_SIZE.get())
    }
}

/// What the port does for one stream of the miniport.
///
/// # Source
/// `portcls/nn-portcls-iportwavertstream.md`.
#[doc(alias = "IPortWaveRTStream")]
pub trait PortWaveRtStream: fmt::Debug {
    /// Pages below `high_address`, as many as hold `size`. They need not lie side by side, and
    /// there may be fewer than asked for: check [`Mdl::size`]. `None` if there is not one.
    #[doc(alias = "AllocatePagesForMdl")]
    fn allocate_pages(&mut self, high_address: u64, size: Bytes) -> Option<Mdl>;

    /// Pages side by side between the two addresses that hold all of `size`, or `None`.
    #[doc(alias = "AllocateContiguousPagesForMdl")]
    fn allocate_contiguous_pages(
        &mut self,
        low_address: u64,
        high_address: u64,
        size: Bytes,
    ) -> Option<Mdl>;

    /// The pages of `mdl`, seen as a cyclic buffer of `frames` frames: what the device transfers
    /// and the client maps. It reads as zero.
    ///
    /// # Panics
    /// If the frames do not fit.
    fn cyclic_buffer(&mut self, mdl: &Mdl, format: WaveFormat, frames: Frames)
    -> Arc<SharedBuffer>;

    /// Maps the pages of `mdl` into the address space of the kernel; the address, or `None` if
    /// they are not this stream's. To be taken back before the pages are.
    ///
    /// # Source
    /// `portcls/nf-portcls-iportwavertstream-mapallocatedpages.md`.
    #[doc(alias = "MapAllocatedPages")]
    fn map_allocated_pages(&mut self, mdl: &Mdl, cache: CacheType) -> Option<u64>;

    /// Takes back the mapping of `mdl` at `address`.
    #[doc(alias = "UnmapAllocatedPages")]
    fn unmap_allocated_pages(&mut self, address: u64, mdl: &Mdl);

    /// Tells an event of the built-in audio engine.
    ///
    /// # Source
    /// `portcls/nf-portcls-iportclsetwhelper-miniportwriteetwevent.md`.
    #[doc(alias = "MiniportWriteEtwEvent")]
    fn write_etw_event(&mut self, now: Moment, event: EtwEvent);

    /// Gives the pages back.
    #[doc(alias = "FreePagesFromMdl")]
    fn free_pages(&mut self, mdl: Mdl);

    /// The same object of the twin world.
    fn fork_port_stream(&self, forker: &mut Forker) -> Box<dyn PortWaveRtStream>;
}

impl Fork for Box<dyn PortWaveRtStream> {
    fn fork(&self, forker: &mut Forker) -> Self {
        self.fork_port_stream(forker)
    }
}

/// The stream's reference to its port. Clones are the same reference.
pub type PortStreamHandle = Shared<Box<dyn PortWaveRtStream>>;
