//! Durations as buffer sizes, and the sizes that exclusive clients can have.

use thiserror::Error;
use units::{Frames, HResult, Hns, SampleRate, WaveFormat};

const HNS_PER_SECOND: u64 = 10_000_000;

/// The longest period of an exclusive event-driven stream: 500 ms.
pub const EXCLUSIVE_PERIOD_MAX: Hns = Hns::new(5_000_000);

/// The frames of `duration`, to the nearest; a half goes up.
///
/// # Source
/// Differs from the page of Initialize, which rounds up: with that its own alignment retry would
/// fail again, and measured sizes are rounded to the nearest.
pub const fn frames_of(duration: Hns, rate: SampleRate) -> Frames {
    let frames = duration.get() as u128 * rate.hertz() as u128;
    let half = HNS_PER_SECOND as u128 / 2;
    Frames::new(narrow((frames + half) / HNS_PER_SECOND as u128))
}

/// The duration of `frames`, to the nearest 100 ns; a half goes up.
///
/// # Source
/// `audioclient/nf-audioclient-iaudioclient-initialize.md`, the formula of its example.
pub const fn duration_of(frames: Frames, rate: SampleRate) -> Hns {
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

/// What the device wants of the buffers of an exclusive event-driven client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExclusiveLimits {
    /// The shortest period.
    pub period_min: Hns,
    /// Each of the two buffers is a multiple of so many bytes; 1 if any size is right.
    pub alignment_bytes: u32,
}

impl ExclusiveLimits {
    /// HD Audio: 3 ms, multiples of 128 bytes.
    pub const HD_AUDIO: Self = Self {
        period_min: Hns::new(30_000),
        alignment_bytes: 128,
    };
}

/// Why an exclusive event-driven stream cannot have the buffer asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum ExclusiveBufferError {
    /// Duration and period have to be the same, and not 0.
    #[error("a duration of {duration:?} is not the period of {period:?}")]
    PeriodNotEqual {
        /// The duration asked for.
        duration: Hns,
        /// The period asked for.
        period: Hns,
    },
    /// The period is longer than [`EXCLUSIVE_PERIOD_MAX`] or shorter than the device's minimum.
    #[error("a period of {period:?} is not between {min:?} and {max:?}")]
    Period {
        /// The period asked for.
        period: Hns,
        /// The shortest.
        min: Hns,
        /// The longest.
        max: Hns,
    },
    /// The buffer is not a multiple of the device's unit.
    #[error("{frames:?} are not a whole number of hardware units; the next size is {next:?}")]
    NotAligned {
        /// What was asked for.
        frames: Frames,
        /// The next larger size that is; ask again for its [duration](duration_of).
        next: Frames,
    },
}

impl From<ExclusiveBufferError> for HResult {
    fn from(error: ExclusiveBufferError) -> Self {
        match error {
            ExclusiveBufferError::PeriodNotEqual { .. } => Self::BUFDURATION_PERIOD_NOT_EQUAL,
            ExclusiveBufferError::Period { .. } => Self::INVALID_DEVICE_PERIOD,
            ExclusiveBufferError::NotAligned { .. } => Self::BUFFER_SIZE_NOT_ALIGNED,
        }
    }
}

/// The size of each of the two buffers of an exclusive event-driven stream.
///
/// # Errors
/// [`ExclusiveBufferError`]; after [`NotAligned`](ExclusiveBufferError::NotAligned) asking again
/// for the duration of the next size works.
///
/// # Source
/// `audioclient/nf-audioclient-iaudioclient-initialize.md`, "Remarks".
pub fn event_driven_buffer(
    format: WaveFormat,
    duration: Hns,
    period: Hns,
    limits: ExclusiveLimits,
) -> Result<Frames, ExclusiveBufferError> {
    if period != duration || period.get() == 0 {
        return Err(ExclusiveBufferError::PeriodNotEqual { duration, period });
    }
    let (min, max) = (limits.period_min, EXCLUSIVE_PERIOD_MAX);
    if period < min || period > max {
        return Err(ExclusiveBufferError::Period { period, min, max });
    }
    let frames = frames_of(period, format.rate);
    let next = aligned(frames, format, limits.alignment_bytes);
    if next != frames {
        return Err(ExclusiveBufferError::NotAligned { frames, next });
    }
    Ok(frames)
}

