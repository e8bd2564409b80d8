//! The mix on its way back.

use std::sync::Arc;

use ring::{Kind, SharedBuffer, Whose};
use units::Frames;
use vtime::{Fork, Forker};

use super::DspEvent;
use super::input::Transfer;
use super::record::Record;
use crate::memory::fork_buffer;

/// The mix on its way back.
#[derive(Debug, Default)]
pub(super) struct Loopback {
    buffer: Option<Arc<SharedBuffer>>,
    packet: u64,
    pub(super) transfer: Transfer,
    pub(super) record: Record,
}

/// What the loopback gets of a mix.
#[derive(Clone, Copy, Debug)]
pub(super) enum Tapped<'a> {
    /// Its samples, if they are kept.
    Mix(Option<&'a [u8]>),
    /// Silence, as somebody wants it so.
    Silence,
}

impl Loopback {
    pub(super) fn attach(&mut self, buffer: Arc<SharedBuffer>, packet: Frames) {
        buffer.set_run(self.record.run_to_come());
        self.buffer = Some(buffer);
        self.packet = packet.get();
    }

    pub(super) fn detach(&mut self) {
        *self = Self {
            record: std::mem::take(&mut self.record),
            ..Self::default()
        };
    }

    /// The run that ends, if one does.
    pub(super) fn reset(&mut self) -> Option<u32> {
        self.transfer.reset();
        let ended = self.record.reset();
        if let Some(buffer) = &self.buffer {
            buffer.set_run(self.record.run_to_come());
        }
        ended
    }

    /// Stores what belongs to the `len` device frames from `first` on.
    pub(super) fn store(&mut self, first: u64, len: u64, tapped: Tapped<'_>, frame_bytes: u32) {
        let (Some(buffer), Some((skipped, linear, count))) =
            (&self.buffer, self.transfer.among(first, len))
        else {
            return;
        };
        // What would be overwritten at once is left out.
        let late = count.saturating_sub(buffer.frames().get());
        let begin = usize::try_from((skipped + late) * u64::from(frame_bytes));
        let begin = begin.expect("it fits into memory");
        let (kind, bytes) = match tapped {
            Tapped::Mix(bytes) => (Kind::Audio, bytes.map(|bytes| &bytes[begin..])),
            Tapped::Silence => (Kind::Muted, None),
        };
        let whose = Whose {
            run: self.record.run(),
            kind,
            content: linear + late,
            intended: linear + late,
            write: 0,
        };
        let at = Frames::new(linear + late);
        buffer.store(at, bytes, Frames::new(count - late), Some(whose));
        self.record.reach(linear + count);
    }

    /// The packets that were filled while the device did the frames from `first` to `ended`.
    pub(super) fn happened(
        &self,
        first: u64,
        ended: u64,
    ) -> impl Iterator<Item = DspEvent> + use<> {
        let packet = self.packet;
        let (before, after) = (self.transfer.linear(first), self.transfer.linear(ended));
        let done = |linear: u64| linear.checked_div(packet).unwrap_or(0);
        (done(before) + 1..=done(after)).map(move |n| DspEvent::PacketDone(Frames::new(n * packet)))
    }

    /// The device frame behind which the first packet is full that is not by `done`.
    pub(super) fn next_packet(&self, done: u64) -> Option<u64> {
        let next = (self.transfer.linear(done).checked_div(self.packet)? + 1) * self.packet;
        self.transfer.done_at(next)
    }
}

impl Fork for Loopback {
    fn fork(&self, forker: &mut Forker) -> Self {
        Self {
            buffer: self
                .buffer
                .as_ref()
                .map(|buffer| fork_buffer(buffer, forker)),
            record: self.record.clone(),
            ..*self
        }
    }
}
