//! What may be announced, and what can be read.

use ks::{DataFlow, KsState};
use units::NtStatus;

use super::{EngineEvent, MS, Rig};

const LATE: Result<(), NtStatus> = Err(NtStatus::DATA_LATE_ERROR);
const OVERRUN: Result<(), NtStatus> = Err(NtStatus::DATA_OVERRUN);

#[test]
fn v25_v26_v27_v28_without_notifications_there_are_no_packets() {
    let mut rig = Rig::render().with_plain(3840).running();
    let refused = NtStatus::NOT_SUPPORTED;
    assert_eq!(rig.write(1), Err(refused));
    assert_eq!(rig.stream.get_read_packet(), Err(refused));
    assert_eq!(
        rig.stream.get_packet_count(rig.counter()),
        Err(refused.into())
    );
    assert_eq!(
        rig.stream.get_presentation_position(rig.counter()),
        Err(refused.into())
    );
    assert!(
        rig.stream
            .get_stream_presentation_position(rig.counter())
            .is_ok()
    );
}

/// V27, the table: only one number is right.
#[test]
fn v27_only_one_packet_is_accepted() {
    let mut rig = Rig::render().with_packets(3840, 2);
    for state in [KsState::Stop, KsState::Acquire, KsState::Pause] {
        rig.state(state);
        assert_eq!(
            [rig.write(u32::MAX), rig.write(1), rig.write(0)],
            [LATE, OVERRUN, Ok(())]
        );
    }
    rig.state(KsState::Run);
    assert_eq!(
        [rig.write(0), rig.write(2), rig.write(1)],
        [LATE, OVERRUN, Ok(())]
    );
    rig.ticks(70);
    assert_eq!(rig.count(), 7);
    assert_eq!([rig.write(7), rig.write(8 + (1 << 31))], [LATE; 2]);
    assert_eq!([rig.write(9), rig.write(7 + (1 << 31))], [OVERRUN; 2]);
    assert_eq!(rig.write_with(8, 2, 0), Ok(()), "flags are not looked at");
    assert_eq!(rig.write(8), Ok(()), "nor what was written before");
    rig.ticks(10);
    rig.now += 5 * MS;
    rig.state(KsState::Pause);
    assert_eq!(
        [rig.write(7), rig.write(9), rig.write(8)],
        [LATE, OVERRUN, Ok(())]
    );
    rig.state(KsState::Acquire);
    rig.state(KsState::Stop);
    assert_eq!(
        [rig.write(u32::MAX), rig.write(1), rig.write(0)],
        [LATE, OVERRUN, Ok(())]
    );
}

#[test]
fn v27_the_mark_is_the_start_of_the_packet() {
    let mut rig = Rig::render().with_packets(3840, 2).running();
    rig.write(1).unwrap();
    let registers = *rig.stream.registers();
    assert_eq!((registers.write_mark, registers.last_written), (1920, 1));
    assert!(registers.mark_is_new);
    assert_eq!(rig.write_last(1, 1921), Err(NtStatus::INVALID_PARAMETER));
    assert_eq!(
        *rig.stream.registers(),
        registers,
        "an error changes nothing"
    );
    assert_eq!(rig.write_last(1, 100), Ok(()));
    assert_eq!(rig.stream.registers().write_mark, 2020);
    assert_eq!(rig.write(2), Err(NtStatus::INVALID_DEVICE_STATE));
}

#[test]
fn v51_the_same_mark_twice_is_reported_and_accepted() {
    let mut rig = Rig::render().with_packets(3840, 2);
    rig.state(KsState::Pause);
    rig.write(0).unwrap();
    assert_eq!(
        rig.reports(EngineEvent::Glitch),
        [[0, 0, 3, 0]],
        "a false alarm"
    );
    let mut single = Rig::render().with_packets(1920, 1).running();
    for packet in 1..4 {
        assert_eq!(single.write(packet), Ok(()));
        assert_eq!(single.reports(EngineEvent::Glitch).len(), 1, "each time");
        single.ticks(10);
        single.reports(EngineEvent::Glitch);
    }
    let mut plain = Rig::render().with_plain(3840);
    plain.stream.set_write_position(4).unwrap();
    plain.stream.set_write_position(4).unwrap();
    assert!(
        plain.reports(EngineEvent::Glitch).is_empty(),
        "without an interval nobody looks"
    );
}

