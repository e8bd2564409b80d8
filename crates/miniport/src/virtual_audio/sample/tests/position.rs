//! How time becomes bytes, and buffers.

use ks::{DataFlow, KsState};
use proptest::prelude::*;
use units::NtStatus;

use super::{MS, Rig, SampleStream};
use crate::virtual_audio::counter::to_hns;
use crate::virtual_audio::{BugCheck, Counter, Wave};

proptest! {
    /// V1: the floor of the exact quotient, whatever the counter.
    #[test]
    fn v1_time_is_the_floor_of_the_counter(
        value: u64,
        hertz in prop_oneof![
            Just(32_768u64), Just(3_579_545), Just(10_000_000), Just(3_000_000_000), 1_000_000u64..4_290_000_000,
        ],
    ) {
        let exact = u128::from(value) * 10_000_000 / u128::from(hertz);
        if let Ok(exact) = u64::try_from(exact) {
            prop_assert_eq!(to_hns(value, hertz), exact);
        }
    }

    /// V3: while no step is too long, positions do not depend on when they were asked for.
    #[test]
    fn v3_the_position_is_a_closed_form_of_the_time_in_run(
        rate in prop::sample::select(vec![8_000u32, 11_025, 22_050, 44_100, 48_000, 96_000]),
        frame in prop::sample::select(vec![2u32, 4, 6, 8]),
        steps in prop::collection::vec((0u64..3_000_000, any::<bool>()), 1..60),
    ) {
        let byte_rate = u64::from(rate * frame);
        let mut rig = Rig::new(rate, frame, DataFlow::In).with_plain(frame * 882).running();
        let mut spent = 0;
        for (step, pauses) in steps {
            rig.now += step;
            spent += step;
            if pauses {
                rig.state(KsState::Pause);
                rig.now += 12_345;
                rig.state(KsState::Run);
            }
            let linear = byte_rate * (spent / MS) / 1000;
            prop_assert_eq!(rig.linear(), linear);
            let position = rig.stream.get_position(rig.counter()).unwrap();
            prop_assert_eq!(position.play.get(), linear % u64::from(frame * 882));
            prop_assert_eq!(position.play, position.write);
        }
    }
}

/// V2, the worked example at 48 kHz: time, what is asked, linear position, offset, carry, count.
#[test]
fn v2_v7_a_worked_example_at_48000_hz() {
    let mut rig = Rig::render().with_packets(3840, 2).running();
    let start = rig.now;
    let rows = [
        (9_999, false, 0, 0, 9_999, 0),
        (10_000, false, 192, 192, 0, 0),
        (55_555, false, 960, 960, 5_555, 0),
        (100_000, true, 1920, 1920, 0, 1),
        (103_000, false, 1920, 1920, 3_000, 1),
        (207_777, true, 3840, 0, 7_777, 2),
        (237_777, false, 4416, 576, 7_777, 2),
    ];
    for (at, is_timer, linear, position, carry, packets) in rows {
        rig.now = start + at;
        if is_timer {
            rig.tick();
        } else {
            rig.linear();
        }
        let found = *rig.stream.registers();
        assert_eq!(
            (
                found.linear,
                found.position,
                found.time_carry,
                found.packets
            ),
            (linear, position, carry, packets),
            "at {at}"
        );
        if at == 55_555 {
            let presented = rig.stream.get_presentation_position(rig.counter()).unwrap();
            assert_eq!((presented.blocks.get(), presented.counter), (240, rig.now));
        }
    }
}

/// V2, the worked example at 44.1 kHz: 176.4 bytes a millisecond.
#[test]
fn v2_v6_positions_fall_inside_frames_at_44100_hz() {
    let mut rig = Rig::new(44_100, 4, DataFlow::In)
        .with_packets(3528, 2)
        .running();
    let start = rig.now;
    let rows = [
        (10_000, 176, 400),
        (20_000, 352, 800),
        (30_000, 529, 200),
        (40_000, 705, 600),
        (50_000, 882, 0),
        (73_333, 1234, 800),
        (100_000, 1764, 0),
        (137_777, 2293, 200),
    ];
    for (at, linear, carry) in rows {
        rig.now = start + at;
        assert_eq!(rig.linear(), linear);
        assert_eq!(rig.stream.registers().byte_carry, carry);
    }
    let presented = rig.stream.get_stream_presentation_position(rig.counter());
    assert_eq!(presented.unwrap().blocks.get(), 573);
}

