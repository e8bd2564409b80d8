//! From the interrupt line to the notification events: ISR and DPC.

use std::fmt;

use units::{Moment, SimTime};
use vtime::{Context, Event, EventHandle, Fork, Forker, Shared, Woken};

use crate::history::{DPC, ISR, LATE_ISR, NOTIFICATION};
use crate::injection::FaultId;
use crate::latency::{Component, Latency};
use crate::machine::{Dispatch, Machine};

/// A miniport's half of the interrupt: what its ISR and its DPC do.
pub trait InterruptRoutine: fmt::Debug {
    /// Runs at device level: finds out whether its device interrupts, and acknowledges it.
    fn isr(&mut self, now: Moment) -> IsrOutcome;

    /// Runs at dispatch level: does the accounting and calls `signal` for each event to be set,
    /// with the tag to set it with (the number of packets done).
    fn dpc(&mut self, now: Moment, signal: &mut dyn FnMut(&EventHandle, u64));

    /// The same routine of the twin world.
    fn fork_routine(&self, forker: &mut Forker) -> Box<dyn InterruptRoutine>;
}

impl Fork for Box<dyn InterruptRoutine> {
    fn fork(&self, forker: &mut Forker) -> Self {
        self.fork_routine(forker)
    }
}

/// What an ISR says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IsrOutcome {
    /// Its device does not interrupt.
    NotMine,
    /// Its device does, and the DPC is to run.
    QueueDpc {
        /// The notification that the interrupt stands for: packets done by now.
        event: u64,
    },
}

/// An interrupt with its ISR and its one DPC object, and what becomes of them.
#[derive(Debug)]
pub struct Interrupt {
    routine: Box<dyn InterruptRoutine>,
    masked: Option<LateIsr>,
    queued: Option<QueuedDpc>,
    interrupts: u64,
    runs: u64,
    coalesced: u64,
}

/// An ISR that waits, or has waited, while its line was up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LateIsr {
    /// When the line went up.
    pub raised: SimTime,
    /// When the ISR runs and why not before.
    pub dispatch: Dispatch,
}

#[derive(Clone, Copy, Debug)]
struct QueuedDpc {
    due: SimTime,
    dispatch: Dispatch,
    interrupts: u64,
}

/// What an ISR did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IsrReport {
    /// Which interrupt it was, counted from 1.
    pub interrupt: u64,
    /// The notification that it stands for.
    pub event: u64,
    /// True if its DPC was queued already, so that the insert was refused.
    pub coalesced: bool,
}

/// What a DPC did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DpcReport {
    /// Which run it was, counted from 1.
    pub run: u64,
    /// When the interrupt came that queued it.
    pub due: SimTime,
    /// How many interrupts it answers; 0 for a spurious one.
    pub interrupts: u64,
    /// When it ran and why not before.
    pub dispatch: Dispatch,
}

/// An event that a DPC sets, or would.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notification {
    /// The event.
    pub event: EventHandle,
    /// What it is set with.
    pub tag: u64,
    /// The fault because of which it is not set.
    pub lost: Option<FaultId>,
}

impl Interrupt {
    /// The interrupt that `routine` serves.
    pub fn new(routine: Box<dyn InterruptRoutine>) -> Self {
        Self {
            routine,
            masked: None,
            queued: None,
            interrupts: 0,
            runs: 0,
            coalesced: 0,
        }
    }

    /// Interrupts that the ISR has claimed.
    pub fn interrupts(&self) -> u64 {
        self.interrupts
    }

    /// Times that the DPC has run.
    pub fn runs(&self) -> u64 {
        self.runs
    }

    /// Inserts refused because the DPC was queued already.
    pub fn coalesced(&self) -> u64 {
        self.coalesced
    }

    /// When the queued DPC runs, if it is queued.
    pub fn dpc_due(&self) -> Option<Moment> {
        self.queued.map(|queued| queued.dispatch.runs)
    }

    /// When the ISR that waits runs, if one does.
    pub fn isr_due(&self) -> Option<Moment> {
        self.masked.map(|late| late.dispatch.runs)
    }

    /// The line went up: the ISR runs, if it is not to wait or waits already. `None` if it did not
    /// run, or if the interrupt was not for this device.
    pub fn line_raised(&mut self, now: Moment, machine: &mut Machine) -> Option<IsrReport> {
        if self.masked.is_some() {
            return None;
        }
        let late = LateIsr {
            raised: now.time,
            dispatch: machine.dispatch_isr(now, self.interrupts + 1),
        };
        if late.dispatch.latency == Latency::ZERO && late.dispatch.job.is_none() {
            return self.serve(now, machine, &late);
        }
        self.masked = Some(late);
        None
    }

    /// Takes the ISR that waits if it is due at `now`; [`serve`](Self::serve) runs it.
    pub fn take_unmasked(&mut self, now: Moment, machine: &mut Machine) -> Option<LateIsr> {
        self.masked
            .take_if(|late| machine.settle(now, &mut late.dispatch, false))
    }

    /// Runs the ISR. `None` if the interrupt was not for this device.
    pub fn serve(
        &mut self,
        now: Moment,
        machine: &mut Machine,
        isr: &LateIsr,
    ) -> Option<IsrReport> {
        let IsrOutcome::QueueDpc { event } = self.routine.isr(now) else {
            return None;
        };
        self.interrupts += 1;
        let dispatch = || {
            let dpc = machine.dispatch_dpc(now, Some(event));
            Dispatch {
                runs: dpc.runs,
                latency: isr.dispatch.latency.and(dpc.latency),
                fault: dpc.fault.or(isr.dispatch.fault),
                job: dpc.job,
            }
        };
        let coalesced = self.insert_dpc(isr.raised, dispatch, 1);
        Some(IsrReport {
            interrupt: self.interrupts,
            event,
            coalesced,
        })
    }

