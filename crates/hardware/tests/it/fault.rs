//! Faults as a driver meets them, each through registers.

use hardware::fault::{
    EngineFault, Fault, InterruptFault, Lag, Odds, PositionFault, RegisterFault, Suite,
};
use hardware::{ControllerConfig, Extent, Injection, Stall, StreamConfig, spec};
use spec::{ctl, sts};
use units::{Bytes, Frames, Moment, Phase, SampleFormat, SampleRate, SimDuration, SimTime};

use crate::rig::{CONTROL, Plan, Rig, STREAM, ms, stereo, us};

const FRAME_TICKS: u64 = 441_000_000_000 / 48_000;

/// When frame `n` of a stream that starts at 0 begins, at 48 kHz.
fn frame(n: u64) -> SimTime {
    SimTime::from_ticks(n * FRAME_TICKS)
}

fn inject(rig: &mut Rig, id: u32, fault: impl Into<Fault>) {
    rig.controller.inject(Injection {
        id,
        stream: 0,
        seed: 7,
        fault: fault.into(),
    });
}

/// A reference device with these faults, running from 0 on.
fn running(faults: &[Fault]) -> Rig {
    running_with(&ControllerConfig::k0(), faults)
}

fn running_with(config: &ControllerConfig, faults: &[Fault]) -> Rig {
    let mut rig = Rig::set_up(config, Plan::k0());
    for (id, fault) in (0..).zip(faults) {
        inject(&mut rig, id, *fault);
    }
    rig.run(SimTime::ZERO.commit());
    rig
}

/// When the line goes up until `end`, each time acknowledged at once.
fn lines(rig: &mut Rig, end: SimTime) -> Vec<SimTime> {
    let mut raised = Vec::new();
    while let Some(event) = rig
        .controller
        .next_event()
        .filter(|event| event.time <= end)
    {
        rig.controller.settle(event);
        if rig.controller.interrupt_line() {
            raised.push(event.time);
            rig.acknowledge(event);
        }
    }
    raised
}

fn lpib(rig: &mut Rig, at: Moment) -> u32 {
    rig.read(at, STREAM + spec::SD_LPIB)
}

#[test]
fn f01_f02_what_is_shown_is_wrong_and_what_is_heard_is_not() {
    let by = Extent::Frames(Frames::new(32));
    let mut lagging = running(&[PositionFault::LpibLag(Lag::By(by)).into()]);
    let mut leading = running(&[PositionFault::LpibLead { by }.into()]);
    let at = frame(100).at(Phase::Move);
    assert_eq!(
        [lpib(&mut lagging, at), lpib(&mut leading, at)],
        [68 * 4, 132 * 4]
    );
    assert_eq!([lagging.position(at), leading.position(at)], [68, 132]);
    assert_eq!(
        lagging.controller.link_log(0),
        leading.controller.link_log(0)
    );
    assert_eq!(lines(&mut lagging, ms(40)), [10, 20, 30, 40].map(ms));
}

#[test]
fn f16_a_mapped_page_shows_what_lies_behind_the_buffer_too() {
    let by = Extent::Bytes(Bytes::new(16));
    let mut rig = running(&[PositionFault::PosAtOrAboveCbl { by }.into()]);
    let page = rig.controller.map_position(0, Bytes::new(4));
    for (n, shown) in [(959, 3836), (960, 3840), (963, 3852), (964, 16)] {
        let at = frame(n).at(Phase::Move);
        rig.controller.look(at);
        assert_eq!(page.read().get(), shown, "{n}");
        assert_eq!(u64::from(lpib(&mut rig, at)), shown, "{n}");
    }
}

#[test]
fn f05_the_status_is_set_before_the_position_shows_it() {
    let early = InterruptFault::IrqEarly {
        by: Frames::new(64),
    };
    let mut rig = running(&[early.into()]);
    let first = frame(480 - 64).at(Phase::Move);
    assert_eq!(rig.controller.next_event(), Some(first));
    rig.controller.settle(first);
    assert!(rig.controller.interrupt_line());
    assert_eq!(rig.position(first), 416);
    rig.acknowledge(first);
    assert_eq!(lines(&mut rig, ms(30)), [2, 3].map(|n| frame(480 * n - 64)));
}

/// Also where bursts are coarser than the frame.
#[test]
fn f06_one_frame_early_is_one_frame_on_any_engine() {
    let mut rig = running_with(
        &ControllerConfig::hd_audio(),
        &[InterruptFault::ONE_FRAME_EARLY.into()],
    );
    assert_eq!(lines(&mut rig, ms(20)), [frame(431), frame(911)]);
}

