//! Data formats: a head of 64 bytes, what its specifier says, attributes.

use thiserror::Error;
use units::{NtStatus, WaveFormat};

use super::attribute::{ATTRIBUTES, Attribute};
use super::cursor::{Reader, Wire, WireError, Writer, structure};
use super::pin::size;
use super::property::KsMultipleItem;
use super::wave::{WaveFormatError, WaveFormatEx};
use crate::guid::{
    GUID_NULL, Guid, KSDATAFORMAT_SPECIFIER_NONE, KSDATAFORMAT_SPECIFIER_WAVEFORMATEX,
    KSDATAFORMAT_SUBTYPE_ANALOG, KSDATAFORMAT_TYPE_AUDIO,
};

structure! {
    /// Major format, sub format and specifier.
    Family = "MajorFormat, SubFormat, Specifier" {
        /// What flows: audio.
        major: Guid,
        /// In what coding.
        sub: Guid,
        /// What structure tells the rest.
        specifier: Guid,
    }

    /// The head of formats and ranges.
    ///
    /// # Source
    /// `ks/ns-ks-ksdataformat.md`.
    #[doc(alias = "KSDATARANGE")]
    KsDataFormat = "KSDATAFORMAT" align 8 {
        /// Bytes of the head with what the specifier says, without attributes.
        format_size: u32,
        /// 0x2 if attributes follow.
        flags: u32,
        /// Bytes of a frame; 0 if that says nothing.
        sample_size: u32,
        /// 0.
        reserved: u32,
        /// What it is.
        family: Family,
    }
}

/// A format: what flows through a pin.
///
/// # Source
/// `ks/ns-ks-ksdataformat.md`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[doc(alias = "KSDATAFORMAT_WAVEFORMATEX")]
pub struct DataFormat {
    /// Bytes of a frame; 0 if that says nothing.
    pub sample_size: u32,
    /// What it is.
    pub family: Family,
    /// What the specifier says.
    pub specific: Specific,
    /// What else is said of it.
    pub attributes: Vec<Attribute>,
}

/// What the specifier of a format says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Specific {
    /// `KSDATAFORMAT_SPECIFIER_WAVEFORMATEX`.
    Wave(WaveFormatEx),
    /// Something that is not interpreted here.
    Other(Vec<u8>),
}

/// Why bytes are no format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum DataFormatError {
    /// The bytes end too early, or a size is wrong.
    #[error(transparent)]
    Wire(#[from] WireError),
    /// The wave format in it is none.
    #[error(transparent)]
    Wave(#[from] WaveFormatError),
    /// The sub format says something else than the wave format.
    #[error("the sub format is {family}, and the wave format says {wave}")]
    SubFormat {
        /// What the head says.
        family: Guid,
        /// What the wave format says.
        wave: Guid,
    },
}

impl From<DataFormatError> for NtStatus {
    fn from(error: DataFormatError) -> Self {
        match error {
            DataFormatError::Wire(error) => error.into(),
            DataFormatError::Wave(error) => error.into(),
            DataFormatError::SubFormat { .. } => Self::INVALID_PARAMETER,
        }
    }
}

impl Family {
    /// Integers or floats described by a wave format.
    pub const fn wave(sub: Guid) -> Self {
        Self {
            major: KSDATAFORMAT_TYPE_AUDIO,
            sub,
            specifier: KSDATAFORMAT_SPECIFIER_WAVEFORMATEX,
        }
    }

    /// What flows through a bridge pin: sound as a wire has it.
    ///
    /// # Source
    /// `audio/exposing-filter-topology.md`.
    pub const ANALOG: Self = Self {
        major: KSDATAFORMAT_TYPE_AUDIO,
        sub: KSDATAFORMAT_SUBTYPE_ANALOG,
        specifier: KSDATAFORMAT_SPECIFIER_NONE,
    };

    /// True if each part is the same, or anything in one of the two.
    ///
    /// # Source
    /// `audio/wild-cards.md`.
    pub fn matches(self, other: Self) -> bool {
        let same = |a: Guid, b: Guid| a == b || a == GUID_NULL || b == GUID_NULL;
        same(self.major, other.major)
            && same(self.sub, other.sub)
            && same(self.specifier, other.specifier)
    }
}

impl DataFormat {
    /// A wave format, in the short form where that is unambiguous.
    pub fn of(format: WaveFormat) -> Self {
        Self::of_wave(WaveFormatEx::of(format))
    }

    /// A wave format in the form that it has.
    pub fn of_wave(wave: WaveFormatEx) -> Self {
        Self {
            sample_size: wave.format.frame_bytes(),
            family: Family::wave(wave.sub_format()),
            specific: Specific::Wave(wave),
            attributes: Vec::new(),
        }
    }

    /// The same for streams with this signal-processing mode.
    #[must_use]
    pub fn in_mode(mut self, mode: Guid) -> Self {
        self.attributes.push(Attribute::SignalProcessingMode(mode));
        self
    }

    /// Its wave format, if it is one.
    pub const fn wave(&self) -> Option<WaveFormatEx> {
        match &self.specific {
            Specific::Wave(wave) => Some(*wave),
            Specific::Other(_) => None,
        }
    }

    /// The signal-processing mode that it asks for, if it does.
    pub fn mode(&self) -> Option<Guid> {
        self.attributes.iter().find_map(|each| match each {
            Attribute::SignalProcessingMode(mode) => Some(*mode),
            _ => None,
        })
    }

    /// Reads it; what follows is left alone.
    ///
    /// # Errors
    /// [`DataFormatError`].
    pub fn parse(bytes: &[u8]) -> Result<Self, DataFormatError> {
        let mut reader = Reader::new("KSDATAFORMAT", bytes);
        let (head, specific) = get_head(&mut reader)?;
        let specific = if head.family.specifier == KSDATAFORMAT_SPECIFIER_WAVEFORMATEX {
            let wave = WaveFormatEx::parse(specific)?;
            if head.family.sub != wave.sub_format() {
                return Err(DataFormatError::SubFormat {
                    family: head.family.sub,
                    wave: wave.sub_format(),
                });
            }
            Specific::Wave(wave)
        } else {
            Specific::Other(specific.to_vec())
        };
        Ok(Self {
            sample_size: head.sample_size,
            family: head.family,
            specific,
            attributes: get_attributes(&head, &mut reader)?,
        })
    }

    /// The format as bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut writer = Writer::new();
        self.put(&mut writer);
        writer.finish()
    }

    fn put(&self, writer: &mut Writer) {
        let mut specific = Writer::new();
        match &self.specific {
            Specific::Wave(wave) => {
                wave.put(&mut specific);
                specific.align_from(0, 8); // The structure is as long as its alignment makes it.
            }
            Specific::Other(bytes) => specific.bytes(bytes),
        }
        put_item(
            writer,
            self.sample_size,
            self.family,
            &specific.finish(),
            &self.attributes,
        );
    }
}

