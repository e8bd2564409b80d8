//! The peak limiter at the end of the mix.
#![expect(
    clippy::float_arithmetic,
    reason = "samples and gains are floats; no time is"
)]

use units::SampleRate;

/// Keeps the mix from leaving full scale, by turning it down as a whole.
///
/// Without a look ahead: the first frame that is too loud is turned down to full scale itself, and
/// the gain then returns to 1 along a straight line, [`RELEASE_MS`] for the whole way. A mix that
/// stays within full scale passes bit for bit.
///
/// Model: only the existence and the place of the real limiter (`CAudioLimiter`, behind the last
/// effect) are public; curve and times are ours.
#[derive(Clone, Debug, PartialEq)]
pub struct Limiter {
    /// Above 0, at most 1.
    gain: f32,
    /// What is added to the gain with each frame.
    step: f32,
}

/// How long the gain would take from 0 back to 1, in ms.
pub const RELEASE_MS: u32 = 100;

impl Limiter {
    /// A limiter for a mix at `rate`, at rest.
    #[expect(
        clippy::cast_precision_loss,
        reason = "a rate is far below 2^24 tenths"
    )]
    pub fn new(rate: SampleRate) -> Self {
        let frames = rate.hertz() / (1000 / RELEASE_MS);
        Self {
            gain: 1.0,
            step: 1.0 / frames.max(1) as f32,
        }
    }

    /// True if the last frame passed unchanged and the next one will if it is not too loud.
    pub fn is_at_rest(&self) -> bool {
        self.gain >= 1.0
    }

    /// Limits frames of `channels` samples.
    pub fn limit(&mut self, samples: &mut [f32], channels: usize) {
        if self.is_at_rest() && peak(samples) <= 1.0 {
            return;
        }
        for frame in samples.chunks_exact_mut(channels) {
            let loudest = peak(frame);
            if loudest * self.gain > 1.0 {
                self.gain = 1.0 / loudest;
            }
            if self.gain < 1.0 {
                for sample in frame {
                    *sample *= self.gain;
                }
                self.gain = (self.gain + self.step).min(1.0);
            }
        }
    }
}

fn peak(samples: &[f32]) -> f32 {
    samples
        .iter()
        .fold(0.0, |peak: f32, sample| peak.max(sample.abs()))
}

#[cfg(test)]
#[expect(
    clippy::float_cmp,
    clippy::cast_precision_loss,
    reason = "the same bits are meant, of small numbers"
)]
mod tests {
    use super::*;

    #[test]
    fn a_mix_within_full_scale_passes_bit_for_bit() {
        let mut limiter = Limiter::new(SampleRate::HZ_48000);
        let before: Vec<f32> = (-500..=500).map(|n| n as f32 / 500.0).collect();
        let mut after = before.clone();
        limiter.limit(&mut after, 1);
        assert_eq!(after, before);
        assert!(limiter.is_at_rest());
    }

    #[test]
    fn nothing_leaves_full_scale_by_more_than_rounding() {
        let mut limiter = Limiter::new(SampleRate::HZ_48000);
        let mut mix: Vec<f32> = (0..4800)
            .map(|n| 3.0 * ((n % 97) as f32 / 48.0 - 1.0))
            .collect();
        limiter.limit(&mut mix, 2);
        assert!(peak(&mix) <= 1.0 + f32::EPSILON, "{}", peak(&mix));
    }

    #[test]
    fn channels_are_turned_down_together() {
        let mut limiter = Limiter::new(SampleRate::HZ_48000);
        let mut frame = [2.0, 0.5];
        limiter.limit(&mut frame, 2);
        assert_eq!(frame, [1.0, 0.25]);
    }

    #[test]
    fn the_gain_comes_back_and_the_mix_passes_again() {
        let mut limiter = Limiter::new(SampleRate::HZ_48000);
        limiter.limit(&mut [4.0], 1);
        assert!(!limiter.is_at_rest());
        let mut quiet = vec![0.25; 4800];
        limiter.limit(&mut quiet, 1);
        assert!(limiter.is_at_rest());
        assert!(quiet[0] < 0.07 && quiet[4799] == 0.25);
    }

    #[test]
    fn halves_of_a_block_give_what_the_block_gives() {
        let signal: Vec<f32> = (0..960)
            .map(|n| ((n * 37) % 101) as f32 / 40.0 - 1.25)
            .collect();
        let mut whole = signal.clone();
        Limiter::new(SampleRate::HZ_48000).limit(&mut whole, 2);
        let mut parts = signal;
        let mut limiter = Limiter::new(SampleRate::HZ_48000);
        let (first, second) = parts.split_at_mut(302);
        limiter.limit(first, 2);
        limiter.limit(second, 2);
        assert_eq!(parts, whole);
    }
}
