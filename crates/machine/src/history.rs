//! What this crate writes into the history. Times are in ticks.

use vtime::{Descriptor, Field};

/// How a field `fault` says that there is none; else it is the fault's place plus 1.
pub const FAULT_NONE: u64 = 0;

/// The line of a device went up, and its interrupt service routine has to wait. One that runs at
/// once is not noted here.
pub static LATE_ISR: Descriptor = Descriptor::new(
    "machine.late_isr",
    &[
        // When it runs.
        Field::new("until", "tick"),
        Field::new("fault", "1"),
    ],
);

/// An interrupt service routine claimed an interrupt.
pub static ISR: Descriptor = Descriptor::new(
    "machine.isr",
    &[
        // Counted from 1, over all runs of the stream.
        Field::new("interrupt", "1"),
        // The notification it stands for.
        Field::new("event", "1"),
        // 1 if its DPC was queued already.
        Field::new("coalesced", "1"),
    ],
);

/// A DPC ran.
pub static DPC: Descriptor = Descriptor::new(
    "machine.dpc",
    &[
        // Counted from 1.
        Field::new("run", "1"),
        // When its interrupt came.
        Field::new("due", "tick"),
        // How long it waited in the queue.
        Field::new("queue_wait", "tick"),
        // How many interrupts it answers; 0 for a spurious one.
        Field::new("interrupts", "1"),
        Field::new("fault", "1"),
    ],
);

/// A DPC signalled a notification to one registered event.
pub static NOTIFICATION: Descriptor = Descriptor::new(
    "machine.notification",
    &[
        // Packets done; what the event is set with.
        Field::new("event", "1"),
        // The fault that kept the event from being set.
        Field::new("lost", "1"),
    ],
);

/// A thread found its event set, or its own timer expired.
pub static WAKE: Descriptor = Descriptor::new(
    "machine.wake",
    &[
        Field::new("thread", "1"),
        // What the event was set with, or how often the timer has expired.
        Field::new("event", "1"),
        // When the position was crossed that it answers to, or when the timer was due.
        Field::new("due", "tick"),
        // When its first instruction runs.
        Field::new("starts", "tick"),
        Field::new("fault", "1"),
    ],
);

/// What a part of a wake-up is said to be of, if it was lost in the middle of its work.
pub const IN_BETWEEN: u64 = 0;

/// A part of the time between `due` and `starts` of the wake-up written just before. Parts that
/// took no time are not written.
pub static DELAY: Descriptor = Descriptor::new(
    "machine.delay",
    &[
        Field::new("thread", "1"),
        // `IN_BETWEEN` for what the packet written just behind lost to others while it was made.
        Field::new("event", "1"),
        // See `Component`.
        Field::new("component", "1"),
        Field::new("length", "tick"),
    ],
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_entry_has_a_name_of_its_own() {
        Descriptor::assert_distinct(&[&LATE_ISR, &ISR, &DPC, &NOTIFICATION, &WAKE, &DELAY]);
    }
}
