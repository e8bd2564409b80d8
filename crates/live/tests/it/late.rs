//! Producers that are late on purpose: what the ledger finds is what the samples say.

use truth::Class;
use units::SimTime;

use crate::support::{disagreements, every_frame_is_accounted_for, ledger, live, scenario};

/// Frames in the ring: two packets of 10 ms.
const RING: u64 = 960;

/// A thread that does not get to run for a quarter of a second, twelve turns of the ring.
const LATE: &str = "
[[client]]
mode = \"exclusive-event\"
packet = \"480fr\"
packets = 2
[[fault]]
late-wake-up = { client = 0, event = 20, by = \"250ms\" }
";

#[test]
fn a_producer_that_is_late_is_heard_as_stale_frames_that_the_ledger_finds() {
    let run = live(&scenario("1s", LATE));
    every_frame_is_accounted_for(&run, SimTime::from_millis(1_000));
    let stale = ledger(&run).frames_by_class()[&Class::Stale];
    assert!(
        stale > RING,
        "twelve turns of the ring had nobody to write: {stale}"
    );
    // A fetch that meets a store: what lies there is of this turn of the ring or of another one.
    let raced = disagreements(&run);
    assert!(raced.len() < 480, "{raced:?}");
    for (frame, (content, _)) in &raced {
        assert_eq!(
            content % RING,
            frame % RING,
            "frame {frame} was stored elsewhere"
        );
    }
}

#[test]
fn what_made_the_producer_late_is_named() {
    let run = live(&scenario("1s", LATE));
    let glitches = &run.result.endpoints[0].glitches;
    let named = glitches
        .iter()
        .find(|glitch| glitch.fault.as_deref() == Some("late-wake-up-0"));
    let named = named.unwrap_or_else(|| panic!("nobody blames the fault: {glitches:?}"));
    assert_eq!(named.cause, Some("ready_wait"));
    assert!(named.cause_ns >= Some(250_000_000), "{named:?}");
}

#[test]
fn a_late_dpc_crosses_the_threads_with_its_cause() {
    let run = live(&scenario(
        "1s",
        "
[[client]]
mode = \"exclusive-event\"
packet = \"480fr\"
packets = 2
[[fault]]
late-dpc = { event = 20, by = \"250ms\" }
",
    ));
    every_frame_is_accounted_for(&run, SimTime::from_millis(1_000));
    let glitches = &run.result.endpoints[0].glitches;
    let named = glitches
        .iter()
        .find(|glitch| glitch.fault.as_deref() == Some("late-dpc-0"));
    let named = named.unwrap_or_else(|| panic!("nobody blames the fault: {glitches:?}"));
    assert_eq!(named.cause, Some("dpc_queue_wait"));
}
