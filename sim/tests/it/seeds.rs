//! The files that fuzzing starts from, and what it once found: all of them, in the ordinary suite.

use scenario::Scenario;
use sim::wav::Wave;
use std::fs;
use std::path::PathBuf;

fn seeds(of: &str) -> Vec<PathBuf> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../fuzz/seeds")
        .join(of);
    let seeds: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    assert!(!seeds.is_empty());
    seeds
}

#[test]
fn no_seed_makes_the_readers_panic() {
    for path in seeds("wav") {
        let _ = Wave::decode(&fs::read(path).unwrap());
    }
    for path in seeds("scenario") {
        let text = fs::read_to_string(&path).unwrap();
        assert!(
            Scenario::parse(&text).is_ok() || Scenario::parse(&text).is_err(),
            "{path:?}"
        );
    }
}
