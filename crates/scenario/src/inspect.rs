//! What a viewer of kernel streaming would show of the devices of a scenario: filters, pins,
//! formats, nodes, endpoints.
//!
//! Everything is asked for as a client asks: in bytes, with a size query first. What is told here
//! has been through tables, sizes and structures, not read off the model.

mod ask;
mod filter;
mod format;
mod stream;
mod text;

use ks::{EndpointState, endpoints, friendly_name};
use serde::Serialize;
use vtime::Keep;
use vtime::sim::World;

use crate::format::Scenario;
use crate::stack::device::Hardware;

pub use filter::{
    FilterView, InstancesView, ModeView, NodeView, PacketSizesView, PinView, PropertyView, WireView,
};
pub use format::{FormatView, RangeView};
pub use stream::{BufferView, LatencyView, RegisterView, StreamView};

/// What the devices of a scenario show.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Inspection {
    /// The version of this object.
    pub schema: u32,
    /// What the scenario is called.
    pub scenario: String,
    /// What its device is called.
    pub device: String,
    /// The filters, in the order in which they were made known.
    pub filters: Vec<FilterView>,
    /// What a user calls a device.
    pub endpoints: Vec<EndpointView>,
    /// What a pin shows once it is opened with the device's format and has a buffer.
    pub stream: StreamView,
}

/// An endpoint.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct EndpointView {
    /// What it is called.
    pub name: Option<&'static str>,
    /// What it is.
    pub category: String,
    /// `render` or `capture`.
    pub flow: &'static str,
    /// `active`, `unplugged` or `not_present`.
    pub state: &'static str,
    /// The filter with its bridge pin.
    pub filter: String,
    /// The bridge pin.
    pub pin: u32,
    /// The filter that a stream is opened on, if there is a way.
    pub host_filter: Option<String>,
    /// The pin that a stream is opened on.
    pub host_pin: Option<u32>,
}

/// Looks at the devices of `scenario` as they are before anything runs.
pub fn inspect(scenario: &Scenario) -> Inspection {
    let mut world = World::new(scenario.seed, Keep::Digest);
    let hardware = Hardware::new(&mut world, &scenario.device, None, false);
    let cx = world.actor("inspector");
    let found = endpoints(world.now(), &hardware.interfaces);
    let views = found.into_iter().map(|endpoint| EndpointView {
        name: friendly_name(endpoint.category),
        category: filter::name_of(endpoint.category),
        flow: match endpoint.flow {
            ks::DataFlow::In => "render",
            ks::DataFlow::Out => "capture",
        },
        state: match endpoint.state {
            EndpointState::Active => "active",
            EndpointState::Unplugged => "unplugged",
            EndpointState::NotPresent => "not_present",
        },
        filter: endpoint.filter,
        pin: endpoint.pin,
        host_filter: endpoint.host.as_ref().map(|(filter, _)| filter.clone()),
        host_pin: endpoint.host.map(|(_, pin)| pin),
    });
    Inspection {
        schema: 1,
        scenario: scenario.name.clone(),
        device: scenario.device.name.clone(),
        endpoints: views.collect(),
        filters: hardware
            .interfaces
            .all()
            .iter()
            .map(|interface| FilterView::of(&cx, interface))
            .collect(),
        stream: StreamView::of(&cx, &hardware.filter, &scenario.device),
    }
}

impl Inspection {
    /// As a page of text.
    pub fn to_text(&self) -> String {
        text::draw(self)
    }
}
