//! A filter as it is told: pins, nodes, wires, properties.

use ks::wire::{
    Attribute, KsMultipleItem, KsPinCInstances, KsPinPhysicalConnection, KsTopologyConnection,
    PacketSizeConstraints, RawDataRange, Wire, Writer, from_unicode, parse_formats,
};
use ks::{
    Connection, DeviceInterface, End, Guid, Handle, JACK_DESCRIPTION,
    KSPROPSETID_AUDIO_SIGNAL_PROCESSING, KSPROPSETID_PIN, KSPROPSETID_TOPOLOGY, PropertyItem, Verb,
    parse_jacks,
};
use serde::Serialize;
use units::NtStatus;
use vtime::sim::Cx;

use super::ask::Asker;
use super::format::{FormatView, RangeView};

/// A filter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FilterView {
    /// What its adapter calls it.
    pub name: String,
    /// What it is opened by.
    pub symbolic_link: String,
    /// What it is found under.
    pub categories: Vec<String>,
    /// What packets it can have, if it says so.
    pub packet_sizes: Option<PacketSizesView>,
    /// Its pin factories.
    pub pins: Vec<PinView>,
    /// Its nodes.
    pub nodes: Vec<NodeView>,
    /// What is wired to what inside it.
    pub connections: Vec<WireView>,
    /// What can be asked of it.
    pub properties: Vec<PropertyView>,
}

/// What packets a filter can have.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PacketSizesView {
    /// The shortest period.
    pub period_min_ns: u64,
    /// What the size is a multiple of.
    pub alignment_bytes: u64,
    /// The largest packet, if there is one.
    pub size_max_bytes: Option<u64>,
}

/// A pin factory.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PinView {
    /// Its number.
    pub pin: u32,
    /// What it is called.
    pub name: Option<String>,
    /// What it is for.
    pub category: String,
    /// `in` or `out`, seen from the filter.
    pub flow: &'static str,
    /// Who may connect.
    pub communication: &'static str,
    /// On this opening of the filter.
    pub instances: InstancesView,
    /// On all of them.
    pub global_instances: InstancesView,
    /// How many have to be open.
    pub necessary_instances: u32,
    /// What it can take.
    pub ranges: Vec<RangeView>,
    /// What it likes best.
    pub proposed_format: Option<FormatView>,
    /// Its signal-processing modes.
    pub modes: Vec<ModeView>,
    /// The filter that it is wired to.
    pub wired_to_filter: Option<String>,
    /// The pin that it is wired to.
    pub wired_to_pin: Option<u32>,
    /// Whether something is plugged in, if it has a jack.
    pub plugged: Option<bool>,
}

/// How many pins may be open, and how many are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct InstancesView {
    /// The most; none if there is no limit.
    pub possible: Option<u32>,
    /// Those that are open.
    pub current: u32,
}

/// A signal-processing mode of a pin.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ModeView {
    /// The mode.
    pub mode: String,
    /// What the pin likes best in it.
    pub proposed_format: Option<FormatView>,
    /// All that it plays in it.
    pub formats: Vec<FormatView>,
}

/// A node.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NodeView {
    /// Its number.
    pub node: u32,
    /// What it does.
    pub kind: String,
    /// What it is called.
    pub name: Option<String>,
    /// What can be asked of it.
    pub properties: Vec<PropertyView>,
}

/// A wire inside a filter: `pin 0` or `node 0.1`, the node and its pin.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct WireView {
    /// Where sound comes from.
    pub from: String,
    /// Where it goes.
    pub to: String,
}

/// A property, and what it reads as.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PropertyView {
    /// What the headers call it.
    pub name: &'static str,
    /// `get`, `set` or both.
    pub access: &'static str,
    /// How reading it ended; none if it was not read.
    pub status: Option<String>,
    /// The number that it is, if it is one.
    pub number: Option<i64>,
    /// Its bytes as hexadecimal digits.
    pub bytes: Option<String>,
}

/// One filter, its handle, and who asks.
struct Open<'a> {
    asker: Asker,
    handle: Handle,
    interface: &'a DeviceInterface,
}

impl FilterView {
    pub(super) fn of(cx: &Cx, interface: &DeviceInterface) -> Self {
        let (asker, handle) = Asker::new(cx, &interface.filter);
        let mut open = Open {
            asker,
            handle,
            interface,
        };
        let pins = open.number(KSPROPSETID_PIN, 1).unwrap_or(0);
        Self {
            name: interface.reference.clone(),
            symbolic_link: interface.symbolic_link.clone(),
            categories: names(&open.guids(0)),
            packet_sizes: interface.packet_sizes.as_ref().map(PacketSizesView::of),
            pins: (0..pins).map(|pin| open.pin(pin)).collect(),
            nodes: open.nodes(),
            connections: open.connections(),
            properties: open.properties(),
        }
    }
}

