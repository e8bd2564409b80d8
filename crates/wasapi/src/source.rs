//! What a client plays.
#![expect(
    clippy::float_arithmetic,
    reason = "samples are floats; frames are counted whole"
)]

use std::sync::Arc;

use engine::{ChannelMatrix, Volume, encode};
use thiserror::Error;
use units::{Frames, SampleRate, WaveFormat};

/// Something to play. Every frame of it is a function of its index alone, so a client can go on
/// anywhere, and two runs that play the same frames play the same samples.
#[derive(Clone, Debug, PartialEq)]
pub enum Source {
    /// Nothing.
    Silence,
    /// A sine, the same in all channels, rising from 0.
    Sine {
        /// Cycles in 1000 seconds.
        frequency_millihertz: u64,
        /// Its peak.
        level: Volume,
    },
    /// A sine whose frequency goes along a straight line, again and again.
    Sweep {
        /// Where it begins, in cycles per 1000 seconds.
        from_millihertz: u64,
        /// Where it ends.
        to_millihertz: u64,
        /// How long one sweep takes.
        over: Frames,
        /// Its peak.
        level: Volume,
    },
    /// White noise, uniform between the peaks, another one in each channel.
    Noise {
        /// Which noise.
        key: u64,
        /// Its peak.
        level: Volume,
    },
    /// One frame of `level` every so often, beginning with frame 0.
    Impulses {
        /// From one to the next.
        every: Frames,
        /// How high they are.
        level: Volume,
    },
    /// The index of the frame itself, as bits: channel `c` carries bits `c * w` up to `c * w + w`
    /// of it, where `w` is the width of a sample, 24 at most.
    ///
    /// Each frame can be told from all others as far as the bits reach, in 16 bits stereo for 24
    /// hours, provided that nothing turns it up or down on its way.
    Counter,
    /// Decoded audio; silence behind its end.
    Pcm(Pcm),
}

/// Decoded audio.
#[derive(Clone, Debug, PartialEq)]
pub struct Pcm {
    /// Frame after frame, channel after channel.
    pub samples: Arc<[f32]>,
    /// Samples in a frame, at least 1.
    pub channels: u8,
    /// Frames per second.
    pub rate: SampleRate,
}

/// A source that does not fit a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum SourceError {
    /// Nothing here resamples; files are brought to the rate of the stream when they are read.
    #[error("a source of {} Hz does not fit a stream of {} Hz", source_rate.hertz(), stream_rate.hertz())]
    Rate {
        /// What the source has.
        source_rate: SampleRate,
        /// What the stream has.
        stream_rate: SampleRate,
    },
    /// Decoded audio without channels, a sweep or impulses without length.
    #[error("the source has no {what}")]
    Empty {
        /// What is missing.
        what: &'static str,
    },
}

/// Renders a source for a stream of one format.
#[derive(Clone, Debug)]
pub struct Player {
    source: Source,
    format: WaveFormat,
    matrix: Option<ChannelMatrix>,
    scratch: Vec<f32>,
}

impl Player {
    /// A player of `source` in `format`.
    ///
    /// # Errors
    /// [`SourceError`] if the two do not fit each other.
    pub fn new(source: Source, format: WaveFormat) -> Result<Self, SourceError> {
        let empty = |what| Err(SourceError::Empty { what });
        let matrix = match &source {
            Source::Pcm(pcm) if pcm.channels == 0 => return empty("channels"),
            Source::Pcm(pcm) if pcm.rate != format.rate => {
                return Err(SourceError::Rate {
                    source_rate: pcm.rate,
                    stream_rate: format.rate,
                });
            }
            Source::Pcm(pcm) => Some(ChannelMatrix::new(pcm.channels, format.channels)),
            Source::Sweep { over, .. } if over.is_zero() => return empty("length"),
            Source::Impulses { every, .. } if every.is_zero() => return empty("distance"),
            _ => None,
        };
        Ok(Self {
            source,
            format,
            matrix,
            scratch: Vec::new(),
        })
    }

    /// What it plays in.
    pub const fn format(&self) -> WaveFormat {
        self.format
    }

    /// Writes the frames from `first` on into `out`, as bytes of the format.
    ///
    /// # Panics
    /// If `out` is not whole frames.
    pub fn play(&mut self, first: u64, out: &mut [u8]) {
        let samples = out.len() / self.format.sample.container_bytes() as usize;
        let mut scratch = std::mem::take(&mut self.scratch);
        if scratch.len() < samples {
            scratch.resize(samples, 0.0);
        }
        self.render(first, &mut scratch[..samples]);
        encode(self.format.sample, &scratch[..samples], out);
        self.scratch = scratch;
    }

