//! Mailboxes in virtual time.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::fmt;
use std::future::Future;
use std::rc::{Rc, Weak};

use units::Moment;

use super::kernel::Kernel;
use super::key::Ticket;
use super::wait::{Awaited, Signalled, Wait, Waiter};
use crate::context::{Mailbox, Received, Sender};
use crate::fork::{Fork, Forker};

/// The sending end of a mailbox of a [`World`](super::World).
pub struct SimSender<T>(Rc<MailboxCore<T>>);

/// The receiving end of a mailbox of a [`World`](super::World).
pub struct SimMailbox<T>(Rc<MailboxCore<T>>);

struct MailboxCore<T> {
    kernel: Rc<Kernel>,
    name: Rc<str>,
    messages: RefCell<VecDeque<T>>,
    senders: Cell<usize>,
    has_receiver: Cell<bool>,
    /// The receiver, while it waits.
    waiter: Cell<Waiter>,
    /// Its wait, from when it is released until it sees that.
    release: Cell<Ticket>,
}

pub(super) fn new<T: 'static>(kernel: &Rc<Kernel>, name: &str) -> (SimSender<T>, SimMailbox<T>) {
    let core = Rc::new(MailboxCore {
        kernel: Rc::clone(kernel),
        name: Rc::from(name),
        messages: RefCell::default(),
        senders: Cell::new(1),
        has_receiver: Cell::new(true),
        waiter: Cell::new(Waiter::NOBODY),
        release: Cell::new(Ticket::NONE),
    });
    kernel.add_signal(Rc::downgrade(&core) as Weak<dyn Signalled>);
    (SimSender(Rc::clone(&core)), SimMailbox(core))
}

impl<T> MailboxCore<T> {
    fn wake(&self) {
        let waiter = self.waiter.replace(Waiter::NOBODY);
        if waiter != Waiter::NOBODY {
            self.release.set(waiter.release(&self.kernel));
        }
    }

    fn is_released(&self, ticket: Ticket) -> bool {
        self.release.get() == ticket
    }

    /// The next message, or that there will be none.
    fn take(&self) -> Option<Received<T>> {
        let message = self.messages.borrow_mut().pop_front();
        match message {
            Some(message) => Some(Received::Message(message)),
            None if self.senders.get() == 0 => Some(Received::Closed),
            None => None,
        }
    }

    fn has_something(&self) -> bool {
        self.senders.get() == 0 || !self.messages.borrow().is_empty()
    }

    fn enrol(&self, deadline: Option<Moment>) -> Ticket {
        if self.kernel.is_adopting() {
            return self.adopt();
        }
        let is_overdue = deadline.is_some_and(|deadline| deadline <= self.kernel.now());
        if self.has_something() || is_overdue {
            return Ticket::of_none(0).at_once();
        }
        assert!(
            self.waiter.get() == Waiter::NOBODY,
            "a mailbox is read by one actor, one message at a time"
        );
        let waiter = match deadline {
            Some(deadline) => Waiter::with_deadline(self.kernel.enrol_until(deadline)),
            None => Waiter::new(self.kernel.enrol()),
        };
        self.waiter.set(waiter);
        waiter.ticket()
    }

    /// The wait of the twin's original.
    fn adopt(&self) -> Ticket {
        let tickets = [self.waiter.get().ticket(), self.release.get()];
        let mut tickets = tickets.into_iter().filter(|ticket| *ticket != Ticket::NONE);
        let ticket = tickets.find(|ticket| self.kernel.adopt(*ticket));
        ticket.unwrap_or_else(|| self.kernel.refuse_adoption(&self.name))
    }
}

impl<T: Clone + 'static> Sender<T> for SimSender<T> {
    fn send(&self, message: T) {
        if self.0.has_receiver.get() {
            self.0.messages.borrow_mut().push_back(message);
            self.0.wake();
        }
    }
}

impl<T> Clone for SimSender<T> {
    fn clone(&self) -> Self {
        self.0.senders.set(self.0.senders.get() + 1);
        Self(Rc::clone(&self.0))
    }
}

