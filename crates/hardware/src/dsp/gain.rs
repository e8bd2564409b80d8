//! Loudness in whole numbers: levels, gains, and the way from one level to another.

/// What 2^k steps of 1/65536 dB leave of a sample, in 1/2^32, for k from 0 on: 10^(-2^k / 1310720).
const LEAVES: [u64; 24] = [
    0xFFFF_E287,
    0xFFFF_C50E,
    0xFFFF_8A1C,
    0xFFFF_1438,
    0xFFFE_2870,
    0xFFFC_50E3,
    0xFFF8_A1D4,
    0xFFF1_43DE,
    0xFFE2_8896,
    0xFFC5_1490,
    0xFF8A_36B0,
    0xFF14_A391,
    0xFE2A_1F85,
    0xFC57_9D7A,
    0xF8BC_9C04,
    0xF1AD_F93D,
    0xE429_0580,
    0xCB59_185E,
    0xA186_6BA8,
    0x65EA_59FE,
    0x2892_C18B,
    0x066E_309D,
    0x0029_59B5,
    0x0000_06AE,
];

/// As loud as it is, in 1/2^32.
const UNITY: u64 = 1 << 32;

/// What `level` (in 1/65536 dB, at most 0) leaves of a sample, in 1/2^32.
pub(super) fn gain(level: i32) -> u64 {
    let down = level.min(0).unsigned_abs();
    if down >> LEAVES.len() != 0 {
        return 0;
    }
    let bits = (0..).zip(LEAVES).filter(|(bit, _)| down >> bit & 1 == 1);
    bits.fold(UNITY, |gain, (_, leaves)| (gain * leaves + UNITY / 2) >> 32)
}

/// `sample` at `level`, rounded to the nearest.
pub(super) fn apply(sample: i32, level: i32) -> i32 {
    let gain = i64::try_from(gain(level)).expect("at most 2^32");
    let scaled = (i64::from(sample) * gain + (1 << 31)) >> 32;
    i32::try_from(scaled).expect("no louder than before")
}

/// A level on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Ramp {
    from: i32,
    to: i32,
    /// The frame of the device at which it is at `from`.
    start: u64,
    /// Frames until it is at `to`.
    frames: u64,
}

impl Ramp {
    /// A level that stays.
    pub(super) const fn at(level: i32) -> Self {
        Self {
            from: level,
            to: level,
            start: 0,
            frames: 0,
        }
    }

    /// From where it is at frame `now` to `level`, in `frames` frames.
    pub(super) fn towards(self, now: u64, level: i32, frames: u64) -> Self {
        Self {
            from: self.level_at(now),
            to: level,
            start: now,
            frames,
        }
    }

    /// Where it is going.
    pub(super) const fn target(self) -> i32 {
        self.to
    }

    /// Where it is at `frame`. The level is linear in time.
    pub(super) fn level_at(self, frame: u64) -> i32 {
        let gone = frame.saturating_sub(self.start);
        if gone >= self.frames {
            return self.to;
        }
        let way = i128::from(self.to) - i128::from(self.from);
        let part = way * i128::from(gone) / i128::from(self.frames);
        i32::try_from(i128::from(self.from) + part).expect("between two levels")
    }
}

vtime::fork_by_clone!(Ramp);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gain_is_what_the_decibels_say() {
        // 6.0206 dB are a factor of 2, 20 dB one of 10; steps are 1/65536 dB.
        assert_eq!(gain(0), UNITY);
        for (level, one_in) in [(-394_566, 2), (-1_310_720, 10), (-2_621_440, 100)] {
            let expected = UNITY / one_in;
            assert!(gain(level).abs_diff(expected) < 1 << 17, "{level}");
        }
        assert_eq!(gain(i32::MIN), 0);
        assert_eq!(apply(-32_768, -1_310_720), -3_277);
        assert_eq!(apply(32_767, 0), 32_767);
    }

    #[test]
    fn a_gain_falls_with_every_decibel() {
        let gains: Vec<_> = (0..140).map(|decibels| gain(-decibels * 65_536)).collect();
        assert!(gains.is_sorted_by(|a, b| a > b));
    }

    #[test]
    fn a_ramp_goes_from_where_it_is() {
        let ramp = Ramp::at(0).towards(100, -1000, 10);
        let levels = [99, 100, 101, 105, 110, 1000].map(|frame| ramp.level_at(frame));
        assert_eq!(levels, [0, 0, -100, -500, -1000, -1000]);
        let turned = ramp.towards(105, 0, 5);
        assert_eq!(turned.level_at(105), -500);
        assert_eq!(turned.level_at(107), -300);
        assert_eq!(turned.target(), 0);
    }
}
