//! Why something was refused: drawn for a person, or as JSON.

use conformance::replay::RecordingError;
use scenario::{Diagnostic, Diagnostics};
use serde_json::{Value, json};
use std::fmt::Write as _;

/// Problems of one file that are drawn; the first ones are what a person mends.
const DRAWN_MAX: usize = 20;
/// Characters of a line that are drawn; of a longer one those around the stretch that is meant.
const LINE_MAX: usize = 120;
/// How many of them stand before the stretch.
const BEFORE_MAX: usize = 40;

/// Everything that is wrong with one file, or with what goes with it. Never empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal(Vec<Problem>);

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// What it is, with the key it is about where there is one.
    pub message: String,
    /// What can be done about it.
    pub help: Option<String>,
    /// The file as the user named it.
    pub file: String,
    /// Where in the file.
    pub place: Option<Place>,
}

/// A stretch of one line of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The key, as a path; empty if there is none.
    pub key: String,
    /// Counted from 1.
    pub line: usize,
    /// Counted from 1, in characters.
    pub column: usize,
    /// The whole line.
    text: String,
    /// Characters of the stretch, as far as they are on this line.
    width: usize,
}

impl Refusal {
    /// A problem without a place in a text.
    pub fn new(file: &str, message: impl Into<String>, help: impl Into<String>) -> Self {
        let (file, message, help) = (file.to_owned(), message.into(), Some(help.into()));
        Self(vec![Problem {
            message,
            help,
            file,
            place: None,
        }])
    }

    /// What the scenario format says about a text.
    pub fn of_scenario(file: &str, text: &str, diagnostics: &Diagnostics) -> Self {
        let lines: Vec<&str> = text.lines().collect();
        let problem = |diagnostic: &Diagnostic| {
            let line = lines.get(diagnostic.line - 1).copied().unwrap_or_default();
            Problem::of(file, line, text, diagnostic)
        };
        Self(diagnostics.iter().map(problem).collect())
    }

    /// What is wrong with a recording.
    pub fn of_recording(file: &str, text: &str, error: &RecordingError) -> Self {
        let line = text.lines().nth(error.line - 1).unwrap_or_default();
        let rest = line.chars().skip(error.column - 1);
        let width = rest.take_while(|c| !matches!(c, ',' | ';')).count().max(1);
        Self(vec![Problem {
            message: error.message.clone(),
            help: Some(error.help.clone()),
            file: file.to_owned(),
            place: Some(Place {
                key: error.key.unwrap_or_default().to_owned(),
                line: error.line,
                column: error.column,
                text: line.to_owned(),
                width,
            }),
        }])
    }

    /// One by one.
    pub fn problems(&self) -> &[Problem] {
        &self.0
    }

    /// As text, one picture per problem.
    pub fn draw(&self) -> String {
        let mut text: String = self.0.iter().take(DRAWN_MAX).map(Problem::draw).collect();
        if let Some(more @ 1..) = self.0.len().checked_sub(DRAWN_MAX) {
            let _ = writeln!(text, "and {more} more");
        }
        text
    }

    /// As the JSON object that takes the place of a result.
    pub fn to_json(&self) -> Value {
        let problems = self.0.iter().map(Problem::to_json).collect::<Vec<_>>();
        let first = &self.0[0];
        json!({
            "schema": 1,
            "scenario": first.file,
            "error": format!("{}{}", first.location(), first.message),
            "problems": problems,
        })
    }
}

impl Problem {
    fn of(file: &str, line: &str, text: &str, diagnostic: &Diagnostic) -> Self {
        let spanned = text.get(diagnostic.span.clone()).unwrap_or_default();
        let width = spanned
            .lines()
            .next()
            .unwrap_or_default()
            .chars()
            .count()
            .max(1);
        Self {
            message: in_words(&diagnostic.message),
            help: diagnostic.help.clone(),
            file: file.to_owned(),
            place: Some(Place {
                key: diagnostic.key.clone(),
                line: diagnostic.line,
                column: diagnostic.column,
                text: line.to_owned(),
                width,
            }),
        }
    }

    /// `file:line:column: key: `, as far as known.
    fn location(&self) -> String {
        match &self.place {
            Some(place) if place.key.is_empty() => {
                format!("{}:{}:{}: ", self.file, place.line, place.column)
            }
            Some(place) => {
                format!(
                    "{}:{}:{}: `{}`: ",
                    self.file, place.line, place.column, place.key
                )
            }
            None => format!("{}: ", self.file),
        }
    }

    fn draw(&self) -> String {
        let mut picture = format!("error: {}{}\n", self.location(), self.message);
        if let Some(place) = &self.place {
            let number = place.line.to_string();
            let gutter = " ".repeat(number.len());
            let (line, mark) = place.draw();
            let _ = writeln!(picture, "{gutter} |\n{number} | {line}");
            let _ = writeln!(picture, "{gutter} | {mark}");
        }
        if let Some(help) = &self.help {
            let _ = writeln!(picture, "  help: {help}");
        }
        picture
    }

    fn to_json(&self) -> Value {
        let place = self.place.as_ref();
        json!({
            "message": self.message,
            "help": self.help,
            "file": self.file,
            "line": place.map(|place| place.line),
            "column": place.map(|place| place.column),
            "key": place.map(|place| place.key.as_str()).filter(|key| !key.is_empty()),
        })
    }
}

