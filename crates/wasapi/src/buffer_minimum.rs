//! How small the buffer of a shared stream may be.

use units::{Frames, Hns, WaveFormat};

use crate::duration::frames_of;

/// The smallest endpoint buffer that a shared stream gets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum BufferMinimum {
    /// Two periods and 2 ms, as measured on Windows.
    #[default]
    TwoPeriodsAndTwoMs,
    /// So many periods, at least one.
    Periods(u32),
}

impl BufferMinimum {
    /// The minimum at an engine with this period and mix format.
    pub fn frames(self, period: Frames, mix: WaveFormat) -> Frames {
        match self {
            Self::TwoPeriodsAndTwoMs => {
                Frames::new(2 * period.get()) + frames_of(Hns::new(20_000), mix.rate)
            }
            Self::Periods(periods) => Frames::new(period.get() * u64::from(periods.max(1))),
        }
    }
}
