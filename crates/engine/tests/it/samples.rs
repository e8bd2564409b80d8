//! What the mix sounds like, and that nothing else depends on it.

use engine::{ContentPolicy, EngineConfig, Volume};
use proptest::prelude::*;
use ring::Samples;
use units::{SampleFormat, SimDuration, SimTime};

use crate::bench::{Bench, PERIOD, format};

/// A frame of two 16-bit channels that tells its index.
fn counted(index: u64) -> Vec<u8> {
    u32::try_from(index).unwrap().to_le_bytes().to_vec()
}

/// The frames of 4 bytes that were heard.
fn frames(bench: &Bench) -> Vec<[u8; 4]> {
    let device = bench.device.borrow();
    device
        .bytes()
        .chunks_exact(4)
        .map(|frame| frame.try_into().unwrap())
        .collect()
}

#[test]
fn one_stream_at_full_volume_passes_bit_for_bit_behind_a_packet_of_silence() {
    let mut bench = Bench::new(EngineConfig::default(), Samples::Kept);
    bench.client(format(2, SampleFormat::S16), counted);
    bench.spawn();
    bench.run_until_ms(100);
    let heard = frames(&bench);
    assert_eq!(heard.len(), 4801);
    assert!(heard[..480].iter().all(|frame| *frame == [0; 4]));
    for (index, frame) in (0_u32..).zip(&heard[480..]) {
        assert_eq!(*frame, index.to_le_bytes());
    }
}

#[test]
fn streams_are_added_up_with_their_volumes_and_channels() {
    let mut bench = Bench::new(EngineConfig::default(), Samples::Kept);
    let float = |sample: f32| sample.to_le_bytes().to_vec();
    assert_eq!(float(0.25).len(), 4);
    let mono = bench.client(format(1, SampleFormat::F32), |_| {
        0.25_f32.to_le_bytes().to_vec()
    });
    bench.client(format(2, SampleFormat::U8), |_| vec![0xc0, 0x60]);
    bench.clients[mono].stream.borrow_mut().volume = Volume::from_millibels(-2000);
    bench.spawn();
    bench.run_until_ms(30);
    let last = frames(&bench).pop().unwrap();
    let sample = |low, high| i16::from_le_bytes([low, high]);
    // 0.025 from the first; 0.5 and -0.25 from the second.
    assert_eq!(sample(last[0], last[1]), 17_203);
    assert_eq!(sample(last[2], last[3]), -7_373);
}

#[test]
fn w57_what_was_released_as_silent_is_silent_whatever_it_holds() {
    let mut bench = Bench::new(EngineConfig::default(), Samples::Kept);
    let stream = bench
        .endpoint
        .add_stream(format(2, SampleFormat::S16), units::Frames::new(960));
    let bytes = vec![0x55; 960 * 4];
    let release = |frames: u64, content, silent| {
        let bytes = &bytes[..usize::try_from(frames * 4).unwrap()];
        let frames = units::Frames::new(frames);
        stream
            .borrow_mut()
            .buffer
            .release(frames, content, Some(bytes), silent);
    };
    release(100, 0, false);
    release(860, 100, true);
    bench.spawn();
    bench.endpoint.start(&stream);
    bench.run_until_ms(25);
    let heard = frames(&bench);
    assert!(heard[480..580].iter().all(|frame| *frame == [0x55; 4]));
    assert!(heard[580..].iter().all(|frame| *frame == [0; 4]));
    assert_eq!(bench.bad(), [], "silence on purpose is no glitch");
}

#[test]
fn a_mix_beyond_full_scale_is_limited_or_clipped() {
    for limiter in [true, false] {
        let config = EngineConfig {
            limiter,
            ..EngineConfig::default()
        };
        let mut bench = Bench::new(config, Samples::Kept);
        for _ in 0..2 {
            bench.client(format(2, SampleFormat::F32), |_| {
                [0.75_f32, 0.25]
                    .iter()
                    .flat_map(|sample| sample.to_le_bytes())
                    .collect()
            });
        }
        bench.spawn();
        bench.run_until_ms(11);
        let [a, b, c, d] = frames(&bench)[480];
        let heard = (i16::from_le_bytes([a, b]), i16::from_le_bytes([c, d]));
        // Turned down together, the quiet channel keeps its distance; clipped, it does not.
        assert_eq!(
            heard,
            if limiter {
                (i16::MAX, 10_923)
            } else {
                (i16::MAX, 16_384)
            }
        );
    }
}

