//! What came of each rule, as build servers read it: a test suite per subject, a case per rule.

use std::fmt::Write as _;

use crate::kit::{LeftOut, Outcome, Report, Verdict, table};

/// A document for build servers (`JUnit` XML) of reports, each with the rules that its subject is known to break: those are skipped.
pub fn junit(reports: &[(&Report, &[LeftOut])]) -> String {
    let suites: String = reports
        .iter()
        .map(|(report, known)| suite(report, known))
        .collect();
    format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n{suites}</testsuites>\n")
}

fn suite(report: &Report, known: &[LeftOut]) -> String {
    let outcomes = &report.outcomes;
    let is_new = |outcome: &&Outcome| {
        matches!(outcome.verdict, Verdict::Broken(_)) && outcome.known(known).is_none()
    };
    let failures = outcomes.iter().filter(is_new).count();
    let held = |outcome: &&Outcome| matches!(outcome.verdict, Verdict::Held);
    let skipped = outcomes.len() - failures - outcomes.iter().filter(held).count();
    let mut text = format!(
        "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{failures}\" skipped=\"{skipped}\">\n",
        escaped(&report.subject),
        outcomes.len(),
    );
    for outcome in outcomes {
        case(&mut text, &report.subject, outcome, outcome.known(known));
    }
    text.push_str("  </testsuite>\n");
    text
}

fn case(text: &mut String, subject: &str, outcome: &Outcome, known: Option<&str>) {
    let rule = outcome.rule;
    let class = format!("{subject}.{}", rule.group.name());
    let name = format!("{} {}", rule.number, rule.says);
    let _ = write!(
        text,
        "    <testcase classname=\"{}\" name=\"{}\"",
        escaped(&class),
        escaped(&name)
    );
    let _ = match (&outcome.verdict, known) {
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
