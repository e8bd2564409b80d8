//! The driver for virtual time: one world, one thread, one queue.
//!
//! ```text
//! World ── owns ──▶ the actors' futures
//!   └─ Kernel ◀──── Cx, SimEvent, SimSender, SimMailbox (each holds it too)
//!        ├─ Schedule: Queue of keys, and each actor's waits
//!        └─ History
//! ```
//!
//! A wait enrols with the [`World`]'s schedule: a place among the actor's waits and, if it has a
//! deadline, a key in the queue. Setting an event re-keys the wait of whom it releases. The world
//! takes the least key, tells the one future that waits under it what ended its wait, and polls
//! that actor. There is no waker, no list of ready tasks and nothing to allocate.

mod cx;
mod error;
mod event;
mod kernel;
mod key;
mod mailbox;
mod queue;
mod schedule;
mod wait;
mod world;

pub use cx::Cx;
pub use error::{RunError, Waiting};
pub use event::SimEvent;
pub(crate) use kernel::Kernel;
pub use mailbox::{SimMailbox, SimSender};
pub use world::{Role, World};
