//! The interrupt of the controller: who may ask for it, and whether the line is up.

use crate::config::Delivery;
use crate::spec::intctl;

/// INTCTL, and the line.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct InterruptLine {
    delivery: Delivery,
    /// Who may raise the line.
    control: u32,
    /// As of the latest change.
    is_up: bool,
    /// Where the level counts: something was acknowledged since the latest interrupt.
    looks_again: bool,
    /// How often it went up, or was seen to be still up.
    raised: u64,
    /// How many of these were taken.
    taken: u64,
}

impl InterruptLine {
    pub(crate) fn new(delivery: Delivery) -> Self {
        Self {
            delivery,
            ..Self::default()
        }
    }

    pub(crate) const fn control(&self) -> u32 {
        self.control
    }

    pub(crate) fn set_control(&mut self, control: u32) {
        self.control = control;
    }

    /// INTSTS, where the streams of the bits `asking` ask. Nothing of it is stored.
    pub(crate) const fn status(&self, asking: u32) -> u32 {
        if asking & self.control == 0 {
            asking
        } else {
            asking | intctl::GLOBAL
        }
    }

    /// Something was acknowledged: where the level counts, a line that is still up then counts
    /// anew.
    pub(crate) fn look_again(&mut self) {
        self.looks_again = self.delivery == Delivery::Level;
    }

    const fn is_still_up(&self) -> bool {
        self.looks_again && self.is_up
    }

    /// The streams of the bits `asking` ask now; the number of the interrupt if the line goes up.
    pub(crate) fn update(&mut self, asking: u32) -> Option<u64> {
        let was_up = self.is_up;
        self.is_up = self.status(asking) & self.control & intctl::GLOBAL != 0;
        let goes_up = self.is_up && !was_up;
        self.raised += u64::from(goes_up);
        goes_up.then_some(self.raised)
    }

    pub(crate) const fn is_up(&self) -> bool {
        self.is_up
    }

    /// The message of the latest interrupt is lost: nobody will take it.
    pub(crate) fn lose(&mut self) {
        self.taken = self.raised;
    }

    /// True if an interrupt waits to be taken.
    pub(crate) const fn has_news(&self) -> bool {
        self.taken < self.raised || self.is_still_up()
    }

    /// The number of the latest interrupt, counted from 1, if it was not taken before.
    pub(crate) fn take(&mut self) -> Option<u64> {
        let is_new = self.has_news();
        if self.taken == self.raised && self.is_still_up() {
            self.raised += 1;
        }
        self.looks_again = false;
        self.taken = self.raised;
        is_new.then_some(self.raised)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_goes_up_once_for_all_who_ask_and_only_with_leave() {
        let mut line = InterruptLine::default();
        let streams = intctl::stream(0) | intctl::stream(1);
        assert_eq!(
            (line.update(streams), line.status(streams)),
            (None, streams)
        );
        line.set_control(intctl::stream(0));
        assert_eq!(line.status(streams), streams | intctl::GLOBAL);
        assert_eq!(line.update(streams), None, "without the global bit");
        line.set_control(streams | intctl::GLOBAL);
        assert_eq!(line.update(intctl::stream(1)), Some(1));
        assert_eq!(line.update(streams), None, "it is up");
        assert_eq!((line.take(), line.take()), (Some(1), None));
        assert_eq!((line.update(0), line.is_up()), (None, false));
        assert_eq!(line.update(intctl::stream(0)), Some(2));
    }

    #[test]
    fn a_level_that_stays_up_after_an_acknowledgement_interrupts_again() {
        for (delivery, again) in [(Delivery::MsiEdge, None), (Delivery::Level, Some(2))] {
            let mut line = InterruptLine::new(delivery);
            line.set_control(intctl::GLOBAL | 3);
            assert_eq!((line.update(3), line.take()), (Some(1), Some(1)));
            assert_eq!((line.update(3), line.take()), (None, None), "it is up");
            line.look_again();
            assert_eq!((line.update(2), line.take()), (None, again), "{delivery:?}");
            assert_eq!(line.take(), None);
            line.look_again();
            assert_eq!((line.update(0), line.take()), (None, None), "it is down");
        }
    }
}
