//! Whatever runs on a processor asks here for its time.
//!
//! ```text
//!  device ── line ──▶ ISR ── queues ──▶ DPC ── sets ──▶ event ──▶ thread ── runs
//!                      │                 │                          │         │
//!                      └──── Interrupt ──┘                        wake()    run()
//!                                        Machine: faults, who waited for what
//! ```
//!
//! The machine is ideal unless told otherwise: it delays nothing and costs no event.
//! [Injections](Injection) disturb it, each on behalf of a named fault; whatever time is
//! lost is booked under the [component](Component) of the wake-up that it was lost in, and the
//! parts of a [`Latency`] always add up to the whole.
//!
//! Delays can also be drawn from a [`WakeTable`], or come about: then everything competes for the
//! [cores](Core) of a [`Cpu`] with [loads](Load).
//!
//! Start with [`Machine`], then [`interrupt`], the actor between a device and its driver.
//!
//! ```
//! use machine::{Component, FaultId, Injection, Machine};
//! use units::{Phase, SimDuration, SimTime};
//!
//! let mut machine = Machine::ideal();
//! let late = SimDuration::from_millis(4);
//! machine.inject(FaultId::new(0), Injection::LateDpc { event: 5, by: late });
//!
//! let interrupt = SimTime::from_millis(50).at(Phase::Notify);
//! let dpc = machine.dispatch_dpc(interrupt, Some(5));
//! assert_eq!(dpc.runs, SimTime::from_millis(54).commit());
//! assert_eq!(dpc.latency.of(Component::DpcQueueWait), late);
//! ```
//!
//! # What the model leaves out
//!
//! * *Migration.* A thread runs on one [core](Core) and no other. Who has an idle core beside a busy
//!   one would notice.
//! * *DPCs for other cores.* A DPC runs on the core of its ISR. Whose driver sends it elsewhere would notice.
//! * *Who holds a lock, and who pages.* A [held lock](Injection::DeviceLock) and a [page fault](Injection::PageFault)
//!   are injected: nobody inherits the priority of who waits, since there is no owner. Whose lock is held by a
//!   thread that does not get to run would notice.
//! * *Boosts but that of a wake-up.* Threads that starve, or that have the foreground, are not favoured.
//! * *A DPC that is inserted while it runs.* It counts as queued until it has signalled. With a
//!   DPC that takes longer than a packet, a second run is missing.
//! * *Spurious notifications per device.* They go to the first interrupt that looks; a scenario
//!   with two devices would notice.

mod core;
mod cpu;
mod faults;
mod history;
mod idle;
mod injection;
mod interrupt;
mod latency;
mod level;
mod load;
mod machine;
mod multimedia;
mod statistics;
mod wake;
mod wake_table;

pub use crate::core::{Budget, Core, CoreConfig, JobId, Owner, Place, Request, Spent, Usage};
pub use crate::cpu::{Cpu, InterruptPath, Placed, Seat};
pub use history::{DELAY, DPC, FAULT_NONE, IN_BETWEEN, ISR, LATE_ISR, NOTIFICATION, WAKE};
pub use idle::IdleState;
pub use injection::{FaultId, Injection};
pub use interrupt::{
    DpcReport, Interrupt, InterruptRoutine, IsrOutcome, IsrReport, LateIsr, Notification, interrupt,
};
pub use latency::{Component, Latency};
pub use level::Level;
pub use load::{Load, Pace, Takes};
pub use machine::{Dispatch, Machine, Over, ThreadId, Wake};
pub use multimedia::{MultimediaTask, RelativePriority};
pub use wake::{held_up, is_put_off, timer_wake, wake};
pub use wake_table::{Knot, WakeTable, WakeTableError};
