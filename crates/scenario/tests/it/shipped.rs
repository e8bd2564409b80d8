//! The scenarios that are compiled in.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use scenario::{Scenario, shipped};

/// The folder of the scenario files.
fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scenarios")
}

fn files_below(folder: &Path, prefix: &str, found: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name().into_string().unwrap();
        if entry.file_type().unwrap().is_dir() {
            files_below(&entry.path(), &format!("{prefix}{name}/"), found);
        } else if entry.path().extension().is_some_and(|end| end == "toml") {
            found.insert(format!("{prefix}{name}"));
        }
    }
}

#[test]
fn every_file_is_compiled_in() {
    let mut files = BTreeSet::new();
    files_below(&folder(), "", &mut files);
    let compiled: BTreeSet<_> = shipped().iter().map(|each| each.path.to_owned()).collect();
    assert_eq!(files, compiled);
    let names: BTreeSet<_> = shipped().iter().map(|each| each.name).collect();
    assert_eq!(names.len(), shipped().len(), "a name is used twice");
}

#[test]
fn every_scenario_parses_and_tells_its_story() {
    for each in shipped() {
        let scenario = Scenario::parse(each.text).unwrap_or_else(|e| panic!("{}: {e}", each.path));
        assert!(
            each.text.starts_with("# "),
            "{} begins with its story",
            each.path
        );
        assert!(
            each.text.contains("# Shows: "),
            "{} says what it shows",
            each.path
        );
        assert_ne!(
            scenario.expect,
            scenario::Expect::default(),
            "{} expects nothing",
            each.path
        );
    }
}
