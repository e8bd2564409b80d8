//! The trace of a whole run.

use crate::perfetto::{Read, ReadEvent, read};
use crate::support::Folder;
use std::fs;

fn trace_of(scenario: &str) -> Read {
    let folder = Folder::new(&format!("trace-{scenario}"));
    let ended = folder.wavert(&["run", scenario, "--out", "out"]);
    assert_eq!(ended.status, 0, "{ended:?}");
    read(&fs::read(folder.path("out/trace.pftrace")).unwrap())
}

impl Read {
    fn on<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a ReadEvent> {
        self.events
            .iter()
            .filter(move |event| self.tracks[&event.track].0 == name)
    }

    fn begin<'a>(&'a self, track: &'a str, name: &'a str) -> &'a ReadEvent {
        self.on(track)
            .find(|event| event.name == name)
            .unwrap_or_else(|| panic!("no {name} on {track}; tracks are {:?}", self.tracks))
    }
}

#[test]
fn the_glitch_stands_where_it_was_heard_and_a_flow_leads_to_it_from_the_fault() {
    let trace = trace_of("late-wake-up");
    let glitch = trace.begin("glitches", "G2 stale: 192 frames");
    assert_eq!(glitch.nanos, 60_000_000);
    assert_eq!(glitch.notes["first_frame"], "2880");
    assert_eq!(glitch.notes["cause"], "ready_wait");
    let fault = trace.begin("faults", "late-wake-up-0");
    assert_eq!(fault.nanos, 50_000_000);
    assert_eq!(fault.flows, glitch.flows);
    let on_the_way = trace
        .events
        .iter()
        .filter(|event| event.flows == glitch.flows)
        .count();
    assert_eq!(on_the_way, 4, "fault, late wake-up, late packet, glitch");
}

#[test]
fn there_is_a_track_per_actor_and_per_slot_and_three_counters() {
    let trace = trace_of("late-wake-up");
    let names: Vec<&str> = trace
        .tracks
        .values()
        .map(|(name, _)| name.as_str())
        .collect();
    for name in [
        "faults",
        "glitches",
        "speaker: played",
        "cyclic buffer: slot 0",
        "cyclic buffer: slot 1",
    ] {
        assert!(names.contains(&name), "{name} is not among {names:?}");
    }
    let counters: Vec<_> = trace
        .tracks
        .values()
        .filter(|(_, unit)| unit.is_some())
        .collect();
    assert_eq!(counters.len(), 3, "{counters:?}");
    let passes = trace
        .events
        .iter()
        .filter(|event| event.name.starts_with("pass "))
        .count();
    assert!(
        passes == 201,
        "one at Run and one per notification: {passes}"
    );
    let notifications = trace
        .events
        .iter()
        .filter(|event| event.name.starts_with("notification "));
    assert_eq!(notifications.count(), 200);
}

#[test]
fn the_counters_tell_when_the_buffer_ran_dry() {
    let trace = trace_of("late-wake-up");
    let at = |name: &str, nanos: u64| {
        trace
            .on(name)
            .filter(|event| event.nanos <= nanos)
            .last()
            .map(|event| event.value)
    };
    assert_eq!(at("play position", 60_000_000), Some(2_880));
    assert_eq!(at("write position", 60_000_000), Some(2_880));
    assert_eq!(at("fill", 60_000_000), Some(0), "nothing is left");
    assert_eq!(
        at("fill", 64_000_000),
        Some(768),
        "packet 6 came, 192 frames of it too late, and packet 7 with it"
    );
    assert_eq!(at("play position", u64::MAX), Some(96_000));
}

#[test]
fn every_kind_of_fault_makes_a_trace_that_reads_back() {
    for scenario in [
        "s21a-lost-notification",
        "s22a-dpc-coalescing",
        "s24c-spurious-wake-blind",
        "s48-pause",
        "s49a-stop-then-run",
        "s42a-no-priming-drop",
    ] {
        let trace = trace_of(scenario);
        assert!(trace.events.len() > 50, "{scenario}");
    }
}

/// The margin of a packet is the report's, which knows FIFO and crystal; an ideal link does not.
#[test]
fn the_late_packet_has_the_margin_of_the_report() {
    for (scenario, margin) in [("late-wake-up", "-4000000"), ("hd-audio", "-3833334")] {
        let trace = trace_of(scenario);
        let mut margins = trace
            .events
            .iter()
            .filter(|event| event.name.starts_with("write packet "))
            .filter_map(|event| event.notes.get("margin_ns"));
        assert!(margins.any(|found| found == margin), "{scenario}");
    }
}

#[test]
fn a_recording_has_its_tracks_and_a_flow_from_the_fault_to_the_gap() {
    let trace = trace_of("s32-capture-overrun");
    let glitch = trace.begin("glitches", "G3 lost: 480 frames");
    assert_eq!(glitch.nanos, 40_000_000);
    let fault = trace.begin("faults", "late-wake-up-0");
    assert_eq!((fault.nanos, &fault.flows), (50_000_000, &glitch.flows));
    assert!(!fault.flows.is_empty());
    let became = trace.begin("microphone: what became of it", "lost");
    assert_eq!(
        (became.nanos, &became.notes["frames"]),
        (40_000_000, &"480".to_owned())
    );
    assert_eq!(
        trace.begin("microphone: recorded", "packet 4").nanos,
        40_000_000
    );
    assert_eq!(
        trace.begin("microphone: slot 0", "packet 6").nanos,
        60_000_000
    );
    let read = trace.begin("capture engine", "read packet 5");
    assert_eq!(
        (read.nanos, &read.notes["margin_ns"]),
        (64_000_000, &"6000000".to_owned())
    );
}

/// Each stream of a device that mixes has rows of its own, with what belongs to it.
#[test]
fn a_stream_past_the_software_engine_has_rows_of_its_own() {
    let trace = trace_of("offload-late");
    let glitch = trace.begin("glitches", "G2 stale: 191 frames");
    assert_eq!(glitch.nanos, 60_000_000);
    let stale = trace.begin("speaker: film: heard", "content from 1920");
    assert_eq!(stale.nanos, 60_000_000);
    let host = trace.on("speaker: heard").count();
    assert_eq!(host, 2, "one stretch that begins and ends");
    // Packet 6 is written when it is 4 ms late, but for the frame that ends then.
    let begins = trace
        .on("film")
        .filter(|event| event.name.starts_with("write packet 6"));
    let margins: Vec<_> = begins
        .map(|event| event.notes["margin_ns"].as_str())
        .collect();
    assert_eq!(margins, ["-3979167"]);
    for name in [
        "film: cyclic buffer: slot 1",
        "cyclic buffer: slot 1",
        "film: fill",
        "fill",
    ] {
        assert!(trace.on(name).next().is_some(), "{name}");
    }
}
