//! What a capture stream of the sample driver records: a sine.
#![expect(
    clippy::float_arithmetic,
    reason = "samples are made of floats; no time is"
)]

use std::f64::consts::TAU;

use units::{SampleFormat, WaveFormat};

use super::defects::Defects;

/// What a [`Tone`] is like. The default is that of the sample driver outside raw mode.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ToneOptions {
    /// Periods per second: 1000 in raw mode, 2000 otherwise, 3000 on a loopback pin.
    pub hertz: u32,
    /// The peak, from 0 to 1.
    pub amplitude: f64,
    /// What is added to every sample.
    pub offset: f64,
    /// Where in the period it begins, in radians.
    pub phase: f64,
    /// Whether its defects are there.
    pub defects: Defects,
}

impl Default for ToneOptions {
    fn default() -> Self {
        Self {
            hertz: 2000,
            amplitude: 0.5,
            offset: 0.0,
            phase: 0.0,
            defects: Defects::default(),
        }
    }
}

/// The tone generator of the sample driver, to the bit.
///
/// It writes bytes, in pieces that may end inside a frame: the frame is kept and continued by the
/// next piece. Every channel holds the same. With its defects [kept](Defects::Kept), frames of 24
/// bits hold the first channel only and what memory held before in the others, silence in 8 bits
/// is 0 and not 128, and a piece that is shorter than the rest of a cut frame loses what is left
/// of it.
///
/// # Source
/// `audio/sysvad/ToneGenerator.cpp` of microsoft/Windows-driver-samples.
#[derive(Clone, Debug)]
pub struct Tone {
    options: ToneOptions,
    format: WaveFormat,
    is_muted: bool,
    angle: f64,
    /// A frame that was cut, whole.
    cut: Vec<u8>,
    /// Bytes of it that are still to be written, from its end.
    rest: usize,
}

impl Tone {
    /// A tone in `format`. `None` if that is no PCM of 8, 16, 24 or 32 bits, or if amplitude and
    /// offset together leave full scale.
    pub fn new(format: WaveFormat, options: ToneOptions) -> Option<Self> {
        use SampleFormat::{S16, S24, S32, U8};
        let peak = options.amplitude.abs() + options.offset.abs();
        let is_pcm = matches!(format.sample, U8 | S16 | S24 | S32);
        (is_pcm && peak <= 1.0 && options.phase.is_finite()).then(|| Self {
            options,
            format,
            is_muted: false,
            angle: options.phase,
            cut: vec![0; format.frame_bytes() as usize],
            rest: 0,
        })
    }

    /// Mutes it or not. What is muted is silence, and the tone stands still.
    pub const fn set_muted(&mut self, is_muted: bool) {
        self.is_muted = is_muted;
    }

    /// Fills `piece`, which begins where the last one ended.
    #[doc(alias = "GenerateSine")]
    pub fn generate(&mut self, piece: &mut [u8]) {
        if self.is_muted {
            piece.fill(self.silence());
            return;
        }
        let piece = self.continue_frame(piece);
        let mut frames = piece.chunks_exact_mut(self.cut.len());
        for frame in &mut frames {
            self.write_frame(frame);
        }
        let head = frames.into_remainder();
        if !head.is_empty() {
            let mut cut = std::mem::take(&mut self.cut);
            self.write_frame(&mut cut);
            head.copy_from_slice(&cut[..head.len()]);
            self.rest = cut.len() - head.len();
            self.cut = cut;
        }
    }

    /// Writes what is left of a frame that was cut; returns the piece behind it.
    fn continue_frame<'a>(&mut self, piece: &'a mut [u8]) -> &'a mut [u8] {
        let length = self.rest.min(piece.len());
        let from = self.cut.len() - self.rest;
        let (head, behind) = piece.split_at_mut(length);
        head.copy_from_slice(&self.cut[from..from + length]);
        self.rest = match self.options.defects {
            Defects::Kept => 0,
            Defects::Mended => self.rest - length,
        };
        behind
    }

    const fn silence(&self) -> u8 {
        match (self.format.sample, self.options.defects) {
            (SampleFormat::U8, Defects::Mended) => 128,
            _ => 0,
        }
    }

    fn write_frame(&mut self, frame: &mut [u8]) {
        let value = self.next();
        let (bytes, length) = sample(value, self.format.sample);
        let channels = match (self.format.sample, self.options.defects) {
            (SampleFormat::S24, Defects::Kept) => 1,
            _ => usize::from(self.format.channels),
        };
        for channel in frame.chunks_exact_mut(length).take(channels) {
            channel.copy_from_slice(&bytes[..length]);
        }
    }

    fn next(&mut self) -> f64 {
        let value = self.options.offset + self.options.amplitude * libm::sin(self.angle);
        self.angle += TAU * f64::from(self.options.hertz) / f64::from(self.format.rate.hertz());
        if self.angle >= TAU {
            self.angle -= TAU;
        }
        value
    }
}

/// A sample as memory holds it, and how many bytes of that count. Cut towards zero, but for 24
/// bits, which are the upper ones of 32.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "cutting towards zero is meant; no value is below -1 or above 1"
)]
fn sample(value: f64, format: SampleFormat) -> ([u8; 4], usize) {
    let wide = || (f64::from(i32::MAX) * value) as i32;
    match format {
        SampleFormat::U8 => ([(127.5 * value + 127.5) as u8, 0, 0, 0], 1),
        SampleFormat::S16 => {
            let [low, high] = ((32_767.0 * value) as i16).to_le_bytes();
            ([low, high, 0, 0], 2)
        }
        SampleFormat::S24 => ((wide() >> 8).to_le_bytes(), 3),
        _ => (wide().to_le_bytes(), 4),
    }
}

vtime::fork_by_clone!(ToneOptions, Tone);

#[cfg(test)]
mod tests;
