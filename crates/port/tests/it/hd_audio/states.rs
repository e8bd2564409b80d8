//! What each step of the state does, in both directions.

use hardware::StreamConfig;
use ks::{KsState, RtAudioRequest};
use miniport::HdAudioOptions;
use units::NtStatus;
use vtime::Event;

use super::lab::{Client, Lab, Stream, k0};

fn capturing() -> Lab {
    Lab::capturing(StreamConfig::k0(), HdAudioOptions::default())
}

/// Both offsets in bytes.
fn offsets(client: &Client, stream: &Stream) -> (u64, u64) {
    let position = client.position(stream);
    (position.play.get(), position.write.get())
}

fn read(client: &Client, stream: &Stream) -> Result<u32, NtStatus> {
    let packet = ks::read_packet(&client.cx, &stream.pin)?;
    Ok(packet.packet.get())
}

#[test]
fn r43_stop_takes_the_number_of_the_packet_to_read_to_0() {
    capturing().run(100, |client| async move {
        let stream = client.open_k0();
        client.set_state(&stream, KsState::Run);
        client.at(35).await;
        // Packet 3 is being recorded, where packet 1 was.
        assert_eq!(read(&client, &stream), Ok(2));
        client.set_state(&stream, KsState::Stop);
        client.set_state(&stream, KsState::Run);
        client.at(46).await;
        assert_eq!(read(&client, &stream), Ok(0));
    });
}

#[test]
fn r39_r40_r44_a_pause_freezes_positions_and_takes_nothing_back_in_both_directions() {
    for mut lab in [k0(), capturing()] {
        lab.run(60, |client| async move {
            let stream = client.open_k0();
            client.set_state(&stream, KsState::Run);
            // Between two frames: at the end of one it counts or not, by who comes first.
            client.at_micros(15_010).await;
            let running = offsets(&client, &stream);
            client.set_state(&stream, KsState::Pause);
            // The frame under way still ends.
            let before = offsets(&client, &stream);
            assert!(before.0 - running.0 <= 4 && before.1 - running.1 <= 4);
            assert_ne!(before, (0, 0));
            for state in [KsState::Acquire, KsState::Pause] {
                client.set_state(&stream, state);
                assert_eq!(offsets(&client, &stream), before, "{state:?}");
            }
            client.at(45).await;
            assert_eq!(offsets(&client, &stream), before);
            client.set_state(&stream, KsState::Run);
            client.at_micros(50_000).await;
            let went = |now: u64, then: u64| (now + 3840 - then) % 3840;
            let now = offsets(&client, &stream);
            // 5 ms, or a frame less where the frame of the very instant has not begun.
            for (now, then) in [(now.0, before.0), (now.1, before.1)] {
                assert!(went(now, then).abs_diff(5 * 48 * 4) <= 4);
            }
        });
    }
}

#[test]
fn r41_r79_stop_takes_positions_to_0_and_nobody_is_told_outside_run_in_both_directions() {
    for mut lab in [k0(), capturing()] {
        lab.run(60, |client| async move {
            let stream = client.open_k0();
            client.set_state(&stream, KsState::Run);
            client.at(12).await;
            assert!(client.event.is_set());
            client.event.reset();
            for state in [KsState::Pause, KsState::Acquire, KsState::Stop] {
                client.set_state(&stream, state);
            }
            assert_eq!(offsets(&client, &stream), (0, 0));
            client.at(60).await;
            assert!(!client.event.is_set());
            assert_eq!(offsets(&client, &stream), (0, 0));
        });
    }
}

#[test]
fn r47_a_pin_can_be_closed_in_every_state_in_both_directions() {
    for mut lab in [k0(), capturing()] {
        lab.run(60, |client| async move {
            for (round, state) in (0..).zip(KsState::ALL) {
                client.at(round * 12).await;
                let stream = client.open_k0();
                client.set_state(&stream, state);
                client.at(round * 12 + 11).await;
                ks::close(&client.cx, &stream.pin);
                let refused = client.status(&stream, RtAudioRequest::HwLatency);
                assert_eq!(refused, NtStatus::INVALID_HANDLE);
            }
        });
    }
}
