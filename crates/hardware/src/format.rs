//! The format of a stream as its register spells it.

use thiserror::Error;
use units::{Bytes, SampleFormat, SampleRate, WaveFormat};

const BASE_44100: u16 = 1 << 14;
const NON_PCM: u16 = 1 << 15;
const RESERVED: u16 = 1 << 7;

/// What `SDnFMT` says: a base rate, a multiplier and a divisor, a sample size, channels.
///
/// ```
/// use hardware::StreamFormat;
/// use units::{SampleFormat, WaveFormat};
///
/// let cd = WaveFormat::new(44_100, 2, SampleFormat::S16)?;
/// assert_eq!(StreamFormat::of(cd).unwrap().encode(), 0x4011);
/// assert_eq!(StreamFormat::decode(0x4011).unwrap().rate().hertz(), 44_100);
/// # Ok::<(), units::FormatError>(())
/// ```
///
/// # Source
/// Intel HD Audio programmer's reference 307017, table of SDFMT.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[doc(alias = "SDnFMT")]
pub struct StreamFormat {
    base: Base,
    /// 1 to 4.
    multiplier: u8,
    /// 1 to 8.
    divisor: u8,
    size: SampleSize,
    /// 1 to 16.
    channels: u8,
    rate: SampleRate,
}

/// Bits of a sample on the link.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SampleSize {
    /// 8 bits, in one byte of memory.
    ///
    /// Model: data sheets put them on 16-bit boundaries, drivers count one byte; we count one.
    Bits8,
    /// 16 bits, in two bytes.
    Bits16,
    /// 20 bits, in four bytes.
    Bits20,
    /// 24 bits, in four bytes.
    Bits24,
    /// 32 bits, in four bytes.
    Bits32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Base {
    Hz48000,
    Hz44100,
}

/// Why a format cannot travel on the link.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum StreamFormatError {
    /// The register holds a code that means nothing, or something that is not PCM.
    #[error("SDnFMT 0x{0:04x} has reserved codes or is not PCM")]
    Reserved(u16),
    /// The rate is no whole number of Hz.
    #[error("SDnFMT 0x{0:04x} asks for {1} Hz / {2}, which is not a whole number of Hz")]
    FractionalRate(u16, u32, u8),
    /// No base, multiplier and divisor give this rate.
    #[error("no multiple and divisor of 48000 or 44100 Hz give {} Hz", .0.hertz())]
    Rate(SampleRate),
    /// The link has no such samples.
    #[error("the link carries integers in containers of 1, 2 or 4 bytes, not {0:?}")]
    Sample(SampleFormat),
    /// More channels than four bits can count.
    #[error("a stream has 1 to 16 channels, not {0}")]
    Channels(u8),
}

impl Base {
    const fn hertz(self) -> u32 {
        match self {
            Self::Hz48000 => 48_000,
            Self::Hz44100 => 44_100,
        }
    }
}

impl SampleSize {
    /// How many, on the link.
    pub const fn bits(self) -> u32 {
        match self {
            Self::Bits8 => 8,
            Self::Bits16 => 16,
            Self::Bits20 => 20,
            Self::Bits24 => 24,
            Self::Bits32 => 32,
        }
    }

    /// Bytes that one sample takes in memory.
    pub const fn container_bytes(self) -> u32 {
        match self {
            Self::Bits8 => 1,
            Self::Bits16 => 2,
            Self::Bits20 | Self::Bits24 | Self::Bits32 => 4,
        }
    }

    const fn code(self) -> u16 {
        match self {
            Self::Bits8 => 0,
            Self::Bits16 => 1,
            Self::Bits20 => 2,
            Self::Bits24 => 3,
            Self::Bits32 => 4,
        }
    }

    const fn from_code(code: u16) -> Option<Self> {
        match code {
            0 => Some(Self::Bits8),
            1 => Some(Self::Bits16),
            2 => Some(Self::Bits20),
            3 => Some(Self::Bits24),
            4 => Some(Self::Bits32),
            _ => None,
        }
    }

