//! Requests to filters: from bytes to a question, and from an answer to bytes.

use units::{Moment, NtStatus};

use super::property::Request;
use crate::automation::Verb;
use crate::filter::FilterHandle;
use crate::guid::{
    Guid, KSPROPSETID_AUDIO_SIGNAL_PROCESSING, KSPROPSETID_PIN, KSPROPSETID_TOPOLOGY,
};
use crate::pin_factory::InstanceCount;
use crate::query::{AutomationRequest, FilterReply, FilterRequest, PinQuery};
use crate::wire::{
    Attribute, DataFormat, KsIdentifier, KsMultipleItem, KsPinCInstances, KsTopologyConnection,
    KspNode, KspPin, RawDataRange, Reader, Wire, Writer, formats_to_bytes, size, unicode,
};

impl Request<'_> {
    /// Has the filter answer.
    pub(super) fn filter(&self, now: Moment, filter: &FilterHandle) -> Result<Vec<u8>, NtStatus> {
        let request = self.to_filter_request()?;
        Ok(encode(filter.query(now, request)?))
    }

    /// Has the miniport answer; `pin` is the factory of the pin that the request came by.
    pub(super) fn automation(
        &self,
        now: Moment,
        filter: &FilterHandle,
        pin: Option<u32>,
    ) -> Result<Vec<u8>, NtStatus> {
        let head = if self.node.is_some() {
            KspNode::SIZE
        } else {
            KsIdentifier::SIZE
        };
        let request = AutomationRequest {
            item: self.item,
            verb: self.verb,
            node: self.node,
            pin,
            instance: self.input[head..].to_vec(),
            value: self.value.to_vec(),
        };
        Ok(encode(
            filter.query(now, FilterRequest::Automation(request))?,
        ))
    }

    fn to_filter_request(&self) -> Result<FilterRequest, NtStatus> {
        match (self.item.set, self.item.id) {
            (KSPROPSETID_PIN, 1) => Ok(FilterRequest::PinTypes),
            (KSPROPSETID_PIN, id) => self.to_pin_request(id),
            (KSPROPSETID_AUDIO_SIGNAL_PROCESSING, 0) => {
                let pin = KspPin::parse(self.input)?.pin;
                let query = PinQuery::Modes;
                Ok(FilterRequest::Pin { pin, query })
            }
            (KSPROPSETID_TOPOLOGY, 0) => Ok(FilterRequest::Categories),
            (KSPROPSETID_TOPOLOGY, 1) => Ok(FilterRequest::Nodes),
            (KSPROPSETID_TOPOLOGY, 2) => Ok(FilterRequest::Connections),
            (KSPROPSETID_TOPOLOGY, 3) => {
                Ok(FilterRequest::NodeName(KspNode::parse(self.input)?.node))
            }
            _ => Err(NtStatus::NOT_FOUND),
        }
    }

    fn to_pin_request(&self, id: u32) -> Result<FilterRequest, NtStatus> {
        let pin = KspPin::parse(self.input)?.pin;
        let behind = &self.input[KspPin::SIZE..];
        let query = match id {
            0 => PinQuery::Instances,
            2 => PinQuery::DataFlow,
            3 => PinQuery::DataRanges,
            4 => PinQuery::DataIntersection(RawDataRange::parse_list(behind)?),
            5 => PinQuery::Interfaces,
            6 => PinQuery::Mediums,
            7 => PinQuery::Communication,
            8 => PinQuery::GlobalInstances,
            9 => PinQuery::NecessaryInstances,
            10 => PinQuery::PhysicalConnection,
            11 => PinQuery::Category,
            12 => PinQuery::Name,
            13 => PinQuery::ConstrainedDataRanges,
            14 if self.verb == Verb::Set => PinQuery::TestFormat(DataFormat::parse(self.value)?),
            14 => PinQuery::ProposedFormat,
            15 => PinQuery::ProposedFormatOfMode(mode_of(behind)?),
            16 => PinQuery::FormatsOfMode(Guid::read("KSPROPERTY_PIN_MODEDATAFORMATS", behind)?),
            _ => return Err(NtStatus::NOT_FOUND),
        };
        Ok(FilterRequest::Pin { pin, query })
    }
}

/// The mode that a list of attributes names.
///
/// Source: `stream/ksproperty-pin-proposedataformat2.md`.
fn mode_of(bytes: &[u8]) -> Result<Guid, NtStatus> {
    let attributes = Attribute::get_list(&mut Reader::new("KSMULTIPLE_ITEM", bytes))?;
    let mut modes = attributes.into_iter().filter_map(|each| match each {
        Attribute::SignalProcessingMode(mode) => Some(mode),
        _ => None,
    });
    modes.next().ok_or(NtStatus::INVALID_PARAMETER)
}

fn encode(reply: FilterReply) -> Vec<u8> {
    match reply {
        FilterReply::Done => Vec::new(),
        FilterReply::Count(count) => count.to_bytes(),
        FilterReply::Instances(instances) => instances.to_wire().to_bytes(),
        FilterReply::DataFlow(flow) => flow.value().to_bytes(),
        FilterReply::Communication(communication) => communication.value().to_bytes(),
        FilterReply::DataRanges(ranges) => RawDataRange::list_to_bytes(&ranges),
        FilterReply::Format(format) => format.to_bytes(),
        FilterReply::Formats(formats) => formats_to_bytes(&formats),
        FilterReply::Identifiers(identifiers) => list(&identifiers),
        FilterReply::PhysicalConnection(wire) => wire.to_bytes(),
        FilterReply::Guid(guid) => guid.to_bytes().to_vec(),
        FilterReply::Guids(guids) => list(&guids),
        FilterReply::Name(name) => unicode(&name),
        FilterReply::Connections(connections) => {
            let wires = connections.into_iter().map(KsTopologyConnection::from);
            list(&wires.collect::<Vec<_>>())
        }
        FilterReply::Value(value) => value,
    }
}

/// Structures of one kind behind a head.
fn list<T: Wire>(items: &[T]) -> Vec<u8> {
    let mut writer = Writer::new();
    writer.put(&KsMultipleItem {
        size: size(KsMultipleItem::SIZE + items.len() * T::SIZE),
        count: size(items.len()),
    });
    for item in items {
        writer.put(item);
    }
    writer.finish()
}

impl InstanceCount {
    /// As it lies in memory, where all ones say that there is no limit.
    const fn to_wire(self) -> KsPinCInstances {
        KsPinCInstances {
            possible_count: match self.possible {
                Some(possible) => possible,
                None => u32::MAX,
            },
            current_count: self.current,
        }
    }
}
