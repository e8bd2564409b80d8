//! What a state does to the registers.

use ks::{DataFlow, KsState, PacketCount};
use proptest::prelude::*;

use super::{EngineEvent, MS, Rig};
use crate::virtual_audio::Registers;

#[test]
fn v40_every_state_is_accepted_from_every_state() {
    for from in KsState::ALL {
        for to in KsState::ALL {
            let mut rig = Rig::render().with_packets(3840, 2);
            rig.state(from);
            rig.now += MS;
            rig.state(to);
            assert_eq!(rig.stream.state(), to);
            let reports = rig.reports(EngineEvent::PinState);
            assert_eq!(reports.last(), Some(&[0, 0, to.value().into(), 0]));
        }
    }
}

#[test]
fn v41_v43_stop_clears_what_is_counted_and_keeps_what_is_carried() {
    let mut rig = Rig::render().with_packets(3840, 2).running();
    rig.write(1).unwrap();
    rig.ticks(10);
    rig.write(2).unwrap();
    rig.now += 7 * MS + 4_321;
    rig.state(KsState::Pause);
    let before = *rig.stream.registers();
    assert_eq!((before.time_carry, before.timer_carry), (4_321, 74_321));
    rig.state(KsState::Acquire);
    rig.state(KsState::Stop);
    let kept = Registers {
        time_carry: 4_321,
        byte_carry: before.byte_carry,
        timer_carry: 74_321,
        updated_at: before.updated_at,
        completed_at: before.completed_at,
        interval_ms: 10,
        mark_is_new: true,
        ..Registers::default()
    };
    assert_eq!(*rig.stream.registers(), kept);
    let mut rig = rig.running();
    assert_eq!(rig.ticks(3), 1, "the first packet is done after 3 ms");
    assert_eq!(rig.stream.registers().linear, 576, "and has 576 bytes");
}

#[test]
fn v42_an_interrupted_packet_completes_after_the_rest_of_its_interval() {
    let mut rig = Rig::render().with_packets(3840, 2).running();
    rig.ticks(10);
    rig.now += 34_999;
    rig.state(KsState::Pause);
    let registers = rig.stream.registers();
    assert_eq!(
        (
            registers.linear,
            registers.time_carry,
            registers.timer_carry
        ),
        (2496, 4_999, 34_999)
    );
    rig.now += 5_000 * MS;
    rig.state(KsState::Run);
    assert_eq!(rig.ticks(6), 0);
    assert_eq!(rig.ticks(1), 1);
    assert_eq!(rig.stream.registers().packets, 2);
    assert_eq!(rig.stream.registers().timer_carry, 4_999);
}

#[test]
fn v42_an_interval_that_nobody_saw_is_counted_after_the_resume() {
    let mut rig = Rig::render().with_packets(3840, 2).running();
    rig.ticks(9);
    rig.now += 12_000;
    rig.state(KsState::Pause);
    rig.state(KsState::Run);
    assert_eq!(rig.ticks(1), 1);
}

#[test]
fn v44_run_while_running_drops_time() {
    let mut rig = Rig::render().with_packets(3840, 2).running();
    rig.now += 55_555;
    rig.state(KsState::Run);
    rig.now += MS;
    assert_eq!(rig.linear(), 192, "5.5555 ms vanish");
}

#[test]
fn v42_a_stream_that_starts_at_counter_0_loses_its_carry() {
    let mut rig = Rig::render().with_packets(3840, 2);
    rig.now = 0;
    let mut rig = rig.running();
    rig.now = 5 * MS;
    rig.state(KsState::Pause);
    assert_eq!(rig.stream.registers().timer_carry, 0);
}

proptest! {
    /// Whatever is called in whatever order: no call fails but by a status or a division that the
    /// driver makes, and offsets stay inside the buffer.
    #[test]
    fn v40_no_sequence_of_calls_upsets_the_arithmetic(
        rate in prop::sample::select(vec![8_000u32, 44_100, 192_000]),
        frame in prop::sample::select(vec![1u32, 4, 18, 32]),
        is_capture: bool,
        calls in prop::collection::vec((0u8..16, any::<u32>(), 0u64..10_000_000_000), 0..80),
    ) {
        let flow = if is_capture { DataFlow::Out } else { DataFlow::In };
        let mut rig = Rig::new(rate, frame, flow);
        for (call, value, wait) in calls {
            rig.now += wait / (1 + u64::from(value % 10_000));
            let now = rig.counter();
            let stream = &mut rig.stream;
            match call {
                0 => drop(stream.allocate(value % 100_000, 1 + value % 5)),
                1 => drop(stream.allocate(value, value % 7)),
                2 => drop(stream.allocate_plain(value)),
                3 if value % 8 == 0 => stream.free(),
                4 => drop(stream.register(value % 3)),
                5 => drop(stream.unregister(&(value % 3))),
                6..=8 => drop(stream.set_state(now, KsState::ALL[value as usize % 4])),
                9 => drop(stream.get_position(now)),
                10 => drop(stream.get_packet_count(now)),
                11 => drop(stream.get_read_packet()),
                12 => drop(stream.tick(now)),
                13 => drop(stream.set_write_position(value)),
                14 => drop(stream.set_last_buffer_position(value % 5000)),
                _ => {
                    let next = PacketCount::wrapping(stream.registers().packets);
                    let next = next.in_transfer().after(value % 2).get();
                    let flags = if value % 16 == 0 { 0x200 } else { 0 };
                    let _ = rig.write_with(next, flags, u64::from(value % 1000));
                }
            }
            let registers = rig.stream.registers();
            prop_assert!(registers.time_carry < 10_000 && registers.byte_carry < 1000);
        }
    }
}
