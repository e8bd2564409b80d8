//! Detectors see what programs see, change nothing, and are counted against the truth.

use proptest::prelude::*;
use scenario::{EndpointResult, Inputs, RunOptions, RunResult, Scenario, run};

const ALL: [&str; 7] = [
    "packet-status",
    "windows-events",
    "chromium",
    "chromium-older",
    "alsa",
    "pulseaudio",
    "pipewire",
];

fn ran(text: &str) -> RunResult {
    let scenario = Scenario::parse(text).unwrap_or_else(|error| panic!("{error:?}"));
    run(&scenario, &Inputs::default(), &RunOptions::default())
        .unwrap()
        .result
}

/// One wake-up of the engine late by `late_us`, on a device that fetches `prefetch` frames ahead.
fn late(late_us: u64, prefetch: u64, with_detectors: bool) -> RunResult {
    let mut text = format!(
        "name = \"x\"\nduration = \"300ms\"\n[device]\nprefetch = \"{prefetch}fr\"\n\
         [[client]]\nmode = \"shared-event\"\n\
         [[fault]]\nlate-wake-up = {{ engine = true, event = 5, by = \"{late_us}us\" }}\n"
    );
    if with_detectors {
        text.extend(ALL.map(|rule| format!("[[detector]]\nrule = \"{rule}\"\n")));
    }
    ran(&text)
}

fn of<'a>(endpoint: &'a EndpointResult, rule: &str) -> &'a scenario::DetectorResult {
    let mut all = endpoint.detectors.iter();
    all.find(|each| each.rule == rule).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// A late packet has cost at least a frame; the converse does not hold. What moves as it should is
    /// never a glitch to who compares it with the clock.
    #[test]
    fn a_late_status_tells_of_a_stale_frame_and_looking_changes_nothing(
        late_us in 0_u64..40_000,
        prefetch in prop_oneof![Just(0), Just(64)],
    ) {
        let watched = late(late_us, prefetch, true);
        let alone = late(late_us, prefetch, false);
        prop_assert_eq!(&watched.digest, &alone.digest);
        let end = &watched.endpoints[0];
        let stale = end.frames_by_class.get("stale").copied().unwrap_or(0);
        let status = of(end, "packet-status");
        prop_assert!(status.alarms == 0 || stale > 0);
        prop_assert_eq!(status.false_alarms, 0);
        prop_assert_eq!(of(end, "windows-events").false_alarms, 0);
        prop_assert_eq!(of(end, "chromium").alarms, 0);
        for detector in &end.detectors {
            prop_assert_eq!(detector.seen + detector.missed, end.glitches.len() as u64);
            prop_assert!(detector.false_alarms <= detector.alarms);
        }
    }
}

/// Two packets of 10 ms forgive 10 ms, or 8.666 ms behind a prefetch of 64 frames.
#[test]
fn behind_a_prefetch_a_loss_is_told_to_nobody() {
    let end = &late(9_000, 64, true).endpoints[0];
    assert_eq!(end.glitches.len(), 1);
    assert_eq!(of(end, "packet-status").missed, 1);
    assert_eq!(of(end, "windows-events").missed, 1);
}

#[test]
fn a_detector_that_cannot_look_is_refused() {
    let with = |detector: &str, clients: &str| {
        let text = format!("name = \"x\"\nduration = \"1s\"\n{clients}[[detector]]\n{detector}\n");
        Scenario::parse(&text).unwrap_err().to_string()
    };
    let client = "[[client]]\nmode = \"exclusive-event\"\n";
    for (detector, clients, told) in [
        ("rule = \"chromium\"", "", "nothing to look at"),
        (
            "rule = \"packet-status\"\nevery = \"10ms\"",
            client,
            "looks at nothing",
        ),
        (
            "rule = \"windows-events\"\nposition = \"play-offset\"",
            client,
            "at no position",
        ),
        ("rule = \"alsa\"\nevery = \"1us\"", client, "every 100us"),
        ("rule = \"telepathy\"", client, "unknown variant"),
    ] {
        let error = with(detector, clients);
        assert!(error.contains(told), "{detector}: {error}");
    }
}