impl Place {
    /// The line and the mark below it, both cut around the stretch where the line is long.
    fn draw(&self) -> (String, String) {
        let length = self.text.chars().count();
        let before = self.column - 1;
        let first = if length > LINE_MAX {
            before.saturating_sub(BEFORE_MAX)
        } else {
            0
        };
        let shown: String = self.text.chars().skip(first).take(LINE_MAX).collect();
        let cut = |cut: bool| if cut { "…" } else { "" };
        let (left, right) = (cut(first > 0), cut(length > first + LINE_MAX));
        // Tabs stay tabs, so that the mark stands below what it marks.
        let indent = left.chars().chain(shown.chars().take(before - first));
        let indent: String = indent.map(|c| if c == '\t' { c } else { ' ' }).collect();
        let room = (first + LINE_MAX).saturating_sub(before).max(1);
        let mark = "^".repeat(self.width.min(room));
        (format!("{left}{shown}{right}"), indent + &mark)
    }
}

/// What a parser says in the words of Rust, in those of the format.
fn in_words(message: &str) -> String {
    if message == "wanted string or table" {
        return "expected a text or a table".into();
    }
    let Some((found, wanted)) = message.rsplit_once("expected ") else {
        return message.to_owned();
    };
    let wanted = match wanted {
        "u8" => "a whole number from 0 to 255",
        "u32" => "a whole number from 0 to 4294967295",
        "u64" => "a whole number, 0 or more",
        "i64" => "a whole number",
        "a string" => "a text",
        "a boolean" => "`true` or `false`",
        "a sequence" => "a list",
        "a map" => "a table",
        _ if wanted.starts_with("struct ") => "a table",
        _ => return message.to_owned(),
    };
    format!("{found}expected {wanted}")
}

#[cfg(test)]
mod tests {
    use super::Refusal;
    use scenario::Scenario;

    #[test]
    fn a_file_that_is_no_toml_at_all_is_told_in_a_few_lines() {
        let text = "[[[[ = \"\n".repeat(2_000);
        let picture =
            Refusal::of_scenario("a.toml", &text, &Scenario::parse(&text).unwrap_err()).draw();
        assert!(
            (1..=8).contains(&picture.matches("error: ").count()),
            "{picture}"
        );
    }

    #[test]
    fn of_many_problems_the_first_ones_are_drawn() {
        let text = format!(
            "name = \"x\"\nduration = \"1s\"\n{}",
            "[[fault]]\nx = 1\n".repeat(50)
        );
        let picture =
            Refusal::of_scenario("a.toml", &text, &Scenario::parse(&text).unwrap_err()).draw();
        assert_eq!(picture.matches("error: ").count(), 20);
        assert!(picture.ends_with("and 30 more\n"), "{picture}");
    }

    #[test]
    fn a_misfit_is_told_in_the_words_of_the_format() {
        let cases = [
            ("client = [5]", "expected a table"),
            ("device = 3", "expected a table"),
            ("seed = \"x\"", "expected a whole number, 0 or more"),
            ("engine.packets = -1", "expected a whole number from 0"),
            ("engine.limiter = 3", "expected `true` or `false`"),
            ("expect.glitches = 4", "expected a list"),
        ];
        for (line, words) in cases {
            let text = format!("name = \"x\"\nduration = \"1s\"\n{line}\n");
            let found = Scenario::parse(&text).unwrap_err();
            let picture = Refusal::of_scenario("a.toml", &text, &found).draw();
            assert!(picture.contains(words), "{picture}");
        }
    }

    #[test]
    fn of_a_long_line_what_is_meant_is_drawn() {
        let long = "ü".repeat(100_000);
        let text = format!("name = \"{long}\"; duration = 5 # {long}\n");
        let picture =
            Refusal::of_scenario("a.toml", &text, &Scenario::parse(&text).unwrap_err()).draw();
        let lines: Vec<&str> = picture.lines().collect();
        let (line, mark) = (lines[2], lines[3]);
        assert!(line.chars().count() < 130 && mark.chars().count() < 130);
        let at = mark.chars().position(|c| c == '^').unwrap();
        assert_eq!(line.chars().nth(at), Some(';'), "{picture}");
        assert!(line.contains("| …ü") && line.ends_with('…'), "{picture}");

        let text = format!("name = \"x\"\nduration = \"{long}\"\n");
        let picture =
            Refusal::of_scenario("a.toml", &text, &Scenario::parse(&text).unwrap_err()).draw();
        let lines = picture.lines().skip(1).take(3);
        assert!(lines.into_iter().all(|line| line.chars().count() < 130));
    }

    #[test]
    fn the_mark_stands_below_what_it_marks() {
        let text = "name = \"ü\"\nduration = \"10\"\n";
        let diagnostics = Scenario::parse(text).unwrap_err();
        let picture = Refusal::of_scenario("a.toml", text, &diagnostics).draw();
        let lines: Vec<&str> = picture.lines().collect();
        assert!(
            lines[0].starts_with("error: a.toml:2:12: `duration`: "),
            "{picture}"
        );
        assert_eq!(
            lines[1..4],
            ["  |", "2 | duration = \"10\"", "  |            ^^^^"]
        );
    }
}
