//! Any history of calls on the streams of the miniports: no rule is broken but those that are known to be.

#![no_main]

use conformance::kit::{History, Kind, Kit, Limits, Outcome, Verdict, histories};
use conformance::reference::Reference;
use libfuzzer_sys::{fuzz_mutator, fuzz_target};
use proptest::strategy::{BoxedStrategy, Strategy as _, Union};
use wavert_fuzz::{is_short, mutate};

fuzz_target!(|text: &str| {
    let Ok(history) = History::parse(text) else {
        return;
    };
    assert_eq!(History::parse(&history.to_string()).as_ref(), Ok(&history));
    if !is_short(&history) {
        return;
    }
    for reference in Reference::ALL {
        let bench = reference.bench();
        if !bench.limits().hold(&history.setup) {
            continue;
        }
        let report = Kit::new(1).replay(&*bench, &history);
        let unknown = |outcome: &&Outcome| {
            matches!(outcome.verdict, Verdict::Broken(_))
                && outcome.known(reference.known()).is_none()
        };
        let broken: Vec<_> = report
            .outcomes
            .iter()
            .filter(unknown)
            .map(|outcome| outcome.rule.number)
            .collect();
        assert!(broken.is_empty(), "{}: {broken:?}\n{history}", bench.name());
    }
});

fn drawn(limits: &Limits) -> BoxedStrategy<History> {
    Union::new(Kind::STREAM.iter().map(|kind| histories(*kind, limits))).boxed()
}

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    mutate(data, size, max_size, seed, &drawn)
});
