//! The same actors under another driver: nothing in them knows who serves them.
//!
//! The toy below is written the textbook way (an ordered map of wake-ups, every future looks for
//! itself whether it is over) and shares nothing with `vtime::sim`, so it is also a reference for
//! the order of events.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeSet, VecDeque};
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context as TaskContext, Poll, Waker};

use units::{Moment, Phase, SimDuration};
use vtime::sim::{Role, World};
use vtime::{
    Context, Descriptor, Event, EventHandle, Forker, History, Keep, Mailbox, Received, Reset, Rng,
    Sender, Signal, SourceId, Woken,
};

use crate::stage::{MARK, ms};

const SEED: u64 = 7;
const ACTORS: [&str; 3] = ["device", "client", "logger"];
const END_MILLIS: u64 = 300;

async fn device<C: Context>(notified: C::Event, cx: C) {
    let mut rng = cx.rng("pause");
    for n in 1..40 {
        let pause = SimDuration::from_micros(rng.below(9_000));
        cx.sleep_until((cx.now() + pause).at(Phase::Move)).await;
        cx.record(&MARK, &[n]);
        notified.set(n);
    }
}

async fn client<C: Context>(notified: C::Event, log: C::Sender<u64>, cx: C) {
    let mut rng = cx.rng("work");
    for _ in 0..50 {
        let deadline = cx.now() + SimDuration::from_millis(5);
        match notified.wait_until(Some(deadline.commit())).await {
            Woken::Event(tag) => {
                let work = SimDuration::from_micros(rng.below(3_000));
                cx.sleep_until((cx.now() + work).commit()).await;
                log.send(tag);
            }
            Woken::Deadline => cx.record(&MARK, &[0, notified.coalesced()]),
        }
    }
}

async fn logger<C: Context>(log: C::Mailbox<u64>, cx: C) {
    loop {
        let deadline = cx.now() + SimDuration::from_millis(6);
        match log.recv_until(Some(deadline.commit())).await {
            Received::Message(tag) => cx.record(&MARK, &[tag, 1]),
            Received::Deadline => cx.record(&MARK, &[0, 2]),
            Received::Closed => return cx.record(&MARK, &[0, 3]),
        }
    }
}

#[test]
fn an_actor_runs_unchanged_under_another_driver() {
    let mut world = World::new(SEED, Keep::All);
    let [of_device, of_client, of_logger] = ACTORS.map(|name| world.actor(name));
    let notified = world.event("notified", Reset::Auto);
    let (sender, mailbox) = world.mailbox("log");
    let first = device(notified.clone(), of_device.clone());
    world.spawn(&of_device, Role::Foreground, first);
    let second = client(notified, sender, of_client.clone());
    world.spawn(&of_client, Role::Foreground, second);
    world.spawn(
        &of_logger,
        Role::Foreground,
        logger(mailbox, of_logger.clone()),
    );
    world.run_until(ms(END_MILLIS)).unwrap();

    let toy = Rc::new(Toy::new());
    let [of_device, of_client, of_logger] = ACTORS.map(|name| ToyCx::new(&toy, name));
    let notified = of_device.event("notified", Reset::Auto);
    let (sender, mailbox) = of_device.mailbox("log");
    toy.run([
        Box::pin(device(notified.clone(), of_device)),
        Box::pin(client(notified, sender, of_client)),
        Box::pin(logger(mailbox, of_logger)),
    ]);

    let (ours, toys) = (world.history(), toy.history.borrow());
    for (one, other) in ours.entries().zip(toys.entries()) {
        assert_eq!(one, other);
    }
    assert_eq!(ours.digest(), toys.digest());
    assert!(ours.count() > 80, "{ours:?}");
}

struct Toy {
    now: Cell<Moment>,
    current: Cell<usize>,
    ordinal: Cell<u64>,
    queue: RefCell<BTreeSet<(Moment, usize, u64)>>,
    history: RefCell<History>,
}

