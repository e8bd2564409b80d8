//! A stream that has a pin to itself.

use std::cell::{Cell, RefCell};

use engine::DeviceStream;
use ks::{KsState, PacketNumber};
use ring::{Kind, Whose};
use units::{Frames, HResult, NtStatus};
use vtime::{Context, EventHandle};

use crate::stream_core::StreamKind;

/// The pin of an exclusive stream, and what was written into its cyclic buffer.
///
/// An event-driven stream has the two packets of the buffer; notification `k` hands over the one
/// that was played last, number `(k - 1) % 2`. A timer-driven one has the whole buffer, and knows
/// from the position how much of it was played.
#[derive(Debug)]
pub(crate) struct ExclusiveLine {
    device: DeviceStream,
    kind: StreamKind,
    event: RefCell<Option<EventHandle>>,
    /// After which notification the packet that was written last was handed over.
    written_after: Cell<Option<u64>>,
    /// The same of the packet that is held.
    held_after: Cell<u64>,
    /// Frames written by a timer-driven stream, with those that it missed.
    released: Cell<u64>,
    writes: Cell<u32>,
}

impl ExclusiveLine {
    /// The stream of a pin in Stop, ready to be written to.
    pub(crate) fn new<C: Context>(
        cx: &C,
        device: DeviceStream,
        kind: StreamKind,
    ) -> Result<Self, HResult> {
        set_state(cx, &device, KsState::Pause)?;
        Ok(Self {
            device,
            kind,
            event: RefCell::default(),
            written_after: Cell::default(),
            held_after: Cell::default(),
            released: Cell::default(),
            writes: Cell::default(),
        })
    }

    /// Frames of the buffer that the client fills: one of two, or the whole.
    pub(crate) fn frames(&self) -> Frames {
        match self.kind {
            StreamKind::ExclusiveEvent => self.device.packet,
            _ => self.device.mapping.frames(),
        }
    }

    pub(crate) fn set_event<C: Context>(&self, cx: &C, event: EventHandle) -> Result<(), HResult> {
        ks::register_notification_event(cx, &self.device.pin, event.clone()).map_err(created)?;
        *self.event.borrow_mut() = Some(event);
        Ok(())
    }

    pub(crate) fn start<C: Context>(&self, cx: &C) -> Result<(), HResult> {
        set_state(cx, &self.device, KsState::Run)
    }

    pub(crate) fn stop<C: Context>(&self, cx: &C) -> Result<(), HResult> {
        set_state(cx, &self.device, KsState::Pause)
    }

    pub(crate) fn reset<C: Context>(&self, cx: &C) -> Result<(), HResult> {
        set_state(cx, &self.device, KsState::Stop)?;
        self.written_after.set(None);
        self.released.set(0);
        set_state(cx, &self.device, KsState::Pause)
    }

    /// How much can be written now; `None` if no buffer is handed over.
    pub(crate) fn free<C: Context>(&self, cx: &C) -> Option<Frames> {
        if self.kind == StreamKind::ExclusiveEvent {
            let is_new = self.written_after.get() != Some(self.count(cx));
            return is_new.then_some(self.device.packet);
        }
        Some(self.frames() - self.padding(cx))
    }

    /// Frames written and not played yet; an event-driven stream has no such thing.
    pub(crate) fn padding<C: Context>(&self, cx: &C) -> Frames {
        if self.kind == StreamKind::ExclusiveEvent {
            return Frames::ZERO;
        }
        Frames::new(self.released.get().saturating_sub(self.played(cx).get()))
    }

    /// A packet is taken hold of: it stays the one of the last notification before.
    pub(crate) fn hold<C: Context>(&self, cx: &C) {
        self.held_after.set(self.count(cx));
    }

    /// Writes the packet that is held. Without bytes it is silent.
    pub(crate) fn write<C: Context>(
        &self,
        cx: &C,
        frames: Frames,
        content: u64,
        bytes: Option<&[u8]>,
    ) {
        let first = if self.kind == StreamKind::ExclusiveEvent {
            let count = self.held_after.get();
            self.written_after.set(Some(count));
            // Before the first notification the packet that is played first, and then that behind
            // the one that is played now.
            let packet = if count == 0 { 0 } else { count + 1 };
            let number = PacketNumber::new(u32::try_from(packet).unwrap_or(u32::MAX));
            // A miniport that finds it late says so to whoever looks into the history; no method of
            // the client fails.
            let _ = ks::set_write_packet(cx, &self.device.pin, number, None);
            packet * self.device.packet.get()
        } else {
            // What was not written in time is missed.
            let first = self.released.get().max(self.played(cx).get());
            self.released.set(first + frames.get());
            first
        };
        let whose = Whose {
            run: self.device.mapping.run(),
            kind: Kind::Audio,
            content,
            intended: first,
            write: self.writes.replace(self.writes.get().wrapping_add(1)),
        };
        let at = Frames::new(first % self.device.mapping.frames().get());
        self.store(cx, at, frames, bytes, whose);
    }

    fn store<C: Context>(
        &self,
        cx: &C,
        at: Frames,
        frames: Frames,
        bytes: Option<&[u8]>,
        whose: Whose,
    ) {
        let mapping = &self.device.mapping;
        let before_wrap = frames.min(mapping.frames() - at);
        let cut = usize::try_from(mapping.format().bytes_of(before_wrap).get()).unwrap_or(0);
        let (head, tail) = (
            bytes.map(|bytes| &bytes[..cut]),
            bytes.map(|bytes| &bytes[cut..]),
        );
        mapping.store(cx.moment(), at, head, before_wrap, whose);
        let wrapped = frames - before_wrap;
        if !wrapped.is_zero() {
            let whose = whose.after(before_wrap);
            mapping.store(cx.moment(), Frames::ZERO, tail, wrapped, whose);
        }
    }

    /// The device frames played since the last reset.
    pub(crate) fn played<C: Context>(&self, cx: &C) -> Frames {
        let Ok(position) = ks::position(cx, &self.device.pin) else {
            return Frames::ZERO;
        };
        let mapping = &self.device.mapping;
        let (place, around) = (
            mapping.format().frames_in(position.play).get(),
            mapping.frames().get(),
        );
        // The position goes round; packets that are done say how often.
        let done = self.count(cx) * self.device.packet.get();
        Frames::new(done + (place + around - done % around) % around)
    }

    fn count<C: Context>(&self, cx: &C) -> u64 {
        ks::packet_count(cx, &self.device.pin).map_or(0, |count| count.get().into())
    }

    /// Takes the pin to Stop and closes it.
    pub(crate) fn close<C: Context>(&self, cx: &C) {
        if let Some(event) = self.event.borrow_mut().take() {
            let _ = ks::unregister_notification_event(cx, &self.device.pin, event);
        }
        // A pin that refuses to stop is closed all the same.
        let _ = self.device.clone().close(cx);
    }
}

fn set_state<C: Context>(cx: &C, device: &DeviceStream, state: KsState) -> Result<(), HResult> {
    ks::set_state(cx, &device.pin, state).map_err(created)
}

/// What a client is told when its pin refuses.
fn created(_: NtStatus) -> HResult {
    HResult::ENDPOINT_CREATE_FAILED
}
