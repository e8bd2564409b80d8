//! What the speaker played, as a WAV file.

use hound::{SampleFormat as WavSamples, WavSpec, WavWriter};
use std::io::{self, Seek, Write};
use units::{SampleFormat, WaveFormat};

/// Writes the samples of one endpoint as a WAV file, bit for bit what the device played.
///
/// Where a container is wider than its samples (24 bits in 32), the file keeps the container.
///
/// # Errors
/// What `file` says, or that no WAV file can have this length: over 4 GiB.
pub fn write_wav(format: WaveFormat, bytes: &[u8], file: impl Write + Seek) -> io::Result<()> {
    write(format, bytes, file).map_err(|error| match error {
        hound::Error::IoError(error) => error,
        other => io::Error::other(other),
    })
}

fn write(format: WaveFormat, bytes: &[u8], file: impl Write + Seek) -> Result<(), hound::Error> {
    let container = u16::try_from(format.sample.container_bytes() * 8).expect("at most 32 bits");
    let float = format.sample == SampleFormat::F32;
    let spec = WavSpec {
        channels: format.channels.into(),
        sample_rate: format.rate.hertz(),
        bits_per_sample: container,
        sample_format: if float {
            WavSamples::Float
        } else {
            WavSamples::Int
        },
    };
    let mut writer = WavWriter::new(file, spec)?;
    for sample in bytes.chunks_exact(usize::from(container / 8)) {
        match *sample {
            [a] => writer.write_sample(i32::from(a) - 128)?,
            [a, b] => writer.write_sample(i16::from_le_bytes([a, b]))?,
            [a, b, c] => writer.write_sample(i32::from_le_bytes([0, a, b, c]) >> 8)?,
            [a, b, c, d] if float => writer.write_sample(f32::from_le_bytes([a, b, c, d]))?,
            [a, b, c, d] => writer.write_sample(i32::from_le_bytes([a, b, c, d]))?,
            _ => unreachable!("a container has 1 to 4 bytes"),
        }
    }
    writer.finalize()
}

#[cfg(test)]
mod tests {
    use super::write_wav;
    use crate::wav::Wave;
    use std::io::Cursor;
    use units::{SampleFormat, WaveFormat};

    #[test]
    fn every_format_comes_back_bit_for_bit() {
        use SampleFormat::{F32, S16, S24, S24In32, S32, U8};
        for (sample, width) in [
            (U8, 1),
            (S16, 2),
            (S24, 3),
            (S24In32, 4),
            (S32, 4),
            (F32, 4),
        ] {
            let format = WaveFormat::new(48_000, 2, sample).unwrap();
            let bytes: Vec<u8> = (0..width * 2 * 10)
                .map(|n: u8| n.wrapping_mul(37) % 63)
                .collect();
            let mut file = Cursor::new(Vec::new());
            write_wav(format, &bytes, &mut file).unwrap();
            let file = file.into_inner();
            assert_eq!(file[file.len() - bytes.len()..], bytes, "{sample:?}");
            assert_eq!(Wave::decode(&file).unwrap().frames(), 10, "{sample:?}");
        }
    }
}
