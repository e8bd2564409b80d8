//! Data ranges: the head of a format, bounds, attributes.

use super::attribute::Attribute;
use super::cursor::{Reader, Wire, WireError, Writer, structure};
use super::data::{Family, get_attributes, get_head, put_item};
use super::pin::size;
use super::property::KsMultipleItem;
use crate::guid::{KSDATAFORMAT_SUBTYPE_IEEE_FLOAT, KSDATAFORMAT_SUBTYPE_PCM};
use crate::pin_factory::{DataRange, SampleKind};

structure! {
    /// The bounds of a range of audio formats.
    ///
    /// # Source
    /// `ksmedia/ns-ksmedia-ksdatarange_audio.md`.
    AudioBounds = "KSDATARANGE_AUDIO" {
        /// The most channels; 0xFFFFFFFF for any number. One is always enough.
        maximum_channels: u32,
        /// The fewest valid bits.
        minimum_bits_per_sample: u32,
        /// The most valid bits.
        maximum_bits_per_sample: u32,
        /// The lowest rate in Hz.
        minimum_sample_frequency: u32,
        /// The highest rate in Hz.
        maximum_sample_frequency: u32,
    }
}

/// A range as it lies in memory, concrete or not.
#[derive(Clone, Debug, PartialEq, Eq)]
#[doc(alias = "KSDATARANGE_AUDIO")]
pub struct RawDataRange {
    /// Bytes of a frame; 0 if that says nothing.
    pub sample_size: u32,
    /// What it is; a part of zeros only stands for anything.
    pub family: Family,
    /// Its bounds, if it has some.
    pub bounds: Option<AudioBounds>,
    /// What else is said of it.
    pub attributes: Vec<Attribute>,
}

impl RawDataRange {
    /// What a bridge pin takes.
    pub const fn analog() -> Self {
        Self {
            sample_size: 0,
            family: Family::ANALOG,
            bounds: None,
            attributes: Vec::new(),
        }
    }

    /// Takes it off the front.
    ///
    /// # Errors
    /// [`WireError`].
    pub fn get(reader: &mut Reader<'_>) -> Result<Self, WireError> {
        let (head, specific) = get_head(reader)?;
        let bounds = if specific.len() < AudioBounds::SIZE {
            None
        } else {
            Some(AudioBounds::parse(specific)?)
        };
        Ok(Self {
            sample_size: head.sample_size,
            family: head.family,
            bounds,
            attributes: get_attributes(&head, reader)?,
        })
    }

    fn put(&self, writer: &mut Writer) {
        let mut specific = Writer::new();
        if let Some(bounds) = &self.bounds {
            specific.put(bounds);
            specific.align_from(0, 8);
        }
        put_item(
            writer,
            self.sample_size,
            self.family,
            &specific.finish(),
            &self.attributes,
        );
    }

    /// Reads a list of ranges.
    ///
    /// # Errors
    /// [`WireError`].
    pub fn parse_list(bytes: &[u8]) -> Result<Vec<Self>, WireError> {
        let mut reader = Reader::new("KSMULTIPLE_ITEM of KSDATARANGE", bytes);
        let head = KsMultipleItem::get(&mut reader)?;
        let mut ranges = Vec::new();
        for _ in 0..head.count {
            reader.align_from(0, 8);
            ranges.push(Self::get(&mut reader)?);
        }
        if (head.size as usize) < reader.at() {
            return Err(WireError::Value {
                field: "KSMULTIPLE_ITEM.Size",
                found: head.size.into(),
            });
        }
        Ok(ranges)
    }

    /// A list of ranges as bytes, each at eight bytes.
    ///
    /// # Source
    /// `stream/ksproperty-pin-dataranges.md`.
    pub fn list_to_bytes(ranges: &[Self]) -> Vec<u8> {
        let mut writer = Writer::new();
        writer.put(&KsMultipleItem {
            size: 0,
            count: size(ranges.len()),
        });
        for range in ranges {
            range.put(&mut writer);
            writer.align_from(0, 8);
        }
        writer.patch(0, size(writer.at()));
        writer.finish()
    }

    /// True if some format could lie in both.
    ///
    /// # Source
    /// `audio/data-intersection.md`. Channels always overlap: one is enough for both.
    pub fn intersects(&self, other: &Self) -> bool {
        let overlap = match (&self.bounds, &other.bounds) {
            (Some(ours), Some(theirs)) => {
                ours.minimum_bits_per_sample <= theirs.maximum_bits_per_sample
                    && theirs.minimum_bits_per_sample <= ours.maximum_bits_per_sample
                    && ours.minimum_sample_frequency <= theirs.maximum_sample_frequency
                    && theirs.minimum_sample_frequency <= ours.maximum_sample_frequency
            }
            _ => true,
        };
        overlap && self.family.matches(other.family)
    }
}

impl From<&DataRange> for RawDataRange {
    fn from(range: &DataRange) -> Self {
        let sub = match range.kind {
            SampleKind::Pcm => KSDATAFORMAT_SUBTYPE_PCM,
            SampleKind::Float => KSDATAFORMAT_SUBTYPE_IEEE_FLOAT,
        };
        Self {
            sample_size: 0,
            family: Family::wave(sub),
            bounds: Some(AudioBounds {
                maximum_channels: range.channels_max.into(),
                minimum_bits_per_sample: range.bits_min,
                maximum_bits_per_sample: range.bits_max,
                minimum_sample_frequency: range.hertz_min,
                maximum_sample_frequency: range.hertz_max,
            }),
            attributes: Vec::new(),
        }
    }
}
