//! The place of an event in the order of its world.

use units::{Moment, Phase, SimTime};

use crate::history::phase_number;

const SOURCE_BITS: u32 = 16;
const ORDINAL_BITS: u32 = 45;
/// Below the ordinal there is one bit for [`Ticket::released`].
const ORDINAL_SHIFT: u32 = 1;
const SOURCE_SHIFT: u32 = ORDINAL_SHIFT + ORDINAL_BITS;
const PHASE_SHIFT: u32 = SOURCE_SHIFT + SOURCE_BITS;
const TICKET_MASK: u64 = (1 << PHASE_SHIFT) - 1;
const ORDINAL_MASK: u64 = (1 << SOURCE_SHIFT) - 1;
const SOURCE_MASK: u64 = TICKET_MASK & !ORDINAL_MASK;

/// How many actors a world can have. One place is left free for [`Ticket::NONE`].
pub(super) const SOURCES_MAX: u32 = (1 << SOURCE_BITS) - 1;

/// `(time, phase, source, ordinal)` in one number: 64, 2, 16 and 45 bits, most significant first,
/// and a last bit that says whether the wait was released or met its deadline.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key(u128);

impl Key {
    /// After every key.
    pub(super) const END: Self = Self(u128::MAX);

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
        Ticket(self.low() & TICKET_MASK)
    }

    /// True for [`END`](Self::END), and for no key of a wait.
    #[inline]
    pub(super) fn is_end(self) -> bool {
        self.low() == u64::MAX
    }

    /// True if this key is of the wait `ticket`.
    #[inline]
    pub(super) fn is_of(self, ticket: Ticket) -> bool {
        let differing = (self.low() ^ ticket.0) & TICKET_MASK;
        differing <= 1
    }

    /// The key under which `ticket` runs if it is released in answer to what has this key.
    #[inline]
    pub(super) fn released(self, ticket: Ticket) -> Self {
        Self::new(self.moment().released(), ticket.released())
    }

    /// The ticket of the next wait of the actor that this key is of, after the `latest` of all.
    #[inline]
    pub(super) fn next_ticket(self, latest: Ticket) -> Ticket {
        let ordinal = (latest.0 & ORDINAL_MASK) + (1 << ORDINAL_SHIFT);
        assert!(ordinal < ORDINAL_MASK, "a world has fewer than 2^45 waits");
        Ticket((self.low() & SOURCE_MASK) | ordinal)
    }

    /// Both halves.
    #[inline]
    pub(super) fn parts(self) -> (u64, u64) {
        ((self.0 >> 64) as u64, self.low())
    }

    /// The key with these halves.
    #[inline]
    pub(super) fn from_parts(time: u64, low: u64) -> Self {
        Self((u128::from(time) << 64) | u128::from(low))
    }

    #[inline]
    #[expect(clippy::cast_possible_truncation, reason = "the low half is meant")]
    fn low(self) -> u64 {
        self.0 as u64
    }
}

/// Which wait of which actor, `(source, ordinal)`, and one bit more: the lower part of a [`Key`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Ticket(u64);

impl Ticket {
    /// Nobody's: that of a wait which is over, or of no wait.
    pub(super) const NONE: Self = Self(u64::MAX - 1);
    /// The ticket before the first one.
    pub(super) const BEFORE_ALL: Self = Self(0);
    /// Marks the ticket of a wait that was over before it began.
    const AT_ONCE: u64 = 1 << 63;

    /// A ticket of `source` that no wait has: its ordinal is the last, which is never given out.
    pub(super) fn of_none(source: u32) -> Self {
        debug_assert!(source < SOURCES_MAX, "checked when the actor was named");
        let after = u64::from(source) << SOURCE_SHIFT;
        Self(after | (ORDINAL_MASK & !1))
    }

    /// The same wait, over before it began: it has no key and waits for nothing.
    pub(super) const fn at_once(self) -> Self {
        Self(self.0 | Self::AT_ONCE)
    }

    /// True for a wait that was over before it began.
    pub(super) const fn is_at_once(self) -> bool {
        self.0 >> 62 == Self::AT_ONCE >> 62
    }

    #[inline]
    pub(super) fn source(self) -> u32 {
        ((self.0 & TICKET_MASK) >> SOURCE_SHIFT) as u32
    }

    /// The same wait, released. A wait's deadline is queued under its bare ticket.
    #[inline]
    pub(super) const fn released(self) -> Self {
        Self(self.0 | 1)
    }

    /// The same wait, bare.
    #[inline]
    pub(super) const fn bare(self) -> Self {
        Self(self.0 & !1)
    }

    pub(super) const fn is_released(self) -> bool {
        self.0 & 1 != 0
    }
}

#[cfg(test)]
impl Ticket {
    pub(super) fn new(source: u32, ordinal: u64) -> Self {
        Self((u64::from(source) << SOURCE_SHIFT) | (ordinal << ORDINAL_SHIFT))
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
        let ordinal = prop_oneof![0..3_u64, 0..(1_u64 << ORDINAL_BITS)];
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
            let ticket = Ticket::new(source, ordinal);
            prop_assert_eq!(key(parts).moment(), SimTime::from_ticks(time).at(phase));
            prop_assert_eq!(key(parts).ticket(), ticket);
            prop_assert_eq!(ticket.source(), source);
            prop_assert_eq!(ticket.released().source(), source);
            prop_assert_eq!(ticket.released().bare(), ticket);
            prop_assert!(key(parts).is_of(ticket));
            prop_assert!(key(parts).is_of(ticket.released()));
            prop_assert!(!key(parts).is_of(Ticket::new(source, ordinal ^ 1)));
        }
    }

    #[test]
    fn tickets_count_up_whosever_they_are() {
        let at = |source| Key::new(Moment::default(), Ticket::of_none(source));
        let first = at(7).next_ticket(Ticket::BEFORE_ALL);
        let second = at(3).next_ticket(first);
        assert_eq!(first, Ticket::new(7, 1));
        assert_eq!(second, Ticket::new(3, 2));
    }

    #[test]
    fn no_ticket_is_taken_for_a_mark() {
        let ticket = Ticket::new(SOURCES_MAX - 1, (1 << ORDINAL_BITS) - 1);
        assert!(!ticket.is_at_once() && ticket.at_once().is_at_once());
        assert!(!Ticket::NONE.is_at_once() && !Ticket::of_none(7).is_at_once());
    }
}
