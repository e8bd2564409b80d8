//! Events in virtual time.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::rc::{Rc, Weak};
use std::task::{Context as TaskContext, Poll};

use units::Moment;

use super::kernel::Kernel;
use super::key::Ticket;
use super::wait::{Awaited, First, Outcome, Release, Signalled, Wait, Waiter};
use crate::context::{Event, Reset, Woken};
use crate::fork::{Fork, Forker};
use crate::handle::{EventHandle, Signal};

/// An event of a [`World`](super::World). Clones are the same event.
#[derive(Clone)]
pub struct SimEvent(Rc<EventCore>);

struct EventCore {
    kernel: Rc<Kernel>,
    name: Rc<str>,
    reset: Reset,
    is_set: Cell<bool>,
    /// What the event was last set with.
    tag: Cell<u64>,
    coalesced: Cell<u64>,
    /// Who came first of those that wait. Invariant: nobody while the event is set.
    first_waiter: Cell<Waiter>,
    /// A release that its waiter has not seen yet.
    release: Cell<Release>,
    /// More waiters and releases: nearly always none.
    more: RefCell<More>,
    has_more_waiters: Cell<bool>,
}

#[derive(Clone, Default)]
struct More {
    /// In the order in which they came.
    waiters: VecDeque<Waiter>,
    releases: Vec<Release>,
}

impl SimEvent {
    pub(super) fn new(kernel: &Rc<Kernel>, name: &str, reset: Reset) -> Self {
        let core = Rc::new(EventCore {
            kernel: Rc::clone(kernel),
            name: Rc::from(name),
            reset,
            is_set: Cell::new(false),
            tag: Cell::new(0),
            coalesced: Cell::new(0),
            first_waiter: Cell::new(Waiter::NOBODY),
            release: Cell::new(Release::NONE),
            more: RefCell::default(),
            has_more_waiters: Cell::new(false),
        });
        kernel.add_signal(Rc::downgrade(&core) as Weak<dyn Signalled>);
        Self(core)
    }
}

impl EventCore {
    #[inline]
    fn set(&self, tag: u64) {
        if self.is_set.get() {
            self.coalesced.set(self.coalesced.get() + 1);
            self.tag.set(tag);
        } else if self.reset == Reset::Auto && self.first_waiter.get() != Waiter::NOBODY {
            self.release_first(tag);
        } else {
            self.tag.set(tag);
            self.is_set.set(true);
            while self.first_waiter.get() != Waiter::NOBODY {
                self.release_first(tag);
            }
        }
    }

    #[inline]
    fn release_first(&self, tag: u64) {
        let waiter = self.first_waiter.replace(Waiter::NOBODY);
        if self.has_more_waiters.get() {
            self.move_up();
        }
        let release = waiter.release(&self.kernel, tag);
        if self.release.get().is_none() {
            self.release.set(release);
        } else {
            self.add_another_release(release);
        }
    }

    #[cold]
    fn add_another_release(&self, release: Release) {
        self.more.borrow_mut().releases.push(release);
    }

    /// Makes the second waiter the first.
    #[cold]
    fn move_up(&self) {
        let waiters = &mut self.more.borrow_mut().waiters;
        self.first_waiter
            .set(waiters.pop_front().unwrap_or(Waiter::NOBODY));
        self.has_more_waiters.set(!waiters.is_empty());
    }

    #[inline]
    fn add_waiter(&self, waiter: Waiter) {
        if self.first_waiter.get() == Waiter::NOBODY {
            self.first_waiter.set(waiter);
        } else {
            self.add_another_waiter(waiter);
        }
    }

    #[cold]
    fn add_another_waiter(&self, waiter: Waiter) {
        self.more.borrow_mut().waiters.push_back(waiter);
        self.has_more_waiters.set(true);
    }

    fn remove_waiter(&self, ticket: Ticket) {
        if self.first_waiter.get().ticket() == ticket {
            self.first_waiter.set(Waiter::NOBODY);
            self.move_up();
        } else {
            let waiters = &mut self.more.borrow_mut().waiters;
            waiters.retain(|waiter| waiter.ticket() != ticket);
            self.has_more_waiters.set(!waiters.is_empty());
        }
    }

