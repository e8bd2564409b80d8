//! The reference device: evenly spaced frames, counted on the link.

use hardware::{ControllerConfig, StreamConfig, spec};
use units::{Frames, Phase, SampleFormat, SimTime};

use crate::rig::{Plan, Rig, STREAM, audio, keeping, ms, stereo, us};

#[test]
fn event_n_comes_at_exactly_n_packets_in_the_move_of_that_instant() {
    for (hertz, packet) in [(48_000, 480), (44_100, 441)] {
        let plan = Plan {
            format: stereo(hertz, SampleFormat::S16),
            packet,
            packets: 2,
        };
        let mut rig = Rig::set_up(&ControllerConfig::k0(), plan);
        rig.run(SimTime::ZERO.commit());
        let events: Vec<_> = rig.interrupts(6_000);
        for (n, event) in (1..).zip(events) {
            assert_eq!(event, ms(10 * n).at(Phase::Move), "event {n} at {hertz} Hz");
        }
    }
}

#[test]
fn an_odd_packet_at_44100_hz_never_drifts() {
    let plan = Plan {
        format: stereo(44_100, SampleFormat::S16),
        packet: 448,
        packets: 2,
    };
    let mut rig = Rig::set_up(&ControllerConfig::k0(), plan);
    rig.run(SimTime::ZERO.commit());
    let last = rig.interrupts(44_100).pop().unwrap();
    // 44 100 packets of 448 frames are 448 s, to the tick.
    assert_eq!(last, ms(448_000).at(Phase::Move));
}

#[test]
fn a_fast_crystal_is_fast_to_the_tick() {
    let config = ControllerConfig {
        ppb: 37_000,
        ..ControllerConfig::k0()
    };
    let mut rig = Rig::set_up(&config, Plan::k0());
    rig.run(SimTime::ZERO.commit());
    // The check value of 480 frames at 48 000 Hz, 37 000 parts per 10^9 fast.
    assert_eq!(rig.interrupts(1)[0].time.ticks(), 4_409_836_837);
    assert_eq!(rig.read(ms(86_400_000).commit(), spec::WALCLK), {
        let cycles = 24_000_000_u64 * 86_400 * 1_000_037 / 1_000_000;
        u32::try_from(cycles % (1 << 32)).unwrap()
    });
}

#[test]
fn a_counter_read_before_the_move_still_shows_the_old_packet() {
    let mut rig = Rig::k0();
    rig.run(SimTime::ZERO.commit());
    assert_eq!(rig.position(ms(10).commit()), 479);
    assert_eq!(rig.position(ms(10).at(Phase::Move)), 480);
    assert_eq!(rig.position(ms(10).at(Phase::React)), 480);
}

#[test]
fn the_first_frame_is_moved_at_the_instant_of_run() {
    let mut rig = Rig::k0();
    rig.run(SimTime::ZERO.commit());
    assert_eq!(rig.fetched(SimTime::ZERO.commit()), 0);
    // A store that completes at that very instant is in time.
    rig.store_packet(SimTime::ZERO.commit(), 0);
    assert_eq!(rig.fetched(SimTime::ZERO.at(Phase::Move)), 4);
    assert_eq!(rig.position(SimTime::ZERO.at(Phase::Move)), 0);
    assert_eq!(rig.heard(), [(0, 1, Some(0))]);
}

#[test]
fn run_in_a_later_phase_moves_the_first_frame_in_that_phase() {
    let mut rig = Rig::k0();
    rig.store_packet(ms(1).at(Phase::React), 0);
    rig.run(ms(1).at(Phase::React));
    assert_eq!(rig.heard(), [(0, 1, Some(0))]);
    assert_eq!(rig.interrupts(1), [ms(11).at(Phase::Move)]);
}

/// Which instant is the last at which a store still reaches frame 2880, and how many frames of
/// its packet a store one nanosecond later misses.
#[test]
fn prefetch_and_burst_move_the_deadline_of_frame_2880() {
    for (prefetch, burst, deadline_frame, missed) in [
        (0, 1, 2880, 1),
        (64, 1, 2816, 1),
        (64, 32, 2816, 32),
        (0, 32, 2880, 32),
        (70, 32, 2810, 32),
    ] {
        let stream = StreamConfig::k0().with_prefetch(Frames::new(prefetch), Frames::new(burst));
        let deadline = SimTime::from_ticks(deadline_frame * 441_000_000_000 / 48_000);
        for (late_ns, expected) in [(0, 0), (1, missed)] {
            let mut rig = Rig::set_up(&ControllerConfig::with_output(stream), Plan::k0());
            rig.run(SimTime::ZERO.commit());
            let at = deadline + units::SimDuration::from_nanos(late_ns);
            rig.store_packet(at.commit(), 6);
            rig.controller.settle(ms(70).commit());
            let is_fresh = |&(first, _, content): &(u64, u64, Option<u64>)| {
                first >= 2880 && content == Some(first)
            };
            let fresh_from = rig.heard().into_iter().find(is_fresh).unwrap().0;
            assert_eq!(
                fresh_from - 2880,
                expected,
                "F {prefetch}, b {burst}, {late_ns} ns late"
            );
        }
    }
}

