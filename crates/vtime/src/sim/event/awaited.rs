//! An event, being waited for.

use super::EventCore;
use crate::context::Woken;
use crate::sim::kernel::Kernel;
use crate::sim::key::Ticket;
use crate::sim::wait::Awaited;

/// An event that is awaited without a deadline.
pub(super) struct Forever<'a>(pub(super) &'a EventCore);

/// An event that is awaited until a deadline.
pub(super) struct Until<'a>(pub(super) &'a EventCore);

impl Awaited for Forever<'_> {
    type Output = u64;

    #[inline]
    fn kernel(&self) -> &Kernel {
        &self.0.kernel
    }

    #[inline]
    fn finish(&self, ticket: Ticket) -> u64 {
        let tag = self.0.take_release(ticket);
        tag.expect("a wait without a deadline ends by a release")
    }

    fn is_over_already(&self, ticket: Ticket) -> bool {
        self.0.is_over_already(ticket)
    }

    fn give_up(&self, ticket: Ticket) {
        self.0.give_up(ticket);
    }
}

impl Awaited for Until<'_> {
    type Output = Woken;

    #[inline]
    fn kernel(&self) -> &Kernel {
        &self.0.kernel
    }

    fn finish(&self, ticket: Ticket) -> Woken {
        if let Some(tag) = self.0.take_release(ticket) {
            // It may have been released after its deadline, before it was told of that.
            self.0.kernel.cancel(ticket.released());
            return Woken::Event(tag);
        }
        if !ticket.is_at_once() {
            self.0.remove_waiter(ticket);
        }
        Woken::Deadline
    }

    fn is_over_already(&self, ticket: Ticket) -> bool {
        self.0.is_over_already(ticket)
    }

    fn give_up(&self, ticket: Ticket) {
        self.0.give_up(ticket);
    }
}
