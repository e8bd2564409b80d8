//! What runs when the device interrupts, and the streams that it concerns.

use std::collections::BTreeMap;

use hardware::{Dsp, DspEvent, DspPort};
use machine::{InterruptRoutine, IsrOutcome};
use units::Moment;
use vtime::{EventHandle, Fork, Forker, Shared};

use super::stream::Stream;

/// The streams that are open, by their DMA engine.
#[derive(Debug, Default)]
pub(super) struct OpenStreams(BTreeMap<DspPort, Shared<Stream>>);

impl OpenStreams {
    /// True if the stream of this engine has not been closed.
    pub(super) fn has(&self, engine: DspPort) -> bool {
        let stream = self.0.get(&engine);
        stream.is_some_and(|stream| !stream.borrow().is_closed())
    }

    pub(super) fn add(&mut self, engine: DspPort, stream: Shared<Stream>) {
        self.0.insert(engine, stream);
    }

    pub(super) fn any_runs(&self) -> bool {
        self.0.values().any(|stream| stream.borrow().is_running())
    }
}

/// The interrupt routine of the device.
#[derive(Debug)]
pub(super) struct Routine {
    dsp: Shared<Dsp>,
    open: Shared<OpenStreams>,
    interrupts: u64,
    /// What happened and was not told yet.
    happened: Vec<(DspPort, DspEvent)>,
}

impl Routine {
    pub(super) fn new(dsp: Shared<Dsp>, open: Shared<OpenStreams>) -> Self {
        Self {
            dsp,
            open,
            interrupts: 0,
            happened: Vec::new(),
        }
    }
}

impl InterruptRoutine for Routine {
    fn isr(&mut self, now: Moment) -> IsrOutcome {
        let mut dsp = self.dsp.borrow_mut();
        dsp.settle(now);
        if !dsp.interrupt_line() {
            return IsrOutcome::NotMine;
        }
        self.happened.extend(dsp.take_events());
        self.interrupts += 1;
        IsrOutcome::QueueDpc {
            event: self.interrupts,
        }
    }

    fn dpc(&mut self, now: Moment, signal: &mut dyn FnMut(&EventHandle, u64)) {
        let open = self.open.borrow();
        for (engine, event) in self.happened.drain(..) {
            if let Some(stream) = open.0.get(&engine) {
                stream.borrow_mut().happened(now, event, signal);
            }
        }
    }

    fn fork_routine(&self, forker: &mut Forker) -> Box<dyn InterruptRoutine> {
        Box::new(Self {
            dsp: self.dsp.fork(forker),
            open: self.open.fork(forker),
            interrupts: self.interrupts,
            happened: self.happened.clone(),
        })
    }
}

impl Fork for OpenStreams {
    fn fork(&self, forker: &mut Forker) -> Self {
        let twin = |(engine, stream): (&DspPort, &Shared<Stream>)| (*engine, stream.fork(forker));
        Self(self.0.iter().map(twin).collect())
    }
}
