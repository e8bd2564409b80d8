//! A miniport and its streams' maker.

use std::fmt;

use ks::{DataFlow, Guid, PinFactory};
use units::{Moment, NtStatus, WaveFormat};
use vtime::{Fork, Forker};

use crate::engine_node::AudioEngineNode;
use crate::pages::PortStreamHandle;
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

/// A WaveRT miniport: the device's half of the driver.
///
/// # Source
/// `portcls/nn-portcls-iminiportwavert.md`.
#[doc(alias = "IMiniportWaveRT")]
pub trait MiniportWaveRt: fmt::Debug {
    /// The filter that it is the miniport of. Asked for once.
    #[doc(alias = "GetDescription")]
    fn description(&self) -> FilterDescription;

    /// Makes a stream for `pin`, in [`KsState::Stop`](ks::KsState::Stop) and at position 0. It
    /// keeps `port` to get memory from. `flow` is that of the pin: a capture stream flows out.
    ///
    /// # Errors
    /// Whatever keeps the device from it.
    ///
    /// # Source
    /// `portcls/nf-portcls-iminiportwavert-newstream.md`.
    #[doc(alias = "NewStream")]
    fn new_stream(
        &mut self,
        now: Moment,
        port: PortStreamHandle,
        pin: u32,
        flow: DataFlow,
        format: WaveFormat,
    ) -> Result<Box<dyn MiniportWaveRtStream>, NtStatus>;

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