/// The smallest number of frames, at least `frames`, that is a multiple of `alignment` bytes.
fn aligned(frames: Frames, format: WaveFormat, alignment: u32) -> Frames {
    let (frame, alignment) = (u64::from(format.frame_bytes()), u64::from(alignment.max(1)));
    let unit = alignment / common_divisor(frame, alignment);
    Frames::new(frames.get().next_multiple_of(unit))
}

const fn common_divisor(mut a: u64, mut b: u64) -> u64 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

#[cfg(test)]
mod tests {
    use units::SampleFormat;

    use super::*;

    fn format(hertz: u32, channels: u8, sample: SampleFormat) -> WaveFormat {
        WaveFormat::new(hertz, channels, sample).unwrap()
    }

    fn ask(format: WaveFormat, hns: u64) -> Result<Frames, ExclusiveBufferError> {
        let duration = Hns::new(hns);
        event_driven_buffer(format, duration, duration, ExclusiveLimits::HD_AUDIO)
    }

    #[test]
    fn w34_w35_w95_the_table_of_requests_and_retries() {
        use SampleFormat::{S16, S24, S32};
        for (format, hns, retry) in [
            (format(48_000, 2, S16), 100_000, None),
            (format(44_100, 2, S16), 100_000, Some((448, 101_587))),
            (format(44_100, 2, S16), 30_000, Some((160, 36_281))),
            (format(48_000, 2, S16), 30_000, Some((160, 33_333))),
            (format(48_000, 2, S24), 100_000, Some((512, 106_667))),
            (format(48_000, 2, S32), 30_000, None),
            (format(96_000, 2, S16), 30_000, None),
        ] {
            let frames = frames_of(Hns::new(hns), format.rate);
            match retry {
                None => assert_eq!(ask(format, hns), Ok(frames)),
                Some((next, again)) => {
                    let next = Frames::new(next);
                    let refused = ask(format, hns).unwrap_err();
                    assert_eq!(refused, ExclusiveBufferError::NotAligned { frames, next });
                    assert_eq!(HResult::from(refused), HResult::BUFFER_SIZE_NOT_ALIGNED);
                    assert_eq!(duration_of(next, format.rate), Hns::new(again));
                    assert_eq!(ask(format, again), Ok(next));
                }
            }
        }
    }

    #[test]
    fn w31_a_duration_that_is_not_the_period_is_refused() {
        let format = format(48_000, 2, SampleFormat::S16);
        for (duration, period) in [(100_000, 0), (100_000, 50_000), (0, 0)] {
            let (duration, period) = (Hns::new(duration), Hns::new(period));
            let refused = event_driven_buffer(format, duration, period, ExclusiveLimits::HD_AUDIO);
            let status = HResult::from(refused.unwrap_err());
            assert_eq!(status, HResult::BUFDURATION_PERIOD_NOT_EQUAL);
        }
    }

    #[test]
    fn periods_outside_3_ms_to_500_ms_are_refused() {
        let format = format(48_000, 2, SampleFormat::S32);
        for hns in [29_999, 5_000_001] {
            let status = HResult::from(ask(format, hns).unwrap_err());
            assert_eq!(status, HResult::INVALID_DEVICE_PERIOD);
        }
        assert_eq!(ask(format, 5_000_000), Ok(Frames::new(24_000)));
    }

    #[test]
    fn w40_without_alignment_any_size_is_right() {
        let limits = ExclusiveLimits {
            alignment_bytes: 1,
            ..ExclusiveLimits::HD_AUDIO
        };
        let duration = Hns::new(30_000);
        let format = format(44_100, 2, SampleFormat::S16);
        let frames = event_driven_buffer(format, duration, duration, limits);
        assert_eq!(frames, Ok(Frames::new(132)));
    }

    #[test]
    fn w38_the_duration_of_every_aligned_size_gives_that_size_again() {
        for hertz in [44_100, 48_000, 88_200, 96_000, 176_400, 192_000] {
            let rate = SampleRate::new(hertz).unwrap();
            for block in [2_u64, 4, 6, 8, 12, 16] {
                let unit = 128 / common_divisor(block, 128);
                for frames in (unit..=u64::from(hertz) / 2).step_by(usize::try_from(unit).unwrap())
                {
                    let frames = Frames::new(frames);
                    assert_eq!(frames_of(duration_of(frames, rate), rate), frames);
                }
            }
        }
    }
}
