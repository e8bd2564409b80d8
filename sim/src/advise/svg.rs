//! The curve as a picture: glitches an hour against the length of the buffer.

use super::advice::{Advice, Candidate};
use super::chart::Decades;
use super::question::Question;
use super::standard::Verdict;
use std::fmt::Write as _;

const WIDTH: f64 = 860.0;
const HEIGHT: f64 = 500.0;
/// What is left of the plot, above it, right of it and below it.
const MARGINS: [f64; 4] = [84.0, 64.0, 28.0, 70.0];

/// The first and the last mark stand so far from the ends.
const INSET: f64 = 18.0;

/// Draws it. Every mark is a shape of its own, so that it can be told apart without its colour.
pub(super) fn draw(question: &Question, advice: &Advice) -> String {
    let decades = Decades::of(advice);
    let points: Vec<_> = advice.looked_at().collect();
    let [left, top, right, bottom] = MARGINS;
    let (width, height) = (WIDTH - left - right, HEIGHT - top - bottom);
    let across = |place: usize| {
        let count = points.len().max(2) - 1;
        #[expect(clippy::cast_precision_loss, reason = "a few dozen points")]
        let share = place as f64 / count as f64;
        left + INSET + share * (width - 2.0 * INSET)
    };
    let down = |rate: f64| top + (1.0 - decades.place(rate)) * height;
    let mut svg = head(question, advice);
    for (label, power) in decades.powers() {
        let y = down(power);
        let _ = writeln!(svg, "<path class=\"grid\" d=\"M{left} {y:.1}h{width}\"/>");
        let _ = writeln!(
            svg,
            "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{}</text>",
            left - 10.0,
            y + 5.0,
            label
        );
    }
    let budget = down(advice.standard.per_hour);
    let _ = writeln!(
        svg,
        "<path class=\"budget\" d=\"M{left} {budget:.1}h{width}\"/>"
    );
    let _ = writeln!(
        svg,
        "<text class=\"budget-name\" x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">budget {}</text>",
        WIDTH - right,
        budget - 7.0,
        escaped(&question.budget.to_string())
    );
    for (column, (place, candidate)) in points.iter().enumerate() {
        let x = across(column);
        svg += &mark(advice, candidate, x, &down);
        let (value, ms) = (
            question.value(*place),
            length(question.milliseconds(*place)),
        );
        let _ = writeln!(
            svg,
            "<text x=\"{x:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{}</text>",
            HEIGHT - bottom + 22.0,
            escaped(value)
        );
        let _ = writeln!(
            svg,
            "<text class=\"small\" x=\"{x:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{ms}</text>",
            HEIGHT - bottom + 40.0
        );
    }
    let _ = writeln!(
        svg,
        "<text class=\"small\" x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{} (below it ms)</text>",
        left + width / 2.0,
        HEIGHT - 10.0,
        escaped(question.key())
    );
    svg + "</svg>\n"
}

fn head(question: &Question, advice: &Advice) -> String {
    let answer = match advice.answer {
        Some(place) => format!("{} = {}", question.key(), question.value(place)),
        None => format!("no value of {} meets the budget", question.key()),
    };
    let title = format!(
        "{}: fewer glitches than {} with {} confidence: {answer}",
        question.plan.name, question.budget, question.confidence
    );
    let title = escaped(&title);
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" aria-label=\"{title}\">\n\
         <style>\n\
         svg {{ background: #fff; color: #1b1f24 }}\n\
         text {{ font: 15px system-ui, sans-serif; fill: currentColor }}\n\
         .title {{ font-weight: 600; font-size: 17px }} .small {{ font-size: 13px; opacity: .75 }}\n\
         .grid {{ stroke: currentColor; opacity: .15 }} .budget {{ stroke: #b4540a; stroke-width: 2; stroke-dasharray: 3 5 }}\n\
         .budget-name {{ fill: #b4540a }} .span {{ stroke: currentColor; stroke-width: 2; fill: none; opacity: .55 }}\n\
         .meets {{ fill: #0a7a4b }} .misses {{ fill: #c1272d }} .open {{ fill: #57606a }}\n\
         @media (prefers-color-scheme: dark) {{ svg {{ background: #14181d; color: #e6e9ed }} .budget {{ stroke: #f0a35e }} .budget-name {{ fill: #f0a35e }} \
         .meets {{ fill: #4cc38a }} .misses {{ fill: #ff7b72 }} .open {{ fill: #a9b1bb }} }}\n\
         </style>\n\
         <text class=\"title\" x=\"24\" y=\"30\">{title}</text>\n\
         <text class=\"small\" x=\"24\" y=\"50\">glitches an hour; ● meets, ▼ misses, ◆ too close to tell; the line is what may be behind it</text>\n"
    )
}

/// What is known of one value: a line from bound to bound, and a mark at what was seen, or at the
/// upper bound where nothing glitched.
fn mark(advice: &Advice, candidate: &Candidate, x: f64, down: &impl Fn(f64) -> f64) -> String {
    let bounds = advice.bounds(candidate);
    let seen = match candidate.tally.events {
        0 => bounds.at_most,
        _ => candidate.tally.per_hour(),
    };
    let (high, low, y) = (down(bounds.at_most), down(bounds.at_least), down(seen));
    let span = format!(
        "<path class=\"span\" d=\"M{x:.1} {high:.1}V{low:.1}M{:.1} {high:.1}h12\"/>",
        x - 6.0
    );
    let shape = match candidate.verdict {
        Verdict::Meets => format!("<circle class=\"meets\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"6\"/>"),
        Verdict::Misses => format!(
            "<path class=\"misses\" d=\"M{:.1} {:.1}h14l-7 12z\"/>",
            x - 7.0,
            y - 6.0
        ),
        Verdict::Open => format!(
            "<path class=\"open\" d=\"M{x:.1} {:.1}l7 7l-7 7l-7 -7z\"/>",
            y - 7.0
        ),
    };
    format!("{span}\n{shape}\n")
}

/// Milliseconds with a decimal where they are few, as short as fits below its mark.
fn length(milliseconds: Option<f64>) -> String {
    milliseconds.map_or_else(String::new, |length| format!("{length:.1}"))
}

/// Text within markup.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::escaped;

    #[test]
    fn names_do_not_break_the_picture() {
        assert_eq!(escaped("a<b & \"c\""), "a&lt;b &amp; &quot;c&quot;");
    }
}
