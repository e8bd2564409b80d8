//! A history of requests, and its file.
//!
//! ```text
//! wavert-pin 1
//! format 48000 2 S16
//! packet 480
//! packets 2
//! start 0
//! ppb 0
//! 0 open
//! 0 buffer 3840 2
//! 100000 state Run
//! ```
//!
//! As a [history of calls](crate::kit::History): before a request stands the time since the one
//! before it, in units of 100 ns, and what follows a `#` is not read.

use portcls::DevicePower;
use units::Bytes;

use super::{Ask, Connect};
use crate::kit::{self, HistoryOf, Recorded, StepOf, Trouble, no, number};

/// What a pin goes through. Requests that ask a pin which is not open are left out.
pub type PinHistory = HistoryOf<Ask>;

/// A request, and the time that passes before it.
pub type PinStep = StepOf<Ask>;

const POWERS: [DevicePower; 4] = [
    DevicePower::D0,
    DevicePower::D1,
    DevicePower::D2,
    DevicePower::D3,
];
const ASKS: &str = "requests are open, close, state, get-state, format, get-format, buffer, \
    register, unregister, notification-support, hw-latency, map-position, map-clock, map-packets, \
    position, presentation, packet-count, write, read, power and remove";

impl Recorded for Ask {
    const FIRST_LINE: &'static str = "wavert-pin 1";
    const BEGINS: &'static str = "the first line is: wavert-pin 1";
    const KNOWN: &'static str = ASKS;

    fn parse(words: &[&str]) -> Result<Self, Trouble> {
        parse_ask(words)
    }

    fn buffer(&mut self) -> Option<(&mut Bytes, &mut Option<u32>)> {
        match self {
            Self::Buffer { requested, packets } => Some((requested, packets)),
            _ => None,
        }
    }
}

fn parse_ask(words: &[&str]) -> Result<Ask, Trouble> {
    Ok(match *words {
        ["buffer", requested] => Ask::Buffer {
            requested: Bytes::new(number(requested)?),
            packets: None,
        },
        ["buffer", requested, packets] => Ask::Buffer {
            requested: Bytes::new(number(requested)?),
            packets: Some(number(packets)?),
        },
        ["register", event] => Ask::Register(number(event)?),
        ["unregister", event] => Ask::Unregister(number(event)?),
        ["state", name] => Ask::State(kit::state(name)?),
        ["write", ahead, flags, valid] => Ask::Write {
            ahead: number(ahead)?,
            flags: number(flags)?,
            valid: number(valid)?,
        },
        ["power", name] => {
            let mut all = POWERS.into_iter();
            let known = all.find(|known| format!("{known:?}") == name);
            Ask::Power(known.ok_or_else(|| no("power state", "they are D0, D1, D2 and D3"))?)
        }
        ["open", "wrong"] => Ask::Open(Connect::Wrong),
        ["format", "wrong"] => Ask::Format(Connect::Wrong),
        [word] => plain_ask(word).ok_or_else(|| no("request", ASKS))?,
        _ => return Err(no("request", ASKS)),
    })
}

fn plain_ask(word: &str) -> Option<Ask> {
    Some(match word {
        "open" => Ask::Open(Connect::Right),
        "close" => Ask::Close,
        "get-state" => Ask::GetState,
        "format" => Ask::Format(Connect::Right),
        "get-format" => Ask::GetFormat,
        "notification-support" => Ask::NotificationSupport,
        "hw-latency" => Ask::HwLatency,
        "map-position" => Ask::MapPosition,
        "map-clock" => Ask::MapClock,
        "map-packets" => Ask::MapPackets,
        "position" => Ask::Position,
        "presentation" => Ask::Presentation,
        "packet-count" => Ask::PacketCount,
        "read" => Ask::Read,
        "remove" => Ask::Remove,
        _ => return None,
    })
}
