//! The mix on its way back.

use std::sync::Arc;

use ring::SharedBuffer;
use units::Frames;
use vtime::{Fork, Forker};

use super::DspEvent;
use super::input::Transfer;
use crate::memory::fork_buffer;

/// The mix on its way back.
#[derive(Debug, Default)]
pub(super) struct Loopback {
    buffer: Option<Arc<SharedBuffer>>,
    packet: u64,
    pub(super) transfer: Transfer,
}

impl Loopback {
    pub(super) fn attach(&mut self, buffer: Arc<SharedBuffer>, packet: Frames) {
        self.buffer = Some(buffer);
        self.packet = packet.get();
    }

    pub(super) fn detach(&mut self) {
        *self = Self::default();
    }

    /// Stores what belongs to the `len` device frames from `first` on; `None` for silence.
    pub(super) fn store(&self, first: u64, len: u64, bytes: Option<&[u8]>, frame_bytes: u32) {
        let (Some(buffer), Some((skipped, linear, count))) =
            (&self.buffer, self.transfer.among(first, len))
        else {
            return;
        };
        let frame = u64::from(frame_bytes);
        let round = buffer.frames().get();
        // What would be overwritten at once is left out.
        let late = count.saturating_sub(round);
        let begin = usize::try_from((skipped + late) * frame).expect("it fits into memory");
        let bytes = bytes.map(|bytes| &bytes[begin..]);
        buffer.store(
            Frames::new(linear + late),
            bytes,
            Frames::new(count - late),
            None,
        );
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
            ..*self
        }
    }
}
