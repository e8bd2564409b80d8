//! The context of an actor in virtual time.

use std::fmt;
use std::future::Future;
use std::rc::Rc;

use units::Moment;

use super::event::SimEvent;
use super::kernel::Kernel;
use super::mailbox::{self, SimMailbox, SimSender};
use super::sleep::sleep;
use crate::context::{Context, Reset};
use crate::descriptor::Descriptor;
use crate::fork::{Fork, Forker};
use crate::history::SourceId;
use crate::rng::Rng;

/// What an actor of a [`World`](super::World) sees of it.
#[derive(Clone)]
pub struct Cx {
    pub(super) kernel: Rc<Kernel>,
    pub(super) source: u32,
}

impl Cx {
    /// The actor's name.
    pub fn name(&self) -> String {
        self.kernel.name_of(self.source)
    }

    /// The actor's place in the order of sources.
    pub fn source(&self) -> SourceId {
        SourceId::new(self.source)
    }
}

impl Context for Cx {
    type Event = SimEvent;
    type Sender<T: Clone + 'static> = SimSender<T>;
    type Mailbox<T: Clone + 'static> = SimMailbox<T>;

    #[inline]
    fn moment(&self) -> Moment {
        self.kernel.now()
    }

    #[inline]
    fn sleep_until(&self, when: Moment) -> impl Future<Output = ()> {
        sleep(&self.kernel, when)
    }

    #[inline]
    fn record(&self, what: &'static Descriptor, words: &[u64]) {
        let mut history = self.kernel.history.borrow_mut();
        history.record(self.moment(), self.source(), what, words);
    }

    fn rng(&self, purpose: &str) -> Rng {
        Rng::of(self.kernel.seed, &self.name(), purpose)
    }

    fn spawn<A, F>(&self, name: &str, actor: A)
    where
        A: FnOnce(Self) -> F,
        F: Future<Output = ()> + 'static,
    {
        let name = format!("{}/{name}", self.name());
        let kernel = &self.kernel;
        let child = kernel.actor(&name);
        let role = {
            let roster = kernel.roster.borrow();
            assert!(
                !roster.get(child).life.is_alive(),
                "an actor called `{name}` is alive: end it, or give the child another name"
            );
            roster.get(self.source).role
        };
        kernel.give_birth(child, role);
        let future = actor(Self {
            kernel: Rc::clone(kernel),
            source: child,
        });
        kernel.births.borrow_mut().push((child, Box::pin(future)));
        kernel.calls.set(true);
    }

    fn event(&self, name: &str, reset: Reset) -> SimEvent {
        SimEvent::new(&self.kernel, name, reset)
    }

    fn mailbox<T: Clone + 'static>(&self, name: &str) -> (SimSender<T>, SimMailbox<T>) {
        mailbox::new(&self.kernel, name)
    }
}

impl Fork for Cx {
    fn fork(&self, forker: &mut Forker) -> Self {
        Self {
            kernel: forker.twin_kernel(&self.kernel),
            source: self.source,
        }
    }
}

impl fmt::Debug for Cx {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cx")
            .field("source", &self.source)
            .finish_non_exhaustive()
    }
}
