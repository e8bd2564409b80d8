//! Clocks: rational rates with an epoch.

use std::num::{NonZeroU32, NonZeroU64};

use crate::time::{SimDuration, SimTime, TICKS_PER_SECOND};

const PPB_ONE: i64 = 1_000_000_000;

/// A nominal rate in Hz: of frames, of a crystal, of a performance counter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SampleRate(NonZeroU32);

impl SampleRate {
    /// 44 100 Hz.
    pub const HZ_44100: Self = Self(NonZeroU32::new(44_100).expect("not zero"));
    /// 48 000 Hz.
    pub const HZ_48000: Self = Self(NonZeroU32::new(48_000).expect("not zero"));

    /// A rate of `hertz`; `None` for zero.
    pub const fn new(hertz: u32) -> Option<Self> {
        match NonZeroU32::new(hertz) {
            Some(hertz) => Some(Self(hertz)),
            None => None,
        }
    }

    /// The rate in Hz.
    pub const fn hertz(self) -> u32 {
        self.0.get()
    }
}

/// Counts something periodic: frames at a converter, cycles of a crystal.
///
/// Count and instant are computed from the epoch with one multiplication and one division, so
/// no error ever accumulates, and the two are inverses: counts round down, instants round up.
///
/// The method is textbook rational arithmetic; the rate is `nominal * (1 + ppb / 10^9)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Clock {
    epoch: SimTime,
    nominal: SampleRate,
    ppb: i32,
    /// Ticks per count if that is a whole number. Derived; saves a 128-bit division.
    whole_ticks: Option<NonZeroU64>,
}

impl Clock {
    /// A clock that shows 0 at `epoch` and runs at exactly `rate`.
    pub const fn nominal(epoch: SimTime, rate: SampleRate) -> Self {
        Self::new(epoch, rate, 0)
    }

    /// A clock that shows 0 at `epoch` and is fast by `ppb` parts per 10^9 (slow if negative).
    ///
    /// # Panics
    /// If `ppb` is not above -10^9: such a clock would stand or run backwards.
    pub const fn new(epoch: SimTime, rate: SampleRate, ppb: i32) -> Self {
        assert!(ppb as i64 > -PPB_ONE, "a clock runs forwards");
        let hertz = rate.hertz() as u64;
        let whole = ppb == 0 && TICKS_PER_SECOND % hertz == 0;
        let whole_ticks = if whole {
            NonZeroU64::new(TICKS_PER_SECOND / hertz)
        } else {
            None
        };
        Self {
            epoch,
            nominal: rate,
            ppb,
            whole_ticks,
        }
    }

    /// The instant at which the clock shows 0.
    pub const fn epoch(self) -> SimTime {
        self.epoch
    }

    /// The rate on the label.
    pub const fn rate(self) -> SampleRate {
        self.nominal
    }

    /// Whole counts completed at `now`; 0 before the epoch.
    pub fn count_at(self, now: SimTime) -> u64 {
        let elapsed = now.since(self.epoch).ticks();
        if let Some(whole_ticks) = self.whole_ticks {
            return elapsed / whole_ticks;
        }
        narrow(u128::from(elapsed) * self.counts_per_giga() / Self::giga_ticks())
    }

    /// Counts whose beginning lies strictly before `now`: the number of `n` with
    /// `instant_of(n) < now`.
    pub fn begun_before(self, now: SimTime) -> u64 {
        let elapsed = now.since(self.epoch).ticks();
        if elapsed == 0 {
            return 0;
        }
        self.count_at(self.epoch + SimDuration::from_ticks(elapsed - 1)) + 1
    }

    /// The first instant at which the clock has completed `n` counts.
    pub fn instant_of(self, n: u64) -> SimTime {
        let elapsed = match self.whole_ticks {
            Some(whole_ticks) => n
                .checked_mul(whole_ticks.get())
                .expect("model time stays below 484 days"),
            None => narrow((u128::from(n) * Self::giga_ticks()).div_ceil(self.counts_per_giga())),
        };
        self.epoch + SimDuration::from_ticks(elapsed)
    }

    fn counts_per_giga(self) -> u128 {
        let scale = u64::try_from(PPB_ONE + i64::from(self.ppb)).expect("checked in new");
        u128::from(self.nominal.hertz()) * u128::from(scale)
    }

    const fn giga_ticks() -> u128 {
        TICKS_PER_SECOND as u128 * 1_000_000_000
    }
}

fn narrow(wide: u128) -> u64 {
    u64::try_from(wide).expect("model time stays below 484 days")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn clock(hertz: u32, ppb: i32) -> Clock {
        Clock::new(SimTime::ZERO, SampleRate::new(hertz).unwrap(), ppb)
    }

    /// The check values of a published table, worked out by hand with exact rationals.
    #[test]
    fn counts_and_instants_are_exact_after_a_day_and_a_year() {
        let day = SimTime::from_millis(86_400_000);
        let year = SimTime::from_millis(365 * 86_400_000);
        for (hertz, ppb, per_day, per_year, ticks_480) in [
            (48_000, 0, 4_147_200_000, 1_513_728_000_000, 4_410_000_000),
            (
                48_000,
                37_000,
                4_147_353_446,
                1_513_784_007_936,
                4_409_836_837,
            ),
            (
                48_000,
                -100_000,
                4_146_785_280,
                1_513_576_627_200,
                4_410_441_045,
            ),
            (44_100, 0, 3_810_240_000, 1_390_737_600_000, 4_800_000_000),
            (
                44_100,
                25_000,
                3_810_335_256,
                1_390_772_368_440,
                4_799_880_003,
            ),
            (
                44_100,
                -3_950,
                3_810_224_949,
                1_390_732_106_586,
                4_800_018_961,
            ),
        ] {
            let clock = clock(hertz, ppb);
            assert_eq!(clock.count_at(day), per_day);
            assert_eq!(clock.count_at(year), per_year);
            assert_eq!(clock.instant_of(480).ticks(), ticks_480);
        }
    }

    proptest! {
        /// Exactly `n` at the instant of `n`, one less a tick before.
        #[test]
        fn instant_and_count_are_inverses(
            hertz in prop::sample::select(vec![8_000u32, 44_100, 48_000, 768_000, 10_000_000, 24_000_000]),
            ppb in -1_000_000i32..=1_000_000,
            n in 1u64..1_000_000_000_000,
            epoch in 0u64..TICKS_PER_SECOND,
        ) {
            let clock = Clock::new(SimTime::from_ticks(epoch), SampleRate::new(hertz).unwrap(), ppb);
            let n = n % (u64::from(hertz) * 86_400 * 100);
            let at = clock.instant_of(n);
            prop_assert_eq!(clock.count_at(at), n);
            prop_assert_eq!(clock.begun_before(at), n);
            if n > 0 {
                prop_assert_eq!(clock.count_at(SimTime::from_ticks(at.ticks() - 1)), n - 1);
                prop_assert_eq!(clock.begun_before(SimTime::from_ticks(at.ticks() + 1)), n + 1);
            }
        }
    }
}
