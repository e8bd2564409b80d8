//! Which write packets are accepted, and the end of the stream.

use ks::{END_OF_STREAM, PacketCount, PacketNumber, WritePacket};
use thiserror::Error;
use units::{Bytes, NtStatus};

use crate::options::PacketWindow;

/// Why the miniport refused a write packet.
///
/// # Source
/// `portcls/nf-portcls-iminiportwavertoutputstream-setwritepacket.md`, "Returns".
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum WritePacketError {
    /// The end of the stream was announced before.
    #[error("packet {packet} follows the end of the stream")]
    AfterEnd {
        /// The packet announced.
        packet: PacketNumber,
    },
    /// A flag other than the end of the stream.
    #[error("flags 0x{flags:x} hold more than the end of the stream")]
    UnknownFlags {
        /// What was passed.
        flags: u32,
    },
    /// More valid bytes than a packet has.
    #[error("a last packet of {length:?} is longer than a packet of {packet_size:?}")]
    EndTooLong {
        /// What was passed.
        length: Bytes,
        /// Size of a packet.
        packet_size: Bytes,
    },
    /// The packet has been transferred, or is in transfer now. This is a glitch.
    #[error("packet {packet} came late: packet {first} is the first that can be written")]
    Late {
        /// The packet announced.
        packet: PacketNumber,
        /// The first that would be accepted.
        first: PacketNumber,
    },
    /// The packet lies further ahead than the cyclic buffer reaches. This is a glitch.
    #[error("packet {packet} is ahead of packet {last}, the last that the buffer holds")]
    Overrun {
        /// The packet announced.
        packet: PacketNumber,
        /// The last that would be accepted.
        last: PacketNumber,
    },
}

impl From<WritePacketError> for NtStatus {
    fn from(error: WritePacketError) -> Self {
        match error {
            WritePacketError::AfterEnd { .. } => Self::INVALID_DEVICE_STATE,
            WritePacketError::UnknownFlags { .. } | WritePacketError::EndTooLong { .. } => {
                Self::INVALID_PARAMETER
            }
            WritePacketError::Late { .. } => Self::DATA_LATE_ERROR,
            WritePacketError::Overrun { .. } => Self::DATA_OVERRUN,
        }
    }
}

/// Where the device is, as far as packets go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Progress {
    /// Packets wholly transferred since the stream was last in Stop.
    pub(crate) completed: u64,
    /// True if the next packet is in transfer: in RUN, or paused in the middle of it.
    pub(crate) in_transfer: bool,
    pub(crate) running: bool,
}

/// The packets of a buffer with notifications, and which of them may be announced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Packets {
    /// How many the buffer holds.
    pub(crate) count: u32,
    pub(crate) size: Bytes,
    pub(crate) window: PacketWindow,
    end: Option<End>,
}

/// The end of the stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct End {
    /// The last packet, counted without wrap.
    pub(crate) packet: u64,
    /// How much of it is valid.
    pub(crate) valid: Bytes,
}

impl Packets {
    pub(crate) fn new(count: u32, size: Bytes, window: PacketWindow) -> Self {
        Self {
            count,
            size,
            window,
            end: None,
        }
    }

    /// The end of the stream, once announced.
    pub(crate) fn end(&self) -> Option<End> {
        self.end
    }

    /// The stream went to Stop.
    pub(crate) fn reset(&mut self) {
        self.end = None;
    }

    /// Judges an announcement. Returns the end of the stream if this was it.
    ///
    /// Model: checks go from the most specific to the least; see `docs/rules/wavert-ks.md`, R119.
    pub(crate) fn announce(
        &mut self,
        write: WritePacket,
        progress: Progress,
    ) -> Result<Option<End>, WritePacketError> {
        let WritePacket {
            packet,
            flags,
            eos_packet_length,
        } = write;
        if self.end.is_some() {
            return Err(WritePacketError::AfterEnd { packet });
        }
        if flags & !END_OF_STREAM != 0 {
            return Err(WritePacketError::UnknownFlags { flags });
        }
        let ends = flags & END_OF_STREAM != 0;
        if ends && eos_packet_length > self.size {
            let packet_size = self.size;
            return Err(WritePacketError::EndTooLong {
                length: eos_packet_length,
                packet_size,
            });
        }
        let ahead = self.check_window(packet, progress)?;
        if ends {
            self.end = Some(End {
                packet: progress.completed + ahead,
                valid: eos_packet_length,
            });
        }
        Ok(self.end)
    }

    /// How far an acceptable packet lies ahead of the first one that is not wholly transferred.
    fn check_window(
        &self,
        packet: PacketNumber,
        progress: Progress,
    ) -> Result<u64, WritePacketError> {
        let base = PacketCount::wrapping(progress.completed).in_transfer();
        let (first, last) = self.window(progress);
        let ahead = packet.ahead_of(base);
        match u32::try_from(ahead) {
            Ok(ahead) if ahead > last => Err(WritePacketError::Overrun {
                packet,
                last: base.after(last),
            }),
            Ok(ahead) if ahead >= first => Ok(ahead.into()),
            _ => Err(WritePacketError::Late {
                packet,
                first: base.after(first),
            }),
        }
    }

    /// The first and the last packet that can be announced, relative to the first one that is not
    /// wholly transferred.
    ///
    /// Source: `audio/ksproperty-rtaudio-setwritepacket.md`.
    /// Model: a single packet in transfer is rewritten behind the device, as the sample has it.
    fn window(&self, progress: Progress) -> (u32, u32) {
        match self.window {
            PacketWindow::Documented => {
                let first = u32::from(progress.in_transfer);
                (first, first.max(self.count - 1))
            }
            PacketWindow::Sample => {
                let only = u32::from(progress.running);
                (only, only)
            }
        }
    }
}

vtime::fork_by_clone!(Packets);

#[cfg(test)]
mod tests;
