//! What comes of the shipped scenarios.

use scenario::{Run, RunOptions, Scenario, run, shipped};

use crate::sounds;

fn play(text: &str, options: &RunOptions) -> Run {
    let scenario = Scenario::parse(text).unwrap();
    run(&scenario, &sounds::of(&scenario), options).unwrap()
}

#[test]
fn every_shipped_scenario_meets_what_it_expects() {
    let mut failures = String::new();
    for each in shipped() {
        let run = play(each.text, &RunOptions::default());
        for figure in run.result.expect.iter().filter(|figure| !figure.met) {
            failures += &format!(
                "{}: {}: expected {}, got {}\n",
                each.path, figure.what, figure.expected, figure.actual
            );
        }
    }
    assert!(failures.is_empty(), "\n{failures}");
}
