//! A driver that counts packets, and events to be set.

use std::cell::Cell;
use std::rc::Rc;

use machine::{Interrupt, InterruptRoutine, IsrOutcome};
use units::{Moment, Phase, SimDuration, SimTime};
use vtime::{EventHandle, Fork, Forker, Shared, Signal};

/// `millis` into the run, as the interrupt of a move.
pub(crate) fn notified(millis: u64) -> Moment {
    SimTime::from_millis(millis).at(Phase::Notify)
}

/// A commit `nanos` into the run.
pub(crate) fn commit_at(nanos: u64) -> Moment {
    SimTime::from_nanos(nanos).commit()
}

pub(crate) fn millis(millis: u64) -> SimDuration {
    SimDuration::from_millis(millis)
}

/// An event that only counts.
#[derive(Debug, Default)]
pub(crate) struct Tally(Cell<u64>);

impl Signal for Tally {
    fn name(&self) -> &'static str {
        "tally"
    }

    fn set(&self, _: u64) {
        self.0.set(self.0.get() + 1);
    }

    fn fork_signal(self: Rc<Self>, _: &mut Forker) -> Rc<dyn Signal> {
        Rc::new(Self(self.0.clone()))
    }
}

pub(crate) fn tally() -> EventHandle {
    EventHandle::new(Rc::new(Tally::default()))
}

/// A driver of a device that completes a packet every 10 ms.
#[derive(Clone, Debug)]
pub(crate) struct TenMillisecondDriver(pub(crate) Shared<Vec<EventHandle>>);

impl TenMillisecondDriver {
    pub(crate) fn signalling(events: &[EventHandle]) -> Interrupt {
        Interrupt::new(Box::new(Self(Shared::new(events.to_vec()))))
    }

    fn packets_done(now: Moment) -> u64 {
        now.time.ticks() / SimDuration::from_millis(10).ticks()
    }
}

impl InterruptRoutine for TenMillisecondDriver {
    fn isr(&mut self, now: Moment) -> IsrOutcome {
        match Self::packets_done(now) {
            0 => IsrOutcome::NotMine,
            event => IsrOutcome::QueueDpc { event },
        }
    }

    fn dpc(&mut self, now: Moment, signal: &mut dyn FnMut(&EventHandle, u64)) {
        for event in self.0.borrow().iter() {
            signal(event, Self::packets_done(now));
        }
    }

    fn fork_routine(&self, forker: &mut Forker) -> Box<dyn InterruptRoutine> {
        Box::new(Self(self.0.fork(forker)))
    }
}
