//! The crystal of a controller, and the clocks that it drives.

use units::{Clock, SampleRate, SimDuration, SimTime, Wander, WanderingClock};
use vtime::Rng;

/// How a crystal wanders: each second its rate changes by a little, and never strays far from its
/// offset.
///
/// The rates are a function of time: the first second has the offset alone, each other one a draw
/// of its own. After an hour the same rates come the other way round, and so on.
///
/// Model: no public source has figures of how a crystal wanders within minutes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CrystalWalk {
    /// The most that a second differs from the one before, in parts per 10^9.
    pub step_max_ppb: u32,
    /// The most that the rate strays from the offset, in parts per 10^9.
    pub stray_max_ppb: u32,
    /// What the draws depend on, beside the second.
    pub seed: u64,
}

impl CrystalWalk {
    /// Seconds after which it turns back.
    const SECONDS: u64 = 3600;

    /// A walk that strays by up to `stray_max_ppb`, in steps of up to a two-hundredth of that: ten
    /// parts per 10^9 where two parts per million are the most.
    pub const fn up_to(stray_max_ppb: u32, seed: u64) -> Self {
        Self {
            step_max_ppb: stray_max_ppb.div_ceil(200),
            stray_max_ppb,
            seed,
        }
    }

    /// The rates around `ppb`, second by second, there and back.
    fn rates(self, ppb: i32) -> Vec<i32> {
        let (step, most) = (i64::from(self.step_max_ppb), i64::from(self.stray_max_ppb));
        let mut stray = 0;
        let mut rates = vec![ppb];
        for second in 1..Self::SECONDS {
            let drawn = Rng::new(self.seed ^ second.rotate_left(32))
                .below(u64::from(self.step_max_ppb) * 2 + 1);
            let drawn = i64::try_from(drawn).expect("33 bits") - step;
            stray = (stray + drawn).clamp(-most, most);
            let rate = (i64::from(ppb) + stray).clamp(-999_999_999, i32::MAX.into());
            rates.push(i32::try_from(rate).expect("it was clamped"));
        }
        let back: Vec<_> = rates[1..rates.len() - 1].iter().rev().copied().collect();
        rates.extend(back);
        rates
    }
}

/// The one crystal of a controller.
#[derive(Clone, Debug)]
pub(crate) struct Crystal {
    ppb: i32,
    wander: Option<Wander>,
}

impl Crystal {
    pub(crate) fn new(ppb: i32, walk: Option<CrystalWalk>) -> Self {
        let second = SimDuration::from_millis(1000);
        let wander = walk.map(|walk| Wander::new(second, &walk.rates(ppb)));
        Self { ppb, wander }
    }

    /// How much it is fast on the whole, in parts per 10^9.
    pub(crate) fn ppb(&self) -> i32 {
        self.ppb
    }

    /// What counts `rate` from `epoch` on.
    pub(crate) fn clock(&self, epoch: SimTime, rate: SampleRate) -> Grid {
        match &self.wander {
            None => Grid::Steady(Clock::new(epoch, rate, self.ppb)),
            Some(wander) => Grid::Wandering(WanderingClock::new(epoch, rate, wander.clone())),
        }
    }
}

/// What counts cycles of a crystal, or of what is derived from it: slots, for the most part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Grid {
    Steady(Clock),
    Wandering(WanderingClock),
}

impl Grid {
    pub(crate) fn epoch(&self) -> SimTime {
        match self {
            Self::Steady(clock) => clock.epoch(),
            Self::Wandering(clock) => clock.epoch(),
        }
    }

    /// Whole counts completed at `now`.
    pub(crate) fn count_at(&self, now: SimTime) -> u64 {
        match self {
            Self::Steady(clock) => clock.count_at(now),
            Self::Wandering(clock) => clock.count_at(now),
        }
    }

    /// Counts whose beginning lies strictly before `now`.
    pub(crate) fn begun_before(&self, now: SimTime) -> u64 {
        match self {
            Self::Steady(clock) => clock.begun_before(now),
            Self::Wandering(clock) => clock.begun_before(now),
        }
    }

    /// The first instant at which it has completed `n` counts.
    pub(crate) fn instant_of(&self, n: u64) -> SimTime {
        match self {
            Self::Steady(clock) => clock.instant_of(n),
            Self::Wandering(clock) => clock.instant_of(n),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_walk_takes_small_steps_stays_near_and_comes_back() {
        for seed in 0..20 {
            let walk = CrystalWalk::up_to(2_000, seed);
            assert_eq!(walk.step_max_ppb, 10);
            let rates = walk.rates(37_000);
            assert_eq!((rates.len(), rates[0]), (7_198, 37_000));
            let round = rates.iter().chain(&rates[..1]);
            for (before, after) in rates.iter().zip(round.skip(1)) {
                assert!((before - after).abs() <= 10);
                assert!((before - 37_000).abs() <= 2_000);
            }
            assert!(rates.iter().any(|rate| *rate != 37_000), "seed {seed}");
        }
    }

    #[test]
    fn no_walk_makes_a_clock_stand() {
        let rates = CrystalWalk::up_to(u32::MAX, 1).rates(-999_999_999);
        assert!(rates.iter().all(|rate| *rate >= -999_999_999));
    }
}
