//! One wait: the part that sleeps, events and mailboxes have in common.

use std::task::Poll;

use units::Moment;

use super::kernel::Kernel;
use super::key::Ticket;
use super::schedule::{Outcome, SignalId};

/// A wait from before its first poll to its end.
#[derive(Debug)]
pub(super) struct Wait {
    on: SignalId,
    deadline: Option<Moment>,
    stage: Stage,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    New,
    Enrolled(Ticket),
    Over,
}

/// What to do about a wait that was just polled for the first time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum First<T> {
    /// It has been over before it began.
    AtOnce(T),
    /// It has to be enrolled.
    Enrol,
}

impl Wait {
    pub(super) fn new(on: SignalId, deadline: Option<Moment>) -> Self {
        Self {
            on,
            deadline,
            stage: Stage::New,
        }
    }

    /// Polls the wait. `first` is asked once, before the wait is enrolled; `enrolled` is told its
    /// ticket; `ended` turns what ended it into the result.
    #[inline]
    pub(super) fn poll<T>(
        &mut self,
        kernel: &Kernel,
        first: impl FnOnce() -> First<T>,
        enrolled: impl FnOnce(Ticket),
        ended: impl FnOnce(Outcome) -> T,
    ) -> Poll<T> {
        match self.stage {
            Stage::Enrolled(ticket) => match kernel.ended(ticket) {
                Some(outcome) => {
                    self.stage = Stage::Over;
                    Poll::Ready(ended(outcome))
                }
                None => Poll::Pending,
            },
            Stage::New => {
                if let Some(ticket) = kernel.adopt(self.on) {
                    self.stage = Stage::Enrolled(ticket);
                    return Poll::Pending;
                }
                match first() {
                    First::AtOnce(result) => {
                        self.stage = Stage::Over;
                        if kernel.allow_at_once() {
                            Poll::Ready(result)
                        } else {
                            Poll::Pending
                        }
                    }
                    First::Enrol => {
                        let ticket = kernel.enrol(self.on, self.deadline);
                        self.stage = Stage::Enrolled(ticket);
                        enrolled(ticket);
                        Poll::Pending
                    }
                }
            }
            Stage::Over => Poll::Pending,
        }
    }

    /// Ends a wait whose future is dropped. `Some` if it was enrolled and nobody saw its end: its
    /// ticket, and what had ended it if it was released already.
    #[inline]
    pub(super) fn give_up(&mut self, kernel: &Kernel) -> Option<(Ticket, Option<u64>)> {
        let Stage::Enrolled(ticket) = self.stage else {
            return None;
        };
        self.stage = Stage::Over;
        match kernel.abandon(ticket) {
            Some(Outcome::Released(tag)) => Some((ticket, Some(tag))),
            Some(Outcome::Deadline) | None => Some((ticket, None)),
        }
    }

    /// Its ticket while it is enrolled.
    #[inline]
    pub(super) fn ticket(&self) -> Option<Ticket> {
        match self.stage {
            Stage::Enrolled(ticket) => Some(ticket),
            Stage::New | Stage::Over => None,
        }
    }

    /// True if the deadline is now or past.
    #[inline]
    pub(super) fn is_overdue(&self, now: Moment) -> bool {
        self.deadline.is_some_and(|deadline| deadline <= now)
    }
}
