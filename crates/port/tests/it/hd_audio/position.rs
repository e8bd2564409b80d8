//! Positions, registers, clocks and latency.

use hardware::StreamConfig;
use ks::{KsState, PinReply, RtAudioRequest};
use miniport::HdAudioOptions;
use units::{Frames, Hns, NtStatus, SimDuration};
use vtime::Event;

use super::lab::{Client, Lab, Stream, k0, s16};

fn hd_audio() -> Lab {
    Lab::new(StreamConfig::hd_audio(), HdAudioOptions::default())
}

fn offsets(client: &Client, stream: &Stream) -> (u64, u64) {
    let position = client.position(stream);
    (position.play.get(), position.write.get())
}

fn presented(client: &Client, stream: &Stream) -> u64 {
    ks::presentation_position(&client.cx, &stream.pin)
        .expect("it is presented")
        .blocks
        .get()
}

#[test]
fn r33_r41_r42_positions_and_counters_are_0_in_a_new_stream_and_after_stop() {
    k0().run(200, |client| async move {
        let stream = client.open_k0();
        for round in 0..2 {
            client.at(round * 60).await;
            assert_eq!(offsets(&client, &stream), (0, 0));
            assert_eq!((client.count(&stream), presented(&client, &stream)), (0, 0));
            client.set_state(&stream, KsState::Run);
            client.at(round * 60 + 25).await;
            assert_ne!(offsets(&client, &stream), (0, 0));
            assert_eq!(client.count(&stream), 2);
            client.set_state(&stream, KsState::Stop);
        }
        assert_eq!((client.count(&stream), presented(&client, &stream)), (0, 0));
    });
}

#[test]
fn r37_r38_nothing_moves_outside_run() {
    let mut lab = hd_audio();
    lab.run(200, |client| async move {
        let stream = client.open_k0();
        for (millis, state) in [
            (20, KsState::Acquire),
            (40, KsState::Pause),
            (60, KsState::Stop),
        ] {
            client.set_state(&stream, state);
            client.at(millis).await;
            assert_eq!(offsets(&client, &stream), (0, 0));
        }
    });
    assert!(lab.heard().segments().is_empty());
}

/// Row S48: frozen at 2640, and nothing lost or repeated.
#[test]
fn r39_r40_r44_leaving_run_freezes_and_entering_it_again_goes_on() {
    let mut lab = k0();
    lab.run(170, |client| async move {
        let stream = client.start_k0();
        client.at(55).await;
        client.set_state(&stream, KsState::Pause);
        for (millis, state) in [
            (80, KsState::Pause),
            (100, KsState::Acquire),
            (155, KsState::Pause),
        ] {
            client.set_state(&stream, state);
            client.at(millis).await;
            assert_eq!(offsets(&client, &stream), (2640 % 960 * 4, 2640 % 960 * 4));
            assert_eq!(
                (client.count(&stream), presented(&client, &stream)),
                (5, 2640)
            );
        }
        client.set_state(&stream, KsState::Run);
        client.at(160).await;
        assert_eq!(
            (client.count(&stream), presented(&client, &stream)),
            (5, 2640 + 239)
        );
    });
    let log = lab.heard();
    let segments: Vec<_> = log
        .segments()
        .iter()
        .map(|stay| (stay.run, stay.first.get(), stay.frames.get()))
        .collect();
    assert_eq!(segments, [(0, 0, 2640), (0, 2640, 15 * 48 + 1)]);
}

