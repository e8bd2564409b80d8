//! What the link carries at most.

use crate::config::Lines;
use crate::format::StreamFormat;
use crate::program::Direction;

/// Bits of samples that an output line carries in a link frame, and an input line.
///
/// Source: freebsd/freebsd-src `sys/dev/sound/pci/hda/hdac.c`.
const OUT_BITS: u32 = 960;
const IN_BITS: u32 = 464;

/// Bits of samples that all lines of a direction carry in a link frame.
pub(crate) const fn budget(lines: Lines, direction: Direction) -> u32 {
    match direction {
        Direction::Output => OUT_BITS * lines.out,
        Direction::Input => IN_BITS * lines.input,
    }
}

/// In words of 16 bits, as OUTPAY and INPAY have it.
pub(crate) const fn payload_words(lines: Lines, direction: Direction) -> u32 {
    budget(lines, direction) / 16
}

/// Bits of the budget that a stream takes in a link frame that carries it. One of 44.1 kHz takes
/// as much as one of 48 kHz, since any given link frame may carry it.
///
/// An output on `stripe` lines leaves the others idle, and counts once for each of these too. An
/// input takes whole bytes and ten bits beside.
pub(crate) fn demand(format: StreamFormat, direction: Direction, lines: Lines, stripe: u32) -> u32 {
    let group = u32::try_from(format.group()).expect("at most 4");
    let bits = group * u32::from(format.channels()) * format.size().bits();
    match direction {
        Direction::Output => bits * (lines.out - (stripe.min(lines.out) - 1)),
        Direction::Input => bits.div_ceil(8) * 8 + 10,
    }
}

#[cfg(test)]
mod tests {
    use units::{SampleFormat, WaveFormat};

    use super::*;

    fn format(hertz: u32, channels: u8, sample: SampleFormat) -> StreamFormat {
        StreamFormat::of(WaveFormat::new(hertz, channels, sample).unwrap()).unwrap()
    }

    #[test]
    fn payloads_are_those_that_other_models_tell() {
        let lines = Lines { out: 1, input: 1 };
        // 0x3C and 0x1D words. Source: qemu/qemu hw/audio/intel-hda.c.
        assert_eq!(payload_words(lines, Direction::Output), 0x3C);
        assert_eq!(payload_words(lines, Direction::Input), 0x1D);
    }

    #[test]
    fn a_stream_takes_what_its_fullest_link_frame_takes() {
        let one = Lines { out: 1, input: 1 };
        let two = Lines { out: 2, input: 1 };
        let out = |format, lines, stripe| demand(format, Direction::Output, lines, stripe);
        let cd = format(44_100, 2, SampleFormat::S16);
        assert_eq!(out(cd, one, 1), 32);
        assert_eq!(out(cd, two, 1), 64, "one line is idle");
        assert_eq!(out(cd, two, 2), 32, "on both lines");
        let wide = format(192_000, 8, SampleFormat::S24In32);
        assert_eq!(out(wide, one, 1), 4 * 8 * 24);
        // 20 bits are 3 bytes.
        let mono = format(48_000, 1, SampleFormat::S24In32);
        assert_eq!(demand(mono, Direction::Input, one, 1), 24 + 10);
    }
}
