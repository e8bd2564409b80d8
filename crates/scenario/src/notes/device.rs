//! What the device did, for whoever is misled by it.

use machine::FaultId;
use units::SimTime;

/// What the device did last, as far as others may be misled by it.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct DeviceNotes {
    /// Number of its stream.
    pub(super) stream: u64,
    /// The latest interrupt: when, and the descriptors completed by then.
    pub(super) interrupt: Option<(SimTime, u64)>,
    /// The latest status without a completion: when, and the fault that set it.
    pub(super) spurious: Option<(SimTime, FaultId)>,
    /// No interrupt was answered since this completion, because of this fault.
    pub(super) silent: Option<(u64, FaultId)>,
    pub(super) suspects: Suspects,
}

/// Faults that leave no entry in the history when they strike.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Suspects {
    /// The fault because of which positions may be wrong, if all that can be have one name.
    pub(crate) misleads: Option<FaultId>,
    /// The one fault because of which the device is gone for a while, and when.
    pub(crate) gone: Option<(FaultId, SimTime, SimTime)>,
}

impl DeviceNotes {
    /// The fault because of which nobody answers an interrupt that comes at `at`.
    pub(super) fn deaf(&self, at: SimTime) -> Option<FaultId> {
        let (fault, from, until) = self.suspects.gone?;
        (from..until).contains(&at).then_some(fault)
    }

    pub(super) fn completions(&self) -> u64 {
        self.interrupt.map_or(0, |(_, completions)| completions)
    }

    /// The fault that brought about a wake-up which answers to something at `due`.
    pub(super) fn brought_about(&self, due: u64) -> Option<FaultId> {
        let (at, fault) = self.spurious?;
        (at == SimTime::from_ticks(due)).then_some(fault)
    }

    /// What had been completed when the interrupt came that a wake-up due at `due` answers to, and
    /// who would be to blame for another count.
    pub(super) fn misled(&self, due: SimTime) -> Option<(u64, FaultId)> {
        let (at, completions) = self.interrupt?;
        (at == due).then_some((completions, self.suspects.misleads?))
    }
}
