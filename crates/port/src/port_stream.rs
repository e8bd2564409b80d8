//! What a stream's miniport has of its port.

use std::sync::Arc;

use portcls::{CacheType, Call, EtwEvent, Mdl, PAGE_SIZE, PortWaveRtStream, Rule};
use ring::SharedBuffer;
use units::{Bytes, Frames, Moment, WaveFormat};
use vtime::{Fork, Forker, Shared};

use crate::memory::Memory;
use crate::verifier::{Verifier, Witness};

/// What a stream's miniport has of the port.
#[derive(Debug)]
pub(crate) struct PortStream {
    memory: Shared<Memory>,
    /// The highest address that the device reaches, whatever its miniport asks for.
    reach: u64,
    ledger: Shared<PageLedger>,
    verifier: Verifier,
    /// Who writes down what the stream tells, if it is not the witness of the device.
    witness: Option<Box<dyn Witness>>,
}

/// The pages that a stream has, and where they are mapped in the kernel.
#[derive(Clone, Debug, Default)]
pub(crate) struct PageLedger {
    given: Vec<Mdl>,
    mapped: Vec<(u64, Mdl)>,
}

impl PortStream {
    pub(crate) fn new(
        memory: Shared<Memory>,
        reach: u64,
        verifier: Verifier,
        witness: Option<Box<dyn Witness>>,
    ) -> Self {
        Self {
            memory,
            reach,
            ledger: Shared::new(PageLedger::default()),
            verifier,
            witness,
        }
    }

    /// The pages that the stream has.
    pub(crate) fn ledger(&self) -> Shared<PageLedger> {
        self.ledger.clone()
    }

    fn given(&self, mdl: Option<Mdl>) -> Option<Mdl> {
        self.ledger.borrow_mut().given.extend(mdl.clone());
        mdl
    }
}

impl PageLedger {
    /// True if the pages are this stream's.
    pub(crate) fn has(&self, mdl: &Mdl) -> bool {
        self.given.contains(mdl)
    }

    /// True if the stream has no pages.
    pub(crate) fn is_empty(&self) -> bool {
        self.given.is_empty()
    }
}

impl PortWaveRtStream for PortStream {
    fn allocate_pages(&mut self, high_address: u64, size: Bytes) -> Option<Mdl> {
        self.verifier.enter_now(Call::AllocatePagesForMdl);
        let pages = size.get().div_ceil(PAGE_SIZE.get());
        let high = high_address.min(self.reach);
        let mdl = self.memory.borrow_mut().take(high, pages);
        self.given(mdl)
    }

    fn allocate_contiguous_pages(
        &mut self,
        low_address: u64,
        high_address: u64,
        size: Bytes,
    ) -> Option<Mdl> {
        self.verifier.enter_now(Call::AllocateContiguousPagesForMdl);
        let pages = size.get().div_ceil(PAGE_SIZE.get());
        let mut memory = self.memory.borrow_mut();
        let high = high_address.min(self.reach);
        let mdl = memory.take_contiguous(low_address, high, pages);
        drop(memory);
        self.given(mdl)
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
        let samples = self.memory.borrow().samples();
        Arc::new(SharedBuffer::new(format, frames, samples))
    }

    fn map_allocated_pages(&mut self, mdl: &Mdl, _: CacheType) -> Option<u64> {
        self.verifier.enter_now(Call::MapAllocatedPages);
        if !self.ledger.borrow().has(mdl) {
            let call = Call::MapAllocatedPages;
            self.verifier.broken_now(Rule::ForeignPages, call);
            return None;
        }
        let address = self.memory.borrow_mut().map_in_kernel(mdl);
        let mut ledger = self.ledger.borrow_mut();
        ledger.mapped.push((address, mdl.clone()));
        Some(address)
    }

    fn unmap_allocated_pages(&mut self, address: u64, mdl: &Mdl) {
        self.verifier.enter_now(Call::UnmapAllocatedPages);
        let mut ledger = self.ledger.borrow_mut();
        let is_it = |(at, of): &(u64, Mdl)| *at == address && of == mdl;
        if let Some(place) = ledger.mapped.iter().position(is_it) {
            ledger.mapped.remove(place);
        } else {
            let call = Call::UnmapAllocatedPages;
            self.verifier.broken_now(Rule::NotMapped, call);
        }
    }

