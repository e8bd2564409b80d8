//! A miniport without streams: what lies between a converter and its jack.

use std::fmt;

use ks::{AutomationRequest, PinCapsChange, PinFactory, PortEvents, PropertyItem, Topology};
use units::{Moment, NtStatus};
use vtime::{Fork, Forker};

use crate::filter::PinDescriptor;
use crate::miniport::FilterDescription;

/// A topology miniport. None of its pins can be opened.
///
/// # Source
/// `portcls/nn-portcls-iminiporttopology.md`, `audio/topology-filters.md`.
#[doc(alias = "IMiniportTopology")]
pub trait MiniportTopology: fmt::Debug {
    /// It is about to be used; through `events` it can tell clients that something has changed.
    #[doc(alias = "Init")]
    fn init(&mut self, events: PortEvents) {
        drop(events);
    }

    /// The filter that it is the miniport of. Asked for once.
    #[doc(alias = "GetDescription")]
    fn description(&self) -> FilterDescription;

    /// What it says of `pin` beside its factory.
    fn pin_descriptor(&self, pin: u32, factory: &PinFactory) -> PinDescriptor {
        let _ = pin;
        PinDescriptor::of(factory)
    }

    /// Its nodes and wires.
    fn topology(&self) -> Topology;

    /// The properties of the filter that it handles by itself.
    fn automation(&self) -> Vec<PropertyItem> {
        Vec::new()
    }

    /// The events that clients can enable on `pin`.
    fn events(&self, pin: u32) -> Vec<PinCapsChange> {
        let _ = pin;
        Vec::new()
    }

    /// Handles a property of one of its tables. What it returns is the value.
    ///
    /// # Errors
    /// Whatever it refuses it with.
    #[doc(alias = "PCPFNPROPERTY_HANDLER")]
    fn property(&mut self, now: Moment, request: &AutomationRequest) -> Result<Vec<u8>, NtStatus>;

    /// The same miniport of the twin world.
    fn fork_topology(&self, forker: &mut Forker) -> Box<dyn MiniportTopology>;
}

impl Fork for Box<dyn MiniportTopology> {
    fn fork(&self, forker: &mut Forker) -> Self {
        self.fork_topology(forker)
    }
}
