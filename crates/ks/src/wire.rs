//! The protocol as bytes: each structure as it lies in memory.
//!
//! ```text
//!  request   KSPROPERTY ─ KSP_PIN, KSP_NODE, KSRTAUDIO_…_PROPERTY ─ lists behind them
//!  answer    KSRTAUDIO_… , KSPIN_… , KSMULTIPLE_ITEM of ranges, formats, identifiers
//!  format    KSDATAFORMAT ─ WAVEFORMATEX ─ (flag 0x2, next 8 bytes) ─ KSMULTIPLE_ITEM of KSATTRIBUTE
//! ```
//!
//! Numbers are little-endian and aligned to their own size; a structure is as long as its alignment
//! makes it. Structures of one size are declared field by field and carry the names of the headers,
//! cased the Rust way. Those of variable length ([`DataFormat`], [`RawDataRange`], [`Attribute`],
//! [`WaveFormatEx`], [`PacketSizeConstraints`]) are read into values that can only hold what makes
//! sense.
//!
//! ```
//! use ks::wire::{DataFormat, WaveFormatEx};
//! use units::{SampleFormat, WaveFormat};
//!
//! let cd = WaveFormat::new(44_100, 2, SampleFormat::S16)?;
//! let bytes = DataFormat::of(cd).to_bytes();
//! assert_eq!(bytes.len(), 88); // 64 of KSDATAFORMAT, 18 of WAVEFORMATEX, 6 of padding.
//! assert_eq!(DataFormat::parse(&bytes)?.wave(), Some(WaveFormatEx::short(cd)));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod attribute;
mod audio_engine;
mod cursor;
mod data;
mod packet_size;
mod pin;
mod property;
mod range;
mod rt_audio;
mod wave;

pub use attribute::{ATTRIBUTES, Attribute, KsAttribute, TapPoint};
pub use audio_engine::{
    KsAudioEngineBufferSizeRange, KsAudioEngineDescriptor, KsAudioEngineVolumeLevel,
};
pub use cursor::{Reader, Wire, WireError, Writer};
pub use data::{
    DataFormat, DataFormatError, Family, KsDataFormat, Specific, formats_to_bytes, parse_formats,
};
pub use packet_size::{KsAudioPacketSizeConstraints2, ModeConstraint, PacketSizeConstraints};
pub use pin::{
    KsJackDescription, KsPinCInstances, KsPinConnect, KsPinPhysicalConnection, KsPriority,
    KsTopologyConnection, from_unicode, unicode,
};
pub use property::{
    KsEventData, KsIdentifier, KsMultipleItem, KsNodePropertyAudioChannel, KsPropertyDescription,
    KsPropertyMembersHeader, KsPropertySteppingLong, KsePin, KspNode, KspPin,
};
pub use range::{AudioBounds, RawDataRange};
pub use rt_audio::*;
pub use wave::{WaveFormatError, WaveFormatEx};

pub(crate) use pin::size;
