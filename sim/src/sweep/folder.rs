//! The folder of a sweep: its plan, and the parts that are done.
//!
//! ```text
//! DIR/sweep.json                    what the sweep is
//! DIR/parts/3-of-8.000012.jsonl     rows of one part, there when all of them are
//! DIR/rows.jsonl, DIR/rows.csv      all rows, when the sweep is complete
//! ```

use super::failure::Failure;
use super::plan::{Part, Plan};
use super::row::Row;
use crate::args::Shard;
use crate::output::{Staged, clear_abandoned};
use crate::refusal::Refusal;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

const PLAN: &str = "sweep.json";
const PARTS: &str = "parts";

/// The folder of a sweep.
#[derive(Debug)]
pub(super) struct Folder {
    path: PathBuf,
}

/// Which part a file holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct PartKey {
    pub(super) shard: Shard,
    pub(super) number: u64,
}

impl Folder {
    /// Opens the folder of `plan`, or makes it.
    ///
    /// # Errors
    /// [`Failure`], if it cannot be written or holds another sweep.
    pub(super) fn open(path: &Path, plan: &Plan, shard: Shard) -> Result<Self, Failure> {
        let folder = Self {
            path: path.to_path_buf(),
        };
        let identity = plan.identity();
        let file = path.join(PLAN);
        if file.exists() {
            folder.is_of(&identity)?;
        } else {
            let staged = Staged::open(path).and_then(|mut staged| {
                staged.add(PLAN, |file| writeln!(file, "{identity:#}"))?;
                staged.publish()
            });
            staged.map_err(|error| Failure::output(&plan.label, &error))?;
        }
        let parts = path.join(PARTS);
        clear_abandoned(&parts, |_| true);
        let other = folder
            .parts()?
            .into_keys()
            .find(|key| key.shard.of != shard.of);
        if let Some(PartKey { shard: other, .. }) = other {
            let message = format!(
                "the folder holds parts of {}/{}, and this is {}/{}",
                other.number, other.of, shard.number, shard.of
            );
            let help =
                "cut a sweep into the same number of shards everywhere, or choose another --out";
            return Err(Refusal::new(&shown(&parts), message, help).into());
        }
        Ok(folder)
    }

