//! Periods: how often an engine serves a device, and who may change that.

use units::{Frames, Hns};

/// The period of an engine that nobody has asked for another one: 10 ms.
///
/// # Source
/// `audio/low-latency-audio.md`.
pub const DEFAULT_PERIOD: Hns = Hns::new(100_000);

/// The period that a maker of computers can set in the place of [`DEFAULT_PERIOD`].
///
/// # Source
/// `audio/pkey-audioengine-oemperiod.md`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[doc(alias = "PKEY_AudioEngine_OEMPeriod")]
pub struct OemPeriod(Hns);

impl OemPeriod {
    /// The property with this value; `None` for one that is not heard: less than 5 ms, more than
    /// 9 ms, or no whole number of them.
    pub const fn new(value: Hns) -> Option<Self> {
        let hns = value.get();
        if hns >= 50_000 && hns <= 90_000 && hns % 10_000 == 0 {
            Some(Self(value))
        } else {
            None
        }
    }

    /// The period.
    pub const fn get(self) -> Hns {
        self.0
    }
}

/// The period of an engine on a device whose maker has set `oem`, or nothing.
pub fn default_period(oem: Option<OemPeriod>) -> Hns {
    oem.map_or(DEFAULT_PERIOD, OemPeriod::get)
}

/// The periods that shared clients of an endpoint can ask for, in frames.
///
/// # Source
/// `audio/low-latency-audio.md`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SharedPeriods {
    /// What every period is a multiple of.
    pub fundamental: Frames,
    /// The shortest.
    pub min: Frames,
    /// The longest.
    pub max: Frames,
}

impl SharedPeriods {
    /// True if a client gets `period`.
    pub const fn allow(self, period: Frames) -> bool {
        period.get() >= self.min.get()
            && period.get() <= self.max.get()
            && period.get() % self.fundamental.get() == 0
    }
}

vtime::fork_by_clone!(OemPeriod, SharedPeriods);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r167_the_default_period_is_ten_milliseconds() {
        assert_eq!(default_period(None), Hns::new(100_000));
        assert_eq!(
            default_period(OemPeriod::new(Hns::new(50_000))),
            Hns::new(50_000)
        );
    }

    #[test]
    fn r168_a_period_is_a_multiple_of_the_fundamental_one_within_its_bounds() {
        let periods = SharedPeriods {
            fundamental: Frames::new(16),
            min: Frames::new(128),
            max: Frames::new(480),
        };
        let allowed: Vec<u64> = (0..600)
            .filter(|period| periods.allow(Frames::new(*period)))
            .collect();
        let expected: Vec<u64> = (8..=30).map(|multiple| multiple * 16).collect();
        assert_eq!(allowed, expected);
    }

    #[test]
    fn r173_a_maker_can_set_whole_milliseconds_from_five_to_nine() {
        let heard: Vec<u64> = (0..200_000)
            .filter(|value| OemPeriod::new(Hns::new(*value)).is_some())
            .collect();
        assert_eq!(heard, [50_000, 60_000, 70_000, 80_000, 90_000]);
    }
}
