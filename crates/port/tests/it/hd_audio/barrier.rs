//! Stores into write-combined memory, their barrier, and what is heard.

use ks::KsState;
use ring::{Kind, Whose};
use units::{Frames, NtStatus, SimDuration};
use vtime::Context;

use super::lab::{Client, Heard, Stream, k0, s16, spans};

/// Stores the packet without a barrier behind it.
fn store_combined(client: &Client, stream: &Stream, packet: u64) {
    let first = Frames::new(packet * 480);
    let whose = Whose {
        run: stream.mapping.run(),
        kind: Kind::Audio,
        content: first.get(),
        intended: first.get(),
        write: 0,
    };
    let now = client.cx.moment();
    stream
        .mapping
        .store_combined(now, first, None, Frames::new(480), whose);
}

const AUDIO: Kind = Kind::Audio;

#[test]
fn a_store_without_its_barrier_is_not_heard() {
    let mut lab = k0();
    lab.run(20, |client| async move {
        let stream = client.open_k0();
        assert!(stream.mapping.call_memory_barrier);
        store_combined(&client, &stream, 0);
        client.set_state(&stream, KsState::Run);
        client.at(5).await;
        assert_eq!(stream.mapping.next_drain(), None);
        stream.mapping.barrier(client.cx.moment());
        client.at(20).await;
    });
    // The last frame is the one that is due at the end of the run. Nobody's until the barrier; 5 ms are 240 frames, and frame 240 is fetched at that instant.
    let expected: [Heard; 4] = [
        (0, 240, None),
        (240, 240, Some((240, AUDIO))),
        (480, 480, None),
        (960, 1, Some((0, AUDIO))),
    ];
    assert_eq!(spans(&lab.heard()), expected);
}

#[test]
fn a_store_drains_at_its_time_without_a_barrier() {
    let mut lab = k0();
    lab.run(10, |client| async move {
        let stream = client.open_k0();
        stream
            .mapping
            .combining
            .set_drain(Some(SimDuration::from_millis(2)));
        client.set_state(&stream, KsState::Run);
        client.at(1).await;
        store_combined(&client, &stream, 0);
        let due = stream.mapping.next_drain().expect("it drains");
        client.cx.sleep_until(due.commit()).await;
        stream.mapping.drain(client.cx.moment());
        assert_eq!(stream.mapping.next_drain(), None);
        client.at(10).await;
    });
    let expected: [Heard; 3] = [
        (0, 144, None),
        (144, 336, Some((144, AUDIO))),
        (480, 1, None),
    ];
    assert_eq!(spans(&lab.heard()), expected);
}

#[test]
fn a_barrier_lets_stores_through_in_their_order() {
    let mut lab = k0();
    lab.run(10, |client| async move {
        let stream = client.open_k0();
        store_combined(&client, &stream, 2);
        store_combined(&client, &stream, 0);
        assert_eq!(client.announce(&stream, 0, None), NtStatus::SUCCESS);
        stream.mapping.barrier(client.cx.moment());
        client.set_state(&stream, KsState::Run);
        client.at(10).await;
    });
    // Packet 2 lies where packet 0 does, and packet 0 was stored last.
    let expected: [Heard; 2] = [(0, 480, Some((0, AUDIO))), (480, 1, None)];
    assert_eq!(spans(&lab.heard()), expected);
}

#[test]
fn r49_r50_a_stream_plays_in_the_format_that_was_set_last() {
    let mut lab = k0();
    lab.run(30, |client| async move {
        let connect = ks::PinConnect::of(miniport::HdAudioMiniport::RENDER_PIN, s16(48_000));
        let pin = client
            .filter
            .create_pin(client.cx.moment(), connect)
            .expect("the pin opens");
        // 50 kHz lies in the range and is no rate of the link.
        let refused = ks::set_format(&client.cx, &pin, s16(50_000));
        assert_eq!(refused, Err(NtStatus::INVALID_PARAMETER));
        assert_eq!(ks::set_format(&client.cx, &pin, s16(96_000)), Ok(()));
        assert_eq!(ks::format(&client.cx, &pin), Ok(s16(96_000)));
        let mapping = ks::allocate_buffer(&client.cx, &pin, units::Bytes::new(3840)).unwrap();
        assert_eq!(mapping.format(), s16(96_000));
        ks::set_state(&client.cx, &pin, KsState::Run).unwrap();
        for format in [s16(48_000), s16(96_000)] {
            let refused = ks::set_format(&client.cx, &pin, format);
            assert_eq!(refused, Err(NtStatus::INVALID_PARAMETER));
        }
        client.at(4).await;
        let position = ks::position(&client.cx, &pin).unwrap();
        assert_eq!(position.write.get(), 4 * 96 * 4);
    });
}