/// Row S05 without a stack: packet 6 is stored at 64 ms.
#[test]
fn a_packet_that_is_four_milliseconds_late_loses_192_frames() {
    let mut rig = Rig::k0();
    rig.store_packet(SimTime::ZERO.commit(), 0);
    rig.run(SimTime::ZERO.commit());
    for packet in 1..=6 {
        let at = if packet == 6 {
            ms(64)
        } else {
            ms(10 * packet - 10)
        };
        rig.store_packet(at.commit(), packet);
    }
    rig.controller.settle(ms(70).commit());
    let late = (2880, 192, Some(1920));
    assert_eq!(
        rig.heard(),
        [(0, 2880, Some(0)), late, (3072, 288, Some(3072))]
    );
}

#[test]
fn stopped_at_60_05_ms_2883_frames_have_left() {
    let mut rig = Rig::k0();
    rig.run(SimTime::ZERO.commit());
    let stop = us(60_050).commit();
    rig.pause(stop);
    assert_eq!(rig.position(stop), 2883);
    let segment = rig.controller.link_log(0).segments()[0].clone();
    assert_eq!(
        (segment.first, segment.frames),
        (Frames::ZERO, Frames::new(2883))
    );
    rig.reset(stop);
    assert_eq!(rig.position(stop), 0);
}

#[test]
fn r94_the_link_position_starts_at_zero_and_never_reads_the_buffer_size() {
    let plan = Plan {
        packet: 3,
        ..Plan::k0()
    };
    let mut rig = Rig::set_up(&ControllerConfig::k0(), plan);
    assert_eq!(rig.read(SimTime::ZERO.commit(), STREAM + spec::SD_LPIB), 0);
    rig.run(SimTime::ZERO.commit());
    for frame in 0..40_u64 {
        let at = SimTime::from_ticks(frame * 9_187_500).at(Phase::Move);
        let expected = u32::try_from(frame % 6 * 4).unwrap();
        assert_eq!(rig.read(at, STREAM + spec::SD_LPIB), expected);
        assert_eq!(rig.read(at, spec::LPIB_ALIASES), expected, "its mirror");
    }
}

#[test]
fn a_segment_knows_when_each_frame_began() {
    let mut rig = Rig::k0();
    rig.run(ms(3).commit());
    rig.controller.settle(ms(10).at(Phase::React));
    let segment = rig.controller.link_log(0).segments()[0].clone();
    assert_eq!(segment.begins, ms(3));
    assert_eq!(segment.instant_of(Frames::new(96)), ms(5));
    assert_eq!(segment.completed_at(Frames::new(96)), ms(5));
    assert_eq!(
        segment.frames,
        Frames::new(337),
        "with the one that begins now"
    );
    assert_eq!(segment.begun_before(ms(10)), Frames::new(336));
    assert_eq!(segment.begun_before(ms(2)), Frames::ZERO);
    assert_eq!(segment.begun_before(ms(99)), segment.frames);
}

#[test]
fn samples_tell_the_same_story_as_spans() {
    let mut rig = Rig::set_up(
        &keeping(ControllerConfig::k0()),
        Plan {
            packet: 4,
            ..Plan::k0()
        },
    );
    let bytes: Vec<u8> = (0..16).collect();
    rig.buffer.store(
        Frames::ZERO,
        Some(&bytes),
        Frames::new(4),
        Some(audio(0, 0)),
    );
    rig.run(SimTime::ZERO.commit());
    rig.controller
        .settle(SimTime::from_ticks(10 * 9_187_500).commit());
    let log = rig.controller.link_log(0);
    let expected: Vec<u8> = (0..16).chain([0; 16]).chain(0..8).collect();
    assert_eq!(log.samples(), expected);
    assert_eq!(
        rig.heard(),
        [(0, 4, Some(0)), (4, 4, None), (8, 2, Some(0))]
    );
}
