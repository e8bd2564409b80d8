//! The calls of a recording.

use ks::{KsState, PacketNumber, WritePacket};
use units::Bytes;

use crate::replay::fields::{Fault, Fields};

/// The most repetitions of one row: a week of milliseconds.
const REPEATS_MAX: u64 = 604_800_000;

/// One call, or many of the same kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "named as the calls that they stand for")]
pub enum Operation {
    Allocate { size: u32, count: u32 },
    AllocatePlain { size: u32 },
    FreeBuffer,
    RegisterEvent(u32),
    UnregisterEvent(u32),
    SetState(KsState),
    GetPosition,
    GetLinearPosition,
    GetPresentationPosition,
    GetStreamPresentationPosition,
    GetPacketCount,
    SetWritePacket(WritePacket),
    GetReadPacket,
    SetWritePosition(u32),
    SetLastBufferPosition(u32),
    Tick,
    Ticks(Repeat),
    Polls(Repeat),
    PokePacketCounter { value: u64, last_read: u32 },
    GetClockRegister,
    GetPositionRegister,
    GetHwLatency,
    SetFormat,
}

/// The same call again and again, at equal distances; the last one at the time of the row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Repeat {
    /// How often.
    pub count: u64,
    /// Counts between two.
    pub period: u64,
}

impl Repeat {
    /// The counter readings, the last of which is `last`. `None` if the first lies before 0.
    pub(crate) fn first(self, last: u64) -> Option<u64> {
        let before = self.count.checked_sub(1)?.checked_mul(self.period)?;
        last.checked_sub(before)
    }
}

impl Operation {
    /// The call named `name` with `args`.
    pub(crate) fn parse(name: &str, args: &Fields<'_>) -> Result<Self, Fault> {
        Ok(match name {
            "allocate" => {
                let [size, count] = args.exactly(["size", "count"])?;
                Self::Allocate {
                    size: size.number()?,
                    count: count.number()?,
                }
            }
            "allocate_plain" => Self::AllocatePlain {
                size: args.only("size")?.number()?,
            },
            "register_event" => Self::RegisterEvent(args.only("event")?.number()?),
            "unregister_event" => Self::UnregisterEvent(args.only("event")?.number()?),
            "set_state" => Self::SetState(state(args)?),
            "set_write_packet" => Self::SetWritePacket(write_packet(args)?),
            "set_write_position" => Self::SetWritePosition(args.only("pos")?.number()?),
            "set_last_buffer_position" => Self::SetLastBufferPosition(args.only("pos")?.number()?),
            "ticks" => Self::Ticks(repeat(args)?),
            "polls" => Self::Polls(repeat(args)?),
            "poke_packet_counter" => {
                let [value, last_read] = args.exactly(["value", "last_read"])?;
                Self::PokePacketCounter {
                    value: value.number()?,
                    last_read: last_read.number()?,
                }
            }
            _ => {
                let operation = without_arguments(name).ok_or_else(|| Fault::unknown_call(name))?;
                args.exactly::<0>([])?;
                operation
            }
        })
    }
}

fn without_arguments(name: &str) -> Option<Operation> {
    Some(match name {
        "free_buffer" => Operation::FreeBuffer,
        "get_position" => Operation::GetPosition,
        "get_linear_position" => Operation::GetLinearPosition,
        "get_presentation_position" => Operation::GetPresentationPosition,
        "get_stream_presentation_position" => Operation::GetStreamPresentationPosition,
        "get_packet_count" => Operation::GetPacketCount,
        "get_read_packet" => Operation::GetReadPacket,
        "tick" => Operation::Tick,
        "get_clock_register" => Operation::GetClockRegister,
        "get_position_register" => Operation::GetPositionRegister,
        "get_hw_latency" => Operation::GetHwLatency,
        "set_format" => Operation::SetFormat,
        _ => return None,
    })
}

fn state(args: &Fields<'_>) -> Result<KsState, Fault> {
    let state = args.only("state")?;
    let known = KsState::ALL
        .into_iter()
        .find(|known| state_name(*known) == state.text);
    known.ok_or_else(|| state.fault("is no state", "STOP, ACQUIRE, PAUSE and RUN are states"))
}

/// A state as recordings call it.
pub(crate) const fn state_name(state: KsState) -> &'static str {
    match state {
        KsState::Stop => "STOP",
        KsState::Acquire => "ACQUIRE",
        KsState::Pause => "PAUSE",
        KsState::Run => "RUN",
    }
}

/// The length is there only where it means something.
fn write_packet(args: &Fields<'_>) -> Result<WritePacket, Fault> {
    let (packet, flags, length) = if let Some(length) = args.get("eos_len") {
        let [packet, flags, _] = args.exactly(["packet", "flags", "eos_len"])?;
        (packet, flags, length.number()?)
    } else {
        let [packet, flags] = args.exactly(["packet", "flags"])?;
        (packet, flags, 0u32)
    };
    Ok(WritePacket {
        packet: PacketNumber::new(packet.number()?),
        flags: flags.number()?,
        eos_packet_length: Bytes::new(length.into()),
    })
}

fn repeat(args: &Fields<'_>) -> Result<Repeat, Fault> {
    let [count, period] = args.exactly(["count", "period"])?;
    let repeat = Repeat {
        count: count.number()?,
        period: period.number()?,
    };
    if !(1..=REPEATS_MAX).contains(&repeat.count) {
        return Err(count.fault(
            "is no number of repetitions",
            "at least 1 and at most 604800000, a week of milliseconds; use several rows",
        ));
    }
    Ok(repeat)
}
