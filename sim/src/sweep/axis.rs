//! `--vary key=values`: one key and the values that it takes.

mod number;

use crate::overrides::{Override, OverrideError};
use number::{Number, NumberError};
use std::collections::BTreeSet;
use thiserror::Error;

/// No key takes more values.
const VALUES_MAX: u128 = 10_000;

/// A key that is varied.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Axis {
    /// As a path: `client.0.packet`.
    pub(crate) key: String,
    /// What it takes, in order: as the scenario would write it, and as the change that it is.
    pub(crate) values: Vec<(String, Override)>,
}

/// A `--vary` that says nothing, or nothing that can be done.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub(crate) enum AxisError {
    #[error("`{0}` is not of the form key=values, like client.0.packet=64fr..480fr:16fr")]
    Form(String),
    #[error(transparent)]
    Override(#[from] OverrideError),
    #[error("`{range}`: {error}")]
    Number { range: String, error: NumberError },
    #[error("`{0}` has no step; write {0}:STEP, with a unit as both ends have it")]
    NoStep(String),
    #[error("`{range}` has a step of {step}; it has to be above zero")]
    Step { range: String, step: String },
    #[error("`{0}` is empty: it ends before it begins")]
    Empty(String),
    #[error("`{range}` has {count} values, more than the {VALUES_MAX} that one key can take")]
    Many { range: String, count: u128 },
    #[error("`{key}` takes {value} twice; every value stands for runs of its own")]
    Twice { key: String, value: String },
}

impl Axis {
    /// Reads `client.0.packet=64fr..480fr:16fr`, `client.0.policy=resync,blind`,
    /// `device.fifo=0fr,16fr..64fr:16fr`. Both ends of a range belong to it.
    pub(crate) fn parse(argument: &str) -> Result<Self, AxisError> {
        let form = || AxisError::Form(argument.to_owned());
        let (key, values) = argument.split_once('=').ok_or_else(form)?;
        let mut texts = Vec::new();
        for item in items(values) {
            let item = item.trim();
            if item.is_empty() {
                return Err(form());
            }
            match range(item) {
                Some((from, to)) => texts.extend(steps(item, from, to)?),
                None => texts.push(item.to_owned()),
            }
            if texts.len() as u128 > VALUES_MAX {
                let (range, count) = (values.to_owned(), texts.len() as u128);
                return Err(AxisError::Many { range, count });
            }
        }
        let change = |text: String| {
            let change = Override::parse(&format!("{key}={text}"))?;
            Ok::<_, OverrideError>((text, change))
        };
        let values: Vec<_> = texts.into_iter().map(change).collect::<Result<_, _>>()?;
        let key = values.first().ok_or_else(form)?.1.key();
        let mut seen = BTreeSet::new();
        if let Some((value, _)) = values.iter().find(|(text, _)| !seen.insert(text)) {
            let value = value.clone();
            return Err(AxisError::Twice { key, value });
        }
        Ok(Self { key, values })
    }

    /// The same of values that are known one by one.
    pub(crate) fn of(key: &str, texts: &[String]) -> Result<Self, AxisError> {
        let change = |text: &String| {
            let change = Override::parse(&format!("{key}={text}"))?;
            Ok::<_, OverrideError>((text.clone(), change))
        };
        Ok(Self {
            key: key.to_owned(),
            values: texts.iter().map(change).collect::<Result<_, _>>()?,
        })
    }

    /// The places of its values from the smallest to the largest, if all are numbers of one unit.
    pub(crate) fn by_size(&self) -> Option<Vec<usize>> {
        let numbers = self.values.iter().map(|(text, _)| Number::parse(text).ok());
        let numbers: Vec<Number> = numbers.collect::<Option<_>>()?;
        let mut places: Vec<usize> = (0..numbers.len()).collect();
        if numbers.iter().any(|each| each.unit != numbers[0].unit) {
            return None;
        }
        places.sort_by_key(|&place| numbers[place].at_scale(number::DECIMALS_MAX));
        Some(places)
    }
}

/// The items of a list, whose commas within quotes and brackets belong to them.
fn items(text: &str) -> Vec<&str> {
    let (mut depth, mut quote, mut begins) = (0_u32, None, 0);
    let mut items = Vec::new();
    for (at, letter) in text.char_indices() {
        match (quote, letter) {
            (Some(open), _) => quote = Some(open).filter(|open| *open != letter),
            (None, '"' | '\'') => quote = Some(letter),
            (None, '[' | '{') => depth += 1,
            (None, ']' | '}') => depth = depth.saturating_sub(1),
            (None, ',') if depth == 0 => {
                items.push(&text[begins..at]);
                begins = at + 1;
            }
            _ => {}
        }
    }
    items.push(&text[begins..]);
    items
}

/// The ends of a range, if `item` is one: it begins like a number and has two dots.
fn range(item: &str) -> Option<(&str, &str)> {
    let begins = item.strip_prefix('-').unwrap_or(item);
    let is_number = begins.starts_with(|first: char| first.is_ascii_digit());
    item.split_once("..").filter(|_| is_number)
}