    const fn of(sample: SampleFormat) -> Option<Self> {
        match sample {
            SampleFormat::U8 => Some(Self::Bits8),
            SampleFormat::S16 => Some(Self::Bits16),
            SampleFormat::S24In32 => Some(Self::Bits24),
            SampleFormat::S32 => Some(Self::Bits32),
            SampleFormat::S24 | SampleFormat::F32 => None,
        }
    }
}

impl StreamFormat {
    /// The register's way of saying `format`: the lower multiplier where there is a choice.
    ///
    /// # Errors
    /// [`StreamFormatError`] if the link cannot carry it.
    pub fn of(format: WaveFormat) -> Result<Self, StreamFormatError> {
        let size = SampleSize::of(format.sample).ok_or(StreamFormatError::Sample(format.sample))?;
        if format.channels > 16 {
            return Err(StreamFormatError::Channels(format.channels));
        }
        let rate = format.rate;
        for base in [Base::Hz48000, Base::Hz44100] {
            for multiplier in 1..=4 {
                for divisor in 1..=8 {
                    if whole_rate(base, multiplier, divisor) == Some(rate) {
                        let channels = format.channels;
                        return Ok(Self {
                            base,
                            multiplier,
                            divisor,
                            size,
                            channels,
                            rate,
                        });
                    }
                }
            }
        }
        Err(StreamFormatError::Rate(rate))
    }

    /// What the register's value means.
    ///
    /// # Errors
    /// [`StreamFormatError::Reserved`] for reserved codes and everything that is not PCM,
    /// [`StreamFormatError::FractionalRate`] for a rate that is not a whole number of Hz.
    pub fn decode(value: u16) -> Result<Self, StreamFormatError> {
        let reserved = StreamFormatError::Reserved(value);
        if value & (NON_PCM | RESERVED) != 0 {
            return Err(reserved);
        }
        let base = if value & BASE_44100 == 0 {
            Base::Hz48000
        } else {
            Base::Hz44100
        };
        let multiplier = match value >> 11 & 7 {
            0 => 1,
            1 => 2,
            2 => 3,
            3 => 4,
            _ => return Err(reserved),
        };
        let divisor = three_bits(value >> 8) + 1;
        let size = SampleSize::from_code(value >> 4 & 7).ok_or(reserved)?;
        let channels = u8::try_from((value & 0xF) + 1).expect("four bits");
        let rate = whole_rate(base, multiplier, divisor).ok_or(
            StreamFormatError::FractionalRate(value, base.hertz() * u32::from(multiplier), divisor),
        )?;
        Ok(Self {
            base,
            multiplier,
            divisor,
            size,
            channels,
            rate,
        })
    }

    /// The register's value.
    pub const fn encode(self) -> u16 {
        let base = match self.base {
            Base::Hz48000 => 0,
            Base::Hz44100 => BASE_44100,
        };
        base | (self.multiplier as u16 - 1) << 11
            | (self.divisor as u16 - 1) << 8
            | self.size.code() << 4
            | (self.channels as u16 - 1)
    }

    /// Frames per second.
    pub const fn rate(self) -> SampleRate {
        self.rate
    }

    /// Bits of a sample.
    pub const fn size(self) -> SampleSize {
        self.size
    }

    /// Samples of a frame.
    pub const fn channels(self) -> u8 {
        self.channels
    }

    /// Bytes of a frame in memory.
    #[doc(alias = "block")]
    pub const fn frame_bytes(self) -> Bytes {
        Bytes::new(self.size.container_bytes() as u64 * self.channels as u64)
    }

    /// What a frame is in memory.
    pub(crate) fn wave_format(self) -> WaveFormat {
        WaveFormat {
            rate: self.rate,
            channels: self.channels,
            sample: match self.size {
                SampleSize::Bits8 => SampleFormat::U8,
                SampleSize::Bits16 => SampleFormat::S16,
                SampleSize::Bits20 | SampleSize::Bits24 => SampleFormat::S24In32,
                SampleSize::Bits32 => SampleFormat::S32,
            },
        }
    }

