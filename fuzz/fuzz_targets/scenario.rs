//! Any text as a scenario: everything that is wrong with it, or a run that ends; never a panic.
//! A first line that begins with `#set ` is what `--set` would change.

#![no_main]

use libfuzzer_sys::fuzz_target;
use scenario::{Inputs, Pcm, RunOptions, Scenario, run};
use sim::overrides::Override;
use sim::refusal::Refusal;
use sim::trace;

/// No longer run is tried: what can break does so in its first packets.
const NANOS_MAX: u64 = 60_000_000;
/// Nor one with more work in it than this, in frames times clients.
const WORK_MAX: u64 = 100_000;

fuzz_target!(|text: &str| {
    let changed = changed(text);
    let text = changed.as_deref().unwrap_or(text);
    match Scenario::parse(text) {
        Ok(scenario) => play(&scenario),
        Err(diagnostics) => {
            for each in diagnostics.iter() {
                assert!(text.get(each.span.clone()).is_some(), "{each:?}");
                assert!(each.line >= 1 && each.column >= 1 && !each.message.is_empty());
            }
            assert!(
                !Refusal::of_scenario("fuzz", text, &diagnostics)
                    .draw()
                    .is_empty()
            );
        }
    }
});

fn changed(text: &str) -> Option<String> {
    let (first, rest) = text.strip_prefix("#set ")?.split_once('\n')?;
    let mut table = rest.parse().ok()?;
    Override::parse(first).ok()?.apply(&mut table).ok()?;
    Some(toml::to_string(&table).expect("what was read can be written"))
}

fn play(scenario: &Scenario) {
    let rate = u64::from(scenario.device.format.rate.hertz());
    let frames = scenario.duration.nanos().saturating_mul(rate) / 1_000_000_000;
    let work = frames.saturating_mul(scenario.clients.len() as u64 + 1);
    if scenario.duration.nanos() > NANOS_MAX || work > WORK_MAX {
        return;
    }
    let silence = Pcm {
        rate_hz: 48_000,
        channels: 2,
        samples: vec![0.0; 64].into(),
        converted_from_hz: None,
    };
    let inputs: Inputs = scenario
        .inputs()
        .map(|path| (path.to_owned(), silence.clone()))
        .collect();
    let options = RunOptions {
        seed: None,
        keep_history: true,
        keep_samples: true,
    };
    if let Ok(run) = run(scenario, &inputs, &options) {
        assert!(!run.report().is_empty());
        let mut file = Vec::new();
        let written = trace::of(scenario, &run).write(&mut file);
        assert!(written.is_ok() && !file.is_empty());
    }
}
