//! The question that a sweep is made for: which values of the first key are safe?

use super::plan::Plan;
use super::summary::{Summaries, Summary};
use super::table::{hours, ms, tenths};
use serde_json::{Value, json};

/// What the runs say of the first key, for one choice of the others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Verdict {
    /// The choice of the others: `client.0.packets=2`.
    others: Vec<(String, String)>,
    key: String,
    /// From here to one of the ends nothing glitched.
    safe: Option<Safe>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Safe {
    /// The last value that is safe, towards those that are not.
    limit: String,
    side: Side,
    /// The value beyond it, and how many of how many of its runs glitched.
    beyond: Option<(String, u64, u64)>,
    runs: u64,
    sim_ns: u128,
    worst_margin_ns: Option<i64>,
    bound_tenths: Option<u128>,
    is_always_the_same: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Side {
    /// It and what is larger.
    Up,
    /// It and what is smaller.
    Down,
    /// All that there are.
    All,
}

impl Verdict {
    /// One for each choice of the other keys, if the values of the first have an order.
    pub(super) fn of(plan: &Plan, summaries: &Summaries) -> Vec<Self> {
        let Some((axis, others)) = plan.axes.split_first() else {
            return Vec::new();
        };
        let Some(order) = axis.by_size() else {
            return Vec::new();
        };
        let all = summaries.all();
        // The first key is varied slowest.
        let inner = all.len() / axis.values.len();
        let verdict = |choice: usize| {
            let column: Vec<(&str, &Summary)> = order
                .iter()
                .map(|&place| (axis.values[place].0.as_str(), &all[place * inner + choice]))
                .collect();
            let values = plan.values(choice);
            let named = others.iter().zip(values.into_iter().skip(1));
            Self {
                others: named
                    .map(|(other, value)| (other.key.clone(), value.to_owned()))
                    .collect(),
                key: axis.key.clone(),
                safe: Safe::of(&column),
            }
        };
        (0..inner).map(verdict).collect()
    }

    pub(super) fn to_json(&self) -> Value {
        let others: serde_json::Map<_, _> = self
            .others
            .iter()
            .map(|(key, value)| (key.clone(), json!(value)))
            .collect();
        let safe = self.safe.as_ref().map(|safe| {
            let side = match safe.side {
                Side::Up => "up",
                Side::Down => "down",
                Side::All => "all",
            };
            let bound = safe.bound_tenths.filter(|_| !safe.is_always_the_same);
            json!({
                "limit": safe.limit,
                "side": side,
                "worst_margin_ns": safe.worst_margin_ns,
                "runs": safe.runs,
                "glitches_per_hour_below": bound.and_then(|bound| tenths(bound).parse::<f64>().ok()),
            })
        });
        json!({ "key": self.key, "others": others, "safe": safe })
    }

    /// As a person reads it.
    pub(super) fn text(&self) -> String {
        let others = self
            .others
            .iter()
            .map(|(key, value)| format!("{key}={value}, "));
        let others: String = others.collect();
        let key = format!("{others}{}", self.key);
        let Some(safe) = &self.safe else {
            return format!(
                "{key}: neither the smallest nor the largest value is free of glitches.\n"
            );
        };
        let range = match safe.side {
            Side::Up => format!("from {} up", safe.limit),
            Side::Down => format!("up to {}", safe.limit),
            Side::All => "at every value".to_owned(),
        };
        let margin = safe.worst_margin_ns.map_or_else(String::new, |margin| {
            format!(", with {} ms to spare at {}", ms(margin), safe.limit)
        });
        let beyond = safe
            .beyond
            .as_ref()
            .map_or_else(String::new, |(value, glitched, runs)| {
                format!(" At {value} {glitched} of {runs} runs glitched.")
            });
        let sure = match safe.bound_tenths {
            _ if safe.is_always_the_same => "  Every seed gave the same history: nothing here is drawn at random, so more seeds say no more.\n".to_owned(),
            Some(bound) => format!(
                "  {} run{} of {}, {} h in all, without a glitch: if they come by chance, fewer than {} an hour, with 99 % confidence.\n",
                safe.runs,
                if safe.runs == 1 { "" } else { "s" },
                safe.limit,
                hours(safe.sim_ns),
                tenths(bound),
            ),
            None => String::new(),
        };
        format!("{key}: no glitch {range}{margin}.{beyond}\n{sure}")
    }
}

impl Safe {
    /// Of values from the smallest to the largest.
    fn of(column: &[(&str, &Summary)]) -> Option<Self> {
        let is_clean = |(_, summary): &&(&str, &Summary)| summary.runs > 0 && summary.glitches == 0;
        let up = column.iter().rev().take_while(is_clean).count();
        let down = column.iter().take_while(is_clean).count();
        let (place, side, beyond) = match (up, down) {
            (0, 0) => return None,
            (up, _) if up == column.len() => {
                let margin =
                    |&(_, &(_, summary)): &(usize, &(&str, &Summary))| summary.worst_margin_ns;
                let closest = column.iter().enumerate().min_by_key(margin)?;
                (closest.0, Side::All, None)
            }
            (0, down) => (down - 1, Side::Down, Some(down)),
            (up, _) => (column.len() - up, Side::Up, Some(column.len() - up - 1)),
        };
        let (limit, summary) = column[place];
        let beyond = beyond.map(|place| {
            let (value, summary) = column[place];
            (value.to_owned(), summary.glitched, summary.runs)
        });
        Some(Self {
            limit: limit.to_owned(),
            side,
            beyond,
            runs: summary.runs,
            sim_ns: summary.sim_ns,
            worst_margin_ns: summary.worst_margin_ns,
            bound_tenths: summary.bound_tenths(),
            is_always_the_same: summary.is_always_the_same(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{Safe, Side, Summary};

    fn summary(glitches: u64) -> Summary {
        let mut summary = Summary::default();
        summary.runs = 10;
        summary.glitches = glitches;
        summary
    }

    fn of(glitches: &[u64]) -> Option<(String, Side, Option<String>)> {
        let names: Vec<String> = (0..glitches.len()).map(|place| place.to_string()).collect();
        let all: Vec<Summary> = glitches.iter().map(|&count| summary(count)).collect();
        let column: Vec<(&str, &Summary)> = names.iter().map(String::as_str).zip(&all).collect();
        Safe::of(&column).map(|safe| (safe.limit, safe.side, safe.beyond.map(|(value, ..)| value)))
    }

    #[test]
    fn what_is_safe_reaches_from_one_end_to_the_first_glitch() {
        let told =
            |limit: &str, side, beyond: &str| Some((limit.into(), side, Some(beyond.into())));
        assert_eq!(of(&[3, 1, 0, 0]), told("2", Side::Up, "1"));
        assert_eq!(
            of(&[3, 0, 1, 0]),
            told("3", Side::Up, "2"),
            "what is clean by chance does not count"
        );
        assert_eq!(of(&[0, 0, 2]), told("1", Side::Down, "2"));
        assert_eq!(of(&[1, 0, 1]), None);
        assert_eq!(of(&[0, 0]), Some(("0".into(), Side::All, None)));
    }
}
