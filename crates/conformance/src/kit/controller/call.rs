//! What a driver and its client do with a controller.

use std::fmt;

use units::{Bytes, Hns};

use crate::kit::{Trouble, no, number};

/// One thing that is done with a controller, or looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ControllerCall {
    /// The bus will be denied, from one time after the start to another. Only before anything else.
    Deny {
        /// From here on.
        from: Hns,
        /// Until then.
        until: Hns,
    },
    /// Take it out of reset, anew.
    Reset,
    /// Read the register at that offset.
    Load(u32),
    /// Write it.
    Store(u32, u32),
    /// Program that stream: it is in reset before, and does not run after.
    SetUp(u32),
    /// Start the streams of these bits together.
    #[doc(alias = "SSYNC")]
    Start(u32),
    /// Read the position of that stream in the position buffer.
    #[doc(alias = "DPLBASE")]
    Record(u32),
    /// The client fills the whole ring of that stream with a byte.
    Fill(u32, u8),
    /// Which byte of that stream went over the link, so many bytes after its reset?
    Heard(u32, Bytes),
}

impl ControllerCall {
    /// Which there are.
    pub(crate) const KNOWN: &'static str = "calls of a controller are deny, reset, load, store, \
        set-up, start, record, fill and heard";

    /// True if it only looks.
    pub(crate) const fn only_asks(self) -> bool {
        matches!(self, Self::Load(_) | Self::Record(_) | Self::Heard(..))
    }

    /// The call that these words are, without the first.
    pub(crate) fn parse(words: &[&str]) -> Result<Self, Trouble> {
        Ok(match *words {
            ["deny", from, until] => Self::Deny {
                from: Hns::new(number(from)?),
                until: Hns::new(number(until)?),
            },
            ["reset"] => Self::Reset,
            ["load", offset] => Self::Load(hex(offset)?),
            ["store", offset, value] => Self::Store(hex(offset)?, hex(value)?),
            ["set-up", stream] => Self::SetUp(bit(stream)?),
            ["start", streams] => Self::Start(hex(streams)?),
            ["record", stream] => Self::Record(bit(stream)?),
            ["fill", stream, value] => Self::Fill(bit(stream)?, number(value)?),
            ["heard", stream, offset] => Self::Heard(bit(stream)?, Bytes::new(number(offset)?)),
            _ => return Err(no("call of a controller", Self::KNOWN)),
        })
    }
}

fn hex(word: &str) -> Result<u32, Trouble> {
    let digits = word.strip_prefix("0x");
    let value = digits.and_then(|digits| u32::from_str_radix(digits, 16).ok());
    value.ok_or_else(|| {
        no(
            "register, value or set of streams",
            "they are as 0x1f, of 32 bits",
        )
    })
}

/// The number of a stream.
fn bit(word: &str) -> Result<u32, Trouble> {
    let stream = number(word)?;
    if stream < super::STREAMS {
        return Ok(stream);
    }
    Err(no("stream", "inputs are 0 and 1, outputs 2 and 3"))
}

impl fmt::Display for ControllerCall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Deny { from, until } => write!(f, "deny {} {}", from.get(), until.get()),
            Self::Reset => f.write_str("reset"),
            Self::Load(offset) => write!(f, "load {offset:#x}"),
            Self::Store(offset, value) => write!(f, "store {offset:#x} {value:#x}"),
            Self::SetUp(stream) => write!(f, "set-up {stream}"),
            Self::Start(streams) => write!(f, "start {streams:#x}"),
            Self::Record(stream) => write!(f, "record {stream}"),
            Self::Fill(stream, value) => write!(f, "fill {stream} {value}"),
            Self::Heard(stream, offset) => write!(f, "heard {stream} {}", offset.get()),
        }
    }
}
