//! Samples as floats and back.
//!
//! Full scale is 1.0: an integer sample is its value over 2^(bits - 1). Going back rounds to the
//! nearest value, to the even one of two, and stays at the ends of the range; NaN becomes silence.
//! So 8-, 16- and 24-bit samples survive the way there and back unchanged; 32-bit ones keep their
//! upper 24 bits.
//!
//! Rounding is done by adding a number so large that nothing but whole numbers lies around it: one
//! addition, the same on every machine, and without a branch, so that the loops vectorise.
#![expect(
    clippy::float_arithmetic,
    reason = "samples are floats; no time or position is"
)]

use units::SampleFormat;

/// 1.5 * 2^23: between half and all of this, floats are whole numbers.
const WHOLE_F32: f32 = 12_582_912.0;
/// 1.5 * 2^52, for doubles.
const WHOLE_F64: f64 = 6_755_399_441_055_744.0;

/// Turns little-endian samples into floats.
///
/// # Panics
/// If `bytes` does not hold exactly as many samples as `out`.
pub fn decode(format: SampleFormat, bytes: &[u8], out: &mut [f32]) {
    assert_eq!(
        bytes.len(),
        out.len() * format.container_bytes() as usize,
        "whole samples"
    );
    match format {
        SampleFormat::U8 => each(bytes, out, |[b]| (f32::from(b) - 128.0) * (1.0 / 128.0)),
        SampleFormat::S16 => each(bytes, out, |b| f32::from(i16::from_le_bytes(b)) * S16_UNIT),
        SampleFormat::S24 => each(bytes, out, |[a, b, c]| {
            upper24(i32::from_le_bytes([0, a, b, c]))
        }),
        SampleFormat::S24In32 | SampleFormat::S32 => {
            each(bytes, out, |b| upper24(i32::from_le_bytes(b)));
        }
        SampleFormat::F32 => each(bytes, out, f32::from_le_bytes),
    }
}

/// Turns floats into little-endian samples.
///
/// # Panics
/// If `out` does not hold exactly as many samples as `samples`.
pub fn encode(format: SampleFormat, samples: &[f32], out: &mut [u8]) {
    assert_eq!(
        out.len(),
        samples.len() * format.container_bytes() as usize,
        "whole samples"
    );
    match format {
        SampleFormat::U8 => back(samples, out, |sample| {
            let [low, ..] = small(sample * 128.0, -128.0, 127.0).to_le_bytes();
            [low ^ 0x80]
        }),
        SampleFormat::S16 => back(samples, out, |sample| {
            let [low, high, ..] = small(sample * 32_768.0, -32_768.0, 32_767.0).to_le_bytes();
            [low, high]
        }),
        SampleFormat::S24 => back(samples, out, |sample| {
            let [low, middle, high, _] = whole24(sample).to_le_bytes();
            [low, middle, high]
        }),
        SampleFormat::S24In32 => back(samples, out, |sample| (whole24(sample) << 8).to_le_bytes()),
        SampleFormat::S32 => back(samples, out, |sample| {
            let scaled = f64::from(sample) * 2_147_483_648.0;
            large(scaled, -2_147_483_648.0, 2_147_483_647.0).to_le_bytes()
        }),
        SampleFormat::F32 => back(samples, out, f32::to_le_bytes),
    }
}

const S16_UNIT: f32 = 1.0 / 32_768.0;

/// The upper 24 bits of a 32-bit sample, which a float holds exactly.
#[expect(clippy::cast_precision_loss, reason = "24 bits fit into the mantissa")]
fn upper24(sample: i32) -> f32 {
    (sample >> 8) as f32 * (1.0 / 8_388_608.0)
}

fn whole24(sample: f32) -> u32 {
    large(f64::from(sample) * 8_388_608.0, -8_388_608.0, 8_388_607.0)
}

/// The nearest whole number between `low` and `high`, which are less than 2^22 from 0: its lower
/// bits are those of the answer.
fn small(value: f32, low: f32, high: f32) -> u32 {
    let value = if value.is_nan() { 0.0 } else { value };
    (value.clamp(low, high) + WHOLE_F32).to_bits()
}

