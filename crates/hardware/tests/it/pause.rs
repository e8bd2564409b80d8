//! Pause keeps what was fetched, reset forgets it.

use hardware::{ControllerConfig, Note, StreamConfig};
use units::{Frames, Phase, SimTime};

use crate::rig::{Plan, Rig, audio, ms};

fn with_prefetch(prefetch: u64) -> ControllerConfig {
    let stream = StreamConfig::k0().with_prefetch(Frames::new(prefetch), Frames::new(1));
    ControllerConfig::with_output(stream)
}

/// Row S48: paused from 55 to 155 ms.
#[test]
fn paused_at_55_ms_it_stands_at_2640_and_event_6_comes_at_160_ms() {
    let mut rig = Rig::k0();
    rig.run(SimTime::ZERO.commit());
    rig.interrupts(5);
    rig.pause(ms(55).commit());
    assert_eq!(rig.controller.next_event(), None);
    for at in [55, 100, 155] {
        assert_eq!(rig.position(ms(at).at(Phase::Commit)), 2640);
    }
    rig.run(ms(155).commit());
    assert_eq!(
        rig.position(ms(155).commit()),
        2640,
        "it does not step back"
    );
    assert_eq!(
        rig.interrupts(2),
        [160, 170].map(|at| ms(at).at(Phase::Move))
    );
}

#[test]
fn a_pause_at_a_packet_boundary_leaves_the_event_to_the_resumption() {
    let mut rig = Rig::k0();
    rig.run(SimTime::ZERO.commit());
    rig.interrupts(5);
    rig.pause(ms(60).commit());
    assert_eq!(rig.position(ms(60).commit()), 2880);
    rig.controller.settle(ms(80).commit());
    assert!(!rig.controller.interrupt_line());
    rig.run(ms(90).commit());
    assert_eq!(
        rig.interrupts(2),
        [90, 100].map(|at| ms(at).at(Phase::Move))
    );
}

#[test]
fn run_and_pause_at_one_instant_move_nothing() {
    let mut rig = Rig::k0();
    rig.run(ms(5).commit());
    rig.pause(ms(5).commit());
    assert_eq!(rig.position(ms(9).commit()), 0);
    assert_eq!(rig.fetched(ms(9).commit()), 0);
    rig.run(ms(9).commit());
    assert_eq!(rig.interrupts(1), [ms(19).at(Phase::Move)]);
}

#[test]
fn what_is_in_the_fifo_is_heard_after_a_pause_whatever_memory_says_by_then() {
    let mut rig = Rig::set_up(
        &with_prefetch(8),
        Plan {
            packet: 16,
            ..Plan::k0()
        },
    );
    rig.store_packet(SimTime::ZERO.commit(), 0);
    rig.run(SimTime::ZERO.commit());
    // Frame 0 began, and frames 0 to 8 were fetched.
    let pause = SimTime::from_nanos(1).commit();
    rig.pause(pause);
    assert_eq!(rig.fetched(pause), 9 * 4);
    rig.buffer
        .store(Frames::ZERO, None, Frames::new(16), Some(audio(100, 1)));
    rig.run(ms(1).commit());
    rig.controller.settle(ms(1).at(Phase::Move));
    assert_eq!(rig.heard(), [(0, 2, Some(0))]);
    rig.controller
        .settle(SimTime::from_nanos(1_300_000).commit());
    assert_eq!(rig.heard(), [(0, 9, Some(0)), (9, 7, Some(109))]);
}

#[test]
fn a_reset_discards_the_fifo_and_counts_from_zero_in_the_next_run() {
    let mut rig = Rig::set_up(
        &with_prefetch(8),
        Plan {
            packet: 16,
            ..Plan::k0()
        },
    );
    rig.store_packet(SimTime::ZERO.commit(), 0);
    rig.run(SimTime::ZERO.commit());
    rig.pause(SimTime::from_nanos(1).commit());
    rig.reset(SimTime::from_nanos(1).commit());
    rig.buffer
        .store(Frames::ZERO, None, Frames::new(16), Some(audio(100, 1)));
    rig.stream_set_up(1_000_000);
    rig.run(ms(1).commit());
    rig.controller.settle(ms(1).at(Phase::Move));
    let log = rig.controller.link_log(0);
    let spans: Vec<_> = log
        .spans()
        .iter()
        .map(|span| (span.run, span.first, span.len))
        .collect();
    assert_eq!(
        spans,
        [
            (0, Frames::ZERO, Frames::new(1)),
            (1, Frames::ZERO, Frames::new(1))
        ]
    );
    assert_eq!(log.spans()[1].whose.unwrap().content, 100);
    let segments: Vec<_> = log
        .segments()
        .iter()
        .map(|stay| (stay.run, stay.begins))
        .collect();
    assert_eq!(segments, [(0, SimTime::ZERO), (1, ms(1))]);
}

#[test]
fn stays_in_run_are_noted_with_where_they_began_and_ended() {
    let mut rig = Rig::k0();
    rig.run(SimTime::ZERO.commit());
    rig.pause(ms(5).commit());
    rig.run(ms(7).commit());
    rig.pause(ms(8).commit());
    rig.reset(ms(9).commit());
    let notes: Vec<_> = rig.controller.take_notes().collect();
    let (stream, run) = (0, 0);
    let (first, second) = (Frames::new(240), Frames::new(288));
    let bytes = |frames| Plan::k0().format.bytes_of(frames);
    assert_eq!(
        notes,
        [
            Note::Run {
                stream,
                run,
                position: Frames::ZERO
            },
            Note::Pause {
                stream,
                run,
                position: first,
                fetched: bytes(first)
            },
            Note::Run {
                stream,
                run,
                position: first
            },
            Note::Pause {
                stream,
                run,
                position: second,
                fetched: bytes(second)
            },
            Note::Reset {
                stream,
                run,
                position: second
            },
        ]
    );
}
