//! What a stream of bytes means.

use std::num::NonZeroU32;

use units::WaveFormat;

/// What a stream of bytes means, as the driver takes it from the format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[doc(alias = "WAVEFORMATEX")]
pub struct Wave {
    /// Frames per second.
    #[doc(alias = "nSamplesPerSec")]
    pub rate: NonZeroU32,
    /// Bytes of a frame.
    #[doc(alias = "nBlockAlign")]
    pub frame_bytes: NonZeroU32,
    /// Bytes per second, as declared. The driver never works them out.
    #[doc(alias = "nAvgBytesPerSec")]
    pub byte_rate: NonZeroU32,
}

impl Wave {
    /// What PCM of `rate` frames per second of `frame_bytes` bytes declares; `None` if that is
    /// nothing, or more bytes per second than the declaration holds.
    pub fn pcm(rate: u32, frame_bytes: u32) -> Option<Self> {
        Some(Self {
            rate: NonZeroU32::new(rate)?,
            frame_bytes: NonZeroU32::new(frame_bytes)?,
            byte_rate: NonZeroU32::new(rate.checked_mul(frame_bytes)?)?,
        })
    }

    /// What `format` declares; `None` if it does not fit.
    pub fn of(format: WaveFormat) -> Option<Self> {
        Self::pcm(format.rate.hertz(), format.frame_bytes())
    }
}

vtime::fork_by_clone!(Wave);