#[test]
fn what_was_refused_is_lost_or_played_later_by_policy() {
    for (content, frame_3360) in [(ContentPolicy::Drop, 2880), (ContentPolicy::Delay, 2400)] {
        let config = EngineConfig {
            content,
            ..EngineConfig::default()
        };
        let mut bench = Bench::new(config, Samples::Kept);
        bench.client(format(2, SampleFormat::S16), counted);
        bench.late("engine", 5, SimDuration::from_millis(14));
        bench.spawn();
        bench.run_until_ms(100);
        let heard = frames(&bench);
        let told = |frame: usize| u32::from_le_bytes(heard[frame]);
        // Packet 6 held the client's frames from 2400 on; the device came to them in their middle.
        assert_eq!((told(2880), told(3072)), (1440, 2400 + 192));
        assert_eq!(told(3360), frame_3360);
        assert_eq!(bench.bad(), [(2880, 192, "stale")]);
    }
}

#[test]
fn a_starved_stream_is_silent_from_the_very_frame_on() {
    let mut bench = Bench::new(EngineConfig::default(), Samples::Kept);
    let stream = bench
        .endpoint
        .add_stream(format(2, SampleFormat::S16), units::Frames::new(960));
    let bytes: Vec<u8> = (1..=700).flat_map(|n| counted(n + 7)).collect();
    stream
        .borrow_mut()
        .buffer
        .release(units::Frames::new(700), 0, Some(&bytes), false);
    bench.spawn();
    bench.endpoint.start(&stream);
    bench.run_until_ms(40);
    assert_eq!(bench.bad()[0], (480 + 700, 1921 - 1180, "silence"));
    let heard = frames(&bench);
    assert_ne!(heard[480 + 699], [0; 4]);
    assert!(heard[480 + 700..].iter().all(|frame| *frame == [0; 4]));
    assert_eq!(bench.entries("engine.starved")[0].1, [0, 1180, 260, 700]);
}

/// A run with a late engine and a late client.
fn run(samples: Samples, engine_late: u64, client_late: u64) -> Bench {
    let service = SimDuration::from_micros(120);
    let mut bench = Bench::new(
        EngineConfig {
            service,
            ..EngineConfig::default()
        },
        samples,
    );
    bench.client(format(2, SampleFormat::S16), counted);
    bench.client(format(1, SampleFormat::S24), |_| vec![1, 2, 3]);
    bench.late("engine", 5, SimDuration::from_micros(engine_late));
    bench.late("client 1", 9, SimDuration::from_micros(client_late));
    bench.spawn();
    bench.run_until_ms(300);
    bench
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(20))]

    /// With and without samples a run has the same history.
    #[test]
    fn samples_change_nothing_but_what_is_heard(
        engine_late in 0_u64..50_000,
        client_late in 0_u64..80_000,
    ) {
        let kept = run(Samples::Kept, engine_late, client_late);
        let left = run(Samples::Left, engine_late, client_late);
        let digest = |bench: &Bench| bench.world.history().digest();
        prop_assert_eq!(digest(&kept), digest(&left));
        prop_assert_eq!(kept.bad(), left.bad());
    }

    /// Samples and spans tell the same story.
    #[test]
    fn every_fresh_frame_sounds_as_it_should(late in 0_u64..60_000) {
        let mut bench = Bench::new(EngineConfig::default(), Samples::Kept);
        bench.client(format(2, SampleFormat::S16), counted);
        bench.late("client 0", 5, SimDuration::from_micros(late));
        bench.spawn();
        bench.run_until_ms(200);
        let device = bench.device.borrow();
        let mut expected = 0_u32;
        for (frame, (whose, heard)) in device.heard(0).iter().zip(frames(&bench)).enumerate() {
            let audio = whose.unwrap().kind == ring::Kind::Audio;
            if frame as u64 >= PERIOD && audio {
                prop_assert_eq!(heard, expected.to_le_bytes());
                expected += 1;
            } else {
                prop_assert_eq!(heard, [0; 4]);
            }
        }
        prop_assert_eq!(bench.world.now().time, SimTime::from_millis(200));
    }
}
