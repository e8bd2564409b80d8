//! Several streams on one controller: one crystal, one interrupt.

use hardware::{Controller, ControllerConfig, Delivery, StreamConfig, spec};
use spec::{ctl, intctl, sts};
use units::{Moment, Phase, SampleFormat, SimTime};

use crate::rig::{CONTROL, Plan, Rig, ms, stereo};

/// Two outputs and an input that run from the start, two packets of 10 ms each.
fn three(delivery: Delivery, ppb: i32) -> Rig {
    let config = ControllerConfig {
        ppb,
        delivery,
        inputs: vec![StreamConfig::k0()],
        outputs: vec![StreamConfig::k0(); 2],
        ..ControllerConfig::without_streams()
    };
    let mut rig = Rig::set_up(&config, Plan::k0());
    let start = SimTime::ZERO.commit();
    let all = (0..3).fold(intctl::GLOBAL, |bits, n| bits | intctl::stream(n));
    rig.write(start, spec::INTCTL, all);
    for stream in 0..3 {
        rig.set_up_stream(start, stream);
        let register = spec::descriptor(stream) + spec::SD_CTL;
        rig.write(start, register, CONTROL | ctl::RUN);
    }
    rig
}

fn acknowledge(rig: &mut Rig, now: Moment, stream: u32) {
    rig.write(now, spec::descriptor(stream) + spec::SD_STS, sts::BCIS);
}

fn interrupts(controller: &mut Controller) -> Option<u64> {
    controller.take_interrupt()
}

#[test]
fn all_who_ask_share_one_interrupt_and_the_status_names_them() {
    let mut rig = three(Delivery::MsiEdge, 0);
    let now = ms(10).at(Phase::Move);
    rig.controller.settle(now);
    assert_eq!(interrupts(&mut rig.controller), Some(1));
    assert_eq!(rig.read(now, spec::INTSTS), intctl::GLOBAL | 0b111);
    for (stream, left) in [(1, 0b101), (0, 0b100), (2, 0)] {
        acknowledge(&mut rig, now, stream);
        let global = if left == 0 { 0 } else { intctl::GLOBAL };
        assert_eq!(rig.read(now, spec::INTSTS), global | left);
        assert_eq!(rig.controller.interrupt_line(), left != 0);
    }
    rig.controller.settle(ms(20).at(Phase::Move));
    assert_eq!(interrupts(&mut rig.controller), Some(2));
}

/// A routine that serves one stream and goes away.
#[test]
fn an_edge_is_not_sent_again_for_who_was_left_and_a_level_is() {
    for (delivery, again) in [(Delivery::MsiEdge, None), (Delivery::Level, Some(2))] {
        let mut rig = three(delivery, 0);
        let now = ms(10).at(Phase::Move);
        rig.controller.settle(now);
        assert_eq!(interrupts(&mut rig.controller), Some(1));
        acknowledge(&mut rig, now, 0);
        assert_eq!(interrupts(&mut rig.controller), again, "{delivery:?}");
        assert!(rig.controller.interrupt_line());
        // The next completions find the line up.
        rig.controller.settle(ms(20).at(Phase::Move));
        assert_eq!(interrupts(&mut rig.controller), None, "{delivery:?}");
        for stream in 0..3 {
            acknowledge(&mut rig, ms(21).commit(), stream);
        }
        assert!(!rig.controller.interrupt_line());
    }
}

/// Frames of any stream over ticks of the wall clock stay in proportion, whatever the crystal.
#[test]
fn r103_within_a_device_frames_and_clock_ticks_keep_their_ratio() {
    for ppb in [0, 123_456, -87_000] {
        let mut rig = three(Delivery::MsiEdge, ppb);
        for seconds in [1, 100, 178] {
            let now = ms(1_000 * seconds).commit();
            let ticks = u64::from(rig.read(now, spec::WALCLK));
            for stream in 0..3 {
                let low = spec::counters(stream) + spec::LLPL;
                let frames = u64::from(rig.read(now, low)) / 4;
                // A frame is 500 ticks; the one on its way is not counted.
                assert!(ticks.div_ceil(500) - 1 == frames || ticks / 500 == frames);
            }
        }
    }
}

/// A list that names the streams it is for: bandwidths differ, the crystal is one.
#[test]
fn streams_of_different_rates_meet_again_at_every_whole_period() {
    let config = ControllerConfig {
        ppb: 31_000,
        outputs: vec![StreamConfig::hd_audio(); 2],
        ..ControllerConfig::without_streams()
    };
    let mut one = Rig::set_up(&config, Plan::k0());
    let plan = Plan {
        format: stereo(44_100, SampleFormat::S16),
        packet: 441,
        packets: 2,
    };
    let mut other = Rig::set_up(&config, plan);
    let start = SimTime::ZERO.commit();
    one.run(start);
    other.run(start);
    let clock = units::Clock::new(SimTime::ZERO, units::SampleRate::HZ_48000, 31_000);
    for seconds in [1_u64, 60, 3_600] {
        // 160 link frames are 147 frames of 44.1 kHz.
        let now = clock.instant_of(seconds * 48_000).at(Phase::Move);
        assert_eq!(one.position(now), seconds * 48_000);
        assert_eq!(other.position(now), seconds * 44_100);
    }
}
