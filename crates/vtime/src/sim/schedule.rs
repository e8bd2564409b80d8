//! Who waits for what, and what ends next.

use units::{Moment, SimTime};

use super::key::{Key, SOURCES_MAX, Ticket};
use super::queue::Queue;
use super::world::Role;

/// What a wait is for, as a place in the kernel's list of names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct SignalId(pub(super) u32);

impl SignalId {
    /// The clock: the wait of a sleep.
    pub(super) const CLOCK: Self = Self(u32::MAX);
    /// The first poll of an actor.
    pub(super) const BIRTH: Self = Self(u32::MAX - 1);
}

/// What ended a wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// Somebody released it, with this tag.
    Released(u64),
    /// Its deadline.
    Deadline,
}

/// Where an actor is between its naming and its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Life {
    /// Named, not spawned.
    Unborn,
    /// Spawned.
    Living,
    /// Alive in the original of this world; its twin was not spawned yet.
    Vacant,
    /// Returned.
    Ended,
    /// Returned before this world was forked off.
    EndedBefore,
}

/// One actor as the schedule sees it.
#[derive(Clone, Debug)]
pub(super) struct Actor {
    pub(super) name: String,
    pub(super) role: Role,
    pub(super) life: Life,
    next_ordinal: u64,
    waits: Vec<Wait>,
}

#[derive(Clone, Copy, Debug)]
struct Wait {
    /// The key that ends it; other keys with its ticket are stale.
    key: Key,
    ticket: Ticket,
    on: SignalId,
    outcome: Outcome,
    /// True if a future of this world holds the ticket.
    held: bool,
}

/// The queue, and the waits that its keys stand for.
#[derive(Clone, Debug)]
pub(super) struct Schedule {
    queue: Queue,
    /// How many keys in the queue end nothing any more.
    stale: usize,
    pub(super) actors: Vec<Actor>,
}

/// What [`Schedule::pop`] found.
#[derive(Clone, Copy, Debug)]
pub(super) struct Due {
    pub(super) moment: Moment,
    pub(super) ticket: Ticket,
    pub(super) outcome: Outcome,
}

/// With fewer stale keys than this nobody cares.
const STALE_MIN: usize = 64;

impl Schedule {
    pub(super) fn new() -> Self {
        Self {
            queue: Queue::new(),
            stale: 0,
            actors: Vec::new(),
        }
    }

    /// Adds an actor and returns its place.
    pub(super) fn add_actor(&mut self, name: &str) -> u32 {
        let place = u32::try_from(self.actors.len()).expect("fewer than 2^32 actors");
        assert!(place < SOURCES_MAX, "a world has at most 2^20 actors");
        self.actors.push(Actor {
            name: name.to_owned(),
            role: Role::Service,
            life: Life::Unborn,
            next_ordinal: 0,
            waits: Vec::with_capacity(1),
        });
        place
    }

    /// The place of the actor called `name`.
    pub(super) fn find_actor(&self, name: &str) -> Option<u32> {
        let place = self.actors.iter().position(|actor| actor.name == name)?;
        u32::try_from(place).ok()
    }

    pub(super) fn actor_mut(&mut self, source: u32) -> &mut Actor {
        &mut self.actors[source as usize]
    }

    /// Enrols a wait of `source` that ends at `deadline` if nobody releases it before.
    #[inline]
    pub(super) fn enrol(&mut self, source: u32, on: SignalId, deadline: Option<Moment>) -> Ticket {
        let actor = &mut self.actors[source as usize];
        let ticket = Ticket::new(source, actor.next_ordinal);
        actor.next_ordinal += 1;
        let key = deadline.map_or(Key::NEVER, |moment| Key::new(moment, ticket));
        actor.waits.push(Wait {
            key,
            ticket,
            on,
            outcome: Outcome::Deadline,
            held: true,
        });
        if deadline.is_some() {
            self.queue.push(key);
        }
        ticket
    }

