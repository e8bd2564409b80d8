//! A clock of a device as a subject.

use units::Hns;

use crate::kit::{Answer, Bench, Call, Limits, Setup, Subject};

/// A clock that counts the frames of a setup from its start on.
pub trait DeviceClock {
    /// Whole counts complete at `now`.
    fn count_at(&mut self, now: Hns) -> u64;

    /// The first time at which `count` counts are complete, if it can say.
    fn time_of(&mut self, count: u64) -> Option<Hns> {
        let _ = count;
        None
    }
}

/// A bench for a [`DeviceClock`].
pub struct ClockBench<M> {
    name: String,
    make: M,
    limits: Limits,
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
}

impl<C: DeviceClock> Subject for Counting<C> {
    fn call(&mut self, at: Hns, call: Call) -> Answer {
        match call {
            Call::ClockCount => Answer::Linear(self.0.count_at(at)),
            Call::ClockTime(count) => self
                .0
                .time_of(count)
                .map_or(Answer::NotOffered, Answer::Time),
            _ => Answer::NotOffered,
        }
    }
}
