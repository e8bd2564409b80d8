//! `--set key=value`: one figure of a scenario, changed for one run.

use thiserror::Error;
use toml::{Table, Value};

/// No key of a scenario lies as deep as this.
const DEPTH_MAX: usize = 16;

/// A change to a scenario: where, and to what.
#[derive(Clone, Debug, PartialEq)]
pub struct Override {
    path: Vec<String>,
    value: Value,
}

/// A `--set` that says nothing, or that names a place which the scenario does not have.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum OverrideError {
    /// Not of the form `key=value`.
    #[error(
        "`{0}` is not of the form key=value, like duration=1s or fault[0].late-wake-up.by=21ms"
    )]
    Form(String),
    /// A path that is longer than any of the format.
    #[error("the key has {0} parts; none of a scenario has more than {DEPTH_MAX}")]
    Deep(usize),
    /// A number that TOML does not have.
    #[error(
        "{0} is more than the largest number that --set knows, {max}; a large seed goes with --seed",
        max = i64::MAX
    )]
    Large(String),
    /// The path leads through something that has no such part.
    #[error("the scenario has no `{place}` to set `{part}` in")]
    Place {
        /// The way so far.
        place: String,
        /// What was to be found or set there.
        part: String,
    },
}

impl Override {
    /// Reads `fault[0].late-wake-up.by=21ms`. Indices may also stand between dots.
    ///
    /// The value is read as TOML where it is some (`true`, `3`, `{ wav = "a.wav" }`), else it is
    /// a text, so that quantities need no quotes on the command line.
    ///
    /// # Errors
    /// [`OverrideError::Form`], [`OverrideError::Deep`], [`OverrideError::Large`].
    pub fn parse(argument: &str) -> Result<Self, OverrideError> {
        let form = || OverrideError::Form(argument.to_owned());
        let (key, value) = argument.split_once('=').ok_or_else(form)?;
        let path: Vec<String> = key
            .replace(['[', '.'], "\n")
            .lines()
            .map(|part| part.trim().trim_end_matches(']').to_owned())
            .collect();
        if path.is_empty() || path.iter().any(String::is_empty) {
            return Err(form());
        }
        if path.len() > DEPTH_MAX {
            return Err(OverrideError::Deep(path.len()));
        }
        Ok(Self {
            path,
            value: value_of(value.trim())?,
        })
    }

    /// Sets `value` at `path`.
    pub fn new<const N: usize>(path: [&str; N], value: Value) -> Self {
        Self {
            path: path.map(str::to_owned).to_vec(),
            value,
        }
    }

    /// The path as one text: `fault.0.late-wake-up.by`.
    pub fn key(&self) -> String {
        self.path.join(".")
    }

    /// Makes the change. Missing tables are made on the way, missing list members are not.
    ///
    /// # Errors
    /// [`OverrideError::Place`].
    pub fn apply(&self, scenario: &mut Table) -> Result<(), OverrideError> {
        let (last, way) = self.path.split_last().expect("not empty");
        let no_place = |depth: usize, part: &str| OverrideError::Place {
            place: if depth == 0 {
                "scenario".into()
            } else {
                self.path[..depth].join(".")
            },
            part: part.to_owned(),
        };
        let Some((first, way)) = way.split_first() else {
            scenario.insert(last.clone(), self.value.clone());
            return Ok(());
        };
        let mut here = scenario
            .entry(first)
            .or_insert_with(|| Value::Table(Table::new()));
        for (depth, part) in way.iter().enumerate() {
            here = match here {
                Value::Table(table) => table
                    .entry(part)
                    .or_insert_with(|| Value::Table(Table::new())),
                Value::Array(members) => part
                    .parse()
                    .ok()
                    .and_then(|index: usize| members.get_mut(index))
                    .ok_or_else(|| no_place(depth + 1, part))?,
                _ => return Err(no_place(depth + 1, part)),
            };
        }
        let depth = self.path.len() - 1;
        match here {
            Value::Table(table) => {
                table.insert(last.clone(), self.value.clone());
            }
            Value::Array(members) => {
                let index = last
                    .parse()
                    .ok()
                    .filter(|&index: &usize| index < members.len());
                members[index.ok_or_else(|| no_place(depth, last))?] = self.value.clone();
            }
            _ => return Err(no_place(depth, last)),
        }
        Ok(())
    }
}

