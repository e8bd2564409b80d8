//! What a pin says.

use std::fmt;

use ks::{KsState, PinReply, Position, ReadPacket};
use units::{NtStatus, WaveFormat};

/// What was granted, of what a test can compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Said {
    /// It is done.
    Done,
    /// The state.
    State(KsState),
    /// The format.
    Format(WaveFormat),
    /// The buffer was made, of so many bytes.
    Buffer(u64),
    /// Yes or no.
    Switch(bool),
    /// Places in the buffer.
    Position(Position),
    /// Frames presented, and the counter then.
    Presented(u64, u64),
    /// Packets that are done.
    Count(u32),
    /// A captured packet.
    Packet(ReadPacket),
}

/// What came of it.
pub(super) type Answer = Result<Said, NtStatus>;

impl From<PinReply> for Said {
    fn from(reply: PinReply) -> Self {
        match reply {
            PinReply::State(state) => Self::State(state),
            PinReply::Format(format) => Self::Format(format),
            PinReply::Buffer(mapping) => Self::Buffer(mapping.actual.get()),
            PinReply::NotificationSupport(is_so) | PinReply::Switch(is_so) => Self::Switch(is_so),
            PinReply::Position(position) => Self::Position(position),
            PinReply::PresentationPosition(position) => {
                Self::Presented(position.blocks.get(), position.qpc.get())
            }
            PinReply::PacketCount(count) => Self::Count(count.get()),
            PinReply::ReadPacket(packet) => Self::Packet(packet),
            _ => Self::Done,
        }
    }
}

impl fmt::Display for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Done => f.write_str("done"),
            Self::State(state) => write!(f, "{state:?}"),
            Self::Format(format) => write!(f, "{} Hz", format.rate.hertz()),
            Self::Buffer(bytes) => write!(f, "{bytes} bytes"),
            Self::Switch(is_so) => write!(f, "{is_so}"),
            Self::Position(place) => write!(f, "{} {}", place.play.get(), place.write.get()),
            Self::Presented(frames, at) => write!(f, "frame {frames} at {at}"),
            Self::Count(count) => write!(f, "{count}"),
            Self::Packet(packet) => write!(f, "packet {}", packet.packet.get()),
        }
    }
}
