//! What a controller can do wrong: faults as values, added to an engine that has none.
//!
//! A fault is data. It is [injected](crate::Controller::inject) into a controller, faults compose,
//! and without any the engine is the exact one. There are five nouns:
//!
//! | noun | what it spoils | the truth |
//! |---|---|---|
//! | [`PositionFault`] | what is shown of where the stream is | stays as it is |
//! | [`InterruptFault`] | when, and whether, an interrupt comes | stays as it is |
//! | [`RegisterFault`] | what other registers show | stays as it is |
//! | [`RecordFault`] | what the position buffer in memory shows | stays as it is |
//! | [`EngineFault`] | what is fetched, and when | changes, and the [`LinkLog`](crate::LinkLog) shows it |
//!
//! Magnitudes are whole numbers. What is left to chance is drawn by a key, so who looks when, and
//! how often, changes no draw. A look changes nothing else either, with one exception whose point
//! it is: [`EngineFault::ReadMovesEngine`].
//!
//! [`Suite`] names sets of faults that belong together.
//!
//! # Which fault to reach for
//!
//! * A client trusts the position: [`LpibLag`](PositionFault::LpibLag),
//!   [`LpibLead`](PositionFault::LpibLead). It takes steps for progress:
//!   [`BurstGrain`](PositionFault::BurstGrain), [`Backwards`](PositionFault::Backwards). It
//!   unwraps: [`PosAtOrAboveCbl`](PositionFault::PosAtOrAboveCbl). It subtracts two counters:
//!   [`DelayOtherTimebase`](PositionFault::DelayOtherTimebase),
//!   [`LinearNotReset`](PositionFault::LinearNotReset),
//!   [`PauseAddsDelay`](PositionFault::PauseAddsDelay).
//! * It counts interrupts: [`IrqLost`](InterruptFault::IrqLost),
//!   [`IrqSpurious`](InterruptFault::IrqSpurious),
//!   [`IrqCoalesce`](InterruptFault::IrqCoalesce). It believes that an interrupt means a packet
//!   done: [`IrqEarly`](InterruptFault::IrqEarly). It waits without a limit:
//!   [`MsiEdgeLost`](InterruptFault::MsiEdgeLost).
//! * It measures time with the wall clock: [`WallclkZero`](RegisterFault::WallclkZero) and its
//!   neighbors. It never heard of a device that is gone:
//!   [`ReadsAllOnes`](RegisterFault::ReadsAllOnes).
//! * It takes RUN for movement: [`StuckAfterResume`](EngineFault::StuckAfterResume),
//!   [`StallUntilAck`](EngineFault::StallUntilAck). It relies on the size of the FIFO:
//!   [`StartBurst`](EngineFault::StartBurst), [`MemPassesLink`](EngineFault::MemPassesLink).
//!
//! Numbers F01 to F30 in these pages are rows of `docs/rules/dma-hardware.md`.

mod engine;
mod interrupt;
mod odds;
mod position;
mod record;
mod register;
mod suite;

pub use engine::EngineFault;
pub(crate) use engine::{Answer, EngineFaults};
pub use interrupt::InterruptFault;
pub(crate) use interrupt::{InterruptFaults, MessageFaults, Verdict};
pub use odds::Odds;
pub use position::{Grain, Lag, PositionFault};
pub(crate) use position::{PositionFaults, Whereabouts};
pub use record::RecordFault;
pub(crate) use record::RecordFaults;
pub use register::RegisterFault;
pub(crate) use register::{ClockFaults, GoneFaults, StreamRegisterFaults};
pub use suite::Suite;

use units::SimTime;

/// Something that a controller does wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It shows where it is not.
    Position(PositionFault),
    /// It interrupts when it should not, or not when it should.
    Interrupt(InterruptFault),
    /// The position buffer shows what is not so.
    Record(RecordFault),
    /// Another register shows what is not so.
    Register(RegisterFault),
    /// It moves otherwise than it should.
    Engine(EngineFault),
}

/// A fault, and where it strikes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Injection {
    /// What it is called in the history: its place in a list that its user knows.
    pub id: u32,
    /// Number of the stream descriptor. Of no meaning for what the whole controller shares: wall
    /// clock, messages, a device that is gone.
    pub stream: u32,
    /// Where its draws come from: the seed of the run.
    pub seed: u64,
    /// What.
    pub fault: Fault,
}

/// A moment in which a fault changed something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Strike {
    /// Which fault, by [`Injection::id`].
    pub fault: u32,
    /// What it did.
    pub effect: Effect,
    /// Which completion of the stream's run, counted from 1; 0 where none is meant.
    pub completion: u64,
    /// When.
    pub at: SimTime,
}

/// What a fault did when it struck.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// A completion left no status.
    InterruptLost,
    /// A status was set without a completion.
    InterruptSpurious,
    /// The line went up, and no message was sent.
    MessageLost,
    /// The stream stood still though in RUN.
    Stalled,
}

impl Effect {
    /// How the history writes it.
    pub const fn code(self) -> u64 {
        match self {
            Self::InterruptLost => 0,
            Self::InterruptSpurious => 1,
            Self::MessageLost => 2,
            Self::Stalled => 3,
        }
    }

    /// The way back from [`code`](Self::code).
    pub const fn from_code(code: u64) -> Option<Self> {
        match code {
            0 => Some(Self::InterruptLost),
            1 => Some(Self::InterruptSpurious),
            2 => Some(Self::MessageLost),
            3 => Some(Self::Stalled),
            _ => None,
        }
    }
}

impl From<PositionFault> for Fault {
    fn from(fault: PositionFault) -> Self {
        Self::Position(fault)
    }
}

impl From<InterruptFault> for Fault {
    fn from(fault: InterruptFault) -> Self {
        Self::Interrupt(fault)
    }
}

impl From<RecordFault> for Fault {
    fn from(fault: RecordFault) -> Self {
        Self::Record(fault)
    }
}

impl From<RegisterFault> for Fault {
    fn from(fault: RegisterFault) -> Self {
        Self::Register(fault)
    }
}

impl From<EngineFault> for Fault {
    fn from(fault: EngineFault) -> Self {
        Self::Engine(fault)
    }
}

vtime::fork_by_clone!(Fault, Injection, Strike, Effect);
