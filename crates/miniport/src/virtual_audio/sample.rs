//! The arithmetic of the sample virtual driver, to the bit.

mod packets;
mod position;
mod timer;

use ks::{DataFlow, KsState};
use thiserror::Error;
use units::NtStatus;
use vtime::{Fork, Forker};

use super::counter::{Counter, low32, to_hns};
use super::registers::Registers;
use super::report::{EngineEvent, Report};
use super::wave::Wave;

pub use packets::{Presentation, ReadAnswer};
pub use timer::Ticked;

/// A stream of the sample virtual driver, as far as it counts: positions, packets, buffer sizes,
/// states, events and the notification timer. `E` names an event of the client.
///
/// It validates little, rounds time to milliseconds, counts packets by another clock than bytes,
/// and forgets to clear what STOP should clear. All of that is meant.
///
/// Calls are of four kinds:
///
/// * the buffer: [`allocate`](Self::allocate), [`allocate_plain`](Self::allocate_plain),
///   [`free`](Self::free), [`register`](Self::register), [`unregister`](Self::unregister);
/// * commands: [`set_state`](Self::set_state), [`set_write_packet`](Self::set_write_packet),
///   [`set_write_position`](Self::set_write_position),
///   [`set_last_buffer_position`](Self::set_last_buffer_position);
/// * questions: the `get_` methods. Most of them move the position, too;
/// * time: [`tick`](Self::tick), due every millisecond while [`timer_is_armed`](Self::timer_is_armed).
///
/// # Source
/// `audio/sysvad/EndpointsCommon/minwavertstream.cpp` and `MiniportStreamAudioEngineNode.cpp`.
#[derive(Clone, Debug)]
pub struct SampleStream<E> {
    wave: Wave,
    flow: DataFlow,
    writes_file: bool,
    state: KsState,
    /// Bytes of the cyclic buffer; 0 without one.
    buffer: u32,
    /// Packets in it; 0 if it was made without notifications.
    count: u32,
    /// Counts per second, read when RUN is entered; 0 before.
    hertz: u64,
    timer_is_armed: bool,
    events: Vec<E>,
    registers: Registers,
    reports: Vec<Report>,
}

/// A buffer that was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Allocated {
    /// Its size in bytes, which may be below the request.
    pub actual: u32,
    /// How often a packet is thought to be completed, in whole milliseconds.
    pub interval_ms: u32,
    /// Bytes of a packet, rounded down; 0 without notifications.
    pub packet_bytes: u32,
}

/// A call that did not work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Failure {
    /// It ended with this status.
    #[error("{0}")]
    Status(NtStatus),
    /// The system stopped.
    #[error(transparent)]
    BugCheck(#[from] BugCheck),
}

/// A division by zero in the driver: the end of the system it runs in.
///
/// Only calls that no port makes lead here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum BugCheck {
    /// The position moves in a buffer of no bytes.
    #[error("the driver divides by the size of a buffer that is not there")]
    PositionWithoutBuffer,
    /// A packet is completed in a buffer without notifications, with events registered: an
    /// interval survives its buffer.
    #[error("the driver divides by the packets of a buffer that has none")]
    CompletionWithoutPackets,
}

impl From<NtStatus> for Failure {
    fn from(status: NtStatus) -> Self {
        Self::Status(status)
    }
}

impl<E> SampleStream<E> {
    /// What it answers who asks for a register. Pages want another status.
    #[doc(alias = "GetPositionRegister")]
    #[doc(alias = "GetClockRegister")]
    pub const REGISTER: NtStatus = NtStatus::NOT_IMPLEMENTED;
}

impl<E: PartialEq> SampleStream<E> {
    /// A new stream in STOP. `flow` is that of the pin. A render stream that `writes_file` copies
    /// all that it moves to a file, and needs memory for that.
    pub fn new(wave: Wave, flow: DataFlow, writes_file: bool) -> Self {
        Self {
            wave,
            flow,
            writes_file,
            state: KsState::Stop,
            buffer: 0,
            count: 0,
            hertz: 0,
            timer_is_armed: false,
            events: Vec::new(),
            registers: Registers::default(),
            reports: Vec::new(),
        }
    }

    /// Makes a buffer of `count` packets.
    ///
    /// Divisibility is tested before the size is rounded down to whole frames, so a packet may be
    /// no whole number of them. Neither the state nor an older buffer is looked at.
    ///
    /// # Errors
    /// [`NtStatus::UNSUCCESSFUL`] below a frame, [`NtStatus::INVALID_PARAMETER`] if `count` does
    /// not divide `size`, [`NtStatus::INSUFFICIENT_RESOURCES`] if the file has no memory.
    #[doc(alias = "AllocateBufferWithNotification")]
    pub fn allocate(&mut self, size: u32, count: u32) -> Result<Allocated, NtStatus> {
        let whole = self.whole_frames(size)?;
        if count == 0 || size % count != 0 {
            return Err(NtStatus::INVALID_PARAMETER);
        }
        // Four frames of four buffers; only the second factor is checked.
        let is_file = self.writes_file && self.flow == DataFlow::In;
        if is_file && whole.wrapping_mul(4).checked_mul(4).is_none() {
            return Err(NtStatus::INSUFFICIENT_RESOURCES);
        }
        (self.buffer, self.count) = (whole, count);
        let length_ms = whole.wrapping_mul(1000) / self.wave.byte_rate;
        self.registers.interval_ms = length_ms / count;
        Ok(self.allocated())
    }

