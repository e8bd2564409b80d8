//! A wait for a moment.

use units::Moment;

use super::kernel::Kernel;
use super::key::Ticket;
use super::wait::{Awaited, Wait};

/// The clock of a world.
pub(super) struct Clock<'a>(&'a Kernel);

/// Waits until `when`.
#[inline]
pub(super) fn sleep(kernel: &Kernel, when: Moment) -> Wait<Clock<'_>> {
    let ticket = if kernel.is_adopting() {
        adopt(kernel, when)
    } else if when <= kernel.now() {
        Ticket::of_none(0).at_once()
    } else {
        kernel.enrol_until(when)
    };
    Wait::new(Clock(kernel), ticket)
}

/// The sleep until `when` of the twin's original.
#[cold]
fn adopt(kernel: &Kernel, when: Moment) -> Ticket {
    let ticket = kernel.adopt_sleep(when);
    ticket.unwrap_or_else(|| kernel.refuse_adoption(&format!("{when:?}")))
}

impl Awaited for Clock<'_> {
    type Output = ();

    #[inline]
    fn kernel(&self) -> &Kernel {
        self.0
    }

    #[inline]
    fn finish(&self, _: Ticket) {}

    fn is_over_already(&self, ticket: Ticket) -> bool {
        !self.0.is_queued(ticket)
    }

    fn give_up(&self, ticket: Ticket) {
        if !ticket.is_at_once() {
            self.0.cancel(ticket);
        }
    }
}
