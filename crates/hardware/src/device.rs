//! The controller in a world: the actor that drives it, and the bus that reaches it.

use std::sync::Arc;

use ring::{ClockReader, PositionReader, SharedBuffer};
use units::{Bytes, Frames, Moment, SimTime};
use vtime::{Context, Event, EventHandle, Fork, Forker, Shared};

use crate::config::StreamConfig;
use crate::controller::Controller;
use crate::error::RegisterError;
use crate::memory::BdlEntry;

/// Drives a controller for ever: wakes when an interrupt is due, and sets `interrupt` each time
/// the line goes up, with the number of the interrupt, counted from 1.
///
/// `doorbell` is set by the [`Bus`] when a write has changed what is due.
pub async fn device<C: Context>(
    cx: C,
    controller: Shared<Controller>,
    doorbell: C::Event,
    interrupt: C::Event,
) {
    loop {
        let next = controller.borrow().next_event();
        doorbell.wait_until(next).await;
        let mut controller = controller.borrow_mut();
        controller.settle(cx.moment());
        for note in controller.take_notes() {
            note.record(&cx);
        }
        if let Some(number) = controller.take_interrupt() {
            interrupt.set(number);
        }
    }
}

/// The way from a driver to its controller: registers, and the memory that both see.
#[derive(Clone, Debug)]
pub struct Bus {
    controller: Shared<Controller>,
    doorbell: EventHandle,
}

impl Bus {
    /// A bus to `controller`, whose actor waits for `doorbell`.
    pub fn new(controller: Shared<Controller>, doorbell: EventHandle) -> Self {
        Self {
            controller,
            doorbell,
        }
    }

    /// See [`Controller::read`].
    ///
    /// # Errors
    /// [`RegisterError::NotReadable`].
    pub fn read(&self, now: Moment, offset: u32) -> Result<u32, RegisterError> {
        let mut controller = self.controller.borrow_mut();
        let shown = controller.read(now, offset);
        self.ring(&controller, offset);
        shown
    }

    /// See [`Controller::look`]: for who reads a mapped page.
    pub fn look(&self, now: Moment) {
        let mut controller = self.controller.borrow_mut();
        controller.look(now);
        self.ring(&controller, 0);
    }

    /// Wakes the controller's actor if a look has brought something up.
    fn ring(&self, controller: &Controller, offset: u32) {
        if controller.moves_when_read() && controller.has_news() {
            self.doorbell.set(u64::from(offset));
        }
    }

    /// See [`Controller::write`]. Wakes the controller's actor if there is something new for it.
    ///
    /// # Errors
    /// See [`RegisterError`].
    pub fn write(&self, now: Moment, offset: u32, value: u32) -> Result<(), RegisterError> {
        let mut controller = self.controller.borrow_mut();
        controller.settle(now);
        let before = controller.next_event();
        controller.write(now, offset, value)?;
        if controller.next_event() != before || controller.has_news() {
            self.doorbell.set(u64::from(offset));
        }
        Ok(())
    }

    /// See [`Controller::set_power`].
    pub fn set_power(&self, now: Moment, is_on: bool) {
        self.controller.borrow_mut().set_power(now, is_on);
    }

    /// See [`Controller::settle`].
    pub fn settle(&self, now: Moment) {
        self.controller.borrow_mut().settle(now);
    }

    /// See [`Controller::map_memory`].
    pub fn map_memory(&self, physical: u64, buffer: Arc<SharedBuffer>) {
        self.controller.borrow_mut().map_memory(physical, buffer);
    }

    /// See [`Controller::unmap_memory`].
    pub fn unmap_memory(&self, physical: u64) {
        self.controller.borrow_mut().unmap_memory(physical);
    }

    /// See [`Controller::write_bdl`].
    pub fn write_bdl(&self, now: Moment, physical: u64, list: &[BdlEntry]) {
        let mut controller = self.controller.borrow_mut();
        controller.write_bdl(now, physical, list);
    }

    /// See [`Controller::map_position`].
    ///
    /// # Panics
    /// If there is no such stream.
    pub fn map_position(&self, stream: u32, accuracy: Bytes) -> PositionReader {
        let mut controller = self.controller.borrow_mut();
        controller.map_position(stream, accuracy)
    }

    /// See [`Controller::map_clock`].
    pub fn map_clock(&self) -> ClockReader {
        self.controller.borrow_mut().map_clock()
    }

    /// See [`Controller::sampled_at`].
    ///
    /// # Panics
    /// If there is no such stream.
    pub fn sampled_at(&self, stream: u32, frame: Frames) -> Option<SimTime> {
        self.controller.borrow().sampled_at(stream, frame)
    }

    /// See [`Controller::position_record`].
    pub fn position_record(&self, now: Moment, physical: u64) -> Option<u32> {
        self.controller.borrow_mut().position_record(now, physical)
    }

    /// The properties of `stream`, as a data sheet would tell them.
    ///
    /// # Panics
    /// If there is no such stream.
    pub fn stream_config(&self, stream: u32) -> StreamConfig {
        *self.controller.borrow().stream_config(stream)
    }
}

impl Fork for Bus {
    fn fork(&self, forker: &mut Forker) -> Self {
        Self {
            controller: self.controller.fork(forker),
            doorbell: self.doorbell.fork(forker),
        }
    }
}
