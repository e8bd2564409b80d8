//! Write positions, and what is told of those that come late, twice, or last.

use ks::{AudioRequest, KsState, PinReply, PinRequest};
use miniport::{OffloadMiniport, OffloadOptions};
use portcls::EngineEventKind::{
    BufferComplete, GlitchReport, LastBufferRendered, PinState, SetWritePosition,
};
use units::{Bytes, NtStatus, SimTime};
use vtime::{Context, Event};

use super::lab::{DELAY, config, run};

const OFFLOAD: u32 = OffloadMiniport::OFFLOAD_PIN;

#[test]
fn r106_r148_positions_of_a_stream_go_on_beyond_the_buffer() {
    run(config(), OffloadOptions::default(), |client| async move {
        let stream = client.stream(OFFLOAD);
        let write = |end| {
            ks::set_current_write_position(&client.cx, &stream.pin, Bytes::new(end)).unwrap();
        };
        write(3840);
        client.set_state(&stream, KsState::Run);
        for millis in [12, 24, 36] {
            client.at(millis).await;
            let linear = ks::linear_buffer_position(&client.cx, &stream.pin).unwrap();
            // A frame counts once it has ended; at a commit that of the very instant has not.
            assert_eq!(linear, (millis * 48 - 1) * 4);
            let request = PinRequest::Audio(AudioRequest::PresentationPosition);
            let answer = stream.pin.request(client.cx.moment(), request);
            let Ok(PinReply::PresentationPosition(presented)) = answer else {
                panic!("{answer:?} is no position");
            };
            assert_eq!(presented.blocks.get(), millis * 48 - 1 - DELAY);
            write(if millis == 24 { 3840 } else { 1920 });
        }
        assert_eq!(client.told(GlitchReport), []);
        let told = client.told(SetWritePosition);
        let positions: Vec<_> = told.iter().map(|(at, place, _)| (*at, *place)).collect();
        assert_eq!(positions, [(0, 3840), (12, 1920), (24, 3840), (36, 1920)]);
        client.set_state(&stream, KsState::Stop);
        assert_eq!(ks::linear_buffer_position(&client.cx, &stream.pin), Ok(0));
    });
}

#[test]
fn r149_the_same_write_position_twice_is_told_with_code_3() {
    run(config(), OffloadOptions::default(), |client| async move {
        let stream = client.stream(OFFLOAD);
        for end in [1920, 3840, 3840, 1920] {
            ks::set_current_write_position(&client.cx, &stream.pin, Bytes::new(end)).unwrap();
        }
        assert_eq!(client.told(GlitchReport), [(0, 3, 3840)]);
        for end in [0, 3841] {
            let refused = ks::set_current_write_position(&client.cx, &stream.pin, Bytes::new(end));
            assert_eq!(refused, Err(NtStatus::INVALID_DEVICE_REQUEST));
        }
    });
}

#[test]
fn what_the_client_has_not_written_is_silent_and_told_with_code_1_once() {
    let heard = run(config(), OffloadOptions::default(), |client| async move {
        let stream = client.stream(OFFLOAD);
        client.store(&stream, 0, 960, 500);
        ks::set_current_write_position(&client.cx, &stream.pin, Bytes::new(1920)).unwrap();
        client.set_state(&stream, KsState::Run);
        client.at(15).await;
        ks::set_current_write_position(&client.cx, &stream.pin, Bytes::new(3840)).unwrap();
        client.at(20).await;
        assert_eq!(client.told(GlitchReport), [(10, 1, 0)]);
        client.at(30).await;
        assert_eq!(client.told(GlitchReport).len(), 2);
        assert_eq!(client.told(BufferComplete).len(), 2);
        assert_eq!(client.told(PinState)[2], (0, 3, 0));
    });
    assert_eq!(heard[..480], [500; 480]);
    assert_eq!(heard[480..719], [0; 239]);
    assert_eq!(heard[720..960], [500; 240]);
    assert_eq!(heard[961..1400], [0; 439]);
}

#[test]
fn r151_the_last_buffer_is_told_when_its_last_byte_is_rendered() {
    run(config(), OffloadOptions::default(), |client| async move {
        let stream = client.stream(OFFLOAD);
        let support = PinRequest::Audio(AudioRequest::LastBufferSupport);
        let answer = stream.pin.request(client.cx.moment(), support);
        assert!(matches!(answer, Ok(PinReply::Switch(true))));
        // 15 ms: a packet of 10 ms, and half of the next one.
        ks::set_last_buffer_position(&client.cx, &stream.pin, Bytes::new(2880)).unwrap();
        client.set_state(&stream, KsState::Run);
        client.event.wait().await;
        assert_eq!(client.cx.now(), SimTime::from_millis(10));
        // Fetched by 15 ms, rendered 5 ms later.
        client.event.wait().await;
        assert_eq!(client.cx.now(), SimTime::from_millis(20));
        assert_eq!(client.told(LastBufferRendered), [(20, 0, 0)]);
        client.at(60).await;
        assert!(!client.event.is_set());
        assert_eq!(client.told(GlitchReport), []);
    });
}