impl PacketSizesView {
    /// The constraints as whoever reads the property of the interface finds them.
    fn of(sizes: &PacketSizeConstraints) -> Self {
        let read = PacketSizeConstraints::parse(&sizes.to_bytes());
        let read = read.expect("what was written can be read");
        Self {
            period_min_ns: read.period_min.get() * 100,
            alignment_bytes: read.alignment.get(),
            size_max_bytes: read.size_max.map(units::Bytes::get),
        }
    }
}

impl Open<'_> {
    fn number(&mut self, set: Guid, id: u32) -> Option<u32> {
        let bytes = self.asker.property(self.handle, set, id).ok()?;
        u32::read("ULONG", &bytes).ok()
    }

    /// A list of identifiers of the set of topologies.
    fn guids(&mut self, id: u32) -> Vec<Guid> {
        let bytes = self.asker.property(self.handle, KSPROPSETID_TOPOLOGY, id);
        items(&bytes.unwrap_or_default(), "GUID")
    }

    fn ask(&mut self, id: u32, pin: u32, behind: &[u8]) -> Result<Vec<u8>, NtStatus> {
        let property = (KSPROPSETID_PIN, id);
        self.asker.of_pin(self.handle, property, pin, behind)
    }

    fn pin_number(&mut self, id: u32, pin: u32) -> u32 {
        let bytes = self.ask(id, pin, &[]).unwrap_or_default();
        u32::read("ULONG", &bytes).unwrap_or(0)
    }

    fn pin(&mut self, pin: u32) -> PinView {
        let category = self.ask(11, pin, &[]).unwrap_or_default();
        let category = Guid::read("GUID", &category).unwrap_or_default();
        let wire = self.ask(10, pin, &[]).ok();
        let wire = wire.and_then(|bytes| KsPinPhysicalConnection::parse(&bytes).ok());
        let ranges = self.ask(3, pin, &[]).unwrap_or_default();
        let ranges = RawDataRange::parse_list(&ranges).unwrap_or_default();
        PinView {
            pin,
            name: self
                .ask(12, pin, &[])
                .ok()
                .and_then(|name| from_unicode(&name)),
            category: name_of(category),
            flow: match self.pin_number(2, pin) {
                1 => "in",
                _ => "out",
            },
            communication: match self.pin_number(7, pin) {
                1 => "sink",
                2 => "source",
                3 => "both",
                4 => "bridge",
                _ => "none",
            },
            instances: self.instances(0, pin),
            global_instances: self.instances(8, pin),
            necessary_instances: self.pin_number(9, pin),
            ranges: ranges.iter().map(RangeView::of).collect(),
            proposed_format: self
                .ask(14, pin, &[])
                .ok()
                .and_then(|b| FormatView::parse(&b)),
            modes: self.modes(pin),
            wired_to_filter: wire.as_ref().map(|wire| wire.symbolic_link_name.clone()),
            wired_to_pin: wire.map(|wire| wire.pin),
            plugged: self.plugged(pin),
        }
    }

    fn instances(&mut self, id: u32, pin: u32) -> InstancesView {
        let bytes = self.ask(id, pin, &[]).unwrap_or_default();
        let counts = KsPinCInstances::parse(&bytes).unwrap_or_default();
        InstancesView {
            possible: Some(counts.possible_count).filter(|count| *count != u32::MAX),
            current: counts.current_count,
        }
    }

    fn modes(&mut self, pin: u32) -> Vec<ModeView> {
        let property = (KSPROPSETID_AUDIO_SIGNAL_PROCESSING, 0);
        let modes = self.asker.of_pin(self.handle, property, pin, &[]);
        let modes: Vec<Guid> = items(&modes.unwrap_or_default(), "GUID");
        let mut view = |mode: Guid| {
            let mut attributes = Writer::new();
            Attribute::put_list(&[Attribute::SignalProcessingMode(mode)], &mut attributes);
            let proposed = self.ask(15, pin, &attributes.finish()).ok();
            let formats = self.ask(16, pin, &mode.to_bytes()).unwrap_or_default();
            let formats = parse_formats(&formats).unwrap_or_default();
            ModeView {
                mode: name_of(mode),
                proposed_format: proposed.and_then(|bytes| FormatView::parse(&bytes)),
                formats: formats.iter().filter_map(FormatView::of).collect(),
            }
        };
        modes.into_iter().map(&mut view).collect()
    }

    fn plugged(&mut self, pin: u32) -> Option<bool> {
        let property = (JACK_DESCRIPTION.set, JACK_DESCRIPTION.id);
        let bytes = self.asker.of_pin(self.handle, property, pin, &[]).ok()?;
        let jacks = parse_jacks(&bytes).ok()?;
        Some(jacks.first()?.is_connected != 0)
    }

    fn nodes(&mut self) -> Vec<NodeView> {
        let kinds = self.guids(1);
        let mut view = |(node, kind): (u32, Guid)| {
            let name = self.node_name(node);
            let items = self.interface.filter.automation(Some(node));
            let properties = items.unwrap_or_default();
            let read = |item: &PropertyItem| {
                let value = self.asker.of_node(self.handle, item, node);
                PropertyView::of(item, Some(value))
            };
            NodeView {
                node,
                kind: name_of(kind),
                name,
                properties: properties.iter().map(read).collect(),
            }
        };
        (0..).zip(kinds).map(&mut view).collect()
    }

    fn node_name(&mut self, node: u32) -> Option<String> {
        let request = ks::wire::KspNode {
            property: super::ask::head(KSPROPSETID_TOPOLOGY, 3, Verb::Get.flags()),
            node,
            reserved: 0,
        };
        let name = self.asker.read(self.handle, &request.to_bytes()).ok()?;
        from_unicode(&name)
    }

    fn connections(&mut self) -> Vec<WireView> {
        let bytes = self.asker.property(self.handle, KSPROPSETID_TOPOLOGY, 2);
        let wires: Vec<KsTopologyConnection> =
            items(&bytes.unwrap_or_default(), "KSTOPOLOGY_CONNECTION");
        let view = |wire: &KsTopologyConnection| {
            let Connection { from, to } = (*wire).into();
            WireView {
                from: end(from),
                to: end(to),
            }
        };
        wires.iter().map(view).collect()
    }

    /// The properties of the filter; those that are not about a pin are read.
    fn properties(&mut self) -> Vec<PropertyView> {
        let items = self.asker.process.properties(self.handle);
        let mut view = |item: &PropertyItem| {
            let plain = item.request_bytes == ks::wire::KsIdentifier::SIZE;
            let value = plain.then(|| self.asker.property(self.handle, item.set, item.id));
            PropertyView::of(item, value)
        };
        items.iter().map(&mut view).collect()
    }
}

