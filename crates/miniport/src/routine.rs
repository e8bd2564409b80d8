//! The miniport's half of the interrupt.

use machine::{InterruptRoutine, IsrOutcome};
use units::Moment;
use vtime::{EventHandle, Fork, Forker, Shared};

use crate::stream::Stream;

/// The stream that is open, if one is: what the interrupt is for.
pub(crate) type OpenStream = Shared<Option<Shared<Stream>>>;

/// ISR and DPC of an HD Audio adapter.
#[derive(Debug)]
pub(crate) struct Routine(pub(crate) OpenStream);

impl InterruptRoutine for Routine {
    fn isr(&mut self, now: Moment) -> IsrOutcome {
        let open = self.0.borrow();
        let Some(stream) = &*open else {
            return IsrOutcome::NotMine;
        };
        match stream.borrow_mut().acknowledge(now) {
            Some(event) => IsrOutcome::QueueDpc { event },
            None => IsrOutcome::NotMine,
        }
    }

    fn dpc(&mut self, now: Moment, signal: &mut dyn FnMut(&EventHandle, u64)) {
        if let Some(stream) = &*self.0.borrow() {
            stream.borrow_mut().notify(now, signal);
        }
    }

    fn fork_routine(&self, forker: &mut Forker) -> Box<dyn InterruptRoutine> {
        Box::new(Self(self.0.fork(forker)))
    }
}
