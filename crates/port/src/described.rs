//! What a miniport said of its filter, and the answers that follow from it alone.

use ks::wire::{KsIdentifier, KsPinPhysicalConnection, RawDataRange};
use ks::{
    AutomationRequest, Communication, FilterReply, FilterRequest, Guid, InstanceCount,
    KSINTERFACESETID_STANDARD, KSMEDIUMSETID_STANDARD, Listener, PinCapsChange, PinFactory,
    PinQuery, PortEvents, PropertyItem, Topology, friendly_name,
};
use portcls::{FilterDescription, PinDescriptor};
use units::NtStatus;
use vtime::{Fork, Forker};

/// What a miniport said of its filter, and what was wired to it since.
#[derive(Debug)]
pub(crate) struct Described {
    pub(crate) description: FilterDescription,
    pub(crate) pins: Vec<PinDescriptor>,
    pub(crate) topology: Topology,
    /// Properties of the filter that the miniport handles.
    pub(crate) automation: Vec<PropertyItem>,
    /// Events of each pin that clients can enable.
    pub(crate) pin_events: Vec<Vec<PinCapsChange>>,
    pub(crate) events: PortEvents,
    /// The other end of each pin that is wired.
    pub(crate) wires: Vec<Option<KsPinPhysicalConnection>>,
}

impl Described {
    /// The factory `pin`, without a count of what is open.
    pub(crate) fn factory(&self, pin: u32) -> Result<&PinFactory, NtStatus> {
        let factory = self.description.pins.get(pin as usize);
        factory.ok_or(NtStatus::INVALID_PARAMETER)
    }

    /// The rest of what was said of factory `pin`, which exists.
    pub(crate) fn descriptor(&self, pin: u32) -> &PinDescriptor {
        &self.pins[pin as usize]
    }

    /// The properties of the miniport's own: of the filter, or of a node.
    pub(crate) fn automation(&self, node: Option<u32>) -> Result<Vec<PropertyItem>, NtStatus> {
        let Some(node) = node else {
            return Ok(self.automation.clone());
        };
        let node = self.topology.nodes.get(node as usize);
        Ok(node.ok_or(NtStatus::INVALID_PARAMETER)?.automation.clone())
    }

    /// Notes what `pin` is wired to.
    pub(crate) fn wire(&mut self, pin: u32, to: KsPinPhysicalConnection) -> Result<(), NtStatus> {
        let wire = self.wires.get_mut(pin as usize);
        *wire.ok_or(NtStatus::INVALID_PARAMETER)? = Some(to);
        Ok(())
    }

    /// Whether event `id` of `set` can be enabled on `pin`.
    ///
    /// Source: `audio/ksevent-pincaps-formatchange.md`: the target is a pin.
    pub(crate) fn check_event(&self, set: Guid, id: u32, pin: Option<u32>) -> Result<(), NtStatus> {
        let pin = pin.ok_or(NtStatus::INVALID_PARAMETER)?;
        self.factory(pin)?;
        if set != PinCapsChange::SET {
            return Err(NtStatus::PROPSET_NOT_FOUND);
        }
        let event = PinCapsChange::from_id(id).ok_or(NtStatus::NOT_FOUND)?;
        if self.pin_events[pin as usize].contains(&event) {
            Ok(())
        } else {
            Err(NtStatus::NOT_FOUND)
        }
    }

    /// Has a client told from now on.
    pub(crate) fn enable_event(&self, listener: Listener) -> Result<(), NtStatus> {
        self.check_event(listener.set, listener.id, listener.pin)?;
        self.events.add(listener);
        Ok(())
    }

    /// Whether a request to the miniport says enough and is about something that exists.
    pub(crate) fn check_automation(&self, request: &AutomationRequest) -> Result<(), NtStatus> {
        let items = self.automation(request.node)?;
        if !items.contains(&request.item) {
            return Err(NtStatus::NOT_FOUND);
        }
        request.check_target()
    }

    /// The answer to whatever does not depend on what is open or on what the device says now.
    pub(crate) fn answer(&self, request: &FilterRequest) -> Result<FilterReply, NtStatus> {
        let nodes = &self.topology.nodes;
        match request {
            FilterRequest::PinTypes => Ok(FilterReply::Count(count(&self.description.pins))),
            FilterRequest::Pin { pin, query } => self.answer_pin(*pin, query),
            FilterRequest::Categories => {
                Ok(FilterReply::Guids(self.description.categories.clone()))
            }
            FilterRequest::Nodes => {
                let kinds = nodes.iter().map(|node| node.kind);
                Ok(FilterReply::Guids(kinds.collect()))
            }
            FilterRequest::Connections => {
                Ok(FilterReply::Connections(self.topology.connections.clone()))
            }
            FilterRequest::NodeName(node) => {
                let node = nodes.get(*node as usize);
                let node = node.ok_or(NtStatus::INVALID_PARAMETER)?;
                name_of(node.name.unwrap_or(node.kind))
            }
            FilterRequest::Automation(_) => Err(NtStatus::NOT_FOUND),
        }
    }

