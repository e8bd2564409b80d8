//! A device: its filters, its endpoints, and a stream on it.

use ks::{DataFlow, Endpoint, EndpointState, endpoints, friendly_name};
use serde::Serialize;
use units::WaveFormat;
use vtime::Context as _;
use vtime::sim::Cx;

use super::filter::{FilterView, name_of};
use super::stream::StreamView;
use crate::stack::device::Hardware;

/// A device.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DeviceView {
    /// What the scenario calls it.
    pub device: String,
    /// Its filters, in the order in which they were made known.
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

impl DeviceView {
    /// The device `name`, whose streams flow as `flow` says and have `format`.
    pub(super) fn of(
        cx: &Cx,
        name: &str,
        hardware: &Hardware,
        flow: DataFlow,
        format: WaveFormat,
    ) -> Self {
        let interfaces = hardware.interfaces.all();
        let found = endpoints(cx.moment(), &hardware.interfaces);
        Self {
            device: name.to_owned(),
            filters: interfaces
                .iter()
                .map(|interface| FilterView::of(cx, interface))
                .collect(),
            endpoints: found.into_iter().map(EndpointView::of).collect(),
            stream: StreamView::of(cx, &hardware.filter, flow, format),
        }
    }
}

impl EndpointView {
    fn of(endpoint: Endpoint) -> Self {
        Self {
            name: friendly_name(endpoint.category),
            category: name_of(endpoint.category),
            flow: match endpoint.flow {
                DataFlow::In => "render",
                DataFlow::Out => "capture",
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
        }
    }
}
