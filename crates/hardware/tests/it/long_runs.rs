//! A day, to the frame and to the tick.
//!
//! Packets are of a second here, so that a day is 86 400 interrupts; an hour of packets of 10 ms is
//! beside it.

use hardware::{ControllerConfig, Direction, StreamConfig, spec};
use units::{Phase, SampleFormat, SimTime};

use crate::rig::{Plan, Rig, ms, stereo};

const LINK_FRAME: u64 = 9_187_500;

/// The link frame that carries frame `n`, counted from 1: multiplier, and base over 48 kHz.
fn link_frame(n: u64, multiplier: u64, (p, q): (u64, u64)) -> u64 {
    q * (n.div_ceil(multiplier) - 1) / p
}

/// When interrupt `n` comes, in link frames from the first one on.
fn interrupt_frame(direction: Direction, n: u64, plan: Plan, base: (u64, u64), m: u64) -> u64 {
    let frame = u64::from(plan.format.frame_bytes());
    let bytes = n * plan.packet * frame;
    let completed = match direction {
        // A FIFO of 192 bytes and bursts of 32: when the last byte is fetched.
        Direction::Output => (bytes.div_ceil(32) * 32 - 192).div_ceil(frame),
        Direction::Input => bytes.div_ceil(frame),
    };
    link_frame(completed, m, base) + 1
}

fn check(direction: Direction, hertz: u32, packet_divisor: u64, seconds: u64) {
    let (base, m) = match hertz {
        44_100 => ((147, 160), 1),
        48_000 => ((1, 1), 1),
        _ => ((1, 1), 4),
    };
    let plan = Plan {
        format: stereo(hertz, SampleFormat::S16),
        packet: u64::from(hertz) / packet_divisor,
        packets: 2,
    };
    let config = match direction {
        Direction::Output => ControllerConfig::hd_audio(),
        Direction::Input => ControllerConfig::with_input(StreamConfig::hd_audio_input()),
    };
    let mut rig = Rig::set_up(&config, plan);
    rig.run(SimTime::ZERO.commit());
    for n in 1..=seconds * packet_divisor {
        let event = rig.controller.next_event().unwrap();
        let expected = interrupt_frame(direction, n, plan, base, m) * LINK_FRAME;
        assert_eq!(
            event,
            SimTime::from_ticks(expected).at(Phase::Move),
            "interrupt {n}"
        );
        rig.controller.settle(event);
        rig.acknowledge(event);
    }
    let end = ms(1_000 * seconds).at(Phase::Move);
    assert_eq!(rig.position(end), seconds * u64::from(hertz));
    let cycles = u64::from(rig.read(end, spec::WALCLK));
    assert_eq!(cycles, 24_000_000 * seconds % (1 << 32));
    let log = rig.controller.link_log(0);
    assert_eq!(log.segments().len(), 1);
    assert!(log.spans().len() <= 2, "a day is one stretch");
}

#[test]
fn a_day_of_rendering_never_drifts() {
    for hertz in [44_100, 48_000, 192_000] {
        check(Direction::Output, hertz, 1, 86_400);
    }
}

#[test]
fn a_day_of_capture_never_drifts() {
    for hertz in [44_100, 48_000, 192_000] {
        check(Direction::Input, hertz, 1, 86_400);
    }
}

#[test]
fn an_hour_of_short_packets_never_drifts() {
    check(Direction::Output, 44_100, 100, 3_600);
    check(Direction::Input, 48_000, 100, 3_600);
}

/// The reference device: event n at n packets, to the tick.
#[test]
fn a_day_of_the_reference_device_is_a_day() {
    for (config, hertz) in [
        (ControllerConfig::k0(), 44_100),
        (ControllerConfig::with_input(StreamConfig::k0()), 48_000),
    ] {
        let plan = Plan {
            format: stereo(hertz, SampleFormat::S16),
            packet: u64::from(hertz),
            packets: 2,
        };
        let mut rig = Rig::set_up(&config, plan);
        rig.run(SimTime::ZERO.commit());
        let last = rig.interrupts(86_400).pop().unwrap();
        assert_eq!(last, ms(86_400_000).at(Phase::Move));
        assert_eq!(rig.position(last), 86_400 * u64::from(hertz));
    }
}
