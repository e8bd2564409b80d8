//! The files that fuzzing starts from, and what it once found: all of them, in the ordinary suite.

use conformance::kit::{History, Kit, Outcome, Verdict};
use conformance::pin::PinHistory;
use conformance::reference::Reference;
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

/// What `outcome` is, if it is a rule that nobody knew to be broken.
fn unknown(outcome: &Outcome, of: Reference) -> Option<&'static str> {
    let is_broken = matches!(outcome.verdict, Verdict::Broken(_));
    (is_broken && outcome.known(of.known()).is_none()).then_some(outcome.rule.number)
}

#[test]
fn the_miniports_break_no_rule_in_any_history_that_fuzzing_starts_from() {
    for path in seeds("miniports") {
        let history = History::parse(&fs::read_to_string(&path).unwrap()).unwrap();
        for reference in Reference::ALL {
            let bench = reference.bench();
            if bench.limits().hold(&history.setup) {
                let report = Kit::new(1).replay(&*bench, &history);
                let broken = report
                    .outcomes
                    .iter()
                    .find_map(|each| unknown(each, reference));
                assert_eq!(broken, None, "{path:?}: {}", reference.name());
            }
        }
    }
}

#[test]
fn the_pins_do_what_the_rules_allow_in_any_history_that_fuzzing_starts_from() {
    let known_good = |reference: &Reference| reference.known().is_empty();
    for path in seeds("pins") {
        let history = PinHistory::parse(&fs::read_to_string(&path).unwrap()).unwrap();
        for reference in Reference::ALL.into_iter().filter(known_good) {
            let Some(pins) = reference.pins() else {
                continue;
            };
            if pins.limits().hold(&history.setup) {
                let trial = pins.put_through(&history);
                assert!(trial.is_kept(), "{path:?}: {}\n{trial}", pins.name());
            }
        }
    }
}
