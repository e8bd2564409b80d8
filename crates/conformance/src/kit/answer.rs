//! What a subject answers.

use std::fmt;

use ks::{Position, PresentationPosition, ReadPacket};
use units::{Bytes, Hns, NtStatus};

use crate::kit::{Leg, Mark};

/// The answer to a [`Call`](crate::kit::Call).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// The subject has no such thing.
    NotOffered,
    /// It worked.
    Done,
    /// It did not work.
    Refused(NtStatus),
    /// Places in the cyclic buffer.
    Position(Position),
    /// Bytes since STOP, or counts of a clock.
    Linear(u64),
    /// A frame, and when it was presented.
    Presented(PresentationPosition),
    /// Packets done.
    Count(u32),
    /// A captured packet.
    Packet(ReadPacket),
    /// What a register reads as.
    Register(u64),
    /// A register was mapped.
    Mapped {
        /// Its width in bits.
        width: u32,
        /// Ticks per second of a clock register; 0 of a position register.
        hertz: u64,
        /// By how much a reading may lag, in bytes or ticks.
        accuracy: u32,
    },
    /// The cyclic buffer that was made.
    Buffer {
        /// Its size.
        actual: Bytes,
    },
    /// A frame of the ring, or of what left since STOP, and whose it is.
    Frame {
        /// Its number.
        frame: u64,
        /// Whose.
        mark: Mark,
    },
    /// By how much a loop wants to be faster than nominal, in parts per 10^9.
    Rate(i64),
    /// An instant.
    Time(Hns),
    /// A leg of a clock whose rate changes.
    Leg(Leg),
}

impl Answer {
    /// True if the subject has what it was asked for.
    pub fn is_offered(self) -> bool {
        !matches!(
            self,
            Self::NotOffered | Self::Refused(NtStatus::NOT_SUPPORTED)
        )
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotOffered => f.write_str("not offered"),
            Self::Done => f.write_str("done"),
            Self::Refused(status) => f.write_str(status.name()),
            Self::Position(at) if at.play == at.write => write!(f, "{}", at.play.get()),
            Self::Position(at) => write!(f, "play {}, write {}", at.play.get(), at.write.get()),
            Self::Linear(count) => write!(f, "{count}"),
            Self::Presented(at) => write!(f, "frame {} at {}", at.blocks.get(), millis(at.qpc)),
            Self::Count(count) => write!(f, "{count}"),
            Self::Packet(read) => {
                let (packet, at) = (read.packet, millis(read.performance_counter));
                let more = if read.more_data { ", more" } else { "" };
                write!(f, "packet {packet} of {at}, flags {}{more}", read.flags)
            }
            Self::Register(value) => write!(f, "{value}"),
            Self::Mapped { width, .. } => write!(f, "{width} bits"),
            Self::Buffer { actual } => write!(f, "{} bytes", actual.get()),
            Self::Frame { frame, mark } => write!(f, "frame {frame}, {mark}"),
            Self::Rate(ppb) => write!(f, "{ppb} ppb"),
            Self::Time(at) => f.write_str(&millis(*at)),
            Self::Leg(leg) => write!(f, "{} ppb from {} on", leg.ppb, millis(leg.since)),
        }
    }
}

/// A counter value as milliseconds. One that was moved to before 0 is negative.
pub(crate) fn millis(at: Hns) -> String {
    let is_before = at.get() > u64::MAX / 2;
    let (sign, hns) = if is_before {
        ("-", at.get().wrapping_neg())
    } else {
        ("", at.get())
    };
    format!("{sign}{}.{:04} ms", hns / 10_000, hns % 10_000)
}
