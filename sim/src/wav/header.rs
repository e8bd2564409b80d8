//! The RIFF header: a walk over the chunks to the format and the samples.

use super::{WavError, Wave};

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
/// Every sub-format that stands for a format tag ends in these bytes.
const WAVE_GUID: &[u8; 14] = b"\0\0\0\0\x10\0\x80\0\0\xaa\0\x38\x9b\x71";

/// Finds the format and the bytes of the samples.
pub(super) fn read(file: &[u8]) -> Result<(Header, &[u8]), WavError> {
    if !Wave::begins(file) {
        return Err(WavError::NotWave {
            what: likeness(file),
        });
    }
    let (whole, left) = (u64::from(u32_at(file, 4)), file.len() as u64 - 8);
    if whole > left {
        return Err(WavError::RiffTruncated {
            claimed: whole,
            left,
        });
    }
    let mut header = None;
    let mut at = 12;
    while file.len() - at >= 8 {
        let chunk: [u8; 4] = file[at..at + 4].try_into().expect("four bytes");
        let claimed = u64::from(u32_at(file, at + 4));
        let left = (file.len() - at - 8) as u64;
        if claimed > left {
            return Err(WavError::Truncated {
                chunk,
                offset: at as u64,
                claimed,
                left,
            });
        }
        let length = usize::try_from(claimed).expect("no longer than the file");
        agree(
            "bytes in all",
            whole.min((at + length) as u64),
            (at + length) as u64,
        )?;
        let body = &file[at + 8..at + 8 + length];
        match (&chunk, header) {
            (b"fmt ", None) => header = Some(format(body, at as u64)?),
            (b"data", None) => {
                return Err(WavError::Missing {
                    chunk: "fmt ",
                    place: " before `data`",
                });
            }
            (b"fmt ", Some(_)) => return Err(WavError::SecondFormat { offset: at as u64 }),
            (b"data", Some(header)) => return Ok((header, whole_frames(body, header)?)),
            _ => {}
        }
        // Chunks begin at even offsets; the last one may lack its padding byte.
        at = (at + 8 + length + length % 2).min(file.len());
    }
    Err(WavError::Missing {
        chunk: if header.is_none() { "fmt " } else { "data" },
        place: "",
    })
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
    let frame_bytes = frame_bytes(header);
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

fn whole_frames(data: &[u8], header: Header) -> Result<&[u8], WavError> {
    let frame_bytes = frame_bytes(header);
    let bytes = data.len() as u64;
    if bytes % frame_bytes == 0 {
        Ok(data)
    } else {
        Err(WavError::PartialFrame { bytes, frame_bytes })
    }
}

fn frame_bytes(header: Header) -> u64 {
    u64::from(header.container_bytes()) * u64::from(header.channels)
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
