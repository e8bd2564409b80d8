//! What a world shares with the contexts, events and mailboxes in its actors' hands.

use std::cell::{Cell, RefCell};
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::rc::Weak;

use units::{Moment, SimTime};

use super::key::{Key, Ticket};
use super::queue::Queue;
use super::roster::{Life, Roster};
use super::wait::Signalled;
use super::world::Role;
use crate::history::{History, Keep, SourceId};

/// An actor's future.
pub(super) type Task = Pin<Box<dyn Future<Output = ()>>>;

/// How many events an instant may have, unless told otherwise.
const EVENTS_OF_INSTANT_MAX: u64 = 1_000_000;

/// Whose turn it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Turn {
    /// Nobody's.
    Nobodys,
    /// An actor's.
    Actors,
    /// A twin's, that looks for its original's waits.
    Twins,
}

/// The shared half of a world.
pub(crate) struct Kernel {
    pub(super) seed: u64,
    /// The key that was taken last: what moment it is, and who runs for which wait.
    now: Cell<Key>,
    turn: Cell<Turn>,
    /// The ticket that was given out last.
    latest: Cell<Ticket>,
    queue: Queue,
    /// True if the world has something to see to before it goes on: births, or that time stands
    /// still.
    pub(super) calls: Cell<bool>,
    /// Wake-ups, and waits that were over at once.
    pub(super) events: Cell<u64>,
    /// The event before which time has to have moved on from `checked`.
    check_at: Cell<u64>,
    checked: Cell<SimTime>,
    pub(super) events_of_instant_max: Cell<u64>,
    pub(super) history: RefCell<History>,
    pub(super) roster: RefCell<Roster>,
    /// Children that were spawned since the world last looked.
    pub(super) births: RefCell<Vec<(u32, Task)>>,
    /// Everything that can be waited for except the clock.
    signals: RefCell<Vec<Weak<dyn Signalled>>>,
    /// The waits that the twin whose turn it is has found.
    adopted: RefCell<Vec<Ticket>>,
}

impl Kernel {
    pub(super) fn new(seed: u64, keep: Keep) -> Self {
        Self {
            seed,
            now: Cell::new(Key::new(Moment::default(), Ticket::of_none(0))),
            turn: Cell::new(Turn::Nobodys),
            latest: Cell::new(Ticket::BEFORE_ALL),
            queue: Queue::new(),
            calls: Cell::new(false),
            events: Cell::new(0),
            check_at: Cell::new(EVENTS_OF_INSTANT_MAX),
            checked: Cell::new(SimTime::MAX),
            events_of_instant_max: Cell::new(EVENTS_OF_INSTANT_MAX),
            history: RefCell::new(History::new(keep)),
            roster: RefCell::default(),
            births: RefCell::default(),
            signals: RefCell::default(),
            adopted: RefCell::default(),
        }
    }

    /// A kernel in the same state whose actors have no futures yet.
    pub(super) fn twin(&self) -> Self {
        Self {
            now: self.now.clone(),
            latest: self.latest.clone(),
            queue: self.queue.clone(),
            events: self.events.clone(),
            check_at: self.check_at.clone(),
            checked: self.checked.clone(),
            events_of_instant_max: self.events_of_instant_max.clone(),
            history: self.history.clone(),
            roster: RefCell::new(self.roster.borrow().vacated()),
            ..Self::new(self.seed, Keep::Digest)
        }
    }

    /// The place of the actor called `name`, which it is given on the first call.
    pub(super) fn actor(&self, name: &str) -> u32 {
        let mut roster = self.roster.borrow_mut();
        if let Some(place) = roster.find(name) {
            return place;
        }
        let place = roster.add(name);
        let source = self.history.borrow_mut().add_source(name);
        assert_eq!(source, SourceId::new(place), "each actor is a source");
        place
    }

