//! Formats and ranges as they are told.

use ks::wire::{DataFormat, RawDataRange};
use serde::Serialize;
use units::SampleFormat;

use super::filter::name_of;

/// A format.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FormatView {
    /// Frames per second.
    pub rate_hz: u32,
    /// Samples of a frame.
    pub channels: u8,
    /// `u8`, `s16`, `s24`, `s24in32`, `s32` or `f32`.
    pub sample: &'static str,
    /// `WAVEFORMATEX` or `WAVEFORMATEXTENSIBLE`.
    pub form: &'static str,
}

/// A range of formats.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RangeView {
    /// What the samples are.
    pub sub_format: String,
    /// How the rest is told.
    pub specifier: String,
    /// The most channels; none without bounds.
    pub channels_max: Option<u32>,
    /// The fewest and the most valid bits.
    pub bits: Option<[u32; 2]>,
    /// The lowest and the highest rate.
    pub rate_hz: Option<[u32; 2]>,
}

impl FormatView {
    /// The format in `bytes`, if it is a wave format.
    pub(super) fn parse(bytes: &[u8]) -> Option<Self> {
        Self::of(&DataFormat::parse(bytes).ok()?)
    }

    pub(super) fn of(format: &DataFormat) -> Option<Self> {
        let wave = format.wave()?;
        Some(Self {
            rate_hz: wave.format.rate.hertz(),
            channels: wave.format.channels,
            sample: match wave.format.sample {
                SampleFormat::U8 => "u8",
                SampleFormat::S16 => "s16",
                SampleFormat::S24 => "s24",
                SampleFormat::S24In32 => "s24in32",
                SampleFormat::S32 => "s32",
                SampleFormat::F32 => "f32",
            },
            form: if wave.channel_mask.is_some() {
                "WAVEFORMATEXTENSIBLE"
            } else {
                "WAVEFORMATEX"
            },
        })
    }
}

impl RangeView {
    pub(super) fn of(range: &RawDataRange) -> Self {
        let bounds = range.bounds;
        Self {
            sub_format: name_of(range.family.sub),
            specifier: name_of(range.family.specifier),
            channels_max: bounds.map(|bounds| bounds.maximum_channels),
            bits: bounds.map(|b| [b.minimum_bits_per_sample, b.maximum_bits_per_sample]),
            rate_hz: bounds.map(|b| [b.minimum_sample_frequency, b.maximum_sample_frequency]),
        }
    }
}
