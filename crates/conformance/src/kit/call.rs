//! What a subject is asked.

use ks::{KsState, WritePacket};
use units::{Bytes, WaveFormat};

use crate::kit::{ControllerCall, PolicyCall};

/// One call. What a subject does not have, it answers with
/// [`NotOffered`](crate::kit::Answer::NotOffered).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Call {
    /// Make the cyclic buffer, with so many packets, or without notifications.
    #[doc(alias = "AllocateBufferWithNotification")]
    Buffer {
        /// The size asked for.
        requested: Bytes,
        /// The notification count, if there is one.
        packets: Option<u32>,
    },
    /// Set the event of that number at each notification.
    #[doc(alias = "RegisterNotificationEvent")]
    Register(u8),
    /// No longer set it.
    #[doc(alias = "UnregisterNotificationEvent")]
    Unregister(u8),
    /// Go to that state, through every state between.
    #[doc(alias = "SetState")]
    State(KsState),
    /// Where in the cyclic buffer does the device play?
    #[doc(alias = "GetPosition")]
    Position,
    /// How many bytes have moved since STOP?
    #[doc(alias = "GetStreamLinearBufferPosition")]
    Linear,
    /// Which frame is presented?
    #[doc(alias = "GetOutputStreamPresentationPosition")]
    Presentation,
    /// How many packets are done?
    #[doc(alias = "GetPacketCount")]
    PacketCount,
    /// This packet is written.
    #[doc(alias = "SetWritePacket")]
    Write(WritePacket),
    /// Which captured packet can be read?
    #[doc(alias = "GetReadPacket")]
    Read,
    /// Map the position register.
    #[doc(alias = "GetPositionRegister")]
    MapPosition,
    /// Map the clock register.
    #[doc(alias = "GetClockRegister")]
    MapClock,
    /// Read the mapped position register.
    ReadPosition,
    /// Read the mapped clock register.
    ReadClock,
    /// This format flows from now on, in a buffer of as many frames: in STOP, where the buffer goes
    /// and comes again.
    #[doc(alias = "SetFormat")]
    Format(WaveFormat),
    /// How many frames does a client hear from now on that has written so many since STOP?
    #[doc(alias = "snd_pcm_delay")]
    Delay(u64),
    /// The client stores frames into the ring: so many, from that frame of the ring on.
    Store {
        /// The first, in frames.
        first: u64,
        /// How many.
        frames: u64,
    },
    /// The client asks for the position and stores so many frames before the one on the side of
    /// memory: those that are said to be done.
    Overwrite(u64),
    /// The client asks for the position and looks at the frame so many before it, the next one
    /// before being 1: whose is it?
    Behind(u64),
    /// Whose was the frame that left the device as the last one but so many?
    Heard(u64),
    /// The time before this passes without the timer of the subject being served.
    Hold,
    /// Of a clock: how many counts are complete?
    ClockCount,
    /// Of a clock: when is that count complete?
    ClockTime(u64),
    /// Of a clock whose rate changes: from when on has it which rate, in that leg?
    ClockLeg(u32),
    /// Of a controller.
    Controller(ControllerCall),
    /// Of a consumer of positions.
    Policy(PolicyCall),
    /// Not a call: the event of that number was set.
    Signal(u8),
}

impl Call {
    /// True if it only asks: nothing may be different for its having been made.
    pub fn only_asks(self) -> bool {
        match self {
            Self::Controller(call) => call.only_asks(),
            _ => matches!(
                self,
                Self::Position
                    | Self::Linear
                    | Self::Presentation
                    | Self::PacketCount
                    | Self::ReadPosition
                    | Self::ReadClock
                    | Self::Delay(_)
                    | Self::Behind(_)
                    | Self::Heard(_)
                    | Self::ClockCount
                    | Self::ClockTime(_)
                    | Self::ClockLeg(_)
            ),
        }
    }
}
