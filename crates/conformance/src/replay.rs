//! Recorded driver calls, made again.
//!
//! ```text
//!  a recording (CSV) ──▶ Recording ──▶ replay ──▶ dyn PositionLogic    status, outputs, registers
//!                                  └─▶ replay_ideal ──▶ dyn IdealLogic  the ideal columns
//!                                          │
//!                                          └──▶ Tally: equal, different, the first difference
//! ```
//!
//! A driver that was run under an injected performance counter leaves a [`Recording`]: one call
//! per row, with what it answered. Whoever has written position logic of his own adapts it to
//! [`PositionLogic`] and [replays](replay()) the recording through it. What a device without any
//! rounding would say stands in the recording, too; that is for an [`IdealLogic`].
//!
//! The clock is what the recording says, raw: turning it into time is part of what is tested.
//! Reports of states, write positions and presentation positions are in no recording, so they are
//! not compared.
//!
//! ```
//! use conformance::replay::Recording;
//!
//! let wrong = Recording::parse("case_id,dir\n").unwrap_err();
//! assert_eq!((wrong.line, wrong.column), (1, 13)); // Where the next column should be.
//! ```

mod calls;
mod fields;
mod ideal;
mod logic;
mod operation;
mod perform;
mod recording;
mod tally;

pub use calls::replay;
pub use ideal::{IdealLogic, replay_ideal};
pub use logic::{
    Buffer, CaseFormat, Direction, PositionLogic, Presented, Read, Reading, Report, ReportKind,
    Tick, Trouble,
};
pub use operation::{Operation, Repeat};
pub use recording::{Case, Ideal, Recording, RecordingError, Row};

/// Calls of Microsoft's sample virtual driver, recorded: 4237 of them in 117 cases. What lies beside
/// it says where it comes from.
pub const POSITION_GOLDEN: &str = include_str!("../data/position-golden.csv");

pub use tally::{Difference, FamilyTally, Tally};
