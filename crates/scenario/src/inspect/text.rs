//! The inspection as a page of text.

use std::fmt::Write as _;

use super::Inspection;
use super::device::{DeviceView, EndpointView};
use super::filter::{FilterView, InstancesView, ModeView, NodeView, PinView, PropertyView};
use super::format::{FormatView, RangeView};
use super::stream::{RegisterView, StreamView};

/// Width of the names in front of what is told.
const NAME: usize = 12;
/// Width of the names of properties.
const PROPERTY: usize = 50;

pub(super) fn draw(inspection: &Inspection) -> String {
    let mut page = Page(String::new());
    page.line(0, &inspection.scenario);
    for device in &inspection.devices {
        page.device(device);
    }
    page.0
}

struct Page(String);

impl Page {
    fn line(&mut self, indent: usize, text: &str) {
        let _ = writeln!(self.0, "{:indent$}{text}", "");
    }

    fn entry(&mut self, indent: usize, name: &str, text: &str) {
        let _ = writeln!(self.0, "{:indent$}{name:<NAME$} {text}", "");
    }

    fn heading(&mut self, text: &str) {
        self.line(0, "");
        self.line(0, text);
    }

    fn device(&mut self, device: &DeviceView) {
        self.heading(&format!("device {}", device.device));
        for endpoint in &device.endpoints {
            self.endpoint(device, endpoint);
        }
        for filter in &device.filters {
            self.filter(device, filter);
        }
        self.stream(&device.stream);
    }

    fn endpoint(&mut self, device: &DeviceView, endpoint: &EndpointView) {
        let name = endpoint.name.unwrap_or(&endpoint.category);
        let (flow, state) = (endpoint.flow, endpoint.state.replace('_', " "));
        self.heading(&format!("endpoint {name}: {flow}, {state}"));
        let filter = short(device, &endpoint.filter);
        let place = format!("{filter} pin {}, {}", endpoint.pin, endpoint.category);
        self.entry(2, "at", &place);
        if let (Some(filter), Some(pin)) = (&endpoint.host_filter, endpoint.host_pin) {
            let filter = short(device, filter);
            self.entry(2, "opened on", &format!("{filter} pin {pin}"));
        }
    }

    fn filter(&mut self, device: &DeviceView, filter: &FilterView) {
        self.heading(&format!("filter {}", filter.name));
        self.entry(2, "link", &filter.symbolic_link);
        self.entry(2, "categories", &filter.categories.join(", "));
        if let Some(sizes) = &filter.packet_sizes {
            let largest = match sizes.size_max_bytes {
                Some(bytes) => format!("at most {bytes} bytes"),
                None => "no largest".to_owned(),
            };
            let (period, alignment) = (sizes.period_min_ns, sizes.alignment_bytes);
            let bytes = plural(alignment, "byte");
            let text = format!("{period} ns or longer, a multiple of {bytes}, {largest}");
            self.entry(2, "packets", &text);
        }
        for pin in &filter.pins {
            self.pin(device, pin);
        }
        for node in &filter.nodes {
            self.node(node);
        }
        for wire in &filter.connections {
            self.entry(2, "wire", &format!("{} -> {}", wire.from, wire.to));
        }
        // Those of pins are told at each pin.
        let read = filter
            .properties
            .iter()
            .filter(|each| each.status.is_some());
        self.properties(2, read);
    }

    fn pin(&mut self, device: &DeviceView, pin: &PinView) {
        let name = pin.name.as_deref().unwrap_or("without a name");
        let (number, flow, communication) = (pin.pin, pin.flow, pin.communication);
        let category = &pin.category;
        self.line(
            2,
            &format!("pin {number}: {name}, {category}, {flow}, {communication}"),
        );
        let (here, all) = (instances(pin.instances), instances(pin.global_instances));
        let necessary = pin.necessary_instances;
        let text = format!("{here} here, {all} in all, {necessary} necessary");
        self.entry(4, "open", &text);
        for range in &pin.ranges {
            self.entry(4, "range", &range_text(range));
        }
        if let Some(format) = &pin.proposed_format {
            self.entry(4, "proposed", &format_text(format));
        }
        for mode in &pin.modes {
            self.entry(4, "mode", &mode_text(mode));
        }
        if let (Some(filter), Some(other)) = (&pin.wired_to_filter, pin.wired_to_pin) {
            let filter = short(device, filter);
            self.entry(4, "wired to", &format!("{filter} pin {other}"));
        }
        if let Some(plugged) = pin.plugged {
            let text = if plugged { "plugged in" } else { "empty" };
            self.entry(4, "jack", text);
        }
    }

