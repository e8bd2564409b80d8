//! What a list says about a rule.

use super::family::Rule;

/// One row: `| R46 | sentence | source | status |`.
#[derive(Debug, PartialEq, Eq)]
pub struct Row {
    /// The rule.
    pub rule: Rule,
    /// The rule in a sentence.
    pub says: String,
    /// How far it is held.
    pub status: Status,
    /// The words of the status.
    pub words: String,
    /// The file with the row.
    pub file: String,
}

/// How far a rule is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Status {
    /// `held`, perhaps with a remark: a test has the number in its name.
    Held,
    /// `by type`: what would break the rule cannot be written.
    ByType,
    /// `in part: what is missing`: there is a test, and it does not cover everything.
    InPart,
    /// `later: with what`: comes with what it is about.
    Later,
    /// `left out: why, and who could tell`.
    LeftOut,
    /// Anything else.
    Unknown,
}

impl Status {
    /// Reads the first words of a status; those that miss something must say what.
    pub fn parse(words: &str) -> Self {
        let starts = |with: &str| {
            words
                .strip_prefix(with)
                .and_then(|rest| rest.strip_prefix([':', ',']))
                .is_some_and(|reason| reason.trim().len() > 3)
        };
        match words {
            "held" => Self::Held,
            "by type" => Self::ByType,
            _ if starts("held") => Self::Held,
            _ if starts("by type") => Self::ByType,
            _ if starts("in part") => Self::InPart,
            _ if starts("later") => Self::Later,
            _ if starts("left out") => Self::LeftOut,
            _ => Self::Unknown,
        }
    }

    /// Whether nothing is missing.
    pub fn is_held(self) -> bool {
        matches!(self, Self::Held | Self::ByType)
    }
}

/// The rows in the tables of a file.
pub fn rows(file: &str, text: &str) -> Vec<Row> {
    let row = |line: &str| {
        let mut cells = line.trim().strip_prefix('|')?.split('|').map(str::trim);
        let rule = Rule::parse(cells.next()?)?;
        let (says, _source, words) = (cells.next()?, cells.next()?, cells.next()?);
        Some(Row {
            rule,
            says: says.to_owned(),
            status: Status::parse(words),
            words: words.to_owned(),
            file: file.to_owned(),
        })
    };
    text.lines().filter_map(row).collect()
}

#[cfg(test)]
mod tests {
    use super::{Row, Rule, Status, rows};

    #[test]
    fn a_row_is_a_rule_and_a_sentence() {
        let page = "| number | rule |\n|---|---|\n| R33 | One step at a time. | page | held |\n";
        let row = Row {
            rule: Rule::parse("R33").unwrap(),
            says: "One step at a time.".into(),
            status: Status::Held,
            words: "held".into(),
            file: "a.md".into(),
        };
        assert_eq!(rows("a.md", page), [row]);
    }

    #[test]
    fn what_is_missing_has_a_reason() {
        assert_eq!(Status::parse("held: none is needed"), Status::Held);
        assert_eq!(
            Status::parse("left out: no IRQL; a verifier could tell"),
            Status::LeftOut
        );
        for bare in ["left out", "left out: ", "later", "in part:", "done", ""] {
            assert_eq!(Status::parse(bare), Status::Unknown, "{bare}");
        }
    }
}
