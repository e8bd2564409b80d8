//! A number with its unit, exactly as it is written.

use std::fmt;
use thiserror::Error;

/// Digits that a number may have, before and behind its point together.
const DIGITS_MAX: usize = 18;
/// Digits behind its point.
pub(super) const DECIMALS_MAX: u32 = 18;

/// `0.25ms`: a mantissa of 25, two decimals, and a unit, which may be none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Number {
    pub(super) mantissa: i128,
    pub(super) decimals: u32,
    pub(super) unit: String,
}

/// Why a text is no such number.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub(crate) enum NumberError {
    #[error("`{0}` is no number with a unit, like 64fr or 0.5ms")]
    Malformed(String),
    #[error("`{0}` is longer than {DIGITS_MAX} digits")]
    Long(String),
    #[error("its units are {0} and {1}; write all three numbers in one unit")]
    Units(String, String),
}

impl NumberError {
    /// Two units that are not the same.
    pub(super) fn units(one: &str, other: &str) -> Self {
        let told = |unit: &str| match unit {
            "" => "none".to_owned(),
            unit => format!("`{unit}`"),
        };
        Self::Units(told(one), told(other))
    }
}

impl Number {
    /// 1, without a unit.
    pub(super) const ONE: Self = Self {
        mantissa: 1,
        decimals: 0,
        unit: String::new(),
    };

    pub(super) fn parse(text: &str) -> Result<Self, NumberError> {
        let text = text.trim();
        let malformed = || NumberError::Malformed(text.to_owned());
        let (sign, rest) = match text.strip_prefix('-') {
            Some(rest) => (-1, rest),
            None => (1, text),
        };
        let is_part = |letter: char| letter.is_ascii_digit() || matches!(letter, '.' | '_');
        let split = rest.find(|letter| !is_part(letter)).unwrap_or(rest.len());
        let (number, unit) = rest.split_at(split);
        let number = number.replace('_', "");
        let (whole, behind) = number.split_once('.').unwrap_or((&number, ""));
        let dangling = number.contains('.') && behind.is_empty();
        let is_unit = unit
            .chars()
            .all(|letter| letter.is_alphabetic() || matches!(letter, '%' | ' '));
        if whole.is_empty() || dangling || behind.contains('.') || !is_unit {
            return Err(malformed());
        }
        let digits = format!("{whole}{behind}");
        if digits.len() > DIGITS_MAX {
            return Err(NumberError::Long(text.to_owned()));
        }
        let mantissa: i128 = digits.parse().map_err(|_| malformed())?;
        Ok(Self {
            mantissa: sign * mantissa,
            decimals: u32::try_from(behind.len()).map_err(|_| malformed())?,
            unit: unit.trim().to_owned(),
        })
    }

    /// The number in parts of which `decimals` places make one, at least as many as it has.
    pub(super) fn at_scale(&self, decimals: u32) -> i128 {
        self.mantissa * 10_i128.pow(decimals - self.decimals)
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.mantissa < 0 { "-" } else { "" };
        let one = 10_u128.pow(self.decimals);
        let size = self.mantissa.unsigned_abs();
        write!(f, "{sign}{}", size / one)?;
        if size % one != 0 {
            let width = self.decimals as usize;
            let behind = format!("{:0width$}", size % one);
            write!(f, ".{}", behind.trim_end_matches('0'))?;
        }
        f.write_str(&self.unit)
    }
}
