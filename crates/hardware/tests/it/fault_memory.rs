//! Faults of what an engine leaves in memory: position records, and captured data.

use hardware::fault::{EngineFault, Fault, RecordFault, Suite};
use hardware::{ControllerConfig, Injection, StreamConfig, spec};
use units::{Phase, SimDuration, SimTime};

use crate::rig::{CONTROL, Plan, Rig, STREAM, ms};

const RECORDS: u64 = 0x9000;

fn inject(rig: &mut Rig, fault: impl Into<Fault>) {
    rig.controller.inject(Injection {
        id: 0,
        stream: 0,
        seed: 7,
        fault: fault.into(),
    });
}

/// A stream that runs from 0 on, with position records in memory.
fn running(config: &ControllerConfig, fault: impl Into<Fault>) -> Rig {
    let mut rig = Rig::set_up(config, Plan::k0());
    inject(&mut rig, fault);
    let start = SimTime::ZERO.commit();
    rig.write(start, spec::DPLBASE, u32::try_from(RECORDS).unwrap() | 1);
    rig.run(start);
    rig
}

fn record(rig: &mut Rig, at: SimTime, slot: u64) -> Option<u32> {
    rig.controller
        .position_record(at.at(Phase::Move), RECORDS + 8 * slot)
}

#[test]
fn f03_a_record_is_old() {
    let stale = |delay, until_acknowledged| RecordFault::PosbufStale {
        delay: SimDuration::from_millis(delay),
        until_acknowledged,
    };
    let mut right = running(&ControllerConfig::k0(), stale(0, false));
    let mut old = running(&ControllerConfig::k0(), stale(2, false));
    let then = [4, 6].map(|n| record(&mut right, ms(n), 0));
    assert_eq!([6, 8].map(|n| record(&mut old, ms(n), 0)), then);
    assert_ne!(then[0], then[1]);
}

/// Just before the completion a frame less was fetched than with it.
#[test]
fn f03_a_record_stands_until_the_acknowledgement() {
    let stale = RecordFault::PosbufStale {
        delay: SimDuration::ZERO,
        until_acknowledged: true,
    };
    let mut rig = running(&ControllerConfig::k0(), stale);
    let before = record(&mut rig, SimTime::from_ticks(ms(10).ticks() - 1), 0);
    assert_eq!([10, 15].map(|n| record(&mut rig, ms(n), 0)), [before; 2]);
    rig.acknowledge(ms(15).at(Phase::Notify));
    let after = rig
        .controller
        .position_record(ms(15).at(Phase::Notify), RECORDS);
    assert!(after > before, "{after:?} {before:?}");
}

#[test]
fn f04_a_record_is_dead() {
    for value in [0, u32::MAX] {
        let mut rig = running(&ControllerConfig::k0(), RecordFault::PosbufDead { value });
        assert_eq!([1, 7].map(|n| record(&mut rig, ms(n), 0)), [Some(value); 2]);
    }
}

#[test]
fn f14_a_record_is_in_the_slot_of_another_stream() {
    let config = ControllerConfig {
        outputs: vec![StreamConfig::k0(); 2],
        ..ControllerConfig::k0()
    };
    let mut right = running(&config, RecordFault::PosbufWrongSlot { by: 0 });
    let mut wrong = running(&config, RecordFault::PosbufWrongSlot { by: 1 });
    let shown = record(&mut right, ms(3), 0);
    assert_eq!(record(&mut right, ms(3), 1), Some(0));
    assert_eq!(
        [0, 1].map(|slot| record(&mut wrong, ms(3), slot)),
        [Some(0), shown]
    );
}

/// At the interrupt, with all registers saying so, the last millisecond of the packet is not there.
#[test]
fn f28_position_and_interrupt_come_before_the_data() {
    let lasts = SimDuration::from_millis(1);
    let config = ControllerConfig::with_input(StreamConfig::k0());
    let mut rig = running(&config, EngineFault::CaptureDataLate { lasts });
    let there = |rig: &mut Rig, at| {
        rig.controller.settle(at);
        rig.memory().iter().flatten().count() as u64
    };
    let interrupt = ms(10).at(Phase::Move);
    assert_eq!(rig.controller.next_event(), Some(interrupt));
    assert_eq!(
        (rig.position(interrupt), rig.fetched(interrupt)),
        (480, 1920)
    );
    assert_eq!(there(&mut rig, interrupt), 480 - 48);
    assert_eq!(there(&mut rig, ms(11).at(Phase::Move)), 480);
    // A pause keeps nothing back.
    rig.write(ms(12).commit(), STREAM + spec::SD_CTL, CONTROL);
    let moved = rig.fetched(ms(12).commit()) / 4;
    assert_eq!(there(&mut rig, ms(13).at(Phase::Move)), moved);
}

#[test]
fn f03_f28_the_suite_of_a_recording_skylake_has_both() {
    let faults = Suite::SkylakeCapture.faults();
    let is_record = |fault: &&Fault| matches!(fault, Fault::Record(_));
    assert_eq!(
        (faults.len(), faults.iter().filter(is_record).count()),
        (2, 1)
    );
}
