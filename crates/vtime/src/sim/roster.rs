//! The actors of a world by name.

use std::collections::BTreeMap;

use super::key::{SOURCES_MAX, Ticket};
use super::world::Role;

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

impl Life {
    pub(super) const fn is_alive(self) -> bool {
        matches!(self, Self::Living | Self::Vacant)
    }
}

/// What is known about an actor besides its future.
#[derive(Clone, Debug)]
pub(super) struct Actor {
    pub(super) name: String,
    pub(super) role: Role,
    pub(super) life: Life,
    /// The ticket under which its first turn was queued.
    pub(super) birth: Ticket,
}

/// All actors.
#[derive(Clone, Debug, Default)]
pub(super) struct Roster {
    /// In the order of sources.
    actors: Vec<Actor>,
    places: BTreeMap<String, u32>,
}

impl Roster {
    /// The place of the actor called `name`, if it has one.
    pub(super) fn find(&self, name: &str) -> Option<u32> {
        self.places.get(name).copied()
    }

    /// Adds an actor and returns its place.
    pub(super) fn add(&mut self, name: &str) -> u32 {
        let place = u32::try_from(self.actors.len()).expect("fewer than 2^32 actors");
        assert!(place < SOURCES_MAX, "a world has fewer than 2^16 actors");
        self.actors.push(Actor {
            name: name.to_owned(),
            role: Role::Service,
            life: Life::Unborn,
            birth: Ticket::NONE,
        });
        self.places.insert(name.to_owned(), place);
        place
    }

    pub(super) fn get(&self, place: u32) -> &Actor {
        &self.actors[place as usize]
    }

    pub(super) fn get_mut(&mut self, place: u32) -> &mut Actor {
        &mut self.actors[place as usize]
    }

    /// Places and actors that are alive.
    pub(super) fn alive(&self) -> impl Iterator<Item = (u32, &Actor)> {
        let all = (0..).zip(&self.actors);
        all.filter(|(_, actor)| actor.life.is_alive())
    }

    /// The actors of a twin world, to whom nobody has given a future yet.
    pub(super) fn vacated(&self) -> Self {
        let mut twin = self.clone();
        for actor in &mut twin.actors {
            actor.life = match actor.life {
                Life::Living | Life::Vacant => Life::Vacant,
                Life::Ended | Life::EndedBefore => Life::EndedBefore,
                Life::Unborn => Life::Unborn,
            };
        }
        twin
    }
}
