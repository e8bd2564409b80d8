//! `WAVEFORMATEX` and `WAVEFORMATEXTENSIBLE`.

use thiserror::Error;
use units::{NtStatus, SampleFormat, WaveFormat};

use super::cursor::{Reader, Wire, WireError, Writer};
use crate::guid::{Guid, KSDATAFORMAT_SUBTYPE_IEEE_FLOAT, KSDATAFORMAT_SUBTYPE_PCM};

const PCM: u16 = 1;
const IEEE_FLOAT: u16 = 3;
const EXTENSIBLE: u16 = 0xFFFE;
/// Bytes of a `WAVEFORMATEX`.
const EX_BYTES: usize = 18;
/// Bytes that a `WAVEFORMATEXTENSIBLE` has beyond them.
const EXTRA_BYTES: u16 = 22;

/// A format as clients write it: in the short form, or in the long one with places for channels.
///
/// # Source
/// `audio/extensible-wave-format-descriptors.md`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[doc(alias = "WAVEFORMATEX")]
#[doc(alias = "WAVEFORMATEXTENSIBLE")]
pub struct WaveFormatEx {
    /// Rate, channels, samples.
    pub format: WaveFormat,
    /// Which speakers the channels are for, if the form is the long one.
    #[doc(alias = "dwChannelMask")]
    pub channel_mask: Option<u32>,
}

/// Why bytes are no wave format, or none that anything here could play.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum WaveFormatError {
    /// The bytes end too early.
    #[error(transparent)]
    Wire(#[from] WireError),
    /// Neither PCM nor float.
    #[error("wFormatTag 0x{0:04X} is neither PCM nor float")]
    Tag(u16),
    /// Neither PCM nor float, in the long form.
    #[error("SubFormat {0} is neither PCM nor float")]
    SubFormat(Guid),
    /// The long form says that less follows than it has.
    #[error("cbSize is {0}, and WAVEFORMATEXTENSIBLE has 22 bytes more")]
    ExtraBytes(u16),
    /// There is nothing to hear.
    #[error("{channels} channels at {rate} Hz are no sound")]
    Empty {
        /// `nChannels`.
        channels: u16,
        /// `nSamplesPerSec`.
        rate: u32,
    },
    /// Samples lie in whole bytes.
    #[error("wBitsPerSample {0} is no whole number of bytes")]
    Container(u16),
    /// There is more signal than room.
    #[error("{valid} valid bits do not fit into {container}")]
    ValidBits {
        /// `wValidBitsPerSample`.
        valid: u16,
        /// `wBitsPerSample`.
        container: u16,
    },
    /// A frame is not as long as its samples.
    #[error("nBlockAlign is {found}, and a frame has {wanted} bytes")]
    BlockAlign {
        /// What it says.
        found: u16,
        /// What the samples take.
        wanted: u32,
    },
    /// A second is not as long as its frames.
    #[error("nAvgBytesPerSec is {found}, and a second has {wanted} bytes")]
    ByteRate {
        /// What it says.
        found: u32,
        /// What the frames take.
        wanted: u64,
    },
    /// The short form does not say where the channels go, or which bits count.
    #[error("{channels} channels of {bits} bits need WAVEFORMATEXTENSIBLE")]
    NeedsExtensible {
        /// `nChannels`.
        channels: u16,
        /// `wBitsPerSample`.
        bits: u16,
    },
    /// Well-formed, and nothing here has such samples or so many channels.
    #[error("nothing plays {channels} channels of {valid} bits in {container}")]
    Unknown {
        /// `nChannels`.
        channels: u16,
        /// `wValidBitsPerSample`.
        valid: u16,
        /// `wBitsPerSample`.
        container: u16,
    },
}

impl From<WaveFormatError> for NtStatus {
    fn from(error: WaveFormatError) -> Self {
        match error {
            WaveFormatError::Wire(error) => error.into(),
            WaveFormatError::ExtraBytes(_)
            | WaveFormatError::Empty { .. }
            | WaveFormatError::Container(_)
            | WaveFormatError::ValidBits { .. }
            | WaveFormatError::BlockAlign { .. }
            | WaveFormatError::ByteRate { .. }
            | WaveFormatError::NeedsExtensible { .. } => Self::INVALID_PARAMETER,
            WaveFormatError::Tag(_)
            | WaveFormatError::SubFormat(_)
            | WaveFormatError::Unknown { .. } => Self::NO_MATCH,
        }
    }
}

/// What of the fields does not depend on the form.
struct Fields {
    channels: u16,
    rate: u32,
    container: u16,
    valid: u16,
    float: bool,
}

impl WaveFormatEx {
    /// `format` in the short form where that is unambiguous, else in the long one.
    pub const fn of(format: WaveFormat) -> Self {
        let short = format.channels <= 2 && format.sample.valid_bits() <= 16;
        if short {
            Self::short(format)
        } else {
            Self::extensible(format)
        }
    }

    /// `format` in the short form, whether or not that says everything.
    pub const fn short(format: WaveFormat) -> Self {
        Self {
            format,
            channel_mask: None,
        }
    }

    /// `format` in the long form, with the usual places for that many channels.
    pub const fn extensible(format: WaveFormat) -> Self {
        Self {
            format,
            channel_mask: Some(usual_mask(format.channels)),
        }
    }

    /// What kind of samples they are.
    pub const fn sub_format(self) -> Guid {
        match self.format.sample {
            SampleFormat::F32 => KSDATAFORMAT_SUBTYPE_IEEE_FLOAT,
            SampleFormat::U8
            | SampleFormat::S16
            | SampleFormat::S24
            | SampleFormat::S24In32
            | SampleFormat::S32 => KSDATAFORMAT_SUBTYPE_PCM,
        }
    }

