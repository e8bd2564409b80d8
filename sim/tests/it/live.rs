//! `wavert live`: a scenario on the wall clock.

use std::time::Instant;

use crate::support::Folder;
use serde_json::Value;

#[test]
#[expect(
    clippy::disallowed_methods,
    reason = "the wall clock is what the command goes by"
)]
fn live_takes_as_long_as_it_says_and_accounts_for_every_frame() {
    let began = Instant::now();
    let ended = Folder::new("live").wavert(&["live", "late-wake-up", "--seconds", "1", "--json"]);
    let took = began.elapsed();
    assert_eq!((ended.status, ended.err.as_str()), (0, ""));
    assert!(took.as_millis() >= 1_000, "{took:?}");
    let result: Value = serde_json::from_str(&ended.out).unwrap();
    assert_eq!(result["sim_ns"], 1_000_000_000_u64);
    let speaker = &result["endpoints"][0];
    let classes = speaker["frames_by_class"].as_object().unwrap();
    let all: u64 = classes
        .values()
        .map(|frames| frames.as_u64().unwrap())
        .sum();
    assert_eq!(speaker["frames"], all);
    let stay = &speaker["stays"][0];
    let played_ns = 1_000_000_000 - stay["start_ns"].as_u64().unwrap();
    assert!(
        all.abs_diff(played_ns * 48 / 1_000_000) <= 1,
        "{all} frames"
    );
}

#[test]
fn the_report_of_a_live_run_promises_no_second_one() {
    let ended = Folder::new("live-report").wavert(&["live", "late-wake-up", "--seconds", "1"]);
    assert_eq!(ended.status, 0);
    assert!(ended.out.contains("of the wall clock"), "{}", ended.out);
    assert!(!ended.out.contains("gives it again"), "{}", ended.out);
}

#[test]
fn what_live_mode_does_not_do_is_refused_with_a_remedy() {
    let folder = Folder::new("live-refuses");
    let watched = "name = \"x\"\nduration = \"1s\"\n[[client]]\nmode = \"exclusive-event\"\n[[detector]]\nrule = \"alsa\"\nposition = \"write-offset\"\n";
    folder.file("watched.toml", watched);
    for (scenario, why) in [
        ("s31-capture-inside-the-slack", "has a microphone"),
        ("x14-wave-cyclic", "hands packets over"),
        ("watched.toml", "no detectors"),
    ] {
        let ended = folder.wavert(&["live", scenario]);
        assert_eq!(ended.status, 2, "{scenario}: {}", ended.out);
        assert!(ended.err.contains(why), "{}", ended.err);
        let help = "help: run it in virtual time";
        assert!(ended.err.contains(help), "{}", ended.err);
    }
}