    /// Starts a life of `source`: its first turn is now.
    pub(super) fn give_birth(&self, source: u32, role: Role) {
        let of_source = Key::new(self.now(), Ticket::of_none(source));
        let birth = of_source.next_ticket(self.latest.get());
        self.latest.set(birth);
        let mut roster = self.roster.borrow_mut();
        let actor = roster.get_mut(source);
        actor.role = role;
        actor.life = Life::Living;
        actor.birth = birth;
        self.queue.push(Key::new(self.now(), birth));
    }

    /// Makes `signal` known for reports.
    pub(super) fn add_signal(&self, signal: Weak<dyn Signalled>) {
        let mut signals = self.signals.borrow_mut();
        if signals.len() == signals.capacity() {
            signals.retain(|signal| signal.strong_count() > 0);
        }
        signals.push(signal);
    }

    /// What `source` waits for, except for the clock.
    pub(super) fn awaited_by(&self, source: u32) -> Vec<String> {
        let signals = self.signals.borrow();
        let signals = signals.iter().filter_map(Weak::upgrade);
        signals
            .filter(|signal| signal.is_awaited_by(source))
            .map(|signal| signal.name().to_owned())
            .collect()
    }

    /// Takes the next key, if it is due by `limit`.
    #[inline]
    pub(super) fn pop(&self, limit: SimTime) -> Option<Key> {
        self.queue.pop(limit)
    }

    /// Puts a key back that was taken.
    #[cold]
    pub(super) fn put_back(&self, key: Key) {
        self.queue.push(key);
    }

    /// When the next wait ends.
    pub(super) fn next_time(&self) -> Option<SimTime> {
        self.queue.next_time()
    }

    /// The present moment.
    #[inline]
    pub(super) fn now(&self) -> Moment {
        self.now.get().moment()
    }

    /// Gives the turn to the actor whose key was taken. False if too much has happened now.
    #[inline]
    pub(super) fn enter(&self, key: Key) -> bool {
        self.now.set(key);
        self.count_event()
    }

    /// Goes to `moment` without anybody running.
    pub(super) fn arrive(&self, moment: Moment) {
        self.now.set(Key::new(moment, Ticket::of_none(0)));
    }

    /// From now on it is some actor's turn.
    pub(super) fn begin(&self) {
        self.turn.set(Turn::Actors);
    }

    /// Nobody has the turn any more.
    pub(super) fn leave(&self) {
        self.turn.set(Turn::Nobodys);
    }

    /// Counts something that happens now. False if time stands still: then the world stops the
    /// run.
    #[inline]
    pub(super) fn count_event(&self) -> bool {
        let events = self.events.get() + 1;
        self.events.set(events);
        events < self.check_at.get() || self.time_moves_on()
    }

    /// True if time has moved on since the last check. Checked so seldom that it costs nothing: so
    /// it is noticed after `events_of_instant_max` events of an instant or a few more, but after
    /// twice as many at the latest.
    #[cold]
    fn time_moves_on(&self) -> bool {
        let now = self.now().time;
        if self.checked.replace(now) == now {
            self.calls.set(true);
            return false;
        }
        self.put_check_off();
        true
    }

    /// True if the world was called because time stands still.
    pub(super) fn time_stands_still(&self) -> bool {
        self.events.get() >= self.check_at.get()
    }

    /// Sets how many events an instant may have.
    pub(super) fn set_events_of_instant_max(&self, events: u64) {
        self.events_of_instant_max.set(events);
        self.put_check_off();
    }

    fn put_check_off(&self) {
        let events = self.events_of_instant_max.get();
        self.check_at.set(self.events.get().saturating_add(events));
    }

    /// A ticket for a wait of the actor that runs.
    #[inline]
    pub(super) fn enrol(&self) -> Ticket {
        let ticket = self.now.get().next_ticket(self.latest.get());
        self.latest.set(ticket);
        ticket
    }

