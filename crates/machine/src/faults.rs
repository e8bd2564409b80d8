//! The faults that are still to strike.

use std::collections::{BTreeMap, VecDeque};

use units::{SimDuration, SimTime};

use crate::injection::{FaultId, Injection};
use crate::machine::ThreadId;

/// The faults that are still to strike, each kept by what it waits for.
///
/// Whoever asks finds its fault without a look at the others, and a fault that is over is gone: a
/// generated scenario may have thousands.
#[derive(Clone, Debug, Default)]
pub(crate) struct Faults {
    late: BTreeMap<Late, VecDeque<(FaultId, SimDuration)>>,
    lost: BTreeMap<u64, VecDeque<FaultId>>,
    spurious: BTreeMap<SimTime, VecDeque<FaultId>>,
    /// By their beginning.
    blocks: VecDeque<Stretch>,
    /// The same of the lock of the device.
    locks: VecDeque<Stretch>,
}

/// What is late.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Late {
    /// The start of the thread that an event wakes.
    WakeUp(ThreadId, u64),
    /// The thread that an event wakes, for a page.
    Page(ThreadId, u64),
    /// The ISR of an interrupt.
    Isr(u64),
    /// The DPC of an event.
    Dpc(u64),
}

/// At or after `from` and before `until` something cannot be had.
#[derive(Clone, Copy, Debug)]
struct Stretch {
    id: FaultId,
    from: SimTime,
    until: SimTime,
}

impl Faults {
    pub(crate) fn add(&mut self, id: FaultId, injection: Injection) {
        match injection {
            Injection::LateWakeUp { thread, event, by } => {
                self.add_late(Late::WakeUp(thread, event), id, by);
            }
            Injection::PageFault { thread, event, by } => {
                self.add_late(Late::Page(thread, event), id, by);
            }
            Injection::LateIsr { interrupt, by } => self.add_late(Late::Isr(interrupt), id, by),
            Injection::LateDpc { event, by } => self.add_late(Late::Dpc(event), id, by),
            Injection::LostNotification { event } => {
                self.lost.entry(event).or_default().push_back(id);
            }
            Injection::SpuriousNotification { at } => {
                self.spurious.entry(at).or_default().push_back(id);
            }
            Injection::BlockedDpc { from, until } => {
                add_stretch(&mut self.blocks, Stretch { id, from, until });
            }
            Injection::DeviceLock { from, until } => {
                add_stretch(&mut self.locks, Stretch { id, from, until });
            }
        }
    }

    fn add_late(&mut self, what: Late, id: FaultId, by: SimDuration) {
        self.late.entry(what).or_default().push_back((id, by));
    }

    /// By how much `thread` starts late when `event` wakes it.
    pub(crate) fn strike_wake_up(
        &mut self,
        thread: ThreadId,
        event: u64,
    ) -> Option<(FaultId, SimDuration)> {
        strike(&mut self.late, &Late::WakeUp(thread, event))
    }

    /// How long `thread` waits for a page when `event` wakes it.
    pub(crate) fn strike_page(
        &mut self,
        thread: ThreadId,
        event: u64,
    ) -> Option<(FaultId, SimDuration)> {
        strike(&mut self.late, &Late::Page(thread, event))
    }

    /// By how much the ISR of `interrupt` starts late.
    pub(crate) fn strike_isr(&mut self, interrupt: u64) -> Option<(FaultId, SimDuration)> {
        strike(&mut self.late, &Late::Isr(interrupt))
    }

    /// By how much the DPC of `event` starts late.
    pub(crate) fn strike_dpc(&mut self, event: u64) -> Option<(FaultId, SimDuration)> {
        strike(&mut self.late, &Late::Dpc(event))
    }

    /// What keeps the DPC of `event` from setting events.
    pub(crate) fn strike_notification(&mut self, event: u64) -> Option<FaultId> {
        strike(&mut self.lost, &event)
    }

    /// When the next DPC without an interrupt runs.
    pub(crate) fn next_spurious(&self) -> Option<SimTime> {
        self.spurious.keys().next().copied()
    }

    /// The DPC without an interrupt that is due at `now`.
    pub(crate) fn strike_spurious(&mut self, now: SimTime) -> Option<FaultId> {
        let at = self.next_spurious().filter(|at| *at <= now)?;
        strike(&mut self.spurious, &at)
    }

