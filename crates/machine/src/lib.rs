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
//! * *Processors.* There is no core, no IRQL and no priority yet: a delay is injected or drawn as a
//!   whole, it does not come about; ISR and DPC take no time. Components that only those can fill
//!   ([`Component::CstateExit`], [`Component::IsrSelf`],
//!   [`Component::DpcSelf`], [`Component::Switch`], [`Component::RunPreempted`],
//!   [`Component::LockWait`], [`Component::FaultWait`]) stay zero. Who asks *why* a DPC was
//!   blocked would notice.
//! * *A DPC that is inserted while it runs.* It counts as queued until it has signalled. With a
//!   DPC that takes longer than a packet, a second run is missing.
//! * *Spurious notifications per device.* They go to the first interrupt that looks; a scenario
//!   with two devices would notice.

mod faults;
mod history;
mod injection;
mod interrupt;
mod latency;
mod machine;
mod statistics;
mod wake;
mod wake_table;

pub use history::{DELAY, DPC, FAULT_NONE, ISR, LATE_ISR, NOTIFICATION, WAKE};
pub use injection::{FaultId, Injection};
pub use interrupt::{
    DpcReport, Interrupt, InterruptRoutine, IsrOutcome, IsrReport, LateIsr, Notification, interrupt,
};
pub use latency::{Component, Latency};
pub use machine::{Dispatch, Machine, ThreadId, Wake};
pub use wake::{timer_wake, wake};
pub use wake_table::{Knot, WakeTable, WakeTableError};
