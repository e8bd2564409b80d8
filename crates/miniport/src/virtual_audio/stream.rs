//! What the stream of a virtual miniport does, whoever asks for it: the port, the timer, or a
//! client that stores.

use std::rc::Rc;

use hardware::TimerBus;
use ks::{KsState, Settle};
use machine::{InterruptRoutine, IsrOutcome};
use portcls::PortStreamHandle;
use units::{Moment, NtStatus, SimDuration, WaveFormat};
use vtime::{EventHandle, Fork, Forker, Shared};

use super::hears::Ear;
use super::modes::Core;

/// How often the sample driver's timer expires.
const TICK: SimDuration = SimDuration::from_millis(1);

/// The stream that was opened last.
pub(super) type Open = Shared<Option<Shared<Stream>>>;

/// What stream, timer routine and mapping share.
#[derive(Debug)]
pub(super) struct Stream {
    pub(super) core: Core,
    pub(super) bus: TimerBus,
    pub(super) port: PortStreamHandle,
    pub(super) format: WaveFormat,
    /// What a stream that records makes its samples from; none of one that plays.
    pub(super) ear: Option<Ear>,
    /// The device stopped, or is gone.
    pub(super) is_gone: bool,
}

impl Stream {
    /// From now on nothing moves and nobody is told anything, whatever state it is in.
    pub(super) fn give_device_back(&mut self, now: Moment) {
        self.settle(now);
        self.is_gone = true;
        self.bus.tell(hardware::TimerDevice::cancel);
        self.bus.tell(hardware::TimerDevice::pause);
    }

    /// Asks the core, and tells the port what the driver reports of it.
    pub(super) fn ask<R>(&mut self, now: Moment, what: impl FnOnce(&mut Core) -> R) -> R {
        let answer = what(&mut self.core);
        for report in self.core.take_reports() {
            self.port.borrow_mut().write_etw_event(now, report.to_etw());
        }
        answer
    }

    /// Gives the speaker what is due, or the buffer what was recorded.
    pub(super) fn settle(&mut self, now: Moment) {
        if self.is_gone {
            return;
        }
        let due = self.core.due(now, self.format);
        match &mut self.ear {
            None => {
                let end = self.core.end(self.format);
                self.bus.tell(|device| {
                    device.take_to(end.map_or(due, |end| due.min(end)));
                    device.rest_to(due);
                });
            }
            Some(ear) => {
                let arrived = self.core.arrived(now, self.format);
                let format = self.format;
                self.bus.tell(|device| {
                    device.put_to(due, arrived, |run, first, out| {
                        ear.record(run, first, format, out);
                    });
                });
            }
        }
    }

    pub(super) fn set_state(&mut self, now: Moment, state: KsState) -> Result<(), NtStatus> {
        // What was due until now was due in the old state.
        self.settle(now);
        self.ask(now, |core| core.set_state(now, state))?;
        match state {
            KsState::Run => {
                let rate = self.format.rate;
                self.bus.tell(|device| device.run(now, rate));
                if self.core.polls() {
                    self.bus.tell(|device| device.set_periodic(now.time, TICK));
                }
            }
            KsState::Pause | KsState::Acquire => {
                self.settle(now);
                self.bus.tell(hardware::TimerDevice::pause);
            }
            KsState::Stop => self.bus.tell(hardware::TimerDevice::reset),
        }
        self.set_timer(now);
        self.settle(now);
        Ok(())
    }

    /// Sets the timer for the next boundary, or takes it back if it is not needed.
    fn set_timer(&self, now: Moment) {
        if self.is_gone {
            return;
        }
        match self.core.next_completion(now) {
            Some(at) => self.bus.tell(|device| device.set_once(at)),
            None if self.core.polls() => {}
            None => self.bus.tell(hardware::TimerDevice::cancel),
        }
    }

    /// The timer expired: the number of the packet that is done, if one is.
    fn acknowledge(&mut self, now: Moment) -> Option<u64> {
        if self.is_gone {
            return None;
        }
        self.set_timer(now);
        self.core.completes(now)
    }

    fn expire(&mut self, now: Moment, signal: &mut dyn FnMut(&EventHandle, u64)) {
        if self.is_gone {
            return;
        }
        let completed = self.ask(now, |core| core.expire(now));
        self.settle(now);
        self.set_timer(now);
        if let Some(completed) = completed {
            for event in self.core.events() {
                signal(event, completed);
            }
        }
    }
}

/// ISR and DPC: the expiry of the timer, and its routine.
#[derive(Debug)]
pub(super) struct Routine(pub(super) Open);

impl InterruptRoutine for Routine {
    fn isr(&mut self, now: Moment) -> IsrOutcome {
        let open = self.0.borrow();
        let event = open
            .as_ref()
            .and_then(|stream| stream.borrow_mut().acknowledge(now));
        event.map_or(IsrOutcome::NotMine, |event| IsrOutcome::QueueDpc { event })
    }

    fn dpc(&mut self, now: Moment, signal: &mut dyn FnMut(&EventHandle, u64)) {
        if let Some(stream) = &*self.0.borrow() {
            stream.borrow_mut().expire(now, signal);
        }
    }

    fn fork_routine(&self, forker: &mut Forker) -> Box<dyn InterruptRoutine> {
        Box::new(Self(self.0.fork(forker)))
    }
}

/// The stream, to be brought up to date before a client stores or loads.
#[derive(Clone, Debug)]
pub(super) struct SettledStream(pub(super) Shared<Stream>);

impl Settle for SettledStream {
    fn settle(&self, now: Moment) {
        self.0.borrow_mut().settle(now);
    }

    fn fork_settle(&self, forker: &mut Forker) -> Rc<dyn Settle> {
        Rc::new(Self(self.0.fork(forker)))
    }
}

impl Fork for Stream {
    fn fork(&self, forker: &mut Forker) -> Self {
        Self {
            core: self.core.fork(forker),
            bus: self.bus.fork(forker),
            port: self.port.fork(forker),
            format: self.format,
            ear: self.ear.clone(),
            is_gone: self.is_gone,
        }
    }
}
