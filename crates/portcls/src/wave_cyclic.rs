//! What the `WaveCyclic` port and a miniport ask of each other.

use std::fmt;
use std::sync::Arc;

use ks::{KsState, Payload, Topology};
use ring::{SharedBuffer, Whose};
use units::{Bytes, Frames, Moment, NtStatus, SimDuration, WaveFormat};
use vtime::{EventHandle, Fork, Forker, Shared};

use crate::miniport::{FilterDescription, NewStream};

/// How often the port asks to be notified, whatever the device can do.
///
/// # Source
/// `portcls/nf-portcls-iminiportwavecyclicstream-setnotificationfreq.md`.
pub const NOTIFICATION_INTERVAL: SimDuration = SimDuration::from_millis(10);

/// A `WaveCyclic` miniport: the device's half of the driver.
///
/// # Source
/// `portcls/nn-portcls-iminiportwavecyclic.md`.
#[doc(alias = "IMiniportWaveCyclic")]
pub trait MiniportWaveCyclic: fmt::Debug {
    /// The filter that it is the miniport of. Asked for once.
    #[doc(alias = "GetDescription")]
    fn description(&self) -> FilterDescription;

    /// Its nodes, and what is wired to what.
    fn topology(&self) -> Topology;

    /// Makes a stream, with the DMA channel that it plays from and the group through which it will
    /// ask for service.
    ///
    /// # Errors
    /// What the miniport refuses it with.
    fn new_stream(&mut self, now: Moment, made_for: NewStream) -> Result<NewCyclic, NtStatus>;

    /// The same miniport of the twin world.
    fn fork_miniport(&self, forker: &mut Forker) -> Box<dyn MiniportWaveCyclic>;
}

/// A stream and what comes with it.
#[derive(Debug)]
pub struct NewCyclic {
    /// The stream.
    pub stream: Box<dyn MiniportWaveCyclicStream>,
    /// The buffer that its device moves through.
    pub channel: Box<dyn DmaChannel>,
    /// Who is served when its device interrupts.
    pub group: ServiceGroup,
}

/// A stream of a `WaveCyclic` miniport.
///
/// # Source
/// `portcls/nn-portcls-iminiportwavecyclicstream.md`.
#[doc(alias = "IMiniportWaveCyclicStream")]
pub trait MiniportWaveCyclicStream: fmt::Debug {
    /// Takes the stream to a neighbouring state.
    ///
    /// # Errors
    /// What the device refuses it with.
    fn set_state(&mut self, now: Moment, state: KsState) -> Result<(), NtStatus>;

    /// Asks for a notification each `interval`. Hands back the interval that the device will keep,
    /// which the port ignores, and how many bytes go by in it.
    #[doc(alias = "SetNotificationFreq")]
    fn set_notification_interval(&mut self, interval: SimDuration) -> (SimDuration, Bytes);

    /// The place in the ring that is at the converter now, from 0 to its size minus 1; 0 after
    /// creation and after Stop, and standing still outside Run.
    #[doc(alias = "GetPosition")]
    fn position(&mut self, now: Moment) -> Bytes;

    /// How long so many bytes last, in units of 100 ns.
    ///
    /// # Source
    /// `portcls/nf-portcls-iminiportwavecyclicstream-normalizephysicalposition.md`.
    #[doc(alias = "NormalizePhysicalPosition")]
    fn normalize_physical_position(&self, position: u64) -> u64;

    /// Makes `len` frames from place `at` on silent: what the format calls silence.
    #[doc(alias = "Silence")]
    fn silence(&mut self, now: Moment, at: Frames, len: Frames, whose: Whose);

    /// Lets another format flow, outside Run.
    ///
    /// # Errors
    /// What the device refuses it with.
    fn set_format(&mut self, now: Moment, format: WaveFormat) -> Result<(), NtStatus>;

    /// The same stream of the twin world.
    fn fork_stream(&self, forker: &mut Forker) -> Box<dyn MiniportWaveCyclicStream>;
}

/// A DMA channel, as far as the port uses it. It is not made for two callers at once.
///
/// # Source
/// `portcls/nn-portcls-idmachannel.md`.
#[doc(alias = "IDmaChannel")]
pub trait DmaChannel: fmt::Debug {
    /// How much memory it has.
    fn allocated_buffer_size(&self) -> Bytes;

    /// How much of it is the ring.
    fn buffer_size(&self) -> Bytes;

    /// Makes the ring smaller, or as large as its memory.
    fn set_buffer_size(&mut self, size: Bytes);

    /// The ring itself.
    fn system_address(&self) -> Arc<SharedBuffer>;

    /// Copies a payload into the ring from place `at` on.
    fn copy_to(&mut self, now: Moment, at: Frames, payload: &Payload);

    /// The same channel of the twin world.
    fn fork_channel(&self, forker: &mut Forker) -> Box<dyn DmaChannel>;
}

/// Who wants to be served when the device interrupts.
///
/// # Source
/// `portcls/nn-portcls-iservicesink.md`.
#[doc(alias = "IServiceSink")]
pub trait ServiceSink: fmt::Debug {
    /// Runs at dispatch level. `signal` sets the events of those whose packets come back.
    fn request_service(&mut self, now: Moment, signal: &mut dyn FnMut(&EventHandle, u64));

    /// The same of the twin world.
    fn fork_sink(&self, forker: &mut Forker) -> Box<dyn ServiceSink>;
}

/// All that are served by one interrupt. Clones are the same group.
///
/// # Source
/// `portcls/nn-portcls-iservicegroup.md`.
#[derive(Clone, Debug)]
#[doc(alias = "IServiceGroup")]
pub struct ServiceGroup(Shared<Vec<Box<dyn ServiceSink>>>);

impl ServiceGroup {
    /// A group without members.
    #[must_use]
    pub fn new() -> Self {
        Self(Shared::new(Vec::new()))
    }

    /// Has `sink` served with the others.
    #[doc(alias = "AddMember")]
    pub fn add(&self, sink: Box<dyn ServiceSink>) {
        self.0.borrow_mut().push(sink);
    }

    /// Nobody is served any more.
    #[doc(alias = "RemoveMember")]
    pub fn clear(&self) {
        self.0.borrow_mut().clear();
    }

    /// What the DPC does that an ISR has asked for with `Notify`.
    pub fn request_service(&self, now: Moment, signal: &mut dyn FnMut(&EventHandle, u64)) {
        for sink in self.0.borrow_mut().iter_mut() {
            sink.request_service(now, signal);
        }
    }
}

impl Default for ServiceGroup {
    fn default() -> Self {
        Self::new()
    }
}

impl Fork for ServiceGroup {
    fn fork(&self, forker: &mut Forker) -> Self {
        Self(self.0.fork(forker))
    }
}

impl Fork for Box<dyn ServiceSink> {
    fn fork(&self, forker: &mut Forker) -> Self {
        self.fork_sink(forker)
    }
}

impl Fork for Box<dyn MiniportWaveCyclic> {
    fn fork(&self, forker: &mut Forker) -> Self {
        self.fork_miniport(forker)
    }
}

impl Fork for Box<dyn MiniportWaveCyclicStream> {
    fn fork(&self, forker: &mut Forker) -> Self {
        self.fork_stream(forker)
    }
}

impl Fork for Box<dyn DmaChannel> {
    fn fork(&self, forker: &mut Forker) -> Self {
        self.fork_channel(forker)
    }
}
