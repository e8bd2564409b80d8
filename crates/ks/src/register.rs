//! Registers of the device in the client's address space.

use std::fmt;
use std::rc::Rc;

use units::Moment;
use vtime::{Fork, Forker};

/// A register that a device shows in a page of its own.
pub trait HardwareRegister: fmt::Debug {
    /// What it reads as at `now`.
    fn read(&self, now: Moment) -> u64;

    /// The same register of the twin world.
    fn fork_register(&self, forker: &mut Forker) -> Rc<dyn HardwareRegister>;
}

/// A position or clock register as mapped for a client.
///
/// # Source
/// `ksmedia/ns-ksmedia-ksrtaudio_hwregister.md`.
#[derive(Clone, Debug)]
#[doc(alias = "KSRTAUDIO_HWREGISTER")]
pub struct MappedRegister {
    /// Where it is read.
    pub register: Rc<dyn HardwareRegister>,
    /// Its width in bits, 32 or 64.
    pub width: u32,
    /// With the denominator the frequency of a clock register in Hz; 0 for a position.
    pub numerator: u64,
    /// See the numerator; 0 for a position.
    pub denominator: u64,
    /// By how much a reading may lag: bytes of a position, ticks of a clock.
    pub accuracy: u32,
}

impl MappedRegister {
    /// What it reads as at `now`.
    pub fn read(&self, now: Moment) -> u64 {
        self.register.read(now)
    }
}

impl Fork for MappedRegister {
    fn fork(&self, forker: &mut Forker) -> Self {
        Self {
            register: self.register.fork_register(forker),
            ..self.clone()
        }
    }
}
