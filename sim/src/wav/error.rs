//! Why a WAV file is refused.

use std::io;
use thiserror::Error;

/// Why a file was not decoded.
#[derive(Debug, Error)]
pub enum ReadError {
    /// It could not be read.
    #[error("cannot be read: {0}")]
    Io(#[from] io::Error),
    /// It is no WAV file that can be played.
    #[error(transparent)]
    Wav(#[from] WavError),
}

impl ReadError {
    /// What the owner of the file can do about it.
    pub const fn remedy(&self) -> &'static str {
        match self {
            Self::Io(_) => "check the path, and that you may read it",
            Self::Wav(error) => error.remedy(),
        }
    }
}

/// What is wrong with a WAV file, and where.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum WavError {
    /// The file does not begin as a RIFF WAVE file does.
    #[error("this is {what}, not a WAV file")]
    NotWave {
        /// What its first bytes look like.
        what: &'static str,
    },
    /// A chunk claims more bytes than the file has left: cut short, or never finished.
    #[error(
        "the `{}` chunk at byte {offset} claims {claimed} bytes, the file has {left} left",
        chunk.escape_ascii()
    )]
    Truncated {
        /// The chunk's four letters.
        chunk: [u8; 4],
        /// Where its header begins.
        offset: u64,
        /// The length in its header.
        claimed: u64,
        /// What the file really has behind that header.
        left: u64,
    },
    /// The whole file claims more bytes than it has.
    #[error("the RIFF header claims {claimed} bytes, the file has {left} behind it")]
    RiffTruncated {
        /// The length in the RIFF header.
        claimed: u64,
        /// What the file really has behind that header.
        left: u64,
    },
    /// There is no chunk of that name where one is needed.
    #[error("there is no `{chunk}` chunk{place}")]
    Missing {
        /// The chunk's name.
        chunk: &'static str,
        /// Where it was looked for.
        place: &'static str,
    },
    /// The `fmt ` chunk is too short to hold a format.
    #[error("the `fmt ` chunk at byte {offset} has {length} bytes, a format needs {needed}")]
    FormatTooShort {
        /// Where its header begins.
        offset: u64,
        /// Its length.
        length: u64,
        /// The least that will do.
        needed: u64,
    },
    /// Two formats, and no telling which of them the samples have.
    #[error("there is a second `fmt ` chunk at byte {offset}")]
    SecondFormat {
        /// Where its header begins.
        offset: u64,
    },
    /// Compressed, or of a kind that nobody plays on a WaveRT pin.
    #[error("format tag {tag:#06x} with {bits} bits per sample is not plain PCM or float")]
    Unsupported {
        /// The format tag, or the first two bytes of the extensible sub-format.
        tag: u16,
        /// Bits per sample as the header has them.
        bits: u16,
    },
    /// A rate that no device has.
    #[error("the header says {hertz} Hz; rates from {} Hz to {} Hz can be played", Self::RATES.0, Self::RATES.1)]
    Rate {
        /// The rate in the header.
        hertz: u32,
    },
    /// No channels, or more than 7.1.
    #[error("the header says {channels} channels; 1 to 8 can be played")]
    Channels {
        /// The number in the header.
        channels: u16,
    },
    /// Two fields of the format contradict each other.
    #[error("the header says {found} {what}, its other fields allow {expected}")]
    Contradiction {
        /// Which field, with its unit.
        what: &'static str,
        /// What the field holds.
        found: u64,
        /// What follows from the others.
        expected: u64,
    },
    /// The last frame is not whole.
    #[error("{bytes} bytes of samples are no whole number of frames of {frame_bytes} bytes")]
    PartialFrame {
        /// The length of the sample data.
        bytes: u64,
        /// The length of one frame.
        frame_bytes: u64,
    },
    /// A float sample that is no number.
    #[error("a sample of frame {frame} is not a finite number")]
    NotFinite {
        /// The frame that has it.
        frame: u64,
    },
}

impl WavError {
    /// The lowest and highest rate that is accepted, in hertz.
    pub const RATES: (u32, u32) = (1_000, 768_000);

    /// What the owner of the file can do about it.
    pub const fn remedy(&self) -> &'static str {
        match self {
            Self::NotWave { .. } => {
                "give a RIFF WAVE file; other formats have to be converted first"
            }
            Self::Truncated { .. } | Self::RiffTruncated { .. } => {
                "the file was cut short or its writer did not finish it: copy or export it again"
            }
            Self::Missing { .. } | Self::FormatTooShort { .. } => {
                "the file holds no playable sound: export it again as PCM or float WAV"
            }
            Self::Unsupported { .. } => "export it as PCM (8, 16, 24 or 32 bits) or float WAV",
            Self::Rate { .. } | Self::Contradiction { .. } | Self::SecondFormat { .. } => {
                "the header is damaged: export the file again"
            }
            Self::Channels { .. } => "mix it down to at most 7.1 (8 channels) first",
            Self::PartialFrame { .. } => "cut the file at a whole frame, or export it again",
            Self::NotFinite { .. } => "export it again as PCM, or repair that sample",
        }
    }
}
