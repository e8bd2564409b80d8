//! Any bytes as a WAV file: an error or frames, never a panic, and what `hound` reads, too, is
//! read alike.

#![no_main]

use libfuzzer_sys::fuzz_target;
use sim::wav::{Encoding, Wave};
use std::io::Cursor;

fuzz_target!(|file: &[u8]| {
    match Wave::decode(file) {
        Ok(wave) => {
            assert!(wave.samples.len() <= file.len());
            assert_eq!(
                wave.samples.len() as u64,
                wave.frames() * u64::from(wave.header.channels)
            );
            compare(file, &wave);
        }
        Err(error) => assert!(!error.to_string().is_empty() && !error.remedy().is_empty()),
    }
});

/// `hound` knows fewer formats; where it reads the file at all, it reads the same. It does not know
/// that chunks begin at even offsets, so only files are compared whose samples follow the format.
fn compare(file: &[u8], wave: &Wave) {
    let format_ends = 20 + usize::from(file[16]);
    if &file[12..16] != b"fmt "
        || file[17..20] != [0; 3]
        || file.get(format_ends..format_ends + 4) != Some(b"data")
    {
        return;
    }
    let Ok(reader) = hound::WavReader::new(Cursor::new(file)) else {
        return;
    };
    let spec = reader.spec();
    // Of samples narrower than their container `hound` takes the lower bits, if it takes them at
    // all; the pages on the format say the upper ones.
    let container = match wave.header.encoding {
        Encoding::Unsigned8 => 8,
        Encoding::Signed { bytes } => u16::from(bytes) * 8,
        Encoding::Float32 => 32,
        Encoding::Float64 => 64,
    };
    if spec.bits_per_sample != container {
        return;
    }
    assert_eq!(
        (spec.channels, spec.sample_rate),
        (wave.header.channels, wave.header.rate_hz)
    );
    if spec.sample_format == hound::SampleFormat::Float {
        let samples: Result<Vec<f32>, _> = reader.into_samples().collect();
        assert_eq!(samples.expect("as long as its header says"), wave.samples);
        return;
    }
    let scale = 2_f64.powi(i32::from(spec.bits_per_sample) - 1);
    let samples: Result<Vec<i32>, _> = reader.into_samples().collect();
    let samples: Vec<f32> = samples
        .expect("as long as its header says")
        .into_iter()
        .map(|sample| (f64::from(sample) / scale) as f32)
        .collect();
    assert_eq!(samples, wave.samples);
}
