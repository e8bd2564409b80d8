//! The notification timer.

use ks::{DataFlow, KsState};
use proptest::prelude::*;

use super::{EngineEvent, MS, Rig};
use crate::virtual_audio::{Counter, SampleStream, Wave};

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

/// Counters of real machines, and one too fast to be worked out.
const HERTZ: [u64; 6] = [
    32_768,
    3_579_545,
    10_000_000,
    24_000_000,
    3_000_000_000,
    4_200_000_000,
];

proptest! {
    /// Expiries said to be idle change nothing if they are stepped through, and the next one acts.
    #[test]
    fn v21_idle_expiries_are_those_that_do_nothing(
        hertz in prop::sample::select(&HERTZ[..]),
        begin_s in 0u64..1_000_000,
        packet_ms in 1u32..40,
        has_end in prop::bool::weighted(0.1),
        rounds in prop::collection::vec((1u64..30_000, 1u64..200), 1..30),
    ) {
        let wave = Wave::pcm(48_000, 4).unwrap();
        let mut stream = SampleStream::<u32>::new(wave, DataFlow::In, false);
        stream.allocate(384 * packet_ms, 2).unwrap();
        let reading = |value| Counter { value, hertz };
        let mut value = begin_s * hertz + 17;
        stream.set_state(reading(value), KsState::Run).unwrap();
        if has_end {
            stream.set_last_buffer_position(4).unwrap();
        }
        for (period_100ns, count) in rounds {
            let period = hertz * period_100ns / 10_000_000;
            value += period;
            let idle = stream.idle_expiries(reading(value), period, count);
            prop_assert!(idle <= count);
            let before = *stream.registers();
            stream.take_reports();
            for index in 0..idle {
                let ticked = stream.tick(reading(value + index * period)).unwrap();
                prop_assert!(!ticked.completed && !ticked.signals);
            }
            prop_assert_eq!(*stream.registers(), before);
            prop_assert_eq!(stream.take_reports().len(), 0);
            value += idle * period;
            if idle < count && hertz <= 4_000_000_000 {
                prop_assert!(stream.acts(reading(value)) || !stream.timer_is_armed());
            }
            stream.tick(reading(value)).unwrap();
        }
    }
}

#[test]
fn v21_the_time_since_a_completion_begins_again_after_2_to_the_32() {
    let wave = Wave::pcm(8_000, 1).unwrap();
    let mut stream = SampleStream::<u32>::new(wave, DataFlow::In, false);
    stream.allocate(8 * 500_000, 1).unwrap();
    assert_eq!(stream.registers().interval_ms, 500_000);
    let start = Counter::of_hns(7);
    stream.set_state(start, KsState::Run).unwrap();
    // 500 s are never over, as no more than 429.4967295 s are seen.
    let expiry = |index: u64| Counter::of_hns(7 + index * MS);
    let idle = stream.idle_expiries(expiry(1), MS, 10_000_000);
    assert_eq!(idle, 429_496);
    assert!(!stream.acts(expiry(idle)) && !stream.acts(expiry(idle + 1)));
    let stalled = Counter::of_hns(7 + (3 << 32));
    assert_eq!(stream.idle_expiries(stalled, MS, 10), 10);
}
