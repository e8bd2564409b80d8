//! The engine of a microphone, on time and too late.

use proptest::prelude::*;
use ring::Samples;
use units::{SampleFormat, SimDuration};

use crate::bench::format;
use crate::capture_bench::{CaptureBench, REFERENCE, Setting};

const STEREO: fn() -> units::WaveFormat = || format(2, SampleFormat::S16);

fn run(setting: Setting, late: Option<(&str, u64, u64)>) -> CaptureBench {
    let mut bench = CaptureBench::new(setting);
    bench.client(STEREO(), 4 * setting.packet);
    if let Some((thread, event, micros)) = late {
        bench.late(thread, event, SimDuration::from_micros(micros));
    }
    bench.spawn();
    bench.run_until_ms(200);
    bench
}

/// (packet, skipped, at in ms) of the packets that were read around the delay.
fn read(bench: &CaptureBench) -> Vec<(u64, u64, u64)> {
    let all = bench.entries("reader.packet").into_iter();
    all.map(|(at, words)| (words[0], words[1], at / 1_000_000))
        .filter(|(packet, ..)| (3..8).contains(packet))
        .collect()
}

fn not_ready(bench: &CaptureBench) -> usize {
    let status = u64::from(units::NtStatus::DEVICE_NOT_READY.value());
    let asked = bench.entries("ks.request").into_iter();
    asked.filter(|(_, words)| words[3] == status).count()
}

#[test]
fn s31_inside_the_slack_nothing_is_lost() {
    for micros in [0, 9_900, 10_000] {
        let bench = run(REFERENCE, Some(("engine", 5, micros)));
        let expected = [
            (3, 0, 40),
            (4, 0, 50 + micros / 1000),
            (5, 0, 60),
            (6, 0, 70),
            (7, 0, 80),
        ];
        assert_eq!(read(&bench), expected);
        assert_eq!(not_ready(&bench), 0);
        assert!(bench.ear(0).read.iter().all(|read| !read.3));
        assert!(bench.entries("reader.stretch").is_empty());
    }
}

#[test]
fn s32_14_ms_late_loses_packet_4() {
    let bench = run(REFERENCE, Some(("engine", 5, 14_000)));
    assert_eq!(
        read(&bench),
        [(3, 0, 40), (5, 1, 64), (6, 0, 70), (7, 0, 80)]
    );
    assert_eq!(not_ready(&bench), 1, "the wake-up that stayed pending");
    let ear = bench.ear(0);
    let flagged: Vec<_> = ear.read.iter().filter(|read| read.3).collect();
    assert_eq!(flagged, [&(2400, 2400, 480, true, 50_000_000)]);
}

#[test]
fn s33_25_ms_late_loses_packets_4_and_5() {
    let bench = run(REFERENCE, Some(("engine", 5, 25_000)));
    assert_eq!(read(&bench), [(3, 0, 40), (6, 2, 75), (7, 0, 80)]);
    let ear = bench.ear(0);
    let flagged: Vec<_> = ear.read.iter().filter(|read| read.3).collect();
    assert_eq!(flagged, [&(2880, 2880, 480, true, 60_000_000)]);
}

#[test]
fn s34_who_hands_out_the_oldest_loses_nothing_and_who_hands_out_the_newest_does() {
    let oldest = Setting {
        packets: 4,
        ..REFERENCE
    };
    let bench = run(oldest, Some(("engine", 5, 25_000)));
    let expected = [(3, 0, 40), (4, 0, 75), (5, 0, 75), (6, 0, 75), (7, 0, 80)];
    assert_eq!(read(&bench), expected);
    assert!(bench.ear(0).read.iter().all(|read| !read.3));
    let newest = Setting {
        newest_only: true,
        ..oldest
    };
    let bench = run(newest, Some(("engine", 5, 25_000)));
    assert_eq!(read(&bench), [(3, 0, 40), (6, 2, 75), (7, 0, 80)]);
}

#[test]
fn r134_r135_each_packet_has_the_counter_of_its_first_frame() {
    let bench = run(REFERENCE, None);
    for (packet, read) in (0..).zip(&bench.ear(0).read) {
        assert_eq!(
            *read,
            (packet * 480, packet * 480, 480, false, packet * 10_000_000)
        );
    }
    assert_eq!(bench.ear(0).read.len(), 20);
}

#[test]
fn e6_a_pass_of_a_reader_is_a_satisfied_wait() {
    let bench = run(REFERENCE, Some(("engine", 5, 25_000)));
    let passes: Vec<_> = bench
        .entries("reader.pass")
        .iter()
        .map(|(_, words)| (words[0], words[3]))
        .collect();
    let expected: Vec<_> = (1..=5).chain([7]).chain(8..=20).collect();
    let numbers: Vec<_> = passes.iter().map(|(number, _)| *number).collect();
    assert_eq!(numbers, expected, "events 6 and 7 fell together");
    assert_eq!(passes[5], (7, 0), "it finds nothing");
}

