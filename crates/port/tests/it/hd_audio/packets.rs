//! Packets: where they lie, which are accepted, what is heard of them.

use ks::KsState;
use miniport::{HdAudioOptions, PacketWindow};
use ring::Kind;
use units::NtStatus;
use vtime::Event;

use super::lab::{Lab, k0, spans};

const LATE: NtStatus = NtStatus::DATA_LATE_ERROR;
const OVERRUN: NtStatus = NtStatus::DATA_OVERRUN;
const FINE: NtStatus = NtStatus::SUCCESS;

#[test]
fn r116_r118_packets_take_turns_in_the_buffer_and_are_heard_in_order() {
    let mut lab = k0();
    lab.run(95, |client| async move {
        let stream = client.start_k0();
        loop {
            let count = client.event.wait().await;
            assert_eq!(
                client.write(&stream, count + 1, None),
                FINE,
                "the next after the count"
            );
            if count == 9 {
                break;
            }
        }
    });
    let heard = spans(&lab.heard());
    assert_eq!(heard, [(0, 95 * 48 + 1, Some((0, Kind::Audio)))]);
}

#[test]
fn r117_the_count_is_0_until_the_first_packet_is_done() {
    k0().run(30, |client| async move {
        let stream = client.open_k0();
        assert_eq!(client.count(&stream), 0);
        client.set_state(&stream, KsState::Run);
        assert_eq!(client.count(&stream), 0);
        client.at(10).await;
        assert_eq!(client.count(&stream), 0);
        client.at_micros(10_001).await;
        assert_eq!(client.count(&stream), 1);
    });
}

/// Rows S04 and S05: the driver says late exactly when the device has begun the packet.
#[test]
fn r119_a_packet_is_late_once_the_count_has_reached_it() {
    for (commit_micros, status) in [
        (59_999, FINE),
        (60_000, FINE),
        (60_001, LATE),
        (64_000, LATE),
    ] {
        k0().run(100, move |client| async move {
            let stream = client.start_k0();
            client.at_micros(commit_micros).await;
            assert_eq!(client.announce(&stream, 6, None), status);
        });
    }
}

#[test]
fn r120_a_packet_that_does_not_fit_yet_is_an_overrun() {
    k0().run(100, |client| async move {
        let stream = client.start_k0();
        client.at(55).await;
        assert_eq!(client.announce(&stream, 7, None), OVERRUN);
        assert_eq!(client.announce(&stream, 6, None), FINE);
        assert_eq!(
            client.announce(&stream, 6, None),
            FINE,
            "row S25: again, with the same data"
        );
    });
}

/// Rows S44 and the priming of the reference: two documents, two windows.
#[test]
fn r121_before_run_the_window_is_an_option() {
    for (packet_window, second) in [
        (PacketWindow::Documented, FINE),
        (PacketWindow::Sample, OVERRUN),
    ] {
        let options = HdAudioOptions {
            packet_window,
            ..HdAudioOptions::default()
        };
        let mut lab = Lab::new(hardware::StreamConfig::k0(), options);
        lab.run(10, move |client| async move {
            let stream = client.open_k0();
            client.set_state(&stream, KsState::Pause);
            assert_eq!(client.announce(&stream, 0, None), FINE);
            assert_eq!(client.announce(&stream, 1, None), second);
            assert_eq!(client.announce(&stream, 2, None), OVERRUN);
            client.set_state(&stream, KsState::Run);
            assert_eq!(client.announce(&stream, 0, None), LATE);
            assert_eq!(client.announce(&stream, 1, None), FINE);
        });
    }
}

#[test]
fn r127_r129_the_count_follows_time_and_not_what_is_announced() {
    k0().run(100, |client| async move {
        let stream = client.open_k0();
        client.set_state(&stream, KsState::Run);
        for millis in [5, 15, 45] {
            client.at(millis).await;
            let before = client.count(&stream);
            assert_eq!(u64::from(before), millis / 10);
            for packet in [before, before + 1, before + 2] {
                client.announce(&stream, packet, None);
            }
            assert_eq!(client.count(&stream), before);
        }
    });
}

/// Row S05: 14 ms late on the ring.
#[test]
fn r128_what_is_not_written_in_time_is_heard_from_the_revolution_before() {
    let mut lab = k0();
    lab.run(75, |client| async move {
        let stream = client.start_k0();
        for packet in 2..=5 {
            assert_eq!(client.event.wait().await, packet - 1);
            assert_eq!(client.write(&stream, packet, None), FINE);
        }
        client.at(64).await;
        assert_eq!(client.write(&stream, 6, None), LATE);
        let next = u64::from(client.count(&stream)) + 1;
        assert_eq!(client.write(&stream, next, None), FINE, "r130: count and 1");
        let position = ks::presentation_position(&client.cx, &stream.pin).unwrap();
        assert_eq!(position.blocks.get(), 64 * 48 - 1, "time goes on");
    });
    let audio = |intended| Some((intended, Kind::Audio));
    let heard = spans(&lab.heard());
    assert_eq!(
        heard,
        [
            (0, 2880, audio(0)),
            (2880, 192, audio(1920)),
            (3072, 75 * 48 + 1 - 3072, audio(3072))
        ]
    );
}

#[test]
fn r130_numbers_may_skip() {
    k0().run(100, |client| async move {
        let stream = client.start_k0();
        client.at(71).await;
        assert_eq!(client.announce(&stream, 2, None), LATE);
        let count = client.count(&stream);
        assert_eq!(client.announce(&stream, count + 1, None), FINE);
    });
}

#[test]
fn r119_in_pause_the_packet_that_was_interrupted_is_late_and_one_not_begun_is_not() {
    for (pause_millis, in_the_middle) in [(50, FINE), (55, LATE)] {
        k0().run(100, move |client| async move {
            let stream = client.start_k0();
            client.at(pause_millis).await;
            client.set_state(&stream, KsState::Pause);
            assert_eq!(client.count(&stream), 5);
            let announced = [4, 5, 6, 7].map(|packet| client.announce(&stream, packet, None));
            assert_eq!(announced, [LATE, in_the_middle, FINE, OVERRUN]);
        });
    }
}

/// What left on the link is told apart by runs, whichever pin they belong to.
#[test]
fn runs_are_counted_on_from_pin_to_pin() {
    let mut lab = k0();
    lab.run(100, |client| async move {
        for pin in 0..3 {
            client.at(pin * 30).await;
            let stream = client.start_k0();
            client.at(pin * 30 + 15).await;
            client.set_state(&stream, KsState::Stop);
            ks::close(&client.cx, &stream.pin);
        }
    });
    let log = lab.heard();
    let runs: Vec<u32> = log.spans().iter().map(|span| span.run).collect();
    assert_eq!(runs, [0, 1, 2]);
    for span in log.spans() {
        assert_eq!(span.whose.map(|whose| whose.run), Some(span.run));
    }
}
