//! Chromium's rule, on readings that are made up.

use observers::{Deficit, PositionAgainstClock, Reading, Since};
use proptest::prelude::*;
use units::{Frames, Hns, SampleRate};

const MS: u64 = 10_000;

fn rule(since: Since) -> PositionAgainstClock {
    PositionAgainstClock::new(SampleRate::HZ_48000, Frames::new(480), since)
}

fn reading(hns: u64, frames: u64) -> Reading {
    Reading {
        at: Hns::new(hns),
        position: Frames::new(frames),
    }
}

/// What the rule says of these readings, as (at in ms, missing in ms).
fn told(since: Since, readings: impl IntoIterator<Item = Reading>) -> Vec<(u64, u64)> {
    let mut rule = rule(since);
    let deficits = readings
        .into_iter()
        .filter_map(|reading| rule.callback(reading));
    deficits
        .map(|Deficit { at, missing }| (at.get() / MS, missing.get() / MS))
        .collect()
}

#[test]
fn policy7_s41_steps_of_512_frames_are_an_alarm_every_160_ms() {
    let steps = (0..50).map(|n| reading(n * 10 * MS, n * 480 / 512 * 512));
    let alarms = told(Since::PositionMoved, steps.clone());
    assert_eq!(alarms, [(170, 10), (330, 10), (490, 10)]);
    let older = told(Since::FirstReading, steps);
    assert_eq!(older, [(10, 10), (170, 10), (330, 10), (490, 10)]);
}

#[test]
fn policy7_half_a_packet_is_tolerated_and_not_one_unit_more() {
    let held = |hns| [reading(0, 480), reading(10 * MS + hns, 960)];
    assert_eq!(told(Since::PositionMoved, held(5 * MS)), []);
    assert_eq!(told(Since::PositionMoved, held(5 * MS + 1)), [(15, 5)]);
}

#[test]
fn policy7_a_hold_of_4_ms_is_not_seen_and_one_of_11_ms_is() {
    // The device stands still for so long between two callbacks 10 ms apart, or 20.
    let hold = |ms: u64| {
        let moved = 20 - ms;
        [reading(10 * MS, 480), reading(30 * MS, 480 + moved * 48)]
    };
    assert_eq!(told(Since::PositionMoved, hold(4)), []);
    assert_eq!(told(Since::PositionMoved, hold(11)), [(30, 11)]);
}

#[test]
fn policy7_a_position_that_went_back_is_behind_by_that_much_more() {
    let back = [reading(100 * MS, 4800), reading(110 * MS, 4560)];
    assert_eq!(told(Since::PositionMoved, back), [(110, 15)]);
}

#[test]
fn a_stream_that_starts_anew_is_not_compared_with_its_past() {
    let mut rule = rule(Since::FirstReading);
    assert_eq!(rule.callback(reading(100 * MS, 4800)), None);
    rule.restart();
    assert_eq!(rule.callback(reading(500 * MS, 0)), None);
}

proptest! {
    /// A position that is exact is never an alarm, however irregular the callbacks are.
    #[test]
    fn policy7_an_exact_position_is_no_alarm(gaps in prop::collection::vec(0u64..2_000_000, 1..50)) {
        let mut now = 0;
        let mut rule = rule(Since::FirstReading);
        for gap in gaps {
            now += gap;
            prop_assert_eq!(rule.callback(reading(now, now * 48_000 / 10_000_000)), None);
        }
    }

    /// What is reported is more than half a packet, and no more than the time that passed, unless
    /// the position went back.
    #[test]
    fn policy7_a_deficit_lies_between_half_a_packet_and_the_time_that_passed(
        gap in 0u64..1_000_000,
        frames in 0u64..10_000,
    ) {
        let mut rule = rule(Since::FirstReading);
        rule.callback(reading(0, 0));
        if let Some(deficit) = rule.callback(reading(gap, frames)) {
            prop_assert!(deficit.missing.get() >= 5 * MS && deficit.missing.get() <= gap);
        }
    }
}
