//! What came of each rule, as JSON.

use serde_json::{Value, json};

use crate::kit::{LeftOut, Outcome, Report, Verdict, table};

/// A report as an object, with the rules that its subject is known to break.
#[must_use]
pub fn json(report: &Report, known: &[LeftOut]) -> Value {
    let is_new = |outcome: &Outcome| {
        matches!(outcome.verdict, Verdict::Broken(_)) && outcome.known(known).is_none()
    };
    let rules = report.outcomes.iter();
    json!({
        "subject": report.subject,
        "histories": report.histories,
        "calls": report.calls,
        "passed": !report.outcomes.iter().any(is_new),
        "rules": rules.map(|outcome| rule(outcome, known)).collect::<Vec<_>>(),
    })
}

fn rule(outcome: &Outcome, known: &[LeftOut]) -> Value {
    let (verdict, why) = match (&outcome.verdict, outcome.known(known)) {
        (Verdict::Held, _) => ("held", None),
        (Verdict::NotApplicable(why), _) => ("not-applicable", Some(why.as_str())),
        (Verdict::Broken(_), Some(why)) => ("known", Some(why)),
        (Verdict::Broken(_), None) => ("broken", None),
    };
    let failure = match &outcome.verdict {
        Verdict::Broken(failure) => json!({
            "history": failure.history.to_string(),
            "table": table(failure),
            "expected": failure.expected,
        }),
        _ => Value::Null,
    };
    json!({
        "rule": outcome.rule.number,
        "group": outcome.rule.group.name(),
        "says": outcome.rule.says,
        "verdict": verdict,
        "why": why,
        "histories": outcome.histories,
        "failure": failure,
    })
}
