//! The reference miniports under the kit.

use std::collections::BTreeSet;

use conformance::kit::Kit;
use conformance::reference::Reference;

/// So many by hand; the suite takes a few.
fn seeds() -> std::ops::RangeInclusive<u64> {
    1..=std::env::var("SEEDS").map_or(24, |seeds| seeds.parse().expect("a number"))
}

#[test]
fn what_is_done_right_breaks_no_rule() {
    for reference in Reference::ALL {
        for seed in seeds().filter(|_| reference.known().is_empty()) {
            let report = Kit::new(seed).cases(3).check(&*reference.bench());
            assert!(report.passed(), "{report}");
        }
    }
}

#[test]
fn the_samples_are_blamed_for_their_documented_defects_and_for_nothing_else() {
    let samples = Reference::ALL
        .into_iter()
        .filter(|each| !each.known().is_empty());
    for sample in samples {
        let known: BTreeSet<_> = sample.known().iter().map(|known| known.number).collect();
        let mut found = BTreeSet::new();
        for seed in seeds() {
            found.extend(Kit::new(seed).cases(16).broken(&*sample.bench()));
        }
        assert_eq!(found, known, "{}", sample.name());
    }
}
