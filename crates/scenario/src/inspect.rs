//! What a viewer of kernel streaming would show of the devices of a scenario: filters, pins,
//! formats, nodes, endpoints.
//!
//! Everything is asked for as a client asks: in bytes, with a size query first. What is told here
//! has been through tables, sizes and structures, not read off the model.

mod ask;
mod device;
mod filter;
mod format;
mod stream;
mod text;

use ks::DataFlow;
use serde::Serialize;
use vtime::Keep;
use vtime::sim::World;

use crate::format::Scenario;
use crate::stack::device::Hardware;

pub use device::{DeviceView, EndpointView};
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
    /// What it plays on, unless it only records, then what it records from.
    pub devices: Vec<DeviceView>,
}

/// Looks at the devices of `scenario` as they are before anything runs.
pub fn inspect(scenario: &Scenario) -> Inspection {
    let mut world = World::new(scenario.seed, Keep::Digest);
    let cx = world.actor("inspector");
    let mut devices = Vec::new();
    let mut speaker = scenario.has_speaker().then(|| {
        let hardware = Hardware::new(&mut world, scenario, None, false);
        let (name, format) = (&scenario.device.name, scenario.device.format.to_format());
        devices.push(DeviceView::of(&cx, name, &hardware, DataFlow::In, format));
        hardware
    });
    if let Some(microphone) = &scenario.microphone {
        let beside = speaker
            .as_mut()
            .filter(|_| scenario.microphone_beside().is_some());
        let hardware = match beside {
            Some(speaker) => speaker.recording_beside(&mut world, microphone, None),
            None => Hardware::recording(&mut world, microphone, None, None, false),
        };
        let (name, format) = (&microphone.name, microphone.format.to_format());
        devices.push(DeviceView::of(&cx, name, &hardware, DataFlow::Out, format));
    }
    Inspection {
        schema: 1,
        scenario: scenario.name.clone(),
        devices,
    }
}

impl Inspection {
    /// As a page of text.
    pub fn to_text(&self) -> String {
        text::draw(self)
    }
}
