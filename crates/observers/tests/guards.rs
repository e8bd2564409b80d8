//! Guards of positions: what each is told, and what it believes.

use observers::{
    ClampMonotone, ClampToWritten, Interpolate, PointerFilter, PositionGuard, Ring, RingReading,
    WallClockGuard,
};
use proptest::prelude::*;
use units::{Frames, Hns, SampleRate};

const PACKET: u64 = 480;
const RING: Ring = Ring {
    rate: SampleRate::HZ_48000,
    packet: Frames::new(PACKET),
    frames: Frames::new(2 * PACKET),
};
const START: Hns = Hns::new(0);

/// The device says `linear` at the time at which it has moved `truth` frames.
fn reading(truth: u64, linear: u64, interrupt: bool) -> RingReading {
    RingReading {
        at: Hns::new((truth * 10_000_000).div_ceil(48_000)),
        place: Frames::new(linear % (2 * PACKET)),
        linear: Frames::new(linear),
        written: Frames::new((truth / PACKET + 2) * PACKET),
        interrupt,
    }
}

fn look(truth: u64) -> RingReading {
    reading(truth, truth, false)
}

fn interrupt(truth: u64) -> RingReading {
    reading(truth, truth, true)
}

fn believe(guard: &mut impl PositionGuard, reading: RingReading) -> u64 {
    guard.believe(reading).get()
}

#[test]
fn policy1_a_lost_interrupt_is_made_good_by_the_clock() {
    let mut filter = PointerFilter::new(RING, START);
    assert_eq!(believe(&mut filter, interrupt(480)), 480);
    assert_eq!(believe(&mut filter, interrupt(1440)), 1440, "not 480 again");
}

#[test]
fn policy1_one_step_back_reads_as_almost_a_turn_forward() {
    let mut filter = PointerFilter::new(RING, START);
    believe(&mut filter, look(100));
    assert_eq!(believe(&mut filter, reading(110, 90, false)), 960 + 90);
}

#[test]
fn policy1_a_step_that_the_clock_does_not_allow_becomes_whole_packets() {
    let mut filter = PointerFilter::new(RING, START).checking_clock();
    believe(&mut filter, interrupt(480));
    believe(&mut filter, look(490));
    assert_eq!(believe(&mut filter, reading(500, 480, false)), 490);
}

#[test]
fn policy1_a_place_behind_the_end_of_the_ring_is_its_beginning() {
    let mut filter = PointerFilter::new(RING, START);
    let mut wrong = look(0);
    wrong.place = Frames::new(960);
    assert_eq!(believe(&mut filter, wrong), 0);
}

#[test]
fn policy2_an_interrupt_too_soon_is_dropped_and_an_early_one_waits() {
    let mut guard = WallClockGuard::new(RING, START);
    assert_eq!(believe(&mut guard, interrupt(480)), 480);
    assert_eq!(believe(&mut guard, interrupt(500)), 480, "dropped");
    assert_eq!(believe(&mut guard, interrupt(920)), 480, "40 frames early");
    assert_eq!(believe(&mut guard, look(968)), 960, "a millisecond later");
    assert_eq!(believe(&mut guard, interrupt(1440)), 1440);
}

#[test]
fn policy8_a_position_never_goes_back_nor_beyond_what_was_written() {
    let mut monotone = ClampMonotone::default();
    believe(&mut monotone, look(100));
    assert_eq!(believe(&mut monotone, reading(110, 60, false)), 100);
    assert_eq!(believe(&mut monotone, look(120)), 120);
    assert_eq!(believe(&mut ClampToWritten, reading(100, 5000, false)), 960);
}

#[test]
fn policy8_a_position_that_stands_is_carried_on_for_a_packet() {
    let mut guard = Interpolate::new(RING, START);
    believe(&mut guard, reading(256, 256, false));
    assert_eq!(believe(&mut guard, reading(400, 256, false)), 400);
    assert_eq!(believe(&mut guard, reading(900, 256, false)), 256 + 480);
}

proptest! {
    /// Interrupts at each packet and looks between them, on a device that says what is so.
    #[test]
    fn policy1_policy8_on_a_device_without_faults_a_guard_says_what_it_reads(
        looks in proptest::collection::vec((0_u64..PACKET, 0_u64..PACKET), 1..40)
    ) {
        let mut guards: [Box<dyn PositionGuard>; 5] = [
            Box::new(ClampMonotone::default()),
            Box::new(ClampToWritten),
            Box::new(Interpolate::new(RING, START)),
            Box::new(PointerFilter::new(RING, START)),
            Box::new(PointerFilter::new(RING, START).checking_clock()),
        ];
        for (packet, (first, second)) in (0_u64..).zip(looks) {
            let begins = packet * PACKET;
            let (first, second) = (first.min(second), first.max(second));
            let readings = [look(begins + first), look(begins + second), interrupt(begins + PACKET)];
            for reading in readings {
                for guard in &mut guards {
                    prop_assert_eq!(guard.believe(reading), reading.linear);
                }
            }
        }
    }
}
