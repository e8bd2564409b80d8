//! The reader against `hound`, and against files that lie.

#![expect(
    clippy::float_arithmetic,
    clippy::float_cmp,
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    reason = "samples are compared bit for bit with what was written"
)]

use super::{Encoding, ReadError, WavError, Wave};
use std::io::Cursor;

/// A file as `hound` writes it: a ramp over all channels.
fn written(channels: u16, bits: u16, float: bool) -> Vec<u8> {
    let sample_format = if float {
        hound::SampleFormat::Float
    } else {
        hound::SampleFormat::Int
    };
    let spec = hound::WavSpec {
        channels,
        sample_rate: 44_100,
        bits_per_sample: bits,
        sample_format,
    };
    let mut file = Cursor::new(Vec::new());
    let mut writer = hound::WavWriter::new(&mut file, spec).unwrap();
    for n in 0..i32::from(channels) * 37 {
        if float {
            writer.write_sample(n as f32 / 512.0 - 0.25).unwrap();
        } else {
            writer.write_sample((n % 200 - 100) << (bits - 8)).unwrap();
        }
    }
    writer.finalize().unwrap();
    file.into_inner()
}

#[test]
fn reads_every_format_as_hound_does() {
    for channels in 1..=8 {
        for bits in [8, 16, 24, 32] {
            let file = written(channels, bits, false);
            let scale = 2_f64.powi(i32::from(bits) - 1);
            let hound: Vec<f32> = hound::WavReader::new(Cursor::new(&file))
                .unwrap()
                .into_samples::<i32>()
                .map(|sample| (f64::from(sample.unwrap()) / scale) as f32)
                .collect();
            let wave = Wave::decode(&file).unwrap();
            assert_eq!(wave.samples, hound, "{bits} bits, {channels} channels");
            assert_eq!((wave.frames(), wave.header.channels), (37, channels));
        }
        let file = written(channels, 32, true);
        let hound = hound::WavReader::new(Cursor::new(&file))
            .unwrap()
            .into_samples::<f32>();
        let hound: Vec<f32> = hound.map(Result::unwrap).collect();
        assert_eq!(Wave::decode(&file).unwrap().samples, hound);
    }
}

#[test]
fn full_scale_is_one_in_every_width() {
    let encodings = [
        (Encoding::Unsigned8, vec![0]),
        (Encoding::Signed { bytes: 2 }, vec![0, 0x80]),
        (Encoding::Signed { bytes: 3 }, vec![0, 0, 0x80]),
        (Encoding::Signed { bytes: 4 }, vec![0, 0, 0, 0x80]),
        (Encoding::Float32, (-1.0_f32).to_le_bytes().to_vec()),
        (Encoding::Float64, (-1.0_f64).to_le_bytes().to_vec()),
    ];
    for (encoding, bytes) in encodings {
        assert_eq!(encoding.to_float(&bytes), -1.0, "{encoding:?}");
    }
}

#[test]
fn every_cut_of_a_file_is_an_error_that_says_so() {
    let whole = written(2, 16, false);
    for length in 0..whole.len() {
        let error = Wave::decode(&whole[..length]).expect_err("cut short");
        assert!(!error.remedy().is_empty());
        if length >= 12 {
            assert!(
                matches!(error, WavError::RiffTruncated { .. }),
                "{length}: {error}"
            );
        }
    }
}

#[test]
fn a_data_chunk_that_claims_too_much_is_refused_with_both_numbers() {
    let mut file = written(1, 16, false);
    file[40..44].copy_from_slice(&1_000_u32.to_le_bytes());
    assert_eq!(
        Wave::decode(&file),
        Err(WavError::Truncated {
            chunk: *b"data",
            offset: 36,
            claimed: 1_000,
            left: 74
        })
    );
}

/// Overwrites part of the header of a good 16-bit stereo file.
fn lie(at: usize, bytes: &[u8]) -> WavError {
    let mut file = written(2, 16, false);
    file[at..at + bytes.len()].copy_from_slice(bytes);
    Wave::decode(&file).expect_err("the header lies")
}

