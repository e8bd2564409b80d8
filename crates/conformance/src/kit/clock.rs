//! A clock of a device as a subject.

use units::Hns;

use crate::kit::{Answer, Bench, Call, LeftOut, Limits, Setup, Subject};

/// A clock that counts the frames of a setup from its start on.
pub trait DeviceClock {
    /// Whole counts complete at `now`.
    fn count_at(&mut self, now: Hns) -> u64;

    /// The first time at which `count` counts are complete, if it can say.
    fn time_of(&mut self, count: u64) -> Option<Hns> {
        let _ = count;
        None
    }

    /// Leg `leg` of a clock whose rate changes, counted from 0. `None` from a clock with one rate,
    /// and behind the last.
    fn leg(&mut self, leg: u32) -> Option<Leg> {
        let _ = leg;
        None
    }
}

/// How fast a clock is for a while: until the next leg.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Leg {
    /// When it begins, since the clock was started. Leg 0 begins at 0.
    pub since: Hns,
    /// How fast, in parts per 10^9.
    pub ppb: i32,
}

/// A bench for a [`DeviceClock`].
pub struct ClockBench<M> {
    name: String,
    make: M,
    limits: Limits,
    wanders: bool,
}

impl<M> std::fmt::Debug for ClockBench<M> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("ClockBench").field(&self.name).finish()
    }
}

impl<M> ClockBench<M> {
    /// Clocks that `make` makes. They can be off by parts per 10^9.
    pub fn new<C: DeviceClock>(name: &str, make: M) -> Self
    where
        M: Fn(&Setup) -> C,
    {
        Self {
            name: name.to_owned(),
            make,
            limits: Limits {
                crystal: true,
                ..Limits::default()
            },
            wanders: false,
        }
    }

    /// The same, whose rate changes: what its [legs](DeviceClock::leg) say is what it is held to,
    /// and not to one rate.
    #[must_use]
    pub fn wandering(self) -> Self {
        Self {
            wanders: true,
            ..self
        }
    }
}

struct Counting<C>(C);

impl<M: Fn(&Setup) -> C, C: DeviceClock + 'static> Bench for ClockBench<M> {
    fn name(&self) -> &str {
        &self.name
    }

    fn make(&self, setup: &Setup) -> Box<dyn Subject + '_> {
        Box::new(Counting((self.make)(setup)))
    }

    fn limits(&self) -> Limits {
        self.limits.clone()
    }

    fn exempt(&self) -> Vec<LeftOut> {
        const WHY: &str = "its rate changes; P6 says what it counts then";
        let steady = ["P4", "P5", "P7", "P8"].map(|number| LeftOut { number, why: WHY });
        if self.wanders {
            steady.into()
        } else {
            Vec::new()
        }
    }
}

impl<C: DeviceClock> Subject for Counting<C> {
    fn call(&mut self, at: Hns, call: Call) -> Answer {
        match call {
            Call::ClockCount => Answer::Linear(self.0.count_at(at)),
            Call::ClockTime(count) => self
                .0
                .time_of(count)
                .map_or(Answer::NotOffered, Answer::Time),
            Call::ClockLeg(leg) => self.0.leg(leg).map_or(Answer::NotOffered, Answer::Leg),
            _ => Answer::NotOffered,
        }
    }
}
