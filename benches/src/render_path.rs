//! The real render path: client, engine, pin, port, miniport, controller, for the record.
//!
//! No peer models this, so there is no ratio to reach. It stands beside the chain to show what the
//! parts themselves cost: an event here is a pass of the engine or an interrupt, not a sum.

use scenario::{Inputs, RunOptions, Scenario};

/// Ten minutes of a shared client that never comes late.
const SHARED: &str = r#"
name = "ten minutes without a fault"
duration = "10min"

[[client]]
mode = "shared-event"
source = { sine = { frequency = "440Hz", level = "-6dB" } }
"#;

/// Runs the path once, with or without samples, and returns how many events that took.
///
/// # Panics
/// If the path glitches.
pub fn run(keep_samples: bool) -> u64 {
    let scenario = Scenario::parse(SHARED).expect("a scenario of ours");
    let options = RunOptions {
        keep_samples,
        ..RunOptions::default()
    };
    let run = scenario::run(&scenario, &Inputs::default(), &options).expect("it goes well");
    let endpoint = &run.result.endpoints[0];
    assert!(endpoint.glitches.is_empty(), "nothing came late");
    run.result.events
}

#[cfg(test)]
mod tests {
    #[test]
    fn samples_cost_no_event() {
        assert_eq!(super::run(false), super::run(true));
    }
}
