//! Deterministic virtual time: actors that wait, and the order in which they wake.
//!
//! A model is a few *cores* (plain structs that compute) and as many *actors*: short `async fn`s
//! that wait for a moment, an event or a message, hand it to their core and wait again. An actor
//! is written against [`Context`] and so does not know who serves it: the virtual time of this
//! crate ([`sim::World`]), or a driver on the wall clock elsewhere.
//!
//! ```text
//!  actor ── cx.sleep_until(m) ─┐            ┌─ queue: (time, phase, source, ordinal)
//!  actor ── event.wait() ──────┼─▶  World ──┤
//!  actor ── mailbox.recv() ────┘            └─ History: entries, rolling digest
//! ```
//!
//! Two actors, a device and the client that it wakes every 10 ms:
//!
//! ```
//! use units::{Clock, SampleRate, SimTime};
//! use vtime::sim::{Role, World};
//! use vtime::{Context, Descriptor, Event, Field, Keep, Reset};
//!
//! static WOKEN: Descriptor = Descriptor::new(
//!     "client woken",
//!     &[Field { name: "packet", unit: "1" }],
//! );
//!
//! async fn device<C: Context>(packets: u64, notify: C::Event, cx: C) {
//!     let clock = Clock::nominal(cx.now(), SampleRate::HZ_48000);
//!     for packet in 1..=packets {
//!         cx.sleep_until(clock.instant_of(packet * 480).commit()).await;
//!         notify.set(packet);
//!     }
//! }
//!
//! async fn client<C: Context>(notified: C::Event, cx: C) {
//!     loop {
//!         let packet = notified.wait().await;
//!         cx.record(&WOKEN, &[packet]);
//!     }
//! }
//!
//! let mut world = World::new(7, Keep::All);
//! let event = world.event("notification", Reset::Auto);
//! let (card, app) = (world.actor("card"), world.actor("app"));
//! world.spawn(&card, Role::Foreground, device(3, event.clone(), card.clone()));
//! world.spawn(&app, Role::Service, client(event, app.clone()));
//!
//! world.run_until(SimTime::from_millis(100))?;
//! let history = world.history();
//! let times: Vec<_> = history.entries().map(|entry| entry.moment.time).collect();
//! assert_eq!(times, [10, 20, 30].map(SimTime::from_millis));
//! assert_eq!(history.digest().to_string().len(), 16);
//! # Ok::<(), vtime::sim::RunError>(())
//! ```
//!
//! # Order
//!
//! Events of a world happen in the order `(time, phase, source, ordinal)`: phases are those of
//! [`units::Phase`], the source is the actor that runs, in the order in which the actors were
//! named, and the ordinal counts the waits of that actor. Nothing else decides: no address, no
//! hash order, no thread, no wall clock.
//!
//! # Where to start
//!
//! [`Context`] and [`Event`] to write an actor, [`sim::World`] to run some, [`History`] for what
//! comes out, [`Fork`] to take a run up twice.
//!
//! # What the model leaves out
//!
//! * *Foreign futures.* The world polls an actor when one of its own waits ends, and gives it a
//!   waker that does nothing. An actor that awaits something of another library never wakes; the
//!   deadlock report says that it waits for nothing the world knows.
//! * *Preemption.* Between two awaits an actor is alone in its world. What a processor costs and
//!   who may interrupt whom is the business of the machine model above this crate.
//! * *Parallelism inside a world.* Independent stacks are worlds of their own, so that they share
//!   no queue and may run on a thread each. Who wants one world on two cores would notice.
//! * *Kernel dispatcher details.* Waiters are released first come, first served, and never
//!   boosted; Windows does the former without promising it. `PulseEvent` is missing.

mod context;
mod descriptor;
mod digest;
mod fork;
mod handle;
mod history;
mod rng;
mod shared;
pub mod sim;

pub use context::{Context, Event, Host, Mailbox, Received, Reset, Sender, Woken};
pub use descriptor::{Descriptor, Field};
pub use digest::Digest;
pub use fork::{Fork, Forker};
pub use handle::{EventHandle, Signal};
pub use history::{Entry, History, Keep, SourceId, WORDS_MAX};
pub use rng::Rng;
pub use shared::Shared;