    /// Opens a folder that is there, with the sweep that it holds.
    ///
    /// # Errors
    /// [`Refusal`], if there is none, or if it holds no sweep.
    pub(super) fn of_sweep(path: &Path) -> Result<(Self, Plan), Refusal> {
        let folder = Self {
            path: path.to_path_buf(),
        };
        let text = folder.read_plan()?;
        let plan = Plan::of_identity(&shown(&path.join(PLAN)), &text)?;
        Ok((folder, plan))
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    fn read_plan(&self) -> Result<String, Refusal> {
        let file = self.path.join(PLAN);
        fs::read_to_string(&file).map_err(|error| {
            let help = "name a folder that `wavert sweep --out` has written";
            Refusal::new(&shown(&file), format!("cannot be read: {error}"), help)
        })
    }

    fn is_of(&self, identity: &Value) -> Result<(), Refusal> {
        let text = self.read_plan()?;
        let label = shown(&self.path.join(PLAN));
        let help = "choose another --out, or sweep what this folder is for";
        let there: Value = serde_json::from_str(&text).map_err(|error| {
            Refusal::new(&label, format!("this is no plan of a sweep: {error}"), help)
        })?;
        let keys = [
            "wavert",
            "scenario",
            "vary",
            "first_seed",
            "seeds",
            "latencies",
        ];
        let other: Vec<&str> = keys
            .into_iter()
            .filter(|key| there[key] != identity[key])
            .collect();
        if there == *identity {
            return Ok(());
        }
        let message = format!(
            "the folder holds another sweep; other are: {}",
            other.join(", ")
        );
        Err(Refusal::new(&label, message, help))
    }

    /// The parts that are there.
    ///
    /// # Errors
    /// [`Refusal`], if the folder cannot be read.
    pub(super) fn parts(&self) -> Result<BTreeMap<PartKey, PathBuf>, Refusal> {
        let parts = self.path.join(PARTS);
        if !parts.exists() {
            return Ok(BTreeMap::new());
        }
        let unreadable = |error: std::io::Error| {
            let message = format!("cannot be read: {error}");
            Refusal::new(&shown(&parts), message, "check that you may read it")
        };
        let mut found = BTreeMap::new();
        for entry in fs::read_dir(&parts).map_err(unreadable)? {
            let entry = entry.map_err(unreadable)?;
            if let Some(key) = entry.file_name().to_str().and_then(PartKey::of_name) {
                found.insert(key, entry.path());
            }
        }
        Ok(found)
    }

    /// Writes the rows of a part, all or none.
    ///
    /// # Errors
    /// [`Failure`], if they cannot be written.
    pub(super) fn write(&self, plan: &Plan, part: &Part, rows: &[Row]) -> Result<(), Failure> {
        let written = Staged::open(&self.path.join(PARTS)).and_then(|mut staged| {
            staged.add(&part.key().name(), |file| {
                rows.iter()
                    .try_for_each(|row| writeln!(file, "{}", row.to_json(plan)))
            })?;
            staged.publish()
        });
        written.map_err(|error| Failure::output(&plan.label, &error))?;
        Ok(())
    }

    /// Writes the files of a whole sweep, all or none: `each` hands every row, with its line of
    /// JSON, to whoever takes them. Says which files there are.
    ///
    /// # Errors
    /// [`Failure`], that of `each` or of writing.
    pub(super) fn publish(
        path: &Path,
        plan: &Plan,
        mut each: impl FnMut(&mut dyn FnMut(&Row, &str) -> std::io::Result<()>) -> Result<(), Failure>,
    ) -> Result<Vec<PathBuf>, Failure> {
        let failed = |error: &_| Failure::output(&plan.label, error);
        let mut staged = Staged::open(path).map_err(|error| failed(&error))?;
        for (name, head) in [
            ("rows.jsonl", None),
            ("rows.csv", Some(Row::csv_head(plan))),
        ] {
            let mut stopped = None;
            let added = staged.add(name, |file| {
                if let Some(head) = &head {
                    writeln!(file, "{head}")?;
                }
                let mut unwritten = None;
                let read = each(&mut |row, line| {
                    let written = match &head {
                        Some(_) => writeln!(file, "{}", row.to_csv(plan)),
                        None => writeln!(file, "{line}"),
                    };
                    written.inspect_err(|error| unwritten = Some(error.kind()))
                });
                stopped = read.err();
                unwritten.map_or(Ok(()), |kind| Err(kind.into()))
            });
            added.map_err(|error| failed(&error))?;
            if let Some(failure) = stopped {
                return Err(failure);
            }
        }
        staged.publish().map_err(|error| failed(&error))
    }
}

impl Part {
    pub(super) fn key(&self) -> PartKey {
        PartKey {
            shard: self.shard,
            number: self.number,
        }
    }
}

impl PartKey {
    /// `3-of-8.000012.jsonl`.
    fn name(self) -> String {
        format!(
            "{}-of-{}.{:06}.jsonl",
            self.shard.number, self.shard.of, self.number
        )
    }

