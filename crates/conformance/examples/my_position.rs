//! A position function under test. It has a bug: see `docs/conformance.md`.

use conformance::kit::{Function, Kit, Setup};
use units::{Bytes, Hns};

/// What `GetPosition` of our driver answers: bytes since the start, in the cyclic buffer.
#[expect(clippy::cast_possible_truncation, reason = "as in many a driver")]
pub(crate) fn my_position(setup: &Setup, now: Hns) -> Bytes {
    let millis = ((now.get() - setup.start.get()) / 10_000) as u32;
    let byte_rate = setup.format.rate.hertz() * setup.format.frame_bytes();
    let bytes = byte_rate.wrapping_mul(millis) / 1000;
    Bytes::new(u64::from(bytes) % setup.buffer().get())
}

fn main() {
    let mine = Function::new("mine", |setup: &Setup| {
        let setup = *setup;
        move |now: Hns| my_position(&setup, now)
    });
    println!("{}", Kit::new(1).check(&mine));
}
