//! What somebody does to a client on purpose, and when.

use engine::Prime;
use units::SimTime;

/// Something done to a client at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Action {
    /// When.
    pub at: SimTime,
    /// What.
    pub what: Act,
}

/// What can be done to a client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// Start it, or go on after a pause. Nothing if it runs.
    Run {
        /// How an exclusive client primes this start from Stop, if not as it always does.
        prime: Option<Prime>,
    },
    /// Hold it: positions stay. An exclusive client that was stopped gets ready to run.
    Pause,
    /// Stop it: positions go back to 0, and what was queued is lost.
    Stop,
    /// Have an exclusive client write and announce this packet, whatever is next. A client that
    /// was stopped gets ready to run first.
    WritePacket(u64),
    /// Have an exclusive client that records read this place of the cyclic buffer for this packet,
    /// whatever the driver says.
    ReadSlot {
        /// The place, counted from 0 and taken modulo the packets of the buffer.
        slot: u32,
        /// The packet that it takes it for.
        packet: u64,
    },
    /// Have a timer-driven client write anew what it has queued.
    Rewrite,
}

/// Actions in the order of their times; equal times in the order in which they were given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Agenda {
    actions: Vec<Action>,
    next: usize,
}

impl Agenda {
    pub(crate) fn new(mut actions: Vec<Action>) -> Self {
        actions.sort_by_key(|action| action.at);
        Self { actions, next: 0 }
    }

    /// When the next action is due.
    pub(crate) fn due(&self) -> Option<SimTime> {
        self.actions.get(self.next).map(|action| action.at)
    }

    /// The next action that is due by `now`.
    pub(crate) fn take(&mut self, now: SimTime) -> Option<Act> {
        let action = self
            .actions
            .get(self.next)
            .filter(|action| action.at <= now)?;
        self.next += 1;
        Some(action.what)
    }
}

vtime::fork_by_clone!(Action, Agenda);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn actions_come_in_the_order_of_their_times() {
        let at = |ms, what| Action {
            at: SimTime::from_millis(ms),
            what,
        };
        let run = Act::Run { prime: None };
        let mut agenda = Agenda::new(vec![at(7, Act::Stop), at(0, run), at(7, Act::Pause)]);
        assert_eq!(agenda.due(), Some(SimTime::ZERO));
        assert_eq!(agenda.take(SimTime::from_millis(6)), Some(run));
        assert_eq!(agenda.take(SimTime::from_millis(6)), None);
        assert_eq!(agenda.take(SimTime::from_millis(7)), Some(Act::Stop));
        assert_eq!(agenda.take(SimTime::from_millis(7)), Some(Act::Pause));
        assert_eq!((agenda.take(SimTime::MAX), agenda.due()), (None, None));
    }
}
