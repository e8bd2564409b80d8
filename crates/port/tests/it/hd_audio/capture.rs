//! Captured packets: when they can be read, which, and what lies in them.

use hardware::{Extent, StreamConfig};
use ks::{KsState, PinConnect, PinHandle, PinReply, PinRequest, ReadPacket, RtAudioRequest};
use miniport::{HdAudioMiniport, HdAudioOptions, ReadOrder};
use ring::{Samples, Whose};
use units::{Bytes, Frames, Hns, NtStatus, SimDuration, SimTime};
use vtime::{Context, Event};

use super::lab::{Client, Lab, Stream, s16};

fn k0() -> Lab {
    Lab::capturing(StreamConfig::k0(), HdAudioOptions::default())
}

fn hd_audio() -> Lab {
    Lab::capturing(StreamConfig::hd_audio_input(), HdAudioOptions::default())
}

/// Four packets, which Windows does not know.
fn roomy(read_order: ReadOrder) -> HdAudioOptions {
    HdAudioOptions {
        packets_max: 4,
        read_order,
        ..HdAudioOptions::default()
    }
}

fn read(client: &Client, stream: &Stream) -> Result<ReadPacket, NtStatus> {
    ks::read_packet(&client.cx, &stream.pin)
}

/// Everything that can be read now: the packets, and whether there was more.
fn drain(client: &Client, stream: &Stream) -> Vec<(u32, bool)> {
    let next = || read(client, stream).ok();
    std::iter::from_fn(next)
        .map(|packet| (packet.packet.get(), packet.more_data))
        .collect()
}

/// What lies in the place of `packet` now: (frames, device frame of the first).
fn content(client: &Client, stream: &Stream, packet: u64) -> Vec<(u64, Option<u64>)> {
    let mut found = Vec::new();
    let each = |len: Frames, whose: Option<Whose>| {
        found.push((len.get(), whose.map(|whose| whose.intended)));
    };
    let (at, now) = (Frames::new(packet * 480), client.cx.moment());
    stream.mapping.load(now, at, Frames::new(480), None, each);
    found
}

#[test]
fn r131_r132_r133_without_a_new_packet_there_is_none_and_the_first_has_number_0() {
    k0().run(60, |client| async move {
        let stream = client.open_k0();
        for round in 0..2 {
            client.set_state(&stream, KsState::Run);
            let begin = client.cx.moment().time;
            assert_eq!(
                read(&client, &stream),
                Err(NtStatus::DEVICE_NOT_READY),
                "round {round}"
            );
            assert_eq!(client.event.wait().await, 1);
            assert_eq!(
                client.cx.moment().time.since(begin),
                SimDuration::from_millis(10)
            );
            let packet = read(&client, &stream).expect("it is there");
            assert_eq!(
                (packet.packet.get(), packet.flags, packet.more_data),
                (0, 0, false)
            );
            assert_eq!(read(&client, &stream), Err(NtStatus::DEVICE_NOT_READY));
            client.set_state(&stream, KsState::Stop);
        }
    });
}

#[test]
fn r91_r82_the_packet_before_a_notification_lies_wholly_in_the_buffer() {
    for mut lab in [k0(), hd_audio()] {
        lab.run(205, |client| async move {
            let stream = client.open_k0();
            client.set_state(&stream, KsState::Run);
            for packet in 0..20_u64 {
                assert_eq!(client.event.wait().await, packet + 1);
                let number = read(&client, &stream).expect("it is there").packet;
                assert_eq!(u64::from(number.get()), packet);
                assert_eq!(
                    content(&client, &stream, packet),
                    [(480, Some(packet * 480))]
                );
            }
        });
    }
}

/// The samples in the buffer are those that came over the link.
#[test]
fn what_is_read_is_what_was_recorded() {
    let recording = StreamConfig {
        record: Samples::Kept,
        ..StreamConfig::hd_audio_input()
    };
    let mut lab = Lab::capturing(recording, HdAudioOptions::default());
    let taken = vtime::Shared::new(Vec::new());
    let collected = taken.clone();
    lab.run(105, |client| async move {
        let stream = client.open_k0();
        client.set_state(&stream, KsState::Run);
        for packet in 0..10 {
            client.event.wait().await;
            let mut bytes = vec![0; 480 * 4];
            let (at, now) = (Frames::new(packet * 480), client.cx.moment());
            stream
                .mapping
                .load(now, at, Frames::new(480), Some(&mut bytes), |_, _| ());
            collected.borrow_mut().extend(bytes);
        }
    });
    let log = lab.heard();
    let taken = taken.borrow();
    assert_eq!(log.samples()[..taken.len()], taken[..]);
    assert!(taken.iter().any(|&byte| byte != 0));
}

