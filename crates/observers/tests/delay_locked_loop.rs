//! The loop of `PipeWire`, against figures that were reckoned by hand from its source.

use observers::{DelayLockedLoop, Gains};
use units::{Frames, SampleRate};

const QUANTUM: Frames = Frames::new(1024);

fn settled(bandwidth_milli: u32) -> DelayLockedLoop {
    DelayLockedLoop::new(SampleRate::HZ_48000, bandwidth_milli, QUANTUM, Frames::ZERO)
}

/// One wake-up with that error and many without: the largest correction, and the last one.
fn struck(bandwidth_milli: u32, error: u64) -> (i64, i64) {
    let mut pll = settled(bandwidth_milli);
    let first = pll.wake(QUANTUM + Frames::new(error));
    (0..5000).fold((first.abs(), first.abs()), |(peak, _), _| {
        let ppb = pll.wake(QUANTUM).abs();
        (peak.max(ppb), ppb)
    })
}

/// `w` = 0.0171573, 1 - e^(-20 w) = 0.29046, 1.5 w / 1024 = 2.5133e-5, w / 1.5 = 0.011438.
#[test]
fn policy4_gains_follow_from_bandwidth_quantum_and_rate() {
    let Gains { w0, w1, w2 } = Gains::new(128, QUANTUM, SampleRate::HZ_48000);
    let billionths = |gain: u64| (u128::from(gain) * 1_000_000_000) >> 48;
    assert_eq!(billionths(w0) / 10_000, 29_046);
    assert_eq!(billionths(w1) / 10, 2_513);
    assert_eq!(billionths(w2) / 1_000, 11_438);
}

#[test]
fn policy4_one_bad_reading_is_damped_and_leaves_what_the_gains_say() {
    for (bandwidth, error, peak_ppb, left_ppb) in [
        (128, 48, 158_000, 13_800),
        (128, 256, 844_000, 73_600),
        (16, 48, 2_440, 216),
    ] {
        let (peak, left) = struck(bandwidth, error);
        assert!(
            (peak - peak_ppb).abs() * 100 < peak_ppb,
            "{peak} of {peak_ppb}"
        );
        assert!(
            (left - left_ppb).abs() * 100 < left_ppb,
            "{left} of {left_ppb}"
        );
    }
}

#[test]
fn policy4_a_new_quantum_is_no_error() {
    let mut pll = settled(128);
    // So near that the step, taken for an error, would be one of rate.
    let other = Frames::new(1000);
    pll.set_quantum(other);
    assert_eq!(pll.wake(QUANTUM), 0);
    assert_eq!(pll.wake(other), 0);
    assert_eq!(pll.target(), other);
}

#[test]
fn policy4_who_resynchronises_begins_anew() {
    let mut pll = settled(128);
    assert_ne!(pll.wake(QUANTUM + Frames::new(100)), 0);
    assert_eq!(pll.wake(Frames::new(10_000)), 0);
    assert_eq!(pll.wake(QUANTUM), 0);
}

/// A device that is 100 ppm fast empties sooner: the program comes to be 100 ppm faster, too.
#[test]
fn policy4_the_loop_finds_the_rate_of_the_device() {
    let mut pll = settled(128);
    let mut fill_parts = 0_i64; // Of a frame, in 10^9, above the target.
    let mut correction = 0;
    for _ in 0..20_000 {
        // Faster by `correction`, it writes as much more in the time of a quantum.
        fill_parts += (correction - 100_000) * 1024;
        let fill = 1024 + fill_parts.div_euclid(1_000_000_000);
        correction = pll.wake(Frames::new(u64::try_from(fill).unwrap()));
    }
    assert!((correction - 100_000).abs() < 5_000, "{correction}");
}
