//! Where a scenario comes from: a file, the shipped ones, or standard input.

use crate::refusal::Refusal;
use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};

/// No scenario is longer than this; a larger file is something else.
const BYTES_MAX: u64 = 1 << 18;

/// The text of a scenario, and where it comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// What messages call it: the path, or the shipped name.
    pub label: String,
    /// What its output folder is called, where there are several.
    pub stem: String,
    /// Where the files that it names lie.
    pub folder: Folder,
    /// The text.
    pub text: String,
}

/// Where the files that a scenario names lie.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Folder {
    /// Beside the scenario's own file.
    Disk(PathBuf),
    /// In the binary, with the shipped scenarios.
    Shipped,
}

impl Source {
    /// Finds everything that the user named, in that order.
    ///
    /// Standard input has one text, so only the first `-` is found.
    pub fn find_all(names: &[String]) -> Vec<Result<Self, Refusal>> {
        let mut read = false;
        let find = |name: &String| {
            if name == "-" && std::mem::replace(&mut read, true) {
                let message = "standard input is named twice, and can be read once";
                return Err(Refusal::new(name, message, "leave the second - away"));
            }
            Self::find(name)
        };
        names.iter().map(find).collect()
    }

    /// Finds what the user named: `-`, a file, or a shipped scenario.
    ///
    /// # Errors
    /// [`Refusal`], if there is none, or if it is no text.
    pub fn find(name: &str) -> Result<Self, Refusal> {
        if name == "-" {
            return Self::standard_input();
        }
        let path = Path::new(name);
        // A pipe will do, too: `wavert run <(sed … scenario.toml)`.
        if path.exists() && !path.is_dir() {
            return Self::file(name, path);
        }
        if let Some(shipped) = scenario::shipped()
            .iter()
            .find(|shipped| shipped.name == name)
        {
            let (label, stem) = (name.to_owned(), name.to_owned());
            return Ok(Self {
                label,
                stem,
                folder: Folder::Shipped,
                text: shipped.text.to_owned(),
            });
        }
        if path.is_dir() {
            let help = "name a scenario file in it, or all of them: FOLDER/*.toml";
            return Err(Refusal::new(name, "this is a folder", help));
        }
        let help = match nearest(name) {
            Some(nearest) => format!("did you mean `{nearest}`? `wavert list` shows all"),
            None => "check the path; `wavert list` shows the shipped ones".to_owned(),
        };
        Err(Refusal::new(
            name,
            "no such file, and no shipped scenario of that name",
            help,
        ))
    }

    fn file(name: &str, path: &Path) -> Result<Self, Refusal> {
        let file = fs::File::open(path).map_err(|error| unreadable(name, &error))?;
        let stem = path
            .file_stem()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let folder = Folder::Disk(path.parent().map(Path::to_path_buf).unwrap_or_default());
        Ok(Self {
            label: name.to_owned(),
            stem,
            folder,
            text: text(name, file)?,
        })
    }

    fn standard_input() -> Result<Self, Refusal> {
        let text = text("-", std::io::stdin())?;
        let folder = Folder::Disk(PathBuf::new());
        Ok(Self {
            label: "-".into(),
            stem: "stdin".into(),
            folder,
            text,
        })
    }
}

fn text(name: &str, file: impl std::io::Read) -> Result<String, Refusal> {
    let mut bytes = Vec::new();
    file.take(BYTES_MAX + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| unreadable(name, &error))?;
    if bytes.len() as u64 > BYTES_MAX {
        let message = format!(
            "longer than {} KiB, so this is no scenario",
            BYTES_MAX >> 10
        );
        return Err(Refusal::new(name, message, "name the scenario's TOML file"));
    }
    String::from_utf8(bytes).map_err(|error| {
        let message = format!(
            "no UTF-8 text from byte {} on",
            error.utf8_error().valid_up_to()
        );
        Refusal::new(name, message, "save the file as UTF-8")
    })
}

fn unreadable(name: &str, error: &std::io::Error) -> Refusal {
    Refusal::new(
        name,
        format!("cannot be read: {error}"),
        "check that you may read it",
    )
}

/// The shipped scenario whose name is closest, if it is close enough to be meant.
fn nearest(name: &str) -> Option<&'static str> {
    let wanted = name.strip_suffix(".toml").unwrap_or(name);
    let distances = scenario::shipped()
        .iter()
        .map(|each| (distance(wanted, each.name), each.name));
    let (distance, nearest) = distances.min()?;
    (distance <= wanted.len() / 3).then_some(nearest)
}

/// How many letters have to be added, dropped or changed to make one word of the other.
fn distance(from: &str, to: &str) -> usize {
    let to: Vec<char> = to.chars().collect();
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (done, letter) in from.chars().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], done + 1);
        for (at, &other) in to.iter().enumerate() {
            let kept = diagonal + usize::from(letter != other);
            diagonal = row[at + 1];
            row[at + 1] = kept.min(diagonal + 1).min(row[at] + 1);
        }
    }
    row[to.len()]
}

#[cfg(test)]
mod tests {
    use super::distance;

    #[test]
    fn distances_count_letters() {
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(distance("late-wakeup", "late-wake-up"), 1);
        assert_eq!(distance("kitten", "sitting"), 3);
    }
}