#[test]
fn r88_r94_r95_r96_r97_positions_stay_within_the_buffer_and_the_register_agrees() {
    for mut lab in [k0(), hd_audio()] {
        lab.run(100, |client| async move {
            let stream = client.open(s16(44_100), 441, 2);
            let PinReply::Register(register) =
                client.ask(&stream, RtAudioRequest::PositionRegister { base: None })
            else {
                panic!("a register is answered with a register");
            };
            assert_eq!((register.width, register.accuracy), (32, 4));
            assert_eq!(register.read(vtime::Context::moment(&client.cx)), 0);
            client.set_state(&stream, KsState::Run);
            let (mut before, mut wraps) = (0, 0);
            for step in 1..=900 {
                client.at_micros(step * 101).await;
                let read = register.read(vtime::Context::moment(&client.cx));
                let (play, write) = offsets(&client, &stream);
                assert!(read < 3528 && play < 3528 && write < 3528);
                assert_eq!(read, play, "no codec delay here");
                wraps += u64::from(read < before);
                before = read;
            }
            assert_eq!(wraps, 900 * 101 / 20_000);
        });
    }
}

/// At 192 kHz four frames of four bytes travel in each link frame, so a reading may be three
/// frames behind an even flow. The reference device spreads them.
#[test]
fn r96_the_accuracy_is_what_the_position_grows_by() {
    for (mut lab, expected) in [(k0(), 4), (hd_audio(), 16)] {
        lab.run(30, move |client| async move {
            let stream = client.open(s16(192_000), 1920, 2);
            let PinReply::Register(register) =
                client.ask(&stream, RtAudioRequest::PositionRegister { base: None })
            else {
                panic!("a register is answered with a register");
            };
            assert_eq!(register.accuracy, expected);
            client.set_state(&stream, KsState::Run);
            for micros in 0..400 {
                client.at_micros(1_000 + micros).await;
                let read = register.read(vtime::Context::moment(&client.cx));
                assert_eq!(read % u64::from(expected), 0, "{micros} us on");
            }
        });
    }
}

/// The worked instant of a published table: at 9.000 ms and some latency the client is told that
/// packet 0 is done, while its last 48 frames are still to leave.
#[test]
fn r89_the_play_position_trails_what_was_fetched() {
    hd_audio().run(20, |client| async move {
        let stream = client.open_k0();
        client.set_state(&stream, KsState::Run);
        assert_eq!(client.event.wait().await, 1);
        assert_eq!(client.count(&stream), 1);
        assert_eq!(
            vtime::Context::moment(&client.cx).time.to_nanos_floor(),
            9_000_000
        );
        assert_eq!(offsets(&client, &stream), (1728, 1920));
    });
}

#[test]
fn r98_r101_r102_r104_the_clock_register_advances_in_every_state_and_is_mapped_once() {
    k0().run(300_000, |client| async move {
        let stream = client.open_k0();
        let PinReply::Register(clock) =
            client.ask(&stream, RtAudioRequest::ClockRegister { base: None })
        else {
            panic!("a register is answered with a register");
        };
        assert_eq!(
            (clock.width, clock.numerator, clock.denominator),
            (32, 24_000_000, 1)
        );
        let mut millis = 0;
        for state in [
            KsState::Stop,
            KsState::Acquire,
            KsState::Pause,
            KsState::Run,
        ] {
            client.set_state(&stream, state);
            millis += 10;
            client.at(millis).await;
            assert_eq!(
                clock.read(vtime::Context::moment(&client.cx)),
                millis * 24_000
            );
        }
        client.set_state(&stream, KsState::Stop);
        // 2^32 ticks of 24 MHz are 178.956... s.
        client.at(179_000).await;
        assert_eq!(
            clock.read(vtime::Context::moment(&client.cx)),
            179_000 * 24_000 - (1 << 32)
        );
        let again = client.status(&stream, RtAudioRequest::ClockRegister { base: None });
        assert_eq!(again, units::NtStatus::INVALID_DEVICE_REQUEST);
    });
}

