//! Time: instants, durations, and the phases of one instant.

use std::fmt;
use std::ops::{Add, AddAssign, Sub};

/// Ticks in a second.
///
/// The smallest round number in which a nanosecond (441), a 100 ns unit (44 100), a cycle of
/// 24 MHz (18 375) and a frame at 44.1, 48, 88.2, 96, 176.4, 192 or 352.8 kHz are all whole.
pub const TICKS_PER_SECOND: u64 = 441_000_000_000;

const TICKS_PER_NANO: u64 = TICKS_PER_SECOND / 1_000_000_000;
const TICKS_PER_HNS: u64 = TICKS_PER_SECOND / 10_000_000;
const OUT_OF_RANGE: &str = "model time stays below 484 days";

/// A point in virtual time, in [ticks](TICKS_PER_SECOND) since the run began.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SimTime(u64);

/// A length of virtual time, in [ticks](TICKS_PER_SECOND).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SimDuration(u64);

/// A count of 100 ns units, the `REFERENCE_TIME` of KS and WASAPI.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[doc(alias = "REFERENCE_TIME")]
pub struct Hns(u64);

/// What happens first among things of one instant.
///
/// Commits land before the device moves, the device moves before it tells anybody, and whoever
/// is told comes last. So a write that ends exactly at its deadline is in time, and an answer
/// without latency to the notification of an instant is too late for the frame of that instant.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Phase {
    /// Writes and state changes that complete now; also timers.
    #[default]
    Commit,
    /// DMA engines fetch and store the frame due now; counters advance.
    Move,
    /// Interrupts raised by that move.
    Notify,
    /// Reactions without latency to a notification of this very instant.
    React,
}

/// An instant and the phase within it: the order in which a world's events happen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Moment {
    /// When.
    pub time: SimTime,
    /// Where among the events of that time.
    pub phase: Phase,
}

impl SimTime {
    /// The beginning of the run.
    pub const ZERO: Self = Self(0);
    /// The last instant that can be told: 484 days into the run.
    pub const MAX: Self = Self(u64::MAX);

    /// The instant `ticks` after the beginning.
    pub const fn from_ticks(ticks: u64) -> Self {
        Self(ticks)
    }

    /// The instant `nanos` nanoseconds after the beginning.
    pub const fn from_nanos(nanos: u64) -> Self {
        Self(SimDuration::from_nanos(nanos).0)
    }

    /// The instant `millis` milliseconds after the beginning.
    pub const fn from_millis(millis: u64) -> Self {
        Self(SimDuration::from_millis(millis).0)
    }

    /// Ticks since the beginning.
    pub const fn ticks(self) -> u64 {
        self.0
    }

    /// The nanosecond that has begun by now, rounded down.
    pub const fn to_nanos_floor(self) -> u64 {
        self.0 / TICKS_PER_NANO
    }

    /// The 100 ns unit that has begun by now. The only way from model time to KS.
    pub const fn to_hns_floor(self) -> Hns {
        Hns(self.0 / TICKS_PER_HNS)
    }

    /// This instant, before anything moves: a timer or a completed write.
    pub const fn commit(self) -> Moment {
        self.at(Phase::Commit)
    }

    /// This instant in `phase`.
    pub const fn at(self, phase: Phase) -> Moment {
        Moment { time: self, phase }
    }

    /// How long ago `earlier` was; zero if it is not in the past.
    pub const fn since(self, earlier: Self) -> SimDuration {
        SimDuration(self.0.saturating_sub(earlier.0))
    }
}

impl SimDuration {
    /// No time at all.
    pub const ZERO: Self = Self(0);

    /// `ticks` ticks.
    pub const fn from_ticks(ticks: u64) -> Self {
        Self(ticks)
    }

    /// `nanos` nanoseconds.
    pub const fn from_nanos(nanos: u64) -> Self {
        match nanos.checked_mul(TICKS_PER_NANO) {
            Some(ticks) => Self(ticks),
            None => panic!("model time stays below 484 days"),
        }
    }

    /// `micros` microseconds.
    pub const fn from_micros(micros: u64) -> Self {
        Self::from_hns(Hns(micros * 10))
    }

    /// `millis` milliseconds.
    pub const fn from_millis(millis: u64) -> Self {
        Self::from_hns(Hns(millis * 10_000))
    }