#[test]
fn e13_a_copy_that_takes_longer_than_the_slack_is_torn() {
    let slow = Setting {
        service: SimDuration::from_micros(12_000),
        ..REFERENCE
    };
    let mut bench = CaptureBench::new(slow);
    bench.client(STEREO(), 4 * 480);
    bench.spawn();
    bench.run_until_ms(23);
    // Asked for at 10 ms and copied at 22: the device has begun with packet 2 at 20 ms.
    let stretches: Vec<_> = bench
        .entries("reader.stretch")
        .iter()
        .map(|(_, words)| words.clone())
        .collect();
    assert_eq!(stretches, [vec![96, 1, 960], vec![384, 1, 96]]);
    let frames: Vec<_> = bench
        .ear(0)
        .bytes
        .chunks_exact(4)
        .map(|frame| u32::from_le_bytes(frame.try_into().unwrap()))
        .collect();
    assert_eq!((frames[95], frames[96]), (960 + 95, 96));
}

#[test]
fn e14_a_client_that_does_not_read_changes_nothing_for_the_others() {
    let mut bench = CaptureBench::new(REFERENCE);
    bench.client(STEREO(), 960);
    bench.client(STEREO(), 960);
    bench.late("client 0", 5, SimDuration::from_millis(35));
    bench.spawn();
    bench.run_until_ms(200);
    let full: Vec<_> = bench
        .entries("engine.queue_full")
        .iter()
        .map(|(at, words)| (at / 1_000_000, words.clone()))
        .collect();
    assert_eq!(full, [(70, vec![0, 2880, 480]), (80, vec![0, 3360, 480])]);
    let flagged: Vec<_> = bench
        .ear(0)
        .read
        .iter()
        .filter(|read| read.3)
        .copied()
        .collect();
    assert_eq!(flagged, [(3840, 3840, 480, true, 80_000_000)]);
    assert!(bench.ear(1).read.iter().all(|read| !read.3));
    assert_eq!(bench.ear(1).read.len(), 20);
    assert!(
        bench
            .entries("reader.packet")
            .iter()
            .all(|(_, words)| words[1] == 0)
    );
}

#[test]
fn a_client_gets_its_own_format() {
    let mut bench = CaptureBench::new(REFERENCE);
    bench.client(STEREO(), 960);
    bench.client(format(1, SampleFormat::F32), 960);
    bench.spawn();
    bench.run_until_ms(20);
    let [recorded, mono] = [0, 1].map(|client| bench.ear(client).bytes.clone());
    assert_eq!(recorded.len(), 960 * 4);
    let mono: Vec<f32> = mono
        .chunks_exact(4)
        .map(|sample| f32::from_le_bytes(sample.try_into().unwrap()))
        .collect();
    // The left channel carries the number of the frame, the right one nothing yet.
    let expected: Vec<f32> = (0..960_u16)
        .map(|frame| f32::from(frame) / 65_536.0)
        .collect();
    assert_eq!(mono, expected);
}

#[test]
fn truth6_a_recording_split_anywhere_goes_on_as_if_it_had_not_been() {
    let bench = || {
        let mut bench = CaptureBench::new(Setting {
            service: SimDuration::from_micros(300),
            ..REFERENCE
        });
        bench.client(STEREO(), 960);
        bench.late("engine", 5, SimDuration::from_millis(14));
        bench.late("client 0", 9, SimDuration::from_millis(35));
        bench.spawn();
        bench
    };
    let mut whole = bench();
    whole.run_until_ms(200);
    for millis in [0, 5, 55, 64, 70, 100, 110] {
        let mut first = bench();
        first.run_until_ms(millis);
        let mut second = first.twin();
        for half in [&mut second, &mut first] {
            half.run_until_ms(200);
            assert_eq!(
                half.world.history().digest(),
                whole.world.history().digest()
            );
            assert_eq!(half.ear(0).bytes, whole.ear(0).bytes);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    /// The slack of a reader is that of a writer: all packets of the buffer but the one in transfer.
    #[test]
    fn e4_the_slack_of_a_reader_is_the_largest_delay_without_a_loss(
        packet in 16_u64..600,
        packets in 2_u32..5,
        past: bool,
    ) {
        let setting = Setting { packet, packets, samples: Samples::Left, ..REFERENCE };
        let mut bench = CaptureBench::new(setting);
        bench.client(STEREO(), 8 * packet);
        let slack = units::Clock::nominal(units::SimTime::ZERO, units::SampleRate::HZ_48000)
            .instant_of(u64::from(packets - 1) * packet);
        let by = SimDuration::from_ticks(slack.ticks() + u64::from(past));
        bench.late("engine", 5, by);
        bench.spawn();
        bench.run_until_ms(20 + 20 * packet / 48);
        let lost: u64 = bench.entries("reader.packet").iter().map(|(_, words)| words[1]).sum();
        prop_assert_eq!(lost, u64::from(past));
    }
}
