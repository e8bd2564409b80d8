//! The audio engine that is built into a device: what can be asked of it.

use units::{Bytes, Hns, WaveFormat};

use crate::request::Property;

/// A request of the set `KSPROPSETID_AudioEngine` to the engine's node by way of a pin.
///
/// # Source
/// `audio/ksproperty-audioengine.md` and the page of each property.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[doc(alias = "KSPROPSETID_AudioEngine")]
pub enum AudioEngineRequest {
    /// Do the effects of this stream run?
    #[doc(alias = "KSPROPERTY_AUDIOENGINE_LFXENABLE")]
    GetLfxEnable,
    /// Let the effects of this stream run or not.
    #[doc(alias = "KSPROPERTY_AUDIOENGINE_LFXENABLE")]
    SetLfxEnable(bool),
    /// Whether the loopback may carry this stream.
    #[doc(alias = "KSPROPERTY_AUDIOENGINE_LOOPBACK_PROTECTION")]
    SetLoopbackProtection(ConstrictorOption),
    /// How loud is a channel?
    #[doc(alias = "KSPROPERTY_AUDIOENGINE_VOLUMELEVEL")]
    GetVolumeLevel {
        /// Which, counted from 0.
        channel: u32,
    },
    /// Make a channel, or all of them, so loud.
    #[doc(alias = "KSPROPERTY_AUDIOENGINE_VOLUMELEVEL")]
    SetVolumeLevel {
        /// Which, counted from 0; `None` for all.
        channel: Option<u32>,
        /// Where to and how.
        ramp: VolumeRamp,
    },
}

/// A request of the same set to the engine's node by way of the filter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EngineNodeRequest {
    /// Do the effects of the whole device run?
    #[doc(alias = "KSPROPERTY_AUDIOENGINE_GFXENABLE")]
    GetGfxEnable,
    /// Let them run or not.
    #[doc(alias = "KSPROPERTY_AUDIOENGINE_GFXENABLE")]
    SetGfxEnable(bool),
    /// How loud is the whole device?
    #[doc(alias = "KSPROPERTY_AUDIO_VOLUMELEVEL")]
    GetDeviceVolume,
    /// Make the whole device so loud.
    #[doc(alias = "KSPROPERTY_AUDIO_VOLUMELEVEL")]
    SetDeviceVolume(VolumeLevel),
    /// Is the whole device muted?
    #[doc(alias = "KSPROPERTY_AUDIO_MUTE")]
    GetDeviceMute,
    /// Mute the whole device or not.
    #[doc(alias = "KSPROPERTY_AUDIO_MUTE")]
    SetDeviceMute(bool),
    /// What does the device mix in?
    #[doc(alias = "KSPROPERTY_AUDIOENGINE_MIXFORMAT")]
    MixFormat,
    /// What leaves the device?
    #[doc(alias = "KSPROPERTY_AUDIOENGINE_DEVICEFORMAT")]
    GetDeviceFormat,
    /// Let this leave the device.
    #[doc(alias = "KSPROPERTY_AUDIOENGINE_DEVICEFORMAT")]
    SetDeviceFormat(WaveFormat),
    /// What can leave the device?
    #[doc(alias = "KSPROPERTY_AUDIOENGINE_SUPPORTEDDEVICEFORMATS")]
    SupportedDeviceFormats,
    /// Which pins belong to the engine?
    #[doc(alias = "KSPROPERTY_AUDIOENGINE_DESCRIPTOR")]
    Descriptor,
    /// How large may a buffer of this format be, at this moment?
    #[doc(alias = "KSPROPERTY_AUDIOENGINE_BUFFER_SIZE_RANGE")]
    BufferSizeRange(WaveFormat),
}

/// What the node answers to a request that it grants. Each request has one kind of answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EngineNodeReply {
    /// It is done.
    Done,
    /// Whether the effects run, or the device is muted.
    Switch(bool),
    /// How loud the device is.
    VolumeLevel(VolumeLevel),
    /// A format.
    Format(WaveFormat),
    /// Formats, the preferred one first.
    Formats(Vec<WaveFormat>),
    /// The engine's pins.
    Descriptor(EngineDescriptor),
    /// Bounds of a buffer.
    BufferSizeRange(BufferSizeRange),
}

