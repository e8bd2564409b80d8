//! Any history of requests to a whole pin: every answer is one that the rules allow, and afterwards the
//! pin can be opened, run and closed.

#![no_main]

use conformance::pin::{Ask, Connect, PinHistory, PinStep, pin_histories};
use conformance::reference::Reference;
use ks::KsState;
use libfuzzer_sys::{fuzz_mutator, fuzz_target};
use units::Hns;
use wavert_fuzz::{is_short, mutate};

fuzz_target!(|text: &str| {
    let Ok(mut history) = PinHistory::parse(text) else {
        return;
    };
    assert_eq!(
        PinHistory::parse(&history.to_string()).as_ref(),
        Ok(&history)
    );
    if !is_short(&history) {
        return;
    }
    let again = [
        Ask::Close,
        Ask::Open(Connect::Right),
        Ask::Buffer {
            requested: history.setup.buffer(),
            packets: Some(history.setup.packets),
        },
        Ask::State(KsState::Run),
        Ask::Position,
        Ask::Close,
    ];
    let step = |call| PinStep {
        after: Hns::new(1_000),
        call,
    };
    history.steps.extend(again.map(step));
    for reference in Reference::ALL
        .into_iter()
        .filter(|reference| reference.known().is_empty())
    {
        let Some(pins) = reference.pins() else {
            continue;
        };
        if pins.limits().hold(&history.setup) {
            let trial = pins.put_through(&history);
            assert!(trial.is_kept(), "{}\n{trial}\n{history}", pins.name());
        }
    }
});

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    mutate(data, size, max_size, seed, &pin_histories)
});
