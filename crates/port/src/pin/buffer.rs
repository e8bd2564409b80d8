//! The cyclic buffer of a pin, and what else of the device its client has mapped.

use ks::{AddressSpace, KsState, MappedRange, MappedRegister, Mapping, PinReply};
use portcls::{AudioBuffer, CacheType, MiniportWaveRtStream as _};
use units::{Bytes, Moment, NtStatus};
use vtime::{Fork, Forker};

use super::OpenPin;

/// The cyclic buffer, and who frees it: that depends on who made it.
#[derive(Debug)]
pub(super) struct CyclicBuffer {
    buffer: AudioBuffer,
    pub(super) with_notification: bool,
}

/// What of a pin its client has mapped. It dies with the pin.
#[derive(Debug)]
pub(super) struct Mappings {
    space: AddressSpace,
    ranges: Vec<MappedRange>,
    position_register: RegisterUse,
    clock_register: RegisterUse,
}

/// A register can be mapped once in the life of a pin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum RegisterUse {
    NotMapped,
    Mapped,
}

/// Bytes of the page that a register is shown in.
const REGISTER_PAGE: Bytes = portcls::PAGE_SIZE;

impl OpenPin {
    /// Makes the cyclic buffer, with notifications if there is a count of them.
    ///
    /// Model: only in Stop and only once, as an HD Audio engine has it.
    pub(super) fn allocate(
        &mut self,
        now: Moment,
        requested: Bytes,
        notification_count: Option<u32>,
        base: Option<u64>,
    ) -> Result<PinReply, NtStatus> {
        if self.state != KsState::Stop {
            return Err(NtStatus::INVALID_DEVICE_STATE);
        }
        if self.buffer.is_some() {
            return Err(NtStatus::INVALID_DEVICE_REQUEST);
        }
        let buffer = match notification_count {
            Some(count) => self
                .notification()?
                .allocate_buffer_with_notification(now, count, requested)?,
            None => self.stream.allocate_audio_buffer(now, requested)?,
        };
        let made = CyclicBuffer {
            buffer,
            with_notification: notification_count.is_some(),
        };
        let mapped = self.mappings.map_buffer(base, &made.buffer);
        self.buffer = Some(made);
        match mapped {
            Ok(mapping) => Ok(PinReply::Buffer(mapping)),
            Err(refused) => {
                self.free_buffer(now);
                Err(refused)
            }
        }
    }

    /// Maps the position register, once.
    pub(super) fn map_position_register(
        &mut self,
        now: Moment,
        base: Option<u64>,
    ) -> Result<PinReply, NtStatus> {
        self.mappings.position_register.check()?;
        let register = self.stream.position_register(now)?;
        let register = self.mappings.map_register(base, register)?;
        self.mappings.position_register = RegisterUse::Mapped;
        Ok(PinReply::Register(register))
    }

    /// Maps the clock register, once.
    pub(super) fn map_clock_register(
        &mut self,
        now: Moment,
        base: Option<u64>,
    ) -> Result<PinReply, NtStatus> {
        self.mappings.clock_register.check()?;
        let register = self.stream.clock_register(now)?;
        let register = self.mappings.map_register(base, register)?;
        self.mappings.clock_register = RegisterUse::Mapped;
        Ok(PinReply::Register(register))
    }

    /// Gives the buffer back to whoever made it.
    pub(super) fn free_buffer(&mut self, now: Moment) {
        let Some(CyclicBuffer {
            buffer,
            with_notification,
        }) = self.buffer.take()
        else {
            return;
        };
        if with_notification {
            let notification = self.stream.notification();
            let notification = notification.expect("an interface once had is not lost");
            notification.free_buffer_with_notification(now, buffer);
        } else {
            self.stream.free_audio_buffer(now, buffer);
        }
    }
}

impl Mappings {
    pub(super) fn new(space: AddressSpace) -> Self {
        Self {
            space,
            ranges: Vec::new(),
            position_register: RegisterUse::NotMapped,
            clock_register: RegisterUse::NotMapped,
        }
    }

    /// `size` bytes at `base`, or anywhere.
    pub(super) fn map(&mut self, base: Option<u64>, size: Bytes) -> Result<MappedRange, NtStatus> {
        let range = self.space.map(base, size)?;
        self.ranges.push(range.clone());
        Ok(range)
    }

    fn map_buffer(&mut self, base: Option<u64>, buffer: &AudioBuffer) -> Result<Mapping, NtStatus> {
        let range = self.map(base, buffer.mdl.size())?;
        Ok(Mapping {
            buffer: buffer.memory.clone(),
            actual: buffer.actual,
            call_memory_barrier: buffer.cache == CacheType::WriteCombined,
            bus: buffer.bus.clone(),
            range: Some(range),
            combining: ks::Combining::default(),
        })
    }

    fn map_register(
        &mut self,
        base: Option<u64>,
        register: MappedRegister,
    ) -> Result<MappedRegister, NtStatus> {
        Ok(register.mapped_at(self.map(base, REGISTER_PAGE)?))
    }

    /// Takes everything out of the client's address space.
    pub(super) fn unmap(&mut self) {
        for range in self.ranges.drain(..) {
            range.unmap();
        }
    }
}

impl RegisterUse {
    fn check(self) -> Result<(), NtStatus> {
        match self {
            Self::NotMapped => Ok(()),
            Self::Mapped => Err(NtStatus::INVALID_DEVICE_REQUEST),
        }
    }
}

impl Fork for CyclicBuffer {
    fn fork(&self, forker: &mut Forker) -> Self {
        Self {
            buffer: self.buffer.fork(forker),
            with_notification: self.with_notification,
        }
    }
}

impl Fork for Mappings {
    fn fork(&self, forker: &mut Forker) -> Self {
        Self {
            space: self.space.fork(forker),
            ranges: self.ranges.fork(forker),
            ..*self
        }
    }
}
