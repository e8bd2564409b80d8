//! What a miniport says of its filter beyond its pins, and of its device.

use ks::wire::{DataFormat, RawDataRange};
use ks::{DataRange, Guid, PinFactory};
use units::{Bytes, NtStatus};

/// What a miniport says of a pin beside its factory.
///
/// # Source
/// `portcls/ns-portcls-pcpin_descriptor.md`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[doc(alias = "PCPIN_DESCRIPTOR")]
pub struct PinDescriptor {
    /// The most that may be open on all instances of the filter; `None` if there is no limit.
    #[doc(alias = "MaxGlobalInstanceCount")]
    pub global_max: Option<u32>,
    /// How many have to be open before the filter can work.
    #[doc(alias = "MinFilterInstanceCount")]
    pub necessary: u32,
    /// What it is called, if another pin has its category.
    #[doc(alias = "Name")]
    pub name: Option<Guid>,
    /// What it can take at present, if that is less than it could at all.
    #[doc(alias = "ConstrainedDataRanges")]
    pub constrained: Option<Vec<DataRange>>,
}

impl PinDescriptor {
    /// Nothing that the factory does not say: as many may be open on all filters as on one.
    pub const fn of(factory: &PinFactory) -> Self {
        Self {
            global_max: factory.instances.possible,
            necessary: 0,
            name: None,
            constrained: None,
        }
    }
}

/// What DMA a device can do.
///
/// # Source
/// `portcls/nf-portcls-iminiportwavert-getdevicedescription.md`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[doc(alias = "DEVICE_DESCRIPTION")]
pub struct DeviceDescription {
    /// It moves data by itself.
    pub master: bool,
    /// It finds its way through scattered pages.
    pub scatter_gather: bool,
    /// It reaches memory above 4 GiB.
    pub dma_64_bit_addresses: bool,
    /// The most that it moves in one go.
    pub maximum_length: Bytes,
}

impl DeviceDescription {
    /// The highest address that it reaches.
    pub const fn highest_address(self) -> u64 {
        if self.dma_64_bit_addresses {
            u64::MAX
        } else {
            0xFFFF_FFFF
        }
    }
}

/// Bus master, scattered pages, 32-bit addresses, no limit: what the samples say.
impl Default for DeviceDescription {
    fn default() -> Self {
        Self {
            master: true,
            scatter_gather: true,
            dma_64_bit_addresses: false,
            maximum_length: Bytes::new(0xFFFF_FFFF),
        }
    }
}

/// A miniport whose pins know signal-processing modes.
///
/// # Source
/// `portcls/nn-portcls-iminiportaudiosignalprocessing.md`.
#[doc(alias = "IMiniportAudioSignalProcessing")]
pub trait AudioSignalProcessing {
    /// Fills `modes` with the modes of `pin` and says how many there are. Without an array it only
    /// says how many.
    ///
    /// # Errors
    /// [`NtStatus::INVALID_PARAMETER`] if there is no such pin, [`NtStatus::NOT_SUPPORTED`] if the
    /// pin has no modes (loopback and bridge pins), [`NtStatus::BUFFER_TOO_SMALL`] for a short
    /// array.
    #[doc(alias = "GetModes")]
    fn get_modes(&self, pin: u32, modes: Option<&mut [Guid]>) -> Result<usize, NtStatus>;
}

/// Answers [`AudioSignalProcessing::get_modes`] for a pin that has `all` modes.
///
/// # Errors
/// [`NtStatus::BUFFER_TOO_SMALL`] for a short array.
pub fn fill_modes(all: &[Guid], modes: Option<&mut [Guid]>) -> Result<usize, NtStatus> {
    if let Some(modes) = modes {
        let room = modes
            .get_mut(..all.len())
            .ok_or(NtStatus::BUFFER_TOO_SMALL)?;
        room.copy_from_slice(all);
    }
    Ok(all.len())
}

/// A miniport that knows which formats it likes.
///
/// # Source
/// `stream/ksproperty-pin-proposedataformat.md`, `stream/ksproperty-pin-proposedataformat2.md`,
/// `stream/ksproperty-pin-modedataformats.md`.
pub trait ProposedFormats {
    /// What `pin` would play at best; in `mode`, if there is one.
    ///
    /// # Errors
    /// [`NtStatus::NOT_SUPPORTED`] if it likes none better than others.
    fn proposed_format(&self, pin: u32, mode: Option<Guid>) -> Result<DataFormat, NtStatus>;

    /// All that `pin` plays in `mode`.
    ///
    /// # Errors
    /// [`NtStatus::NOT_SUPPORTED`] if the pin does not know the mode.
    fn formats(&self, pin: u32, mode: Guid) -> Result<Vec<DataFormat>, NtStatus>;

    /// Whether `pin` would play `format`, which lies in one of its ranges.
    fn takes(&self, pin: u32, format: &DataFormat) -> bool;
}

/// A pair of ranges for which a format is looked for.
#[derive(Clone, Copy, Debug)]
pub struct Intersection<'a> {
    /// The pin.
    pub pin: u32,
    /// What the client can do.
    pub client: &'a RawDataRange,
    /// What the pin can do.
    pub own: &'a RawDataRange,
}