    fn answer_pin(&self, pin: u32, query: &PinQuery) -> Result<FilterReply, NtStatus> {
        let factory = self.factory(pin)?;
        let descriptor = self.descriptor(pin);
        match query {
            PinQuery::Instances => Ok(FilterReply::Instances(factory.instances)),
            PinQuery::GlobalInstances => Ok(FilterReply::Instances(InstanceCount {
                possible: descriptor.global_max,
                current: 0,
            })),
            PinQuery::NecessaryInstances => Ok(FilterReply::Count(descriptor.necessary)),
            PinQuery::DataFlow => Ok(FilterReply::DataFlow(factory.flow)),
            PinQuery::Communication => Ok(FilterReply::Communication(factory.communication)),
            PinQuery::DataRanges => Ok(FilterReply::DataRanges(ranges_of(factory))),
            PinQuery::ConstrainedDataRanges => {
                let ranges = descriptor.constrained.as_ref().unwrap_or(&factory.ranges);
                Ok(FilterReply::DataRanges(
                    ranges.iter().map(RawDataRange::from).collect(),
                ))
            }
            PinQuery::Interfaces => Ok(FilterReply::Identifiers(INTERFACES.to_vec())),
            PinQuery::Mediums => Ok(FilterReply::Identifiers(MEDIUMS.to_vec())),
            PinQuery::PhysicalConnection => {
                let wire = self.wires[pin as usize].clone();
                Ok(FilterReply::PhysicalConnection(
                    wire.ok_or(NtStatus::NOT_FOUND)?,
                ))
            }
            PinQuery::Category => Ok(FilterReply::Guid(factory.category)),
            PinQuery::Name => name_of(descriptor.name.unwrap_or(factory.category)),
            PinQuery::DataIntersection(_) | PinQuery::TestFormat(_) => Err(NtStatus::NO_MATCH),
            PinQuery::ProposedFormat
            | PinQuery::ProposedFormatOfMode(_)
            | PinQuery::FormatsOfMode(_) => Err(NtStatus::NOT_SUPPORTED),
            PinQuery::Modes => Ok(FilterReply::Guids(Vec::new())),
        }
    }
}

impl Fork for Described {
    fn fork(&self, forker: &mut Forker) -> Self {
        Self {
            description: self.description.clone(),
            pins: self.pins.clone(),
            topology: self.topology.clone(),
            automation: self.automation.clone(),
            pin_events: self.pin_events.clone(),
            events: self.events.fork(forker),
            wires: self.wires.clone(),
        }
    }
}

/// What `factory` can take, as clients see it. A bridge that says nothing takes sound on a wire.
///
/// Source: `audio/exposing-filter-topology.md`.
pub(crate) fn ranges_of(factory: &PinFactory) -> Vec<RawDataRange> {
    if factory.communication == Communication::None && factory.ranges.is_empty() {
        return vec![RawDataRange::analog()];
    }
    factory.ranges.iter().map(RawDataRange::from).collect()
}

/// Streaming and looped streaming: positions are places in the buffer with either.
///
/// Model: the interfaces of a miniport's description are ignored, and WaveRT clients use both.
const INTERFACES: [KsIdentifier; 2] = [
    KsIdentifier {
        set: KSINTERFACESETID_STANDARD,
        id: 0,
        flags: 0,
    },
    KsIdentifier {
        set: KSINTERFACESETID_STANDARD,
        id: 1,
        flags: 0,
    },
];

/// Device input and output, as of every pin that names no medium.
const MEDIUMS: [KsIdentifier; 1] = [KsIdentifier {
    set: KSMEDIUMSETID_STANDARD,
    id: 0,
    flags: 0,
}];

fn name_of(guid: Guid) -> Result<FilterReply, NtStatus> {
    let name = friendly_name(guid).ok_or(NtStatus::NOT_FOUND)?;
    Ok(FilterReply::Name(name.to_owned()))
}

fn count<T>(list: &[T]) -> u32 {
    u32::try_from(list.len()).expect("a filter has few parts")
}