#[test]
fn v30_write_positions_have_limits() {
    let refused = Err(NtStatus::INVALID_DEVICE_REQUEST);
    let mut rig = Rig::render();
    assert_eq!(rig.stream.set_write_position(1), refused, "before a buffer");
    let mut rig = rig_with(&mut rig);
    assert_eq!(rig.stream.set_write_position(0), refused);
    assert_eq!(rig.stream.set_write_position(3841), refused);
    assert_eq!(rig.stream.set_write_position(3840), Ok(()));
    assert_eq!(rig.stream.set_last_buffer_position(3841), refused);
    assert_eq!(rig.stream.set_last_buffer_position(0), Ok(()));
    assert_eq!(rig.stream.set_last_buffer_position(0), refused);
    assert_eq!(rig.stream.set_write_position(4), refused);
}

fn rig_with(rig: &mut Rig) -> Rig {
    std::mem::replace(rig, Rig::render()).with_packets(3840, 2)
}

/// V29: phase of the timer 0.3 ms late, stamps in 100 ns units from the start.
#[test]
fn v28_v29_worked_reads() {
    let mut rig = Rig::new(48_000, 4, DataFlow::Out)
        .with_packets(3840, 2)
        .running();
    let start = rig.now;
    rig.now += 3_000;
    rig.ticks(10);
    rig.now += 100;
    let read = |rig: &mut Rig| {
        rig.stream
            .get_read_packet()
            .map(|read| (read.packet.get(), read.counter - start, read.dropped))
    };
    assert_eq!(read(&mut rig), Ok((0, 100_032, 0)));
    rig.now -= 100;
    rig.ticks(10);
    rig.now += 4_000;
    rig.linear();
    assert_eq!(read(&mut rig), Ok((1, 200_021, 0)));
    rig.now -= 4_000;
    rig.ticks(20);
    assert_eq!(
        read(&mut rig),
        Ok((3, 400_032, 1)),
        "one is lost, and nobody is told"
    );
    assert_eq!(read(&mut rig), Err(NtStatus::DEVICE_NOT_READY));
}

#[test]
fn v28_reading_needs_a_packet_and_a_state() {
    let mut rig = Rig::new(48_000, 4, DataFlow::Out).with_packets(3840, 2);
    for state in [KsState::Stop, KsState::Acquire] {
        rig.state(state);
        assert_eq!(
            rig.stream.get_read_packet(),
            Err(NtStatus::INVALID_DEVICE_STATE)
        );
    }
    rig.state(KsState::Pause);
    assert_eq!(
        rig.stream.get_read_packet(),
        Err(NtStatus::DEVICE_NOT_READY)
    );
    let mut rig = rig.running();
    rig.ticks(10);
    rig.state(KsState::Pause);
    assert_eq!(
        rig.stream.get_read_packet().unwrap().packet.get(),
        0,
        "also when it is paused"
    );
}

/// The count is ahead of the position: the stamp is any number.
#[test]
fn v28_a_count_ahead_of_the_position_stamps_garbage() {
    let mut rig = Rig::new(44_100, 4, DataFlow::Out).with_packets(3584, 2);
    rig.now = 1_000_000_000;
    let mut rig = rig.running();
    rig.ticks(10);
    assert_eq!(rig.stream.registers().linear, 1764);
    assert_eq!(
        rig.stream.get_read_packet().unwrap().counter,
        574_062_219_070
    );
}

#[test]
fn v28_a_product_leaves_64_bits_after_51_hours() {
    let mut rig = Rig::new(48_000, 4, DataFlow::Out).with_packets(3840, 2);
    rig.now = 1_844_674_500_000;
    let mut rig = rig.running();
    rig.ticks(10);
    assert_eq!(rig.stream.get_read_packet().unwrap().counter, 192_629);
}

#[test]
fn v27_numbers_wrap_and_slots_do_not_if_there_are_three() {
    let mut rig = Rig::render().with_packets(5760, 3).running();
    rig.stream
        .poke_packet_counter(u64::from(u32::MAX) - 1, u32::MAX - 3);
    assert_eq!(rig.write(u32::MAX), Ok(()));
    assert_eq!(rig.stream.registers().write_mark, 0);
    rig.ticks(10);
    rig.reports(EngineEvent::Glitch);
    assert_eq!(rig.write(0), Ok(()));
    assert_eq!(rig.reports(EngineEvent::Glitch).len(), 1, "slot 0 twice");
}
