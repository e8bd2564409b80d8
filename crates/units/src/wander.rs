//! Crystals whose rate wanders.

use std::sync::Arc;

use crate::clock::SampleRate;
use crate::time::{SimDuration, SimTime, TICKS_PER_SECOND};

const PPB_ONE: i64 = 1_000_000_000;

/// How the rate of a crystal goes: constant for a while, then another, round and round.
///
/// All that counts cycles of one crystal shares one of these, and never drifts apart. It is a
/// function of time alone, so who reads which clock, and when, changes nothing.
///
/// ```
/// use units::{SampleRate, SimDuration, SimTime, Wander, WanderingClock};
///
/// // A second that is 100 ppm fast, a second that is 100 ppm slow.
/// let wander = Wander::new(SimDuration::from_millis(1000), &[100_000, -100_000]);
/// let clock = WanderingClock::new(SimTime::ZERO, SampleRate::HZ_48000, wander);
/// assert_eq!(clock.count_at(SimTime::from_millis(1000)), 48_004);
/// assert_eq!(clock.count_at(SimTime::from_millis(2000)), 96_000);
/// assert_eq!(clock.instant_of(96_000), SimTime::from_millis(2000));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wander {
    /// Ticks that each leg lasts, at least 1.
    length: u64,
    /// At least one.
    legs: Arc<[Leg]>,
    /// What the crystal does in all legs together.
    round: u128,
}

/// A time of constant rate.
///
/// Phases are in parts of 10^-9 of a nominal tick. So they are whole numbers at each tick, and
/// nothing is ever rounded between one leg and the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Leg {
    /// Since the round began.
    phase: u128,
    /// Parts per tick: 10^9 if the crystal is exact.
    scale: u64,
}

impl Wander {
    /// Rates from the beginning of time on, in parts per 10^9 that the crystal is fast; each lasts
    /// `length`. After the last the first follows.
    ///
    /// # Panics
    /// If `length` is zero, if there is no rate, or if one is not above -10^9: such a crystal would
    /// stand or run backwards.
    pub fn new(length: SimDuration, rates_ppb: &[i32]) -> Self {
        assert!(!length.is_zero(), "a rate lasts a while");
        assert!(!rates_ppb.is_empty(), "a crystal has a rate");
        let length = length.ticks();
        let mut round = 0;
        let legs = rates_ppb.iter().map(|&ppb| {
            let scale = u64::try_from(PPB_ONE + i64::from(ppb)).unwrap_or(0);
            assert!(scale > 0, "a clock runs forwards");
            let phase = round;
            round += u128::from(length) * u128::from(scale);
            Leg { phase, scale }
        });
        let legs = legs.collect();
        Self {
            length,
            legs,
            round,
        }
    }

    /// What the crystal has done at `now`.
    fn phase_at(&self, now: SimTime) -> u128 {
        let (whole, into) = (now.ticks() / self.length, now.ticks() % self.length);
        let count = u64::try_from(self.legs.len()).expect("a length fits");
        let index = usize::try_from(whole % count).expect("an index fits");
        let Leg { phase, scale } = self.legs[index];
        u128::from(whole / count) * self.round + phase + u128::from(into) * u128::from(scale)
    }

    /// The first instant at which the crystal has done `phase`.
    fn instant_of(&self, phase: u128) -> SimTime {
        let Some(before) = phase.checked_sub(1) else {
            return SimTime::ZERO;
        };
        let (rounds, before) = (before / self.round, before % self.round);
        let index = self.legs.partition_point(|leg| leg.phase <= before) - 1;
        let Leg { phase, scale } = self.legs[index];
        let into = (before + 1 - phase).div_ceil(scale.into());
        let whole = rounds * as_wide(self.legs.len()) + as_wide(index);
        SimTime::from_ticks(narrow(whole * u128::from(self.length) + into))
    }
}

/// Counts cycles of a crystal that wanders, or of what is derived from it.
///
/// Like a [`Clock`](crate::Clock), it computes each count and each instant from the epoch; counts
/// round down, instants round up, and the two are inverses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WanderingClock {
    epoch: SimTime,
    nominal: SampleRate,
    wander: Wander,
    /// Of the crystal at the epoch.
    phase: u128,
}

