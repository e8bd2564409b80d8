//! What registers store, refuse, derive.

use hardware::{Controller, ControllerConfig, Note, RegisterError, StreamConfig, spec};
use spec::{ctl, gctl, intctl, sts};
use units::{Moment, Phase, SimTime};

use crate::rig::{CONTROL, Plan, Rig, STREAM, ms};

const START: Moment = SimTime::ZERO.commit();

#[test]
fn capabilities_count_the_streams() {
    let mut config = ControllerConfig::hd_audio();
    config.outputs = vec![StreamConfig::hd_audio(); 4];
    let mut controller = Controller::new(&config);
    assert_eq!(controller.read(START, spec::GCAP), Ok(0x4001));
}

#[test]
fn only_registers_can_be_accessed_and_only_as_far_as_they_go() {
    let mut rig = Rig::k0();
    for offset in [
        0x02,
        0x3C,
        0x78,
        STREAM + 0x01,
        spec::descriptor(1),
        0x2085,
        0x2034,
        0x9999,
    ] {
        assert_eq!(
            rig.controller.read(START, offset),
            Err(RegisterError::NotReadable { offset })
        );
    }
    let read_only = [
        spec::GCAP,
        spec::INTSTS,
        spec::WALCLK,
        spec::WALCLK_ALIAS,
        STREAM + spec::SD_LPIB,
        STREAM + spec::SD_FIFOS,
        spec::LPIB_ALIASES,
        spec::counters(0) + spec::LLPL,
        spec::descriptor(1),
    ];
    for offset in read_only {
        assert_eq!(
            rig.controller.write(START, offset, 0),
            Err(RegisterError::NotWritable { offset })
        );
    }
    for (register, bits) in [
        (spec::SD_CTL, 24),
        (spec::SD_STS, 8),
        (spec::SD_LVI, 16),
        (spec::SD_FMT, 16),
    ] {
        let (offset, value) = (STREAM + register, 1 << bits);
        assert_eq!(
            rig.controller.write(START, offset, value),
            Err(RegisterError::TooWide {
                offset,
                value,
                bits
            })
        );
    }
}

#[test]
fn setup_registers_keep_what_is_written_and_the_bits_they_have() {
    let mut rig = Rig::k0();
    for (register, written, kept) in [
        (spec::SD_CBL, 0xFFFF_FFFF, 0xFFFF_FFFF),
        (spec::SD_LVI, 0xFFFF, 0xFF),
        (spec::SD_FMT, 0x4011, 0x4011),
        (spec::SD_BDPL, 0xFFFF_FFFF, 0xFFFF_FF80),
        (spec::SD_BDPU, 0x1234_5678, 0x1234_5678),
        (spec::SD_CTL, 0x00FF_FFFC, 0x00F7_001C),
    ] {
        rig.write(START, STREAM + register, written);
        assert_eq!(
            rig.read(START, STREAM + register),
            kept,
            "register 0x{register:02x}"
        );
    }
    assert_eq!(
        rig.read(START, STREAM + spec::SD_BDPL),
        0xFFFF_FF80,
        "the halves are apart"
    );
}

#[test]
fn setup_registers_are_frozen_while_the_stream_runs_and_in_reset() {
    let frozen = [
        spec::SD_CBL,
        spec::SD_LVI,
        spec::SD_FMT,
        spec::SD_BDPL,
        spec::SD_BDPU,
    ];
    let mut rig = Rig::k0();
    rig.run(START);
    for offset in frozen.map(|register| STREAM + register) {
        let before = rig.read(START, offset);
        let refused = rig.controller.write(START, offset, 1);
        assert_eq!(refused, Err(RegisterError::WhileRunning { offset }));
        assert_eq!(rig.read(START, offset), before);
    }
    rig.pause(START);
    rig.reset(START);
    for offset in frozen.map(|register| STREAM + register) {
        let refused = rig.controller.write(START, offset, 1);
        assert_eq!(refused, Err(RegisterError::InReset { offset }));
    }
}

