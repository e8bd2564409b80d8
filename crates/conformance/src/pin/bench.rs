//! Who makes pins.

use crate::kit::{Bench, Declared, Driver, Limits, StreamBench, Wiring};
use crate::pin::subject::PinSubject;
use crate::pin::{PinHistory, PinTrial};

/// Makes pins of one miniport.
pub trait PinBench {
    /// What it is called.
    fn name(&self) -> &str;

    /// What it can be made with.
    fn limits(&self) -> Limits;

    /// Takes a fresh device through `history`, up to the first answer that no rule allows.
    fn put_through(&self, history: &PinHistory) -> PinTrial;
}

impl<M: Fn(&mut Wiring<'_>) -> Driver> PinBench for StreamBench<M> {
    fn name(&self) -> &str {
        Bench::name(self)
    }

    fn limits(&self) -> Limits {
        Bench::limits(self)
    }

    fn put_through(&self, history: &PinHistory) -> PinTrial {
        let subject = PinSubject::new(&history.setup, self.maker());
        let declared: Declared = self.declared(&history.setup);
        PinTrial::of(history, subject, &declared)
    }
}
