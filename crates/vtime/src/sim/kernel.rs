//! What a world shares with the contexts, events and mailboxes in its actors' hands.

use std::cell::{Cell, RefCell};
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::rc::Weak;

use units::{Moment, SimTime};

use super::key::{Key, Ordinals, Ticket};
use super::queue::Queue;
use super::roster::{Life, Roster};
use super::wait::{Outcome, Signalled};
use super::world::Role;
use crate::history::{History, Keep, SourceId};

/// An actor's future.
pub(super) type Task = Pin<Box<dyn Future<Output = ()>>>;

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
    ordinals: Cell<Ordinals>,
    queue: Queue,
    /// True if the world has something to see to before it goes on: births, or that time stands
    /// still.
    pub(super) calls: Cell<bool>,
    /// What happened at this instant: wake-ups, and waits that were over at once.
    events_of_instant: Cell<u64>,
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
            ordinals: Cell::default(),
            queue: Queue::new(),
            calls: Cell::new(false),
            events_of_instant: Cell::new(0),
            events_of_instant_max: Cell::new(1_000_000),
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
            ordinals: self.ordinals.clone(),
            queue: self.queue.clone(),
            events_of_instant: self.events_of_instant.clone(),
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
        let (birth, ordinals) = self.ordinals.get().next(Ticket::of_none(source));
        self.ordinals.set(ordinals);
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
        let before = self.now.replace(key);
        if before.time() == key.time() {
            return self.count_event();
        }
        self.events_of_instant.set(1);
        true
    }

    /// Goes to `moment` without anybody running.
    pub(super) fn arrive(&self, moment: Moment) {
        if moment.time != self.now().time {
            self.events_of_instant.set(0);
        }
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

    /// Counts something that happens now. False if too much did at this instant: then the world
    /// stops the run.
    #[inline]
    pub(super) fn count_event(&self) -> bool {
        let events = self.events_of_instant.get() + 1;
        self.events_of_instant.set(events);
        let is_allowed = events <= self.events_of_instant_max.get();
        if !is_allowed {
            self.calls.set(true);
        }
        is_allowed
    }

    /// True if more happened at this instant than may.
    pub(super) fn time_stands_still(&self) -> bool {
        self.events_of_instant.get() > self.events_of_instant_max.get()
    }

    /// A ticket for a wait of the actor that runs.
    #[inline]
    pub(super) fn enrol(&self) -> Ticket {
        let (ticket, ordinals) = self.now.get().next_ticket(self.ordinals.get());
        self.ordinals.set(ordinals);
        ticket
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

    /// What ended the wait `ticket`, if the actor runs because of that.
    #[inline]
    pub(super) fn ended(&self, ticket: Ticket) -> Option<Outcome> {
        let now = self.now.get();
        if !now.is_of(ticket) {
            None
        } else if now.is_release() {
            Some(Outcome::Released)
        } else {
            Some(Outcome::Deadline)
        }
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
        self.queue.keys().iter().any(|key| key.ticket() == ticket)
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
