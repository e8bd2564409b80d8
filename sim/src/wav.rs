//! WAV files in: bytes to samples, or an error that names the place and the remedy.
//!
//! Reads what demand asks of a player: PCM of 8, 16, 24 and 32 bits and float of 32 and 64,
//! mono to 7.1, plain and extensible headers. A header is taken at its word only where the file
//! bears it out: a length that reaches past the end, a block size that does not fit the format
//! or a frame cut in half is refused rather than guessed at, because whoever listens for
//! glitches must be able to trust the input.
//!
//! Why not `hound` for this half, too: it takes the first two of those as they come. It is the
//! reference that the tests hold this reader against, and writes every file that `wavert` makes.

mod error;
mod header;

pub use error::WavError;
pub use header::{Encoding, Header};

/// A decoded WAV file: interleaved samples between -1 and 1 at the file's own rate.
#[derive(Clone, Debug, PartialEq)]
pub struct Wave {
    /// What the file said about itself.
    pub header: Header,
    /// One sample per channel and frame, interleaved.
    pub samples: Vec<f32>,
}

impl Wave {
    /// As many bytes as [`begins`](Self::begins) looks at.
    pub const HEAD_BYTES: u64 = 12;

    /// Whether a file that begins with these bytes may be a WAV file.
    pub fn begins(file: &[u8]) -> bool {
        file.len() >= 12 && &file[..4] == b"RIFF" && &file[8..12] == b"WAVE"
    }

    /// Decodes the bytes of a whole file.
    ///
    /// # Errors
    /// [`WavError`], if the bytes are not a WAV file that can be played frame by frame.
    pub fn decode(file: &[u8]) -> Result<Self, WavError> {
        let (header, data) = header::read(file)?;
        let width = usize::from(header.container_bytes());
        let samples: Vec<f32> = data
            .chunks_exact(width)
            .map(|sample| header.encoding.to_float(sample))
            .collect();
        if let Some(bad) = samples.iter().position(|sample| !sample.is_finite()) {
            let frame = bad as u64 / u64::from(header.channels);
            return Err(WavError::NotFinite { frame });
        }
        Ok(Self { header, samples })
    }

    /// How many frames the file has.
    pub fn frames(&self) -> u64 {
        self.samples.len() as u64 / u64::from(self.header.channels)
    }
}

impl Encoding {
    /// One sample of the file as a float; whole numbers are divided by their full scale.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_precision_loss,
        clippy::float_arithmetic,
        reason = "samples are floats from here on; 32 bits of PCM lose their last 8, as in the engine"
    )]
    fn to_float(self, bytes: &[u8]) -> f32 {
        match (self, bytes) {
            (Self::Unsigned8, &[a]) => (f32::from(a) - 128.0) / 128.0,
            (Self::Signed { .. }, _) => {
                let mut wide = [0; 4];
                wide[4 - bytes.len()..].copy_from_slice(bytes);
                i32::from_le_bytes(wide) as f32 / 2_147_483_648.0
            }
            (Self::Float32, &[a, b, c, d]) => f32::from_le_bytes([a, b, c, d]),
            (Self::Float64, _) => {
                f64::from_le_bytes(bytes.try_into().expect("cut to the container's width")) as f32
            }
            (Self::Unsigned8 | Self::Float32, _) => unreachable!("cut to the container's width"),
        }
    }
}

#[cfg(test)]
mod tests;
