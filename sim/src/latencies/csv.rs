//! Tables: one latency a line, or a latency and how often it came.
//!
//! Fields are parted by commas, tabs or, where the comma is the decimal point, by semicolons. The unit
//! stands behind each number or in a first line: `latency_us`, `latency (ms);count`.

use super::LatenciesError;
use super::histogram::{Bin, Bins, Latencies};

const WHAT: &str = "table of latencies";
const HELP: &str = "write one latency a line, or a latency and a count, below a line that names the unit, like latency_us";

pub(super) fn parse(text: &str) -> Result<Latencies, LatenciesError> {
    let mut bins = Bins::default();
    let mut unit = None;
    let mut is_first = true;
    for (line, number) in text.lines().zip(1..) {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let separator = [';', '\t', ',']
            .into_iter()
            .find(|letter| line.contains(*letter));
        let mut fields = line.split(separator.unwrap_or(','));
        let latency = unquoted(fields.next().unwrap_or_default());
        let count = fields.next().map(unquoted);
        if let Some(more) = fields.next() {
            let message = format!("`{more}` is a third field");
            return Err(LatenciesError::new(number, message, HELP));
        }
        let is_head = !latency.starts_with(|letter: char| {
            letter.is_ascii_digit() || matches!(letter, '.' | '-' | '+')
        });
        if std::mem::take(&mut is_first) && is_head {
            unit = unit_in(latency);
            continue;
        }
        let from = nanos(number, latency, unit)?;
        let count = match count {
            None => 1,
            Some(count) => count
                .parse()
                .map_err(|_| LatenciesError::new(number, format!("`{count}` is no count"), HELP))?,
        };
        bins.add(
            number,
            Bin {
                from,
                to: from,
                count,
            },
        )?;
    }
    bins.finish(WHAT)
}

fn unquoted(field: &str) -> &str {
    field.trim().trim_matches('"').trim()
}

/// Nanoseconds in a unit.
fn unit(name: &str) -> Option<u64> {
    match name.to_ascii_lowercase().as_str() {
        "ns" => Some(1),
        "us" | "µs" | "μs" => Some(1_000),
        "ms" => Some(1_000_000),
        "s" => Some(1_000_000_000),
        _ => None,
    }
}

/// The unit that a head names, if it does: its last word.
fn unit_in(head: &str) -> Option<u64> {
    let mut words = head
        .split(|letter: char| !letter.is_alphabetic())
        .filter(|word| !word.is_empty());
    words.next_back().and_then(unit)
}

/// A latency in nanoseconds, rounded down.
fn nanos(line: usize, field: &str, unit_of_all: Option<u64>) -> Result<u64, LatenciesError> {
    let wrong = |what: &str| LatenciesError::new(line, format!("`{field}` {what}"), HELP);
    let is_part = |letter: char| letter.is_ascii_digit() || matches!(letter, '.' | ',');
    let split = field.find(|letter| !is_part(letter)).unwrap_or(field.len());
    let (number, own) = (field[..split].replace(',', "."), field[split..].trim());
    let (whole, behind) = number.split_once('.').unwrap_or((&number, ""));
    if whole.is_empty() || behind.contains('.') {
        return Err(wrong("is no latency"));
    }
    let unit = match (own, unit_of_all) {
        ("", Some(unit)) => unit,
        ("", None) => return Err(wrong("has no unit")),
        (own, _) => unit(own).ok_or_else(|| wrong("is no latency in ns, us, ms or s"))?,
    };
    // Digits below a nanosecond say nothing.
    let behind = &behind[..behind.len().min(9)];
    let scale = 10_u64.pow(u32::try_from(behind.len()).unwrap_or(0));
    let long = || wrong("is too long");
    let parts: u64 = if behind.is_empty() {
        0
    } else {
        behind.parse().map_err(|_| long())?
    };
    let whole: u64 = whole.parse().map_err(|_| long())?;
    let below = u128::from(parts) * u128::from(unit) / u128::from(scale);
    let nanos = u128::from(whole) * u128::from(unit) + below;
    u64::try_from(nanos).map_err(|_| long())
}
