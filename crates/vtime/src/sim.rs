//! The driver for virtual time: one world, one thread, one queue.
//!
//! ```text
//! World ── owns ──▶ the actors' futures
//!   └─ Kernel ◀──── Cx, SimEvent, SimSender, SimMailbox (each holds it too)
//!        ├─ Queue of keys (time, phase, source, ordinal)
//!        ├─ Roster of actors
//!        └─ History
//! ```
//!
//! Each wait has a ticket: its actor and an ordinal. A sleep puts a key into the queue, which is
//! the moment and the ticket in one number; a wait for an event puts the ticket into the event,
//! and whoever sets the event puts it into the queue. The world takes the least key, remembers its
//! ticket, and polls that actor; the one future that has the ticket is over. There is no waker, no
//! list of ready tasks and nothing to allocate.

mod cx;
mod error;
mod event;
mod kernel;
mod key;
mod mailbox;
mod queue;
mod roster;
mod sleep;
mod wait;
mod world;

pub use cx::Cx;
pub use error::{RunError, Waiting};
pub use event::SimEvent;
pub(crate) use kernel::Kernel;
pub use mailbox::{SimMailbox, SimSender};
pub use world::{Role, World};