    /// Bytes that it takes.
    pub const fn size(self) -> usize {
        match self.channel_mask {
            None => EX_BYTES,
            Some(_) => EX_BYTES + EXTRA_BYTES as usize,
        }
    }

    /// Reads it; what follows is left alone.
    ///
    /// # Errors
    /// [`WaveFormatError`] if a field contradicts the others, or if nothing here plays it.
    pub fn parse(bytes: &[u8]) -> Result<Self, WaveFormatError> {
        let mut reader = Reader::new("WAVEFORMATEX", bytes);
        let tag = u16::get(&mut reader)?;
        let channels = u16::get(&mut reader)?;
        let rate = u32::get(&mut reader)?;
        let byte_rate = u32::get(&mut reader)?;
        let block_align = u16::get(&mut reader)?;
        let container = u16::get(&mut reader)?;
        let extra = u16::get(&mut reader)?;
        let (valid, channel_mask, float) = match tag {
            PCM => (container, None, false),
            IEEE_FLOAT => (container, None, true),
            EXTENSIBLE if extra < EXTRA_BYTES => return Err(WaveFormatError::ExtraBytes(extra)),
            EXTENSIBLE => {
                let valid = u16::get(&mut reader)?;
                let mask = u32::get(&mut reader)?;
                (valid, Some(mask), is_float(Guid::get(&mut reader)?)?)
            }
            tag => return Err(WaveFormatError::Tag(tag)),
        };
        let fields = Fields {
            channels,
            rate,
            container,
            valid,
            float,
        };
        fields.check(block_align, byte_rate)?;
        if tag == PCM && (channels > 2 || container > 16) {
            return Err(WaveFormatError::NeedsExtensible {
                channels,
                bits: container,
            });
        }
        Ok(Self {
            format: fields.format()?,
            channel_mask,
        })
    }

    /// Puts it behind what is there.
    pub fn put(self, writer: &mut Writer) {
        let Self {
            format,
            channel_mask,
        } = self;
        let container = low_word(format.sample.container_bytes() * 8);
        let tag = match (channel_mask, format.sample) {
            (Some(_), _) => EXTENSIBLE,
            (None, SampleFormat::F32) => IEEE_FLOAT,
            (None, _) => PCM,
        };
        writer.put(&tag);
        writer.put(&u16::from(format.channels));
        writer.put(&format.rate.hertz());
        writer.put(&format.rate.hertz().wrapping_mul(format.frame_bytes()));
        writer.put(&low_word(format.frame_bytes()));
        writer.put(&container);
        let Some(mask) = channel_mask else {
            writer.put(&0_u16);
            return;
        };
        writer.put(&EXTRA_BYTES);
        writer.put(&low_word(format.sample.valid_bits()));
        writer.put(&mask);
        writer.put(&self.sub_format());
    }

    /// The format as bytes.
    pub fn to_bytes(self) -> Vec<u8> {
        let mut writer = Writer::new();
        self.put(&mut writer);
        writer.finish()
    }
}

impl Fields {
    fn check(&self, block_align: u16, byte_rate: u32) -> Result<(), WaveFormatError> {
        let &Self {
            channels,
            rate,
            container,
            valid,
            ..
        } = self;
        if channels == 0 || rate == 0 {
            return Err(WaveFormatError::Empty { channels, rate });
        }
        if container == 0 || container % 8 != 0 {
            return Err(WaveFormatError::Container(container));
        }
        if valid == 0 || valid > container {
            return Err(WaveFormatError::ValidBits { valid, container });
        }
        let frame = u32::from(channels) * u32::from(container / 8);
        if u32::from(block_align) != frame {
            return Err(WaveFormatError::BlockAlign {
                found: block_align,
                wanted: frame,
            });
        }
        let second = u64::from(rate) * u64::from(frame);
        if u64::from(byte_rate) != second {
            return Err(WaveFormatError::ByteRate {
                found: byte_rate,
                wanted: second,
            });
        }
        Ok(())
    }

    fn format(&self) -> Result<WaveFormat, WaveFormatError> {
        let unknown = WaveFormatError::Unknown {
            channels: self.channels,
            valid: self.valid,
            container: self.container,
        };
        let sample = match (self.float, self.valid, self.container) {
            (false, 8, 8) => SampleFormat::U8,
            (false, 16, 16) => SampleFormat::S16,
            (false, 24, 24) => SampleFormat::S24,
            (false, 24, 32) => SampleFormat::S24In32,
            (false, 32, 32) => SampleFormat::S32,
            (true, 32, 32) => SampleFormat::F32,
            _ => return Err(unknown),
        };
        let channels = u8::try_from(self.channels).map_err(|_| unknown)?;
        WaveFormat::new(self.rate, channels, sample).map_err(|_| unknown)
    }
}

fn is_float(sub_format: Guid) -> Result<bool, WaveFormatError> {
    match sub_format {
        KSDATAFORMAT_SUBTYPE_PCM => Ok(false),
        KSDATAFORMAT_SUBTYPE_IEEE_FLOAT => Ok(true),
        other => Err(WaveFormatError::SubFormat(other)),
    }
}

/// A number of bits or bytes of a frame as its 16-bit field holds it.
fn low_word(value: u32) -> u16 {
    u16::try_from(value).expect("a frame of 255 channels has 1020 bytes")
}

/// The speakers that so many channels are usually for: `KSAUDIO_SPEAKER_MONO` and so on.
///
/// # Source
/// `audio/channel-mask.md`.
const fn usual_mask(channels: u8) -> u32 {
    match channels {
        1 => 0x4,
        2 => 0x3,
        4 => 0x33,
        6 => 0x60F,
        8 => 0x63F,
        _ => 0,
    }
}
