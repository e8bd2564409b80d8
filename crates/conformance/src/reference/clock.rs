//! The clocks of the laboratory: one with a steady rate, one that wanders.

use units::{Clock, Hns, SimDuration, SimTime, Wander, WanderingClock};

use crate::kit::{ClockBench, DeviceClock, Leg, Setup};

/// How long a wandering clock keeps a rate: not a multiple of anything.
const LEG: Hns = Hns::new(1_000_003);
/// What it adds to the error of its crystal, one leg after the other.
const WANDERS_PPB: [i32; 3] = [0, 2_000_000, -2_000_000];

/// A crystal with one rate.
#[derive(Clone, Debug)]
pub struct Steady(Clock);

/// A crystal whose rate changes.
#[derive(Clone, Debug)]
pub struct Wandering {
    clock: WanderingClock,
    start: Hns,
    rates_ppb: [i32; 3],
}

/// Clocks with one rate.
pub fn steady(name: &str) -> ClockBench<impl Fn(&Setup) -> Steady + use<>> {
    ClockBench::new(name, |setup: &Setup| {
        Steady(Clock::new(at(setup.start), setup.format.rate, setup.ppb))
    })
}

/// Clocks whose rate changes every tenth of a second.
pub fn wandering(name: &str) -> ClockBench<impl Fn(&Setup) -> Wandering + use<>> {
    let make = |setup: &Setup| {
        let rates_ppb = WANDERS_PPB.map(|wanders| setup.ppb + wanders);
        let wander = Wander::new(SimDuration::from_hns(LEG), &rates_ppb);
        Wandering {
            clock: WanderingClock::new(at(setup.start), setup.format.rate, wander),
            start: setup.start,
            rates_ppb,
        }
    };
    ClockBench::new(name, make).wandering()
}

fn at(counter: Hns) -> SimTime {
    SimTime::ZERO + SimDuration::from_hns(counter)
}

/// The first reading of the counter that is not before `time`.
fn reading_at(time: SimTime) -> Hns {
    let ticks_per_reading = SimDuration::from_hns(Hns::new(1)).ticks();
    Hns::new(time.ticks().div_ceil(ticks_per_reading))
}

impl DeviceClock for Steady {
    fn count_at(&mut self, now: Hns) -> u64 {
        self.0.count_at(at(now))
    }

    fn time_of(&mut self, count: u64) -> Option<Hns> {
        Some(reading_at(self.0.instant_of(count)))
    }
}

impl DeviceClock for Wandering {
    fn count_at(&mut self, now: Hns) -> u64 {
        self.clock.count_at(at(now))
    }

    fn time_of(&mut self, count: u64) -> Option<Hns> {
        Some(reading_at(self.clock.instant_of(count)))
    }

    /// Its crystal keeps each rate for as long from the beginning of time on, so the first leg may
    /// be shorter.
    fn leg(&mut self, leg: u32) -> Option<Leg> {
        let number = self.start.get() / LEG.get() + u64::from(leg);
        let since = (number * LEG.get()).saturating_sub(self.start.get());
        let index = usize::try_from(number % 3).expect("it is below 3");
        Some(Leg {
            since: Hns::new(since),
            ppb: self.rates_ppb[index],
        })
    }
}
