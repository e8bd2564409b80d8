//! The `WaveCyclic` port driver: a filter whose pins take packets and copy them.

mod pin;
mod service;
#[cfg(test)]
mod tests;

use ks::wire::KsPinPhysicalConnection;
use ks::{
    EngineNodeReply, EngineNodeRequest, Filter, FilterHandle, FilterReply, FilterRequest, Guid,
    Listener, PinConnect, PinFactory, PinHandle, PortEvents, PropertyItem,
};
use portcls::{MiniportWaveCyclic, NewStream, PinDescriptor};
use units::{Moment, NtStatus};
use vtime::{EventHandle, Fork, Forker, Shared};

use crate::described::Described;
use crate::wavert::OpenPins;
use pin::CyclicPin;

/// The port driver bound to a miniport, as one client has opened it.
///
/// ```text
///  client ─ WriteIrp ─▶ pin: queue ── copy, each 10 ms ──▶ DMA ring ─▶ device
///     ▲                   │                ▲                               │ interrupt
///     └── event ◀── comes back        service sink ◀── DPC ◀── ISR: Notify ┘
/// ```
///
/// # Source
/// `audio/wave-filters.md`, `audio/wavecyclic-latency.md`.
/// Model: formats are agreed upon by the ranges of the pin alone; no power manager and no Plug and
/// Play manager reaches the device.
#[derive(Debug)]
#[doc(alias = "CLSID_PortWaveCyclic")]
pub struct WaveCyclicPort {
    subdevice: Shared<Subdevice>,
    open: OpenPins,
}

#[derive(Debug)]
struct Subdevice {
    miniport: Box<dyn MiniportWaveCyclic>,
    filter: Described,
}

impl WaveCyclicPort {
    /// Binds the port to `miniport` and gives out the filter.
    pub fn install(miniport: Box<dyn MiniportWaveCyclic>) -> FilterHandle {
        let description = miniport.description();
        let filter = Described {
            pins: description.pins.iter().map(PinDescriptor::of).collect(),
            pin_events: vec![Vec::new(); description.pins.len()],
            topology: miniport.topology(),
            automation: Vec::new(),
            events: PortEvents::default(),
            wires: vec![None; description.pins.len()],
            description,
        };
        let open = OpenPins::of(filter.pins.len());
        FilterHandle::new(Box::new(Self {
            subdevice: Shared::new(Subdevice { miniport, filter }),
            open,
        }))
    }

    fn factory(&self, pin: u32) -> Result<PinFactory, NtStatus> {
        let mut factory = self.subdevice.borrow().filter.factory(pin)?.clone();
        factory.instances.current = self.open.count_here(pin);
        Ok(factory)
    }
}

impl Filter for WaveCyclicPort {
    fn pin_factories(&self) -> Vec<PinFactory> {
        (0..).map_while(|pin| self.factory(pin).ok()).collect()
    }

    fn create_pin(&mut self, now: Moment, connect: PinConnect) -> Result<PinHandle, NtStatus> {
        let factory = self.factory(connect.pin)?;
        if !factory.instances.allows_another() {
            return Err(NtStatus::INSUFFICIENT_RESOURCES);
        }
        if !factory.takes(connect.format) || connect.attributes.mode.is_some() {
            return Err(NtStatus::NO_MATCH);
        }
        let made = self.subdevice.borrow_mut().miniport.new_stream(
            now,
            NewStream {
                pin: connect.pin,
                flow: factory.flow,
                format: connect.format,
                attributes: connect.attributes,
            },
        )?;
        self.open.opened(connect.pin);
        let open = self.open.clone();
        let pin = CyclicPin::new(now, made, connect.pin, factory, connect.format, open);
        Ok(PinHandle::new(Box::new(pin)))
    }

    fn engine_node(
        &mut self,
        _: Moment,
        _: EngineNodeRequest,
    ) -> Result<EngineNodeReply, NtStatus> {
        Err(NtStatus::NOT_FOUND)
    }

    fn open(&self) -> Result<Box<dyn Filter>, NtStatus> {
        Ok(Box::new(Self {
            subdevice: self.subdevice.clone(),
            open: self.open.another(),
        }))
    }

    fn query(&mut self, _: Moment, request: FilterRequest) -> Result<FilterReply, NtStatus> {
        self.subdevice.borrow().filter.answer(&request)
    }

    fn automation(&self, node: Option<u32>) -> Result<Vec<PropertyItem>, NtStatus> {
        self.subdevice.borrow().filter.automation(node)
    }

    fn check_event(&self, set: Guid, id: u32, pin: Option<u32>) -> Result<(), NtStatus> {
        self.subdevice.borrow().filter.check_event(set, id, pin)
    }

    fn enable_event(&mut self, listener: Listener) -> Result<(), NtStatus> {
        self.subdevice.borrow().filter.enable_event(listener)
    }

    fn disable_event(&mut self, event: &EventHandle) -> Result<(), NtStatus> {
        self.subdevice.borrow().filter.events.remove(event)
    }

    fn register_physical_connection(
        &mut self,
        pin: u32,
        to: KsPinPhysicalConnection,
    ) -> Result<(), NtStatus> {
        self.subdevice.borrow_mut().filter.wire(pin, to)
    }

    fn fork_filter(&self, forker: &mut Forker) -> Box<dyn Filter> {
        Box::new(Self {
            subdevice: self.subdevice.fork(forker),
            open: self.open.fork(forker),
        })
    }
}

impl Fork for Subdevice {
    fn fork(&self, forker: &mut Forker) -> Self {
        Self {
            miniport: self.miniport.fork(forker),
            filter: self.filter.fork(forker),
        }
    }
}