#[test]
fn run_and_reset_never_follow_each_other_directly() {
    let mut rig = Rig::k0();
    let offset = STREAM + spec::SD_CTL;
    let both = rig
        .controller
        .write(START, offset, CONTROL | ctl::SRST | ctl::RUN);
    assert_eq!(both, Err(RegisterError::InReset { offset }));
    rig.run(START);
    let direct = rig.controller.write(START, offset, ctl::SRST);
    assert_eq!(direct, Err(RegisterError::WhileRunning { offset }));
    assert!(rig.is_running(START));
}

/// One write cannot both let go of the reset and start the engine.
#[test]
fn r51_a_stream_that_is_held_in_reset_does_not_run() {
    let mut rig = Rig::k0();
    let offset = STREAM + spec::SD_CTL;
    rig.reset(START);
    let refused = rig.controller.write(START, offset, CONTROL | ctl::RUN);
    assert_eq!(refused, Err(RegisterError::InReset { offset }));
    assert_eq!(rig.read(START, offset), ctl::RESET | ctl::SRST);
    rig.write(START, offset, CONTROL);
    assert!(!rig.is_running(START));
}

#[test]
fn a_reset_stream_has_its_registers_as_after_power_up() {
    let mut rig = Rig::k0();
    rig.run(START);
    rig.pause(ms(25).commit());
    rig.reset(ms(25).commit());
    let at = ms(25).commit();
    assert_eq!(rig.read(at, STREAM + spec::SD_CTL), ctl::RESET | ctl::SRST);
    rig.write(at, STREAM + spec::SD_CTL, 0);
    assert_eq!(rig.read(at, STREAM + spec::SD_CTL), 0);
    for register in [
        spec::SD_STS,
        spec::SD_LPIB,
        spec::SD_CBL,
        spec::SD_LVI,
        spec::SD_FIFOS,
        spec::SD_FMT,
        spec::SD_BDPL,
        spec::SD_BDPU,
    ] {
        assert_eq!(
            rig.read(at, STREAM + register),
            0,
            "register 0x{register:02x}"
        );
    }
}

#[test]
fn in_reset_the_controller_takes_nothing_but_the_way_out() {
    let mut rig = Rig::in_reset(&ControllerConfig::k0(), Plan::k0());
    assert_eq!(rig.read(START, spec::GCTL), 0);
    for offset in [spec::INTCTL, STREAM + spec::SD_CTL, STREAM + spec::SD_CBL] {
        let refused = rig.controller.write(START, offset, 0);
        assert_eq!(refused, Err(RegisterError::InReset { offset }));
    }
    rig.write(START, spec::GCTL, gctl::CRST);
    assert_eq!(rig.read(START, STREAM + spec::SD_CTL), ctl::RESET);
}

#[test]
fn a_controller_reset_stops_everything_and_restarts_the_wall_clock() {
    let mut rig = Rig::k0();
    rig.run(START);
    rig.write(ms(15).commit(), spec::GCTL, 0);
    assert_eq!(rig.controller.next_event(), None);
    assert_eq!(rig.read(ms(20).commit(), spec::WALCLK), 0);
    assert!(!rig.is_running(ms(20).commit()));
    assert!(!rig.controller.interrupt_line());
    assert_eq!(rig.read(ms(20).commit(), spec::INTCTL), 0);
    rig.global_set_up(30_000_000);
    assert_eq!(rig.read(ms(31).commit(), spec::WALCLK), 24_000);
    rig.stream_set_up(31_000_000);
    rig.run(ms(31).commit());
    assert_eq!(rig.interrupts(1), [ms(41).at(Phase::Move)]);
    assert_eq!(rig.controller.link_log(0).segments().len(), 2);
}

#[test]
fn r101_the_wall_clock_runs_whatever_the_stream_does() {
    let mut rig = Rig::k0();
    rig.run(ms(1).commit());
    rig.pause(ms(3).commit());
    for at in 0..6 {
        if at >= 3 {
            let cycles = rig.read(ms(at).commit(), spec::WALCLK);
            assert_eq!(u64::from(cycles), at * 24_000);
        }
    }
}

