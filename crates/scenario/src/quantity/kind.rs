//! How a text becomes a whole number of the smallest steps of its kind.

use thiserror::Error;

/// Why a text is not the quantity that belongs there.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum QuantityError {
    /// No number where one was looked for.
    #[error("`{text}` is not {expected}")]
    Malformed {
        /// What was written.
        text: String,
        /// What belongs there.
        expected: &'static str,
    },
    /// A number alone.
    #[error("`{text}` has no unit; expected {expected}")]
    NoUnit {
        /// What was written.
        text: String,
        /// What belongs there.
        expected: &'static str,
    },
    /// A unit of something else.
    #[error("`{unit}` is not a unit that fits here; expected {expected}")]
    WrongUnit {
        /// The unit that was written.
        unit: String,
        /// What belongs there.
        expected: &'static str,
    },
    /// Below what there can be.
    #[error("`{text}` is negative; expected {expected}")]
    Negative {
        /// What was written.
        text: String,
        /// What belongs there.
        expected: &'static str,
    },
    /// Decimals that the model does not tell apart.
    #[error("`{text}` is finer than {finest}, the finest that can be stated")]
    TooFine {
        /// What was written.
        text: String,
        /// The smallest step.
        finest: &'static str,
    },
    /// Beyond what the model can reach.
    #[error("`{text}` is beyond {limit}, the largest that can be stated")]
    TooLarge {
        /// What was written.
        text: String,
        /// The limit.
        limit: &'static str,
    },
    /// Nothing, where something is needed.
    #[error("`{text}` is zero; expected {expected}")]
    Zero {
        /// What was written.
        text: String,
        /// What belongs there.
        expected: &'static str,
    },
}

/// What a kind of quantity is made of: its units as multiples of the smallest step.
pub(super) struct Kind {
    pub(super) expected: &'static str,
    pub(super) units: &'static [(&'static str, u64)],
    pub(super) finest: &'static str,
    pub(super) limit: u64,
    pub(super) limit_text: &'static str,
    pub(super) signed: bool,
}

impl Kind {
    /// The text as a whole number of smallest steps, exactly.
    pub(super) fn steps(&self, text: &str) -> Result<i64, QuantityError> {
        let expected = self.expected;
        let malformed = || QuantityError::Malformed {
            text: text.to_owned(),
            expected,
        };
        let (negative, rest) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let split = rest
            .find(|c: char| !(c.is_ascii_digit() || c == '.' || c == '_'))
            .unwrap_or(rest.len());
        let (number, unit) = (rest[..split].replace('_', ""), rest[split..].trim_start());
        let (whole, decimals) = number.split_once('.').unwrap_or((number.as_str(), ""));
        let dangling = number.contains('.') && decimals.is_empty();
        if whole.is_empty() || dangling || decimals.contains('.') {
            return Err(malformed());
        }
        if unit.is_empty() {
            return Err(QuantityError::NoUnit {
                text: text.to_owned(),
                expected,
            });
        }
        let multiple = self.multiple(unit)?;
        let steps = self.scaled(text, whole, decimals, multiple)?;
        let signed = if negative { -steps } else { steps };
        if signed < 0 && !self.signed {
            return Err(QuantityError::Negative {
                text: text.to_owned(),
                expected,
            });
        }
        Ok(signed)
    }

    fn multiple(&self, unit: &str) -> Result<u64, QuantityError> {
        self.units
            .iter()
            .find(|(name, _)| *name == unit)
            .map(|(_, multiple)| *multiple)
            .ok_or_else(|| QuantityError::WrongUnit {
                unit: unit.to_owned(),
                expected: self.expected,
            })
    }

    fn scaled(
        &self,
        text: &str,
        whole: &str,
        decimals: &str,
        multiple: u64,
    ) -> Result<i64, QuantityError> {
        let too_large = || QuantityError::TooLarge {
            text: text.to_owned(),
            limit: self.limit_text,
        };
        let too_fine = || QuantityError::TooFine {
            text: text.to_owned(),
            finest: self.finest,
        };
        let decimals = decimals.trim_end_matches('0');
        let scale = u32::try_from(decimals.len())
            .ok()
            .and_then(|places| 10_u128.checked_pow(places))
            .ok_or_else(too_fine)?;
        // A number that a u64 cannot hold is beyond every limit.
        let whole: u64 = whole.parse().map_err(|_| too_large())?;
        let part: u128 = if decimals.is_empty() {
            0
        } else {
            decimals.parse().map_err(|_| too_fine())?
        };
        let part = part
            .checked_mul(u128::from(multiple))
            .ok_or_else(too_fine)?;
        if part % scale != 0 {
            return Err(too_fine());
        }
        let steps = u128::from(whole) * u128::from(multiple) + part / scale;
        if steps > u128::from(self.limit) {
            return Err(too_large());
        }
        Ok(i64::try_from(steps).expect("limits fit into an i64"))
    }
}