#[test]
fn v3_the_lag_after_a_day_is_that_of_the_first_millisecond() {
    let mut rig = Rig::new(44_100, 4, DataFlow::In)
        .with_plain(17_640)
        .running();
    let day = 864_183_700_000 + 3_707;
    let start = rig.now;
    while rig.now + 100_000_000 < start + day {
        rig.now += 100_000_000;
        rig.linear();
    }
    rig.now = start + day;
    assert_eq!(rig.linear(), 15_244_200_468);
}

/// V4: `gap` in 100 ns units, then what one query says.
#[test]
fn v4_a_gap_that_is_too_long_loses_bytes() {
    let after = |rate, frame, gap| {
        let mut rig = Rig::new(rate, frame, DataFlow::In)
            .with_plain(frame * 960)
            .running();
        rig.now += gap;
        rig.linear()
    };
    assert_eq!(after(48_000, 4, 223_690_000), 4_294_848);
    assert_eq!(after(48_000, 4, 223_700_000), 72);
    assert_eq!(after(48_000, 4, 4_294_967_295), 858_853);
    assert_eq!(after(48_000, 4, 4_294_967_297), 0);
    assert_eq!(after(192_000, 32, 7_000_000), 5_832);
    // The first bad gap of a format, and the last good one.
    for (rate, frame, bad_ms) in [
        (8_000, 2, 268_436),
        (11_025, 2, 194_784),
        (44_100, 4, 24_348),
        (48_000, 18, 4_972),
        (96_000, 24, 1_865),
        (176_400, 24, 1_015),
        (192_000, 32, 700),
    ] {
        let exact = |ms: u64| u64::from(rate * frame) * ms / 1000;
        assert_eq!(after(rate, frame, (bad_ms - 1) * MS), exact(bad_ms - 1));
        assert_ne!(after(rate, frame, bad_ms * MS), exact(bad_ms));
    }
}

#[test]
fn v5_some_calls_move_the_position_and_some_do_not() {
    let mut rig = Rig::render().with_packets(3840, 2).running();
    rig.now += 3 * MS;
    let _ = rig.stream.get_read_packet();
    rig.write(1).unwrap();
    rig.stream.set_write_position(5).unwrap();
    assert_eq!(rig.stream.registers().linear, 0);
    rig.count();
    assert_eq!(rig.stream.registers().linear, 576);
    rig.now += MS;
    rig.stream.get_presentation_position(rig.counter()).unwrap();
    assert_eq!(rig.stream.registers().linear, 768);
    rig.now += MS;
    rig.state(KsState::Pause);
    assert_eq!(rig.stream.registers().linear, 960);
}

#[test]
fn v8_the_walk_and_the_offset_stay_together() {
    let mut rig = Rig::render().with_plain(100).running();
    for step in [1, 7, 31, 2, 100] {
        rig.now += step * MS;
        let linear = rig.linear();
        assert_eq!(rig.stream.registers().position, linear % 100);
    }
}

#[test]
fn v10_sizes_are_checked_in_their_order() {
    let mut rig = Rig::render();
    let size = |made: Result<_, _>| made.map(|made: crate::virtual_audio::Allocated| made.actual);
    assert_eq!(size(rig.stream.allocate(0, 0)), Err(NtStatus::UNSUCCESSFUL));
    assert_eq!(size(rig.stream.allocate(3, 1)), Err(NtStatus::UNSUCCESSFUL));
    assert_eq!(
        size(rig.stream.allocate(3840, 0)),
        Err(NtStatus::INVALID_PARAMETER)
    );
    assert_eq!(
        size(rig.stream.allocate(3841, 2)),
        Err(NtStatus::INVALID_PARAMETER)
    );
    assert_eq!(size(rig.stream.allocate(3842, 2)), Ok(3840));
    assert_eq!(
        size(rig.stream.allocate(40_000, 1000)),
        Ok(40_000),
        "any number of packets"
    );
    let mut rig = rig.running();
    assert_eq!(
        size(rig.stream.allocate(1920, 2)),
        Ok(1920),
        "in any state, again"
    );
    rig.now += MS;
    assert_eq!(rig.linear(), 192);
}

#[test]
fn v10_v61_a_file_needs_memory_for_sixteen_buffers() {
    let wave = Wave::pcm(48_000, 4).unwrap();
    let made = |flow, writes_file, size| {
        SampleStream::<u32>::new(wave, flow, writes_file)
            .allocate(size, 1)
            .map(|made| made.actual)
    };
    let too_large = 1 << 28;
    assert_eq!(
        made(DataFlow::In, true, too_large),
        Err(NtStatus::INSUFFICIENT_RESOURCES)
    );
    assert_eq!(made(DataFlow::In, true, too_large - 4), Ok(too_large - 4));
    assert_eq!(made(DataFlow::In, false, too_large), Ok(too_large));
    assert_eq!(made(DataFlow::Out, true, too_large), Ok(too_large));
    // The first factor of four is not checked.
    assert_eq!(made(DataFlow::In, true, 1 << 30), Ok(1 << 30));
}

