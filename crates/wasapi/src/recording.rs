//! What a client has recorded.

use units::{Frames, WaveFormat};
use vtime::Context;

use crate::capture_client::CapturedPacket;
use crate::history::CAPTURED;

/// What a client has recorded: everything that it got, one after the other.
///
/// What was lost has no place in it, as in a file to which a program appends what it gets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recording {
    format: WaveFormat,
    frames: Frames,
    bytes: Vec<u8>,
}

impl Recording {
    pub(crate) const fn new(format: WaveFormat) -> Self {
        Self {
            format,
            frames: Frames::ZERO,
            bytes: Vec::new(),
        }
    }

    /// What a frame is.
    pub const fn format(&self) -> WaveFormat {
        self.format
    }

    /// How many there are.
    pub const fn frames(&self) -> Frames {
        self.frames
    }

    /// The samples, if there are any.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Appends `packet`, and notes it in the history.
    pub(crate) fn append<C: Context>(&mut self, cx: &C, packet: CapturedPacket, bytes: &[u8]) {
        self.frames += packet.frames;
        self.bytes.extend_from_slice(bytes);
        let words = [
            packet.frames.get(),
            packet.device_position,
            packet.flags.into(),
            packet.device_frame,
            packet.qpc_position.get(),
        ];
        cx.record(&CAPTURED, &words);
    }
}

vtime::fork_by_clone!(Recording);
