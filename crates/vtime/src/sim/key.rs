//! The place of an event in the order of its world.

use units::{Moment, Phase, SimTime};

use crate::history::phase_number;

const SOURCE_BITS: u32 = 20;
const ORDINAL_BITS: u32 = 42;
const SOURCE_SHIFT: u32 = ORDINAL_BITS;
const PHASE_SHIFT: u32 = ORDINAL_BITS + SOURCE_BITS;
const ORDINAL_MASK: u64 = (1 << ORDINAL_BITS) - 1;
const SOURCE_MASK: u64 = (1 << SOURCE_BITS) - 1;

/// How many actors a world can have.
pub(super) const SOURCES_MAX: u32 = 1 << SOURCE_BITS;

/// `(time, phase, source, ordinal)` in one number: 64, 2, 20 and 42 bits, most significant first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key(u128);

impl Key {
    /// Later than every other: the key of a wait without a deadline, which is never queued.
    pub(super) const NEVER: Self = Self(u128::MAX);

    #[inline]
    pub(super) fn new(moment: Moment, ticket: Ticket) -> Self {
        let low = (phase_number(moment.phase) << PHASE_SHIFT) | ticket.0;
        Self((u128::from(moment.time.ticks()) << 64) | u128::from(low))
    }

    #[inline]
    pub(super) fn time(self) -> SimTime {
        SimTime::from_ticks((self.0 >> 64) as u64)
    }

    #[inline]
    pub(super) fn moment(self) -> Moment {
        let phase = match self.low() >> PHASE_SHIFT {
            0 => Phase::Commit,
            1 => Phase::Move,
            2 => Phase::Notify,
            _ => Phase::React,
        };
        self.time().at(phase)
    }

    #[inline]
    pub(super) fn ticket(self) -> Ticket {
        Ticket(self.low() & ((1 << PHASE_SHIFT) - 1))
    }

    #[inline]
    #[expect(clippy::cast_possible_truncation, reason = "the low half is meant")]
    fn low(self) -> u64 {
        self.0 as u64
    }
}

/// Which wait of which actor: `(source, ordinal)`, the lower part of a [`Key`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Ticket(u64);

impl Ticket {
    /// No wait has this one.
    pub(super) const NONE: Self = Self(u64::MAX);

    /// The wait number `ordinal` of `source`.
    #[inline]
    pub(super) fn new(source: u32, ordinal: u64) -> Self {
        debug_assert!(source < SOURCES_MAX, "checked when the actor was named");
        assert!(
            ordinal <= ORDINAL_MASK,
            "an actor waits fewer than 2^42 times"
        );
        Self((u64::from(source) << SOURCE_SHIFT) | ordinal)
    }

    #[inline]
    pub(super) fn source(self) -> u32 {
        ((self.0 >> SOURCE_SHIFT) & SOURCE_MASK) as u32
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn any_phase() -> impl Strategy<Value = Phase> {
        prop::sample::select(vec![
            Phase::Commit,
            Phase::Move,
            Phase::Notify,
            Phase::React,
        ])
    }

    type Parts = (u64, Phase, u32, u64);

    fn any_parts() -> impl Strategy<Value = Parts> {
        let time = prop_oneof![0..3_u64, any::<u64>()];
        let source = prop_oneof![0..3_u32, 0..SOURCES_MAX];
        let ordinal = prop_oneof![0..3_u64, 0..=ORDINAL_MASK];
        (time, any_phase(), source, ordinal)
    }

    fn key((time, phase, source, ordinal): Parts) -> Key {
        let moment = SimTime::from_ticks(time).at(phase);
        Key::new(moment, Ticket::new(source, ordinal))
    }

    proptest! {
        #[test]
        fn keys_are_ordered_like_their_parts(a in any_parts(), b in any_parts()) {
            prop_assert_eq!(key(a).cmp(&key(b)), a.cmp(&b));
        }

        #[test]
        fn a_key_gives_its_parts_back(parts in any_parts()) {
            let (time, phase, source, ordinal) = parts;
            let moment = SimTime::from_ticks(time).at(phase);
            prop_assert_eq!(key(parts).moment(), moment);
            prop_assert_eq!(key(parts).ticket(), Ticket::new(source, ordinal));
            prop_assert_eq!(key(parts).ticket().source(), source);
        }
    }
}
