//! Registers of the device in the client's address space.

use std::fmt;
use std::rc::Rc;

use units::{Moment, NtStatus};
use vtime::{Fork, Forker};

use crate::address::MappedRange;

/// A register that a device shows in a page of its own.
pub trait HardwareRegister: fmt::Debug {
    /// What it reads as at `now`.
    fn read(&self, now: Moment) -> u64;

    /// Where in the client's address space it is; `None` if it was not mapped for one.
    fn range(&self) -> Option<&MappedRange> {
        None
    }

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
    /// What it reads as at `now`; 0 once its pin is closed, when [`try_read`](Self::try_read)
    /// tells more.
    pub fn read(&self, now: Moment) -> u64 {
        self.try_read(now).unwrap_or(0)
    }

    /// What it reads as at `now`.
    ///
    /// # Errors
    /// [`NtStatus::ACCESS_VIOLATION`] once its pin is closed: the mapping has gone with it.
    ///
    /// # Source
    /// `audio/ksproperty-rtaudio-positionregister.md`.
    pub fn try_read(&self, now: Moment) -> Result<u64, NtStatus> {
        if let Some(range) = self.register.range() {
            range.check()?;
        }
        Ok(self.register.read(now))
    }

    /// Where in the client's address space it is, if it was mapped for one.
    pub fn address(&self) -> Option<u64> {
        self.register.range().map(MappedRange::address)
    }

    /// The same register, mapped at `range` of a client's address space.
    #[must_use]
    pub fn mapped_at(self, range: MappedRange) -> Self {
        let register = Rc::new(InClient {
            register: self.register,
            range,
        });
        Self { register, ..self }
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

/// A register in a client's address space.
#[derive(Debug)]
struct InClient {
    register: Rc<dyn HardwareRegister>,
    range: MappedRange,
}

impl HardwareRegister for InClient {
    fn read(&self, now: Moment) -> u64 {
        self.register.read(now)
    }

    fn range(&self) -> Option<&MappedRange> {
        Some(&self.range)
    }

    fn fork_register(&self, forker: &mut Forker) -> Rc<dyn HardwareRegister> {
        Rc::new(Self {
            register: self.register.fork_register(forker),
            range: self.range.fork(forker),
        })
    }
}
