//! Streams that begin together, share the link, and show their positions in memory.

use hardware::{
    ControllerConfig, PositionRecord, RegisterError, RunError, Shown, Start, StreamConfig, Tracks,
    spec,
};
use spec::{ctl, sts};
use units::{Moment, Phase, SampleFormat, SimDuration, SimTime};

use crate::rig::{CONTROL, Plan, Rig, ms, stereo, us};

const LINK_FRAME: u64 = 9_187_500;

/// An input and two outputs, set up.
fn three(stream: StreamConfig) -> Rig {
    let config = ControllerConfig {
        inputs: vec![stream],
        outputs: vec![stream; 2],
        ..ControllerConfig::without_streams()
    };
    let mut rig = Rig::set_up(&config, Plan::k0());
    for stream in 0..3 {
        rig.set_up_stream(SimTime::ZERO.commit(), stream);
    }
    rig
}

fn run(rig: &mut Rig, at: Moment, stream: u32) {
    let register = spec::descriptor(stream) + spec::SD_CTL;
    rig.write(at, register, CONTROL | ctl::RUN);
}

fn begins(rig: &Rig, stream: u32) -> Vec<SimTime> {
    let segments = rig.controller.link_log(stream).segments();
    segments.iter().map(|stay| stay.begins).collect()
}

#[test]
fn streams_that_were_held_back_begin_with_the_same_link_frame() {
    // Which link frame follows the write: also one that begins in that very instant is past.
    for (cleared, link_frame) in [(us(5_010), 241), (ms(5), 241), (us(5_021), 242)] {
        let mut rig = three(StreamConfig::hd_audio());
        rig.write(SimTime::ZERO.commit(), spec::SSYNC, 0b111);
        for (stream, at) in [(0, us(1_000)), (1, us(2_013)), (2, us(3_700))] {
            run(&mut rig, at.commit(), stream);
        }
        let before = us(4_900).commit();
        for stream in 0..3 {
            let counters = spec::counters(stream);
            assert_eq!(
                rig.read(before, counters + spec::LLPL),
                0,
                "stream {stream}"
            );
            let filled = if stream == 0 { 0 } else { 192 };
            assert_eq!(rig.read(before, counters + spec::LDPL), filled);
            let status = rig.read(before, spec::descriptor(stream) + spec::SD_STS);
            assert_ne!(status & sts::FIFORDY, 0, "stream {stream} is ready");
        }
        assert_eq!(rig.read(before, spec::SSYNC), 0b111);
        rig.write(cleared.commit(), spec::SSYNC, 0);
        rig.controller.settle(ms(6).commit());
        for stream in 0..3 {
            let expected = SimTime::from_ticks(link_frame * LINK_FRAME);
            assert_eq!(begins(&rig, stream), [expected], "stream {stream}");
        }
    }
}

#[test]
fn only_those_whose_bit_is_cleared_begin_and_a_pause_takes_them_back() {
    let mut rig = three(StreamConfig::k0());
    rig.write(SimTime::ZERO.commit(), spec::SSYNC, 0b111);
    for stream in 0..3 {
        run(&mut rig, ms(1).commit(), stream);
    }
    rig.write(ms(2).commit(), spec::descriptor(2) + spec::SD_CTL, CONTROL);
    rig.write(ms(3).commit(), spec::SSYNC, 0b001);
    rig.controller.settle(ms(4).commit());
    assert_eq!(begins(&rig, 0), []);
    assert_eq!(begins(&rig, 1), [ms(3)]);
    assert_eq!(begins(&rig, 2), []);
    // A reset of the controller forgets who was held back.
    rig.write(ms(5).commit(), spec::GCTL, 0);
    rig.write(ms(5).commit(), spec::GCTL, spec::gctl::CRST);
    assert_eq!(rig.read(ms(5).commit(), spec::SSYNC), 0);
}

fn positions(rig: &mut Rig, at: Moment) -> [u32; 3] {
    [0, 1, 2].map(|stream| rig.read(at, spec::counters(stream) + spec::LLPL) / 4)
}

/// A driver sets SSYNC, clears RUN, and clears SSYNC: link frame 240 is the last of all three, though
/// their RUN bits go one after the other.
#[test]
fn streams_that_are_held_back_stop_with_the_same_link_frame() {
    let mut rig = three(StreamConfig::hd_audio());
    for stream in 0..3 {
        run(&mut rig, SimTime::ZERO.commit(), stream);
    }
    rig.write(us(5_010).commit(), spec::SSYNC, 0b111);
    for (stream, at) in [(0, us(5_100)), (1, us(5_300)), (2, us(5_500))] {
        let register = spec::descriptor(stream) + spec::SD_CTL;
        assert_ne!(rig.read(at.commit(), register) & ctl::RUN, 0);
        rig.write(at.commit(), register, CONTROL);
    }
    rig.write(ms(6).commit(), spec::SSYNC, 0);
    assert_eq!(positions(&mut rig, ms(9).commit()), [241; 3]);
    assert_eq!(rig.controller.next_event(), None);
}

