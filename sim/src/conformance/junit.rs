//! What came of each rule, as build servers read it: a test suite per subject, a case per rule.

use super::judged::Judged;
use conformance::kit::{Outcome, Verdict, table};
use std::fmt::Write as _;

/// The document.
pub(super) fn suites(judged: &[Judged]) -> String {
    let suites: String = judged.iter().map(suite).collect();
    format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n{suites}</testsuites>\n")
}

fn suite(judged: &Judged) -> String {
    let outcomes = &judged.report.outcomes;
    let is_new = |outcome: &&Outcome| {
        matches!(outcome.verdict, Verdict::Broken(_)) && judged.known(outcome).is_none()
    };
    let failures = outcomes.iter().filter(is_new).count();
    let held = |outcome: &&Outcome| matches!(outcome.verdict, Verdict::Held);
    let skipped = outcomes.len() - failures - outcomes.iter().filter(held).count();
    let mut text = format!(
        "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{failures}\" skipped=\"{skipped}\">\n",
        escaped(&judged.report.subject),
        outcomes.len(),
    );
    for outcome in outcomes {
        case(&mut text, judged, outcome);
    }
    text.push_str("  </testsuite>\n");
    text
}

fn case(text: &mut String, judged: &Judged, outcome: &Outcome) {
    let rule = outcome.rule;
    let class = format!("{}.{}", judged.report.subject, rule.group.name());
    let name = format!("{} {}", rule.number, rule.says);
    let _ = write!(
        text,
        "    <testcase classname=\"{}\" name=\"{}\"",
        escaped(&class),
        escaped(&name)
    );
    let _ = match (&outcome.verdict, judged.known(outcome)) {
        (Verdict::Held, _) => writeln!(text, "/>"),
        (Verdict::NotApplicable(why), _) => skipped(text, &format!("not applicable: {why}")),
        (Verdict::Broken(_), Some(why)) => skipped(text, &format!("known: {why}")),
        (Verdict::Broken(failure), None) => writeln!(
            text,
            ">\n      <failure message=\"{}\">{}</failure>\n    </testcase>",
            escaped(rule.why),
            escaped(&format!("{}\n{}", table(failure), failure.history)),
        ),
    };
}

fn skipped(text: &mut String, why: &str) -> std::fmt::Result {
    let why = escaped(why);
    writeln!(
        text,
        ">\n      <skipped message=\"{why}\"/>\n    </testcase>"
    )
}

fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            c => escaped.push(c),
        }
    }
    escaped
}