    /// True if no ticket was given out after this one. Then nothing has happened since.
    #[inline]
    pub(super) fn is_latest(&self, ticket: Ticket) -> bool {
        self.latest.get() == ticket
    }

    /// A ticket for a wait of the actor that runs, which is over at `deadline`.
    #[inline]
    pub(super) fn enrol_until(&self, deadline: Moment) -> Ticket {
        let ticket = self.enrol();
        self.queue.push(Key::new(deadline, ticket));
        ticket
    }

    /// Lets the actor with `ticket` run in answer to what happens now.
    #[inline]
    pub(super) fn release(&self, ticket: Ticket) {
        let key = self.now.get().released(ticket);
        self.queue.push(key);
    }

    /// Takes a key back; which of its wait's, says the ticket.
    pub(super) fn cancel(&self, ticket: Ticket) {
        if self.now.get().ticket() != ticket {
            self.queue.cancel(ticket);
        }
    }

    /// True if the actor runs because the wait `ticket` is over.
    #[inline]
    pub(super) fn is_over(&self, ticket: Ticket) -> bool {
        self.now.get().is_of(ticket)
    }

    /// True if the turn is a twin's, which has to find waits instead of enrolling them.
    ///
    /// # Panics
    /// If it is nobody's turn.
    #[inline]
    pub(super) fn is_adopting(&self) -> bool {
        self.turn.get() != Turn::Actors && self.is_twins_turn()
    }

    #[cold]
    fn is_twins_turn(&self) -> bool {
        assert!(
            self.turn.get() == Turn::Twins,
            "only an actor of its world awaits an event, a mailbox or the clock"
        );
        true
    }

    /// Gives the turn to the twin of `source`, for it to find its original's waits.
    pub(super) fn enter_twin(&self, source: u32) {
        self.turn.set(Turn::Twins);
        self.now.set(Key::new(self.now(), Ticket::of_none(source)));
        self.adopted.borrow_mut().clear();
    }

    /// The actor whose turn it is.
    pub(super) fn running(&self) -> u32 {
        self.now.get().ticket().source()
    }

    /// True if no future of the twin has `ticket` yet, which is one of its original's; now one has.
    pub(super) fn adopt(&self, ticket: Ticket) -> bool {
        let mut adopted = self.adopted.borrow_mut();
        let is_ours = ticket.source() == self.running() && !adopted.contains(&ticket);
        if is_ours {
            adopted.push(ticket);
        }
        is_ours
    }

    /// The twin waits for what its original does not wait for.
    ///
    /// # Panics
    /// Always: the two would go different ways.
    #[cold]
    pub(super) fn refuse_adoption(&self, what: &str) -> ! {
        let name = self.name_of(self.running());
        panic!("the twin of `{name}` waits for {what}, its original does not")
    }

    /// The twin's sleep until `moment`.
    pub(super) fn adopt_sleep(&self, moment: Moment) -> Option<Ticket> {
        let adopted = self.adopted.borrow();
        let ticket = self.queue.find(self.running(), moment, &adopted)?;
        drop(adopted);
        self.adopt(ticket).then_some(ticket)
    }

    /// True if a key of the twin is queued whose wait it has not found.
    pub(super) fn has_missed_waits(&self) -> bool {
        let adopted = self.adopted.borrow();
        let keys = self.queue.keys();
        let mut tickets = keys.iter().map(|key| key.ticket().bare());
        tickets.any(|ticket| ticket.source() == self.running() && !adopted.contains(&ticket))
    }

    /// True if the key with `ticket` is queued.
    pub(super) fn is_queued(&self, ticket: Ticket) -> bool {
        self.queue.contains(ticket)
    }

    pub(super) fn name_of(&self, source: u32) -> String {
        self.roster.borrow().get(source).name.clone()
    }
}

impl fmt::Debug for Kernel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Kernel")
            .field("now", &self.now())
            .finish_non_exhaustive()
    }
}
