//! The cyclic buffer that a miniport has made.

use std::rc::Rc;
use std::sync::Arc;

use ks::Settle;
use ring::SharedBuffer;
use units::Bytes;
use vtime::{Fork, Forker};

use crate::pages::Mdl;

/// How the processor caches memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[doc(alias = "MEMORY_CACHING_TYPE")]
pub enum CacheType {
    /// Not at all.
    #[doc(alias = "MmNonCached")]
    NonCached,
    /// Reads and writes, in agreement with the bus.
    #[doc(alias = "MmCached")]
    Cached,
    /// Writes are gathered; the device sees them after a barrier.
    #[doc(alias = "MmWriteCombined")]
    WriteCombined,
}

/// The cyclic buffer that a miniport has made for a stream.
///
/// # Source
/// `portcls/nf-portcls-iminiportwavertstream-allocateaudiobuffer.md`.
#[derive(Clone, Debug)]
pub struct AudioBuffer {
    /// The pages that it lies in.
    pub mdl: Mdl,
    /// Its size.
    pub actual: Bytes,
    /// Where in the first page it begins.
    pub offset_from_first_page: Bytes,
    /// How the client's mapping is cached. An output of the miniport.
    pub cache: CacheType,
    /// The frames in it.
    pub memory: Arc<SharedBuffer>,
    /// The device that transfers them.
    pub bus: Rc<dyn Settle>,
}

impl Fork for AudioBuffer {
    fn fork(&self, forker: &mut Forker) -> Self {
        Self {
            mdl: self.mdl.clone(),
            actual: self.actual,
            offset_from_first_page: self.offset_from_first_page,
            cache: self.cache,
            memory: forker.arc(&self.memory, |memory, _| memory.snapshot()),
            bus: self.bus.fork_settle(forker),
        }
    }
}
