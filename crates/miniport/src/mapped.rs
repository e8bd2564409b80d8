//! What of the device is mapped into the client's address space.

use std::rc::Rc;
use std::sync::Arc;

use hardware::Bus;
use ks::{HardwareRegister, Settle};
use ring::{ClockReader, ClockRegister, PositionReader, PositionRegister};
use units::Moment;
use vtime::{Fork, Forker};

/// The controller, to be brought up to date before a client stores.
#[derive(Clone, Debug)]
pub(crate) struct SettledBus(pub(crate) Bus);

impl Settle for SettledBus {
    fn settle(&self, now: Moment) {
        self.0.settle(now);
    }

    fn fork_settle(&self, forker: &mut Forker) -> Rc<dyn Settle> {
        Rc::new(Self(self.0.fork(forker)))
    }
}

/// The link position in a page of its own.
#[derive(Clone, Debug)]
pub(crate) struct MappedPosition {
    pub(crate) bus: Bus,
    pub(crate) word: PositionReader,
}

impl HardwareRegister for MappedPosition {
    fn read(&self, now: Moment) -> u64 {
        self.bus.look(now);
        self.word.read().get()
    }

    fn fork_register(&self, forker: &mut Forker) -> Rc<dyn HardwareRegister> {
        let bus = self.bus.fork(forker);
        let twin = |word: &Arc<PositionRegister>| forker.arc(word, |word, _| word.snapshot());
        let word = self.word.twin(twin);
        Rc::new(Self { bus, word })
    }
}

/// The wall clock in a page of its own.
#[derive(Clone, Debug)]
pub(crate) struct MappedClock {
    pub(crate) bus: Bus,
    pub(crate) word: ClockReader,
}

impl HardwareRegister for MappedClock {
    fn read(&self, now: Moment) -> u64 {
        self.bus.look(now);
        self.word.read()
    }

    fn fork_register(&self, forker: &mut Forker) -> Rc<dyn HardwareRegister> {
        let bus = self.bus.fork(forker);
        let twin = |word: &Arc<ClockRegister>| forker.arc(word, |word, _| word.snapshot());
        let word = self.word.twin(twin);
        Rc::new(Self { bus, word })
    }
}