    /// Forgets the blocks that are over at `now`, which nobody asks for any more.
    pub(crate) fn forget_before(&mut self, now: SimTime) {
        forget_before(&mut self.blocks, now);
    }

    /// What keeps DPCs from starting at `now`, and until when.
    pub(crate) fn blocked_at(&self, now: SimTime) -> Option<(FaultId, SimTime)> {
        stretch_at(&self.blocks, now)
    }

    /// Why the lock of the device is held at `now`, and until when. Threads do not ask in the order of time.
    pub(crate) fn locked_at(&self, now: SimTime) -> Option<(FaultId, SimTime)> {
        stretch_at(&self.locks, now)
    }

    /// How many there are.
    #[cfg(test)]
    fn pending(&self) -> usize {
        let stretches = self.blocks.len() + self.locks.len();
        self.late.len() + self.lost.len() + self.spurious.len() + stretches
    }
}

fn add_stretch(all: &mut VecDeque<Stretch>, stretch: Stretch) {
    let place = all.partition_point(|other| other.from <= stretch.from);
    all.insert(place, stretch);
}

fn forget_before(all: &mut VecDeque<Stretch>, now: SimTime) {
    while all.front().is_some_and(|stretch| stretch.until <= now) {
        all.pop_front();
    }
}

fn stretch_at(all: &VecDeque<Stretch>, now: SimTime) -> Option<(FaultId, SimTime)> {
    let begun = all.iter().take_while(|stretch| stretch.from <= now);
    let mut open = begun.filter(|stretch| now < stretch.until);
    open.next().map(|stretch| (stretch.id, stretch.until))
}

/// Takes the first of the faults that wait for `key`.
fn strike<K: Ord, T>(faults: &mut BTreeMap<K, VecDeque<T>>, key: &K) -> Option<T> {
    let waiting = faults.get_mut(key)?;
    let struck = waiting.pop_front();
    if waiting.is_empty() {
        faults.remove(key);
    }
    struck
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn id(ordinal: u32) -> FaultId {
        FaultId::new(ordinal)
    }

    #[test]
    fn a_fault_that_has_struck_is_gone() {
        let mut faults = Faults::default();
        let by = SimDuration::from_millis(1);
        for event in 0..1_000 {
            faults.add(id(0), Injection::LateDpc { event, by });
            faults.add(id(1), Injection::LostNotification { event });
            let from = SimTime::from_millis(event);
            let until = from + by;
            faults.add(id(2), Injection::SpuriousNotification { at: from });
            faults.add(id(3), Injection::BlockedDpc { from, until });
        }
        assert_eq!(faults.pending(), 4_000);
        for event in 0..1_000 {
            let now = SimTime::from_millis(event);
            faults.forget_before(now);
            assert_eq!(faults.strike_dpc(event), Some((id(0), by)));
            assert_eq!(faults.strike_notification(event), Some(id(1)));
            assert_eq!(faults.strike_spurious(now), Some(id(2)));
            assert_eq!(faults.blocked_at(now), Some((id(3), now + by)));
        }
        faults.forget_before(SimTime::from_millis(1_000));
        assert_eq!(faults.pending(), 0);
    }

    #[test]
    fn two_faults_of_the_same_event_strike_one_after_the_other() {
        let mut faults = Faults::default();
        for ordinal in 0..2 {
            faults.add(id(ordinal), Injection::LostNotification { event: 5 });
        }
        assert_eq!(faults.strike_notification(5), Some(id(0)));
        assert_eq!(faults.strike_notification(5), Some(id(1)));
        assert_eq!(faults.strike_notification(5), None);
    }

    #[test]
    fn a_block_within_a_block_is_still_found_when_it_is_the_longer_one_that_lasts() {
        let mut faults = Faults::default();
        let block = |from, until| Injection::BlockedDpc {
            from: SimTime::from_millis(from),
            until: SimTime::from_millis(until),
        };
        faults.add(id(0), block(5, 6));
        faults.add(id(1), block(1, 9));
        faults.forget_before(SimTime::from_millis(7));
        let found = faults.blocked_at(SimTime::from_millis(7));
        assert_eq!(found, Some((id(1), SimTime::from_millis(9))));
    }
}
