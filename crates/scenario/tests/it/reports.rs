//! What people and tools read.

use std::fmt::Write as _;
use std::path::PathBuf;

use scenario::{RunOptions, run};
use serde_json::Value;

use crate::runs::named;
use crate::sounds;

/// The reports of a few scenarios as a person sees them. `BLESS=1` writes them.
#[test]
fn the_reports_read_as_they_should() {
    let mut reports = String::new();
    for name in [
        "late-wake-up",
        "s01-baseline",
        "s08-21-ms-blind",
        "s11-client-30-ms-late",
        "s17-prefetch-hides-the-error",
        "s24b-forced-early-write",
        "s32-capture-overrun",
        "s43-stale-priming",
        "s46-stop-too-early",
    ] {
        let scenario = named(name);
        let run = run(&scenario, &sounds::of(&scenario), &RunOptions::default()).unwrap();
        // The digest has a test of its own.
        let report = run.report().replace(&run.result.digest, "................");
        writeln!(reports, "==== {name}\n{report}").unwrap();
    }
    let file: PathBuf = [env!("CARGO_MANIFEST_DIR"), "tests/it/snapshots/reports.txt"]
        .iter()
        .collect();
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(&file, &reports).unwrap();
    }
    let known = std::fs::read_to_string(&file).unwrap();
    for (now, known) in reports.lines().zip(known.lines()) {
        assert_eq!(
            now, known,
            "a report changed: read the difference, then BLESS=1"
        );
    }
    assert_eq!(reports, known);
}

fn keys(value: &Value) -> Vec<&str> {
    value
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect()
}

/// The keys that tools rely on, in their order; more may follow.
#[test]
fn the_result_has_the_keys_that_tools_rely_on() {
    let scenario = named("s05-14-ms-on-the-ring");
    let run = run(&scenario, &sounds::of(&scenario), &RunOptions::default()).unwrap();
    let result = serde_json::to_value(&run.result).unwrap();
    let in_order = |value: &Value, expected: &[&str]| {
        let relied: Vec<_> = keys(value)
            .into_iter()
            .filter(|key| expected.contains(key))
            .collect();
        assert_eq!(relied, expected);
    };
    in_order(
        &result,
        &[
            "schema",
            "scenario",
            "seed",
            "digest",
            "sim_ns",
            "events",
            "met",
            "expect",
            "endpoints",
        ],
    );
    assert_eq!(
        keys(&result["expect"][0]),
        ["what", "expected", "actual", "met"]
    );
    let speaker = &result["endpoints"][0];
    in_order(
        speaker,
        &[
            "name",
            "flow",
            "rate_hz",
            "channels",
            "frames",
            "frames_by_class",
            "glitches",
            "lost_ms",
            "headroom_ns",
            "reported",
        ],
    );
    in_order(
        &speaker["glitches"][0],
        &[
            "type",
            "class",
            "first_frame",
            "frames",
            "start_ns",
            "duration_ns",
            "cause",
            "fault",
        ],
    );
    assert_eq!(
        keys(&speaker["headroom_ns"]),
        ["min", "p50", "p99", "max", "p1", "mean"]
    );
    assert_eq!(speaker["audible_events"], 1);
    assert_eq!(speaker["lost_ms"], 4.0);
    assert_eq!(speaker["flow"], "render");
}
