//! The adapter's half of the interrupt.

use hardware::Bus;
use machine::{InterruptRoutine, IsrOutcome};
use units::Moment;
use vtime::{EventHandle, Fork, Forker, Shared};

use crate::registers::interrupt_status;
use crate::stream::Stream;

/// How often the ISR looks for another stream that asks.
///
/// Source: torvalds/linux `sound/hda/common/controller.c`.
const ISR_PASSES: u32 = 10;

/// The streams that are open, in the order in which their miniports were first used: what the
/// interrupt is for.
#[derive(Debug)]
pub(crate) struct OpenStreams {
    bus: Bus,
    streams: Vec<(u32, Shared<Stream>)>,
}

impl OpenStreams {
    pub(crate) fn new(bus: &Bus) -> Self {
        Self {
            bus: bus.clone(),
            streams: Vec::new(),
        }
    }

    /// From now on, what is open on stream descriptor `number`.
    pub(crate) fn open(&mut self, number: u32, stream: Shared<Stream>) {
        match self.streams.iter_mut().find(|(at, _)| *at == number) {
            Some((_, place)) => *place = stream,
            None => self.streams.push((number, stream)),
        }
    }

    /// What was opened last on stream descriptor `number`.
    pub(crate) fn latest(&self, number: u32) -> Option<&Shared<Stream>> {
        let place = self.streams.iter().find(|(at, _)| *at == number);
        place.map(|(_, stream)| stream)
    }

    /// Acknowledges all that ask; returns the packets done of the first.
    fn acknowledge(&self, now: Moment) -> Option<u64> {
        let mut first = None;
        for _ in 0..ISR_PASSES {
            let status = interrupt_status(&self.bus, now);
            let mut is_quiet = true;
            for (_, stream) in &self.streams {
                if let Some(event) = stream.borrow_mut().acknowledge(now, status) {
                    first = first.or(Some(event));
                    is_quiet = false;
                }
            }
            if is_quiet {
                break;
            }
        }
        first
    }
}

/// ISR and DPC of an HD Audio adapter.
#[derive(Debug)]
pub(crate) struct Routine(pub(crate) Shared<OpenStreams>);

impl InterruptRoutine for Routine {
    fn isr(&mut self, now: Moment) -> IsrOutcome {
        match self.0.borrow().acknowledge(now) {
            Some(event) => IsrOutcome::QueueDpc { event },
            None => IsrOutcome::NotMine,
        }
    }

    fn dpc(&mut self, now: Moment, signal: &mut dyn FnMut(&EventHandle, u64)) {
        let open = self.0.borrow();
        let is_due = |stream: &Shared<Stream>| stream.borrow().is_acknowledged();
        // A DPC that no interrupt has asked for does not know whom it is for.
        let is_spurious = !open.streams.iter().any(|(_, stream)| is_due(stream));
        for (_, stream) in &open.streams {
            if is_spurious || is_due(stream) {
                stream.borrow_mut().notify(now, signal);
            }
        }
    }

    fn fork_routine(&self, forker: &mut Forker) -> Box<dyn InterruptRoutine> {
        Box::new(Self(self.0.fork(forker)))
    }
}

impl Fork for OpenStreams {
    fn fork(&self, forker: &mut Forker) -> Self {
        let twin = |(number, stream): &(u32, Shared<Stream>)| (*number, stream.fork(forker));
        Self {
            streams: self.streams.iter().map(twin).collect(),
            bus: self.bus.fork(forker),
        }
    }
}
