//! Rate conversion at the edge: a file at its own rate becomes one at the engine's.
//!
//! The conversion is `rubato`'s windowed sinc. It uses whatever vector instructions the
//! processor has, so converted samples may differ in their last bit from machine to machine;
//! what the model does with them does not. The history and its digest never see a sample.

use rubato::audioadapter_buffers::direct::InterleavedSlice;
use rubato::{
    Async, FixedAsync, ResampleError, Resampler, ResamplerConstructionError,
    SincInterpolationParameters, SincInterpolationType, WindowFunction,
};
use thiserror::Error;

/// Frames per call of the resampler.
const CHUNK: usize = 1024;
/// Length of the filter in frames of the input.
const TAPS: usize = 256;

/// The converter refused, which a checked file should never make it do.
#[derive(Debug, Error)]
pub enum ResampleFailure {
    /// It could not be built for these rates.
    #[error(transparent)]
    Construction(#[from] ResamplerConstructionError),
    /// It could not take a block.
    #[error(transparent)]
    Block(#[from] ResampleError),
}

/// Interleaved frames from one rate to another, at most `frames_max` of them.
///
/// Frame n of the result lies at n / `to_hz`, like frame m of the input at m / `from_hz`: the
/// filter's delay is taken out, and the result lasts as long as the input, rounded up to a frame.
///
/// # Errors
/// [`ResampleFailure`], as the converter says.
#[expect(
    clippy::float_arithmetic,
    reason = "a conversion ratio, at the edge; lengths are counted in whole numbers"
)]
pub fn convert(
    samples: &[f32],
    channels: usize,
    (from_hz, to_hz): (u32, u32),
    frames_max: u64,
) -> Result<Vec<f32>, ResampleFailure> {
    let frames = samples.len() / channels;
    let exact = (frames as u64 * u64::from(to_hz)).div_ceil(u64::from(from_hz));
    let wanted = usize::try_from(exact.min(frames_max)).unwrap_or(usize::MAX);
    let ratio = f64::from(to_hz) / f64::from(from_hz);
    let parameters = SincInterpolationParameters::new(TAPS, WindowFunction::BlackmanHarris2)
        .oversampling_factor(1024)
        .interpolation(SincInterpolationType::Cubic);
    let mut converter =
        Async::<f32>::new_sinc(ratio, 1.0, &parameters, CHUNK, channels, FixedAsync::Input)?;
    let (before, delay) = alignment(from_hz, to_hz);
    let mut input = vec![0.0; before * channels];
    input.extend_from_slice(samples);
    let mut blocks = input.chunks(CHUNK * channels);
    let mut block = vec![0.0; CHUNK * channels];
    let mut made = vec![0.0; converter.output_frames_max() * channels];
    let mut output = Vec::new();
    while output.len() < (delay + wanted) * channels {
        let next = blocks.next().unwrap_or_default();
        block[..next.len()].copy_from_slice(next);
        block[next.len()..].fill(0.0);
        let room = made.len() / channels;
        let from = InterleavedSlice::new(&block, channels, CHUNK).expect("sized as it says");
        let mut to =
            InterleavedSlice::new_mut(&mut made, channels, room).expect("sized as it says");
        let (_, frames) = converter.process_into_buffer(&from, &mut to, None)?;
        output.extend_from_slice(&made[..frames * channels]);
    }
    output.drain(..delay * channels);
    output.truncate(wanted * channels);
    Ok(output)
}

/// How many frames of the input the first `frames` of the result are made from, at most.
pub fn reach(frames: u64, (from_hz, to_hz): (u32, u32)) -> u64 {
    let exact = (u128::from(frames) * u128::from(from_hz)).div_ceil(u128::from(to_hz));
    u64::try_from(exact)
        .unwrap_or(u64::MAX)
        .saturating_add(TAPS as u64)
}

/// How much silence to put in front, and how many frames of the output then come before the
/// first one of the input: a whole number of both.
///
/// The filter delays by half its length in frames of the input, and the converter's first output
/// is one step in. Half a length is seldom a whole number of output frames; with some silence in
/// front of it, it is.
fn alignment(from_hz: u32, to_hz: u32) -> (usize, usize) {
    let (mut common, mut rest) = (from_hz, to_hz);
    while rest > 0 {
        (common, rest) = (rest, common % rest);
    }
    let (step, steps) = ((from_hz / common) as usize, (to_hz / common) as usize);
    let delayed = (TAPS / 2).next_multiple_of(step);
    (delayed - TAPS / 2, delayed / step * steps - 1)
}

#[cfg(test)]
#[expect(
    clippy::float_arithmetic,
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    reason = "the reference is a sine"
)]
mod tests {
    use super::{convert, reach};

    fn sine(hertz: f64, rate: u32, frames: usize) -> Vec<f32> {
        let step = std::f64::consts::TAU * hertz / f64::from(rate);
        let stereo = |n: usize| {
            let sample = (step * n as f64).sin() as f32 / 2.0;
            [sample, -sample]
        };
        (0..frames).flat_map(stereo).collect()
    }

    /// The worst difference in the middle, away from where the sine begins and ends.
    fn error_in_the_middle(from: u32, to: u32) -> f32 {
        let output = convert(&sine(997.0, from, from as usize), 2, (from, to), u64::MAX).unwrap();
        let ideal = sine(997.0, to, to as usize);
        assert_eq!(
            output.len(),
            ideal.len(),
            "{from} Hz to {to} Hz lasts a second"
        );
        let middle = ideal.len() / 4..ideal.len() * 3 / 4;
        output[middle.clone()]
            .iter()
            .zip(&ideal[middle])
            .map(|(is, should)| (is - should).abs())
            .fold(0.0, f32::max)
    }

    #[test]
    fn a_sine_stays_in_place_from_any_rate_to_any_other() {
        for (from, to) in [
            (44_100, 48_000),
            (48_000, 44_100),
            (22_050, 48_000),
            (96_000, 48_000),
        ] {
            let error = error_in_the_middle(from, to);
            assert!(error < 2e-4, "{from} Hz to {to} Hz is off by {error}");
        }
    }

    #[test]
    fn a_click_keeps_its_instant_even_in_a_file_shorter_than_a_block() {
        let mut click = vec![0.0; 441];
        click[147] = 1.0; // 3.333 ms
        let output = convert(&click, 1, (44_100, 48_000), u64::MAX).unwrap();
        let loudest = (0..output.len()).max_by(|&a, &b| output[a].total_cmp(&output[b]));
        assert_eq!((output.len(), loudest), (480, Some(160)));
    }

    #[test]
    fn what_lies_beyond_the_reach_is_not_heard() {
        for rates in [(44_100, 48_000), (192_000, 8_000), (8_000, 192_000)] {
            let whole = sine(997.0, rates.0, 40_000);
            let reach = usize::try_from(reach(1_000, rates)).unwrap();
            assert!(reach < 40_000);
            assert_eq!(
                convert(&whole[..reach * 2], 2, rates, 1_000).unwrap(),
                convert(&whole, 2, rates, 1_000).unwrap(),
                "{rates:?}"
            );
        }
    }

    #[test]
    fn no_more_is_converted_than_is_asked_for() {
        assert_eq!(
            convert(&vec![0.5; 4410], 1, (44_100, 48_000), 100)
                .unwrap()
                .len(),
            100
        );
        assert_eq!(convert(&[], 2, (44_100, 48_000), 100).unwrap().len(), 0);
    }
}
