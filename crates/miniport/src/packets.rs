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
mod tests {
    use super::*;

    const SIZE: Bytes = Bytes::new(1920);

    fn packets(count: u32, window: PacketWindow) -> Packets {
        Packets::new(count, SIZE, window)
    }

    fn running(completed: u64) -> Progress {
        Progress {
            completed,
            in_transfer: true,
            running: true,
        }
    }

    fn stopped(completed: u64) -> Progress {
        Progress {
            completed,
            in_transfer: false,
            running: false,
        }
    }

    fn paused_within(completed: u64) -> Progress {
        Progress {
            in_transfer: true,
            ..stopped(completed)
        }
    }

    fn plain(packet: u32) -> WritePacket {
        let packet = PacketNumber::new(packet);
        WritePacket {
            packet,
            flags: 0,
            eos_packet_length: Bytes::ZERO,
        }
    }

    fn last(packet: u32, length: u64) -> WritePacket {
        let eos_packet_length = Bytes::new(length);
        WritePacket {
            flags: END_OF_STREAM,
            eos_packet_length,
            ..plain(packet)
        }
    }

    /// The status of announcing each packet from 4 on, at a count of 5.
    fn verdicts(packets: Packets, progress: Progress) -> [NtStatus; 6] {
        [4, 5, 6, 7, 8, 9].map(
            |packet| match packets.clone().announce(plain(packet), progress) {
                Ok(_) => NtStatus::SUCCESS,
                Err(error) => error.into(),
            },
        )
    }

    const LATE: NtStatus = NtStatus::DATA_LATE_ERROR;
    const OVER: NtStatus = NtStatus::DATA_OVERRUN;
    const FINE: NtStatus = NtStatus::SUCCESS;

    #[test]
    fn r119_r120_in_run_what_is_in_transfer_is_late_and_what_does_not_fit_is_too_early() {
        let two = packets(2, PacketWindow::Documented);
        assert_eq!(
            verdicts(two, running(5)),
            [LATE, LATE, FINE, OVER, OVER, OVER]
        );
        let four = packets(4, PacketWindow::Documented);
        assert_eq!(
            verdicts(four, running(5)),
            [LATE, LATE, FINE, FINE, FINE, OVER]
        );
    }

    #[test]
    fn r119_a_packet_in_the_middle_of_which_the_stream_paused_is_in_transfer() {
        let two = packets(2, PacketWindow::Documented);
        assert_eq!(
            verdicts(two, paused_within(5)),
            [LATE, LATE, FINE, OVER, OVER, OVER]
        );
        assert_eq!(
            verdicts(two, stopped(5)),
            [LATE, FINE, FINE, OVER, OVER, OVER]
        );
    }

    #[test]
    fn r121_before_run_every_packet_that_fits_is_accepted() {
        for count in 1..=4 {
            for packet in 0..6 {
                let verdict =
                    packets(count, PacketWindow::Documented).announce(plain(packet), stopped(0));
                assert_eq!(
                    verdict.is_ok(),
                    packet < count,
                    "packet {packet} of {count}"
                );
            }
        }
    }

    #[test]
    fn r119_a_single_packet_is_rewritten_behind_the_device() {
        let one = packets(1, PacketWindow::Documented);
        assert_eq!(
            verdicts(one, running(5)),
            [LATE, LATE, FINE, OVER, OVER, OVER]
        );
        assert_eq!(
            verdicts(one, stopped(5)),
            [LATE, FINE, OVER, OVER, OVER, OVER]
        );
    }

    #[test]
    fn r121_the_samples_window_is_one_packet_wide() {
        let two = packets(2, PacketWindow::Sample);
        assert_eq!(
            verdicts(two, running(5)),
            [LATE, LATE, FINE, OVER, OVER, OVER]
        );
        assert_eq!(
            verdicts(two, stopped(5)),
            [LATE, FINE, OVER, OVER, OVER, OVER]
        );
        assert_eq!(
            verdicts(two, paused_within(5)),
            [LATE, FINE, OVER, OVER, OVER, OVER]
        );
    }

    #[test]
    fn r122_r124_r125_flags_and_length_are_checked_and_the_length_only_with_the_flag() {
        let fresh = packets(2, PacketWindow::Documented);
        let status = |write: WritePacket| match fresh.clone().announce(write, running(5)) {
            Ok(_) => FINE,
            Err(error) => NtStatus::from(error),
        };
        for flags in [1, 0x100, 0x201, u32::MAX] {
            let write = WritePacket { flags, ..plain(6) };
            assert_eq!(status(write), NtStatus::INVALID_PARAMETER);
        }
        assert_eq!(status(last(6, 0)), FINE);
        assert_eq!(status(last(6, 1920)), FINE);
        assert_eq!(status(last(6, 1921)), NtStatus::INVALID_PARAMETER);
        assert_eq!(
            status(WritePacket {
                eos_packet_length: Bytes::new(9999),
                ..plain(6)
            }),
            FINE
        );
    }

    #[test]
    fn r123_r126_nothing_follows_the_end_until_stop() {
        let mut two = packets(2, PacketWindow::Documented);
        let end = two.announce(last(6, 400), running(5)).unwrap();
        assert_eq!(
            end,
            Some(End {
                packet: 6,
                valid: Bytes::new(400)
            })
        );
        let after = two.announce(plain(7), running(6));
        assert_eq!(
            after,
            Err(WritePacketError::AfterEnd {
                packet: PacketNumber::new(7)
            })
        );
        two.reset();
        assert_eq!(two.announce(plain(0), stopped(0)), Ok(None));
    }

    #[test]
    fn r125_checks_go_from_the_most_specific_to_the_least() {
        let mut two = packets(2, PacketWindow::Documented);
        let everything_wrong = WritePacket {
            flags: 0x201,
            ..last(2, 9999)
        };
        let refused = |two: &mut Packets, write| two.announce(write, running(5)).unwrap_err();
        let error = refused(&mut two, everything_wrong);
        assert_eq!(error, WritePacketError::UnknownFlags { flags: 0x201 });
        let too_long = WritePacketError::EndTooLong {
            length: Bytes::new(9999),
            packet_size: SIZE,
        };
        assert_eq!(refused(&mut two, last(2, 9999)), too_long);
        assert_eq!(NtStatus::from(refused(&mut two, last(2, 9))), LATE);
        assert_eq!(two.end(), None, "a refused end is none");
        two.announce(last(6, 9), running(5)).unwrap();
        let error = refused(&mut two, everything_wrong);
        assert_eq!(
            error,
            WritePacketError::AfterEnd {
                packet: PacketNumber::new(2)
            }
        );
    }

    #[test]
    fn r142_late_and_early_stay_right_across_the_wrap() {
        let two = packets(2, PacketWindow::Documented);
        let completed = (1 << 32) - 1; // Packet 2^32 - 1 is in transfer, packet 0 comes next.
        let verdict = |packet| two.clone().announce(plain(packet), running(completed));
        assert_eq!(verdict(0), Ok(None));
        assert!(matches!(
            verdict(u32::MAX),
            Err(WritePacketError::Late { .. })
        ));
        assert!(matches!(
            verdict(u32::MAX - 1),
            Err(WritePacketError::Late { .. })
        ));
        assert!(matches!(verdict(1), Err(WritePacketError::Overrun { .. })));
        let end = two
            .clone()
            .announce(last(0, 0), running(completed))
            .unwrap();
        assert_eq!(end.map(|end| end.packet), Some(1 << 32));
    }
}