impl Toy {
    fn new() -> Self {
        Self {
            now: Cell::default(),
            current: Cell::new(0),
            ordinal: Cell::new(0),
            queue: RefCell::default(),
            history: RefCell::new(History::new(Keep::All)),
        }
    }

    fn wake(&self, when: Moment, source: usize) {
        self.ordinal.set(self.ordinal.get() + 1);
        let key = (when, source, self.ordinal.get());
        self.queue.borrow_mut().insert(key);
    }

    fn run<const N: usize>(&self, actors: [Pin<Box<dyn Future<Output = ()>>>; N]) {
        let mut actors = actors.map(Some);
        (0..N).for_each(|source| self.wake(Moment::default(), source));
        loop {
            let Some((when, source, _)) = self.queue.borrow_mut().pop_first() else {
                return;
            };
            if when.time > ms(END_MILLIS) {
                return;
            }
            self.now.set(when);
            self.current.set(source);
            let mut context = TaskContext::from_waker(Waker::noop());
            let actor = actors[source].as_mut();
            if actor.is_some_and(|actor| actor.as_mut().poll(&mut context).is_ready()) {
                actors[source] = None;
            }
        }
    }

    fn is_due(&self, when: Option<Moment>) -> bool {
        when.is_some_and(|when| when <= self.now.get())
    }
}

#[derive(Clone)]
struct ToyCx {
    toy: Rc<Toy>,
    source: SourceId,
    name: &'static str,
}

impl ToyCx {
    fn new(toy: &Rc<Toy>, name: &'static str) -> Self {
        Self {
            toy: Rc::clone(toy),
            source: toy.history.borrow_mut().add_source(name),
            name,
        }
    }
}

impl Context for ToyCx {
    type Event = ToyEvent;
    type Sender<T: Clone + 'static> = ToySender<T>;
    type Mailbox<T: Clone + 'static> = ToyMailbox<T>;

    fn moment(&self) -> Moment {
        self.toy.now.get()
    }

    async fn sleep_until(&self, when: Moment) {
        self.toy
            .wake(when.max(self.moment()), self.toy.current.get());
        poll_fn(|_| {
            if self.toy.is_due(Some(when)) {
                return Poll::Ready(());
            }
            Poll::Pending
        })
        .await;
    }

    fn record(&self, what: &'static Descriptor, words: &[u64]) {
        let mut history = self.toy.history.borrow_mut();
        history.record(self.moment(), self.source, what, words);
    }

    fn rng(&self, purpose: &str) -> Rng {
        Rng::of(SEED, self.name, purpose)
    }

    fn spawn<A: FnOnce(Self) -> F, F: Future<Output = ()> + 'static>(&self, _: &str, _: A) {
        unimplemented!("the actors of this test have no children")
    }

    fn event(&self, name: &str, _: Reset) -> ToyEvent {
        ToyEvent(Rc::new(ToyEventCore {
            toy: Rc::clone(&self.toy),
            name: name.to_owned(),
            tag: Cell::new(None),
            coalesced: Cell::new(0),
            waiters: RefCell::default(),
        }))
    }

    fn mailbox<T: Clone + 'static>(&self, _: &str) -> (ToySender<T>, ToyMailbox<T>) {
        let messages = Rc::new(RefCell::new(VecDeque::new()));
        let event = self.event("mailbox", Reset::Auto);
        (
            ToySender(messages.clone(), event.clone()),
            ToyMailbox(messages, event),
        )
    }
}

/// An auto-reset event.
#[derive(Clone)]
struct ToyEvent(Rc<ToyEventCore>);

/// The moment and the tag of a release, once there is one.
type Release = Rc<Cell<Option<(Moment, u64)>>>;

struct ToyEventCore {
    toy: Rc<Toy>,
    name: String,
    tag: Cell<Option<u64>>,
    coalesced: Cell<u64>,
    /// Who waits, and where to leave its release.
    waiters: RefCell<VecDeque<(usize, Release)>>,
}