impl PropertyView {
    /// A property whose reading ended in `value`, if it was read.
    pub(super) fn of(item: &PropertyItem, value: Option<Result<Vec<u8>, NtStatus>>) -> Self {
        let status = value.as_ref().map(|value| match value {
            Ok(_) => NtStatus::SUCCESS,
            Err(status) => *status,
        });
        let bytes = value.and_then(Result::ok);
        let number = bytes.as_ref().and_then(|bytes| match item.value_type {
            ks::ValueType::I4 => i32::read("LONG", bytes).ok().map(i64::from),
            ks::ValueType::Ui4 | ks::ValueType::Bool => {
                u32::read("ULONG", bytes).ok().map(i64::from)
            }
            ks::ValueType::Ui8 => i64::try_from(u64::read("ULONGLONG", bytes).ok()?).ok(),
            ks::ValueType::Structure => None,
        });
        Self {
            name: item.name,
            access: match (item.access.allows(Verb::Get), item.access.allows(Verb::Set)) {
                (true, true) => "get, set",
                (false, true) => "set",
                _ => "get",
            },
            status: status.map(|status| status.name().to_owned()),
            number,
            bytes: bytes.map(|bytes| hex(&bytes)),
        }
    }
}

/// The name that the headers give an identifier, or its digits.
pub(super) fn name_of(guid: Guid) -> String {
    guid.name().map_or_else(|| guid.to_string(), str::to_owned)
}

fn names(guids: &[Guid]) -> Vec<String> {
    guids.iter().map(|guid| name_of(*guid)).collect()
}

/// The structures behind the head of a list.
fn items<T: Wire>(bytes: &[u8], what: &'static str) -> Vec<T> {
    let behind = bytes.get(KsMultipleItem::SIZE..).unwrap_or_default();
    let items = behind.chunks_exact(T::SIZE);
    items.filter_map(|item| T::read(what, item).ok()).collect()
}

fn end(end: End) -> String {
    match end {
        End::Pin(pin) => format!("pin {pin}"),
        End::Node { node, pin } => format!("node {node}.{pin}"),
    }
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut digits, byte| {
        let _ = write!(digits, "{byte:02X}");
        digits
    })
}