#[test]
fn r107_r108_r109_r110_r111_frames_are_presented_at_the_rate_behind_what_was_transferred() {
    let delayed = StreamConfig {
        codec_delay: SimDuration::from_millis(2),
        ..StreamConfig::hd_audio()
    };
    Lab::new(delayed, HdAudioOptions::default()).run(100, |client| async move {
        let stream = client.open_k0();
        client.set_state(&stream, KsState::Run);
        for millis in [1, 5, 20, 47, 90] {
            client.at(millis).await;
            let position = ks::presentation_position(&client.cx, &stream.pin).unwrap();
            // The frame that is on its way is not yet out; 96 frames are between link and jack.
            assert_eq!(
                position.blocks,
                Frames::new((millis * 48 - 1).saturating_sub(96))
            );
            assert_eq!(position.qpc, Hns::new(millis * 10_000));
            let (play, _) = offsets(&client, &stream);
            assert_eq!(play, position.blocks.get() % 960 * 4);
        }
    });
}

#[test]
fn r113_r114_the_latency_is_told_in_its_units() {
    let delayed = StreamConfig {
        codec_delay: SimDuration::from_micros(250),
        ..StreamConfig::hd_audio()
    };
    Lab::new(delayed, HdAudioOptions::default()).run(1, |client| async move {
        let stream = client.open_k0();
        let latency = ks::hw_latency(&client.cx, &stream.pin).unwrap();
        assert_eq!(latency.fifo_size.get(), 192);
        assert_eq!(
            (latency.chipset_delay, latency.codec_delay),
            (Hns::new(0), Hns::new(2_500))
        );
    });
}

#[test]
fn r105_the_position_advances_at_the_rate_from_the_instant_of_run() {
    for hertz in [44_100, 48_000] {
        k0().run(100, move |client| async move {
            let stream = client.open(s16(hertz), 480, 2);
            client.at_micros(3_337).await;
            client.set_state(&stream, KsState::Run);
            for micros in [1, 20, 21, 500, 9_999, 10_000, 54_321] {
                client.at_micros(3_337 + micros).await;
                // Frame n is out when frame n + 1 begins; what begins now has not begun yet.
                let begun = (micros * u64::from(hertz)).div_ceil(1_000_000);
                assert_eq!(presented(&client, &stream), begun - 1);
            }
        });
    }
}

#[test]
fn r51_from_run_to_reset_the_engine_goes_by_way_of_pause() {
    let mut lab = k0();
    lab.run(20, |client| async move {
        let stream = client.open_k0();
        client.set_state(&stream, KsState::Run);
        client.at(15).await;
        client.set_state(&stream, KsState::Stop);
    });
    let history = lab.world.history();
    let device = history.entries().map(|entry| entry.what.name());
    let moves: Vec<_> = device
        .filter(|name| name.starts_with("hardware."))
        .collect();
    let expected = ["run", "interrupt", "pause", "reset"].map(|what| format!("hardware.{what}"));
    assert_eq!(moves, expected);
}

#[test]
fn r94_without_a_buffer_there_is_no_place_in_it_to_map() {
    k0().run(10, |client| async move {
        let connect = ks::PinConnect::of(miniport::HdAudioMiniport::RENDER_PIN, s16(48_000));
        let now = vtime::Context::moment(&client.cx);
        let pin = client.filter.create_pin(now, connect).expect("it opens");
        let ask = || ks::position_register(&client.cx, &pin);
        assert_eq!(ask().err(), Some(units::NtStatus::DEVICE_NOT_READY));
        ks::allocate_buffer(&client.cx, &pin, units::Bytes::new(3840)).expect("there is memory");
        assert!(ask().is_ok(), "what failed was not mapped");
    });
}

#[test]
fn r99_without_a_position_register_the_position_can_still_be_asked_for() {
    let options = HdAudioOptions {
        position_register: false,
        ..HdAudioOptions::default()
    };
    Lab::new(StreamConfig::k0(), options).run(60, |client| async move {
        let stream = client.start_k0();
        client.at(25).await;
        let register = ks::position_register(&client.cx, &stream.pin);
        assert_eq!(register.map(|_| ()), Err(NtStatus::NOT_SUPPORTED));
        // At a commit the frame that ends at this instant is still on its way, but fetched.
        assert_eq!(offsets(&client, &stream), (1199 % 960 * 4, 1200 % 960 * 4));
    });
}
