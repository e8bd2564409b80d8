//! The RIFF header: a walk over the chunks to the format and the samples.

use super::{ReadError, WavError, Wave};
use std::io::{BufReader, Read, Seek};

/// How one sample lies in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// PCM of 8 bits, which WAV keeps unsigned.
    Unsigned8,
    /// PCM of 16, 24 or 32 bits, or fewer, left-justified in such a container.
    Signed {
        /// Container width in bytes: 2, 3 or 4.
        bytes: u8,
    },
    /// IEEE float of 32 bits.
    Float32,
    /// IEEE float of 64 bits.
    Float64,
}

/// What the `fmt ` chunk says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// Frames per second.
    pub rate_hz: u32,
    /// Channels, 1 to 8.
    pub channels: u16,
    /// How each sample lies in the file.
    pub encoding: Encoding,
}

impl Header {
    /// Bytes from one sample to the next.
    pub(super) const fn container_bytes(self) -> u8 {
        match self.encoding {
            Encoding::Unsigned8 => 1,
            Encoding::Signed { bytes } => bytes,
            Encoding::Float32 => 4,
            Encoding::Float64 => 8,
        }
    }

    /// Bytes from one frame to the next.
    pub(super) fn frame_bytes(self) -> u64 {
        u64::from(self.container_bytes()) * u64::from(self.channels)
    }

    /// The encoding in a few letters, as reports print it.
    pub const fn encoding_name(self) -> &'static str {
        match self.encoding {
            Encoding::Unsigned8 => "u8",
            Encoding::Signed { bytes: 2 } => "s16",
            Encoding::Signed { bytes: 3 } => "s24",
            Encoding::Signed { .. } => "s32",
            Encoding::Float32 => "f32",
            Encoding::Float64 => "f64",
        }
    }
}

const PCM: u16 = 0x0001;
const FLOAT: u16 = 0x0003;
const EXTENSIBLE: u16 = 0xfffe;
/// As much of the `fmt ` chunk as anything is known about.
const FORMAT_BYTES: usize = 40;
/// Every sub-format that stands for a format tag ends in these bytes.
const WAVE_GUID: &[u8; 14] = b"\0\0\0\0\x10\0\x80\0\0\xaa\0\x38\x9b\x71";

/// Finds the format and how many frames there are; `file` then stands at the first of them.
///
/// Reads chunk headers and the format, and passes over all else.
pub(super) fn read(
    file: &mut BufReader<impl Read + Seek>,
    length: u64,
) -> Result<(Header, u64), ReadError> {
    let mut head = Vec::new();
    file.by_ref()
        .take(Wave::HEAD_BYTES)
        .read_to_end(&mut head)?;
    if !Wave::begins(&head) {
        let what = likeness(&head);
        return Err(WavError::NotWave { what }.into());
    }
    let (claimed, left) = (u64::from(u32_at(&head, 4)), length.saturating_sub(8));
    if claimed > left {
        return Err(WavError::RiffTruncated { claimed, left }.into());
    }
    let whole = claimed;
    let mut header = None;
    let (mut at, mut stands) = (Wave::HEAD_BYTES, Wave::HEAD_BYTES);
    while length.saturating_sub(at) >= 8 {
        file.seek_relative(i64::try_from(at - stands).expect("within a file"))?;
        let mut start = [0; 8];
        file.read_exact(&mut start)?;
        stands = at + 8;
        let chunk: [u8; 4] = start[..4].try_into().expect("four bytes");
        let claimed = u64::from(u32_at(&start, 4));
        let left = length - at - 8;
        if claimed > left {
            let offset = at;
            return Err(WavError::Truncated {
                chunk,
                offset,
                claimed,
                left,
            }
            .into());
        }
        agree("bytes in all", whole.min(at + claimed), at + claimed)?;
        match (&chunk, header) {
            (b"fmt ", None) => {
                let mut body = [0; FORMAT_BYTES];
                let known = usize::try_from(claimed).map_or(FORMAT_BYTES, |n| n.min(FORMAT_BYTES));
                file.read_exact(&mut body[..known])?;
                stands += known as u64;
                header = Some(format(&body[..known], at)?);
            }
            (b"data", None) => {
                let (chunk, place) = ("fmt ", " before `data`");
                return Err(WavError::Missing { chunk, place }.into());
            }
            (b"fmt ", Some(_)) => return Err(WavError::SecondFormat { offset: at }.into()),
            (b"data", Some(header)) => return Ok((header, frames(claimed, header)?)),
            _ => {}
        }
        // Chunks begin at even offsets; the last one may lack its padding byte.
        at += 8 + claimed + claimed % 2;
    }
    let chunk = if header.is_none() { "fmt " } else { "data" };
    Err(WavError::Missing { chunk, place: "" }.into())
}

