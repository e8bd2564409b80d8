//! Rows of all shards together: is each run there, and there once?

use super::failure::Failure;
use super::folder::{Folder, PartKey, read, shown};
use super::plan::{Part, Plan};
use super::row::{Row, RowsDigest};
use super::summary::Summaries;
use crate::args::Shard;
use crate::refusal::Refusal;
use std::collections::BTreeMap;
use std::collections::VecDeque;
use std::path::{Path, PathBuf};

/// Missing parts that are told one by one.
const TOLD_MAX: usize = 5;

/// What is known of a sweep when its rows are.
#[derive(Debug)]
pub(super) struct Merged {
    pub(super) summaries: Summaries,
    pub(super) digest: RowsDigest,
    /// Files that were written.
    pub(super) written: Vec<PathBuf>,
}

/// Puts the rows in `folders` together, and writes them into `out` or the first of the folders.
///
/// # Errors
/// [`Failure`]: the folders are not of one sweep, a run is missing or there twice, or nothing can
/// be written.
pub(super) fn merge(folders: &[PathBuf], out: Option<&Path>) -> Result<(Plan, Merged), Failure> {
    let mut plan: Option<Plan> = None;
    let mut parts = BTreeMap::<PartKey, PathBuf>::new();
    for path in folders {
        let (folder, own) = Folder::of_sweep(path)?;
        if let Some(first) = plan
            .as_ref()
            .filter(|first| first.identity() != own.identity())
        {
            let message = format!("this is another sweep than {}", first.label);
            return Err(Refusal::new(&own.label, message, "merge the shards of one sweep").into());
        }
        for (key, path) in folder.parts()? {
            if let Some(other) = parts.insert(key, path.clone()) {
                let message = format!("its runs are in {} as well", shown(&other));
                return Err(Refusal::new(
                    &shown(&path),
                    message,
                    "name each folder once, and delete one of the two files",
                )
                .into());
            }
        }
        plan.get_or_insert(own);
    }
    let first = folders.first().map_or(Path::new(""), PathBuf::as_path);
    let Some(plan) = plan else {
        return Err(Refusal::new(
            "--merge",
            "there is nothing to merge",
            "name the folders of the shards",
        )
        .into());
    };
    let merged = all(&plan, &parts, out.unwrap_or(first), first)?;
    Ok((plan, merged))
}

/// Puts the parts of a whole sweep together and writes all rows into `out`. `told` is the folder
/// that a message names if something is missing.
pub(super) fn all(
    plan: &Plan,
    parts: &BTreeMap<PartKey, PathBuf>,
    out: &Path,
    told: &Path,
) -> Result<Merged, Failure> {
    let of = parts.keys().next().map_or(1, |key| key.shard.of);
    if let Some((other, path)) = parts.iter().find(|(key, _)| key.shard.of != of) {
        let message = format!(
            "this is of {} shards, and others are of {of}",
            other.shard.of
        );
        return Err(Refusal::new(&shown(path), message, "merge shards of one cut").into());
    }
    let mut missing = Vec::new();
    let mut shards = Vec::new();
    for number in 1..=of {
        let own = plan.parts(Shard { number, of });
        missing.extend(
            own.iter()
                .map(Part::key)
                .filter(|key| !parts.contains_key(key)),
        );
        shards.push(own);
    }
    if let Some(first) = missing.first() {
        let some: Vec<String> = missing
            .iter()
            .take(TOLD_MAX)
            .map(|key| format!("{}/{} part {}", key.shard.number, key.shard.of, key.number))
            .collect();
        let more = missing.len().saturating_sub(TOLD_MAX);
        let more = if more > 0 {
            format!(" and {more} more")
        } else {
            String::new()
        };
        let message = format!("not complete: missing are {}{more}", some.join(", "));
        let help = format!(
            "run the same sweep with --shard {}/{} to its end; what is there already is not done again",
            first.shard.number, first.shard.of
        );
        return Err(Refusal::new(&shown(told), message, help).into());
    }
    let mut merged = Merged {
        summaries: Summaries::new(plan),
        digest: RowsDigest::default(),
        written: Vec::new(),
    };
    let mut is_counted = false;
    merged.written = Folder::publish(out, plan, |take| {
        each_row(plan, &shards, parts, |row, line| {
            if !is_counted {
                merged.summaries.add(plan, row);
                merged.digest.add(line);
            }
            take(row, line).is_ok()
        })?;
        is_counted = true;
        Ok(())
    })?;
    Ok(merged)
}

/// What came of the parts of one shard.
pub(super) fn one(
    plan: &Plan,
    own: &[Part],
    parts: &BTreeMap<PartKey, PathBuf>,
) -> Result<Merged, Failure> {
    let mut merged = Merged {
        summaries: Summaries::new(plan),
        digest: RowsDigest::default(),
        written: Vec::new(),
    };
    each_row(plan, &[own.to_vec()], parts, |row, line| {
        merged.summaries.add(plan, row);
        merged.digest.add(line);
        true
    })?;
    Ok(merged)
}

/// Hands every row to `take`, in the order of the runs, as long as it wants them. Of each shard one part
/// is in memory.
fn each_row(
    plan: &Plan,
    shards: &[Vec<Part>],
    parts: &BTreeMap<PartKey, PathBuf>,
    mut take: impl FnMut(&Row, &str) -> bool,
) -> Result<(), Failure> {
    let mut rest: Vec<_> = shards
        .iter()
        .map(|parts| (parts.iter(), VecDeque::new()))
        .collect();
    let total: usize = shards.iter().flatten().map(|part| part.runs.len()).sum();
    for place in 0..total {
        // Runs are dealt out to the shards one by one.
        let (unread, rows) = &mut rest[place % shards.len()];
        if rows.is_empty() {
            let part = unread.next().expect("its runs were counted");
            *rows = read(&parts[&part.key()], plan, part)?.into();
        }
        let (row, line) = rows.pop_front().expect("a part has rows");
        if !take(&row, &line) {
            break;
        }
    }
    Ok(())
}
