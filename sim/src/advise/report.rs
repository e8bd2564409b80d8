//! The answer as a person reads it.

use super::advice::{Advice, Candidate};
use super::chart;
use super::question::Question;
use super::standard::Verdict;
use crate::sweep::ms;
use std::fmt::Write as _;

/// All of it: the answer, the curve, and what is not known.
pub(super) fn text(question: &Question, advice: &Advice) -> String {
    let mut text = format!("{}\n\n", question.plan.name);
    text += &answer(question, advice);
    text += "\nThe curve\n";
    text += &chart::text(question, advice);
    text.push('\n');
    text += &table(question, advice);
    text += "\nWhat this does not know\n";
    for gap in gaps(question, advice) {
        let _ = writeln!(text, "  {gap}");
    }
    if let Some(measured) = &question.measured {
        let _ = write!(text, "\n{}", measured.knowledge());
    }
    text
}

fn answer(question: &Question, advice: &Advice) -> String {
    let (key, budget, confidence) = (question.key(), &question.budget, &question.confidence);
    let found = advice
        .answer
        .and_then(|place| Some((place, advice.candidates[place].as_ref()?)));
    let mut text = match found {
        Some((place, candidate)) => format!(
            "{key} = {}\n  Meets     fewer glitches than {budget}, with {confidence} confidence: {}\n",
            named(question, place),
            seen(advice, candidate),
        ),
        None => format!(
            "NO VALUE of {key} that was tried meets the budget\n  Asked     fewer glitches than {budget}, with {confidence} confidence\n"
        ),
    };
    if let Some(margin) = found.and_then(|(_, candidate)| candidate.tally.worst_margin_ns) {
        let _ = writeln!(text, "  Margin    {}", margin_in_words(margin));
    }
    if let Some((place, candidate)) = advice.below() {
        let heading = if found.is_some() {
            "Below it"
        } else {
            "Largest "
        };
        let _ = writeln!(
            text,
            "  {heading}  {} {}: {}",
            named(question, place),
            in_words(candidate.verdict),
            seen(advice, candidate)
        );
    } else if found.is_some() {
        text += "  Below it  nothing: it is the smallest value that was tried\n";
    }
    if let Some(binding) = advice.binding() {
        let behind = binding.cause.behind.as_ref();
        let behind = behind.map_or_else(String::new, |name| format!(", behind it \"{name}\""));
        let _ = writeln!(
            text,
            "  Binding   {} made {} of {} glitches at {}{behind}",
            binding.cause.part.unwrap_or("no delay of a wake-up"),
            binding.count,
            binding.of,
            question.value(binding.place),
        );
    }
    text
}

const fn in_words(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Meets => "meets it, too",
        Verdict::Misses => "misses it",
        Verdict::Open => "is too close to tell",
    }
}

fn margin_in_words(nanos: i64) -> String {
    if nanos < 0 {
        format!("the worst packet was {} ms late", ms(-nanos))
    } else {
        format!("the worst packet was {} ms early", ms(nanos))
    }
}

/// What the runs of a candidate came to, in a sentence.
fn seen(advice: &Advice, candidate: &Candidate) -> String {
    let (tally, bounds) = (&candidate.tally, advice.bounds(candidate));
    let glitches = match tally.events {
        0 => "no glitch".to_owned(),
        1 => "1 glitch".to_owned(),
        events => format!("{events} glitches"),
    };
    if tally.is_fixed() {
        let (runs, events) = (tally.runs, tally.events / tally.runs.max(1));
        return match events {
            0 => format!("no glitch, and every one of {runs} seeds gives the same history"),
            _ => format!(
                "{events} in each run, and every one of {runs} seeds gives the same history"
            ),
        };
    }
    let hours = format!("{glitches} in {} h", rate(tally.hours()));
    match tally.events {
        0 => format!("{hours}, so at most {} an hour", rate(bounds.at_most)),
        _ => format!(
            "{hours}, so {} to {} an hour",
            rate(bounds.at_least),
            rate(bounds.at_most)
        ),
    }
}

/// A line per value that was looked at.
fn table(question: &Question, advice: &Advice) -> String {
    let key = question.key();
    let width = advice
        .looked_at()
        .map(|(place, _)| question.value(place).len());
    let width = width.max().unwrap_or(0).max(key.len());
    let mut text = format!(
        "  {key:>width$}         ms   runs       hours  glitches    per hour    at least     at most  worst margin\n"
    );
    for (place, candidate) in advice.looked_at() {
        let (tally, bounds) = (&candidate.tally, advice.bounds(candidate));
        let margin = tally.worst_margin_ns.map_or_else(|| "-".to_owned(), ms);
        let _ = writeln!(
            text,
            "  {:>width$}  {:>9}  {:>5}  {:>10}  {:>8}  {:>10}  {:>10}  {:>10}  {margin:>12}",
            question.value(place),
            milliseconds(question.milliseconds(place)),
            tally.runs,
            rate(tally.hours()),
            tally.events,
            rate(tally.per_hour()),
            rate(bounds.at_least),
            rate(bounds.at_most),
        );
    }
    text
}