#[test]
fn f09_a_lost_completion_sets_nothing_and_the_next_one_does() {
    let odds = Odds::At(2);
    let mut rig = running(&[InterruptFault::IrqLost { odds }.into()]);
    assert_eq!(lines(&mut rig, ms(40)), [10, 30, 40].map(ms));
    let window = SimDuration::from_millis(15);
    let mut rig = running(&[InterruptFault::IrqCoalesce { window }.into()]);
    assert_eq!(lines(&mut rig, ms(50)), [10, 30, 50].map(ms));
}

/// The next completion finds the line up, so it sends no message either.
#[test]
fn f09_a_lost_message_is_the_last_until_somebody_acknowledges() {
    let odds = Odds::At(2);
    let mut rig = running(&[InterruptFault::MsiEdgeLost { odds }.into()]);
    let mut taken = Vec::new();
    for millis in [10, 20, 30, 40, 50] {
        let at = ms(millis).at(Phase::Move);
        rig.controller.settle(at);
        let message = rig.controller.take_interrupt();
        taken.push(message);
        if message.is_some() || millis == 40 {
            rig.acknowledge(at);
        }
    }
    assert_eq!(taken, [Some(1), None, None, None, Some(3)]);
}

#[test]
fn f10_the_status_is_set_once_more() {
    let spurious = InterruptFault::IrqSpurious {
        odds: Odds::At(1),
        after: Frames::new(120),
    };
    let mut rig = running(&[spurious.into()]);
    assert_eq!(
        lines(&mut rig, ms(30)),
        [frame(480), frame(600), ms(20), ms(30)]
    );
}

#[test]
fn f21_an_old_status_interrupts_at_the_start_unless_it_is_cleared() {
    for (clears, is_up) in [(false, true), (true, false)] {
        let mut rig = Rig::in_reset(&ControllerConfig::k0(), Plan::k0());
        inject(&mut rig, 0, InterruptFault::StaleStatusAtStart);
        let at = SimTime::ZERO.commit();
        rig.global_set_up(0);
        rig.stream_set_up(0);
        // The set-up clears; a reset behind it brings the status back.
        rig.reset(at);
        rig.write(at, STREAM + spec::SD_CTL, 0);
        if clears {
            rig.acknowledge(at);
        }
        rig.write(at, STREAM + spec::SD_CTL, CONTROL);
        assert_eq!(rig.controller.interrupt_line(), is_up);
    }
}

#[test]
fn f11_the_wall_clock_is_dead_or_another_and_the_stream_is_not() {
    let shown = |fault: RegisterFault| {
        let mut rig = running(&[fault.into()]);
        let at = ms(100).at(Phase::Move);
        assert_eq!(rig.position(at), 4800);
        rig.read(at, spec::WALCLK)
    };
    let rate = SampleRate::new(48_000_000).unwrap();
    assert_eq!(shown(RegisterFault::WallclkZero), 0);
    assert_eq!(shown(RegisterFault::WallclkHz { rate }), 4_800_000);
    assert_eq!(
        shown(RegisterFault::WallclkPpb { ppb: 1_000_000 }),
        2_402_400
    );
}

#[test]
fn f12_the_size_of_the_fifo_is_misread() {
    let shown = |fault: RegisterFault, sample, at: SimTime| {
        let plan = Plan {
            format: stereo(48_000, sample),
            ..Plan::k0()
        };
        let mut rig = Rig::in_reset(&ControllerConfig::hd_audio(), plan);
        inject(&mut rig, 0, fault);
        rig.global_set_up(0);
        rig.stream_set_up(0);
        rig.read(at.commit(), STREAM + spec::SD_FIFOS)
    };
    let lasts = SimDuration::from_micros(300);
    let zero = RegisterFault::FifoSizeZero { lasts };
    assert_eq!(
        shown(RegisterFault::FifoSizeOffByOne, SampleFormat::S16, us(0)),
        192
    );
    assert_eq!(
        [299, 300].map(|at| shown(zero, SampleFormat::S16, us(at))),
        [0, 191]
    );
    let by_format = RegisterFault::FifoSizeByFmt;
    assert_eq!(shown(by_format, SampleFormat::S24In32, us(0)), 255);
    assert_eq!(shown(by_format, SampleFormat::S16, us(0)), 191);
}

