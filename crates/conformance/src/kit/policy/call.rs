//! What a consumer goes through.

use std::fmt;

use crate::kit::history::Trouble;
use crate::kit::{no, number};

/// One call of a consumer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PolicyCall {
    /// It looks at the position.
    Look,
    /// The device interrupts, and it looks.
    Interrupt,
    /// It looks, and what it reads is wrong in that way, by so many frames.
    Misread(Misreading, u64),
    /// Its loop wakes up, and the device has so many frames more than it should.
    Wake(i64),
    /// From now on the loop wakes up every so many frames.
    Quantum(u64),
}

/// How what a consumer sees differs from what is so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Misreading {
    /// A position lower than the truth (F08).
    Backwards,
    /// A position higher than the truth (F02).
    Ahead,
    /// A position that moves so many frames at a time (F07).
    Coarse,
    /// A position beyond what was written (F26).
    Beyond,
    /// A packet for which there was no interrupt (F09).
    Lost,
    /// An interrupt with no packet done since the one before (F05, F10).
    Extra,
}

impl Misreading {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Backwards,
        Self::Ahead,
        Self::Coarse,
        Self::Beyond,
        Self::Lost,
        Self::Extra,
    ];

    /// Its name in histories.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Backwards => "backwards",
            Self::Ahead => "ahead",
            Self::Coarse => "coarse",
            Self::Beyond => "beyond",
            Self::Lost => "lost",
            Self::Extra => "extra",
        }
    }

    /// What is read instead of `truth`.
    pub(super) fn of(self, truth: u64, written: u64, by: u64) -> u64 {
        match self {
            Self::Backwards => truth.saturating_sub(by),
            Self::Ahead => truth.saturating_add(by),
            Self::Coarse => truth / by.max(1) * by.max(1),
            Self::Beyond => written.saturating_add(by),
            Self::Lost | Self::Extra => truth,
        }
    }
}

const WORDS: &str =
    "policy calls are look, interrupt, misread WHAT FRAMES, wake ERROR and quantum FRAMES";

impl PolicyCall {
    pub(crate) fn parse(words: &[&str]) -> Result<Self, Trouble> {
        Ok(match *words {
            ["look"] => Self::Look,
            ["interrupt"] => Self::Interrupt,
            ["misread", what, by] => Self::Misread(misreading(what)?, number(by)?),
            ["wake", error] => Self::Wake(number(error)?),
            ["quantum", frames] => Self::Quantum(number::<u64>(frames)?.clamp(1, 1 << 24)),
            _ => return Err(no("call of a consumer", WORDS)),
        })
    }
}

fn misreading(name: &str) -> Result<Misreading, Trouble> {
    let known = Misreading::ALL.into_iter().find(|it| it.name() == name);
    known.ok_or_else(|| {
        no(
            "wrong reading",
            "they are backwards, ahead, coarse, beyond, lost and extra",
        )
    })
}

impl fmt::Display for PolicyCall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Look => f.write_str("look"),
            Self::Interrupt => f.write_str("interrupt"),
            Self::Misread(what, by) => write!(f, "misread {} {by}", what.name()),
            Self::Wake(error) => write!(f, "wake {error}"),
            Self::Quantum(frames) => write!(f, "quantum {frames}"),
        }
    }
}
