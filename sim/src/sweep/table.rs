//! What a sweep prints: a table with a line per point, and what it says.

use super::plan::Plan;
use super::summary::{Summaries, Summary};
use super::verdict::Verdict;
use serde_json::{Map, Value, json};
use std::fmt::Write as _;

/// Each point of the grid as a line, and what they say of the first key.
pub(super) fn text(plan: &Plan, summaries: &Summaries) -> String {
    let figures = [
        "runs",
        "glitched",
        "glitches",
        "per hour",
        "lost",
        "largest",
        "worst margin",
        "median margin",
        "wake p50",
        "p99",
        "max",
    ];
    let keys = plan.axes.iter().map(|axis| axis.key.as_str());
    let head: Vec<String> = keys.chain(figures).map(str::to_owned).collect();
    let mut units = vec![String::new(); plan.axes.len() + 4];
    units.push("frames".into());
    units.resize(head.len(), "ms".into());
    let points = summaries.all().iter().enumerate();
    let line = |(point, summary): (usize, &Summary)| {
        let values = plan.values(point).into_iter().map(str::to_owned);
        values.chain(cells(summary)).collect::<Vec<_>>()
    };
    let lines: Vec<Vec<String>> = [head, units].into_iter().chain(points.map(line)).collect();
    let mut text = aligned(&lines);
    let verdicts = Verdict::of(plan, summaries);
    if !verdicts.is_empty() {
        text.push('\n');
        text.extend(verdicts.iter().map(Verdict::text));
    }
    text
}

/// The same for a program.
pub(super) fn json(plan: &Plan, summaries: &Summaries) -> Value {
    let point = |(point, summary): (usize, &Summary)| {
        let keys = plan.axes.iter().map(|axis| axis.key.clone());
        let values: Map<_, _> = keys
            .zip(plan.values(point).into_iter().map(Value::from))
            .collect();
        let rate = summary
            .per_hour_tenths()
            .and_then(|rate| tenths(rate).parse::<f64>().ok());
        json!({
            "values": values,
            "runs": summary.runs,
            "glitched_runs": summary.glitched,
            "glitches": summary.glitches,
            "audible_events": summary.audible_events,
            "glitches_per_hour": rate,
            "lost_frames": summary.lost_frames,
            "largest_glitch_ns": summary.largest_glitch_ns,
            "worst_margin_ns": summary.worst_margin_ns,
            "median_margin_ns": summary.median_margin_ns(),
            "wake_p50_ns": summary.wake_p50_ns(),
            "wake_p99_ns": summary.wake_p99_ns,
            "wake_max_ns": summary.wake_max_ns,
        })
    };
    let points: Vec<Value> = summaries.all().iter().enumerate().map(point).collect();
    let verdicts: Vec<Value> = Verdict::of(plan, summaries)
        .iter()
        .map(Verdict::to_json)
        .collect();
    json!({ "points": points, "verdicts": verdicts })
}

fn cells(summary: &Summary) -> Vec<String> {
    let time = |nanos: Option<i64>| nanos.map_or_else(|| "-".to_owned(), ms);
    vec![
        summary.runs.to_string(),
        summary.glitched.to_string(),
        summary.glitches.to_string(),
        summary
            .per_hour_tenths()
            .map_or_else(|| "-".to_owned(), tenths),
        summary.lost_frames.to_string(),
        ms(summary.largest_glitch_ns),
        time(summary.worst_margin_ns),
        time(summary.median_margin_ns()),
        time(summary.wake_p50_ns()),
        time(summary.wake_p99_ns),
        time(summary.wake_max_ns),
    ]
}

/// Columns below each other, each to the right.
fn aligned(lines: &[Vec<String>]) -> String {
    let columns = lines.first().map_or(0, Vec::len);
    let width = |column: usize| lines.iter().map(|line| line[column].chars().count()).max();
    let widths: Vec<usize> = (0..columns)
        .map(|column| width(column).unwrap_or(0))
        .collect();
    let mut text = String::new();
    for line in lines {
        let mut shown = String::new();
        for (cell, width) in line.iter().zip(&widths) {
            let _ = write!(shown, "  {cell:>width$}");
        }
        let _ = writeln!(text, "{}", shown.trim_end());
    }
    text
}

/// Nanoseconds as milliseconds with three decimals, rounded to the nearest.
pub(crate) fn ms(nanos: i64) -> String {
    let sign = if nanos < 0 { "-" } else { "" };
    let micros = (nanos.unsigned_abs() + 500) / 1_000;
    format!("{sign}{}.{:03}", micros / 1_000, micros % 1_000)
}

/// Nanoseconds as hours with three decimals, rounded down.
pub(super) fn hours(nanos: u128) -> String {
    let thousandths = nanos / 3_600_000_000;
    format!("{}.{:03}", thousandths / 1_000, thousandths % 1_000)
}

/// Tenths with a point.
pub(super) fn tenths(tenths: u128) -> String {
    format!("{}.{}", tenths / 10, tenths % 10)
}

#[cfg(test)]
mod tests {
    use super::{aligned, hours, ms, tenths};

    #[test]
    fn figures_are_written_as_a_person_reads_them() {
        assert_eq!(
            [ms(0), ms(-4_000_000), ms(1_234_500)],
            ["0.000", "-4.000", "1.235"]
        );
        assert_eq!(
            [hours(7_200_000_000_000), hours(3_599_999_999)],
            ["2.000", "0.000"]
        );
        assert_eq!(tenths(123), "12.3");
    }

    #[test]
    fn columns_stand_below_each_other() {
        let line = |cells: [&str; 2]| cells.map(str::to_owned).to_vec();
        let text = aligned(&[line(["key", "n"]), line(["µs", "1000"])]);
        assert_eq!(text, "  key     n\n   µs  1000\n");
    }
}