    /// Queues the DPC without an interrupt, because of `fault`.
    pub fn insert_spurious(&mut self, now: Moment, machine: &mut Machine, fault: FaultId) {
        let dispatch = || {
            let dispatch = machine.dispatch_dpc(now, None);
            Dispatch {
                fault: dispatch.fault.or(Some(fault)),
                ..dispatch
            }
        };
        self.insert_dpc(now.time, dispatch, 0);
    }

    /// Takes the DPC out of the queue if it is due at `now`; [`run`](Self::run) runs it.
    pub fn take_due(&mut self, now: Moment, machine: &mut Machine) -> Option<DpcReport> {
        let QueuedDpc {
            due,
            dispatch,
            interrupts,
        } = self
            .queued
            .take_if(|queued| machine.settle(now, &mut queued.dispatch, true))?;
        self.runs += 1;
        Some(DpcReport {
            run: self.runs,
            due,
            interrupts,
            dispatch,
        })
    }

    /// Runs the DPC that was taken out of the queue. Each event it sets goes to `notify`.
    pub fn run(
        &mut self,
        now: Moment,
        machine: &mut Machine,
        dpc: &DpcReport,
        mut notify: impl FnMut(&Notification),
    ) {
        // One notification is lost or not, however many events are registered for it.
        let mut decided: Option<(u64, Option<FaultId>)> = None;
        self.routine.dpc(now, &mut |event, tag| {
            let lost = match decided {
                Some((same, lost)) if same == tag => lost,
                _ => machine.loses(tag),
            };
            decided = Some((tag, lost));
            if lost.is_none() {
                machine.signalled(event, tag, now, dpc.due, &dpc.dispatch);
            }
            notify(&Notification {
                event: event.clone(),
                tag,
                lost,
            });
        });
    }

    /// True if the DPC was queued already.
    fn insert_dpc(
        &mut self,
        due: SimTime,
        dispatch: impl FnOnce() -> Dispatch,
        interrupts: u64,
    ) -> bool {
        if let Some(queued) = &mut self.queued {
            queued.interrupts += interrupts;
            self.coalesced += 1;
            return true;
        }
        self.queued = Some(QueuedDpc {
            due,
            dispatch: dispatch(),
            interrupts,
        });
        false
    }
}

impl Fork for Interrupt {
    fn fork(&self, forker: &mut Forker) -> Self {
        Self {
            routine: self.routine.fork(forker),
            ..*self
        }
    }
}

/// Serves an interrupt for ever: runs the ISR whenever `line` is set, and the DPC when its time
/// has come, which on an ideal machine is at once.
///
/// Notifications are entered into the history by `cx`, but those through an event of `others` by
/// who stands beside it: several devices may share an interrupt.
pub async fn interrupt<C: Context>(
    cx: C,
    machine: Shared<Machine>,
    interrupt: Shared<Interrupt>,
    line: C::Event,
    others: Vec<(EventHandle, C)>,
) {
    loop {
        let spurious = machine.borrow().next_spurious().map(SimTime::commit);
        let (isr, dpc) = {
            let interrupt = interrupt.borrow();
            (interrupt.isr_due(), interrupt.dpc_due())
        };
        let deadline = [isr, dpc, spurious].into_iter().flatten().min();
        let woken = line.wait_until(deadline).await;
        let now = cx.moment();
        let (mut machine, mut interrupt) = (machine.borrow_mut(), interrupt.borrow_mut());
        let served = match (interrupt.take_unmasked(now, &mut machine), &woken) {
            // It sees whatever the line has gone up for meanwhile.
            (Some(late), _) => interrupt.serve(now, &mut machine, &late),
            (None, Woken::Event(_)) if interrupt.isr_due().is_none() => {
                let served = interrupt.line_raised(now, &mut machine);
                // One that competes for a core is late by what it competes with, and says so later.
                let masked = interrupt.masked;
                if let Some(LateIsr { dispatch, .. }) =
                    masked.filter(|late| late.dispatch.job.is_none())
                {
                    let (until, fault) = (dispatch.runs.time, FaultId::word(dispatch.fault));
                    cx.record(&LATE_ISR, &[until.ticks(), fault]);
                }
                served
            }
            (None, _) => None,
        };
        if let Some(isr) = served {
            cx.record(&ISR, &[isr.interrupt, isr.event, isr.coalesced.into()]);
        }
        if matches!(woken, Woken::Deadline) {
            if let Some(fault) = machine.take_spurious(cx.now()) {
                interrupt.insert_spurious(now, &mut machine, fault);
            }
        }
        let Some(dpc) = interrupt.take_due(cx.moment(), &mut machine) else {
            continue;
        };
        let waited = dpc.dispatch.latency.of(Component::DpcQueueWait).ticks();
        let fault = FaultId::word(dpc.dispatch.fault);
        cx.record(
            &DPC,
            &[dpc.run, dpc.due.ticks(), waited, dpc.interrupts, fault],
        );
        interrupt.run(cx.moment(), &mut machine, &dpc, |notification| {
            let mut others = others.iter();
            let other = others.find(|(event, _)| *event == notification.event);
            other.map_or(&cx, |(_, other)| other).record(
                &NOTIFICATION,
                &[notification.tag, FaultId::word(notification.lost)],
            );
            if notification.lost.is_none() {
                notification.event.set(notification.tag);
            }
        });
    }
}