    fn node(&mut self, node: &NodeView) {
        let name = node.name.as_deref().unwrap_or("without a name");
        self.line(2, &format!("node {}: {name}, {}", node.node, node.kind));
        self.properties(4, &node.properties);
    }

    fn properties<'a>(
        &mut self,
        indent: usize,
        properties: impl IntoIterator<Item = &'a PropertyView>,
    ) {
        for property in properties {
            let value = match (&property.status, property.number, &property.bytes) {
                (None, ..) => String::new(),
                (_, Some(number), _) => number.to_string(),
                (_, None, Some(bytes)) => shortened(bytes),
                (Some(status), None, None) => status.clone(),
            };
            let (name, access) = (property.name, property.access);
            let text = format!("{name:<PROPERTY$} {access:<8} {value}");
            self.line(indent, text.trim_end());
        }
    }

    fn stream(&mut self, stream: &StreamView) {
        let format = stream.format.as_ref().map_or_else(String::new, format_text);
        self.heading(&format!("stream on pin {}: {format}", stream.pin));
        if stream.buffer.is_none() {
            self.entry(2, "refused", &stream.status);
        }
        if let Some(buffer) = &stream.buffer {
            let barrier = if buffer.memory_barrier {
                "a memory barrier after stores"
            } else {
                "no memory barrier"
            };
            let (size, count) = (buffer.size_bytes, buffer.notifications);
            let text = format!("{size} bytes, {count} notifications, {barrier}");
            self.entry(2, "buffer", &text);
        }
        if let Some(latency) = &stream.latency {
            let text = format!(
                "FIFO {} bytes, chipset {} ns, codec {} ns",
                latency.fifo_bytes, latency.chipset_ns, latency.codec_ns
            );
            self.entry(2, "latency", &text);
        }
        self.register("position", "byte", stream.position_register.as_ref());
        self.register("clock", "tick", stream.clock_register.as_ref());
        self.properties(2, &stream.properties);
    }

    fn register(&mut self, name: &str, unit: &str, register: Option<&RegisterView>) {
        let Some(register) = register else {
            self.entry(2, name, "no register");
            return;
        };
        let (width, accuracy) = (register.width_bits, plural(register.accuracy.into(), unit));
        let mut text = format!("register of {width} bits, within {accuracy}");
        if register.denominator > 0 {
            let _ = write!(
                text,
                ", {} / {} Hz",
                register.numerator, register.denominator
            );
        }
        self.entry(2, name, &text);
    }
}

/// The name of the filter that a link opens.
fn short<'a>(device: &'a DeviceView, link: &'a str) -> &'a str {
    let mut filters = device.filters.iter();
    let filter = filters.find(|filter| filter.symbolic_link == link);
    filter.map_or(link, |filter| &filter.name)
}

fn instances(instances: InstancesView) -> String {
    match instances.possible {
        Some(possible) => format!("{} of {possible}", instances.current),
        None => format!("{} of any number", instances.current),
    }
}

fn format_text(format: &FormatView) -> String {
    let channels = plural(format.channels.into(), "channel");
    format!(
        "{} Hz, {channels}, {}, {}",
        format.rate_hz, format.sample, format.form
    )
}

fn range_text(range: &RangeView) -> String {
    let (Some(channels), Some([fewest, most]), Some([slowest, fastest])) =
        (range.channels_max, range.bits, range.rate_hz)
    else {
        return format!("{}, {}", range.sub_format, range.specifier);
    };
    format!(
        "{}, up to {channels} channels, {fewest} to {most} bits, {slowest} to {fastest} Hz",
        range.sub_format
    )
}

fn mode_text(mode: &ModeView) -> String {
    let formats = plural(mode.formats.len() as u64, "format");
    let proposed = match &mode.proposed_format {
        Some(format) => format_text(format),
        None => "none better than others".to_owned(),
    };
    format!("{}: {proposed}; {formats} in all", mode.mode)
}

fn plural(count: u64, what: &str) -> String {
    let s = if count == 1 { "" } else { "s" };
    format!("{count} {what}{s}")
}

/// Long values are cut: their length tells them apart from short ones.
fn shortened(digits: &str) -> String {
    const SHOWN: usize = 32;
    match digits.get(..SHOWN) {
        Some(first) if digits.len() > SHOWN => {
            format!("0x{first}… ({})", plural(digits.len() as u64 / 2, "byte"))
        }
        _ => format!("0x{digits}"),
    }
}