impl WanderingClock {
    /// A clock that shows 0 at `epoch` and counts `rate` while its crystal is exact.
    pub fn new(epoch: SimTime, rate: SampleRate, wander: Wander) -> Self {
        Self {
            epoch,
            nominal: rate,
            phase: wander.phase_at(epoch),
            wander,
        }
    }

    /// The instant at which the clock shows 0.
    pub const fn epoch(&self) -> SimTime {
        self.epoch
    }

    /// Whole counts completed at `now`; 0 before the epoch.
    pub fn count_at(&self, now: SimTime) -> u64 {
        let phase = self.wander.phase_at(now).saturating_sub(self.phase);
        narrow(phase * u128::from(self.nominal.hertz()) / giga_ticks())
    }

    /// Counts whose beginning lies strictly before `now`: the number of `n` with
    /// `instant_of(n) < now`.
    pub fn begun_before(&self, now: SimTime) -> u64 {
        match now.since(self.epoch).ticks() {
            0 => 0,
            _ => self.count_at(SimTime::from_ticks(now.ticks() - 1)) + 1,
        }
    }

    /// The first instant at which the clock has completed `n` counts.
    pub fn instant_of(&self, n: u64) -> SimTime {
        let phase = (u128::from(n) * giga_ticks()).div_ceil(self.nominal.hertz().into());
        self.wander.instant_of(self.phase + phase)
    }
}

/// Parts of the phase in a second of an exact crystal.
const fn giga_ticks() -> u128 {
    TICKS_PER_SECOND as u128 * 1_000_000_000
}

fn as_wide(count: usize) -> u128 {
    u128::try_from(count).expect("a length fits")
}