    /// Frames that travel together in one link frame.
    pub(crate) const fn group(self) -> u64 {
        self.multiplier as u64
    }

    /// Groups over link frames as a ratio: 147 / 160 for 44.1 kHz.
    pub(crate) const fn groups_per_link_frame(self) -> (u64, u64) {
        match self.base {
            Base::Hz48000 => (1, self.divisor as u64),
            Base::Hz44100 => (147, 160 * self.divisor as u64),
        }
    }
}

fn three_bits(value: u16) -> u8 {
    u8::try_from(value & 7).expect("three bits")
}

fn whole_rate(base: Base, multiplier: u8, divisor: u8) -> Option<SampleRate> {
    let product = base.hertz() * u32::from(multiplier);
    let divisor = u32::from(divisor);
    if product % divisor == 0 {
        SampleRate::new(product / divisor)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wave(hertz: u32, sample: SampleFormat) -> WaveFormat {
        WaveFormat::new(hertz, 2, sample).unwrap()
    }

    #[test]
    fn frequent_rates_have_the_codes_of_the_table() {
        for (hertz, code16, code24) in [
            (8_000, 0x0511, 0x0531),
            (16_000, 0x0211, 0x0231),
            (32_000, 0x0A11, 0x0A31),
            (44_100, 0x4011, 0x4031),
            (48_000, 0x0011, 0x0031),
            (88_200, 0x4811, 0x4831),
            (96_000, 0x0811, 0x0831),
            (176_400, 0x5811, 0x5831),
            (192_000, 0x1811, 0x1831),
        ] {
            for (sample, code) in [(SampleFormat::S16, code16), (SampleFormat::S24In32, code24)] {
                let format = StreamFormat::of(wave(hertz, sample)).unwrap();
                assert_eq!(format.encode(), code, "{hertz} Hz {sample:?}");
                assert_eq!(format.rate().hertz(), hertz);
            }
        }
    }

    #[test]
    fn every_code_decodes_to_what_encodes_to_it_or_is_refused() {
        let mut legal = 0;
        for code in 0..=u16::MAX {
            if let Ok(format) = StreamFormat::decode(code) {
                assert_eq!(format.encode(), code);
                legal += 1;
            }
        }
        // Two bases, four multipliers, eight divisors; 13 of the 64 rates are fractional.
        let whole = [48_000_u32, 44_100].iter().flat_map(|base| {
            (1..=4).flat_map(move |m| (1..=8).filter(move |d| (base * m) % d == 0))
        });
        assert_eq!(legal, whole.count() * 5 * 16);
    }

    #[test]
    fn reserved_codes_and_fractions_are_refused() {
        for code in [0x8011, 0x0091, 0x2011, 0x3811, 0x0051, 0x0071] {
            assert_eq!(
                StreamFormat::decode(code),
                Err(StreamFormatError::Reserved(code))
            );
        }
        let eighth = StreamFormatError::FractionalRate(0x4711, 44_100, 8);
        assert_eq!(StreamFormat::decode(0x4711), Err(eighth));
    }

    #[test]
    fn formats_that_the_link_cannot_carry_are_refused() {
        let float = wave(48_000, SampleFormat::F32);
        assert_eq!(
            StreamFormat::of(float),
            Err(StreamFormatError::Sample(SampleFormat::F32))
        );
        let odd = wave(47_999, SampleFormat::S16);
        assert_eq!(
            StreamFormat::of(odd),
            Err(StreamFormatError::Rate(odd.rate))
        );
        let many = WaveFormat::new(48_000, 17, SampleFormat::S16).unwrap();
        assert_eq!(StreamFormat::of(many), Err(StreamFormatError::Channels(17)));
    }

    #[test]
    fn frames_take_whole_containers() {
        for (code, bytes) in [
            (0x0001, 2),
            (0x0011, 4),
            (0x0021, 8),
            (0x0031, 8),
            (0x0047, 32),
        ] {
            let format = StreamFormat::decode(code).unwrap();
            assert_eq!(format.frame_bytes(), Bytes::new(bytes));
        }
    }
}
