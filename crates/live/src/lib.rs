//! The same actors on the wall clock: who plays and who is played to on threads of their own.
//!
//! ```text
//!   thread "players"                            the caller's thread
//!   tokio, current_thread                       tokio, current_thread
//!   ┌─────────────────────┐  calls (and wait)   ┌──────────────────────────────┐
//!   │ clients, engine     │────────────────────▶│ pin, port, miniport          │
//!   │                     │◀────────────────────│ controller, interrupt        │
//!   └──────────┬──────────┘    notifications    └──────────────┬───────────────┘
//!              └───────── store ──▶ the ring ──▶ fetch ────────┘
//! ```
//!
//! Actors are written against [`vtime::Context`] and do not know who serves them. In virtual time
//! that is [`vtime::sim::World`], here it is a [`Stage`]: tokio's timers and wakers, and the wall
//! clock. The assembly is the same, too: [`scenario::PlayerHalf`] and [`scenario::DeviceHalf`] are
//! what a [`scenario::Stack`] is made of.
//!
//! The ring is shared as it is, an [`Arc`](std::sync::Arc) of atomics: nobody waits for anyone in the
//! data path. Control crosses as it does on a real system. A request to the pin is a call that
//! keeps its thread until the driver has answered; a notification is an event that somebody waits
//! for.
//!
//! The ledger is that of virtual time: what was stored and what was fetched is noted beside the
//! data, and the two histories are brought into one order. Time that the system took for itself is
//! booked as it is in the model: a device's thread that was late under `dpc_queue_wait`, a player's
//! under `ready_wait`.
//!
//! # Where to start
//!
//! [`run()`].
//!
//! # What it leaves out
//!
//! * *The same run again.* Nothing here is reproducible, and nothing depends on its being so.
//! * *Recording, devices that mix or are handed packets over, machines and detectors.* Scenarios with
//!   any of these are refused.
//! * *Mapped registers.* A register of the model is computed when somebody reads it, which only the
//!   device's thread can. A client that goes by one is told that there is none, and asks.
//! * *Finer time than a millisecond.* tokio's timers go no finer; a DMA engine that moves frames
//!   every millisecond looks ahead and behind by as much.

mod call;
mod clock;
mod event;
mod far_pin;
mod mailbox;
mod near_device;
mod run;
mod stage;

pub use clock::WallClock;
pub use event::LiveEvent;
pub use mailbox::{LiveMailbox, LiveSender};
pub use run::{LiveError, run};
pub use stage::{LiveCx, Stage};
