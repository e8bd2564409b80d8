//! What a stream allows when: its state machine, without any device.

use units::{Frames, HResult};

use crate::render_client::SILENT;

/// How a stream moves its frames.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StreamKind {
    /// Through the engine.
    Shared,
    /// Through one buffer of the device, by a timer.
    ExclusiveTimer,
    /// Through two buffers of the device, by their notifications.
    ExclusiveEvent,
}

/// The state of one stream: running or not, a packet held or not, its event set or not.
///
/// Each method is the call of that name: it says the first thing that is wrong, or does what the
/// call does to the state. How much is free or queued it is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each can be so or not whatever the others are"
)]
pub struct StreamCore {
    kind: StreamKind,
    frames: Frames,
    is_event_driven: bool,
    has_event: bool,
    is_running: bool,
    was_started: bool,
    /// Frames of the packet that is held.
    held: Option<Frames>,
}

impl StreamCore {
    /// A stopped stream with a buffer of `frames` frames.
    pub const fn new(kind: StreamKind, frames: Frames, is_event_driven: bool) -> Self {
        Self {
            kind,
            frames,
            is_event_driven,
            has_event: false,
            is_running: false,
            was_started: false,
            held: None,
        }
    }

    /// How it moves its frames.
    pub const fn kind(&self) -> StreamKind {
        self.kind
    }

    /// What `GetBufferSize` says.
    pub const fn frames(&self) -> Frames {
        self.frames
    }

    /// True between Start and Stop.
    pub const fn is_running(&self) -> bool {
        self.is_running
    }

    /// True once it was started.
    pub const fn was_started(&self) -> bool {
        self.was_started
    }

    /// Frames of the packet that is held.
    pub const fn held(&self) -> Option<Frames> {
        self.held
    }

    /// # Errors
    /// `NOT_STOPPED`, `EVENTHANDLE_NOT_SET`.
    pub const fn start(&mut self) -> Result<(), HResult> {
        if self.is_running {
            return Err(HResult::NOT_STOPPED);
        }
        if self.is_event_driven && !self.has_event {
            return Err(HResult::EVENTHANDLE_NOT_SET);
        }
        self.is_running = true;
        self.was_started = true;
        Ok(())
    }

    /// `OK`, or `FALSE` if it was stopped. A packet stays held.
    pub const fn stop(&mut self) -> HResult {
        if !self.is_running {
            return HResult::FALSE;
        }
        self.is_running = false;
        HResult::OK
    }

    /// # Errors
    /// `NOT_STOPPED`, `BUFFER_OPERATION_PENDING`.
    pub const fn reset(&mut self) -> Result<(), HResult> {
        if self.is_running {
            return Err(HResult::NOT_STOPPED);
        }
        if self.held.is_some() {
            return Err(HResult::BUFFER_OPERATION_PENDING);
        }
        Ok(())
    }

    /// # Errors
    /// `EVENTHANDLE_NOT_EXPECTED`; `INVALIDARG` the second time.
    pub const fn set_event_handle(&mut self) -> Result<(), HResult> {
        if !self.is_event_driven {
            return Err(HResult::EVENTHANDLE_NOT_EXPECTED);
        }
        if self.has_event {
            return Err(HResult::INVALIDARG);
        }
        self.has_event = true;
        Ok(())
    }

    /// Takes hold of `frames` frames to be written, of which `free` are; `None` if the device has
    /// not handed a buffer over.
    ///
    /// # Errors
    /// `OUT_OF_ORDER`, `BUFFER_SIZE_ERROR`, `BUFFER_ERROR`, `BUFFER_TOO_LARGE`.
    pub fn get_to_write(&mut self, frames: Frames, free: Option<Frames>) -> Result<(), HResult> {
        if self.held.is_some() {
            return Err(HResult::OUT_OF_ORDER);
        }
        if self.kind == StreamKind::ExclusiveEvent && frames != self.frames {
            return Err(HResult::BUFFER_SIZE_ERROR);
        }
        if frames > free.ok_or(HResult::BUFFER_ERROR)? {
            return Err(HResult::BUFFER_TOO_LARGE);
        }
        self.held = Some(frames).filter(|frames| !frames.is_zero());
        Ok(())
    }

    /// Gives a packet back of which `written` frames were written.
    ///
    /// # Errors
    /// `INVALIDARG`, `OUT_OF_ORDER`, `BUFFER_SIZE_ERROR`, `INVALID_SIZE`; what is held stays held.
    pub fn release_written(&mut self, written: Frames, flags: u32) -> Result<(), HResult> {
        if flags & !SILENT != 0 {
            return Err(HResult::INVALIDARG);
        }
        if self.held.is_none() && !written.is_zero() {
            return Err(HResult::OUT_OF_ORDER);
        }
        if self.kind == StreamKind::ExclusiveEvent && written != self.frames {
            return Err(HResult::BUFFER_SIZE_ERROR);
        }
        if self.held.is_some_and(|held| written > held) {
            return Err(HResult::INVALID_SIZE);
        }
        self.held = None;
        Ok(())
    }

    /// Takes hold of the first packet that is queued; false if none is.
    ///
    /// # Errors
    /// `OUT_OF_ORDER`; in exclusive mode `BUFFER_ERROR` if there is none.
    pub fn get_to_read(&mut self, first: Option<Frames>) -> Result<bool, HResult> {
        if self.held.is_some() {
            return Err(HResult::OUT_OF_ORDER);
        }
        if first.is_none() && self.kind != StreamKind::Shared {
            return Err(HResult::BUFFER_ERROR);
        }
        self.held = first;
        Ok(first.is_some())
    }

    /// Gives a packet back; true if it was read.
    ///
    /// # Errors
    /// `OUT_OF_ORDER`; `INVALID_SIZE` for neither the packet nor nothing, and it stays held.
    pub fn release_read(&mut self, read: Frames) -> Result<bool, HResult> {
        match self.held {
            None if read.is_zero() => Ok(false),
            None => Err(HResult::OUT_OF_ORDER),
            Some(held) if read.is_zero() || read == held => {
                self.held = None;
                Ok(!read.is_zero())
            }
            Some(_) => Err(HResult::INVALID_SIZE),
        }
    }
}
