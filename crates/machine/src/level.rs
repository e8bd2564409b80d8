//! How urgent it is what runs on a processor.

/// A level: what is higher runs first, and takes the core from what is lower.
///
/// # Source
/// `kernel/managing-hardware-priorities.md`: ISRs before DPCs before threads. The numbers of the
/// levels between are those of x64; the model knows their order and nothing else.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// A thread of this priority, 0 to 31.
    #[doc(alias = "PASSIVE_LEVEL")]
    Thread(u8),
    /// A threaded DPC: before every thread, and an ordinary DPC takes the core from it.
    ///
    /// # Source
    /// `kernel/introduction-to-threaded-dpcs.md`.
    ThreadedDispatch,
    /// A DPC.
    #[doc(alias = "DISPATCH_LEVEL")]
    Dispatch,
    /// The ISR of a device, by its interrupt request level.
    #[doc(alias = "DIRQL")]
    Device(u8),
    /// The clock interrupt.
    #[doc(alias = "CLOCK_LEVEL")]
    Clock,
    /// The firmware: nothing masks it.
    #[doc(alias = "SMI")]
    Firmware,
}

impl Level {
    /// True for threads, which share a core of one priority in turns.
    pub const fn is_thread(self) -> bool {
        matches!(self, Self::Thread(_))
    }
}

vtime::fork_by_clone!(Level);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn interrupts_come_before_dpcs_and_those_before_any_thread() {
        let rising = [
            Level::Thread(0),
            Level::Thread(31),
            Level::ThreadedDispatch,
            Level::Dispatch,
            Level::Device(3),
            Level::Device(11),
            Level::Clock,
            Level::Firmware,
        ];
        assert!(rising.is_sorted_by(|low, high| low < high));
    }
}
