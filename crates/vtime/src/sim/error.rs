//! Why a run stopped.

use std::fmt;

use thiserror::Error;
use units::Moment;

/// Why a world could not go on.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum RunError {
    /// Nothing can ever happen again, and an actor of the foreground still waits.
    #[error(
        "deadlock at {}: nothing is left to happen, but these still wait: {}; \
         somebody has to set, send or end, or be spawned as a service",
        at.time,
        Listed(waiting)
    )]
    Deadlock {
        /// When the last event happened.
        at: Moment,
        /// Who waits, in the order of sources. Services are listed too, since the cause may be
        /// among them.
        waiting: Vec<Waiting>,
    },
    /// More happened at one instant than the world allows.
    #[error(
        "time stands still at {}: after {events} events of this instant `{actor}` still has \
         something to do; let it wait for a later moment or for an event that is not always set",
        at.time
    )]
    TimeStandsStill {
        /// The instant, and the phase that it had got to.
        at: Moment,
        /// Whose turn it was.
        actor: String,
        /// How many events there were at this instant.
        events: u64,
    },
    /// In a world that was forked off, an actor is due that nobody spawned again.
    #[error("`{actor}` is due at {} and was not spawned again after the fork", at.time)]
    NotTakenUp {
        /// When it is due.
        at: Moment,
        /// Its name.
        actor: String,
    },
}

/// An actor and what it waits for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// The actor's name.
    pub actor: String,
    /// The name of the event or mailbox.
    pub what: String,
}

/// `client` for `buffer event`, `engine` for `notification`
struct Listed<'a>(&'a [Waiting]);

impl fmt::Display for Listed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, Waiting { actor, what }) in self.0.iter().enumerate() {
            let comma = if at == 0 { "" } else { ", " };
            write!(f, "{comma}`{actor}` for `{what}`")?;
        }
        Ok(())
    }
}