/// The pins of a built-in engine.
///
/// # Source
/// `ksmedia/ns-ksmedia-_tagksaudioengine_descriptor.md`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[doc(alias = "KSAUDIOENGINE_DESCRIPTOR")]
pub struct EngineDescriptor {
    /// The pin of the software engine.
    #[doc(alias = "nHostPinId")]
    pub host: u32,
    /// The pin of streams that go past the software engine.
    #[doc(alias = "nOffloadPinId")]
    pub offload: u32,
    /// The pin that gives the mix back.
    #[doc(alias = "nLoopbackPinId")]
    pub loopback: u32,
}

/// The bounds of a buffer, both inclusive.
///
/// # Source
/// `ksmedia/ns-ksmedia-_tagksaudioengine_buffer_size_range.md`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[doc(alias = "KSAUDIOENGINE_BUFFER_SIZE_RANGE")]
pub struct BufferSizeRange {
    /// The least.
    #[doc(alias = "MinBufferBytes")]
    pub min: Bytes,
    /// The most.
    #[doc(alias = "MaxBufferBytes")]
    pub max: Bytes,
}

/// Whether the loopback may carry a stream.
///
/// # Source
/// `audio/ksproperty-audioengine-loopback-protection.md`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[doc(alias = "CONSTRICTOR_OPTION")]
pub enum ConstrictorOption {
    /// It may.
    #[default]
    #[doc(alias = "CONSTRICTOR_OPTION_DISABLE")]
    Disable,
    /// It may not: the loopback is silent.
    #[doc(alias = "CONSTRICTOR_OPTION_MUTE")]
    Mute,
}

/// How loud: 1/65536 dB, 0 for as it is.
///
/// # Source
/// `audio/ksproperty-audioengine-volumelevel.md`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct VolumeLevel(i32);

/// How a volume gets from where it is to where it is to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[doc(alias = "KSAUDIOENGINE_VOLUMELEVEL")]
pub struct VolumeRamp {
    /// Where to.
    #[doc(alias = "TargetVolume")]
    pub target: VolumeLevel,
    /// On which way.
    #[doc(alias = "CurveType")]
    pub curve: CurveType,
    /// In what time.
    #[doc(alias = "CurveDuration")]
    pub duration: Hns,
}

/// The way a volume takes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[doc(alias = "AUDIO_CURVE_TYPE")]
pub enum CurveType {
    /// None: it is there at once.
    #[default]
    #[doc(alias = "AUDIO_CURVE_TYPE_NONE")]
    None,
    /// As Windows fades.
    ///
    /// Model: the level in dB is linear in time, as no page gives the shape.
    #[doc(alias = "AUDIO_CURVE_TYPE_WINDOWS_FADE")]
    WindowsFade,
}

impl VolumeLevel {
    /// As loud as it is.
    pub const UNITY: Self = Self(0);

    /// `steps` of 1/65536 dB.
    pub const fn new(steps: i32) -> Self {
        Self(steps)
    }

    /// So many whole decibels.
    ///
    /// # Panics
    /// Beyond 32767 dB either way.
    pub const fn from_decibels(decibels: i32) -> Self {
        Self(decibels * 65_536)
    }

    /// In steps of 1/65536 dB.
    pub const fn get(self) -> i32 {
        self.0
    }
}

impl AudioEngineRequest {
    /// The identifier that `ksmedia.h` gives the property, with the verb if something is set.
    pub(crate) const fn identifier(self) -> u32 {
        match self {
            Self::GetLfxEnable => 0,
            Self::SetLfxEnable(_) => Property::SET,
            Self::SetLoopbackProtection(_) => 0x8 | Property::SET,
            Self::GetVolumeLevel { .. } => 0x9,
            Self::SetVolumeLevel { .. } => 0x9 | Property::SET,
        }
    }
}

vtime::fork_by_clone!(
    AudioEngineRequest,
    EngineNodeRequest,
    EngineNodeReply,
    EngineDescriptor,
    BufferSizeRange,
    ConstrictorOption,
    VolumeLevel,
    VolumeRamp,
    CurveType
);