    /// Makes a buffer without notifications. An interval from before stays.
    ///
    /// # Errors
    /// [`NtStatus::UNSUCCESSFUL`] below a frame.
    #[doc(alias = "AllocateAudioBuffer")]
    pub fn allocate_plain(&mut self, size: u32) -> Result<Allocated, NtStatus> {
        (self.buffer, self.count) = (self.whole_frames(size)?, 0);
        Ok(self.allocated())
    }

    /// Frees the buffer. Interval and positions stay.
    #[doc(alias = "FreeBufferWithNotification")]
    pub fn free(&mut self) {
        (self.buffer, self.count) = (0, 0);
    }

    /// Adds an event to those that are set when a packet is completed.
    ///
    /// # Errors
    /// [`NtStatus::UNSUCCESSFUL`] if it is among them.
    #[doc(alias = "RegisterNotificationEvent")]
    pub fn register(&mut self, event: E) -> Result<(), NtStatus> {
        if self.events.contains(&event) {
            return Err(NtStatus::UNSUCCESSFUL);
        }
        self.events.push(event);
        Ok(())
    }

    /// Removes an event.
    ///
    /// # Errors
    /// [`NtStatus::NOT_FOUND`] if it is not there.
    #[doc(alias = "UnregisterNotificationEvent")]
    pub fn unregister(&mut self, event: &E) -> Result<(), NtStatus> {
        let place = self.events.iter().position(|known| known == event);
        self.events.remove(place.ok_or(NtStatus::NOT_FOUND)?);
        Ok(())
    }

    /// The events, in the order in which they are set.
    pub fn events(&self) -> &[E] {
        &self.events
    }

    /// Goes to `state`, from wherever it is.
    ///
    /// # Errors
    /// [`BugCheck`], if it runs without a buffer.
    #[doc(alias = "SetState")]
    pub fn set_state(&mut self, now: Counter, state: KsState) -> Result<(), BugCheck> {
        let asked = state.value().into();
        self.report(EngineEvent::PinState, [asked, 0]);
        match state {
            KsState::Stop => self.registers.stop(),
            KsState::Acquire => {}
            KsState::Pause => self.pause(now)?,
            KsState::Run => self.start(now),
        }
        self.state = state;
        Ok(())
    }

    /// The timer first, the position second.
    fn pause(&mut self, now: Counter) -> Result<(), BugCheck> {
        if self.state != KsState::Run {
            return Ok(());
        }
        let now = self.time(now);
        let registers = &mut self.registers;
        if registers.interval_ms > 0 {
            self.timer_is_armed = false;
            // Zero stands for "never", though it is an instant like any other.
            if registers.completed_at > 0 {
                let since = now.wrapping_sub(registers.completed_at);
                registers.timer_carry = since.wrapping_add(registers.timer_carry);
            }
        }
        self.update(now)
    }

    fn start(&mut self, now: Counter) {
        self.hertz = now.hertz;
        let now = self.time(now);
        self.registers.updated_at = now;
        self.registers.completed_at = now;
        if self.registers.interval_ms > 0 {
            self.timer_is_armed = true;
        }
    }

    /// True while the notification timer runs. It expires a millisecond after RUN was entered
    /// and every millisecond from then on.
    pub const fn timer_is_armed(&self) -> bool {
        self.timer_is_armed
    }

    /// The state it is in.
    pub const fn state(&self) -> KsState {
        self.state
    }

    /// Bytes of the buffer; 0 without one.
    pub const fn buffer_bytes(&self) -> u32 {
        self.buffer
    }

    /// Packets in the buffer; 0 without notifications.
    pub const fn notification_count(&self) -> u32 {
        self.count
    }

    /// Bytes of a packet, rounded down; 0 without notifications.
    pub const fn packet_bytes(&self) -> u32 {
        match self.buffer.checked_div(self.count) {
            Some(bytes) => bytes,
            None => 0,
        }
    }

    /// What it remembers.
    pub const fn registers(&self) -> &Registers {
        &self.registers
    }

    /// Presets the packet counter, which takes 497 days to get near its wrap.
    pub fn poke_packet_counter(&mut self, packets: u64, last_read: u32) {
        self.registers.packets = packets;
        self.registers.last_read = last_read;
    }

    /// What it has reported since the last call.
    pub fn take_reports(&mut self) -> std::vec::Drain<'_, Report> {
        self.reports.drain(..)
    }

    fn whole_frames(&self, size: u32) -> Result<u32, NtStatus> {
        let frame = self.wave.frame_bytes;
        if size < frame.get() {
            return Err(NtStatus::UNSUCCESSFUL);
        }
        Ok(size - size % frame)
    }

    fn allocated(&self) -> Allocated {
        Allocated {
            actual: self.buffer,
            interval_ms: self.registers.interval_ms,
            packet_bytes: self.packet_bytes(),
        }
    }

    /// In 100 ns units, by the frequency that was read last.
    fn time(&self, now: Counter) -> u64 {
        to_hns(now.value, self.hertz)
    }

    /// Reports with the linear position and the write mark of now.
    fn report(&mut self, event: EngineEvent, rest: [u64; 2]) {
        let parameters = [
            self.registers.linear,
            self.registers.write_mark.into(),
            rest[0],
            rest[1],
        ];
        self.reports.push(Report { event, parameters });
    }
}

impl<E: Fork> Fork for SampleStream<E> {
    fn fork(&self, forker: &mut Forker) -> Self {
        Self {
            events: self.events.fork(forker),
            reports: self.reports.clone(),
            ..*self
        }
    }
}

vtime::fork_by_clone!(Allocated, Failure, BugCheck, Counter);

#[cfg(test)]
mod tests;