    /// Forgets the release of `ticket` and returns its tag.
    #[inline]
    fn take_release(&self, ticket: Ticket) -> Option<u64> {
        let release = self.release.get();
        if release.ticket == ticket {
            self.release.set(Release::NONE);
            return Some(release.tag);
        }
        self.take_another_release(ticket)
    }

    #[cold]
    fn take_another_release(&self, ticket: Ticket) -> Option<u64> {
        let releases = &mut self.more.borrow_mut().releases;
        let at = releases
            .iter()
            .position(|release| release.ticket == ticket)?;
        Some(releases.remove(at).tag)
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

    /// The bare tickets of all that wait or were released and have not seen it.
    fn tickets(&self) -> Vec<Ticket> {
        let more = self.more.borrow();
        let mut tickets = vec![self.first_waiter.get().ticket(), self.release.get().ticket];
        tickets.extend(more.waiters.iter().map(|waiter| waiter.ticket()));
        tickets.extend(more.releases.iter().map(|release| release.ticket));
        tickets.retain(|ticket| *ticket != Ticket::NONE.bare());
        tickets
    }

    fn adopt(&self) -> Option<Ticket> {
        let mut tickets = self.tickets();
        tickets.sort_unstable();
        tickets
            .into_iter()
            .find(|ticket| self.kernel.adopt(*ticket))
    }

    fn is_released(&self, ticket: Ticket) -> bool {
        let more = self.more.borrow();
        let mut more = more.releases.iter();
        self.release.get().ticket == ticket || more.any(|release| release.ticket == ticket)
    }

    /// What ended the wait `ticket` without its future having looked.
    fn ended_before(&self, ticket: Ticket, deadline: Option<Moment>) -> Option<Outcome> {
        if self.is_released(ticket) {
            let is_over = !self.kernel.is_queued(ticket.released());
            return is_over.then_some(Outcome::Released);
        }
        let is_over = deadline.is_some_and(|deadline| deadline <= self.kernel.now())
            && !self.kernel.is_queued(ticket);
        is_over.then_some(Outcome::Deadline)
    }

    /// Ends the wait `ticket` without anybody seeing it: passes its release on if there was one.
    fn give_up(&self, ticket: Ticket) {
        if let Some(tag) = self.take_release(ticket) {
            self.kernel.cancel(ticket.released());
            if self.reset == Reset::Auto {
                self.set(tag);
            }
        } else {
            self.remove_waiter(ticket);
            self.kernel.cancel(ticket);
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

    #[inline]
    fn wait(&self) -> impl Future<Output = u64> {
        EventWait::new(&self.0, Forever)
    }

    #[inline]
    fn wait_until(&self, deadline: Option<Moment>) -> impl Future<Output = Woken> {
        EventWait::new(&self.0, deadline)
    }

    fn handle(&self) -> EventHandle {
        EventHandle::new(Rc::clone(&self.0) as Rc<dyn Signal>)
    }
}

impl Signalled for EventCore {
    fn name(&self) -> &str {
        &self.name
    }

    fn is_awaited_by(&self, source: u32) -> bool {
        self.tickets()
            .iter()
            .any(|ticket| ticket.source() == source)
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
        let twin = forker.rc(&self.0, |original, forker| EventCore {
            kernel: forker.twin_kernel(&original.kernel),
            name: Rc::clone(&original.name),
            reset: original.reset,
            is_set: original.is_set.clone(),
            tag: original.tag.clone(),
            coalesced: original.coalesced.clone(),
            first_waiter: original.first_waiter.clone(),
            release: original.release.clone(),
            more: original.more.clone(),
            has_more_waiters: original.has_more_waiters.clone(),
        });
        twin.kernel
            .add_signal(Rc::downgrade(&twin) as Weak<dyn Signalled>);
        Self(twin)
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
struct EventWait<'a, D>
where
    AwaitedEvent<'a, D>: Awaited,
{
    awaited: AwaitedEvent<'a, D>,
    wait: Wait,
}

/// An event, and until when to wait for it: [`Forever`], or `Option<Moment>`.
struct AwaitedEvent<'a, D> {
    event: &'a EventCore,
    deadline: D,
}

/// No deadline; a type of its own, since nearly all waits are of this kind.
#[derive(Clone, Copy)]
struct Forever;

impl<'a, D> EventWait<'a, D>
where
    AwaitedEvent<'a, D>: Awaited,
{
    #[inline]
    fn new(event: &'a EventCore, deadline: D) -> Self {
        Self {
            awaited: AwaitedEvent { event, deadline },
            wait: Wait::new(),
        }
    }
}

impl Awaited for AwaitedEvent<'_, Forever> {
    type Output = u64;

    #[inline]
    fn kernel(&self) -> &Kernel {
        &self.event.kernel
    }

    fn name(&self) -> String {
        self.event.name.to_string()
    }

    #[inline]
    fn first(&self) -> First<u64> {
        if let Some(tag) = self.event.take() {
            return First::AtOnce(tag);
        }
        let ticket = self.event.kernel.enrol();
        self.event.add_waiter(Waiter::new(ticket));
        First::Enrolled(ticket)
    }

    fn adopt(&self) -> Option<Ticket> {
        self.event.adopt()
    }

    #[inline]
    fn ended(&self, ticket: Ticket, _: Outcome) -> u64 {
        let tag = self.event.take_release(ticket);
        tag.expect("a wait without a deadline ends by a release")
    }

    fn ended_before(&self, ticket: Ticket) -> Option<Outcome> {
        self.event.ended_before(ticket, None)
    }

    fn give_up(&self, ticket: Ticket) {
        self.event.give_up(ticket);
    }
}

impl Awaited for AwaitedEvent<'_, Option<Moment>> {
    type Output = Woken;

    #[inline]
    fn kernel(&self) -> &Kernel {
        &self.event.kernel
    }

    fn name(&self) -> String {
        self.event.name.to_string()
    }

    fn first(&self) -> First<Woken> {
        let kernel = &self.event.kernel;
        if let Some(tag) = self.event.take() {
            return First::AtOnce(Woken::Event(tag));
        }
        let waiter = match self.deadline {
            Some(deadline) if deadline <= kernel.now() => {
                return First::AtOnce(Woken::Deadline);
            }
            Some(deadline) => Waiter::with_deadline(kernel.enrol_until(deadline)),
            None => Waiter::new(kernel.enrol()),
        };
        self.event.add_waiter(waiter);
        First::Enrolled(waiter.ticket())
    }

    fn adopt(&self) -> Option<Ticket> {
        self.event.adopt()
    }

    fn ended(&self, ticket: Ticket, outcome: Outcome) -> Woken {
        match (self.event.take_release(ticket), outcome) {
            (Some(tag), Outcome::Released) => Woken::Event(tag),
            (Some(tag), Outcome::Deadline) => {
                // It was released after it had met its deadline, and before it was told.
                self.event.kernel.cancel(ticket.released());
                Woken::Event(tag)
            }
            (None, _) => {
                self.event.remove_waiter(ticket);
                Woken::Deadline
            }
        }
    }

    fn ended_before(&self, ticket: Ticket) -> Option<Outcome> {
        self.event.ended_before(ticket, self.deadline)
    }

    fn give_up(&self, ticket: Ticket) {
        self.event.give_up(ticket);
    }
}

impl<'a, D: Unpin> Future for EventWait<'a, D>
where
    AwaitedEvent<'a, D>: Awaited,
{
    type Output = <AwaitedEvent<'a, D> as Awaited>::Output;

    #[inline]
    fn poll(self: Pin<&mut Self>, _: &mut TaskContext<'_>) -> Poll<Self::Output> {
        let this = self.get_mut();
        this.wait.poll(&this.awaited)
    }
}

impl<'a, D> Drop for EventWait<'a, D>
where
    AwaitedEvent<'a, D>: Awaited,
{
    #[inline]
    fn drop(&mut self) {
        self.wait.drop_of(&self.awaited);
    }
}
