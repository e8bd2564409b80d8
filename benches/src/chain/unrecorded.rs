//! A context without a history.

use std::future::Future;

use units::Moment;
use vtime::{Context, Descriptor, Reset, Rng};

/// The context that it wraps, but what is recorded is forgotten.
#[derive(Clone, Debug)]
pub(super) struct Unrecorded<C>(pub(super) C);

impl<C: Context> Context for Unrecorded<C> {
    type Event = C::Event;
    type Sender<T: Clone + 'static> = C::Sender<T>;
    type Mailbox<T: Clone + 'static> = C::Mailbox<T>;

    fn moment(&self) -> Moment {
        self.0.moment()
    }

    fn sleep_until(&self, when: Moment) -> impl Future<Output = ()> {
        self.0.sleep_until(when)
    }

    fn record(&self, _: &'static Descriptor, _: &[u64]) {}

    fn rng(&self, purpose: &str) -> Rng {
        self.0.rng(purpose)
    }

    fn spawn<A, F>(&self, name: &str, actor: A)
    where
        A: FnOnce(Self) -> F,
        F: Future<Output = ()> + 'static,
    {
        self.0.spawn(name, |cx| actor(Self(cx)));
    }

    fn event(&self, name: &str, reset: Reset) -> C::Event {
        self.0.event(name, reset)
    }

    fn mailbox<T: Clone + 'static>(&self, name: &str) -> (C::Sender<T>, C::Mailbox<T>) {
        self.0.mailbox(name)
    }
}