/// What nobody should read into the answer.
fn gaps(question: &Question, advice: &Advice) -> Vec<String> {
    let mut gaps = Vec::new();
    if let Some((small, large)) = advice.contradiction() {
        gaps.push(format!(
            "NOT MONOTONE: {} meets the budget and {} misses it. The search takes a larger value never to do worse, so look at the curve.",
            question.value(small),
            question.value(large)
        ));
    }
    if let Some(unseen) = advice.unseen_per_hour(question) {
        let (budget, per_hour) = (&question.budget, rate(unseen));
        gaps.push(if unseen >= question.budget.per_hour {
            format!(
                "NOT ENOUGH MEASURED for {budget}: latencies beyond the longest of the file may come up to {per_hour} times an hour. Measure {} times as long.",
                rate(libm::ceil(unseen / question.budget.per_hour))
            )
        } else {
            format!("Latencies beyond the longest of the file may come up to {per_hour} times an hour; fewer than the budget.")
        });
    } else if let Some(longest) = question.longest() {
        let longest = ms(i64::try_from(longest.to_nanos_floor()).unwrap_or(i64::MAX));
        gaps.push(format!(
            "No wake-up longer than {longest} ms is ever drawn: what the machine does less often than its figures were measured for is not in them."
        ));
    }
    if let Some((place, candidate)) = advice
        .looked_at()
        .find(|(_, each)| each.tally.is_clustered())
    {
        gaps.push(format!(
            "Glitches come together: at {} their variance is {} times their mean. The bounds take them as independent, so they are narrower than they should be.",
            question.value(place),
            rate(candidate.tally.dispersion().unwrap_or(0.0))
        ));
    }
    if advice.looked_at().any(|(_, each)| each.tally.is_fixed()) {
        gaps.push("Where every seed gives the same history nothing is drawn at random: the answer is about this one history.".to_owned());
    }
    gaps.push(
        "A delay of the real machine that the scenario does not model makes it worse than this."
            .to_owned(),
    );
    gaps
}

/// The curve as comma-separated values.
pub(super) fn csv(question: &Question, advice: &Advice) -> String {
    let mut text = "value,milliseconds,runs,hours,wakes,glitches,per_hour,per_hour_at_least,per_hour_at_most,worst_margin_ns,verdict\n".to_owned();
    for (place, candidate) in advice.looked_at() {
        let (tally, bounds) = (&candidate.tally, advice.bounds(candidate));
        let length = question
            .milliseconds(place)
            .map(|length| length.to_string());
        let margin = tally.worst_margin_ns.map(|margin| margin.to_string());
        let _ = writeln!(
            text,
            "{},{},{},{},{},{},{},{},{},{},{}",
            question.value(place),
            length.unwrap_or_default(),
            tally.runs,
            tally.hours(),
            tally.chances,
            tally.events,
            tally.per_hour(),
            bounds.at_least,
            bounds.at_most,
            margin.unwrap_or_default(),
            candidate.verdict.word(),
        );
    }
    text
}

/// A value with its length in milliseconds.
fn named(question: &Question, place: usize) -> String {
    let value = question.value(place);
    match question.milliseconds(place) {
        Some(length) if !value.ends_with("ms") => format!("{value} ({length:.3} ms)"),
        _ => value.to_owned(),
    }
}

/// Milliseconds with three decimals, or a dash.
pub(super) fn milliseconds(length: Option<f64>) -> String {
    length.map_or_else(|| "-".to_owned(), |length| format!("{length:.3}"))
}

/// A figure above zero with three digits that mean something.
pub(super) fn rate(rate: f64) -> String {
    match rate {
        0.0 => "0".to_owned(),
        ..0.01 => format!("{rate:.2e}"),
        ..1.0 => format!("{rate:.3}"),
        ..10.0 => format!("{rate:.2}"),
        ..100.0 => format!("{rate:.1}"),
        _ => format!("{rate:.0}"),
    }
}

#[cfg(test)]
mod tests {
    use super::{margin_in_words, milliseconds, rate};

    #[test]
    fn figures_have_three_digits_that_mean_something() {
        let told = [0.0, 0.001_234, 0.25, 1.0, 12.34, 99.99, 7_200.0].map(rate);
        assert_eq!(
            told,
            ["0", "1.23e-3", "0.250", "1.00", "12.3", "100.0", "7200"]
        );
        assert_eq!(
            [milliseconds(Some(4.0 / 3.0)), milliseconds(None)],
            ["1.333", "-"]
        );
        assert_eq!(
            margin_in_words(-4_000_000),
            "the worst packet was 4.000 ms late"
        );
    }
}
