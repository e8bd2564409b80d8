//! The topology port: a filter without streams.

use ks::wire::KsPinPhysicalConnection;
use ks::{
    Filter, FilterHandle, FilterReply, FilterRequest, Guid, Listener, PinConnect, PinFactory,
    PinHandle, PortEvents, PropertyItem,
};
use portcls::MiniportTopology;
use units::{Moment, NtStatus};
use vtime::{EventHandle, Fork, Forker, Shared};

use crate::described::Described;

/// A topology filter: the port driver bound to a miniport that has no streams.
///
/// # Source
/// `audio/topology-filters.md`.
#[derive(Debug)]
#[doc(alias = "CLSID_PortTopology")]
pub struct TopologyPort(Shared<Subdevice>);

/// What all instances of the filter share: everything.
#[derive(Debug)]
struct Subdevice {
    miniport: Box<dyn MiniportTopology>,
    filter: Described,
}

impl TopologyPort {
    /// Binds the port to `miniport` and gives out the filter.
    pub fn install(mut miniport: Box<dyn MiniportTopology>) -> FilterHandle {
        let events = PortEvents::default();
        miniport.init(events.clone());
        let description = miniport.description();
        let pins = (0..).zip(&description.pins);
        let filter = Described {
            pins: pins
                .clone()
                .map(|(pin, factory)| miniport.pin_descriptor(pin, factory))
                .collect(),
            pin_events: pins.map(|(pin, _)| miniport.events(pin)).collect(),
            topology: miniport.topology(),
            automation: miniport.automation(),
            events,
            wires: vec![None; description.pins.len()],
            description,
        };
        let subdevice = Subdevice { miniport, filter };
        FilterHandle::new(Box::new(Self(Shared::new(subdevice))))
    }
}

impl Filter for TopologyPort {
    fn pin_factories(&self) -> Vec<PinFactory> {
        self.0.borrow().filter.description.pins.clone()
    }

    /// Never: pins of a topology filter stand for wires.
    fn create_pin(&mut self, _: Moment, connect: PinConnect) -> Result<PinHandle, NtStatus> {
        self.0.borrow().filter.factory(connect.pin)?;
        Err(NtStatus::INSUFFICIENT_RESOURCES)
    }

    fn open(&self) -> Result<Box<dyn Filter>, NtStatus> {
        Ok(Box::new(Self(self.0.clone())))
    }

    fn query(&mut self, now: Moment, request: FilterRequest) -> Result<FilterReply, NtStatus> {
        let Subdevice { miniport, filter } = &mut *self.0.borrow_mut();
        match request {
            FilterRequest::Automation(request) => {
                filter.check_automation(&request)?;
                Ok(FilterReply::Value(miniport.property(now, &request)?))
            }
            request => filter.answer(&request),
        }
    }

    fn automation(&self, node: Option<u32>) -> Result<Vec<PropertyItem>, NtStatus> {
        self.0.borrow().filter.automation(node)
    }

    fn check_event(&self, set: Guid, id: u32, pin: Option<u32>) -> Result<(), NtStatus> {
        self.0.borrow().filter.check_event(set, id, pin)
    }

    fn enable_event(&mut self, listener: Listener) -> Result<(), NtStatus> {
        self.0.borrow().filter.enable_event(listener)
    }

    fn disable_event(&mut self, event: &EventHandle) -> Result<(), NtStatus> {
        self.0.borrow().filter.events.remove(event)
    }

    fn register_physical_connection(
        &mut self,
        pin: u32,
        to: KsPinPhysicalConnection,
    ) -> Result<(), NtStatus> {
        self.0.borrow_mut().filter.wire(pin, to)
    }

    fn fork_filter(&self, forker: &mut Forker) -> Box<dyn Filter> {
        Box::new(Self(self.0.fork(forker)))
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
