//! One wait: what sleeps, events and mailboxes have in common.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context as TaskContext, Poll};

use super::kernel::Kernel;
use super::key::Ticket;

/// An event or mailbox, as reports see it.
pub(super) trait Signalled {
    fn name(&self) -> &str;

    fn is_awaited_by(&self, source: u32) -> bool;
}

/// Something that can be waited for.
pub(super) trait Awaited: Unpin {
    type Output;

    fn kernel(&self) -> &Kernel;

    /// What is awaited, now that the wait `ticket` is over.
    fn finish(&self, ticket: Ticket) -> Self::Output;

    /// True if the wait `ticket` is over, although the actor runs for another reason. Asked only
    /// of actors that wait for more than one thing.
    fn is_over_already(&self, ticket: Ticket) -> bool;

    /// Takes back a wait whose end nobody will see.
    fn give_up(&self, ticket: Ticket);
}

/// A wait, enrolled when it was made. As a future it is over when what is awaited has happened.
pub(super) struct Wait<A: Awaited> {
    awaited: A,
    /// None once it is over.
    ticket: Ticket,
}

impl<A: Awaited> Wait<A> {
    #[inline]
    pub(super) fn new(awaited: A, ticket: Ticket) -> Self {
        Self { awaited, ticket }
    }

    /// The actor runs for another reason than this wait's end, or it waits for more than this.
    #[cold]
    fn poll_slowly(&mut self) -> Poll<A::Output> {
        let ticket = self.ticket;
        if ticket == Ticket::NONE {
            return Poll::Pending;
        }
        let is_over = if ticket.is_at_once() {
            self.awaited.kernel().count_event()
        } else {
            self.awaited.is_over_already(ticket)
        };
        if !is_over {
            return Poll::Pending;
        }
        self.ticket = Ticket::NONE;
        Poll::Ready(self.awaited.finish(ticket))
    }

    #[cold]
    fn give_up(&mut self) {
        self.awaited.give_up(self.ticket);
    }
}

impl<A: Awaited> Future for Wait<A> {
    type Output = A::Output;

    #[inline]
    fn poll(self: Pin<&mut Self>, _: &mut TaskContext<'_>) -> Poll<A::Output> {
        let this = self.get_mut();
        let ticket = this.ticket;
        if this.awaited.kernel().is_over(ticket) {
            this.ticket = Ticket::NONE;
            Poll::Ready(this.awaited.finish(ticket))
        } else if this.awaited.kernel().is_latest(ticket) {
            Poll::Pending
        } else {
            this.poll_slowly()
        }
    }
}

impl<A: Awaited> Drop for Wait<A> {
    #[inline]
    fn drop(&mut self) {
        if self.ticket != Ticket::NONE {
            self.give_up();
        }
    }
}

/// Who waits for something, and whether a deadline of it is queued: the last bit of the ticket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Waiter(Ticket);

impl Waiter {
    pub(super) const NOBODY: Self = Self(Ticket::NONE);

    #[inline]
    pub(super) const fn new(bare: Ticket) -> Self {
        Self(bare)
    }

    pub(super) const fn with_deadline(bare: Ticket) -> Self {
        Self(bare.released())
    }

    /// Bare.
    #[inline]
    pub(super) const fn ticket(self) -> Ticket {
        self.0.bare()
    }

    #[inline]
    pub(super) const fn has_deadline(self) -> bool {
        self.0.is_released()
    }

    /// True if the waiter's deadline is over without its having been told.
    pub(super) fn is_overdue(self, kernel: &Kernel) -> bool {
        self.has_deadline() && !kernel.is_queued(self.ticket())
    }

    /// Lets the waiter run for what happens now. Returns its ticket.
    #[inline]
    pub(super) fn release(self, kernel: &Kernel) -> Ticket {
        let ticket = self.ticket();
        if self.has_deadline() {
            kernel.cancel(ticket);
        }
        kernel.release(ticket);
        ticket
    }
}
