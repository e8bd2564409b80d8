//! How loud.
#![expect(clippy::float_arithmetic, reason = "a gain is a float; no time is")]

/// A gain of at least 0.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct Volume(f32);

impl Volume {
    /// Unchanged: 0 dB.
    pub const FULL: Self = Self(1.0);
    /// Silence.
    pub const SILENT: Self = Self(0.0);

    /// `hundredths` hundredths of a decibel (millibels) above full volume; negative below.
    ///
    /// Zero is exactly 1. The rest is as exact as a float, and the same on every machine.
    pub fn from_millibels(hundredths: i32) -> Self {
        let tens = f64::from(hundredths) / 2000.0;
        #[expect(
            clippy::cast_possible_truncation,
            reason = "to the nearest float is meant"
        )]
        let gain = libm::pow(10.0, tens) as f32;
        Self(gain)
    }

    /// The factor for a sample.
    pub const fn gain(self) -> f32 {
        self.0
    }
}

vtime::fork_by_clone!(Volume);

#[cfg(test)]
#[expect(clippy::float_cmp, reason = "the same bits are meant")]
mod tests {
    use super::*;

    #[test]
    fn decibels_are_those_of_the_textbook() {
        assert_eq!(Volume::from_millibels(0), Volume::FULL);
        assert_eq!(Volume::from_millibels(-2000).gain(), 0.1);
        assert_eq!(Volume::from_millibels(2000).gain(), 10.0);
        assert!((Volume::from_millibels(-602).gain() - 0.5).abs() < 1e-4);
    }
}