fn narrow(wide: u128) -> u64 {
    u64::try_from(wide).expect("model time stays below 484 days")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::clock::Clock;

    /// The same clock told leg by leg: at the beginning of each stand the whole counts and the
    /// remainder, in parts of a count, that no division has dropped.
    struct Walk {
        /// Ticks, whole counts, remainder below [`giga_ticks`], counts per 10^9 seconds.
        legs: Vec<(u64, u128, u128, u128)>,
    }

    impl Walk {
        fn new(epoch: u64, hertz: u32, length: u64, rates: &[i32], rounds: usize) -> Self {
            let mut legs = Vec::new();
            let (mut at, mut whole, mut rest) = (epoch, 0, 0);
            let mut boundary = 0;
            for ppb in rates.iter().cycle().take(rates.len() * rounds) {
                boundary += length;
                let rate = u128::from(hertz) * u128::try_from(PPB_ONE + i64::from(*ppb)).unwrap();
                if boundary <= at {
                    continue;
                }
                legs.push((at, whole, rest, rate));
                let parts = rest + u128::from(boundary - at) * rate;
                (whole, rest) = (whole + parts / giga_ticks(), parts % giga_ticks());
                at = boundary;
            }
            Self { legs }
        }

        fn count_at(&self, now: u64) -> u128 {
            let leg = self.legs.iter().rfind(|leg| leg.0 <= now);
            leg.map_or(0, |&(from, whole, rest, rate)| {
                whole + (rest + u128::from(now - from) * rate) / giga_ticks()
            })
        }

        fn instant_of(&self, n: u128) -> u128 {
            let leg = self.legs.iter().rfind(|leg| leg.1 < n);
            leg.map_or(self.legs[0].0.into(), |&(from, whole, rest, rate)| {
                u128::from(from) + ((n - whole) * giga_ticks() - rest).div_ceil(rate)
            })
        }
    }

    /// A crystal that keeps its rate is a clock: also after a day and a year.
    #[test]
    fn without_a_change_it_is_the_clock_of_the_published_table() {
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
            let wander = Wander::new(SimDuration::from_millis(1000), &[ppb; 3]);
            let rate = SampleRate::new(hertz).unwrap();
            let clock = WanderingClock::new(SimTime::ZERO, rate, wander);
            assert_eq!(clock.count_at(day), per_day);
            assert_eq!(clock.count_at(year), per_year);
            assert_eq!(clock.instant_of(480).ticks(), ticks_480);
        }
    }

    #[test]
    fn what_is_gained_in_one_leg_is_lost_in_the_next() {
        let wander = Wander::new(SimDuration::from_millis(1000), &[50_000, -50_000]);
        let clock = WanderingClock::new(SimTime::ZERO, SampleRate::HZ_48000, wander);
        let days = SimTime::from_millis(400 * 86_400_000);
        assert_eq!(clock.count_at(days), 400 * 86_400 * 48_000);
        assert_eq!(clock.instant_of(400 * 86_400 * 48_000), days);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(300))]

        /// Counts and instants are those of exact rationals that are carried from leg to leg.
        #[test]
        fn random_walks_are_those_of_exact_rationals(
            hertz in prop::sample::select(vec![8_000u32, 44_100, 48_000, 10_000_000, 24_000_000]),
            rates in prop::collection::vec(-1_000_000i32..=1_000_000, 1..20),
            length in 1_000_000u64..TICKS_PER_SECOND,
            epoch in 0u64..TICKS_PER_SECOND,
            asked in prop::collection::vec(0u64..1_000_000, 20),
        ) {
            let walk = Walk::new(epoch, hertz, length, &rates, 3 + 2 * usize::try_from(epoch / length).unwrap());
            let end = walk.legs.last().unwrap().0;
            let wander = Wander::new(SimDuration::from_ticks(length), &rates);
            let clock = WanderingClock::new(SimTime::from_ticks(epoch), SampleRate::new(hertz).unwrap(), wander);
            for millionths in asked {
                let now = u64::try_from(u128::from(end) * u128::from(millionths) / 1_000_000).unwrap();
                let count = clock.count_at(SimTime::from_ticks(now));
                prop_assert_eq!(u128::from(count), walk.count_at(now));
                prop_assert_eq!(u128::from(clock.instant_of(count).ticks()), walk.instant_of(count.into()));
            }
        }

        /// Exactly `n` at the instant of `n`, one less a tick before.
        #[test]
        fn instant_and_count_are_inverses(
            hertz in prop::sample::select(vec![8_000u32, 44_100, 48_000, 10_000_000, 24_000_000]),
            rates in prop::collection::vec(-1_000_000i32..=1_000_000, 1..20),
            length in 1u64..TICKS_PER_SECOND,
            epoch in 0u64..TICKS_PER_SECOND,
            n in 1u64..1_000_000_000_000,
        ) {
            let wander = Wander::new(SimDuration::from_ticks(length), &rates);
            let clock = WanderingClock::new(SimTime::from_ticks(epoch), SampleRate::new(hertz).unwrap(), wander);
            let n = 1 + n % (u64::from(hertz) * 86_400 * 100);
            let at = clock.instant_of(n);
            prop_assert_eq!(clock.count_at(at), n);
            prop_assert_eq!(clock.begun_before(at), n);
            prop_assert_eq!(clock.count_at(SimTime::from_ticks(at.ticks() - 1)), n - 1);
            prop_assert_eq!(clock.begun_before(SimTime::from_ticks(at.ticks() + 1)), n + 1);
        }

        /// One rate in many legs is one rate.
        #[test]
        fn legs_of_one_rate_change_nothing(
            ppb in -1_000_000i32..=1_000_000, legs in 1usize..5, n in 0u64..1_000_000_000,
            length in 1u64..TICKS_PER_SECOND, epoch in 0u64..TICKS_PER_SECOND,
        ) {
            let (epoch, rate) = (SimTime::from_ticks(epoch), SampleRate::HZ_44100);
            let wander = Wander::new(SimDuration::from_ticks(length), &vec![ppb; legs]);
            let (wandering, steady) = (WanderingClock::new(epoch, rate, wander), Clock::new(epoch, rate, ppb));
            prop_assert_eq!(wandering.instant_of(n), steady.instant_of(n));
        }
    }
}
