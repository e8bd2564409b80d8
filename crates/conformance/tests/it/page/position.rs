//! Our position function keeps the rules.

use conformance::kit::{Function, Kit, Setup};
use units::{Bytes, Hns};

/// Whole frames since the start, as a byte offset in the cyclic buffer.
fn my_position(setup: &Setup, now: Hns) -> Bytes {
    let elapsed = u128::from(now.get() - setup.start.get());
    let frames = elapsed * u128::from(setup.format.rate.hertz()) / 10_000_000;
    let bytes = frames * u128::from(setup.format.frame_bytes());
    let offset = bytes % u128::from(setup.buffer().get());
    Bytes::new(u64::try_from(offset).expect("a buffer is not that big"))
}

#[test]
fn positions_keep_the_rules() {
    let mine = Function::new("mine", |setup: &Setup| {
        let setup = *setup;
        move |now: Hns| my_position(&setup, now)
    });
    let report = Kit::new(1).check(&mine);
    assert!(report.passed(), "{report}");
}
