//! A wait for a moment.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context as TaskContext, Poll};

use units::Moment;

use super::kernel::Kernel;
use super::key::Ticket;
use super::wait::{Awaited, First, Outcome, Wait};

/// A wait for a moment.
pub(super) struct Sleep<'a> {
    awaited: AwaitedMoment<'a>,
    wait: Wait,
}

struct AwaitedMoment<'a> {
    kernel: &'a Kernel,
    when: Moment,
}

impl<'a> Sleep<'a> {
    #[inline]
    pub(super) fn new(kernel: &'a Kernel, when: Moment) -> Self {
        Self {
            awaited: AwaitedMoment { kernel, when },
            wait: Wait::new(),
        }
    }
}

impl Awaited for AwaitedMoment<'_> {
    type Output = ();

    #[inline]
    fn kernel(&self) -> &Kernel {
        self.kernel
    }

    fn name(&self) -> String {
        format!("{}, {:?}", self.when.time, self.when.phase)
    }

    #[inline]
    fn first(&self) -> First<()> {
        if self.when <= self.kernel.now() {
            First::AtOnce(())
        } else {
            First::Enrolled(self.kernel.enrol_until(self.when))
        }
    }

    fn adopt(&self) -> Option<Ticket> {
        self.kernel.adopt_sleep(self.when)
    }

    #[inline]
    fn ended(&self, _: Ticket, _: Outcome) {}

    fn ended_before(&self, ticket: Ticket) -> Option<Outcome> {
        let is_over = self.when <= self.kernel.now() && !self.kernel.is_queued(ticket);
        is_over.then_some(Outcome::Deadline)
    }

    fn give_up(&self, ticket: Ticket) {
        self.kernel.cancel(ticket);
    }
}

impl Future for Sleep<'_> {
    type Output = ();

    #[inline]
    fn poll(self: Pin<&mut Self>, _: &mut TaskContext<'_>) -> Poll<()> {
        let this = self.get_mut();
        this.wait.poll(&this.awaited)
    }
}

impl Drop for Sleep<'_> {
    #[inline]
    fn drop(&mut self) {
        self.wait.drop_of(&self.awaited);
    }
}