    /// Lets a future of a twin hold the wait on `on` that its original had enrolled.
    pub(super) fn adopt(&mut self, source: u32, on: SignalId) -> Option<Ticket> {
        let waits = &mut self.actors[source as usize].waits;
        let wait = waits.iter_mut().find(|wait| !wait.held && wait.on == on)?;
        wait.held = true;
        Some(wait.ticket)
    }

    /// What the actor waits for that no future of this world holds.
    pub(super) fn not_adopted(&self, source: u32) -> Option<SignalId> {
        let mut waits = self.actors[source as usize].waits.iter();
        waits.find(|wait| !wait.held).map(|wait| wait.on)
    }

    /// Forgets which futures hold the waits: those of a twin are still to come.
    pub(super) fn vacate(&mut self) {
        for actor in &mut self.actors {
            actor.life = match actor.life {
                Life::Living | Life::Vacant => Life::Vacant,
                Life::Ended | Life::EndedBefore => Life::EndedBefore,
                Life::Unborn => Life::Unborn,
            };
            for wait in &mut actor.waits {
                wait.held = false;
            }
        }
    }

    /// Ends the wait `ticket` at `moment`, with `tag`.
    #[inline]
    pub(super) fn release(&mut self, ticket: Ticket, moment: Moment, tag: u64) {
        let waits = &mut self.actors[ticket.source() as usize].waits;
        let wait = waits
            .iter_mut()
            .find(|wait| wait.ticket == ticket)
            .expect("who gives up a wait leaves the list of waiters");
        wait.outcome = Outcome::Released(tag);
        let key = Key::new(moment, ticket);
        if wait.key == key {
            return;
        }
        if wait.key != Key::NEVER {
            self.stale += 1;
        }
        wait.key = key;
        self.queue.push(key);
        if self.stale > STALE_MIN {
            self.sweep();
        }
    }

    /// Takes the wait `ticket` back, if it is still there.
    pub(super) fn abandon(&mut self, ticket: Ticket) -> Option<Outcome> {
        let waits = &mut self.actors[ticket.source() as usize].waits;
        let at = waits.iter().position(|wait| wait.ticket == ticket)?;
        let wait = waits.remove(at);
        if wait.key != Key::NEVER {
            self.stale += 1;
            self.sweep();
        }
        Some(wait.outcome)
    }

    /// When the next wait ends.
    #[inline]
    pub(super) fn next_time(&mut self) -> Option<SimTime> {
        while let Some(key) = self.queue.peek() {
            if self.stale == 0 || self.place_of(key).is_some() {
                return Some(key.time());
            }
            self.queue.pop();
            self.stale -= 1;
        }
        None
    }

    /// Takes out the wait that ends next, if it ends by `limit`.
    #[inline]
    pub(super) fn pop(&mut self, limit: SimTime) -> Option<Due> {
        loop {
            let key = self.queue.peek()?;
            if key.time() > limit {
                return None;
            }
            self.queue.pop();
            let Some(at) = self.place_of(key) else {
                self.stale -= 1;
                continue;
            };
            let ticket = key.ticket();
            let wait = self.actors[ticket.source() as usize].waits.swap_remove(at);
            return Some(Due {
                moment: key.moment(),
                ticket,
                outcome: wait.outcome,
            });
        }
    }

    /// Where among its actor's waits the one is that `key` ends; `None` if the key is stale.
    #[inline]
    fn place_of(&self, key: Key) -> Option<usize> {
        let waits = &self.actors[key.ticket().source() as usize].waits;
        waits.iter().position(|wait| wait.key == key)
    }

    /// Removes stale keys once they outnumber the others.
    #[inline]
    fn sweep(&mut self) {
        if self.stale > STALE_MIN && self.stale > self.queue.len() / 2 {
            let actors = &self.actors;
            self.queue.retain(|key| {
                let waits = &actors[key.ticket().source() as usize].waits;
                waits.iter().any(|wait| wait.key == key)
            });
            self.stale = 0;
        }
    }

    /// What the actor waits for, in the order of enrolment.
    pub(super) fn waits_of(&self, source: u32) -> impl Iterator<Item = SignalId> {
        self.actors[source as usize]
            .waits
            .iter()
            .map(|wait| wait.on)
    }
}
