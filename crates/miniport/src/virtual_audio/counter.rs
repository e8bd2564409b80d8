//! The performance counter, and how the sample driver turns it into time.

/// Units of 100 ns in a second.
pub(super) const HNS_PER_SECOND: u64 = 10_000_000;

/// A reading of the performance counter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[doc(alias = "KeQueryPerformanceCounter")]
pub struct Counter {
    /// Counts.
    pub value: u64,
    /// Counts per second. A stream looks at it when it enters RUN.
    pub hertz: u64,
}

impl Counter {
    /// A reading of the counter of the model, which counts 100 ns units.
    ///
    /// Model: see `audio/ksproperty-rtaudio-presentation-position.md`; the frequency is free.
    pub const fn of_hns(hns: u64) -> Self {
        Self {
            value: hns,
            hertz: HNS_PER_SECOND,
        }
    }
}

/// Units of 100 ns in `value` counts at `hertz`, rounded down.
///
/// The counter is split into halves so that no product leaves 64 bits, which holds as long as a
/// frequency has 32 bits. At 0 Hz, which is what a stream knows before its first RUN, it is 0.
///
/// Source: `ks.h`, `KSCONVERT_PERFORMANCE_TIME`.
pub(super) fn to_hns(value: u64, hertz: u64) -> u64 {
    match hertz {
        0 => return 0,
        HNS_PER_SECOND => return value,
        _ => {}
    }
    let (high, low) = (value >> 32, value & u64::from(u32::MAX));
    let scaled = high * HNS_PER_SECOND;
    let rest = ((scaled % hertz) << 32).wrapping_add(low * HNS_PER_SECOND);
    ((scaled / hertz) << 32).wrapping_add(rest / hertz)
}

/// Counts at `hertz` in `hns` units of 100 ns, rounded down, as far as the product fits.
pub(super) fn from_hns(hns: u64, hertz: u64) -> u64 {
    hns.wrapping_mul(hertz) / HNS_PER_SECOND
}

/// The lower 32 bits, which is all that some of the driver's variables hold.
pub(super) fn low32(value: u64) -> u32 {
    u32::try_from(value & u64::from(u32::MAX)).expect("32 bits")
}