    fn of_name(name: &str) -> Option<Self> {
        let (shard, number) = name.strip_suffix(".jsonl")?.split_once('.')?;
        let (shard, of) = shard.split_once("-of-")?;
        let shard = Shard {
            number: shard.parse().ok()?,
            of: of.parse().ok()?,
        };
        let key = Self {
            shard,
            number: number.parse().ok()?,
        };
        (key.name() == name).then_some(key)
    }
}

/// The rows in the file of `part`, each with its line.
///
/// # Errors
/// [`Refusal`], if they are not all of the part, with the place.
pub(super) fn read(path: &Path, plan: &Plan, part: &Part) -> Result<Vec<(Row, String)>, Refusal> {
    let help = "delete this file; the same sweep makes it anew";
    let label = shown(path);
    let refuse =
        |line: usize, message: String| Refusal::new(&format!("{label}:{line}"), message, help);
    let text = fs::read_to_string(path)
        .map_err(|error| Refusal::new(&label, format!("cannot be read: {error}"), help))?;
    let mut rows = Vec::with_capacity(part.runs.len());
    let mut runs = part.runs.iter();
    for (line, number) in text.split_inclusive('\n').zip(1..) {
        let Some(&run) = runs.next() else {
            let message = format!("the part has {} rows, and here is another", part.runs.len());
            return Err(refuse(number, message));
        };
        let Some(line) = line.strip_suffix('\n') else {
            return Err(refuse(number, "the line ends in the middle".into()));
        };
        let row = Row::of_json(plan, run, line).map_err(|message| refuse(number, message))?;
        rows.push((row, line.to_owned()));
    }
    if let Some(run) = runs.next() {
        let message = format!(
            "the file ends before run {run} and is to have {} rows",
            part.runs.len()
        );
        return Err(refuse(rows.len() + 1, message));
    }
    Ok(rows)
}

/// A path as messages show it.
pub(super) fn shown(path: &Path) -> String {
    path.display().to_string()
}

#[cfg(test)]
mod tests {
    use super::{PartKey, read};
    use crate::args::Shard;
    use crate::sweep::plan::tests::plan;
    use crate::sweep::row::{Figures, Row};
    use std::fs;

    #[test]
    fn a_part_is_known_by_its_name() {
        let key = PartKey {
            shard: Shard { number: 3, of: 8 },
            number: 12,
        };
        assert_eq!(key.name(), "3-of-8.000012.jsonl");
        assert_eq!(PartKey::of_name(&key.name()), Some(key));
        for other in [
            "3-of-8.12.jsonl",
            "3-of-8.000012.csv",
            ".3-of-8.000012.jsonl.7.partial",
            "notes.jsonl",
        ] {
            assert_eq!(PartKey::of_name(other), None, "{other}");
        }
    }

    #[test]
    fn a_part_that_is_not_whole_is_refused_with_its_line() {
        let plan = plan(&[], 70);
        let parts = plan.parts(Shard::WHOLE);
        let part = crate::sweep::plan::Part {
            runs: vec![0, 1, 2],
            ..parts[0].clone()
        };
        let row = |run| Row {
            run,
            figures: Figures::default(),
            digest: "d".into(),
        };
        let text: String = part
            .runs
            .iter()
            .map(|&run| row(run).to_json(&plan) + "\n")
            .collect();
        let path = std::env::temp_dir().join(format!("wavert-part-{}.jsonl", std::process::id()));
        let told = |text: &str| {
            fs::write(&path, text).unwrap();
            read(&path, &plan, &part).map_err(|refusal| refusal.draw())
        };
        assert_eq!(told(&text).unwrap().len(), 3);
        let second = text.match_indices('\n').nth(1).unwrap().0 + 1;
        let cases = [
            (
                text[..text.len() - 5].to_owned(),
                ".jsonl:3: the line ends in the middle",
            ),
            (
                text[..text.len() - 1].to_owned(),
                ".jsonl:3: the line ends in the middle",
            ),
            (
                text[..second].to_owned(),
                ".jsonl:3: the file ends before run 2",
            ),
            (String::new(), ".jsonl:1: the file ends before run 0"),
            (format!("{text}{{}}\n"), ".jsonl:4: the part has 3 rows"),
            (
                text.replace("\"run\":1", "\"run\":2"),
                ".jsonl:2: this is not run 1",
            ),
        ];
        for (text, expected) in cases {
            let told = told(&text).unwrap_err();
            assert!(
                told.contains(expected) && told.contains("help: delete this file"),
                "{told}"
            );
        }
        fs::remove_file(&path).unwrap();
    }
}