/// Every value of a range, as text.
fn steps(range: &str, from: &str, rest: &str) -> Result<Vec<String>, AxisError> {
    let number = |text: &str| {
        Number::parse(text).map_err(|error| AxisError::Number {
            range: range.to_owned(),
            error,
        })
    };
    let (to, step) = match rest.split_once(':') {
        Some((to, step)) => (to, Some(step)),
        None => (rest, None),
    };
    let (from, to) = (number(from)?, number(to)?);
    let step = match step {
        Some(step) => number(step)?,
        None if from.unit.is_empty() && to.unit.is_empty() => Number::ONE,
        None => return Err(AxisError::NoStep(range.to_owned())),
    };
    if let Some(other) = [&to, &step]
        .into_iter()
        .find(|other| other.unit != from.unit)
    {
        let error = NumberError::units(&from.unit, &other.unit);
        let range = range.to_owned();
        return Err(AxisError::Number { range, error });
    }
    let scale = [&from, &to, &step].map(|number| number.decimals);
    let scale = scale.into_iter().max().unwrap_or(0);
    let [first, last, width] = [&from, &to, &step].map(|number| number.at_scale(scale));
    let range = range.to_owned();
    if width <= 0 {
        let step = step.to_string();
        return Err(AxisError::Step { range, step });
    }
    if last < first {
        return Err(AxisError::Empty(range));
    }
    let count = ((last - first) / width).unsigned_abs() + 1;
    if count > VALUES_MAX {
        return Err(AxisError::Many { range, count });
    }
    let value = |place: u128| {
        let place = i128::try_from(place).expect("few values");
        let value = Number {
            mantissa: first + place * width,
            decimals: scale,
            unit: from.unit.clone(),
        };
        value.to_string()
    };
    Ok((0..count).map(value).collect())
}

#[cfg(test)]
mod tests {
    use super::{Axis, AxisError};
    use proptest::prelude::*;

    fn values(argument: &str) -> Result<Vec<String>, AxisError> {
        let axis = Axis::parse(argument)?;
        Ok(axis.values.into_iter().map(|(text, _)| text).collect())
    }

    #[test]
    fn both_ends_of_a_range_belong_to_it_if_the_step_meets_them() {
        assert_eq!(
            values("client.0.packet=64fr..112fr:16fr").unwrap(),
            ["64fr", "80fr", "96fr", "112fr"]
        );
        assert_eq!(values("a.b=1fr..8fr:3fr").unwrap(), ["1fr", "4fr", "7fr"]);
        assert_eq!(values("client.0.packets=2..4").unwrap(), ["2", "3", "4"]);
        assert_eq!(values("a=5ms..5ms:1ms").unwrap(), ["5ms"]);
        assert_eq!(
            values("device.drift=-50ppm..50ppm:50ppm").unwrap(),
            ["-50ppm", "0ppm", "50ppm"]
        );
        assert_eq!(
            values("a=0.5ms..1.25ms:0.25ms").unwrap(),
            ["0.5ms", "0.75ms", "1ms", "1.25ms"]
        );
    }

    #[test]
    fn a_list_may_hold_ranges_and_texts_with_commas() {
        assert_eq!(
            values("device.fifo=0fr,16fr..32fr:16fr, 64fr").unwrap(),
            ["0fr", "16fr", "32fr", "64fr"]
        );
        assert_eq!(
            values("client.0.source={ wav = \"a,b.wav\" },{ wav = \"../c..d.wav\" }").unwrap(),
            ["{ wav = \"a,b.wav\" }", "{ wav = \"../c..d.wav\" }"]
        );
        assert_eq!(
            Axis::parse("client[0].policy=resync,blind").unwrap().key,
            "client.0.policy"
        );
    }

    #[test]
    fn what_cannot_be_varied_is_told_with_its_remedy() {
        let cases = [
            ("packet", "not of the form key=values"),
            ("packet=", "not of the form"),
            ("packet=1,,2", "not of the form"),
            ("=1,2", "not of the form"),
            ("a=64fr..480fr", "write 64fr..480fr:STEP"),
            ("a=64fr..480fr:0fr", "step of 0fr; it has to be above zero"),
            ("a=64fr..480fr:-16fr", "above zero"),
            ("a=480fr..64fr:16fr", "ends before it begins"),
            ("a=64..480fr:16fr", "all three"),
            ("a=1ms..10ms:500us", "all three"),
            ("a=1fr..x:1fr", "`x` is no number"),
            ("a=0..1000000000", "has 1000000001 values"),
            ("a=0ns..99999999999999999999ns:1ns", "18 digits"),
            (
                "a=0..170141183460469231731687303715884105727:1",
                "18 digits",
            ),
            ("a=1ms,2ms,1ms", "takes 1ms twice"),
            ("a=1ms..3ms:1ms,2ms", "takes 2ms twice"),
        ];
        for (argument, told) in cases {
            let error = values(argument).unwrap_err().to_string();
            assert!(error.contains(told), "{argument}: {error}");
        }
    }

    #[test]
    fn values_are_put_in_order_by_what_they_say_and_not_as_texts() {
        let by_size = |argument| Axis::parse(argument).unwrap().by_size();
        assert_eq!(by_size("a=10ms,9.5ms,2ms"), Some(vec![2, 1, 0]));
        assert_eq!(by_size("a=10ms,9500us"), None);
        assert_eq!(by_size("a=resync,blind"), None);
    }

    proptest! {
        /// The reference counts up, one step after the other.
        #[test]
        fn a_range_is_what_counting_up_gives(from in -500_i64..500, steps in 0_i64..60, step in 1_i64..40, more in 0_i64..40) {
            let to = from + steps * step + more.min(step - 1);
            let mut counted = Vec::new();
            let mut value = from;
            while value <= to {
                counted.push(format!("{value}ppm"));
                value += step;
            }
            prop_assert_eq!(values(&format!("a={from}ppm..{to}ppm:{step}ppm")).unwrap(), counted);
        }

        #[test]
        fn any_text_is_values_or_a_message(text in "[a-z.=0-9:,\\[\\]{}\"' -]{0,40}") {
            let _ = values(&text);
        }
    }
}