/// Rows S31, S32 and S33: a reader that sleeps past an event, and what of two packets is left.
#[test]
fn r137_a_packet_that_is_written_over_is_lost_and_the_numbers_jump() {
    for (sleep_micros, expected) in [
        (9_900, vec![(4, false)]),
        (14_000, vec![(5, false)]),
        (25_000, vec![(6, false)]),
    ] {
        k0().run(200, move |client| async move {
            let stream = client.open_k0();
            client.set_state(&stream, KsState::Run);
            for packet in 0..4 {
                client.event.wait().await;
                assert_eq!(drain(&client, &stream), [(packet, false)]);
            }
            assert_eq!(client.event.wait().await, 5);
            client.at_micros(50_000 + sleep_micros).await;
            assert_eq!(drain(&client, &stream), expected);
            assert_eq!(read(&client, &stream), Err(NtStatus::DEVICE_NOT_READY));
        });
    }
}

/// Row S34: four packets, a reader 25 ms late.
#[test]
fn r136_a_backlog_is_read_oldest_first_as_long_as_there_is_more_data() {
    for (order, expected) in [
        (
            ReadOrder::OldestFirst,
            vec![(4, true), (5, true), (6, false)],
        ),
        (ReadOrder::NewestOnly, vec![(6, false)]),
    ] {
        let mut lab = Lab::capturing(StreamConfig::k0(), roomy(order));
        lab.run(200, move |client| async move {
            let stream = client.open(s16(48_000), 480, 4);
            client.set_state(&stream, KsState::Run);
            for packet in 0..4 {
                client.event.wait().await;
                assert_eq!(drain(&client, &stream), [(packet, false)]);
            }
            client.at(75).await;
            assert_eq!(drain(&client, &stream), expected, "{order:?}");
            for packet in 4..7 {
                assert_eq!(
                    content(&client, &stream, packet),
                    [(480, Some(packet * 480))]
                );
            }
        });
    }
}

#[test]
fn r134_r135_the_counter_is_that_of_the_first_frame_and_packets_are_a_period_apart() {
    for (mut lab, delay) in [
        (k0(), 0),
        (hd_audio(), 0),
        (
            Lab::capturing(
                StreamConfig {
                    codec_delay: SimDuration::from_micros(500),
                    ..StreamConfig::hd_audio_input()
                },
                HdAudioOptions::default(),
            ),
            5_000,
        ),
    ] {
        lab.run(110, move |client| async move {
            let stream = client.open_k0();
            client.at(5).await;
            client.set_state(&stream, KsState::Run);
            for packet in 0..10 {
                client.event.wait().await;
                let counter = read(&client, &stream).expect("it is there");
                assert_eq!(
                    counter.performance_counter,
                    Hns::new(50_000 + packet * 100_000 - delay)
                );
            }
        });
    }
}

/// A pause of 20 ms in the middle of packet 1: its first frame was before, that of packet 2 after.
#[test]
fn r134_the_counter_knows_of_pauses() {
    k0().run(80, |client| async move {
        let stream = client.open_k0();
        client.set_state(&stream, KsState::Run);
        client.at(15).await;
        client.set_state(&stream, KsState::Pause);
        assert_eq!(drain(&client, &stream), [(0, false)], "a pause drains");
        client.at(35).await;
        client.set_state(&stream, KsState::Run);
        assert_eq!(client.event.wait().await, 1, "that of before the pause");
        for (wakes, counter) in [(40, 10), (50, 40), (60, 50)] {
            client.event.wait().await;
            assert_eq!(client.cx.moment().time.to_nanos_floor(), wakes * 1_000_000);
            let packet = read(&client, &stream).expect("it is there");
            assert_eq!(packet.performance_counter, Hns::new(counter * 10_000));
        }
    });
}

/// Model choice: as the sample has it in Stop and Acquire; what is there can be read in Pause.
#[test]
fn mc29_packets_are_read_in_pause_and_run_only() {
    k0().run(40, |client| async move {
        let stream = client.open_k0();
        for (state, status) in [
            (KsState::Stop, NtStatus::INVALID_DEVICE_STATE),
            (KsState::Acquire, NtStatus::INVALID_DEVICE_STATE),
            (KsState::Pause, NtStatus::DEVICE_NOT_READY),
            (KsState::Run, NtStatus::DEVICE_NOT_READY),
        ] {
            client.set_state(&stream, state);
            assert_eq!(read(&client, &stream), Err(status), "{state:?}");
        }
        client.at(25).await;
        client.set_state(&stream, KsState::Acquire);
        assert_eq!(read(&client, &stream), Err(NtStatus::INVALID_DEVICE_STATE));
        client.set_state(&stream, KsState::Pause);
        assert_eq!(drain(&client, &stream), [(1, false)]);
    });
}