#[test]
fn lying_headers_are_refused() {
    assert_eq!(
        lie(0, b"fLaC"),
        WavError::NotWave {
            what: "a FLAC file"
        }
    );
    assert_eq!(lie(20, &[2, 0]), WavError::Unsupported { tag: 2, bits: 16 });
    assert_eq!(
        lie(34, &[12, 0]),
        WavError::Unsupported { tag: 1, bits: 12 }
    );
    assert_eq!(lie(22, &[0, 0]), WavError::Channels { channels: 0 });
    assert_eq!(lie(22, &[9, 0]), WavError::Channels { channels: 9 });
    assert_eq!(lie(24, &[0; 4]), WavError::Rate { hertz: 0 });
    assert_eq!(lie(24, &[255; 4]), WavError::Rate { hertz: u32::MAX });
    assert_eq!(
        lie(12, b"junk"),
        WavError::Missing {
            chunk: "fmt ",
            place: " before `data`"
        }
    );
    assert_eq!(
        lie(36, b"junk"),
        WavError::Missing {
            chunk: "data",
            place: ""
        }
    );
    assert_eq!(
        lie(32, &[6, 0]),
        WavError::Contradiction {
            what: "bytes per frame",
            found: 6,
            expected: 4
        }
    );
    assert_eq!(
        lie(28, &[0; 4]),
        WavError::Contradiction {
            what: "bytes per second",
            found: 0,
            expected: 176_400
        }
    );
    assert_eq!(
        lie(40, &[147, 0]),
        WavError::PartialFrame {
            bytes: 147,
            frame_bytes: 4
        }
    );
    assert!(matches!(
        lie(16, &[14, 0]),
        WavError::FormatTooShort { length: 14, .. }
    ));
}

#[test]
fn an_extensible_header_must_hold_a_known_sub_format() {
    let good = written(8, 16, false);
    assert_eq!(good[16], 40, "hound writes an extensible header for 7.1");
    let lie = |at: usize, bytes: &[u8]| {
        let mut file = good.clone();
        file[at..at + bytes.len()].copy_from_slice(bytes);
        Wave::decode(&file).expect_err("the header lies")
    };
    assert_eq!(
        lie(50, &[0xaa]),
        WavError::Unsupported {
            tag: 0xfffe,
            bits: 16
        }
    );
    assert_eq!(lie(44, &[2]), WavError::Unsupported { tag: 2, bits: 16 });
    assert_eq!(
        lie(38, &[24, 0]),
        WavError::Contradiction {
            what: "valid bits per sample",
            found: 24,
            expected: 16
        }
    );
}

#[test]
fn a_sample_that_is_no_number_is_refused_with_its_frame() {
    let mut file = written(2, 32, true);
    let data = file.len() - 37 * 8;
    file[data + 5 * 8 + 4..][..4].copy_from_slice(&f32::NAN.to_le_bytes());
    assert_eq!(Wave::decode(&file), Err(WavError::NotFinite { frame: 5 }));
}

#[test]
fn chunks_before_and_behind_the_samples_are_passed_over() {
    let plain = written(1, 16, false);
    let mut file = plain[..12].to_vec();
    file.extend(b"LIST\x03\0\0\0odd\0");
    file.extend(&plain[12..]);
    let whole = u32::try_from(file.len() - 8).unwrap();
    file[4..8].copy_from_slice(&whole.to_le_bytes());
    file.extend(b"id3 trailing");
    assert_eq!(Wave::decode(&file).unwrap(), Wave::decode(&plain).unwrap());
}

#[test]
fn samples_beyond_the_end_of_the_riff_and_a_second_format_are_refused() {
    let whole = (written(2, 16, false).len() - 8) as u64;
    let error = lie(4, &100_u32.to_le_bytes());
    let contradiction = WavError::Contradiction {
        what: "bytes in all",
        found: 100,
        expected: whole,
    };
    assert_eq!(error, contradiction);
    let file = written(2, 16, false);
    let mut twice = [&file[..36], &file[12..]].concat();
    twice[4..8].copy_from_slice(&(file.len() as u32 - 8 + 24).to_le_bytes());
    assert_eq!(
        Wave::decode(&twice).unwrap_err(),
        WavError::SecondFormat { offset: 36 }
    );
}

#[test]
fn no_more_is_read_than_is_wanted_and_the_rest_is_held_against_the_header() {
    let file = written(2, 16, false);
    let length = file.len() as u64;
    let whole = Wave::decode(&file).unwrap();
    // Behind 10 frames of 4 bytes there is nothing to be read, though the file is said to go on.
    let start = &file[..file.len() - 27 * 4];
    let first = Wave::read(Cursor::new(start), length, |_| 10).unwrap();
    assert_eq!((first.frames(), first.header), (10, whole.header));
    assert_eq!(first.samples, whole.samples[..20]);
    let error = Wave::read(Cursor::new(start), length, |_| 11).unwrap_err();
    assert!(matches!(error, ReadError::Io(_)), "{error}");
    let error = Wave::read(Cursor::new(start), length - 1, |_| 10).unwrap_err();
    assert!(matches!(
        error,
        ReadError::Wav(WavError::RiffTruncated { .. })
    ));
}
