//! A call into the driver, as it crosses from one thread to the other.

use std::sync::Arc;
use std::sync::mpsc::SyncSender;

use ks::{
    HwLatency, KsState, PacketCount, PinConnect, Position, PresentationPosition, WritePacket,
};
use machine::Dispatch;
use ring::SharedBuffer;
use units::{Bytes, Moment, NtStatus, SimTime};

/// A call: what is asked, and where its answer goes. Who asks is in the kernel until that comes.
#[derive(Debug)]
pub(crate) struct Call {
    /// Which pin.
    pub(crate) pin: usize,
    pub(crate) ask: Ask,
    pub(crate) answer: SyncSender<Result<Answer, NtStatus>>,
}

/// What is asked of a pin by whoever plays.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Ask {
    /// Make it. The pin of the call is the number that it is to have.
    Create(PinConnect),
    State,
    SetState(KsState),
    Buffer {
        requested: Bytes,
        /// Notifications per turn; none for a buffer without them.
        notifications: Option<u32>,
        base: Option<u64>,
    },
    HwLatency,
    NotificationSupport,
    /// Have the event of this number set at each notification.
    Register(usize),
    Unregister(usize),
    Position,
    PresentationPosition,
    PacketCount,
    WritePacket(WritePacket),
    Close,
}

/// What the pin says.
#[derive(Debug)]
pub(crate) enum Answer {
    Done,
    State(KsState),
    /// The very memory that the device plays from.
    Buffer {
        buffer: Arc<SharedBuffer>,
        actual: Bytes,
        call_memory_barrier: bool,
    },
    HwLatency(HwLatency),
    NotificationSupport(bool),
    Position(Position),
    PresentationPosition(PresentationPosition),
    PacketCount(PacketCount),
}

/// An event was set on the side of the device.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Notice {
    /// Which, by the number that it was registered with.
    pub(crate) event: usize,
    pub(crate) tag: u64,
    /// When.
    pub(crate) set_at: Moment,
    /// On account of what was crossed when, and why not before.
    pub(crate) due: SimTime,
    pub(crate) dispatch: Dispatch,
}