impl std::fmt::Debug for ToyEvent {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ToyEvent").finish_non_exhaustive()
    }
}

impl Event for ToyEvent {
    fn set(&self, tag: u64) {
        Signal::set(&*self.0, tag);
    }

    fn reset(&self) {
        self.0.tag.set(None);
    }

    fn is_set(&self) -> bool {
        self.0.tag.get().is_some()
    }

    fn coalesced(&self) -> u64 {
        self.0.coalesced.get()
    }

    async fn wait(&self) -> u64 {
        match self.wait_until(None).await {
            Woken::Event(tag) => tag,
            Woken::Deadline => unreachable!("there is none"),
        }
    }

    async fn wait_until(&self, deadline: Option<Moment>) -> Woken {
        let (event, toy) = (&*self.0, &*self.0.toy);
        if let Some(tag) = event.tag.take() {
            return Woken::Event(tag);
        }
        let release = Rc::new(Cell::new(None));
        let waiter = (toy.current.get(), Rc::clone(&release));
        event.waiters.borrow_mut().push_back(waiter);
        if let Some(deadline) = deadline {
            toy.wake(deadline, toy.current.get());
        }
        poll_fn(|_| match release.get() {
            Some((when, tag)) if toy.is_due(Some(when)) => Poll::Ready(Woken::Event(tag)),
            None if toy.is_due(deadline) => {
                let mut waiters = event.waiters.borrow_mut();
                waiters.retain(|(_, other)| !Rc::ptr_eq(other, &release));
                Poll::Ready(Woken::Deadline)
            }
            _ => Poll::Pending,
        })
        .await
    }

    fn handle(&self) -> EventHandle {
        EventHandle::new(Rc::clone(&self.0) as Rc<dyn Signal>)
    }
}

impl Signal for ToyEventCore {
    fn name(&self) -> &str {
        &self.name
    }

    fn set(&self, tag: u64) {
        if let Some((source, release)) = self.waiters.borrow_mut().pop_front() {
            let when = self.toy.now.get().released();
            release.set(Some((when, tag)));
            self.toy.wake(when, source);
        } else if self.tag.replace(Some(tag)).is_some() {
            self.coalesced.set(self.coalesced.get() + 1);
        }
    }

    fn fork_signal(self: Rc<Self>, _: &mut Forker) -> Rc<dyn Signal> {
        unimplemented!("the toy is not forked")
    }
}

struct ToySender<T>(Rc<RefCell<VecDeque<T>>>, ToyEvent);

struct ToyMailbox<T>(Rc<RefCell<VecDeque<T>>>, ToyEvent);

impl<T> Clone for ToySender<T> {
    fn clone(&self) -> Self {
        Self(Rc::clone(&self.0), self.1.clone())
    }
}

impl<T: Clone + 'static> Sender<T> for ToySender<T> {
    fn send(&self, message: T) {
        self.0.borrow_mut().push_back(message);
        self.1.set(0);
    }
}

impl<T> Drop for ToySender<T> {
    fn drop(&mut self) {
        self.1.set(0);
    }
}

impl<T: Clone + 'static> Mailbox<T> for ToyMailbox<T> {
    async fn recv(&self) -> Option<T> {
        match self.recv_until(None).await {
            Received::Message(message) => Some(message),
            Received::Closed | Received::Deadline => None,
        }
    }

    async fn recv_until(&self, deadline: Option<Moment>) -> Received<T> {
        loop {
            let message = self.0.borrow_mut().pop_front();
            match message {
                Some(message) => return Received::Message(message),
                None if Rc::strong_count(&self.0) == 1 => return Received::Closed,
                None => {}
            }
            if self.1.wait_until(deadline).await == Woken::Deadline {
                return Received::Deadline;
            }
        }
    }
}
