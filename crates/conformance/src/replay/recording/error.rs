//! What can be wrong with a recording.

use thiserror::Error;

use super::COLUMNS;

/// What is wrong with a recording, where, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{line}:{column}: {message} ({help})")]
pub struct RecordingError {
    /// Counted from 1.
    pub line: usize,
    /// Counted from 1, in characters.
    pub column: usize,
    /// The name of the column of the table, where there is one.
    pub key: Option<&'static str>,
    /// What is wrong.
    pub message: String,
    /// What can be done about it.
    pub help: String,
}

/// A header and nothing else, or not even that.
pub(super) fn no_rows() -> RecordingError {
    RecordingError {
        line: 1,
        column: 1,
        key: None,
        message: "there is no row".into(),
        help: "a recording has a header and at least one row".into(),
    }
}

/// A header that is not ours. `found` is the first name that does not fit, at `column`.
pub(super) fn wrong_header(column: usize, found: &str, wanted: Option<&str>) -> RecordingError {
    let message = match wanted {
        Some(wanted) => format!("the header says `{found}` and not `{wanted}`"),
        None => format!("the header has `{found}` too many"),
    };
    RecordingError {
        line: 1,
        column,
        key: None,
        message,
        help: format!("the header reads {}", COLUMNS.join(",")),
    }
}
