//! Events in virtual time.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context as TaskContext, Poll};

use units::Moment;

use super::kernel::Kernel;
use super::key::Ticket;
use super::schedule::{Outcome, SignalId};
use super::wait::{First, Wait};
use crate::context::{Event, Reset, Woken};
use crate::fork::{Fork, Forker};
use crate::handle::{EventHandle, Signal};

/// An event of a [`World`](super::World). Clones are the same event.
#[derive(Clone)]
pub struct SimEvent(Rc<EventCore>);

struct EventCore {
    kernel: Rc<Kernel>,
    id: SignalId,
    name: Rc<str>,
    reset: Reset,
    is_set: Cell<bool>,
    /// What the event was last set with.
    tag: Cell<u64>,
    coalesced: Cell<u64>,
    /// Who waits, first come first. Invariant: empty while the event is set.
    waiters: RefCell<VecDeque<Ticket>>,
}

impl SimEvent {
    pub(super) fn new(kernel: &Rc<Kernel>, name: &str, reset: Reset) -> Self {
        let (id, name) = kernel.name_signal(name);
        Self(Rc::new(EventCore {
            kernel: Rc::clone(kernel),
            id,
            name,
            reset,
            is_set: Cell::new(false),
            tag: Cell::new(0),
            coalesced: Cell::new(0),
            waiters: RefCell::new(VecDeque::with_capacity(1)),
        }))
    }
}

impl EventCore {
    #[inline]
    fn set(&self, tag: u64) {
        if self.is_set.get() {
            self.coalesced.set(self.coalesced.get() + 1);
            self.tag.set(tag);
            return;
        }
        let mut waiters = self.waiters.borrow_mut();
        if self.reset == Reset::Auto {
            if let Some(ticket) = waiters.pop_front() {
                self.kernel.release(ticket, tag);
                return;
            }
        }
        self.tag.set(tag);
        self.is_set.set(true);
        for ticket in waiters.drain(..) {
            self.kernel.release(ticket, tag);
        }
    }

    /// The tag of an event that is set, which resets it if it is of that kind.
    #[inline]
    fn take(&self) -> Option<u64> {
        if !self.is_set.get() {
            return None;
        }
        if self.reset == Reset::Auto {
            self.is_set.set(false);
        }
        Some(self.tag.get())
    }

    /// After a wait was given up: takes it off the list, or passes its release on.
    fn give_up(&self, ticket: Ticket, released: Option<u64>) {
        match released {
            None => self.waiters.borrow_mut().retain(|waiter| *waiter != ticket),
            Some(tag) if self.reset == Reset::Auto => self.set(tag),
            Some(_) => {}
        }
    }
}

impl Event for SimEvent {
    #[inline]
    fn set(&self, tag: u64) {
        self.0.set(tag);
    }

    fn reset(&self) {
        self.0.is_set.set(false);
    }

    fn is_set(&self) -> bool {
        self.0.is_set.get()
    }

    fn coalesced(&self) -> u64 {
        self.0.coalesced.get()
    }

    async fn wait(&self) -> u64 {
        match self.wait_until(None).await {
            Woken::Event(tag) => tag,
            Woken::Deadline => unreachable!("a wait without a deadline meets none"),
        }
    }

    fn wait_until(&self, deadline: Option<Moment>) -> impl Future<Output = Woken> {
        EventWait {
            event: &self.0,
            wait: Wait::new(self.0.id, deadline),
        }
    }

    fn handle(&self) -> EventHandle {
        EventHandle::new(Rc::clone(&self.0) as Rc<dyn Signal>)
    }
}

impl Signal for EventCore {
    fn name(&self) -> &str {
        &self.name
    }

    fn set(&self, tag: u64) {
        Self::set(self, tag);
    }

    fn fork_signal(self: Rc<Self>, forker: &mut Forker) -> Rc<dyn Signal> {
        SimEvent(self).fork(forker).0
    }
}

impl Fork for SimEvent {
    fn fork(&self, forker: &mut Forker) -> Self {
        Self(forker.rc(&self.0, |original, forker| EventCore {
            kernel: forker.twin_kernel(&original.kernel),
            id: original.id,
            name: Rc::clone(&original.name),
            reset: original.reset,
            is_set: original.is_set.clone(),
            tag: original.tag.clone(),
            coalesced: original.coalesced.clone(),
            waiters: original.waiters.clone(),
        }))
    }
}

impl fmt::Debug for SimEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SimEvent")
            .field("name", &self.0.name)
            .field("is_set", &self.is_set())
            .finish_non_exhaustive()
    }
}

/// A wait for an event.
struct EventWait<'a> {
    event: &'a EventCore,
    wait: Wait,
}

impl Future for EventWait<'_> {
    type Output = Woken;

    #[inline]
    fn poll(self: Pin<&mut Self>, _: &mut TaskContext<'_>) -> Poll<Woken> {
        let this = self.get_mut();
        let event = this.event;
        let is_overdue = this.wait.is_overdue(event.kernel.now.get());
        let ticket = this.wait.ticket();
        this.wait.poll(
            &event.kernel,
            || match event.take() {
                Some(tag) => First::AtOnce(Woken::Event(tag)),
                None if is_overdue => First::AtOnce(Woken::Deadline),
                None => First::Enrol,
            },
            |ticket| event.waiters.borrow_mut().push_back(ticket),
            |outcome| match outcome {
                Outcome::Released(tag) => Woken::Event(tag),
                Outcome::Deadline => {
                    // Who waits no longer is not to be released.
                    event.waiters.borrow_mut().retain(|waiter| Some(*waiter) != ticket);
                    Woken::Deadline
                }
            },
        )
    }
}

impl Drop for EventWait<'_> {
    #[inline]
    fn drop(&mut self) {
        if let Some((ticket, released)) = self.wait.give_up(&self.event.kernel) {
            self.event.give_up(ticket, released);
        }
    }
}
