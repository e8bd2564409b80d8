//! One thread of a run: its actors, and what they tell.

use std::cell::RefCell;
use std::fmt;
use std::future::Future;
use std::mem::replace;
use std::panic::resume_unwind;
use std::rc::Rc;

use tokio::task::{JoinHandle, spawn_local};
use units::Moment;
use vtime::{Context, Descriptor, Fork, Forker, History, Host, Keep, Reset, Rng, SourceId};

use crate::clock::WallClock;
use crate::event::LiveEvent;
use crate::mailbox::{self, LiveMailbox, LiveSender};

/// The actors of one thread, on the wall clock, and the history of what they did.
///
/// It lives inside a [`LocalSet`](tokio::task::LocalSet), which polls them.
#[derive(Debug)]
pub struct Stage(Rc<Core>);

/// What an actor of a [`Stage`] sees of it.
///
/// Its moment goes on while the actor runs, for that takes time on a wall clock.
#[derive(Clone)]
pub struct LiveCx {
    stage: Rc<Core>,
    source: SourceId,
}

struct Core {
    clock: WallClock,
    seed: u64,
    history: RefCell<History>,
    actors: RefCell<Vec<JoinHandle<()>>>,
}

impl Stage {
    /// Nobody yet.
    pub fn new(clock: WallClock, seed: u64) -> Self {
        Self(Rc::new(Core {
            clock,
            seed,
            history: RefCell::new(History::new(Keep::All)),
            actors: RefCell::default(),
        }))
    }

    /// Ends all actors where they wait, and hands over what they have told.
    ///
    /// # Panics
    /// As an actor did that has panicked.
    pub async fn close(self) -> History {
        for actor in self.0.actors.take() {
            actor.abort();
            if let Err(ended) = actor.await {
                if ended.is_panic() {
                    resume_unwind(ended.into_panic());
                }
            }
        }
        replace(
            &mut *self.0.history.borrow_mut(),
            History::new(Keep::Digest),
        )
    }
}

impl Core {
    fn actor(self: &Rc<Self>, name: &str) -> LiveCx {
        let mut history = self.history.borrow_mut();
        let known = history.source_of(name);
        LiveCx {
            source: known.unwrap_or_else(|| history.add_source(name)),
            stage: Rc::clone(self),
        }
    }

    fn serve(&self, actor: impl Future<Output = ()> + 'static) {
        self.actors.borrow_mut().push(spawn_local(actor));
    }
}

impl Host for Stage {
    type Context = LiveCx;

    fn seed(&self) -> u64 {
        self.0.seed
    }

    fn actor(&mut self, name: &str) -> LiveCx {
        self.0.actor(name)
    }

    fn event(&mut self, name: &str, reset: Reset) -> LiveEvent {
        LiveEvent::new(self.0.clock, name, reset)
    }

    fn serve(&mut self, _: &LiveCx, actor: impl Future<Output = ()> + 'static) {
        self.0.serve(actor);
    }
}

impl LiveCx {
    fn name(&self) -> String {
        let history = self.stage.history.borrow();
        history.source_name(self.source).to_owned()
    }
}

impl Context for LiveCx {
    type Event = LiveEvent;
    type Sender<T: Clone + 'static> = LiveSender<T>;
    type Mailbox<T: Clone + 'static> = LiveMailbox<T>;

    fn moment(&self) -> Moment {
        self.stage.clock.now()
    }

    async fn sleep_until(&self, when: Moment) {
        if when > self.moment() {
            tokio::time::sleep_until(self.stage.clock.instant_of(when)).await;
        }
    }

    fn record(&self, what: &'static Descriptor, words: &[u64]) {
        let mut history = self.stage.history.borrow_mut();
        history.record(self.moment(), self.source, what, words);
    }

    fn rng(&self, purpose: &str) -> Rng {
        Rng::of(self.stage.seed, &self.name(), purpose)
    }

    fn spawn<A, F>(&self, name: &str, actor: A)
    where
        A: FnOnce(Self) -> F,
        F: Future<Output = ()> + 'static,
    {
        let child = self.stage.actor(&format!("{}/{name}", self.name()));
        self.stage.serve(actor(child));
    }

    fn event(&self, name: &str, reset: Reset) -> LiveEvent {
        LiveEvent::new(self.stage.clock, name, reset)
    }

    fn mailbox<T: Clone + 'static>(&self, _: &str) -> (LiveSender<T>, LiveMailbox<T>) {
        mailbox::new(self.stage.clock)
    }
}

/// Nobody forks the wall clock: the twin is the same.
impl Fork for LiveCx {
    fn fork(&self, _: &mut Forker) -> Self {
        self.clone()
    }
}

impl fmt::Debug for LiveCx {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LiveCx")
            .field("source", &self.source)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Core {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Core")
            .field("clock", &self.clock)
            .finish_non_exhaustive()
    }
}