#[test]
fn f17_f19_run_and_reset_are_slow_to_show() {
    let lasts = SimDuration::from_micros(300);
    let sticky = RegisterFault::RunSticky { lasts };
    let mut rig = running(&[sticky.into(), RegisterFault::SrstSlow { lasts }.into()]);
    rig.pause(ms(5).commit());
    let control =
        |rig: &mut Rig, at: SimTime, bit| rig.read(at.commit(), STREAM + spec::SD_CTL) & bit != 0;
    assert!(control(&mut rig, us(5_299), ctl::RUN));
    assert!(!control(&mut rig, us(5_300), ctl::RUN));
    assert_eq!(
        rig.position(us(6_000).commit()),
        240,
        "it has stopped at once"
    );
    rig.reset(ms(7).commit());
    assert!(!control(&mut rig, us(7_299), ctl::SRST));
    assert!(control(&mut rig, us(7_300), ctl::SRST));
}

#[test]
fn f18_a_device_that_is_gone_reads_all_ones_and_plays_on() {
    let (from, until) = (ms(5), ms(12));
    let mut rig = running(&[RegisterFault::ReadsAllOnes { from, until }.into()]);
    let at = ms(7).commit();
    for (register, ones) in [
        (spec::INTSTS, u32::MAX),
        (STREAM + spec::SD_LPIB, u32::MAX),
        (STREAM + spec::SD_CTL, 0xFF_FFFF),
        (STREAM + spec::SD_STS, 0xFF),
        (STREAM + spec::SD_FMT, 0xFFFF),
    ] {
        assert_eq!(rig.read(at, register), ones, "0x{register:x}");
    }
    rig.pause(ms(8).commit());
    assert_eq!(rig.position(ms(12).commit()), 575, "the write was lost");
    // What makes no sense to a stream that runs is met with silence.
    rig.reset(ms(13).commit());
    assert!(rig.is_running(ms(13).commit()));
}

#[test]
fn f13_run_is_set_and_nothing_moves_for_a_while_or_for_ever() {
    let (odds, lasts) = (Odds::At(1), Some(SimDuration::from_millis(3)));
    let mut rig = running(&[EngineFault::StuckAfterResume { odds, lasts }.into()]);
    assert_eq!([2, 3].map(|n| rig.position(ms(n).at(Phase::Move))), [0, 0]);
    assert_eq!(rig.position(ms(4).at(Phase::Move)), 48);
    assert_eq!(lines(&mut rig, ms(30)), [13, 23].map(ms));
    let stall = Stall {
        run: 0,
        first: Frames::ZERO,
        begins: SimTime::ZERO,
        ends: Some(ms(3)),
        fault: Some(0),
    };
    assert_eq!(rig.controller.link_log(0).stalls(), [stall]);

    let mut rig = running(&[EngineFault::StuckAfterResume { odds, lasts: None }.into()]);
    assert!(rig.is_running(ms(50).commit()));
    assert_eq!(
        (rig.position(ms(50).commit()), rig.controller.next_event()),
        (0, None)
    );
    rig.pause(ms(60).commit());
    rig.run(ms(70).commit());
    assert_eq!(rig.position(ms(75).commit()), 239);
    let stalls = rig.controller.link_log(0).stalls();
    assert_eq!(
        stalls,
        [Stall {
            ends: Some(ms(60)),
            ..stall
        }]
    );
}

#[test]
fn f20_the_memory_side_jumps_ahead_and_waits_for_the_link() {
    let ahead = SimDuration::from_millis(5);
    let mut rig = running(&[EngineFault::StartBurst { ahead }.into()]);
    let fetched = |rig: &mut Rig, at| rig.fetched(frame(at).at(Phase::Move)) / 4;
    assert_eq!([0, 239, 240].map(|n| fetched(&mut rig, n)), [240, 240, 241]);
}

/// What was not there at the start is not heard, though its time had not come.
#[test]
fn f20_what_is_fetched_early_is_heard_as_it_lay_there_then() {
    let ahead = SimDuration::from_millis(5);
    let mut rig = running(&[EngineFault::StartBurst { ahead }.into()]);
    rig.store_packet(ms(1).commit(), 0);
    rig.controller.settle(ms(10).commit());
    assert_eq!(rig.heard(), [(0, 240, None), (240, 240, Some(240))]);
}

#[test]
fn f22_the_engine_stands_still_until_the_status_is_cleared() {
    let mut rig = running(&[EngineFault::StallUntilAck.into()]);
    let first = ms(10).at(Phase::Move);
    rig.controller.settle(first);
    assert_eq!(rig.position(ms(12).at(Phase::Move)), 480);
    assert_eq!(rig.controller.next_event(), None);
    rig.acknowledge(ms(13).commit());
    assert_eq!(rig.position(ms(14).at(Phase::Move)), 480 + 1 + 48);
    let stalls = rig.controller.link_log(0).stalls();
    assert_eq!(stalls.len(), 1);
    assert_eq!(
        (stalls[0].begins, stalls[0].ends),
        (frame(481), Some(ms(13)))
    );
    assert_eq!(stalls[0].first, Frames::new(481));
}

