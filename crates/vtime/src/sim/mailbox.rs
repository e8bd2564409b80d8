//! Mailboxes in virtual time.

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
    /// Its release, until it sees it.
    release: Cell<Release>,
}

pub(super) fn new<T: 'static>(kernel: &Rc<Kernel>, name: &str) -> (SimSender<T>, SimMailbox<T>) {
    let core = Rc::new(MailboxCore {
        kernel: Rc::clone(kernel),
        name: Rc::from(name),
        messages: RefCell::default(),
        senders: Cell::new(1),
        has_receiver: Cell::new(true),
        waiter: Cell::new(Waiter::NOBODY),
        release: Cell::new(Release::NONE),
    });
    kernel.add_signal(Rc::downgrade(&core) as Weak<dyn Signalled>);
    (SimSender(Rc::clone(&core)), SimMailbox(core))
}

impl<T> MailboxCore<T> {
    fn wake(&self) {
        let waiter = self.waiter.replace(Waiter::NOBODY);
        if waiter != Waiter::NOBODY {
            self.release.set(waiter.release(&self.kernel, 0));
        }
    }

    fn is_released(&self, ticket: Ticket) -> bool {
        self.release.get().ticket == ticket
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
    async fn recv(&mut self) -> Option<T> {
        match self.recv_until(None).await {
            Received::Message(message) => Some(message),
            Received::Closed => None,
            Received::Deadline => unreachable!("a wait without a deadline meets none"),
        }
    }

    fn recv_until(&mut self, deadline: Option<Moment>) -> impl Future<Output = Received<T>> {
        let mailbox = &*self.0;
        MailboxWait {
            awaited: AwaitedMessage { mailbox, deadline },
            wait: Wait::new(),
        }
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

/// A wait for a message.
struct MailboxWait<'a, T> {
    awaited: AwaitedMessage<'a, T>,
    wait: Wait,
}

struct AwaitedMessage<'a, T> {
    mailbox: &'a MailboxCore<T>,
    deadline: Option<Moment>,
}

impl<T> Signalled for MailboxCore<T> {
    fn name(&self) -> &str {
        &self.name
    }

    fn is_awaited_by(&self, source: u32) -> bool {
        let waiting = self.waiter.get();
        let is_waiting = waiting != Waiter::NOBODY && waiting.ticket().source() == source;
        let release = self.release.get();
        is_waiting || (!release.is_none() && release.ticket.source() == source)
    }
}

impl<T> Awaited for AwaitedMessage<'_, T> {
    type Output = Received<T>;

    #[inline]
    fn kernel(&self) -> &Kernel {
        &self.mailbox.kernel
    }

    fn name(&self) -> String {
        self.mailbox.name.to_string()
    }

    fn first(&self) -> First<Received<T>> {
        let kernel = &self.mailbox.kernel;
        if let Some(received) = self.mailbox.take() {
            return First::AtOnce(received);
        }
        let waiter = match self.deadline {
            Some(deadline) if deadline <= kernel.now() => {
                return First::AtOnce(Received::Deadline);
            }
            Some(deadline) => Waiter::with_deadline(kernel.enrol_until(deadline)),
            None => Waiter::new(kernel.enrol()),
        };
        self.mailbox.waiter.set(waiter);
        First::Enrolled(waiter.ticket())
    }

    fn adopt(&self) -> Option<Ticket> {
        let waiter = self.mailbox.waiter.get();
        let ticket = if waiter == Waiter::NOBODY {
            self.mailbox.release.get().ticket
        } else {
            waiter.ticket()
        };
        self.mailbox.kernel.adopt(ticket).then_some(ticket)
    }

    fn ended(&self, ticket: Ticket, outcome: Outcome) -> Received<T> {
        if !self.mailbox.is_released(ticket) {
            self.mailbox.waiter.set(Waiter::NOBODY);
            return Received::Deadline;
        }
        self.mailbox.release.set(Release::NONE);
        if outcome == Outcome::Deadline {
            // It was released after it had met its deadline, and before it was told.
            self.mailbox.kernel.cancel(ticket.released());
        }
        let received = self.mailbox.take();
        received.expect("a receiver is released for a message or for the end")
    }

    fn ended_before(&self, ticket: Ticket) -> Option<Outcome> {
        let kernel = &self.mailbox.kernel;
        if self.mailbox.is_released(ticket) {
            let is_over = !kernel.is_queued(ticket.released());
            return is_over.then_some(Outcome::Released);
        }
        let is_overdue = self
            .deadline
            .is_some_and(|deadline| deadline <= kernel.now());
        (is_overdue && !kernel.is_queued(ticket)).then_some(Outcome::Deadline)
    }

    fn give_up(&self, ticket: Ticket) {
        if self.mailbox.is_released(ticket) {
            self.mailbox.release.set(Release::NONE);
            self.mailbox.kernel.cancel(ticket.released());
        } else {
            self.mailbox.waiter.set(Waiter::NOBODY);
            self.mailbox.kernel.cancel(ticket);
        }
    }
}

impl<T> Future for MailboxWait<'_, T> {
    type Output = Received<T>;

    fn poll(self: Pin<&mut Self>, _: &mut TaskContext<'_>) -> Poll<Received<T>> {
        let this = self.get_mut();
        this.wait.poll(&this.awaited)
    }
}

impl<T> Drop for MailboxWait<'_, T> {
    fn drop(&mut self) {
        self.wait.drop_of(&self.awaited);
    }
}