/// Who keeps RUN goes on together: 241 frames before, and those from link frame 289 to 431 after.
#[test]
fn streams_that_were_held_back_for_a_while_go_on_with_the_same_link_frame() {
    let mut rig = three(StreamConfig::hd_audio());
    for stream in 0..3 {
        run(&mut rig, SimTime::ZERO.commit(), stream);
    }
    rig.write(us(5_010).commit(), spec::SSYNC, 0b111);
    assert_eq!(positions(&mut rig, us(5_990).commit()), [241; 3]);
    rig.write(ms(6).commit(), spec::SSYNC, 0);
    let after = ms(9).at(Phase::Move);
    assert_eq!(positions(&mut rig, after), [241 + 143; 3]);
    for stream in 0..3 {
        let second = SimTime::from_ticks(289 * LINK_FRAME);
        assert_eq!(begins(&rig, stream), [SimTime::ZERO, second]);
    }
}

/// An input that was held back before its first frame, and is paused, has recorded nothing.
#[test]
fn a_pause_before_the_first_frame_leaves_nothing() {
    let mut rig = three(StreamConfig::hd_audio());
    rig.write(SimTime::ZERO.commit(), spec::SSYNC, 0b001);
    run(&mut rig, ms(1).commit(), 0);
    rig.write(ms(2).commit(), spec::descriptor(0) + spec::SD_CTL, CONTROL);
    rig.write(ms(3).commit(), spec::SSYNC, 0);
    assert_eq!(positions(&mut rig, ms(9).commit())[0], 0);
    assert_eq!(begins(&rig, 0), []);
}

/// The worked instant: 432 blocks have left, 480 are fetched.
#[test]
fn a_record_in_memory_shows_the_memory_side_or_the_link_and_may_be_late() {
    let at = ms(9).at(Phase::Move);
    for (tracks, latency_micros, expected) in [
        (Tracks::Memory, 0, 1_920),
        (Tracks::Link, 0, 1_728),
        // Four link frames earlier a burst less was fetched.
        (Tracks::Memory, 84, 1_888),
        (Tracks::Link, 84, 1_708),
    ] {
        let output = StreamConfig {
            position_record: PositionRecord {
                tracks,
                latency: SimDuration::from_micros(latency_micros),
            },
            ..StreamConfig::hd_audio()
        };
        let mut rig = three(output);
        run(&mut rig, SimTime::ZERO.commit(), 1);
        let record = 0x4_0000 + 8;
        assert_eq!(rig.controller.position_record(ms(1).commit(), record), None);
        rig.write(ms(1).commit(), spec::DPLBASE, 0x4_0001);
        let shown = rig.controller.position_record(at, record);
        assert_eq!(shown, Some(expected), "{tracks:?}, {latency_micros} us");
        assert_eq!(rig.controller.position_record(at, record + 4), Some(0));
        // What stood there stands there after a reset.
        let register = spec::descriptor(1) + spec::SD_CTL;
        rig.write(at, register, CONTROL);
        rig.write(at, register, ctl::SRST);
        assert!(rig.controller.position_record(at, record).is_some());
    }
}

/// R91: what the record of an input shows is in memory.
#[test]
fn r91_the_record_of_an_input_is_never_ahead_of_memory() {
    let mut rig = three(StreamConfig::hd_audio());
    rig.write(SimTime::ZERO.commit(), spec::DPLBASE, 0x4_0001);
    run(&mut rig, SimTime::ZERO.commit(), 0);
    for n in 0..900_u64 {
        let now = us(n * 11).commit();
        let shown = rig.controller.position_record(now, 0x4_0000).unwrap();
        let there = rig.memory().iter().flatten().count() as u64 * 4;
        assert!(u64::from(shown) <= there && there < u64::from(shown) + 32);
    }
}

