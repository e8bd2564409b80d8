//! From the line to the events, at once; or not at all, while nobody serves it.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use machine::{InterruptRoutine, IsrOutcome};
use units::{Hns, Moment, SimTime, TICKS_PER_SECOND};
use vtime::sim::{Cx, SimEvent};
use vtime::{Context as _, Event as _, EventHandle, Forker};

use crate::kit::Signal;
use crate::kit::setup::HNS_PER_SECOND;

/// The processor: it serves the line unless it is held.
#[derive(Debug)]
pub(crate) struct Processor {
    routine: RefCell<Option<Box<dyn InterruptRoutine>>>,
    is_held: Cell<bool>,
    is_asked: Cell<bool>,
}

impl Processor {
    pub(crate) fn new(routine: Option<Box<dyn InterruptRoutine>>) -> Self {
        Self {
            routine: RefCell::new(routine),
            is_held: Cell::new(false),
            is_asked: Cell::new(false),
        }
    }

    /// True if there is a routine to be held back.
    pub(crate) fn serves(&self) -> bool {
        self.routine.borrow().is_some()
    }

    pub(crate) fn hold(&self, is_held: bool) {
        self.is_held.set(is_held);
    }

    /// True, once, if the line was set while it was held.
    pub(crate) fn take_asked(&self) -> bool {
        self.is_asked.take()
    }

    fn interrupt(&self, now: Moment) {
        if self.is_held.get() {
            self.is_asked.set(true);
            return;
        }
        let mut routine = self.routine.borrow_mut();
        let Some(routine) = &mut *routine else {
            return;
        };
        if let IsrOutcome::QueueDpc { .. } = routine.isr(now) {
            routine.dpc(now, &mut |event, tag| event.set(tag));
        }
    }
}

/// Has `processor` serve `line` for ever.
pub(crate) async fn serve(cx: Cx, processor: Rc<Processor>, line: SimEvent) {
    loop {
        line.wait().await;
        processor.interrupt(cx.moment());
    }
}

/// What has been signalled and not been asked for yet.
pub(crate) type Rung = Rc<RefCell<Vec<Signal>>>;

/// A notification event that notes when it is set.
struct Bell {
    cx: Cx,
    number: u8,
    rung: Rung,
}

/// A handle to the event of that number.
pub(crate) fn bell(cx: &Cx, number: u8, rung: &Rung) -> EventHandle {
    EventHandle::new(Rc::new(Bell {
        cx: cx.clone(),
        number,
        rung: Rc::clone(rung),
    }))
}

impl vtime::Signal for Bell {
    fn name(&self) -> &'static str {
        "notification"
    }

    fn set(&self, _: u64) {
        self.rung.borrow_mut().push(Signal {
            at: first_reading_at(self.cx.now()),
            event: self.number,
        });
    }

    /// Nobody has a twin of a bench.
    fn fork_signal(self: Rc<Self>, _: &mut Forker) -> Rc<dyn vtime::Signal> {
        self
    }
}

/// The first reading of the counter that is not before `time`.
fn first_reading_at(time: SimTime) -> Hns {
    let ticks = u128::from(time.ticks()) * HNS_PER_SECOND;
    let at = ticks.div_ceil(TICKS_PER_SECOND.into());
    Hns::new(u64::try_from(at).expect("a count of ticks is larger"))
}
