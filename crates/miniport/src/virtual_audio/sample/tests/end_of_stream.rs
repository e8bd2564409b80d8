//! The end of the stream, as a comparison of offsets finds it.

use ks::{DataFlow, KsState};

use super::{EngineEvent, MS, Rig};

#[test]
fn v31_v32_counting_stops_and_presentation_does_not() {
    let mut rig = Rig::render().with_packets(3840, 2).running();
    rig.write(1).unwrap();
    rig.ticks(10);
    rig.write_last(2, 960).unwrap();
    assert_eq!(rig.ticks(10), 1, "events keep coming");
    assert_eq!(rig.count(), 1);
    rig.ticks(30);
    let registers = rig.stream.registers();
    assert_eq!(registers.linear, 3840 + 960);
    assert!(registers.presentation >= registers.linear);
    rig.now += 100 * MS;
    rig.linear();
    let registers = rig.stream.registers();
    assert_eq!(
        (registers.linear, registers.presentation),
        (4800, 150 * 192)
    );
}

#[test]
fn v33_v34_the_last_byte_stops_the_timer_and_sets_the_events() {
    let mut rig = Rig::render().with_packets(3840, 2).running();
    rig.write(1).unwrap();
    rig.ticks(10);
    rig.write_last(2, 960).unwrap();
    rig.ticks(14);
    assert!(rig.stream.timer_is_armed());
    assert_eq!(rig.ticks(1), 1);
    assert!(!rig.stream.timer_is_armed());
    assert_eq!(
        rig.reports(EngineEvent::LastBufferRendered),
        [[4800, 960, 0, 0]]
    );
    assert_eq!(rig.ticks(5), 0);
}

#[test]
fn v34_a_query_that_finds_the_end_leaves_the_signal_to_the_next_expiry() {
    let mut rig = Rig::render().with_packets(3840, 2).running();
    rig.write(1).unwrap();
    rig.ticks(10);
    rig.write_last(2, 960).unwrap();
    rig.ticks(14);
    rig.now += MS;
    rig.linear();
    assert!(rig.stream.registers().is_over && rig.stream.timer_is_armed());
    assert!(rig.tick());
    rig.state(KsState::Pause);
    rig.state(KsState::Run);
    assert!(rig.stream.timer_is_armed());
    assert_eq!(rig.ticks(5), 1, "it signals once more and stops");
}

#[test]
fn v35_a_full_last_packet_in_the_last_slot_never_ends() {
    let mut rig = Rig::render().with_packets(3840, 2).running();
    rig.write_last(1, 1920).unwrap();
    rig.ticks(1000);
    assert!(!rig.stream.registers().is_over);
    assert!(rig.stream.timer_is_armed());
    assert_eq!(rig.stream.registers().linear, 192_000);
}

/// V35: at 44.1 kHz, 441 frames.
#[test]
fn v35_a_full_last_packet_in_slot_0_ends_at_once() {
    let mut rig = Rig::new(44_100, 4, DataFlow::In)
        .with_packets(3528, 2)
        .running();
    rig.write(1).unwrap();
    rig.ticks(10);
    rig.write_last(2, 1764).unwrap();
    rig.ticks(1);
    assert!(rig.stream.registers().is_over);
    assert_eq!(
        rig.stream.registers().linear,
        1764,
        "3528 bytes are never played"
    );
}

#[test]
fn v35_one_update_over_the_mark_and_round_again_misses_it() {
    let mut rig = Rig::render().with_packets(3840, 2).running();
    rig.write(1).unwrap();
    rig.ticks(10);
    rig.write_last(2, 960).unwrap();
    // From offset 1920 over the mark at 960 and past 1920 again.
    rig.now += 21 * MS;
    rig.linear();
    assert!(!rig.stream.registers().is_over);
    assert_eq!(rig.stream.registers().linear, 1920 + 21 * 192);
    rig.ticks(40);
    assert!(rig.stream.registers().is_over);
    assert_eq!(
        rig.stream.registers().linear,
        8640,
        "a lap late, not at 4800"
    );
}

#[test]
fn v33_capture_knows_no_end() {
    let mut rig = Rig::new(48_000, 4, DataFlow::Out)
        .with_packets(3840, 2)
        .running();
    rig.stream.set_last_buffer_position(100).unwrap();
    rig.ticks(50);
    assert_eq!(rig.stream.registers().linear, 9600);
    assert_eq!(
        rig.stream.registers().packets,
        0,
        "but its count stands still"
    );
}
