//! Attributes of formats and ranges: a list behind them, each item at eight bytes.

use super::cursor::{Reader, Wire, WireError, Writer, structure};
use super::pin::size;
use super::property::KsMultipleItem;
use crate::guid::{
    Guid, KSATTRIBUTEID_AUDIOLOOPBACK_TAPPOINT, KSATTRIBUTEID_AUDIOSIGNALPROCESSING_MODE,
};

/// The flag of a format or range that says attributes follow.
///
/// # Source
/// `ks/ns-ks-ksdataformat.md`.
#[doc(alias = "KSDATAFORMAT_ATTRIBUTES")]
#[doc(alias = "KSDATARANGE_ATTRIBUTES")]
pub const ATTRIBUTES: u32 = 0x2;

structure! {
    /// The head of an attribute.
    ///
    /// # Source
    /// `ks/ns-ks-ksattribute.md`.
    KsAttribute = "KSATTRIBUTE" {
        /// Bytes of the attribute, with this head.
        size: u32,
        /// 0, or 1 if the attribute has to be understood.
        flags: u32,
        /// Which attribute it is.
        attribute: Guid,
    }
}

/// Where a loopback stream is taken from.
///
/// # Source
/// `ksmedia/ne-ksmedia-audioloopback_tappoint_type.md`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[doc(alias = "AUDIOLOOPBACK_TAPPOINT_TYPE")]
pub enum TapPoint {
    /// Before volume and mute.
    PreVolumeMute,
    /// Behind volume and mute.
    PostVolumeMute,
}

/// An attribute of a format or a range.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Attribute {
    /// The signal-processing mode of the stream.
    #[doc(alias = "KSATTRIBUTE_AUDIOSIGNALPROCESSING_MODE")]
    SignalProcessingMode(Guid),
    /// That a range takes streams with a mode, without saying which.
    SignalProcessingModes,
    /// Where a loopback stream is taken from.
    #[doc(alias = "KSATTRIBUTE_AUDIOLOOPBACK_TAPPOINT")]
    LoopbackTapPoint(TapPoint),
    /// One that nobody here understands.
    Other {
        /// Which.
        attribute: Guid,
        /// What it says.
        value: Vec<u8>,
    },
}

impl TapPoint {
    /// The number that `ksmedia.h` gives it.
    pub const fn value(self) -> u32 {
        match self {
            Self::PreVolumeMute => 0,
            Self::PostVolumeMute => 1,
        }
    }

    const fn from_value(value: u32) -> Option<Self> {
        match value {
            0 => Some(Self::PreVolumeMute),
            1 => Some(Self::PostVolumeMute),
            _ => None,
        }
    }
}

impl Attribute {
    /// Which attribute it is, and what it says.
    fn parts(&self) -> (Guid, Vec<u8>) {
        match self {
            Self::SignalProcessingMode(mode) => (
                KSATTRIBUTEID_AUDIOSIGNALPROCESSING_MODE,
                Wire::to_bytes(mode),
            ),
            Self::SignalProcessingModes => (KSATTRIBUTEID_AUDIOSIGNALPROCESSING_MODE, Vec::new()),
            Self::LoopbackTapPoint(point) => (
                KSATTRIBUTEID_AUDIOLOOPBACK_TAPPOINT,
                Wire::to_bytes(&point.value()),
            ),
            Self::Other { attribute, value } => (*attribute, value.clone()),
        }
    }

    fn from_parts(attribute: Guid, value: &[u8]) -> Result<Self, WireError> {
        Ok(match attribute {
            KSATTRIBUTEID_AUDIOSIGNALPROCESSING_MODE if value.is_empty() => {
                Self::SignalProcessingModes
            }
            KSATTRIBUTEID_AUDIOSIGNALPROCESSING_MODE => Self::SignalProcessingMode(Guid::read(
                "KSATTRIBUTE_AUDIOSIGNALPROCESSING_MODE",
                value,
            )?),
            KSATTRIBUTEID_AUDIOLOOPBACK_TAPPOINT => {
                let found = u32::read("KSATTRIBUTE_AUDIOLOOPBACK_TAPPOINT", value)?;
                let point = TapPoint::from_value(found);
                Self::LoopbackTapPoint(point.ok_or(WireError::Value {
                    field: "TapPoint",
                    found: found.into(),
                })?)
            }
            attribute => Self::Other {
                attribute,
                value: value.to_vec(),
            },
        })
    }

    /// Takes a list of attributes off the front.
    ///
    /// # Errors
    /// [`WireError`] if the bytes end too early or a size is wrong.
    pub fn get_list(reader: &mut Reader<'_>) -> Result<Vec<Self>, WireError> {
        let base = reader.at();
        let head = KsMultipleItem::get(reader)?;
        let mut attributes = Vec::new();
        for _ in 0..head.count {
            reader.align_from(base, 8);
            let item = KsAttribute::get(reader)?;
            let wrong = WireError::Value {
                field: "KSATTRIBUTE.Size",
                found: item.size.into(),
            };
            let len = (item.size as usize).checked_sub(KsAttribute::SIZE);
            let value = reader.take(len.ok_or(wrong)?)?;
            attributes.push(Self::from_parts(item.attribute, value)?);
        }
        if (head.size as usize) < reader.at() - base {
            return Err(WireError::Value {
                field: "KSMULTIPLE_ITEM.Size",
                found: head.size.into(),
            });
        }
        Ok(attributes)
    }

    /// Puts a list of attributes behind what is there.
    pub fn put_list(attributes: &[Self], writer: &mut Writer) {
        let base = writer.at();
        writer.put(&KsMultipleItem {
            size: 0,
            count: size(attributes.len()),
        });
        for each in attributes {
            writer.align_from(base, 8);
            let (attribute, value) = each.parts();
            writer.put(&KsAttribute {
                size: size(KsAttribute::SIZE + value.len()),
                flags: 0,
                attribute,
            });
            writer.bytes(&value);
        }
        writer.align_from(base, 8);
        writer.patch(base, size(writer.at() - base));
    }
}