/// The nearest whole number between `low` and `high`, which are less than 2^51 from 0.
#[expect(
    clippy::cast_possible_truncation,
    reason = "the lower bits are the answer"
)]
fn large(value: f64, low: f64, high: f64) -> u32 {
    let value = if value.is_nan() { 0.0 } else { value };
    (value.clamp(low, high) + WHOLE_F64).to_bits() as u32
}

fn each<const N: usize>(bytes: &[u8], out: &mut [f32], decode: impl Fn([u8; N]) -> f32) {
    for (bytes, out) in bytes.chunks_exact(N).zip(out) {
        *out = decode(bytes.try_into().expect("chunks are exact"));
    }
}

fn back<const N: usize>(samples: &[f32], out: &mut [u8], encode: impl Fn(f32) -> [u8; N]) {
    for (sample, out) in samples.iter().zip(out.chunks_exact_mut(N)) {
        out.copy_from_slice(&encode(*sample));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encoded<const N: usize>(format: SampleFormat, sample: f32) -> [u8; N] {
        let mut out = [0; N];
        encode(format, &[sample], &mut out);
        out
    }

    fn there_and_back(format: SampleFormat, bytes: &[u8]) -> Vec<u8> {
        let mut floats = vec![0.0; bytes.len() / format.container_bytes() as usize];
        decode(format, bytes, &mut floats);
        let mut out = vec![0; bytes.len()];
        encode(format, &floats, &mut out);
        out
    }

    #[test]
    fn every_8_and_16_bit_sample_survives() {
        let bytes: Vec<u8> = (0..=u8::MAX).collect();
        assert_eq!(there_and_back(SampleFormat::U8, &bytes), bytes);
        let bytes: Vec<u8> = (i16::MIN..=i16::MAX).flat_map(i16::to_le_bytes).collect();
        assert_eq!(there_and_back(SampleFormat::S16, &bytes), bytes);
    }

    #[test]
    fn every_24_bit_sample_survives_packed_and_padded() {
        let samples = || (-8_388_608_i32..8_388_608).step_by(17).chain([8_388_607]);
        let packed: Vec<u8> = samples()
            .flat_map(|sample| {
                let [a, b, c, _] = sample.to_le_bytes();
                [a, b, c]
            })
            .collect();
        assert_eq!(there_and_back(SampleFormat::S24, &packed), packed);
        let padded: Vec<u8> = samples()
            .flat_map(|sample| (sample << 8).to_le_bytes())
            .collect();
        assert_eq!(there_and_back(SampleFormat::S24In32, &padded), padded);
    }

    #[test]
    fn a_32_bit_sample_keeps_its_upper_24_bits() {
        for sample in [0x1234_5678, -0x1234_5678, i32::MAX, i32::MIN, 0xff] {
            let kept = (sample >> 8) << 8;
            let back = there_and_back(SampleFormat::S32, &sample.to_le_bytes());
            assert_eq!(back, kept.to_le_bytes());
        }
    }

    #[test]
    fn a_half_goes_to_the_even_neighbour() {
        for (halves, expected) in [
            (1.0, 0),
            (3.0, 2),
            (5.0, 2),
            (-1.0, 0),
            (-3.0, -2),
            (-5.0, -2),
        ] {
            let sample = halves / 65_536.0;
            let out = i16::from_le_bytes(encoded(SampleFormat::S16, sample));
            assert_eq!(out, expected, "{halves} halves");
        }
    }

    #[test]
    fn beyond_full_scale_is_full_scale_and_no_number_is_silence() {
        for (sample, expected) in [
            (1.0, i16::MAX),
            (7.5, i16::MAX),
            (f32::INFINITY, i16::MAX),
            (-1.0, i16::MIN),
            (f32::NEG_INFINITY, i16::MIN),
            (f32::NAN, 0),
        ] {
            assert_eq!(
                i16::from_le_bytes(encoded(SampleFormat::S16, sample)),
                expected
            );
            let wide = i32::from_le_bytes(encoded(SampleFormat::S32, sample));
            assert_eq!(wide >> 16, i32::from(expected), "{sample}");
        }
        assert_eq!(encoded(SampleFormat::U8, f32::NAN), [0x80]);
        assert_eq!(encoded(SampleFormat::U8, 9.0), [0xff]);
    }
}
