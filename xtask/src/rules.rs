//! The table of rules: what each says, and which tests hold it.
//!
//! Rules are listed by hand in `docs/rules/*.md`, one table [row] each: number, the rule in a
//! sentence, its public source, its status; `README.md` there says how. Tests carry the number of what they hold in their
//! name (`r46_run_without_a_buffer_fails`), scenarios in the name of their file
//! (`s05-….toml`): the [register]. This joins the two into one [page], `docs/rules.md`, and
//! knows what is [wrong] between them.

pub mod family;
pub mod page;
pub mod register;
pub mod row;
pub mod wrong;

use crate::{Failure, read, root};
use family::Rule;
use register::Register;
use row::Row;
use std::collections::BTreeMap;
use std::path::PathBuf;

/// Everything that is known about the rules: the rows, and who holds what.
#[derive(Debug, Default)]
pub struct Rules {
    rows: BTreeMap<Rule, Row>,
    held: Register,
}

impl Rules {
    /// Reads the lists of rules and the names of all tests and scenarios of this repository.
    ///
    /// # Errors
    /// [`Failure`], if a file cannot be read, or if two rows describe the same rule.
    pub fn of_the_repository() -> Result<Self, Failure> {
        let mut lists = Vec::new();
        for path in crate::files_below(&root().join("docs/rules"), "md")? {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            if name != "README.md" {
                lists.push((name.clone().into_owned(), read(&path)?));
            }
        }
        let lists = lists
            .iter()
            .map(|(name, text)| (name.as_str(), text.as_str()));
        Self::joined(lists, Register::of_the_repository()?)
    }

    /// Joins lists, each a file's name and its text, with who holds what.
    ///
    /// # Errors
    /// [`Failure`], if two rows describe the same rule.
    pub fn joined<'a>(
        lists: impl IntoIterator<Item = (&'a str, &'a str)>,
        held: Register,
    ) -> Result<Self, Failure> {
        let mut rows = BTreeMap::new();
        for (file, text) in lists {
            for row in row::rows(file, text) {
                let rule = row.rule.clone();
                if let Some(other) = rows.insert(rule.clone(), row) {
                    return Err(Failure(format!(
                        "{rule} has a row in {} and one in {file}",
                        other.file
                    )));
                }
            }
        }
        Ok(Self { rows, held })
    }
}

/// Where the generated table lies.
pub fn table_path() -> PathBuf {
    root().join("docs/rules.md")
}

/// The generated table, as it should be.
///
/// # Errors
/// [`Failure`], as [`Rules::of_the_repository`].
pub fn table() -> Result<String, Failure> {
    Ok(page::page(&Rules::of_the_repository()?))
}