#[test]
fn f22_an_acknowledgement_in_time_costs_nothing() {
    let mut rig = running(&[EngineFault::StallUntilAck.into()]);
    assert_eq!(lines(&mut rig, ms(50)), [10, 20, 30, 40, 50].map(ms));
    assert_eq!(rig.controller.link_log(0).stalls(), []);
    assert_eq!(rig.controller.link_log(0).segments().len(), 1);
}

#[test]
fn f24_a_length_that_is_taken_for_another_is_a_descriptor_error() {
    let mut rig = running(&[EngineFault::CblMismatch { by: 4 }.into()]);
    let at = SimTime::ZERO.commit();
    assert_ne!(rig.status(at) & sts::DESE, 0);
    assert!(!rig.is_running(at));
}

#[test]
fn f26_frames_are_fetched_earlier_than_the_fifo_explains() {
    let by = Extent::Frames(Frames::new(100));
    let mut rig = running(&[EngineFault::MemPassesLink { by }.into()]);
    assert_eq!(rig.fetched(frame(50).at(Phase::Move)), 4 * (50 + 1 + 100));
    assert_eq!(
        rig.read(frame(50).at(Phase::Move), STREAM + spec::SD_FIFOS),
        3
    );
}

/// The one fault with which looking changes what is heard.
#[test]
fn f27_a_look_moves_the_engine() {
    let tick = SimDuration::from_millis(4);
    let heard = |looks: bool| {
        let mut rig = running(&[EngineFault::ReadMovesEngine { tick }.into()]);
        if looks {
            lpib(&mut rig, ms(2).commit());
        }
        rig.store_packet(ms(3).commit(), 0);
        rig.controller.settle(ms(4).at(Phase::Move));
        rig.heard()
    };
    assert_eq!(heard(false), [(0, 1, None), (1, 192, Some(1))]);
    assert_eq!(heard(true), [(0, 96, None), (96, 97, Some(96))]);
}

#[test]
fn f29_one_stream_starts_and_another_stands_still() {
    let config = ControllerConfig {
        outputs: vec![StreamConfig::k0(); 2],
        ..ControllerConfig::k0()
    };
    let lasts = SimDuration::from_millis(2);
    let mut rig = running_with(
        &config,
        &[EngineFault::PlaybackStallsOnCaptureStart { lasts }.into()],
    );
    rig.set_up_stream(ms(4).commit(), 1);
    let other = spec::descriptor(1) + spec::SD_CTL;
    rig.write(ms(4).commit(), other, CONTROL | ctl::RUN);
    assert_eq!(
        [5, 6].map(|n| rig.position(ms(n).at(Phase::Move))),
        [192; 2]
    );
    assert_eq!(rig.position(ms(7).at(Phase::Move)), 192 + 48);
    let [stall] = rig.controller.link_log(0).stalls() else {
        panic!("one stall")
    };
    assert_eq!((stall.begins, stall.ends), (ms(4), Some(ms(6))));
    assert_eq!(rig.controller.link_log(1).stalls(), []);
}

#[test]
fn ticks_make_everything_wait_for_the_next_one() {
    let every = SimDuration::from_millis(3);
    let mut rig = running(&[EngineFault::Ticks { every }.into()]);
    assert_eq!(lines(&mut rig, ms(31)), [12, 21, 30].map(ms));
    assert_eq!(
        [31, 32].map(|n| rig.position(ms(n).at(Phase::Move))),
        [1440; 2]
    );
    assert_eq!(rig.position(ms(33).at(Phase::Move)), 1584);
}

#[test]
fn suites_can_be_injected_whole() {
    for suite in Suite::ALL {
        let mut rig = running(&suite.faults());
        assert!(!lines(&mut rig, ms(100)).is_empty(), "{suite:?}");
    }
}

#[test]
fn a_strike_is_noted_where_it_changed_something() {
    let odds = Odds::At(2);
    let mut rig = running(&[InterruptFault::IrqLost { odds }.into()]);
    lines(&mut rig, ms(40));
    let strikes: Vec<_> = rig
        .controller
        .take_notes()
        .filter_map(|note| match note {
            hardware::Note::Fault { stream, strike } => Some((stream, strike)),
            _ => None,
        })
        .collect();
    let [(0, strike)] = strikes[..] else {
        panic!("one strike, not {strikes:?}")
    };
    assert_eq!((strike.fault, strike.completion, strike.at), (0, 2, ms(20)));
}
