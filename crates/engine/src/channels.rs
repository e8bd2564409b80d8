//! Which channel of a stream goes into which channel of the mix.
#![expect(
    clippy::float_arithmetic,
    reason = "samples and gains are floats; no time is"
)]

/// Equal power in two channels: the square root of one half.
const HALF_POWER: f32 = std::f32::consts::FRAC_1_SQRT_2;

/// The gains with which the channels of a stream add to the channels of the mix.
///
/// Channels stand in the order of `WAVEFORMATEXTENSIBLE`: front left and right, front center, low
/// frequency, back left and right, side left and right.
///
/// | from | to | gains |
/// |---|---|---|
/// | n | n | each to itself |
/// | 1 | 2 or more | to front left and front right, 1 each |
/// | 2 | 1 | half of each |
/// | 6 or 8 | 2 | fronts 1; center to both, backs and sides to their side, 0.7071 each; low frequency not at all |
/// | 6 or 8 | 1 | half of what goes to each of two |
/// | else | | each to itself as far as the mix has it; the rest is dropped or stays silent |
///
/// Model: the real matrix is not public. 0.7071 for center and surround is the usual down-mix of
/// ITU-R BS.775.
#[derive(Clone, Debug, PartialEq)]
pub struct ChannelMatrix {
    from: usize,
    to: usize,
    is_identity: bool,
    /// `gains[to * self.from + from]`.
    gains: Vec<f32>,
}

impl ChannelMatrix {
    /// The matrix from `from` channels to `to` channels.
    ///
    /// # Panics
    /// If either is zero.
    pub fn new(from: u8, to: u8) -> Self {
        assert!(from > 0 && to > 0, "a frame has at least one channel");
        let (from, to) = (usize::from(from), usize::from(to));
        let gains = (0..to * from)
            .map(|at| gain(from, at % from, to, at / from))
            .collect();
        Self {
            from,
            to,
            is_identity: from == to,
            gains,
        }
    }

    /// The same matrix with each channel of the stream as loud as its weight says.
    ///
    /// # Panics
    /// If either is zero, or there is not one weight for each channel of the stream.
    pub fn weighted(from: u8, to: u8, weights: &[f32]) -> Self {
        assert_eq!(
            weights.len(),
            usize::from(from),
            "a weight for each channel"
        );
        let mut matrix = Self::new(from, to);
        for gains in matrix.gains.chunks_exact_mut(usize::from(from)) {
            for (gain, weight) in gains.iter_mut().zip(weights) {
                *gain *= weight;
            }
        }
        // What is nearly 1 is not 1: only then may the gains be left out.
        matrix.is_identity &= weights
            .iter()
            .all(|weight| weight.to_bits() == 1.0_f32.to_bits());
        matrix
    }

    /// True if every channel goes to itself and nowhere else.
    pub fn is_identity(&self) -> bool {
        self.is_identity
    }

    /// Adds frames to the mix, each sample times its gain times `volume`.
    ///
    /// # Panics
    /// If the two do not hold equally many frames.
    pub fn add(&self, stream: &[f32], volume: f32, mix: &mut [f32]) {
        let (from, to) = (self.from, self.to);
        assert_eq!(stream.len() / from, mix.len() / to, "frame goes to frame");
        if self.is_identity() {
            for (mix, sample) in mix.iter_mut().zip(stream) {
                *mix += sample * volume;
            }
            return;
        }
        for (mix, frame) in mix.chunks_exact_mut(to).zip(stream.chunks_exact(from)) {
            for (mix, gains) in mix.iter_mut().zip(self.gains.chunks_exact(from)) {
                let sum = frame
                    .iter()
                    .zip(gains)
                    .fold(0.0, |sum, (sample, gain)| sum + sample * gain);
                *mix += sum * volume;
            }
        }
    }
}

/// How much of channel `input` of `from` goes into channel `output` of `to`.
fn gain(from: usize, input: usize, to: usize, output: usize) -> f32 {
    let surround = from == 6 || from == 8;
    match (from, to) {
        (1, 2..) => f32::from(output < 2),
        (2, 1) => 0.5,
        (_, 2) if surround => to_stereo(input, output),
        (_, 1) if surround => 0.5 * (to_stereo(input, 0) + to_stereo(input, 1)),
        _ => f32::from(input == output),
    }
}

/// How much of a surround channel goes to one of two sides.
fn to_stereo(input: usize, side: usize) -> f32 {
    match input {
        0 | 1 => f32::from(input == side),
        2 => HALF_POWER,
        3 => 0.0,
        _ if input % 2 == side => HALF_POWER,
        _ => 0.0,
    }
}

#[cfg(test)]
#[expect(clippy::float_cmp, reason = "the same bits are meant")]
mod tests {
    use super::*;

    fn mapped(from: u8, to: u8, frame: &[f32]) -> Vec<f32> {
        let mut mix = vec![0.0; usize::from(to)];
        ChannelMatrix::new(from, to).add(frame, 1.0, &mut mix);
        mix
    }

    #[test]
    fn mono_goes_to_both_fronts() {
        assert_eq!(mapped(1, 2, &[0.5]), [0.5, 0.5]);
        assert_eq!(
            mapped(1, 8, &[0.5]),
            [0.5, 0.5, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]
        );
    }

    #[test]
    fn stereo_becomes_the_mean_in_mono_and_the_fronts_in_surround() {
        assert_eq!(mapped(2, 1, &[0.5, 0.25]), [0.375]);
        assert_eq!(mapped(2, 6, &[0.5, 0.25]), [0.5, 0.25, 0.0, 0.0, 0.0, 0.0]);
    }

    #[test]
    fn surround_becomes_stereo_with_center_and_surrounds_three_decibels_down() {
        let side = |frame: [f32; 8]| mapped(8, 2, &frame);
        assert_eq!(side([1.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0]), [1.0, 0.0]);
        let h = HALF_POWER;
        assert_eq!(side([0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0]), [h, h]);
        assert_eq!(side([0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0]), [h, 0.0]);
        assert_eq!(side([0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0]), [0.0, h]);
    }

    #[test]
    fn each_channel_is_as_loud_as_its_weight_says() {
        let mut mix = [0.0; 2];
        ChannelMatrix::weighted(2, 2, &[0.5, 0.25]).add(&[1.0, 1.0], 1.0, &mut mix);
        assert_eq!(mix, [0.5, 0.25]);
        assert!(ChannelMatrix::weighted(2, 2, &[1.0, 1.0]).is_identity());
    }

    #[test]
    fn equal_channels_pass_bit_for_bit_at_full_volume() {
        let frame = [0.1, -0.7, 0.3];
        assert_eq!(mapped(3, 3, &frame), frame);
    }
}
