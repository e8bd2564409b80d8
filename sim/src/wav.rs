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

pub use error::{ReadError, WavError};
pub use header::{Encoding, Header};

use std::io::{BufReader, Cursor, Read, Seek};

/// Samples are decoded in blocks of about as many bytes.
const BLOCK_BYTES: u64 = 1 << 16;

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
        match Self::read(Cursor::new(file), file.len() as u64, |_| u64::MAX) {
            Ok(wave) => Ok(wave),
            Err(ReadError::Wav(error)) => Err(error),
            Err(ReadError::Io(error)) => unreachable!("bytes in memory can be read: {error}"),
        }
    }

    /// Decodes the first frames of a file of `length` bytes: as many as `frames_max` says when it
    /// is shown the header, or all there are.
    ///
    /// The header is held against the length of the whole file all the same. Samples behind the
    /// last frame that is wanted are neither read nor looked at, so that what it takes goes with
    /// what is played and not with the file.
    ///
    /// # Errors
    /// [`ReadError`], if it cannot be read, or is no WAV file that can be played frame by frame.
    pub fn read(
        file: impl Read + Seek,
        length: u64,
        frames_max: impl FnOnce(Header) -> u64,
    ) -> Result<Self, ReadError> {
        let mut file = BufReader::new(file);
        let (header, frames) = header::read(&mut file, length)?;
        let mut samples = Vec::new();
        let mut left = frames.min(frames_max(header)) * header.frame_bytes();
        let whole_frames = BLOCK_BYTES - BLOCK_BYTES % header.frame_bytes();
        let mut block = Vec::new();
        while left > 0 {
            let next = left.min(whole_frames);
            block.resize(usize::try_from(next).expect("a block"), 0);
            file.read_exact(&mut block)?;
            header.decode(&block, &mut samples)?;
            left -= next;
        }
        Ok(Self { header, samples })
    }

    /// How many frames were decoded.
    pub fn frames(&self) -> u64 {
        self.samples.len() as u64 / u64::from(self.header.channels)
    }
}

impl Header {
    /// Adds the samples of a block of whole frames to those before.
    fn decode(self, block: &[u8], samples: &mut Vec<f32>) -> Result<(), WavError> {
        let width = usize::from(self.container_bytes());
        let before = samples.len();
        let decoded = block.chunks_exact(width);
        samples.extend(decoded.map(|sample| self.encoding.to_float(sample)));
        let bad = samples[before..]
            .iter()
            .position(|sample| !sample.is_finite());
        match bad {
            Some(bad) => Err(WavError::NotFinite {
                frame: (before + bad) as u64 / u64::from(self.channels),
            }),
            None => Ok(()),
        }
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
