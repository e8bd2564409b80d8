//! Endpoints: what a user thinks of as a device, found from the bridge pins of filters.

use units::Moment;

use crate::filter::FilterHandle;
use crate::guid::{Guid, KSPROPSETID_JACK};
use crate::interfaces::{DeviceInterface, DeviceInterfaces};
use crate::jack::is_connected;
use crate::pin_factory::{Communication, DataFlow};
use crate::query::{FilterReply, FilterRequest, PinQuery};
use crate::topology::Topology;

/// A loudspeaker, a microphone, a socket: where sound leaves a system or enters it.
///
/// # Source
/// `audio/audio-endpoint-builder-algorithm.md`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// The filter that has its bridge pin.
    pub filter: String,
    /// The bridge pin.
    pub pin: u32,
    /// What it is.
    pub category: Guid,
    /// [`DataFlow::In`] if sound is rendered there, [`DataFlow::Out`] if it is captured.
    pub flow: DataFlow,
    /// Whether it can be used.
    pub state: EndpointState,
    /// The filter and the pin that a stream to or from it is opened on, if there is a way.
    pub host: Option<(String, u32)>,
}

/// Whether an endpoint can be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EndpointState {
    /// There is a way to a pin that can be opened.
    #[doc(alias = "DEVICE_STATE_ACTIVE")]
    Active,
    /// There would be a way, and nothing is plugged in.
    #[doc(alias = "DEVICE_STATE_UNPLUGGED")]
    Unplugged,
    /// There is no way.
    #[doc(alias = "DEVICE_STATE_NOTPRESENT")]
    NotPresent,
}

/// Finds the endpoints behind everything in `interfaces`, as it is at `now`.
pub fn endpoints(now: Moment, interfaces: &DeviceInterfaces) -> Vec<Endpoint> {
    let search = Search { now, interfaces };
    let mut found = Vec::new();
    for interface in interfaces.all() {
        let factories = interface.filter.pin_factories();
        for (pin, factory) in (0..).zip(&factories) {
            let is_bridge = factory.communication == Communication::None;
            let is_wired = search.other_end(&interface.filter, pin).is_some();
            if is_bridge && !is_wired {
                found.push(search.endpoint(&interface, pin, factory.category, factory.flow));
            }
        }
    }
    found
}

struct Search<'a> {
    now: Moment,
    interfaces: &'a DeviceInterfaces,
}

impl Search<'_> {
    fn endpoint(
        &self,
        interface: &DeviceInterface,
        pin: u32,
        category: Guid,
        flow: DataFlow,
    ) -> Endpoint {
        // What leaves a filter by its bridge is rendered, so the way is against the stream.
        let rendered = flow == DataFlow::Out;
        let host = self.host(interface, pin, rendered);
        let state = match &host {
            None => EndpointState::NotPresent,
            Some(_) if self.is_plugged(&interface.filter, pin) => EndpointState::Active,
            Some(_) => EndpointState::Unplugged,
        };
        Endpoint {
            filter: interface.symbolic_link.clone(),
            pin,
            category,
            flow: if rendered {
                DataFlow::In
            } else {
                DataFlow::Out
            },
            state,
            host,
        }
    }

    /// The first pin that can be opened on the way from a bridge pin through all filters.
    fn host(&self, interface: &DeviceInterface, pin: u32, against: bool) -> Option<(String, u32)> {
        let mut open = vec![(interface.clone(), pin)];
        let mut seen: Vec<(String, u32)> = Vec::new();
        while let Some((here, pin)) = open.pop() {
            let place = (here.symbolic_link.clone(), pin);
            if seen.contains(&place) {
                continue;
            }
            seen.push(place);
            let factories = here.filter.pin_factories();
            let topology = self.topology(&here.filter);
            for beyond in topology.pins_beyond(pin, against) {
                let communication = factories.get(beyond as usize).map(|pin| pin.communication);
                if matches!(
                    communication,
                    Some(Communication::Sink | Communication::Both)
                ) {
                    return Some((here.symbolic_link, beyond));
                }
                open.extend(self.other_end(&here.filter, beyond));
            }
        }
        None
    }

    /// The pin that pin `pin` is wired to, with its filter.
    fn other_end(&self, filter: &FilterHandle, pin: u32) -> Option<(DeviceInterface, u32)> {
        let query = PinQuery::PhysicalConnection;
        match filter.query(self.now, FilterRequest::Pin { pin, query }) {
            Ok(FilterReply::PhysicalConnection(wire)) => {
                let other = self.interfaces.find(&wire.symbolic_link_name)?;
                Some((other, wire.pin))
            }
            _ => None,
        }
    }

    /// Without a jack that says otherwise something is always plugged in.
    fn is_plugged(&self, filter: &FilterHandle, pin: u32) -> bool {
        let items = filter.automation(None).unwrap_or_default();
        let jack = items.into_iter().find(|item| item.set == KSPROPSETID_JACK);
        jack.is_none_or(|item| is_connected(self.now, filter, item, pin).unwrap_or(true))
    }

    fn topology(&self, filter: &FilterHandle) -> Topology {
        let connections = match filter.query(self.now, FilterRequest::Connections) {
            Ok(FilterReply::Connections(connections)) => connections,
            _ => Vec::new(),
        };
        Topology {
            nodes: Vec::new(),
            connections,
        }
    }
}

vtime::fork_by_clone!(EndpointState);
