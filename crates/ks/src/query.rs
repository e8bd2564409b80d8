//! What can be asked of a filter, and what it answers.

use units::NtStatus;

use crate::automation::{PropertyItem, Verb};
use crate::guid::Guid;
use crate::pin_factory::{Communication, DataFlow, InstanceCount};
use crate::topology::Connection;
use crate::wire::{DataFormat, KsIdentifier, KsPinPhysicalConnection, RawDataRange};

/// A property request to a filter. Identifier, verb and sizes were checked when it was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FilterRequest {
    /// How many pin factories are there?
    #[doc(alias = "KSPROPERTY_PIN_CTYPES")]
    PinTypes,
    /// Something about one of them.
    Pin {
        /// Which.
        pin: u32,
        /// What.
        query: PinQuery,
    },
    /// Under which categories is the filter found?
    #[doc(alias = "KSPROPERTY_TOPOLOGY_CATEGORIES")]
    Categories,
    /// Of which types are its nodes?
    #[doc(alias = "KSPROPERTY_TOPOLOGY_NODES")]
    Nodes,
    /// What is wired to what inside it?
    #[doc(alias = "KSPROPERTY_TOPOLOGY_CONNECTIONS")]
    Connections,
    /// What is a node called?
    #[doc(alias = "KSPROPERTY_TOPOLOGY_NAME")]
    NodeName(u32),
    /// A property of the miniport's own, of the filter or of one of its nodes.
    Automation(AutomationRequest),
}

/// A question about a pin factory.
///
/// # Source
/// `stream/kspropsetid-pin.md` and the page of each property.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PinQuery {
    /// How many of its pins can be open on this filter, and how many are?
    #[doc(alias = "KSPROPERTY_PIN_CINSTANCES")]
    Instances,
    /// Which way does data flow?
    #[doc(alias = "KSPROPERTY_PIN_DATAFLOW")]
    DataFlow,
    /// What can it take at all?
    #[doc(alias = "KSPROPERTY_PIN_DATARANGES")]
    DataRanges,
    /// What format lies in one of these ranges and in one of its own?
    #[doc(alias = "KSPROPERTY_PIN_DATAINTERSECTION")]
    DataIntersection(Vec<RawDataRange>),
    /// How is it talked to?
    #[doc(alias = "KSPROPERTY_PIN_INTERFACES")]
    Interfaces,
    /// Over what?
    #[doc(alias = "KSPROPERTY_PIN_MEDIUMS")]
    Mediums,
    /// Who may connect?
    #[doc(alias = "KSPROPERTY_PIN_COMMUNICATION")]
    Communication,
    /// How many of its pins can be open on all instances of the filter, and how many are?
    #[doc(alias = "KSPROPERTY_PIN_GLOBALCINSTANCES")]
    GlobalInstances,
    /// How many have to be open before the filter works?
    #[doc(alias = "KSPROPERTY_PIN_NECESSARYINSTANCES")]
    NecessaryInstances,
    /// What is it wired to, for ever?
    #[doc(alias = "KSPROPERTY_PIN_PHYSICALCONNECTION")]
    PhysicalConnection,
    /// What is it for?
    #[doc(alias = "KSPROPERTY_PIN_CATEGORY")]
    Category,
    /// What is it called?
    #[doc(alias = "KSPROPERTY_PIN_NAME")]
    Name,
    /// What can it take now?
    #[doc(alias = "KSPROPERTY_PIN_CONSTRAINEDDATARANGES")]
    ConstrainedDataRanges,
    /// Would it take this format? Nothing changes.
    #[doc(alias = "KSPROPERTY_PIN_PROPOSEDATAFORMAT")]
    TestFormat(DataFormat),
    /// What format does it like best?
    #[doc(alias = "KSPROPERTY_PIN_PROPOSEDATAFORMAT")]
    ProposedFormat,
    /// What format does it like best in this signal-processing mode?
    #[doc(alias = "KSPROPERTY_PIN_PROPOSEDATAFORMAT2")]
    ProposedFormatOfMode(Guid),
    /// What formats does it have in this signal-processing mode?
    #[doc(alias = "KSPROPERTY_PIN_MODEDATAFORMATS")]
    FormatsOfMode(Guid),
    /// What signal-processing modes does it have?
    #[doc(alias = "KSPROPERTY_AUDIOSIGNALPROCESSING_MODES")]
    Modes,
}

/// A request for a property that the miniport handles by itself.
///
/// # Source
/// `portcls/ns-portcls-_pcproperty_request.md`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[doc(alias = "PCPROPERTY_REQUEST")]
pub struct AutomationRequest {
    /// The property.
    pub item: PropertyItem,
    /// What is to be done with it.
    pub verb: Verb,
    /// The node it is about, if it is not about the filter.
    #[doc(alias = "Node")]
    pub node: Option<u32>,
    /// The factory of the pin that it came by; `None` if it came by the filter.
    #[doc(alias = "MinorTarget")]
    pub pin: Option<u32>,
    /// What follows the head of the request.
    #[doc(alias = "Instance")]
    pub instance: Vec<u8>,
    /// What is to be set.
    #[doc(alias = "Value")]
    pub value: Vec<u8>,
}

/// What a filter answers to a request that it grants. Each request has one kind of answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FilterReply {
    /// It is done, or it would be.
    Done,
    /// How many.
    Count(u32),
    /// How many may be, and how many are.
    Instances(InstanceCount),
    /// Which way data flows.
    DataFlow(DataFlow),
    /// Who may connect.
    Communication(Communication),
    /// What can be taken.
    DataRanges(Vec<RawDataRange>),
    /// A format.
    Format(DataFormat),
    /// Formats.
    Formats(Vec<DataFormat>),
    /// Interfaces or mediums.
    Identifiers(Vec<KsIdentifier>),
    /// The other end of a wire.
    PhysicalConnection(KsPinPhysicalConnection),
    /// One identifier.
    Guid(Guid),
    /// Several.
    Guids(Vec<Guid>),
    /// A name.
    Name(String),
    /// Inner wiring.
    Connections(Vec<Connection>),
    /// A value of the miniport's own.
    Value(Vec<u8>),
}

impl AutomationRequest {
    /// Fails unless the request has come by way of a pin, where the property is one of streams.
    ///
    /// # Errors
    /// [`NtStatus::INVALID_PARAMETER`], for reading and writing alike.
    ///
    /// # Source
    /// `audio/audio-property-requests.md`: who says too little fails.
    pub fn check_target(&self) -> Result<(), NtStatus> {
        if self.item.of_stream && self.pin.is_none() {
            return Err(NtStatus::INVALID_PARAMETER);
        }
        Ok(())
    }
}