#[test]
fn v11_a_packet_may_be_no_whole_number_of_frames() {
    let mut six_channels = Rig::new(48_000, 18, DataFlow::In);
    let made = six_channels.stream.allocate(17_298, 2).unwrap();
    assert_eq!((made.actual, made.packet_bytes), (17_298, 8649));
    let mut packed = Rig::new(44_100, 6, DataFlow::In);
    assert_eq!(
        packed.stream.allocate(5293, 2),
        Err(NtStatus::INVALID_PARAMETER)
    );
    assert_eq!(
        packed.stream.allocate(5293, 1).unwrap().actual,
        5292,
        "less than was asked for"
    );
}

#[test]
fn v12_v13_an_interval_survives_its_buffer() {
    let mut rig = Rig::render().with_packets(3840, 2);
    rig.stream.free();
    assert_eq!(rig.stream.buffer_bytes(), 0);
    let mut rig = rig.with_plain(3840).running();
    assert!(rig.stream.timer_is_armed(), "by the old interval");
    assert_eq!(rig.stream.allocate_plain(2), Err(NtStatus::UNSUCCESSFUL));
    rig.now += 10 * MS;
    let crash = rig.stream.tick(rig.counter());
    assert_eq!(crash, Err(BugCheck::CompletionWithoutPackets));
    assert_eq!(
        rig.stream.registers().packets,
        1,
        "counted before the division"
    );
}

#[test]
fn v13_a_position_without_a_buffer_divides_by_zero() {
    let mut rig = Rig::render().running();
    rig.now += MS;
    assert_eq!(
        rig.stream.get_position(rig.counter()),
        Err(BugCheck::PositionWithoutBuffer)
    );
    let paused = rig.stream.set_state(rig.counter(), KsState::Pause);
    assert_eq!(paused, Err(BugCheck::PositionWithoutBuffer));
}

/// V14: rate, frames of a packet, interval in milliseconds.
#[test]
fn v14_the_interval_is_floored_twice() {
    let interval = |rate, frames: u32, count: u32| {
        let mut rig = Rig::new(rate, 4, DataFlow::In);
        rig.stream
            .allocate(frames * 4 * count, count)
            .unwrap()
            .interval_ms
    };
    for (rate, frames, count, expected) in [
        (48_000, 480, 2, 10),
        (48_000, 480, 4, 10),
        (44_100, 441, 1, 10),
        (44_100, 441, 3, 10),
        (48_000, 144, 2, 3),
        (48_000, 128, 2, 2),
        (48_000, 256, 2, 5),
        (48_000, 1024, 2, 21),
        (44_100, 448, 2, 10),
        (44_100, 256, 2, 5),
        (44_100, 132, 2, 2),
        (22_050, 220, 2, 9),
        (11_025, 110, 2, 9),
        (48_000, 40, 2, 0),
    ] {
        assert_eq!(
            interval(rate, frames, count),
            expected,
            "{frames} at {rate}"
        );
    }
    let mut long = Rig::new(192_000, 32, DataFlow::In);
    assert_eq!(
        long.stream.allocate(12_288_000, 2).unwrap().interval_ms,
        300
    );
}

#[test]
fn v15_events_are_registered_once_and_set_in_order() {
    let mut rig = Rig::render();
    assert_eq!(rig.stream.register(7), Ok(()));
    assert_eq!(rig.stream.register(3), Ok(()));
    assert_eq!(rig.stream.register(7), Err(NtStatus::UNSUCCESSFUL));
    assert_eq!(rig.stream.events(), [7, 3]);
    assert_eq!(rig.stream.unregister(&9), Err(NtStatus::NOT_FOUND));
    assert_eq!(rig.stream.unregister(&7), Ok(()));
    assert_eq!(rig.stream.events(), [3]);
}

#[test]
fn v16_a_register_is_not_implemented() {
    assert_eq!(SampleStream::<u32>::REGISTER, NtStatus::NOT_IMPLEMENTED);
}

#[test]
fn v1_the_frequency_is_read_when_run_is_entered() {
    let mut rig = Rig::render().with_plain(3840);
    let at = |value| Counter {
        value,
        hertz: 1_000,
    };
    rig.stream.set_state(at(5_000), KsState::Run).unwrap();
    assert_eq!(rig.stream.registers().updated_at, 50_000_000);
    let later = Counter {
        value: 5_010,
        hertz: 1,
    };
    assert_eq!(rig.stream.get_linear_position(later).unwrap().get(), 1920);
}
