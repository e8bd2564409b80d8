//! What registers show.

use proptest::prelude::*;
use ring::{ClockRegister, ClockShape, PositionRegister, PositionShape, Width};
use units::Bytes;

proptest! {
    /// The register stays inside the buffer, and is behind the truth by less than its accuracy.
    #[test]
    fn r96_a_reading_is_behind_by_less_than_the_accuracy(
        linear in 0..1_u64 << 40,
        buffer in 1..100_000_u64,
        accuracy in 1..64_u64,
    ) {
        let shape = PositionShape {
            width: Width::Bits32,
            buffer: Bytes::new(buffer),
            accuracy: Bytes::new(accuracy),
        };
        let (mut device, client) = PositionRegister::pair(shape);
        device.publish(Bytes::new(linear));
        let read = client.read().get();
        prop_assert!(read < buffer);
        let mut within = (linear.saturating_sub(accuracy - 1)..=linear).map(|at| at % buffer);
        prop_assert!(within.any(|shown| shown == read));
    }
}

#[test]
fn a_new_register_reads_zero() {
    let shape = PositionShape {
        width: Width::Bits64,
        buffer: Bytes::new(64),
        accuracy: Bytes::new(4),
    };
    let (device, client) = PositionRegister::pair(shape);
    assert_eq!(
        (client.read(), device.reader().read()),
        (Bytes::ZERO, Bytes::ZERO)
    );
    assert_eq!(client.shape(), shape);
}

#[test]
fn a_32_bit_clock_wraps_and_a_64_bit_one_does_not() {
    for (width, read) in [(Width::Bits32, 8), (Width::Bits64, (1 << 32) + 8)] {
        let shape = ClockShape {
            width,
            numerator: 24_000_000,
            denominator: 1,
            accuracy_ticks: 4,
        };
        let (mut device, client) = ClockRegister::pair(shape);
        device.publish((1 << 32) + 11);
        assert_eq!(client.read(), read);
    }
}

/// A cloned world has its own register, with the same two halves on it.
#[test]
fn twins_share_a_register_of_their_own() {
    let shape = PositionShape {
        width: Width::Bits32,
        buffer: Bytes::new(64),
        accuracy: Bytes::new(4),
    };
    let (mut device, client) = PositionRegister::pair(shape);
    device.publish(Bytes::new(8));

    let mut clone = None;
    let mut twin = |original: &std::sync::Arc<PositionRegister>| {
        clone
            .get_or_insert_with(|| std::sync::Arc::new(original.snapshot()))
            .clone()
    };
    let (mut device_twin, client_twin) = (device.twin(&mut twin), client.twin(&mut twin));
    assert_eq!(client_twin.read(), Bytes::new(8));
    device.publish(Bytes::new(12));
    device_twin.publish(Bytes::new(20));
    assert_eq!(
        (client.read(), client_twin.read()),
        (Bytes::new(12), Bytes::new(20))
    );
}
