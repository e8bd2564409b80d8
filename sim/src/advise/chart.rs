//! The curve on a terminal: a line per value, glitches an hour to the right, each decade as wide.

use super::advice::Advice;
use super::question::Question;
use super::report::milliseconds;
use super::standard::Bounds;
use std::fmt::Write as _;

/// Columns of the plot.
const WIDTH: usize = 56;

/// Decades of glitches an hour, from one power of ten to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Decades {
    first: i32,
    last: i32,
}

/// What is drawn of one value.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Mark {
    bounds: Bounds,
    /// None where nothing glitched.
    seen: Option<f64>,
}

impl Decades {
    /// Those that hold all that is known, and the budget; no more than six below the highest.
    pub(super) fn of(advice: &Advice) -> Self {
        let mut rates = vec![advice.standard.per_hour];
        for (_, candidate) in advice.looked_at() {
            let bounds = advice.bounds(candidate);
            rates.extend([bounds.at_least, bounds.at_most, candidate.tally.per_hour()]);
        }
        Self::holding(&rates)
    }

    #[expect(
        clippy::cast_possible_truncation,
        reason = "the exponent of a double has three digits"
    )]
    fn holding(rates: &[f64]) -> Self {
        let logs = rates.iter().filter(|rate| **rate > 0.0 && rate.is_finite());
        let logs: Vec<f64> = logs.map(|rate| libm::log10(*rate)).collect();
        let highest = logs.iter().copied().fold(f64::MIN, f64::max);
        let lowest = logs.iter().copied().fold(f64::MAX, f64::min);
        let last = libm::ceil(highest) as i32;
        let first = (libm::floor(lowest) as i32).clamp(last - 6, last - 1);
        Self { first, last }
    }

    /// Where a rate lies, 0 at the left end and 1 at the right one.
    pub(super) fn place(self, rate: f64) -> f64 {
        if rate <= 0.0 {
            return 0.0;
        }
        let width = f64::from(self.last - self.first);
        ((libm::log10(rate) - f64::from(self.first)) / width).clamp(0.0, 1.0)
    }

    /// The powers of ten in order, each as text and as a number.
    pub(super) fn powers(self) -> impl Iterator<Item = (String, f64)> {
        (self.first..=self.last).map(|power| {
            let number = libm::exp10(f64::from(power));
            let decimals = usize::try_from(-power).unwrap_or(0);
            (format!("{number:.decimals$}"), number)
        })
    }

    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "a place is from 0 to 1, and a terminal some dozen columns wide"
    )]
    fn column(self, rate: f64) -> usize {
        (self.place(rate) * (WIDTH - 1) as f64 + 0.5) as usize
    }
}

/// All of it.
pub(super) fn text(question: &Question, advice: &Advice) -> String {
    let decades = Decades::of(advice);
    let rows: Vec<_> = advice.looked_at().collect();
    let value_width = rows.iter().map(|(place, _)| question.value(*place).len());
    let value_width = value_width.max().unwrap_or(0);
    let head = format!("  {:>value_width$}  {:>9}", "", "");
    let mut text = format!("{head}  {}\n", scale(decades));
    for (place, candidate) in rows {
        let events = candidate.tally.events;
        let mark = Mark {
            bounds: advice.bounds(candidate),
            seen: (events > 0).then(|| candidate.tally.per_hour()),
        };
        let line = line(decades, mark, advice.standard.per_hour);
        let _ = writeln!(
            text,
            "  {:>value_width$}  {:>9}  {}  {}",
            question.value(place),
            milliseconds(question.milliseconds(place)),
            line,
            candidate.verdict.word()
        );
    }
    let _ = writeln!(
        text,
        "{head}  ● seen, ├─┤ what may be behind it, ┊ the budget"
    );
    text
}

/// The powers of ten above their columns.
fn scale(decades: Decades) -> String {
    let mut text = String::new();
    for (label, power) in decades.powers() {
        let column = decades.column(power);
        let length = text.chars().count();
        let begins = column
            .saturating_sub(label.len() / 2)
            .max(length + usize::from(length > 0));
        let _ = write!(
            text,
            "{:>width$}",
            label,
            width = begins - length + label.len()
        );
    }
    text + " an hour"
}

fn line(decades: Decades, mark: Mark, budget: f64) -> String {
    let (low, high) = (
        decades.column(mark.bounds.at_least),
        decades.column(mark.bounds.at_most),
    );
    let mut columns = vec![' '; WIDTH];
    columns[decades.column(budget)] = '┊';
    columns[low..=high].fill('─');
    columns[high] = '┤';
    columns[low] = if mark.bounds.at_least > 0.0 {
        '├'
    } else {
        '─'
    };
    if let Some(seen) = mark.seen {
        columns[decades.column(seen)] = '●';
    }
    columns.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::{Bounds, Decades, Mark, WIDTH, line, scale};

    const DECADES: Decades = Decades { first: -1, last: 4 };

    #[test]
    fn decades_hold_what_is_known() {
        assert_eq!(Decades::holding(&[0.3, 0.0, 7_200.0]), DECADES);
        assert_eq!(Decades::holding(&[1.0]), Decades { first: -1, last: 0 });
        assert_eq!(
            Decades::holding(&[1e-9, 10.0]),
            Decades { first: -5, last: 1 }
        );
    }

    #[test]
    fn a_decade_is_as_wide_as_the_next() {
        let columns: Vec<usize> = DECADES
            .powers()
            .map(|(_, power)| DECADES.column(power))
            .collect();
        assert_eq!(columns, [0, 11, 22, 33, 44, 55]);
        assert!(scale(DECADES).starts_with("0.1"), "{}", scale(DECADES));
        assert!(scale(DECADES).contains("10000 an hour"));
    }

    #[test]
    fn a_line_has_what_was_seen_between_its_bounds() {
        let bounds = Bounds {
            at_least: 1.0,
            at_most: 100.0,
        };
        let mark = Mark {
            bounds,
            seen: Some(10.0),
        };
        let drawn = line(DECADES, mark, 1_000.0);
        let at = |wanted| drawn.chars().position(|letter| letter == wanted);
        assert_eq!(
            [at('├'), at('●'), at('┤'), at('┊')],
            [Some(11), Some(22), Some(33), Some(44)]
        );
        assert_eq!(drawn.chars().count(), WIDTH);

        let bounds = Bounds {
            at_least: 0.0,
            at_most: 1.0,
        };
        let drawn = line(DECADES, Mark { bounds, seen: None }, 10.0);
        assert!(
            drawn.starts_with("───────────┤") && !drawn.contains('├'),
            "{drawn}"
        );
    }
}