/// The value as TOML reads it, or as a text.
fn value_of(text: &str) -> Result<Value, OverrideError> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    if digits.bytes().all(|byte| byte.is_ascii_digit()) && digits.len() > 18 {
        let number = text.parse().map(Value::Integer);
        return number.map_err(|_| OverrideError::Large(text.to_owned()));
    }
    let parsed = toml::from_str::<Table>(&format!("value = {text}"));
    Ok(match parsed.ok().map(|table| (table.len(), table)) {
        Some((1, mut table)) if !text.contains('\n') => {
            table.remove("value").expect("its only key")
        }
        _ => Value::String(text.to_owned()),
    })
}

#[cfg(test)]
mod tests {
    use super::{Override, OverrideError};
    use toml::Table;

    const SCENARIO: &str =
        "seed = 1\n[[client]]\nname = \"a\"\n[[fault]]\nlate-wake-up = { by = \"14ms\" }\n";

    fn with(argument: &str) -> Result<String, OverrideError> {
        let mut table: Table = toml::from_str(SCENARIO).unwrap();
        Override::parse(argument)?.apply(&mut table)?;
        Ok(toml::to_string(&table)
            .unwrap()
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" "))
    }

    #[test]
    fn a_figure_is_set_wherever_it_lies() {
        assert!(with("seed=9").unwrap().contains("seed = 9"));
        assert!(with("duration=1s").unwrap().contains("duration = \"1s\""));
        assert!(
            with("fault[0].late-wake-up.by=21ms")
                .unwrap()
                .contains("by = \"21ms\"")
        );
        assert!(
            with("fault.0.late-wake-up.by = 21ms")
                .unwrap()
                .contains("by = \"21ms\"")
        );
        assert!(
            with("device.drift=50ppm")
                .unwrap()
                .contains("[device] drift = \"50ppm\"")
        );
        assert!(
            with("client[0].limiter=true")
                .unwrap()
                .contains("limiter = true")
        );
    }

    #[test]
    fn a_value_may_hold_an_equals_sign_or_a_table() {
        let set = with("client[0].source={ wav = \"a=b.wav\" }").unwrap();
        assert!(set.contains("wav = \"a=b.wav\""), "{set}");
    }

    #[test]
    fn a_value_cannot_smuggle_a_second_key_in() {
        let set = with("name=1\nseed=5").unwrap();
        assert!(set.contains("seed = 1"), "{set}");
    }

    #[test]
    fn what_is_not_a_setting_is_refused_with_an_example() {
        for form in ["seed", "=1", "a..b=1", ""] {
            assert!(matches!(with(form), Err(OverrideError::Form(_))), "{form}");
        }
    }

    #[test]
    fn a_key_deeper_than_any_is_refused_before_it_costs_a_stack() {
        let deep = format!("{}b=1", "a.".repeat(30_000));
        assert_eq!(with(&deep), Err(OverrideError::Deep(30_001)));
    }

    #[test]
    fn a_place_that_is_not_there_is_named() {
        let error = |argument| with(argument).unwrap_err().to_string();
        assert_eq!(
            error("fault[1].x=1"),
            "the scenario has no `fault` to set `1` in"
        );
        assert_eq!(
            error("client[7]=1"),
            "the scenario has no `client` to set `7` in"
        );
        assert_eq!(
            error("seed.x=1"),
            "the scenario has no `seed` to set `x` in"
        );
        assert_eq!(
            error("seed.x.y=1"),
            "the scenario has no `seed` to set `x` in"
        );
    }
}
