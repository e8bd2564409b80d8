//! The notification timer.

use ks::KsState;

use super::{EngineEvent, MS, Rig};

#[test]
fn v20_the_timer_runs_from_run_to_pause() {
    let mut rig = Rig::render().with_packets(3840, 2);
    assert!(!rig.stream.timer_is_armed());
    let mut rig = rig_running(&mut rig);
    assert!(rig.stream.timer_is_armed());
    rig.state(KsState::Pause);
    assert!(!rig.stream.timer_is_armed());
    rig.state(KsState::Run);
    rig.state(KsState::Stop);
    assert!(
        rig.stream.timer_is_armed(),
        "a step that no port makes leaves it running"
    );
    let short = Rig::render().with_packets(320, 2).running();
    assert!(
        !short.stream.timer_is_armed(),
        "a packet is shorter than a millisecond"
    );
}

fn rig_running(rig: &mut Rig) -> Rig {
    let empty = Rig::render();
    std::mem::replace(rig, empty).running()
}

#[test]
fn v21_completion_comes_with_the_first_expiry_after_the_interval() {
    let mut rig = Rig::render().with_packets(3840, 2).running();
    rig.now += 3_000;
    assert_eq!(rig.ticks(9), 0);
    assert_eq!(
        rig.stream.registers().linear,
        0,
        "an expiry that completes nothing moves nothing"
    );
    assert_eq!(rig.ticks(1), 1);
    let registers = rig.stream.registers();
    assert_eq!((registers.packets, registers.timer_carry), (1, 3_000));
    assert_eq!(rig.ticks(9), 0, "what was late is made up for");
    assert_eq!(rig.ticks(1), 1);
    assert_eq!(rig.stream.registers().timer_carry, 3_000);
}

#[test]
fn v22_after_a_stall_the_count_catches_up_by_one_a_millisecond() {
    let mut rig = Rig::render().with_packets(3840, 2).running();
    rig.ticks(20);
    rig.now += 500 * MS + 5 * MS;
    rig.tick();
    assert_eq!(
        rig.stream.registers().linear,
        525 * 192,
        "the position jumps"
    );
    assert_eq!(rig.stream.registers().packets, 3);
    rig.ticks(5);
    assert_eq!(rig.stream.registers().packets, 8);
    rig.ticks(30);
    assert_eq!(rig.stream.registers().packets, 38);
    rig.ticks(20);
    assert_eq!(rig.stream.registers().packets, 58);
    assert_eq!(rig.stream.registers().linear / 1920, 58);
}

#[test]
fn v22_time_is_cut_for_the_comparison_and_not_for_the_carry() {
    let mut rig = Rig::render().with_packets(3840, 2).running();
    rig.now += (1 << 32) + 9 * MS;
    assert!(!rig.tick(), "nine milliseconds, it thinks");
    rig.now += MS;
    assert!(rig.tick());
    assert_eq!(rig.stream.registers().timer_carry, 1 << 32);
}

/// V22: a packet that is no whole number of milliseconds leaves count and position apart.
#[test]
fn v22_v24_count_and_position_follow_two_clocks() {
    let mut rig = Rig::render().with_packets(1024, 2).running();
    rig.ticks(8);
    let registers = rig.stream.registers();
    assert_eq!(registers.packets, 4, "two milliseconds each");
    assert_eq!(registers.linear / 512, 3, "of 2.667");
}

#[test]
fn v25_the_count_moves_with_the_timer_alone() {
    let mut rig = Rig::render().with_packets(3840, 2).running();
    rig.now += 19 * MS;
    assert_eq!(rig.count(), 0);
    assert_eq!(rig.stream.registers().linear, 3648);
}

#[test]
fn v50_v52_an_underrun_is_reported_unless_something_was_announced() {
    let mut rig = Rig::render().with_packets(3840, 2).running();
    rig.write(1).unwrap();
    rig.ticks(10);
    assert_eq!(rig.reports(EngineEvent::Glitch), Vec::<[u64; 4]>::new());
    rig.ticks(10);
    assert_eq!(rig.reports(EngineEvent::Glitch), [[3840, 1920, 1, 0]]);
}

#[test]
fn v52_a_completion_is_reported_once_for_each_event() {
    let mut rig = Rig::render().with_packets(3840, 2).running();
    rig.stream.register(2).unwrap();
    rig.ticks(10);
    let reports = rig.reports(EngineEvent::BufferComplete);
    assert_eq!(reports, [[1920, 0, 1920, 0]; 2]);
}
