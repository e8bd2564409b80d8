//! What an actor sees of whoever serves it.

use std::fmt;
use std::future::Future;

use units::{Moment, SimTime};

use crate::descriptor::Descriptor;
use crate::handle::EventHandle;
use crate::rng::Rng;

/// The surroundings of one actor: its clock, its waits, its place in the history.
///
/// An actor takes a context by value and is generic over it, so the same actor runs in virtual
/// time ([`sim::Cx`](crate::sim::Cx)) and on a wall clock. It awaits nothing but what its context
/// and the events and mailboxes it was given return, and asks for that in its own turn: a wait may
/// begin when it is asked for, before it is first polled. It may wait for several things at once.
pub trait Context: Clone + 'static {
    /// Events as this driver serves them.
    type Event: Event;
    /// The sending ends of this driver's mailboxes.
    type Sender<T: Clone + 'static>: Sender<T>;
    /// The receiving ends of this driver's mailboxes.
    type Mailbox<T: Clone + 'static>: Mailbox<T>;

    /// The moment that this actor runs in.
    fn moment(&self) -> Moment;

    /// The instant that this actor runs at.
    fn now(&self) -> SimTime {
        self.moment().time
    }

    /// Waits until `when`. Returns at once if that is now or past.
    fn sleep_until(&self, when: Moment) -> impl Future<Output = ()>;

    /// Puts an entry into the history, as this actor's and of this moment.
    ///
    /// # Panics
    /// If there are more than [`WORDS_MAX`](crate::WORDS_MAX) words.
    fn record(&self, what: &'static Descriptor, words: &[u64]);

    /// A stream of random numbers of this actor's own, derived from the seed of the run, the
    /// actor's name and `purpose`. No other actor's draws touch it.
    fn rng(&self, purpose: &str) -> Rng;

    /// Starts a child actor at this moment. It is called `parent/name`.
    ///
    /// A name may be used again once its actor has ended.
    ///
    /// # Panics
    /// If an actor of that name is alive.
    fn spawn<A, F>(&self, name: &str, actor: A)
    where
        A: FnOnce(Self) -> F,
        F: Future<Output = ()> + 'static;

    /// A new event, not set. The name is for reports: "who waits for what".
    fn event(&self, name: &str, reset: Reset) -> Self::Event;

    /// A new mailbox, empty. The name is for reports.
    fn mailbox<T: Clone + 'static>(&self, name: &str) -> (Self::Sender<T>, Self::Mailbox<T>);
}

/// Whoever serves actors: a world in virtual time, or a thread on the wall clock.
///
/// What assembles a stack is written against it, and so the same stack stands in either.
pub trait Host {
    /// What its actors see of it.
    type Context: Context;

    /// The seed of the run.
    fn seed(&self) -> u64;

    /// The context of the actor called `name`. The order of first calls is the order of sources.
    fn actor(&mut self, name: &str) -> Self::Context;

    /// A new event, not set. The name is for reports.
    fn event(&mut self, name: &str, reset: Reset) -> <Self::Context as Context>::Event;

    /// Starts an actor that serves others for ever, the one that `cx` is the context of.
    fn serve(&mut self, cx: &Self::Context, actor: impl Future<Output = ()> + 'static);
}

/// How an event goes back to "not set".
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reset {
    /// By releasing one waiter: a synchronization event.
    #[doc(alias = "SynchronizationEvent")]
    Auto,
    /// By [`Event::reset`] alone; until then it releases everybody: a notification event.
    #[doc(alias = "NotificationEvent")]
    Manual,
}

/// An event object: set or not, with actors that wait for it to be set.
///
/// A wait that finds the event set returns at once. A waiter that has to wait is released at
/// [`Moment::released`] of the moment at which the event was set: setting an event in *move* wakes
/// in *notify*. Waiters are released first come, first served; one by a [`Reset::Auto`] event, all
/// by a [`Reset::Manual`] one.
///
/// A wait that is given up (its future dropped) after it was released passes the release on.
#[doc(alias = "KEVENT")]
pub trait Event: Clone + fmt::Debug + 'static {
    /// Sets the event. `tag` says what the set stands for, a notification's number for example;
    /// it is handed to whoever is released and means nothing to the event.
    ///
    /// Setting an event that is already set changes its tag and is counted as coalesced.
    #[doc(alias = "KeSetEvent")]
    fn set(&self, tag: u64);

    /// Makes the event not set.
    #[doc(alias = "KeClearEvent")]
    fn reset(&self);

    /// True while the event is set.
    fn is_set(&self) -> bool;

    /// How often the event was set while it was already set.
    fn coalesced(&self) -> u64;

    /// Waits for the event and returns the tag that it was set with.
    fn wait(&self) -> impl Future<Output = u64>;

    /// Waits for the event until `deadline`; without one, for ever.
    ///
    /// An event that is set wins over a deadline that has passed.
    fn wait_until(&self, deadline: Option<Moment>) -> impl Future<Output = Woken>;

    /// The event as something that can be handed to others to be set.
    fn handle(&self) -> EventHandle;
}

/// What ended a wait for an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Woken {
    /// The event, set with this tag.
    Event(u64),
    /// The deadline.
    Deadline,
}

/// The sending end of a mailbox.
pub trait Sender<T>: Clone + 'static {
    /// Puts a message into the mailbox. Its receiver runs at [`Moment::released`] of now.
    ///
    /// A message to a receiver that is gone is dropped.
    fn send(&self, message: T);
}

/// The receiving end of a mailbox. Messages come out in the order in which they went in.
///
/// One actor waits for it, for one message at a time. That it does not take `&mut self` lets who
/// forks the world reach the mailbox while its actor waits: share it in an [`Rc`](std::rc::Rc).
pub trait Mailbox<T>: 'static {
    /// Waits for a message; `None` once the mailbox is empty and all senders are gone.
    fn recv(&self) -> impl Future<Output = Option<T>>;

    /// Waits for a message until `deadline`; without one, for ever.
    ///
    /// A message that is there wins over a deadline that has passed.
    fn recv_until(&self, deadline: Option<Moment>) -> impl Future<Output = Received<T>>;
}

/// What ended a wait for a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Received<T> {
    /// A message.
    Message(T),
    /// The deadline.
    Deadline,
    /// The mailbox is empty and no sender is left.
    Closed,
}
