//! The same scenario with nothing wrong.

use scenario::Scenario;

/// The scenario without faults, on a machine that delays nothing and a device that does what it
/// should: what the speaker is compared with.
pub(crate) fn without_faults(scenario: &Scenario) -> Scenario {
    let mut perfect = scenario.clone();
    perfect.faults.clear();
    perfect.machine = None;
    perfect.device.faults = None;
    if let Some(microphone) = &mut perfect.microphone {
        microphone.faults = None;
    }
    perfect
}