/// Several formats as the property for the formats of a mode tells them.
///
/// # Source
/// `stream/ksproperty-pin-modedataformats.md`: a list of 64-bit offsets from its beginning, and
/// the formats behind them.
pub fn formats_to_bytes(formats: &[DataFormat]) -> Vec<u8> {
    let mut writer = Writer::new();
    let mut at = KsMultipleItem::SIZE + 8 * formats.len();
    writer.put(&KsMultipleItem {
        size: 0,
        count: size(formats.len()),
    });
    let bodies: Vec<_> = formats.iter().map(DataFormat::to_bytes).collect();
    for body in &bodies {
        writer.put(&(at as u64));
        at += body.len().next_multiple_of(8);
    }
    for body in &bodies {
        writer.bytes(body);
        writer.align_from(0, 8);
    }
    writer.patch(0, size(writer.at()));
    writer.finish()
}

/// Reads what [`formats_to_bytes`] writes.
///
/// # Errors
/// [`DataFormatError`].
pub fn parse_formats(bytes: &[u8]) -> Result<Vec<DataFormat>, DataFormatError> {
    let mut reader = Reader::new("KSMULTIPLE_ITEM of KSDATAFORMAT", bytes);
    let head = KsMultipleItem::get(&mut reader)?;
    let mut formats = Vec::new();
    for _ in 0..head.count {
        let found = u64::get(&mut reader)?;
        let at = usize::try_from(found).ok();
        let body = at.and_then(|at| bytes.get(at..)).ok_or(WireError::Value {
            field: "offset",
            found,
        })?;
        formats.push(DataFormat::parse(body)?);
    }
    Ok(formats)
}

/// The head of a format or range, and the bytes that its specifier is about.
pub(super) fn get_head<'a>(reader: &mut Reader<'a>) -> Result<(KsDataFormat, &'a [u8]), WireError> {
    let head = KsDataFormat::get(reader)?;
    let wrong = |field, found: u32| WireError::Value {
        field,
        found: found.into(),
    };
    if head.reserved != 0 {
        return Err(wrong("KSDATAFORMAT.Reserved", head.reserved));
    }
    if head.flags & !ATTRIBUTES != 0 {
        return Err(wrong("KSDATAFORMAT.Flags", head.flags));
    }
    let specific = (head.format_size as usize).checked_sub(KsDataFormat::SIZE);
    let specific = specific.ok_or(wrong("KSDATAFORMAT.FormatSize", head.format_size))?;
    Ok((head, reader.take(specific)?))
}

pub(super) fn get_attributes(
    head: &KsDataFormat,
    reader: &mut Reader<'_>,
) -> Result<Vec<Attribute>, WireError> {
    if head.flags & ATTRIBUTES == 0 {
        return Ok(Vec::new());
    }
    reader.align_from(0, 8);
    Attribute::get_list(reader)
}

pub(super) fn put_item(
    writer: &mut Writer,
    sample_size: u32,
    family: Family,
    specific: &[u8],
    attributes: &[Attribute],
) {
    let base = writer.at();
    writer.put(&KsDataFormat {
        format_size: size(KsDataFormat::SIZE + specific.len()),
        flags: if attributes.is_empty() { 0 } else { ATTRIBUTES },
        sample_size,
        reserved: 0,
        family,
    });
    writer.bytes(specific);
    if !attributes.is_empty() {
        writer.align_from(base, 8);
        Attribute::put_list(attributes, writer);
    }
}
