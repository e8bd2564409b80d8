//! A bus that keeps bursts waiting: FIFOs that run dry or over.

use hardware::{BusStall, ControllerConfig, FifoUnderrun, Lost, Note, StreamConfig, spec};
use spec::{ctl, sts};
use units::{Frames, Phase, SimDuration, SimTime};

use crate::rig::{CONTROL, Plan, Rig, STREAM, ms, us};

const LINK_FRAME: u64 = 9_187_500;

fn start() -> units::Moment {
    SimTime::ZERO.commit()
}

/// From 5 ms to 7 ms the bus grants nothing.
fn stalled(config: ControllerConfig) -> ControllerConfig {
    ControllerConfig {
        stalls: vec![BusStall {
            from: ms(5),
            until: ms(7),
        }],
        ..config
    }
}

fn playing(fifo_underrun: FifoUnderrun) -> Rig {
    let output = StreamConfig {
        fifo_underrun,
        ..StreamConfig::hd_audio()
    };
    let mut rig = Rig::set_up(&stalled(ControllerConfig::with_output(output)), Plan::k0());
    rig.store_packet(start(), 0);
    rig.store_packet(start(), 1);
    rig.run(start());
    rig
}

/// The last link frame before the stall leaves 280 frames fetched; the one at 7 ms finds the bus
/// again, and carries frame 336.
#[test]
fn a_dry_fifo_sends_zeros_while_positions_go_on() {
    let mut rig = playing(FifoUnderrun::LinkAdvancesZeros);
    rig.controller.settle(ms(9).commit());
    let expected = [(0, 280, Some(0)), (280, 56, None), (336, 96, Some(336))];
    assert_eq!(rig.heard(), expected);
    assert_eq!(rig.position(ms(9).commit()), 431);
    let lost = Lost {
        run: 0,
        first: Frames::new(280),
        len: Frames::new(56),
    };
    assert_eq!(rig.controller.link_log(0).lost(), [lost]);
}

#[test]
fn a_dry_fifo_may_freeze_the_link_until_there_is_something() {
    let mut rig = playing(FifoUnderrun::LinkFreezes);
    assert_eq!(rig.position(us(6_500).commit()), 280);
    rig.controller.settle(ms(9).commit());
    // 96 link frames since 7 ms.
    assert_eq!(rig.heard(), [(0, 280 + 96, Some(0))]);
    let stays = rig.controller.link_log(0).segments();
    let brief: Vec<_> = stays
        .iter()
        .map(|stay| (stay.begins, stay.first.get(), stay.frames.get()))
        .collect();
    assert_eq!(brief, [(ms(0), 0, 280), (ms(7), 280, 96)]);
}

#[test]
fn the_error_is_sticky_is_told_once_and_interrupts_if_it_may() {
    let mut rig = playing(FifoUnderrun::LinkAdvancesZeros);
    rig.write(
        start(),
        STREAM + spec::SD_CTL,
        CONTROL | ctl::RUN | ctl::FEIE,
    );
    // With the link frame that should have carried frame 280.
    let due = SimTime::from_ticks(280 * LINK_FRAME).at(Phase::Move);
    while let Some(event) = rig.controller.next_event().filter(|&event| event < due) {
        rig.controller.settle(event);
        assert_eq!(rig.status(event) & sts::FIFOE, 0);
    }
    assert_eq!(rig.controller.next_event(), Some(due));
    rig.controller.settle(due);
    assert!(rig.controller.interrupt_line());
    assert_ne!(rig.status(due) & sts::FIFOE, 0);
    let notes: Vec<_> = rig.controller.take_notes().collect();
    let error = Note::FifoError {
        stream: 0,
        run: 0,
        frame: Frames::new(280),
    };
    assert!(notes.contains(&error));
    rig.write(ms(8).commit(), STREAM + spec::SD_STS, sts::FIFOE);
    assert_eq!(rig.status(ms(8).commit()) & sts::FIFOE, 0);
    assert!(!rig.controller.interrupt_line());
    assert_eq!(rig.controller.take_notes().count(), 0);
}

/// 262 frames fit behind what was stored; 74 are lost, and the place of the first is taken by what
/// was converted 74 frames later.
#[test]
fn a_full_fifo_of_an_input_drops_what_arrives_and_its_position_stands() {
    let config = stalled(ControllerConfig::with_input(StreamConfig::hd_audio_input()));
    let mut rig = Rig::set_up(&config, Plan::k0());
    rig.run(start());
    assert_eq!(rig.position(us(6_900).commit()), 262);
    assert_eq!(rig.fetched(us(6_900).commit()), 928);
    rig.controller.settle(ms(9).at(Phase::Move));
    let log = rig.controller.link_log(0);
    let lost = Lost {
        run: 0,
        first: Frames::new(262),
        len: Frames::new(74),
    };
    assert_eq!(log.lost(), [lost]);
    assert_eq!(rig.heard(), [(0, 262, Some(0)), (262, 96, Some(336))]);
    let memory = rig.memory();
    let content = |place: usize| memory[place].map(|whose| (whose.content, whose.intended));
    assert_eq!(content(261), Some((261, 261)));
    assert_eq!(content(262), Some((336, 262)));
    // The frame in place 262 was sampled when the 336th link frame began.
    let sampled = rig.controller.sampled_at(0, Frames::new(262));
    assert_eq!(sampled, Some(ms(7)));
}

/// A burst of 8 frames waits 500 us, which the FIFO bears: it is filled before the link begins.
#[test]
fn a_wait_that_the_fifo_bears_is_never_heard() {
    let output = StreamConfig {
        grant_latency: SimDuration::from_micros(500),
        ..StreamConfig::hd_audio()
    };
    let mut rig = Rig::set_up(&ControllerConfig::with_output(output), Plan::k0());
    rig.run(start());
    assert_eq!(rig.fetched(us(499).commit()), 0);
    assert_eq!(rig.status(us(499).commit()) & sts::FIFORDY, 0);
    assert_eq!(rig.fetched(us(500).at(Phase::Move)), 192);
    assert_ne!(rig.status(us(500).at(Phase::Move)) & sts::FIFORDY, 0);
    rig.controller.settle(ms(1_000).commit());
    let log = rig.controller.link_log(0);
    assert_eq!(
        log.segments()[0].begins,
        SimTime::from_ticks(25 * LINK_FRAME)
    );
    assert!(log.lost().is_empty());
    // What was asked for 500 us ago: 24 link frames less than without the wait.
    let at = SimTime::from_ticks(20_025 * LINK_FRAME);
    let asked = (20_000 - 24) * 4 + 192;
    let mut later = Rig::set_up(&ControllerConfig::with_output(output), Plan::k0());
    later.run(start());
    assert_eq!(later.fetched(at.at(Phase::Move)), asked / 32 * 32);
}

#[test]
fn a_wait_that_the_fifo_does_not_bear_costs_frames_for_ever() {
    let output = StreamConfig {
        grant_latency: SimDuration::from_millis(2),
        ..StreamConfig::hd_audio()
    };
    let mut rig = Rig::set_up(&ControllerConfig::with_output(output), Plan::k0());
    rig.run(start());
    rig.controller.settle(ms(102).commit());
    let lost: u64 = rig
        .controller
        .link_log(0)
        .lost()
        .iter()
        .map(|lost| lost.len.get())
        .sum();
    // The first 48 are there; of the others each comes 48 link frames too late. The link begins
    // behind the filling, with link frame 97.
    assert_eq!(lost, 4_896 - 97 - 48);
}
