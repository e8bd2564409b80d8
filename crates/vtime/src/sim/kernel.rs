//! What a world shares with the contexts, events and mailboxes in its actors' hands.

use std::cell::{Cell, RefCell};
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;

use units::Moment;

use super::key::Ticket;
use super::schedule::{Due, Outcome, Schedule, SignalId};
use crate::history::{History, Keep, SourceId};

/// An actor's future.
pub(super) type Task = Pin<Box<dyn Future<Output = ()>>>;

/// No actor runs.
pub(super) const NOBODY: u32 = u32::MAX;

/// The shared half of a world.
pub(crate) struct Kernel {
    pub(super) seed: u64,
    pub(super) now: Cell<Moment>,
    /// The actor that runs.
    current: Cell<u32>,
    /// The wait for whose end it runs.
    fired: Cell<(Ticket, Outcome)>,
    /// True while the actor that runs is a twin that finds its original's waits.
    adopting: Cell<bool>,
    /// What happened at this instant: wake-ups, and waits that were over at once.
    pub(super) events_of_instant: Cell<u64>,
    pub(super) events_of_instant_max: Cell<u64>,
    pub(super) schedule: RefCell<Schedule>,
    pub(super) history: RefCell<History>,
    /// Names of events and mailboxes.
    names: RefCell<Vec<Rc<str>>>,
    /// Children that were spawned since the world last looked.
    pub(super) births: RefCell<Vec<(u32, Task)>>,
}

impl Kernel {
    pub(super) fn new(seed: u64, keep: Keep) -> Self {
        Self {
            seed,
            now: Cell::default(),
            current: Cell::new(NOBODY),
            fired: Cell::new((Ticket::NONE, Outcome::Deadline)),
            adopting: Cell::new(false),
            events_of_instant: Cell::new(0),
            events_of_instant_max: Cell::new(1_000_000),
            schedule: RefCell::new(Schedule::new()),
            history: RefCell::new(History::new(keep)),
            names: RefCell::default(),
            births: RefCell::default(),
        }
    }

    /// A kernel in the same state whose actors have no futures yet.
    pub(super) fn twin(&self) -> Self {
        let mut schedule = self.schedule.borrow().clone();
        schedule.vacate();
        Self {
            seed: self.seed,
            now: self.now.clone(),
            current: Cell::new(NOBODY),
            fired: Cell::new((Ticket::NONE, Outcome::Deadline)),
            adopting: Cell::new(false),
            events_of_instant: self.events_of_instant.clone(),
            events_of_instant_max: self.events_of_instant_max.clone(),
            schedule: RefCell::new(schedule),
            history: self.history.clone(),
            names: self.names.clone(),
            births: RefCell::default(),
        }
    }

    /// The place of the actor called `name`, which it is given on the first call.
    pub(super) fn actor(&self, name: &str) -> u32 {
        let mut schedule = self.schedule.borrow_mut();
        if let Some(place) = schedule.find_actor(name) {
            return place;
        }
        let place = schedule.add_actor(name);
        let source = self.history.borrow_mut().add_source(name);
        assert_eq!(source, SourceId::new(place), "each actor is a source");
        place
    }

    /// Gives a new event or mailbox its place among the names.
    pub(super) fn name_signal(&self, name: &str) -> (SignalId, Rc<str>) {
        let mut names = self.names.borrow_mut();
        let place = u32::try_from(names.len()).expect("fewer than 2^32 events");
        let name = Rc::from(name);
        names.push(Rc::clone(&name));
        (SignalId(place), name)
    }

    /// What a wait on `on` waits for, in words.
    pub(super) fn describe(&self, on: SignalId) -> String {
        match on {
            SignalId::CLOCK => "the clock".to_owned(),
            SignalId::BIRTH => "its first turn".to_owned(),
            SignalId(place) => self.names.borrow()[place as usize].to_string(),
        }
    }

    /// Puts `source` to work for the end of a wait.
    #[inline]
    pub(super) fn enter(&self, source: u32, due: Due) {
        self.now.set(due.moment);
        self.current.set(source);
        self.fired.set((due.ticket, due.outcome));
    }

    /// Puts a twin to work, to find its original's waits.
    pub(super) fn enter_adopting(&self, source: u32) {
        self.current.set(source);
        self.fired.set((Ticket::NONE, Outcome::Deadline));
        self.adopting.set(true);
    }

    #[inline]
    pub(super) fn leave(&self) {
        self.current.set(NOBODY);
        self.adopting.set(false);
    }

    /// True if a wait that is over at once may return at once; false if too many did at this
    /// instant, so that the world has to step in.
    #[inline]
    pub(super) fn allow_at_once(&self) -> bool {
        let events = self.events_of_instant.get() + 1;
        self.events_of_instant.set(events);
        events <= self.events_of_instant_max.get()
    }

    /// Enrols a wait of the actor that runs.
    #[inline]
    pub(super) fn enrol(&self, on: SignalId, deadline: Option<Moment>) -> Ticket {
        let source = self.running();
        self.schedule.borrow_mut().enrol(source, on, deadline)
    }

    /// If the actor that runs is a twin: the wait on `on` of its original.
    #[inline]
    pub(super) fn adopt(&self, on: SignalId) -> Option<Ticket> {
        if !self.adopting.get() {
            return None;
        }
        self.schedule.borrow_mut().adopt(self.running(), on)
    }

    /// Ends the wait `ticket` in answer to what happens now.
    #[inline]
    pub(super) fn release(&self, ticket: Ticket, tag: u64) {
        let moment = self.now.get().released();
        self.schedule.borrow_mut().release(ticket, moment, tag);
    }

    /// What ended the wait `ticket`, if the actor runs because of that.
    #[inline]
    pub(super) fn ended(&self, ticket: Ticket) -> Option<Outcome> {
        let (fired, outcome) = self.fired.get();
        (fired == ticket).then_some(outcome)
    }

    /// Takes the wait `ticket` back. Returns what had ended it before anybody looked.
    #[cold]
    pub(super) fn abandon(&self, ticket: Ticket) -> Option<Outcome> {
        let enrolled = self.schedule.borrow_mut().abandon(ticket);
        enrolled.or_else(|| self.ended(ticket))
    }

    fn running(&self) -> u32 {
        let current = self.current.get();
        assert!(
            current != NOBODY,
            "only an actor of its world awaits an event, a mailbox or the clock"
        );
        current
    }
}

impl fmt::Debug for Kernel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Kernel")
            .field("now", &self.now)
            .finish_non_exhaustive()
    }
}