#[test]
fn r141_a_captured_stream_has_no_packets_to_write_and_no_count() {
    k0().run(10, |client| async move {
        let stream = client.open_k0();
        assert_eq!(client.announce(&stream, 0, None), NtStatus::NOT_SUPPORTED);
        let count = client.status(&stream, RtAudioRequest::PacketCount);
        assert_eq!(count, NtStatus::NOT_SUPPORTED);
    });
    let mut render = super::lab::k0();
    render.run(10, |client| async move {
        let stream = client.open_k0();
        assert_eq!(read(&client, &stream), Err(NtStatus::NOT_SUPPORTED));
    });
}

#[test]
fn r141_without_notifications_there_are_no_packets_to_read() {
    k0().run(30, |client| async move {
        let connect = PinConnect::of(HdAudioMiniport::CAPTURE_PIN, s16(48_000));
        let now = client.cx.moment();
        let pin = client.filter.create_pin(now, connect).expect("it opens");
        ks::allocate_buffer(&client.cx, &pin, Bytes::new(3840)).expect("there is memory");
        let state = PinRequest::SetState(KsState::Run);
        pin.request(now, state).expect("it runs");
        client.at(25).await;
        let status = ks::read_packet(&client.cx, &pin);
        assert_eq!(status, Err(NtStatus::NOT_SUPPORTED));
    });
}

/// What the FIFO and the codec hold was recorded and cannot be read yet.
#[test]
fn r92_the_record_position_is_ahead_of_the_read_position() {
    let stream = StreamConfig {
        fifo: Extent::Bytes(Bytes::new(120)),
        burst: Extent::Bytes(Bytes::new(64)),
        codec_delay: SimDuration::from_millis(1),
        ..StreamConfig::hd_audio_input()
    };
    Lab::capturing(stream, HdAudioOptions::default()).run(30, |client| async move {
        let stream = client.open_k0();
        let offsets = |client: &Client| {
            let position = client.position(&stream);
            (position.play.get(), position.write.get())
        };
        assert_eq!(offsets(&client), (0, 0), "nothing was heard");
        client.set_state(&stream, KsState::Run);
        for micros in (100..18_000).step_by(77) {
            client.at_micros(micros).await;
            // Frames that have wholly arrived; 48 more are in the codec.
            let arrived = (micros * 48).div_ceil(1_000) - 1;
            let stored = arrived * 4 / 64 * 64;
            let recorded = (arrived + 48) % 960 * 4;
            assert_eq!(offsets(&client), (recorded, stored), "at {micros} us");
        }
    });
}

#[test]
fn r94_r95_r96_r97_the_position_register_of_an_input_is_that_of_the_link() {
    for mut lab in [k0(), hd_audio()] {
        lab.run(100, |client| async move {
            let stream = client.open(s16(44_100), 441, 2);
            let reply = client.ask(&stream, RtAudioRequest::PositionRegister { base: None });
            let PinReply::Register(register) = reply else {
                panic!("a register is answered with a register");
            };
            assert_eq!((register.width, register.accuracy), (32, 4));
            client.set_state(&stream, KsState::Run);
            let (mut before, mut wraps) = (0, 0);
            for step in 1..=900 {
                client.at_micros(step * 101).await;
                let read = register.read(client.cx.moment());
                assert!(read < 3528);
                assert_eq!(read, client.position(&stream).play.get(), "no codec delay");
                wraps += u64::from(read < before);
                before = read;
            }
            assert_eq!(wraps, 900 * 101 / 20_000);
        });
    }
}

/// A stream that records, with nobody who reads.
fn recording() -> (Lab, PinHandle) {
    let stream = StreamConfig {
        record: Samples::Kept,
        ..StreamConfig::hd_audio_input()
    };
    let lab = Lab::capturing(stream, HdAudioOptions::default());
    let now = lab.world.now();
    let connect = PinConnect::of(HdAudioMiniport::CAPTURE_PIN, s16(48_000));
    let pin = lab.filter.create_pin(now, connect).expect("the pin opens");
    for request in [
        PinRequest::RtAudio(RtAudioRequest::BufferWithNotification {
            requested: Bytes::new(3840),
            notification_count: 2,
            base: None,
        }),
        PinRequest::SetState(KsState::Run),
    ] {
        pin.request(now, request).expect("it is granted");
    }
    (lab, pin)
}

#[test]
fn a_twin_records_what_the_original_does() {
    let run = |lab: &mut Lab, millis| {
        let end = SimTime::from_millis(millis);
        lab.world.run_until(end).expect("nothing fails");
    };
    let (mut unsplit, _pin) = recording();
    run(&mut unsplit, 60);
    for millis in [0, 10, 33] {
        let (mut original, _pin) = recording();
        run(&mut original, millis);
        let mut twin = original.forked();
        for lab in [&mut twin, &mut original] {
            run(lab, 60);
            let (digest, expected) = (lab.world.history(), unsplit.world.history());
            assert_eq!(digest.digest(), expected.digest());
            assert_eq!(lab.heard(), unsplit.heard());
        }
    }
}
