//! Events on the wall clock.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context as TaskContext, Poll, Waker};

use units::Moment;
use vtime::{Event, EventHandle, Fork, Forker, Reset, Signal, Woken};

use crate::clock::WallClock;

/// An event of a [`Stage`](crate::Stage). Clones are the same event.
///
/// Each set of a synchronization event releases one wait for good: that a thread has not got to run
/// yet does not let the next set take the place of the one before.
#[derive(Clone)]
pub struct LiveEvent(Rc<Core>);

struct Core {
    clock: WallClock,
    name: Box<str>,
    reset: Reset,
    /// The tag that it is set with. Invariant: nobody waits while there is one.
    set: Cell<Option<u64>>,
    coalesced: Cell<u64>,
    /// In the order in which they came.
    waiters: RefCell<VecDeque<Rc<Waiter>>>,
}

#[derive(Default)]
struct Waiter {
    /// The tag that it was released with, until it sees that.
    released: Cell<Option<u64>>,
    waker: RefCell<Option<Waker>>,
}

impl Waiter {
    fn release(&self, tag: u64) {
        self.released.set(Some(tag));
        if let Some(waker) = self.waker.take() {
            waker.wake();
        }
    }
}

impl LiveEvent {
    pub(crate) fn new(clock: WallClock, name: &str, reset: Reset) -> Self {
        Self(Rc::new(Core {
            clock,
            name: name.into(),
            reset,
            set: Cell::new(None),
            coalesced: Cell::new(0),
            waiters: RefCell::default(),
        }))
    }

    fn enrol(&self) -> Wait {
        let waiter = Rc::new(Waiter::default());
        match self.0.set.get() {
            Some(tag) => {
                waiter.released.set(Some(tag));
                if self.0.reset == Reset::Auto {
                    self.0.set.set(None);
                }
            }
            None => self.0.waiters.borrow_mut().push_back(Rc::clone(&waiter)),
        }
        Wait {
            event: Rc::clone(&self.0),
            waiter,
        }
    }
}

impl Core {
    fn set(&self, tag: u64) {
        if self.set.replace(Some(tag)).is_some() {
            self.coalesced.set(self.coalesced.get() + 1);
            return;
        }
        match self.reset {
            Reset::Auto => {
                let first = self.waiters.borrow_mut().pop_front();
                if let Some(first) = first {
                    self.set.set(None);
                    first.release(tag);
                }
            }
            Reset::Manual => {
                for waiter in self.waiters.take() {
                    waiter.release(tag);
                }
            }
        }
    }
}

/// A wait, enrolled when it was made.
struct Wait {
    event: Rc<Core>,
    waiter: Rc<Waiter>,
}

impl Future for Wait {
    type Output = u64;

    fn poll(self: Pin<&mut Self>, cx: &mut TaskContext<'_>) -> Poll<u64> {
        if let Some(tag) = self.waiter.released.take() {
            return Poll::Ready(tag);
        }
        let waker = cx.waker().clone();
        self.waiter.waker.replace(Some(waker));
        Poll::Pending
    }
}

impl Drop for Wait {
    fn drop(&mut self) {
        match self.waiter.released.take() {
            // Released, and nobody will see it.
            Some(tag) if self.event.reset == Reset::Auto => self.event.set(tag),
            Some(_) => {}
            None => {
                let mut waiters = self.event.waiters.borrow_mut();
                waiters.retain(|waiter| !Rc::ptr_eq(waiter, &self.waiter));
            }
        }
    }
}

impl Event for LiveEvent {
    fn set(&self, tag: u64) {
        self.0.set(tag);
    }

    fn reset(&self) {
        self.0.set.set(None);
    }

    fn is_set(&self) -> bool {
        self.0.set.get().is_some()
    }

    fn coalesced(&self) -> u64 {
        self.0.coalesced.get()
    }

    fn wait(&self) -> impl Future<Output = u64> {
        self.enrol()
    }

    async fn wait_until(&self, deadline: Option<Moment>) -> Woken {
        let wait = self.enrol();
        let Some(deadline) = deadline else {
            return Woken::Event(wait.await);
        };
        // The wait is looked at first: an event that is set wins.
        match tokio::time::timeout_at(self.0.clock.instant_of(deadline), wait).await {
            Ok(tag) => Woken::Event(tag),
            Err(_) => Woken::Deadline,
        }
    }

    fn handle(&self) -> EventHandle {
        EventHandle::new(Rc::clone(&self.0) as Rc<dyn Signal>)
    }
}

impl Signal for Core {
    fn name(&self) -> &str {
        &self.name
    }

    fn set(&self, tag: u64) {
        Core::set(self, tag);
    }

    /// Nobody forks the wall clock.
    fn fork_signal(self: Rc<Self>, _: &mut Forker) -> Rc<dyn Signal> {
        self
    }
}

/// Nobody forks the wall clock: the twin is the event itself.
impl Fork for LiveEvent {
    fn fork(&self, _: &mut Forker) -> Self {
        self.clone()
    }
}

impl fmt::Debug for LiveEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("LiveEvent").field(&self.0.name).finish()
    }
}
