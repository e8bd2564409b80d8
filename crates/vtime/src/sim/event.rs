//! Events in virtual time.

mod awaited;

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::fmt;
use std::future::Future;
use std::rc::{Rc, Weak};

use units::Moment;

use self::awaited::{Forever, Until};
use super::kernel::Kernel;
use super::key::Ticket;
use super::wait::{Signalled, Wait, Waiter};
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
    /// A release that its waiter has not seen yet: whose it is, if it is somebody's, and its tag.
    release_ticket: Cell<Ticket>,
    release_tag: Cell<u64>,
    /// More waiters and releases: nearly always none.
    more: RefCell<More>,
    /// True if there may be any.
    has_more: Cell<bool>,
}

#[derive(Clone, Default)]
struct More {
    /// In the order in which they came.
    waiters: VecDeque<Waiter>,
    releases: Vec<(Ticket, u64)>,
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
            release_ticket: Cell::new(Ticket::NONE),
            release_tag: Cell::new(0),
            more: RefCell::default(),
            has_more: Cell::new(false),
        });
        kernel.add_signal(Rc::downgrade(&core) as Weak<dyn Signalled>);
        Self(core)
    }
}

impl EventCore {
    #[inline]
    fn set(&self, tag: u64) {
        let waiter = self.first_waiter.get();
        let is_simple = waiter != Waiter::NOBODY
            && self.reset == Reset::Auto
            && !self.has_more.get()
            && !waiter.has_deadline()
            && self.release_ticket.get() == Ticket::NONE;
        if is_simple {
            self.first_waiter.set(Waiter::NOBODY);
            self.release_tag.set(tag);
            self.release_ticket.set(waiter.release(&self.kernel));
        } else {
            self.set_in_general(tag);
        }
    }

    #[inline(never)]
    fn set_in_general(&self, tag: u64) {
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

    fn release_first(&self, tag: u64) {
        let waiter = self.first_waiter.replace(Waiter::NOBODY);
        self.move_up();
        self.add_release(waiter.release(&self.kernel), tag);
    }

    fn add_release(&self, ticket: Ticket, tag: u64) {
        if self.release_ticket.get() == Ticket::NONE {
            self.release_ticket.set(ticket);
            self.release_tag.set(tag);
        } else {
            self.more.borrow_mut().releases.push((ticket, tag));
            self.has_more.set(true);
        }
    }

    /// Makes the second waiter the first.
    fn move_up(&self) {
        let mut more = self.more.borrow_mut();
        let next = more.waiters.pop_front();
        self.first_waiter.set(next.unwrap_or(Waiter::NOBODY));
        self.has_more.set(!more.is_empty());
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
        self.has_more.set(true);
    }

    fn remove_waiter(&self, ticket: Ticket) {
        if self.first_waiter.get().ticket() == ticket {
            self.move_up();
        } else {
            let mut more = self.more.borrow_mut();
            more.waiters.retain(|waiter| waiter.ticket() != ticket);
            self.has_more.set(!more.is_empty());
        }
    }

    /// Forgets the release of `ticket` and returns its tag.
    #[inline]
    fn take_release(&self, ticket: Ticket) -> Option<u64> {
        if self.release_ticket.get() == ticket {
            self.release_ticket.set(Ticket::NONE);
            return Some(self.release_tag.get());
        }
        self.take_another_release(ticket)
    }

    #[cold]
    fn take_another_release(&self, ticket: Ticket) -> Option<u64> {
        let mut more = self.more.borrow_mut();
        let mut releases = more.releases.iter();
        let at = releases.position(|(released, _)| *released == ticket)?;
        let (_, tag) = more.releases.remove(at);
        self.has_more.set(!more.is_empty());
        Some(tag)
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

    /// The bare tickets of all that wait, or were released and have not seen it, earliest first.
    fn tickets(&self) -> Vec<Ticket> {
        let more = self.more.borrow();
        let first = [self.first_waiter.get().ticket(), self.release_ticket.get()];
        let mut tickets: Vec<_> = first
            .into_iter()
            .filter(|ticket| *ticket != Ticket::NONE)
            .collect();
        tickets.extend(more.waiters.iter().map(|waiter| waiter.ticket()));
        tickets.extend(more.releases.iter().map(|(ticket, _)| *ticket));
        tickets.sort_unstable();
        tickets
    }

    fn is_released(&self, ticket: Ticket) -> bool {
        let more = self.more.borrow();
        let mut more = more.releases.iter();
        self.release_ticket.get() == ticket || more.any(|(released, _)| *released == ticket)
    }

    fn waiter(&self, ticket: Ticket) -> Option<Waiter> {
        let more = self.more.borrow();
        let first = std::iter::once(self.first_waiter.get());
        let mut waiters = first.chain(more.waiters.iter().copied());
        waiters.find(|waiter| waiter.ticket() == ticket)
    }

    /// A ticket for a wait for an event that is set: it is as good as released.
    #[inline(never)]
    fn released_at_once(&self, tag: u64) -> Ticket {
        let ticket = self.kernel.enrol().at_once();
        self.add_release(ticket, tag);
        ticket
    }

    /// The wait of the twin's original.
    #[cold]
    fn adopt(&self) -> Ticket {
        let mut tickets = self.tickets().into_iter();
        let ticket = tickets.find(|ticket| self.kernel.adopt(*ticket));
        ticket.unwrap_or_else(|| self.kernel.refuse_adoption(&self.name))
    }

    #[inline]
    fn enrol(&self) -> Ticket {
        if self.kernel.is_adopting() {
            return self.adopt();
        }
        if let Some(tag) = self.take() {
            return self.released_at_once(tag);
        }
        let ticket = self.kernel.enrol();
        self.add_waiter(Waiter::new(ticket));
        ticket
    }

    fn enrol_until(&self, deadline: Moment) -> Ticket {
        if self.kernel.is_adopting() {
            return self.adopt();
        }
        if let Some(tag) = self.take() {
            return self.released_at_once(tag);
        }
        if deadline <= self.kernel.now() {
            return Ticket::of_none(0).at_once();
        }
        let ticket = self.kernel.enrol_until(deadline);
        self.add_waiter(Waiter::with_deadline(ticket));
        ticket
    }

    fn is_over_already(&self, ticket: Ticket) -> bool {
        if self.is_released(ticket) {
            return !self.kernel.is_queued(ticket.released());
        }
        let waiter = self.waiter(ticket);
        waiter.is_some_and(|waiter| waiter.is_overdue(&self.kernel))
    }

    /// Ends the wait `ticket` without anybody seeing it: passes its release on if there was one.
    fn give_up(&self, ticket: Ticket) {
        if let Some(tag) = self.take_release(ticket) {
            self.kernel.cancel(ticket.released());
            if self.reset == Reset::Auto {
                self.set(tag);
            }
        } else if !ticket.is_at_once() {
            self.remove_waiter(ticket);
            self.kernel.cancel(ticket);
        }
    }
}

impl More {
    fn is_empty(&self) -> bool {
        self.waiters.is_empty() && self.releases.is_empty()
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
        let event = &*self.0;
        Wait::new(Forever(event), event.enrol())
    }

    #[inline]
    fn wait_until(&self, deadline: Option<Moment>) -> impl Future<Output = Woken> {
        let event = &*self.0;
        let ticket = match deadline {
            Some(deadline) => event.enrol_until(deadline),
            None => event.enrol(),
        };
        Wait::new(Until(event), ticket)
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
            release_ticket: original.release_ticket.clone(),
            release_tag: original.release_tag.clone(),
            more: original.more.clone(),
            has_more: original.has_more.clone(),
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
