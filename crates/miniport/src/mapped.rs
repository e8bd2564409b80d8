//! What of the device is mapped into the client's address space.

use std::rc::Rc;

use hardware::Bus;
use ks::{HardwareRegister, Settle};
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

/// A register of the controller in a page of its own.
#[derive(Clone, Debug)]
pub(crate) struct BusRegister {
    pub(crate) bus: Bus,
    pub(crate) offset: u32,
}

impl HardwareRegister for BusRegister {
    fn read(&self, now: Moment) -> u64 {
        self.bus
            .read(now, self.offset)
            .expect("the mirror pages are always there")
            .into()
    }

    fn fork_register(&self, forker: &mut Forker) -> Rc<dyn HardwareRegister> {
        Rc::new(Self {
            bus: self.bus.fork(forker),
            offset: self.offset,
        })
    }
}
