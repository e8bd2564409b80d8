//! One wait: what sleeps, events and mailboxes have in common.

use std::task::Poll;

use super::kernel::Kernel;
use super::key::Ticket;

/// What ended a wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// Somebody released it.
    Released,
    /// Its deadline.
    Deadline,
}

/// An event or mailbox, as reports see it.
pub(super) trait Signalled {
    fn name(&self) -> &str;

    fn is_awaited_by(&self, source: u32) -> bool;
}

/// What to do about a wait that is polled for the first time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum First<T> {
    /// It is over at once.
    AtOnce(T),
    /// It was enrolled.
    Enrolled(Ticket),
}

/// Something that can be waited for.
pub(super) trait Awaited {
    type Output;

    fn kernel(&self) -> &Kernel;

    /// What is awaited, for messages.
    fn name(&self) -> String;

    /// Looks whether there is anything to wait for, and enrols the wait if there is.
    fn first(&self) -> First<Self::Output>;

    /// The wait that the original of this twin had enrolled.
    fn adopt(&self) -> Option<Ticket>;

    /// Turns what ended the wait into what is awaited.
    fn ended(&self, ticket: Ticket, outcome: Outcome) -> Self::Output;

    /// What ended the wait in an earlier turn of the actor, in which it did not look.
    fn ended_before(&self, ticket: Ticket) -> Option<Outcome>;

    /// Takes back a wait whose end nobody will see.
    fn give_up(&self, ticket: Ticket);
}

/// The wait of one future: none before its first poll, used after its end.
#[derive(Debug)]
pub(super) struct Wait(Ticket);

impl Wait {
    #[inline]
    pub(super) const fn new() -> Self {
        Self(Ticket::NONE)
    }

    /// Polls the wait for `awaited`.
    #[inline]
    pub(super) fn poll<A: Awaited>(&mut self, awaited: &A) -> Poll<A::Output> {
        if self.0 == Ticket::NONE {
            self.poll_first(awaited)
        } else if let Some(outcome) = awaited.kernel().ended(self.0) {
            let ticket = std::mem::replace(&mut self.0, Ticket::USED);
            Poll::Ready(awaited.ended(ticket, outcome))
        } else {
            self.poll_again(awaited)
        }
    }

    /// Stands apart so that what an actor does at the end of a wait is small enough to be inlined.
    #[inline(never)]
    fn poll_first<A: Awaited>(&mut self, awaited: &A) -> Poll<A::Output> {
        let kernel = awaited.kernel();
        if kernel.is_adopting() {
            self.0 = Self::adopt(awaited);
            return Poll::Pending;
        }
        match awaited.first() {
            First::Enrolled(ticket) => {
                self.0 = ticket;
                Poll::Pending
            }
            First::AtOnce(result) => {
                self.0 = Ticket::USED;
                if kernel.count_event() {
                    Poll::Ready(result)
                } else {
                    Poll::Pending
                }
            }
        }
    }

    /// The actor runs for another reason than this wait's end.
    #[cold]
    fn poll_again<A: Awaited>(&mut self, awaited: &A) -> Poll<A::Output> {
        if !self.is_enrolled() {
            return Poll::Pending;
        }
        match awaited.ended_before(self.0) {
            Some(outcome) => {
                let ticket = std::mem::replace(&mut self.0, Ticket::USED);
                Poll::Ready(awaited.ended(ticket, outcome))
            }
            None => Poll::Pending,
        }
    }

    #[cold]
    fn adopt<A: Awaited>(awaited: &A) -> Ticket {
        let kernel = awaited.kernel();
        awaited.adopt().unwrap_or_else(|| {
            panic!(
                "the twin of `{}` waits for {}, its original does not",
                kernel.name_of(kernel.running()),
                awaited.name(),
            )
        })
    }

    #[inline]
    fn is_enrolled(&self) -> bool {
        self.0 != Ticket::USED && self.0 != Ticket::NONE
    }

    /// Ends the wait of a future that is dropped.
    #[inline]
    pub(super) fn drop_of<A: Awaited>(&mut self, awaited: &A) {
        if self.is_enrolled() {
            Self::give_up(self.0, awaited);
        }
    }

    #[cold]
    fn give_up<A: Awaited>(ticket: Ticket, awaited: &A) {
        awaited.give_up(ticket);
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

    /// Lets the waiter run for what happens now.
    #[inline]
    pub(super) fn release(self, kernel: &Kernel, tag: u64) -> Release {
        let ticket = self.ticket();
        if self.0 != ticket {
            kernel.cancel(ticket);
        }
        kernel.release(ticket);
        Release { ticket, tag }
    }
}

/// A wait that was released and has not seen it yet.
#[derive(Clone, Copy, Debug)]
pub(super) struct Release {
    /// Bare.
    pub(super) ticket: Ticket,
    pub(super) tag: u64,
}

impl Release {
    pub(super) const NONE: Self = Self {
        ticket: Ticket::NONE.bare(),
        tag: 0,
    };

    #[inline]
    pub(super) fn is_none(self) -> bool {
        self.ticket == Self::NONE.ticket
    }
}