    /// Writes the frames from `first` on into `out`, as floats.
    ///
    /// # Panics
    /// If `out` is not whole frames.
    pub fn render(&self, first: u64, out: &mut [f32]) {
        let channels = usize::from(self.format.channels);
        assert_eq!(out.len() % channels, 0, "whole frames");
        if let (Source::Pcm(pcm), Some(matrix)) = (&self.source, &self.matrix) {
            pcm.render(first, matrix, channels, out);
            return;
        }
        for (index, frame) in (first..).zip(out.chunks_exact_mut(channels)) {
            match &self.source {
                Source::Noise { key, level } => {
                    for (channel, sample) in (0_u64..).zip(frame) {
                        *sample = noise(*key, index, channel) * level.gain();
                    }
                }
                Source::Counter => {
                    let width = self.format.sample.valid_bits().min(24);
                    for (channel, sample) in (0..).zip(frame) {
                        *sample = counted(index, channel, width);
                    }
                }
                source => frame.fill(source.mono(index, self.format.rate)),
            }
        }
    }
}

impl Source {
    /// Frame `index` of a source that is the same in all channels.
    fn mono(&self, index: u64, rate: SampleRate) -> f32 {
        match self {
            Self::Sine {
                frequency_millihertz,
                level,
            } => {
                let cycle = u128::from(rate.hertz()) * 1000;
                let phase = u128::from(index) * u128::from(*frequency_millihertz) % cycle;
                sine(phase, cycle) * level.gain()
            }
            Self::Sweep {
                from_millihertz,
                to_millihertz,
                over,
                level,
            } => {
                let (phase, cycle) = swept(index, rate, *from_millihertz, *to_millihertz, *over);
                sine(phase, cycle) * level.gain()
            }
            Self::Impulses { every, level } if index % every.get() == 0 => level.gain(),
            Self::Silence
            | Self::Impulses { .. }
            | Self::Noise { .. }
            | Self::Counter
            | Self::Pcm(_) => 0.0,
        }
    }
}

impl Pcm {
    /// How many frames there are.
    pub fn frames(&self) -> Frames {
        Frames::new(self.samples.len() as u64 / u64::from(self.channels.max(1)))
    }

    fn render(&self, first: u64, matrix: &ChannelMatrix, channels: usize, out: &mut [f32]) {
        out.fill(0.0);
        let own = usize::from(self.channels);
        let total = self.samples.len() / own;
        let from = usize::try_from(first).unwrap_or(usize::MAX).min(total);
        let count = (total - from).min(out.len() / channels);
        let stream = &self.samples[from * own..(from + count) * own];
        matrix.add(stream, 1.0, &mut out[..count * channels]);
    }
}

/// The phase of frame `index` of a sweep, and what a whole cycle is in that unit.
fn swept(index: u64, rate: SampleRate, from: u64, to: u64, over: Frames) -> (u128, u128) {
    let n = i128::from(index % over.get());
    let (from, to) = (i128::from(from), i128::from(to));
    let over = i128::from(over.get());
    // Cycles: (from * n + (to - from) * n^2 / (2 * over)) / (1000 * rate).
    let cycle = 2 * over * 1000 * i128::from(rate.hertz());
    let phase = (2 * over * from * n + (to - from) * n * n).rem_euclid(cycle);
    (phase.unsigned_abs(), cycle.unsigned_abs())
}

/// The sine of `phase` of `cycle`.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    reason = "nearest is meant"
)]
fn sine(phase: u128, cycle: u128) -> f32 {
    let turn = phase as f64 / cycle as f64;
    libm::sin(turn * std::f64::consts::TAU) as f32
}

/// A number between -1 and 1 that depends on all three.
#[expect(clippy::cast_precision_loss, reason = "24 bits fit into the mantissa")]
fn noise(key: u64, index: u64, channel: u64) -> f32 {
    let mixed = finalise(finalise(key ^ channel.wrapping_mul(GOLDEN)) ^ index);
    ((mixed >> 40) as f32 - 8_388_607.5) * (1.0 / 8_388_608.0)
}

const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;

/// The last step of the generator `SplitMix64`.
const fn finalise(seed: u64) -> u64 {
    let z = seed.wrapping_add(GOLDEN);
    let z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// Bits `channel * width` and up of `index`, as the sample that has those bits.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    reason = "24 bits at most"
)]
fn counted(index: u64, channel: u32, width: u32) -> f32 {
    let bits = index.checked_shr(channel * width).unwrap_or(0) as u32;
    let upper = i32::from_ne_bytes((bits << (32 - width)).to_ne_bytes());
    (upper >> (32 - width)) as f32 / (1_u32 << (width - 1)) as f32
}

vtime::fork_by_clone!(Source, Player);

#[cfg(test)]
#[expect(
    clippy::float_cmp,
    clippy::cast_precision_loss,
    reason = "the same bits are meant, of small numbers"
)]
mod tests;
