//! Faults that a scenario puts into the machine.

use units::{SimDuration, SimTime};

use crate::machine::ThreadId;

/// A fault of the scenario, by its place there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FaultId(u32);

/// What a fault does to the machine.
///
/// `event` is the number of a notification: the packets of the stream that are done by then.
/// Everything but a blocked DPC and a held lock strikes once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Injection {
    /// The thread that `event` wakes starts late.
    LateWakeUp {
        /// Which thread.
        thread: ThreadId,
        /// Which wake-up: what the event was set with.
        event: u64,
        /// How late.
        by: SimDuration,
    },
    /// The thread that `event` wakes has to wait for a page before it does anything.
    PageFault {
        /// Which thread.
        thread: ThreadId,
        /// Which wake-up: what the event was set with.
        event: u64,
        /// How long it takes to bring the page in.
        by: SimDuration,
    },
    /// Somebody holds the lock of the device at or after `from` and before `until`. A thread that is woken
    /// meanwhile asks the driver something first, and waits.
    ///
    /// # Source
    /// `audio/usepositionlock.md`: without a position lock the properties of streams wait for all others.
    DeviceLock {
        /// When it is taken.
        from: SimTime,
        /// When it is given back.
        until: SimTime,
    },
    /// The ISR of an interrupt starts late: the line is up, and interrupts are masked.
    LateIsr {
        /// Which interrupt of the device, counted from 1.
        interrupt: u64,
        /// How late.
        by: SimDuration,
    },
    /// No DPC starts at or after `from` and before `until`.
    BlockedDpc {
        /// The first instant at which none starts.
        from: SimTime,
        /// The instant at which they start again.
        until: SimTime,
    },
    /// The DPC that the interrupt of `event` queues starts late.
    LateDpc {
        /// Which notification.
        event: u64,
        /// How late.
        by: SimDuration,
    },
    /// The DPC of `event` runs, but does not set the events that are registered.
    LostNotification {
        /// Which notification.
        event: u64,
    },
    /// A DPC runs without an interrupt.
    SpuriousNotification {
        /// When.
        at: SimTime,
    },
}

impl FaultId {
    /// The fault at place `ordinal` of the scenario.
    pub const fn new(ordinal: u32) -> Self {
        Self(ordinal)
    }

    /// Its place in the scenario.
    pub const fn ordinal(self) -> u32 {
        self.0
    }

    /// How the history writes a fault that may not be there: its place plus 1, or 0.
    pub fn word(fault: Option<Self>) -> u64 {
        fault.map_or(0, |fault| u64::from(fault.0) + 1)
    }

    /// The way back from [`word`](Self::word).
    pub fn from_word(word: u64) -> Option<Self> {
        word.checked_sub(1)
            .and_then(|ordinal| u32::try_from(ordinal).ok())
            .map(Self)
    }
}

vtime::fork_by_clone!(FaultId, Injection);
