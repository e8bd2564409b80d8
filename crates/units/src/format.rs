//! Formats of uncompressed audio.

use thiserror::Error;

use crate::clock::SampleRate;
use crate::count::{Bytes, Frames};

/// How one sample lies in memory, little-endian.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SampleFormat {
    /// 8-bit PCM, unsigned, silence at 0x80.
    U8,
    /// 16-bit PCM.
    S16,
    /// 24-bit PCM in three bytes.
    S24,
    /// 24-bit PCM in the upper bits of four bytes.
    S24In32,
    /// 32-bit PCM.
    S32,
    /// 32-bit IEEE float.
    F32,
}

/// Rate, channels and samples of a PCM or float stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[doc(alias = "WAVEFORMATEX")]
pub struct WaveFormat {
    /// Frames per second.
    pub rate: SampleRate,
    /// Samples in a frame, 1 to 255.
    pub channels: u8,
    /// What a sample is.
    pub sample: SampleFormat,
}

/// Why a format cannot be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum FormatError {
    /// A frame needs a sample.
    #[error("a format needs at least one channel")]
    NoChannels,
    /// A stream needs a rate.
    #[error("a format needs a rate above 0 Hz")]
    NoRate,
}

impl SampleFormat {
    /// Bytes that one sample takes in memory.
    pub const fn container_bytes(self) -> u32 {
        match self {
            Self::U8 => 1,
            Self::S16 => 2,
            Self::S24 => 3,
            Self::S24In32 | Self::S32 | Self::F32 => 4,
        }
    }

    /// Bits that carry the signal.
    #[doc(alias = "wValidBitsPerSample")]
    pub const fn valid_bits(self) -> u32 {
        match self {
            Self::U8 => 8,
            Self::S16 => 16,
            Self::S24 | Self::S24In32 => 24,
            Self::S32 | Self::F32 => 32,
        }
    }
}

impl WaveFormat {
    /// A format of `channels` samples at `hertz`.
    ///
    /// # Errors
    /// [`FormatError`] if there is no channel or no rate.
    pub const fn new(hertz: u32, channels: u8, sample: SampleFormat) -> Result<Self, FormatError> {
        let Some(rate) = SampleRate::new(hertz) else {
            return Err(FormatError::NoRate);
        };
        if channels == 0 {
            return Err(FormatError::NoChannels);
        }
        Ok(Self {
            rate,
            channels,
            sample,
        })
    }

    /// Bytes of one frame.
    #[doc(alias = "nBlockAlign")]
    pub const fn frame_bytes(self) -> u32 {
        self.sample.container_bytes() * self.channels as u32
    }

    /// Bytes of `frames` frames.
    pub const fn bytes_of(self, frames: Frames) -> Bytes {
        Bytes::new(frames.get() * self.frame_bytes() as u64)
    }

    /// Whole frames in `bytes` bytes.
    pub const fn frames_in(self, bytes: Bytes) -> Frames {
        Frames::new(bytes.get() / self.frame_bytes() as u64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_is_as_many_bytes_as_its_containers() {
        for (sample, channels, bytes) in [
            (SampleFormat::U8, 1, 1),
            (SampleFormat::S16, 2, 4),
            (SampleFormat::S24, 2, 6),
            (SampleFormat::S24In32, 2, 8),
            (SampleFormat::F32, 8, 32),
        ] {
            let format = WaveFormat::new(48_000, channels, sample).unwrap();
            assert_eq!(format.frame_bytes(), bytes);
            assert_eq!(
                format.frames_in(format.bytes_of(Frames::new(7))),
                Frames::new(7)
            );
            assert_eq!(
                format.frames_in(Bytes::new(u64::from(bytes) - 1)),
                Frames::ZERO
            );
        }
    }

    #[test]
    fn formats_that_cannot_be_are_refused() {
        assert_eq!(
            WaveFormat::new(0, 2, SampleFormat::S16),
            Err(FormatError::NoRate)
        );
        assert_eq!(
            WaveFormat::new(48_000, 0, SampleFormat::S16),
            Err(FormatError::NoChannels)
        );
    }
}
