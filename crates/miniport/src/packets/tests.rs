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