#[test]
fn the_link_carries_so_much_and_no_more() {
    let config = ControllerConfig {
        outputs: vec![StreamConfig::hd_audio(); 3],
        ..ControllerConfig::without_streams()
    };
    let format = units::WaveFormat::new(96_000, 8, SampleFormat::S24In32).unwrap();
    let plan = Plan {
        format,
        packet: 960,
        packets: 2,
    };
    let mut rig = Rig::set_up(&config, plan);
    let start = SimTime::ZERO.commit();
    assert_eq!(rig.read(start, spec::OUTPAY), 60);
    assert_eq!(rig.read(start, spec::INPAY), 29);
    for stream in 0..3 {
        rig.set_up_stream(start, stream);
    }
    run(&mut rig, start, 0);
    run(&mut rig, start, 1);
    let register = spec::descriptor(2) + spec::SD_CTL;
    let refused = rig.controller.write(start, register, CONTROL | ctl::RUN);
    // Two frames of 8 samples of 24 bits in a link frame.
    let reason = RunError::Bandwidth {
        demand: 3 * 384,
        budget: 960,
    };
    assert_eq!(refused, Err(RegisterError::CannotRun { stream: 2, reason }));
    // A stream gives its share back with its reset.
    rig.write(ms(1).commit(), spec::descriptor(0) + spec::SD_CTL, CONTROL);
    rig.write(
        ms(1).commit(),
        spec::descriptor(0) + spec::SD_CTL,
        ctl::SRST,
    );
    run(&mut rig, ms(1).commit(), 2);
}

/// A reading is late by the delay and up to the jitter, never ahead, and never goes back.
#[test]
fn r95_a_late_reading_is_an_earlier_position() {
    let shown = Shown {
        delay: SimDuration::from_micros(40),
        jitter_max: SimDuration::from_micros(70),
        seed: 5,
    };
    let late = StreamConfig {
        shown,
        ..StreamConfig::hd_audio()
    };
    let mut rig = Rig::set_up(&ControllerConfig::with_output(late), Plan::k0());
    let mut exact = Rig::set_up(&ControllerConfig::hd_audio(), Plan::k0());
    rig.run(SimTime::ZERO.commit());
    exact.run(SimTime::ZERO.commit());
    let (mut before, mut lags) = (0, std::collections::BTreeSet::new());
    for n in 0..3_000_u64 {
        let now = us(n * 3).commit();
        let (read, truth) = (rig.position(now), exact.position(now));
        assert!(read >= before && read <= truth);
        // 110 us are 5.28 link frames.
        assert!(read + 6 >= truth.min(read + 7), "{n}");
        lags.insert(truth - read);
        before = read;
    }
    assert!(lags.len() > 3, "{lags:?}");
}

#[test]
fn the_burst_size_can_be_asked_for_and_the_fifo_may_depend_on_the_samples() {
    let output = StreamConfig {
        fifo_of_24_bits: Some(hardware::Extent::Bytes(units::Bytes::new(256))),
        ..StreamConfig::hd_audio()
    };
    let start = SimTime::ZERO.commit();
    for (sample, fifo, code, fetched) in [
        (SampleFormat::S16, 0xBF, 2, 192),
        (SampleFormat::S24In32, 0xFF, 3, 256),
    ] {
        let plan = Plan {
            format: stereo(48_000, sample),
            ..Plan::k0()
        };
        let mut rig = Rig::set_up(&ControllerConfig::with_output(output), plan);
        let stream = spec::descriptor(0);
        assert_eq!(rig.read(start, stream + spec::SD_FIFOS), fifo);
        assert_eq!(rig.read(start, stream + spec::SD_FIFOW), 4);
        rig.write(start, stream + spec::SD_FIFOW, code);
        assert_eq!(rig.read(start, stream + spec::SD_FIFOW), code);
        rig.run(start);
        assert_eq!(rig.fetched(start.time.at(Phase::Move)), fetched);
        let burst = 2 << code;
        for n in 1..200_u64 {
            assert_eq!(rig.fetched(us(n * 21).commit()) % burst, 0);
        }
    }
}

/// Frames of 44.1 kHz that follow the link's own cadence: two streams that begin apart have their
/// empty link frames together.
#[test]
fn a_cadence_of_the_link_is_shared_by_all_streams() {
    let stream = StreamConfig {
        cadence_phase: hardware::CadencePhase::Link,
        start: Start::NextLinkFrame,
        ..StreamConfig::hd_audio()
    };
    let config = ControllerConfig {
        outputs: vec![stream; 2],
        ..ControllerConfig::without_streams()
    };
    let plan = Plan {
        format: stereo(44_100, SampleFormat::S16),
        packet: 441,
        packets: 2,
    };
    let mut rig = Rig::set_up(&config, plan);
    for (stream, at) in [(0, us(100)), (1, us(777))] {
        rig.set_up_stream(at.commit(), stream);
        run(&mut rig, at.commit(), stream);
    }
    let due = |link_frame: u64| (147 * link_frame).div_ceil(160);
    for link_frame in 40..2_000 {
        let now = SimTime::from_ticks(link_frame * LINK_FRAME).at(Phase::Move);
        for (stream, first) in [(0, 5), (1, 38)] {
            let low = spec::counters(stream) + spec::LLPL;
            let frames = u64::from(rig.read(now, low)) / 4;
            assert_eq!(frames, due(link_frame) - due(first), "stream {stream}");
        }
    }
}