#[test]
fn r104_the_wall_clock_wraps_after_178_957_seconds() {
    let mut rig = Rig::k0();
    let wrap = SimTime::from_ticks((1 << 32) * 18_375);
    let before = SimTime::from_ticks(wrap.ticks() - 1);
    assert_eq!(rig.read(before.commit(), spec::WALCLK), u32::MAX);
    assert_eq!(rig.read(wrap.commit(), spec::WALCLK), 0);
    assert_eq!(wrap.to_nanos_floor() / 1_000_000, 178_956);
}

#[test]
fn the_fifo_size_is_read_less_one_and_zero_before_the_format_is_known() {
    let mut rig = Rig::in_reset(&ControllerConfig::hd_audio(), Plan::k0());
    rig.global_set_up(0);
    rig.write(START, STREAM + spec::SD_FMT, 0xFFFF);
    assert_eq!(rig.read(START, STREAM + spec::SD_FIFOS), 0);
    rig.stream_set_up(0);
    assert_eq!(rig.read(START, STREAM + spec::SD_FIFOS), 191);
    let mut k0 = Rig::k0();
    assert_eq!(k0.read(START, STREAM + spec::SD_FIFOS), 3);
}

#[test]
fn the_fifo_is_ready_once_something_was_fetched() {
    let mut rig = Rig::set_up(&ControllerConfig::hd_audio(), Plan::k0());
    assert_eq!(rig.status(START), 0);
    rig.run(START);
    assert_eq!(rig.status(START), 0);
    assert_eq!(rig.status(SimTime::ZERO.at(Phase::Move)), sts::FIFORDY);
}

#[test]
fn completion_is_sticky_until_a_one_is_written() {
    let mut rig = Rig::k0();
    rig.run(START);
    let at = ms(35).commit();
    assert_eq!(rig.status(at) & sts::BCIS, sts::BCIS);
    rig.write(at, STREAM + spec::SD_STS, 0);
    assert_eq!(rig.status(at) & sts::BCIS, sts::BCIS, "zeros clear nothing");
    rig.acknowledge(at);
    assert_eq!(rig.status(at) & sts::BCIS, 0);
    assert_eq!(rig.status(ms(40).at(Phase::Move)) & sts::BCIS, sts::BCIS);
}

#[test]
fn a_completion_that_nobody_acknowledged_hides_the_next_one() {
    let mut rig = Rig::k0();
    rig.run(START);
    for at in [10, 20, 30] {
        rig.controller.settle(ms(at).at(Phase::Move));
    }
    assert_eq!(rig.controller.take_interrupt(), Some(1));
    let at = ms(30).at(Phase::Notify);
    rig.acknowledge(at);
    assert!(!rig.controller.interrupt_line());
    rig.controller.settle(ms(40).at(Phase::Move));
    assert_eq!(rig.controller.take_interrupt(), Some(2));
    assert_eq!(rig.controller.take_interrupt(), None);
    assert_eq!(noted_interrupts(&mut rig), [(1, 1, 480), (2, 4, 1920)]);
}

/// What an interrupt is noted with is the completion that it was first due for, however late it
/// is enabled and whoever looked in between.
#[test]
fn a_late_interrupt_is_noted_with_the_first_completion_that_was_hidden() {
    for looks in [&[][..], &[10, 15, 20, 30]] {
        let mut rig = Rig::k0();
        rig.write(START, spec::INTCTL, intctl::stream(0));
        rig.run(START);
        for &look in looks {
            rig.controller.settle(ms(look).at(Phase::Move));
        }
        let enable = intctl::GLOBAL | intctl::stream(0);
        rig.write(ms(35).commit(), spec::INTCTL, enable);
        assert_eq!(noted_interrupts(&mut rig), [(1, 1, 480)]);
    }
}

