//! The HD Audio preset: FIFO, bursts, link frames, completion on the memory side.

use hardware::{ControllerConfig, Extent, StreamConfig, spec};
use units::{Bytes, Phase, SampleFormat, SimDuration, SimTime, WaveFormat};

use crate::rig::{Plan, Rig, STREAM, ms, us};

const LINK_FRAME: u64 = 441_000_000_000 / 48_000;

fn end_of_link_frame(frame: u64) -> SimTime {
    SimTime::from_ticks((frame + 1) * LINK_FRAME)
}

/// Rate, channels, sample, FIFO and burst in bytes, packet in frames, link frames of interrupts.
type Golden = (u32, u8, SampleFormat, (u64, u64), u64, &'static [u64]);

/// The golden vectors, through registers: at the end of which link frame BCIS is set.
#[test]
fn interrupts_come_at_the_golden_link_frames() {
    use SampleFormat::{S16, S24In32, S32};
    let rows: [Golden; 6] = [
        (
            48_000,
            2,
            S16,
            (192, 32),
            480,
            &[431, 911, 1391, 1871, 2351, 2831],
        ),
        (
            48_000,
            2,
            S16,
            (192, 32),
            128,
            &[79, 207, 335, 463, 591, 719],
        ),
        (
            44_100,
            2,
            S16,
            (192, 32),
            441,
            &[434, 913, 1392, 1871, 2349, 2828, 3307, 3786],
        ),
        (44_100, 6, S16, (192, 32), 441, &[463, 942, 1424, 1903]),
        (96_000, 2, S32, (192, 32), 960, &[467, 947, 1427, 1907]),
        (
            48_000,
            2,
            S24In32,
            (256, 64),
            480,
            &[447, 927, 1407, 1887, 2367],
        ),
    ];
    for (hertz, channels, sample, (fifo, burst), packet, interrupts) in rows {
        let format = WaveFormat::new(hertz, channels, sample).unwrap();
        let stream = StreamConfig {
            fifo: Extent::Bytes(Bytes::new(fifo)),
            burst: Extent::Bytes(Bytes::new(burst)),
            ..StreamConfig::hd_audio()
        };
        let plan = Plan {
            format,
            packet,
            packets: 2,
        };
        let mut rig = Rig::set_up(&ControllerConfig::with_output(stream), plan);
        rig.run(SimTime::ZERO.commit());
        let expected: Vec<_> = interrupts
            .iter()
            .map(|&k| end_of_link_frame(k).at(Phase::Move))
            .collect();
        assert_eq!(
            rig.interrupts(expected.len()),
            expected,
            "{hertz} Hz, {packet} frames"
        );
    }
}

#[test]
fn the_phase_of_interrupts_at_44100_hz_wanders_by_one_burst() {
    let format = WaveFormat::new(44_100, 2, SampleFormat::S16).unwrap();
    let plan = Plan {
        format,
        packet: 441,
        packets: 2,
    };
    let mut rig = Rig::set_up(&ControllerConfig::hd_audio(), plan);
    rig.run(SimTime::ZERO.commit());
    let events = rig.interrupts(17);
    let spacings: Vec<_> = events
        .windows(2)
        .map(|pair| pair[1].time.since(pair[0].time).ticks() / LINK_FRAME)
        .collect();
    let period = [479, 479, 479, 478, 479, 479, 479, 488];
    assert_eq!(spacings, [period, period].concat());
}

/// The worked instant: end of link frame 431.
#[test]
fn at_9_ms_the_packet_is_fetched_and_432_frames_have_left() {
    let mut rig = Rig::set_up(&ControllerConfig::hd_audio(), Plan::k0());
    rig.run(SimTime::ZERO.commit());
    let at = ms(9).at(Phase::Move);
    assert_eq!(rig.interrupts(1), [at]);
    assert_eq!(rig.read(at, STREAM + spec::SD_LPIB), 1728);
    assert_eq!(rig.fetched(at), 1920);
}

#[test]
fn a_completion_that_the_prefill_reaches_comes_with_the_first_frame() {
    let plan = Plan {
        packet: 32,
        ..Plan::k0()
    };
    let mut rig = Rig::set_up(&ControllerConfig::hd_audio(), plan);
    rig.run(ms(1).commit());
    assert_eq!(rig.interrupts(1), [ms(1).at(Phase::Move)]);
    assert_eq!(rig.fetched(ms(1).at(Phase::Move)), 192);
}

#[test]
fn a_stream_starts_with_the_first_link_frame_that_has_not_begun() {
    for (run, begins) in [
        (ms(2).commit(), ms(2)),
        (ms(2).at(Phase::Notify), end_of_link_frame(96)),
        (us(2_001).commit(), end_of_link_frame(96)),
    ] {
        let mut rig = Rig::set_up(&ControllerConfig::hd_audio(), Plan::k0());
        rig.run(run);
        assert_eq!(
            rig.controller.link_log(0).segments()[0].begins,
            begins,
            "{run:?}"
        );
        let first = begins + SimDuration::from_millis(9);
        assert_eq!(rig.interrupts(1), [first.at(Phase::Move)]);
    }
}

#[test]
fn an_even_cadence_may_start_on_the_link_too() {
    let stream = StreamConfig {
        cadence: hardware::Cadence::Even,
        ..StreamConfig::hd_audio()
    };
    let format = WaveFormat::new(44_100, 2, SampleFormat::S16).unwrap();
    let plan = Plan {
        format,
        packet: 441,
        packets: 2,
    };
    let mut rig = Rig::set_up(&ControllerConfig::with_output(stream), plan);
    rig.run(us(10).commit());
    assert_eq!(
        rig.controller.link_log(0).segments()[0].begins,
        end_of_link_frame(0)
    );
}

/// With any crystal: link positions and wall clock are of one domain.
#[test]
fn r103_frames_per_tick_of_the_wall_clock_are_constant() {
    for ppb in [0, 123_457, -98_765] {
        let config = ControllerConfig {
            ppb,
            ..ControllerConfig::hd_audio()
        };
        let mut rig = Rig::set_up(&config, Plan::k0());
        rig.run(us(777).commit());
        let begins = rig.controller.link_log(0).segments()[0]
            .begins
            .at(Phase::Move);
        let start = u64::from(rig.read(begins, spec::WALCLK)) / 500;
        for at in [ms(1), us(33_333), ms(9_999), ms(120_000)] {
            let at = at.at(Phase::Move);
            let link_frames = u64::from(rig.read(at, spec::WALCLK_ALIAS)) / 500;
            assert_eq!(rig.position(at), link_frames - start, "{ppb} ppb at {at:?}");
        }
    }
}

#[test]
fn the_wall_clock_rate_is_a_parameter() {
    let wall_clock = units::SampleRate::new(48_000_000).unwrap();
    let config = ControllerConfig {
        wall_clock,
        ..ControllerConfig::hd_audio()
    };
    let mut rig = Rig::set_up(&config, Plan::k0());
    // 2^32 cycles of 48 MHz last 89.478 s.
    assert_eq!(rig.read(ms(89_478).commit(), spec::WALCLK), 4_294_944_000);
    assert_eq!(rig.read(ms(89_479).commit(), spec::WALCLK), 24_704);
}