    /// `hns` units of 100 ns.
    pub const fn from_hns(hns: Hns) -> Self {
        match hns.0.checked_mul(TICKS_PER_HNS) {
            Some(ticks) => Self(ticks),
            None => panic!("model time stays below 484 days"),
        }
    }

    /// Ticks.
    pub const fn ticks(self) -> u64 {
        self.0
    }

    /// Whole nanoseconds, rounded down.
    pub const fn to_nanos_floor(self) -> u64 {
        self.0 / TICKS_PER_NANO
    }

    /// Whole 100 ns units, rounded down.
    pub const fn to_hns_floor(self) -> Hns {
        Hns(self.0 / TICKS_PER_HNS)
    }

    /// True for no time at all.
    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }
}

impl Hns {
    /// `count` units of 100 ns.
    pub const fn new(count: u64) -> Self {
        Self(count)
    }

    /// How many units of 100 ns.
    pub const fn get(self) -> u64 {
        self.0
    }
}

impl Moment {
    /// Where a waiter runs that is released from this moment.
    ///
    /// What moved is noticed, what was noticed is answered; a commit releases commits.
    pub const fn released(self) -> Self {
        let phase = match self.phase {
            Phase::Commit => Phase::Commit,
            Phase::Move => Phase::Notify,
            Phase::Notify | Phase::React => Phase::React,
        };
        Self {
            time: self.time,
            phase,
        }
    }

    /// True once the device's frame due at this very time has moved.
    pub fn has_moved(self) -> bool {
        self.phase >= Phase::Move
    }
}

impl Add<SimDuration> for SimTime {
    type Output = Self;

    fn add(self, length: SimDuration) -> Self {
        Self(self.0.checked_add(length.0).expect(OUT_OF_RANGE))
    }
}

impl Sub<SimDuration> for SimTime {
    type Output = Self;

    fn sub(self, length: SimDuration) -> Self {
        Self(
            self.0
                .checked_sub(length.0)
                .expect("no time before the run"),
        )
    }
}

impl Add for SimDuration {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self(self.0.checked_add(other.0).expect(OUT_OF_RANGE))
    }
}

impl AddAssign for SimDuration {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

/// Milliseconds with as many decimals as the instant needs, down to the nanosecond.
impl fmt::Display for SimTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        SimDuration(self.0).fmt(f)
    }
}

/// Milliseconds with as many decimals as the length needs, down to the nanosecond.
impl fmt::Display for SimDuration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let nanos = self.to_nanos_floor();
        let (millis, rest) = (nanos / 1_000_000, nanos % 1_000_000);
        let decimals = format!("{rest:06}");
        let decimals = decimals.trim_end_matches('0');
        write!(f, "{millis}.{decimals:0<3} ms")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_unit_of_the_stack_is_a_whole_number_of_ticks() {
        for hertz in [
            1_000_000_000_u64,
            10_000_000,
            24_000_000,
            12_000_000,
            48_000,
            96_000,
            192_000,
            32_000,
            16_000,
            8_000,
            44_100,
            88_200,
            176_400,
            352_800,
            22_050,
            11_025,
        ] {
            assert_eq!(TICKS_PER_SECOND % hertz, 0, "{hertz} Hz");
        }
    }

    #[test]
    fn a_release_never_goes_back_within_its_instant() {
        let at = SimTime::from_millis(50);
        for phase in [Phase::Commit, Phase::Move, Phase::Notify, Phase::React] {
            assert!(at.at(phase).released() >= at.at(phase));
        }
        assert_eq!(at.at(Phase::Move).released(), at.at(Phase::Notify));
        assert_eq!(at.commit().released(), at.commit());
    }

    #[test]
    fn time_prints_as_milliseconds_down_to_the_nanosecond() {
        assert_eq!(SimTime::from_millis(14).to_string(), "14.000 ms");
        assert_eq!(
            SimDuration::from_nanos(2_666_667).to_string(),
            "2.666667 ms"
        );
        assert_eq!(SimDuration::from_micros(50).to_string(), "0.050 ms");
    }

    #[test]
    #[should_panic(expected = "484 days")]
    fn time_beyond_the_range_panics_with_the_reason() {
        let _ = SimTime::MAX + SimDuration::from_ticks(1);
    }
}