    fn write_etw_event(&mut self, now: Moment, event: EtwEvent) {
        self.verifier.told(now, event, self.witness.as_deref());
    }

    fn free_pages(&mut self, mdl: Mdl) {
        let call = Call::FreePagesFromMdl;
        self.verifier.enter_now(call);
        let mut ledger = self.ledger.borrow_mut();
        let Some(place) = ledger.given.iter().position(|given| *given == mdl) else {
            self.verifier.broken_now(Rule::ForeignPages, call);
            return;
        };
        ledger.given.remove(place);
        if ledger.mapped.iter().any(|(_, mapped)| *mapped == mdl) {
            self.verifier.broken_now(Rule::FreedWhileMapped, call);
            ledger.mapped.retain(|(_, mapped)| *mapped != mdl);
        }
        self.memory.borrow_mut().give_back(&mdl);
    }

    fn fork_port_stream(&self, forker: &mut Forker) -> Box<dyn PortWaveRtStream> {
        Box::new(Self {
            memory: self.memory.fork(forker),
            reach: self.reach,
            ledger: self.ledger.fork(forker),
            verifier: self.verifier.fork(forker),
            witness: self.witness.as_ref().map(|own| own.fork_witness(forker)),
        })
    }
}

vtime::fork_by_clone!(PageLedger);

#[cfg(test)]
mod tests {
    use portcls::Irql;
    use ring::Samples;

    use super::*;

    fn port_stream(pages: u64) -> PortStream {
        let size = Bytes::new(pages * PAGE_SIZE.get());
        let memory = Memory::new(0x10_0000, size, Samples::Left);
        PortStream::new(Shared::new(memory), u64::MAX, Verifier::default(), None)
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
        assert_eq!(port.memory.borrow().taken(), 1);
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

    fn rules(port: &PortStream) -> Vec<Rule> {
        let broken = port.verifier.violations();
        broken.iter().map(|violation| violation.rule).collect()
    }

    #[test]
    fn r72_a_mapping_is_taken_back_before_its_pages_are_freed() {
        let mut port = port_stream(4);
        let pages = port.allocate_pages(u64::MAX, Bytes::new(8192)).unwrap();
        let address = port.map_allocated_pages(&pages, CacheType::Cached).unwrap();
        let again = port.map_allocated_pages(&pages, CacheType::Cached).unwrap();
        assert_ne!(address, again);
        port.unmap_allocated_pages(address, &pages);
        assert_eq!(rules(&port), []);
        port.unmap_allocated_pages(address, &pages);
        assert_eq!(rules(&port), [Rule::NotMapped]);
        port.free_pages(pages);
        assert_eq!(rules(&port), [Rule::NotMapped, Rule::FreedWhileMapped]);
    }

    #[test]
    fn pages_of_somebody_else_are_neither_mapped_nor_freed() {
        let mut port = port_stream(4);
        let foreign = Mdl::new(vec![0x10_0000]);
        assert_eq!(port.map_allocated_pages(&foreign, CacheType::Cached), None);
        port.free_pages(foreign.clone());
        assert_eq!(rules(&port), [Rule::ForeignPages, Rule::ForeignPages]);
        let ours = port.allocate_pages(u64::MAX, Bytes::new(4096)).unwrap();
        assert_eq!(ours, foreign);
        port.free_pages(ours.clone());
        port.free_pages(ours);
        assert_eq!(rules(&port).len(), 3);
    }

    #[test]
    fn pages_are_handled_at_passive_level_only() {
        let mut port = port_stream(4);
        let verifier = port.verifier.clone();
        let pages = verifier.at(Irql::Dispatch, || {
            port.allocate_pages(u64::MAX, Bytes::new(4096)).unwrap()
        });
        verifier.at(Irql::Device, || port.free_pages(pages));
        let broken = verifier.violations();
        let found = broken.iter().map(|it| (it.rule, it.call, it.irql));
        let expected = [
            (Call::AllocatePagesForMdl, Irql::Dispatch),
            (Call::FreePagesFromMdl, Irql::Device),
        ];
        let expected = expected.map(|(call, irql)| (Rule::IrqlTooHigh, call, irql));
        assert_eq!(found.collect::<Vec<_>>(), expected);
    }
}