#[test]
fn a_reset_forgets_a_completion_that_nobody_acknowledged() {
    let mut rig = Rig::k0();
    rig.run(START);
    rig.pause(ms(25).commit());
    rig.reset(ms(25).commit());
    assert!(!rig.controller.interrupt_line());
    rig.stream_set_up(25_000_000);
    rig.run(ms(30).commit());
    rig.controller.settle(ms(40).at(Phase::Move));
    assert_eq!(noted_interrupts(&mut rig), [(1, 1, 480), (2, 1, 480)]);
}

/// Number, completions and position of the interrupts noted so far.
fn noted_interrupts(rig: &mut Rig) -> Vec<(u64, u64, u64)> {
    let interrupt = |note| match note {
        Note::Interrupt {
            interrupt,
            completions,
            position,
            ..
        } => Some((interrupt, completions, position.get())),
        _ => None,
    };
    rig.controller.take_notes().filter_map(interrupt).collect()
}

/// The status is set whatever is enabled; the line needs all three enables.
#[test]
fn the_interrupt_line_is_derived_from_status_and_enables() {
    for enables in 0..8_u32 {
        let mut rig = Rig::k0();
        let (global, stream, completion) = (enables & 1, enables >> 1 & 1, enables >> 2 & 1);
        rig.write(START, spec::INTCTL, global << 31 | stream);
        let control = 1 << ctl::TAG_SHIFT | completion << 2;
        rig.write(START, STREAM + spec::SD_CTL, control | ctl::RUN);
        let at = ms(10).at(Phase::Move);
        assert_eq!(rig.status(at) & sts::BCIS, sts::BCIS);
        let own = completion * intctl::stream(0);
        let global_status = (completion & stream) << 31;
        assert_eq!(rig.read(at, spec::INTSTS), own | global_status);
        assert_eq!(rig.controller.interrupt_line(), enables == 7);
        // Enabling later raises it at once.
        let at = ms(12).commit();
        rig.write(at, STREAM + spec::SD_CTL, control | ctl::IOCE | ctl::RUN);
        rig.write(at, spec::INTCTL, intctl::GLOBAL | intctl::stream(0));
        assert!(rig.controller.interrupt_line());
        assert_eq!(rig.controller.take_interrupt(), Some(1));
    }
}

/// A message is sent when the line goes up, and only then: a driver that acknowledges one stream
/// and does not look for the other waits for ever.
#[test]
fn a_line_that_another_stream_holds_up_sends_no_second_message() {
    let mut config = ControllerConfig::k0();
    config.outputs = vec![StreamConfig::k0(); 2];
    let mut rig = Rig::set_up(&config, Plan::k0());
    rig.set_up_stream(START, 1);
    rig.write(
        START,
        spec::INTCTL,
        intctl::GLOBAL | intctl::stream(0) | intctl::stream(1),
    );
    rig.run(START);
    rig.write(
        ms(2).commit(),
        spec::descriptor(1) + spec::SD_CTL,
        CONTROL | ctl::RUN,
    );
    assert_eq!(rig.controller.next_event(), Some(ms(10).at(Phase::Move)));
    rig.controller.settle(ms(10).at(Phase::Move));
    assert_eq!(rig.controller.next_event(), Some(ms(12).at(Phase::Move)));
    let at = ms(12).at(Phase::Move);
    assert_eq!(rig.read(at, spec::INTSTS), 1 << 31 | 0b11);
    assert_eq!(rig.controller.take_interrupt(), Some(1));
    rig.acknowledge(at);
    assert_eq!(rig.read(at, spec::INTSTS), 1 << 31 | 0b10);
    assert!(rig.controller.interrupt_line());
    assert_eq!(rig.controller.take_interrupt(), None);
    rig.write(at, spec::descriptor(1) + spec::SD_STS, sts::BCIS);
    rig.controller.settle(ms(20).at(Phase::Move));
    assert_eq!(rig.controller.take_interrupt(), Some(2));
}

#[test]
fn without_the_completion_enable_nobody_needs_to_look() {
    let mut rig = Rig::k0();
    rig.write(START, STREAM + spec::SD_CTL, 1 << ctl::TAG_SHIFT | ctl::RUN);
    assert_eq!(rig.controller.next_event(), None);
}
