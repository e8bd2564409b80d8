//! What an input hears.

use std::fmt;

use units::{Frames, SampleFormat, WaveFormat};
use vtime::Rng;

/// What an input hears when it keeps samples.
///
/// The samples of a frame depend on nothing but the run and the number of the frame, so who asks
/// for them when, and in which pieces, changes nothing.
pub trait Microphone: fmt::Debug {
    /// Fills `out` with whole frames of `format`, of which the first is frame `first` of `run`.
    ///
    /// Frames and runs are counted as in the [`LinkLog`](crate::LinkLog).
    fn record(&self, run: u32, first: Frames, format: WaveFormat, out: &mut [u8]);
}

/// White noise in which no two frames are likely to be the same: what an input hears unless it is
/// told otherwise.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Noise {
    /// Tells one noise from another.
    pub seed: u64,
}

impl Noise {
    /// The sample of `channel` in `frame` of `run`, full scale.
    fn sample(self, run: u32, frame: u64, channel: u64) -> i32 {
        let place = (u64::from(run) << 40 ^ frame) << 4 | channel;
        let drawn = Rng::new(self.seed ^ place).next_u64() >> 32;
        i32::from_ne_bytes(u32::try_from(drawn).expect("32 bits").to_ne_bytes())
    }
}

impl Microphone for Noise {
    fn record(&self, run: u32, first: Frames, format: WaveFormat, out: &mut [u8]) {
        let container = format.sample.container_bytes() as usize;
        let channels = u64::from(format.channels);
        for (n, bytes) in (0..).zip(out.chunks_exact_mut(container)) {
            let sample = self.sample(run, first.get() + n / channels, n % channels);
            write_sample(sample, format.sample, bytes);
        }
    }
}

/// Writes a full-scale sample in the form in which memory holds it.
fn write_sample(sample: i32, format: SampleFormat, out: &mut [u8]) {
    let wide = sample.to_le_bytes();
    match format {
        SampleFormat::U8 => out[0] = wide[3] ^ 0x80,
        SampleFormat::S16 => out.copy_from_slice(&wide[2..]),
        SampleFormat::S24 => out.copy_from_slice(&wide[1..]),
        SampleFormat::S24In32 => out.copy_from_slice(&(sample >> 8 << 8).to_le_bytes()),
        // The link carries no floats: whoever asks for them gets the bits of integers.
        SampleFormat::S32 | SampleFormat::F32 => out.copy_from_slice(&wide),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_of_noise_is_the_same_in_whatever_piece_it_is_asked_for() {
        for sample in [
            SampleFormat::U8,
            SampleFormat::S16,
            SampleFormat::S24In32,
            SampleFormat::S32,
        ] {
            let format = WaveFormat::new(48_000, 3, sample).unwrap();
            let frame = format.frame_bytes() as usize;
            let noise = Noise { seed: 7 };
            let mut all = vec![0; 20 * frame];
            noise.record(1, Frames::new(100), format, &mut all);
            let mut piece = vec![0; 4 * frame];
            noise.record(1, Frames::new(108), format, &mut piece);
            assert_eq!(piece, all[8 * frame..12 * frame], "{sample:?}");
            noise.record(2, Frames::new(108), format, &mut piece);
            assert_ne!(piece, all[8 * frame..12 * frame], "{sample:?}");
        }
    }
}
