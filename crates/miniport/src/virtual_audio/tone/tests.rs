//! The tone, against figures obtained by running the sample.

use proptest::prelude::*;

use super::*;

fn format(rate: u32, channels: u8, sample: SampleFormat) -> WaveFormat {
    WaveFormat::new(rate, channels, sample).unwrap()
}

fn kept() -> ToneOptions {
    ToneOptions {
        defects: Defects::Kept,
        ..ToneOptions::default()
    }
}

fn first_16_bit(rate: u32, frames: usize) -> Vec<i16> {
    let mut tone = Tone::new(format(rate, 1, SampleFormat::S16), kept()).unwrap();
    let mut bytes = vec![0; 2 * frames];
    tone.generate(&mut bytes);
    let samples = bytes.chunks_exact(2);
    samples
        .map(|pair| i16::from_le_bytes([pair[0], pair[1]]))
        .collect()
}

#[test]
fn v60_the_tone_has_the_samples_that_the_driver_gave() {
    let expected = [0, 4240, 8191, 11_584, 14_188, 15_825, 16_383];
    assert_eq!(first_16_bit(48_000, 7), expected);
    let expected = [0, 4605, 8839, 12_360, 14_885, 16_209, 16_225, 14_933];
    assert_eq!(first_16_bit(44_100, 8), expected);
}

#[test]
fn v60_samples_are_cut_towards_zero_but_for_24_bits() {
    let at = |value, format| {
        let (bytes, length) = sample(value, format);
        bytes[..length].to_vec()
    };
    assert_eq!(at(0.0, SampleFormat::U8), [127]);
    assert_eq!(at(1.0, SampleFormat::U8), [255]);
    assert_eq!(at(-1.0, SampleFormat::U8), [0]);
    assert_eq!(at(-0.5, SampleFormat::S16), (-16_383i16).to_le_bytes());
    assert_eq!(at(-0.5, SampleFormat::S32), (-0x3fff_ffffi32).to_le_bytes());
    assert_eq!(at(-0.5, SampleFormat::S24), [0, 0, 0xc0], "rounded down");
    assert_eq!(at(0.5, SampleFormat::S24), [0xff, 0xff, 0x3f]);
}

#[test]
fn v60_24_bits_have_one_channel_unless_that_is_mended() {
    for (defects, other) in [(Defects::Kept, 0xee), (Defects::Mended, 0)] {
        let options = ToneOptions { defects, ..kept() };
        let mut tone = Tone::new(format(48_000, 2, SampleFormat::S24), options).unwrap();
        let mut bytes = [0xee; 12];
        tone.generate(&mut bytes);
        assert_eq!(bytes[..3], [0, 0, 0]);
        assert_eq!(bytes[3..6], [other; 3]);
        let mended = bytes[6..9] == bytes[9..];
        assert_eq!(mended, defects == Defects::Mended);
    }
}

#[test]
fn v60_what_is_muted_is_zeros_and_the_tone_stands_still() {
    for (defects, silence) in [(Defects::Kept, 0), (Defects::Mended, 128)] {
        let options = ToneOptions { defects, ..kept() };
        let mut tone = Tone::new(format(48_000, 1, SampleFormat::U8), options).unwrap();
        let mut heard = [7; 3];
        tone.set_muted(true);
        tone.generate(&mut heard);
        assert_eq!(heard, [silence; 3]);
        tone.set_muted(false);
        tone.generate(&mut heard[..1]);
        assert_eq!(heard[0], 127, "the first sample of the tone");
    }
}

#[test]
fn v60_a_piece_shorter_than_the_rest_of_a_frame_loses_it_unless_that_is_mended() {
    let stereo = format(48_000, 2, SampleFormat::S16);
    for defects in [Defects::Kept, Defects::Mended] {
        let options = ToneOptions { defects, ..kept() };
        let mut tone = Tone::new(stereo, options).unwrap();
        let mut whole = [0; 12];
        Tone::new(stereo, options).unwrap().generate(&mut whole);
        let mut pieces = [0; 12];
        for piece in [0..5, 5..6, 6..12] {
            tone.generate(&mut pieces[piece]);
        }
        assert_eq!(pieces == whole, defects == Defects::Mended);
    }
}

#[test]
fn v60_only_pcm_within_full_scale_is_a_tone() {
    let loud = ToneOptions {
        amplitude: 0.7,
        offset: -0.31,
        ..kept()
    };
    assert!(Tone::new(format(48_000, 2, SampleFormat::S16), loud).is_none());
    assert!(Tone::new(format(48_000, 2, SampleFormat::F32), kept()).is_none());
}

proptest! {
    /// However it is cut, the tone is the same, as long as a piece holds a frame.
    #[test]
    fn v60_a_tone_does_not_depend_on_where_it_is_cut(
        sample in prop::sample::select(vec![SampleFormat::U8, SampleFormat::S16, SampleFormat::S32]),
        channels in 1u8..4,
        pieces in prop::collection::vec(12usize..90, 1..20),
    ) {
        let format = format(44_100, channels, sample);
        let length = pieces.iter().sum();
        let (mut whole, mut cut) = (vec![0; length], vec![0; length]);
        Tone::new(format, kept()).unwrap().generate(&mut whole);
        let mut tone = Tone::new(format, kept()).unwrap();
        let mut rest = &mut cut[..];
        for piece in pieces {
            let (head, behind) = rest.split_at_mut(piece);
            tone.generate(head);
            rest = behind;
        }
        prop_assert_eq!(whole, cut);
    }
}
