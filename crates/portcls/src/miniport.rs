//! A miniport and its streams' maker.

use std::fmt;

use ks::wire::DataFormat;
use ks::{
    AutomationRequest, DataFlow, Guid, PinCapsChange, PinFactory, PortEvents, PropertyItem,
    StreamAttributes, Topology,
};
use units::{Moment, NtStatus, WaveFormat};
use vtime::{Fork, Forker};

use crate::engine_node::AudioEngineNode;
use crate::filter::{
    AudioSignalProcessing, DeviceDescription, Intersection, PinDescriptor, ProposedFormats,
};
use crate::pages::PortStreamHandle;
use crate::pnp::{AdapterPnpManagement, MiniportPnpNotify};
use crate::power::{AdapterPowerManagement, PowerNotify};
use crate::stream::MiniportWaveRtStream;

/// What a miniport says of its filter.
#[derive(Clone, Debug, PartialEq, Eq)]
#[doc(alias = "PCFILTER_DESCRIPTOR")]
pub struct FilterDescription {
    /// The categories under which the filter is found.
    pub categories: Vec<Guid>,
    /// What pins it has; the id of a pin is its place here.
    pub pins: Vec<PinFactory>,
}

/// What a stream is made for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NewStream {
    /// The pin.
    pub pin: u32,
    /// The flow of the pin: a capture stream flows out.
    pub flow: DataFlow,
    /// What will flow.
    pub format: WaveFormat,
    /// What else is said of it. The port has seen to it that the mode is one of the pin's.
    pub attributes: StreamAttributes,
}

/// A WaveRT miniport: the device's half of the driver.
///
/// # Source
/// `portcls/nn-portcls-iminiportwavert.md`.
#[doc(alias = "IMiniportWaveRT")]
pub trait MiniportWaveRt: fmt::Debug {
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

    /// Its nodes, and what is wired to what.
    fn topology(&self) -> Topology {
        Topology::default()
    }

    /// The properties of the filter that it handles by itself. What the port handles, it is never
    /// asked.
    #[doc(alias = "PCAUTOMATION_TABLE")]
    fn automation(&self) -> Vec<PropertyItem> {
        Vec::new()
    }

    /// The events that clients can enable on `pin`. Who has that of the format answers
    /// [`ProposedFormats::proposed_format`].
    fn events(&self, pin: u32) -> Vec<PinCapsChange> {
        let _ = pin;
        Vec::new()
    }

    /// A format that lies in both ranges of a pair.
    ///
    /// # Errors
    /// [`NtStatus::NO_MATCH`] if there is none, [`NtStatus::NOT_IMPLEMENTED`] if the port is to
    /// decide.
    ///
    /// # Source
    /// `portcls/nf-portcls-iminiport-datarangeintersection.md`.
    #[doc(alias = "DataRangeIntersection")]
    fn data_range_intersection(&self, pair: Intersection<'_>) -> Result<DataFormat, NtStatus> {
        let _ = pair;
        Err(NtStatus::NOT_IMPLEMENTED)
    }

    /// What DMA the device can do.
    #[doc(alias = "GetDeviceDescription")]
    fn device_description(&self) -> DeviceDescription {
        DeviceDescription::default()
    }

    /// Its signal-processing modes, if it has any.
    fn signal_processing(&self) -> Option<&dyn AudioSignalProcessing> {
        None
    }

    /// The formats that it likes, if it likes some better than others.
    fn proposed_formats(&self) -> Option<&dyn ProposedFormats> {
        None
    }

    /// Handles a property of one of its tables. What it returns is the value.
    ///
    /// # Errors
    /// Whatever it refuses it with.
    #[doc(alias = "PCPFNPROPERTY_HANDLER")]
    fn property(&mut self, now: Moment, request: &AutomationRequest) -> Result<Vec<u8>, NtStatus> {
        let _ = (now, request);
        Err(NtStatus::NOT_FOUND)
    }

    /// Makes a stream, in [`KsState::Stop`](ks::KsState::Stop) and at position 0. It keeps `port`
    /// to get memory from.
    ///
    /// # Errors
    /// [`NtStatus::NOT_SUPPORTED`] for an attribute that the pin does not have, or whatever keeps
    /// the device from it.
    ///
    /// # Source
    /// `portcls/nf-portcls-iminiportwavert-newstream.md`.
    #[doc(alias = "NewStream")]
    fn new_stream(
        &mut self,
        now: Moment,
        port: PortStreamHandle,
        stream: NewStream,
    ) -> Result<Box<dyn MiniportWaveRtStream>, NtStatus>;

    /// What it does around a change of power, if anything.
    #[doc(alias = "IPowerNotify")]
    fn power_notify(&mut self) -> Option<&mut dyn PowerNotify> {
        None
    }

    /// What its adapter does when its power changes, if anything.
    #[doc(alias = "IAdapterPowerManagement")]
    fn adapter_power(&mut self) -> Option<&mut dyn AdapterPowerManagement> {
        None
    }

    /// What it does when its device goes, if anything.
    #[doc(alias = "IMiniportPnpNotify")]
    fn pnp_notify(&mut self) -> Option<&mut dyn MiniportPnpNotify> {
        None
    }

    /// What its adapter does when resources are dealt out anew, if anything.
    #[doc(alias = "IAdapterPnpManagement")]
    fn adapter_pnp(&mut self) -> Option<&mut dyn AdapterPnpManagement> {
        None
    }

    /// The node of the audio engine that is built into the device, if there is one.
    #[doc(alias = "IMiniportAudioEngineNode")]
    fn audio_engine_node(&mut self) -> Option<&mut dyn AudioEngineNode> {
        None
    }

    /// The same miniport of the twin world.
    fn fork_miniport(&self, forker: &mut Forker) -> Box<dyn MiniportWaveRt>;
}

impl Fork for Box<dyn MiniportWaveRt> {
    fn fork(&self, forker: &mut Forker) -> Self {
        self.fork_miniport(forker)
    }
}
