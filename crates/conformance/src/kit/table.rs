//! A failure as a table of calls.

use std::fmt::Write as _;

use units::Hns;

use crate::kit::Failure;
use crate::kit::answer::millis;

/// The failure as a person reads it: what was called when, what was answered, and what should have
/// been.
pub fn table(failure: &Failure) -> String {
    let start = failure.history.setup.start.get();
    let mut rows = vec![[
        "time".into(),
        "call".into(),
        "answer".into(),
        "expected".into(),
    ]];
    for (index, line) in failure.trace.lines.iter().enumerate() {
        let blamed = index == failure.line;
        let expected = if blamed {
            failure.expected.clone()
        } else {
            String::new()
        };
        let since = Hns::new(line.at.get().saturating_sub(start));
        rows.push([
            millis(since),
            line.call.to_string(),
            line.answer.to_string(),
            expected,
        ]);
    }
    let mut text = String::new();
    let setup = &failure.history.setup;
    let _ = writeln!(
        text,
        "{} Hz, {} bytes a frame, {} packets of {} frames ({} bytes each), counter at {}, clock off by {} ppb",
        setup.format.rate.hertz(),
        setup.format.frame_bytes(),
        setup.packets,
        setup.packet.get(),
        setup.packet_bytes().get(),
        setup.start.get(),
        setup.ppb,
    );
    let width = |column: usize| rows.iter().map(|row: &[String; 4]| row[column].len()).max();
    let widths: Vec<usize> = (0..3).map(|column| width(column).unwrap_or(0)).collect();
    for row in &rows {
        let [time, call, answer, expected] = row;
        let line = format!(
            "  {time:>0$}  {call:<1$}  {answer:<2$}  {expected}",
            widths[0], widths[1], widths[2]
        );
        let _ = writeln!(text, "{}", line.trim_end());
    }
    let rule = failure.rule;
    let _ = writeln!(text, "  {}: {}", rule.number, rule.says);
    let _ = writeln!(text, "  Why it matters: {}", rule.why);
    text
}
