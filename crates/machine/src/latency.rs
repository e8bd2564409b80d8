//! Where the time between a position crossing and the answer to it went.

use units::SimDuration;

/// A part of the time between a position crossing and the end of the work it caused.
///
/// Model: the usual chain from the interrupt line to the first instruction of a thread, in the order
/// in which it is passed, and what the thread itself takes ([`RunSelf`](Self::RunSelf)), so that
/// the parts add up. The last two stand for a part of that chain, or for what is in place of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Component {
    /// The interrupt was masked.
    MaskWait,
    /// The core came out of an idle state.
    CstateExit,
    /// The interrupt service routine ran.
    IsrSelf,
    /// The DPC waited in the queue.
    DpcQueueWait,
    /// The DPC ran.
    DpcSelf,
    /// The thread was ready and did not run.
    ReadyWait,
    /// The context switch.
    Switch,
    /// The thread ran.
    RunSelf,
    /// The thread had begun and was preempted.
    RunPreempted,
    /// The thread waited for a lock.
    LockWait,
    /// The thread waited for a page.
    FaultWait,
    /// The timer was due and the clock had not ticked.
    TickWait,
    /// All from the interrupt to the first instruction of the thread, drawn as a whole.
    InterruptToProcess,
}

impl Component {
    /// All of them, in the order in which the usual ones pass.
    pub const ALL: [Self; 13] = [
        Self::MaskWait,
        Self::CstateExit,
        Self::IsrSelf,
        Self::DpcQueueWait,
        Self::DpcSelf,
        Self::ReadyWait,
        Self::Switch,
        Self::RunSelf,
        Self::RunPreempted,
        Self::LockWait,
        Self::FaultWait,
        Self::TickWait,
        Self::InterruptToProcess,
    ];

    /// The name in reports and results.
    pub const fn name(self) -> &'static str {
        match self {
            Self::MaskWait => "mask_wait",
            Self::CstateExit => "cstate_exit",
            Self::IsrSelf => "isr_self",
            Self::DpcQueueWait => "dpc_queue_wait",
            Self::DpcSelf => "dpc_self",
            Self::ReadyWait => "ready_wait",
            Self::Switch => "switch",
            Self::RunSelf => "run_self",
            Self::RunPreempted => "run_preempted",
            Self::LockWait => "lock_wait",
            Self::FaultWait => "fault_wait",
            Self::TickWait => "tick_wait",
            Self::InterruptToProcess => "interrupt_to_process",
        }
    }

    /// Its place in [`ALL`](Self::ALL), the number in the history.
    pub const fn index(self) -> usize {
        self as usize
    }
}

/// How long each part took. The parts add up to the whole, to the tick.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Latency([SimDuration; Component::ALL.len()]);

impl Latency {
    /// No time lost anywhere.
    pub const ZERO: Self = Self([SimDuration::ZERO; Component::ALL.len()]);

    /// How long `component` took.
    pub const fn of(&self, component: Component) -> SimDuration {
        self.0[component.index()]
    }

    /// Books `length` under `component`.
    pub fn add(&mut self, component: Component, length: SimDuration) {
        self.0[component.index()] += length;
    }

    /// All of it, and all of `other`.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        for (component, length) in other.parts() {
            self.add(component, length);
        }
        self
    }

    /// Takes `length` back from what is booked under `component`, at most all of it.
    pub fn take_back(&mut self, component: Component, length: SimDuration) {
        let part = &mut self.0[component.index()];
        *part = SimDuration::from_ticks(part.ticks().saturating_sub(length.ticks()));
    }

    /// The whole.
    pub fn total(&self) -> SimDuration {
        self.0
            .iter()
            .fold(SimDuration::ZERO, |sum, part| sum + *part)
    }

    /// The longest part, the first one among equals; `None` if nothing took any time.
    pub fn largest(&self) -> Option<Component> {
        let longest = self.0.iter().max()?;
        let mut parts = self.parts();
        parts
            .find(|(_, part)| part == longest)
            .map(|(component, _)| component)
    }

    /// The parts that took any time, in the order in which they pass.
    pub fn parts(&self) -> impl Iterator<Item = (Component, SimDuration)> {
        let all = Component::ALL
            .into_iter()
            .map(|component| (component, self.of(component)));
        all.filter(|(_, part)| !part.is_zero())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_add_up_to_the_whole() {
        let mut latency = Latency::ZERO;
        assert_eq!(latency.largest(), None);
        for component in Component::ALL {
            let length = SimDuration::from_ticks(component.index() as u64 + 1);
            latency.add(component, length);
        }
        assert_eq!(latency.total(), SimDuration::from_ticks(91));
        assert_eq!(latency.largest(), Some(Component::InterruptToProcess));
        latency.add(Component::DpcQueueWait, SimDuration::from_ticks(9));
        assert_eq!(
            latency.largest(),
            Some(Component::DpcQueueWait),
            "the first among equals"
        );
        assert_eq!(latency.parts().count(), 13);
        latency.take_back(Component::DpcQueueWait, SimDuration::from_ticks(10));
        assert_eq!(latency.total(), SimDuration::from_ticks(90));
        latency.take_back(Component::DpcQueueWait, SimDuration::from_ticks(4));
        assert_eq!(latency.total(), SimDuration::from_ticks(87));
    }

    #[test]
    fn names_and_places_are_unique() {
        for (place, component) in Component::ALL.into_iter().enumerate() {
            assert_eq!(component.index(), place);
            let same = Component::ALL
                .iter()
                .filter(|other| other.name() == component.name());
            assert_eq!(same.count(), 1);
        }
    }
}
