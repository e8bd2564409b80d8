//! Mailboxes in virtual time.

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
use crate::context::{Mailbox, Received, Sender};
use crate::fork::{Fork, Forker};

/// The sending end of a mailbox of a [`World`](super::World).
pub struct SimSender<T>(Rc<MailboxCore<T>>);

/// The receiving end of a mailbox of a [`World`](super::World).
pub struct SimMailbox<T>(Rc<MailboxCore<T>>);

struct MailboxCore<T> {
    kernel: Rc<Kernel>,
    id: SignalId,
    name: Rc<str>,
    messages: RefCell<VecDeque<T>>,
    senders: Cell<usize>,
    has_receiver: Cell<bool>,
    /// The receiver's wait, while it was not released.
    waiter: Cell<Option<Ticket>>,
}

pub(super) fn new<T>(kernel: &Rc<Kernel>, name: &str) -> (SimSender<T>, SimMailbox<T>) {
    let (id, name) = kernel.name_signal(name);
    let core = Rc::new(MailboxCore {
        kernel: Rc::clone(kernel),
        id,
        name,
        messages: RefCell::default(),
        senders: Cell::new(1),
        has_receiver: Cell::new(true),
        waiter: Cell::new(None),
    });
    (SimSender(Rc::clone(&core)), SimMailbox(core))
}

impl<T> MailboxCore<T> {
    fn wake(&self) {
        if let Some(ticket) = self.waiter.take() {
            self.kernel.release(ticket, 0);
        }
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
        MailboxWait {
            mailbox: &self.0,
            wait: Wait::new(self.0.id, deadline),
        }
    }
}

/// The twin of a mailbox, with the twins of its messages and no ends yet.
fn fork_core<T: Fork + 'static>(
    original: &Rc<MailboxCore<T>>,
    forker: &mut Forker,
) -> Rc<MailboxCore<T>> {
    forker.rc(original, |original, forker| MailboxCore {
        kernel: forker.twin_kernel(&original.kernel),
        id: original.id,
        name: Rc::clone(&original.name),
        messages: RefCell::new(original.messages.borrow().fork(forker)),
        senders: Cell::new(0),
        has_receiver: original.has_receiver.clone(),
        waiter: original.waiter.clone(),
    })
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
    mailbox: &'a MailboxCore<T>,
    wait: Wait,
}

impl<T> Future for MailboxWait<'_, T> {
    type Output = Received<T>;

    fn poll(self: Pin<&mut Self>, _: &mut TaskContext<'_>) -> Poll<Received<T>> {
        let this = self.get_mut();
        let mailbox = this.mailbox;
        let is_overdue = this.wait.is_overdue(mailbox.kernel.now.get());
        this.wait.poll(
            &mailbox.kernel,
            || match mailbox.take() {
                Some(received) => First::AtOnce(received),
                None if is_overdue => First::AtOnce(Received::Deadline),
                None => First::Enrol,
            },
            |ticket| mailbox.waiter.set(Some(ticket)),
            |outcome| match outcome {
                Outcome::Released(_) => mailbox
                    .take()
                    .expect("a receiver is released for a message or for the end"),
                Outcome::Deadline => {
                    mailbox.waiter.set(None);
                    Received::Deadline
                }
            },
        )
    }
}

impl<T> Drop for MailboxWait<'_, T> {
    fn drop(&mut self) {
        if self.wait.give_up(&self.mailbox.kernel).is_some() {
            self.mailbox.waiter.set(None);
        }
    }
}
