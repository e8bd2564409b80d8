//! Durations as buffer sizes.

use units::{Frames, Hns, SampleRate};

const HNS_PER_SECOND: u64 = 10_000_000;

/// The frames of `duration`, to the nearest; a half goes up.
///
/// # Source
/// Differs from the page of Initialize, which rounds up: with that its own alignment retry would
/// fail again, and measured sizes are rounded to the nearest.
pub(crate) const fn frames_of(duration: Hns, rate: SampleRate) -> Frames {
    let frames = duration.get() as u128 * rate.hertz() as u128;
    let half = HNS_PER_SECOND as u128 / 2;
    Frames::new(narrow((frames + half) / HNS_PER_SECOND as u128))
}

/// The duration of `frames`, to the nearest 100 ns; a half goes up.
///
/// # Source
/// `audioclient/nf-audioclient-iaudioclient-initialize.md`, the formula of its example.
pub(crate) const fn duration_of(frames: Frames, rate: SampleRate) -> Hns {
    let hertz = rate.hertz() as u128;
    let hns = (frames.get() as u128 * HNS_PER_SECOND as u128 * 2 + hertz) / (hertz * 2);
    Hns::new(narrow(hns))
}

#[expect(clippy::cast_possible_truncation, reason = "checked")]
const fn narrow(wide: u128) -> u64 {
    assert!(
        wide <= u64::MAX as u128,
        "durations stay below 58,000 years"
    );
    wide as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn w38_the_duration_of_every_size_gives_that_size_again() {
        for hertz in [44_100, 48_000, 88_200, 96_000, 176_400, 192_000] {
            let rate = SampleRate::new(hertz).unwrap();
            for frames in (0..=u64::from(hertz) / 2).map(Frames::new) {
                assert_eq!(frames_of(duration_of(frames, rate), rate), frames);
            }
        }
    }
}
