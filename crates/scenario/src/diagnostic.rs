//! What is wrong with a scenario file, and where.

use std::fmt;
use std::ops::Range;

use thiserror::Error;

/// One thing that is wrong with a scenario file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// What is wrong, and what was expected.
    pub message: String,
    /// What to do about it, if that is not said already.
    pub help: Option<String>,
    /// The key, as a path: `fault[0].late-wake-up.by`. Empty if the file is no TOML there.
    pub key: String,
    /// The bytes of the file that it is about.
    pub span: Range<usize>,
    /// The line, counted from 1.
    pub line: usize,
    /// The character in that line, counted from 1.
    pub column: usize,
}

/// Everything that is wrong with a scenario file, in the order of the file. Never empty.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub struct Diagnostics(Vec<Diagnostic>);

impl Diagnostic {
    pub(crate) fn new(text: &str, key: String, span: Range<usize>, message: String) -> Self {
        let start = floor_boundary(text, span.start);
        let end = floor_boundary(text, span.end).max(start);
        let before = &text[..start];
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        Self {
            message,
            help: None,
            key,
            span: start..end,
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
        }
    }
}

/// The last place at or before `at` where a character begins.
fn floor_boundary(text: &str, at: usize) -> usize {
    (0..=at.min(text.len()))
        .rev()
        .find(|at| text.is_char_boundary(*at))
        .unwrap_or(0)
}

impl Diagnostics {
    pub(crate) fn new(mut all: Vec<Diagnostic>) -> Self {
        assert!(!all.is_empty(), "something is wrong");
        all.sort_by_key(|each| (each.span.start, each.span.end));
        all.dedup();
        Self(all)
    }

    /// One by one.
    pub fn iter(&self) -> std::slice::Iter<'_, Diagnostic> {
        self.0.iter()
    }
}

impl<'a> IntoIterator for &'a Diagnostics {
    type Item = &'a Diagnostic;
    type IntoIter = std::slice::Iter<'a, Diagnostic>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}: ", self.line, self.column)?;
        if !self.key.is_empty() {
            write!(f, "{}: ", self.key)?;
        }
        f.write_str(&self.message)?;
        match &self.help {
            Some(help) => write!(f, " ({help})"),
            None => Ok(()),
        }
    }
}

impl fmt::Display for Diagnostics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, each) in self.0.iter().enumerate() {
            if place > 0 {
                f.write_str("\n")?;
            }
            each.fmt(f)?;
        }
        Ok(())
    }
}