/// Decodes the `fmt ` chunk, and holds its fields against each other.
fn format(body: &[u8], offset: u64) -> Result<Header, WavError> {
    let needed = |needed: u64| {
        let length = body.len() as u64;
        if length < needed {
            Err(WavError::FormatTooShort {
                offset,
                length,
                needed,
            })
        } else {
            Ok(())
        }
    };
    needed(16)?;
    let (channels, rate_hz) = (u16_at(body, 2), u32_at(body, 4));
    let (byte_rate, block, bits) = (u32_at(body, 8), u16_at(body, 12), u16_at(body, 14));
    let tag = match u16_at(body, 0) {
        EXTENSIBLE => {
            needed(40)?;
            extensible(body, bits)?
        }
        tag => tag,
    };
    let encoding = match (tag, bits) {
        (PCM, 8) => Encoding::Unsigned8,
        (PCM, 16) => Encoding::Signed { bytes: 2 },
        (PCM, 24) => Encoding::Signed { bytes: 3 },
        (PCM, 32) => Encoding::Signed { bytes: 4 },
        (FLOAT, 32) => Encoding::Float32,
        (FLOAT, 64) => Encoding::Float64,
        _ => return Err(WavError::Unsupported { tag, bits }),
    };
    if !(1..=8).contains(&channels) {
        return Err(WavError::Channels { channels });
    }
    if !(WavError::RATES.0..=WavError::RATES.1).contains(&rate_hz) {
        return Err(WavError::Rate { hertz: rate_hz });
    }
    let header = Header {
        rate_hz,
        channels,
        encoding,
    };
    let frame_bytes = header.frame_bytes();
    agree("bytes per frame", block.into(), frame_bytes)?;
    agree(
        "bytes per second",
        byte_rate.into(),
        frame_bytes * u64::from(rate_hz),
    )?;
    Ok(header)
}

/// The format tag inside an extensible header, which has a whole GUID for it.
fn extensible(body: &[u8], bits: u16) -> Result<u16, WavError> {
    let (valid, tag) = (u16_at(body, 18), u16_at(body, 24));
    if body[26..40] != *WAVE_GUID {
        return Err(WavError::Unsupported {
            tag: EXTENSIBLE,
            bits,
        });
    }
    if valid > bits {
        let (found, expected) = (valid.into(), bits.into());
        return Err(WavError::Contradiction {
            what: "valid bits per sample",
            found,
            expected,
        });
    }
    Ok(tag)
}

fn agree(what: &'static str, found: u64, expected: u64) -> Result<(), WavError> {
    if found == expected {
        Ok(())
    } else {
        Err(WavError::Contradiction {
            what,
            found,
            expected,
        })
    }
}

fn frames(bytes: u64, header: Header) -> Result<u64, WavError> {
    let frame_bytes = header.frame_bytes();
    if bytes % frame_bytes == 0 {
        Ok(bytes / frame_bytes)
    } else {
        Err(WavError::PartialFrame { bytes, frame_bytes })
    }
}

/// What a file that is no WAV looks like, for the message.
fn likeness(file: &[u8]) -> &'static str {
    const KNOWN: [(&[u8], &str); 8] = [
        (b"RF64", "a 64-bit RF64 file"),
        (b"RIFX", "a big-endian RIFX file"),
        (
            b"RIFF",
            "a RIFF file of another kind, or one cut off in its first bytes",
        ),
        (b"fLaC", "a FLAC file"),
        (b"OggS", "an Ogg file"),
        (b"ID3", "an MP3 file"),
        (b"FORM", "an AIFF file"),
        (b"caff", "a CAF file"),
    ];
    if file.is_empty() {
        return "an empty file";
    }
    KNOWN
        .iter()
        .find(|(magic, _)| file.starts_with(magic))
        .map_or("something else", |known| known.1)
}

fn u16_at(bytes: &[u8], at: usize) -> u16 {
    u16::from_le_bytes(bytes[at..at + 2].try_into().expect("two bytes"))
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes(bytes[at..at + 4].try_into().expect("four bytes"))
}