impl<T> Drop for SimSender<T> {
    fn drop(&mut self) {
        let left = self.0.senders.get() - 1;
        self.0.senders.set(left);
        if left == 0 {
            self.0.wake();
        }
    }
}

impl<T> Drop for SimMailbox<T> {
    fn drop(&mut self) {
        self.0.has_receiver.set(false);
        let unread = self.0.messages.take();
        drop(unread);
    }
}

impl<T: Clone + 'static> Mailbox<T> for SimMailbox<T> {
    async fn recv(&self) -> Option<T> {
        match self.recv_until(None).await {
            Received::Message(message) => Some(message),
            Received::Closed => None,
            Received::Deadline => unreachable!("a wait without a deadline meets none"),
        }
    }

    fn recv_until(&self, deadline: Option<Moment>) -> impl Future<Output = Received<T>> {
        let mailbox = &*self.0;
        Wait::new(Awaiting(mailbox), mailbox.enrol(deadline))
    }
}

/// The twin of a mailbox, with the twins of its messages and no ends yet.
fn fork_core<T: Fork + 'static>(
    original: &Rc<MailboxCore<T>>,
    forker: &mut Forker,
) -> Rc<MailboxCore<T>> {
    let twin = forker.rc(original, |original, forker| MailboxCore {
        kernel: forker.twin_kernel(&original.kernel),
        name: Rc::clone(&original.name),
        messages: RefCell::new(original.messages.borrow().fork(forker)),
        senders: Cell::new(0),
        has_receiver: original.has_receiver.clone(),
        waiter: original.waiter.clone(),
        release: original.release.clone(),
    });
    twin.kernel
        .add_signal(Rc::downgrade(&twin) as Weak<dyn Signalled>);
    twin
}

/// The twin counts as a sender of the twin mailbox: fork every sender that is to go on sending.
impl<T: Fork + 'static> Fork for SimSender<T> {
    fn fork(&self, forker: &mut Forker) -> Self {
        let core = fork_core(&self.0, forker);
        core.senders.set(core.senders.get() + 1);
        Self(core)
    }
}

impl<T: Fork + 'static> Fork for SimMailbox<T> {
    fn fork(&self, forker: &mut Forker) -> Self {
        Self(fork_core(&self.0, forker))
    }
}

impl<T> fmt::Debug for SimSender<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("SimSender").field(&self.0.name).finish()
    }
}

impl<T> fmt::Debug for SimMailbox<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("SimMailbox").field(&self.0.name).finish()
    }
}

impl<T> Signalled for MailboxCore<T> {
    fn name(&self) -> &str {
        &self.name
    }

    fn is_awaited_by(&self, source: u32) -> bool {
        let tickets = [self.waiter.get().ticket(), self.release.get()];
        let mut tickets = tickets.into_iter().filter(|ticket| *ticket != Ticket::NONE);
        tickets.any(|ticket| ticket.source() == source)
    }
}

/// A mailbox whose next message is awaited.
struct Awaiting<'a, T>(&'a MailboxCore<T>);

impl<T> Awaited for Awaiting<'_, T> {
    type Output = Received<T>;

    #[inline]
    fn kernel(&self) -> &Kernel {
        &self.0.kernel
    }

    fn finish(&self, ticket: Ticket) -> Received<T> {
        self.give_up(ticket);
        self.0.take().unwrap_or(Received::Deadline)
    }

    fn is_over_already(&self, ticket: Ticket) -> bool {
        if self.0.is_released(ticket) {
            !self.0.kernel.is_queued(ticket.released())
        } else {
            self.0.waiter.get().is_overdue(&self.0.kernel)
        }
    }

    fn give_up(&self, ticket: Ticket) {
        if self.0.is_released(ticket) {
            self.0.release.set(Ticket::NONE);
            self.0.kernel.cancel(ticket.released());
        } else if !ticket.is_at_once() {
            self.0.waiter.set(Waiter::NOBODY);
            self.0.kernel.cancel(ticket);
        }
    }
}
