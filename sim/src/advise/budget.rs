//! What is asked for: how many glitches, how sure.

use std::fmt;
use thiserror::Error;

/// Glitches that are allowed in some time.
#[derive(Clone, Debug, PartialEq)]
pub struct Budget {
    /// As it was written: `1/h`.
    text: String,
    /// The same, an hour.
    pub(super) per_hour: f64,
}

/// How sure an answer is to be.
#[derive(Clone, Debug, PartialEq)]
pub struct Confidence {
    /// As it was written: `99%`.
    text: String,
    /// The chance that the answer is wrong all the same.
    pub(super) risk: f64,
}

/// Why a text is neither.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum BudgetError {
    /// No budget.
    #[error("`{0}` is no budget; write glitches in a time, as 1/h, 0.5/day or 2/min")]
    Budget(String),
    /// A budget that nothing can meet.
    #[error("`{0}` cannot be shown by any number of runs; allow a few glitches, as 1/day")]
    Nothing(String),
    /// No confidence.
    #[error("`{0}` is no confidence; write a share as 99%, from 50% to 99.999%")]
    Confidence(String),
}

impl Budget {
    /// Reads `1/h`.
    ///
    /// # Errors
    /// [`BudgetError`].
    pub fn parse(text: &str) -> Result<Self, BudgetError> {
        let malformed = || BudgetError::Budget(text.to_owned());
        let (count, time) = text.split_once('/').ok_or_else(malformed)?;
        let in_an_hour = match time.trim() {
            "s" => 3_600.0,
            "min" => 60.0,
            "h" => 1.0,
            "day" => 1.0 / 24.0,
            "week" => 1.0 / 168.0,
            _ => return Err(malformed()),
        };
        let count = number(count).ok_or_else(malformed)?;
        if count == 0.0 {
            return Err(BudgetError::Nothing(text.to_owned()));
        }
        Ok(Self {
            text: text.to_owned(),
            per_hour: count * in_an_hour,
        })
    }
}

impl Confidence {
    /// Reads `99%`.
    ///
    /// # Errors
    /// [`BudgetError`].
    pub fn parse(text: &str) -> Result<Self, BudgetError> {
        let share = text.strip_suffix('%').and_then(number);
        let share = share.filter(|share| (50.0..=99.999).contains(share));
        let share = share.ok_or_else(|| BudgetError::Confidence(text.to_owned()))?;
        Ok(Self {
            text: text.to_owned(),
            risk: (100.0 - share) / 100.0,
        })
    }
}

/// A number in digits with at most one point, from a billionth to a billion, or zero.
fn number(text: &str) -> Option<f64> {
    let text = text.trim();
    let is_plain = text
        .bytes()
        .all(|byte| byte.is_ascii_digit() || byte == b'.');
    let number = text.parse::<f64>().ok().filter(|_| is_plain)?;
    (number == 0.0 || (1e-9..=1e9).contains(&number)).then_some(number)
}

impl fmt::Display for Budget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Display for Confidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::{Budget, Confidence};

    #[test]
    fn a_budget_is_glitches_in_a_time() {
        let per_hour = |text| Budget::parse(text).unwrap().per_hour;
        let budgets = [
            ("1/h", 1.0),
            ("0.5/min", 30.0),
            ("12/day", 0.5),
            ("84 / week", 0.5),
        ];
        for (text, expected) in budgets {
            assert!((per_hour(text) - expected).abs() < 1e-12, "{text}");
        }
        for text in [
            "", "1", "/h", "1/", "1/y", "-1/h", "1e3/h", "inf/h", "NaN/h", "1.2.3/h",
        ] {
            let told = Budget::parse(text).unwrap_err().to_string();
            assert!(told.contains("as 1/h"), "{text}: {told}");
        }
        let told = Budget::parse("0/h").unwrap_err().to_string();
        assert!(told.contains("allow a few"), "{told}");
    }

    #[test]
    fn a_confidence_is_a_share_that_can_be_had() {
        assert!((Confidence::parse("99%").unwrap().risk - 0.01).abs() < 1e-12);
        assert!((Confidence::parse("99.9%").unwrap().risk - 0.001).abs() < 1e-12);
        for text in ["", "99", "0.99", "100%", "49%", "99.9999%", "-99%"] {
            assert!(Confidence::parse(text).is_err(), "{text}");
        }
    }
}
