//! The virtual driver as a microphone, in both modes.

use scenario::{Inputs, Run, RunOptions, Scenario, Stack, run};
use units::SimTime;

use crate::runs::named;

const EVERYTHING: RunOptions = RunOptions {
    seed: None,
    keep_history: true,
    keep_samples: true,
};

fn record(text: &str) -> Run {
    let scenario = Scenario::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
    run(&scenario, &Inputs::new(), &EVERYTHING).unwrap()
}

/// A microphone with these keys, a client with packets of that many frames, and what follows.
fn microphone(keys: &str, packet: u64, rest: &str) -> String {
    format!(
        "name = \"x\"\nduration = \"300ms\"\n[microphone]\nkind = \"virtual\"\n{keys}\n\
         [[client]]\nmode = \"exclusive-capture\"\npacket = \"{packet}fr\"\n{rest}"
    )
}

const SAMPLE: &str = "mode = \"sample\"";
const COUNTED: &str = "source = { counter = {} }";

fn late(by: &str) -> String {
    format!("[[fault]]\nlate-wake-up = {{ client = 0, event = 5, by = \"{by}\" }}\n")
}

/// The numbers that the frame counter put into frames of 16-bit stereo.
fn counted(run: &Run) -> Vec<u64> {
    let frames = run.recorded[0].bytes.chunks_exact(4);
    frames
        .map(|frame| u32::from_le_bytes(frame.try_into().unwrap()).into())
        .collect()
}

/// What is recorded through the device done right is what is recorded through the reference device.
#[test]
fn the_exact_microphone_records_what_the_reference_microphone_records() {
    for by in [
        "0ms", "9.99ms", "10ms", "10.001ms", "14ms", "20.5ms", "35ms",
    ] {
        for packet in [480, 441, 100] {
            let exact = microphone(COUNTED, packet, &late(by));
            let reference = exact.replace("kind = \"virtual\"\n", "");
            let (exact, reference) = (record(&exact), record(&reference));
            let ends = [&exact, &reference].map(|run| &run.result.endpoints[0]);
            let what = format!("{packet} frames, {by} late");
            assert_eq!(ends[0].frames_by_class, ends[1].frames_by_class, "{what}");
            assert_eq!(ends[0].glitches, ends[1].glitches, "{what}");
            assert_eq!(ends[0].reported, ends[1].reported, "{what}");
            assert_eq!(ends[0].stays, ends[1].stays, "{what}");
            assert_eq!(ends[0].headroom_ns, ends[1].headroom_ns, "{what}");
            assert!(
                exact.recorded[0].bytes == reference.recorded[0].bytes,
                "{what}"
            );
        }
    }
}

/// The newest packet alone, however many are whole: at 65 ms that is packet 5 of six, and the two
/// before it lie in memory unread.
#[test]
fn v28_the_sample_driver_hands_out_the_newest_packet_and_passes_over_the_others() {
    let keys = format!("{SAMPLE}\n{COUNTED}\nmore-packets = true");
    let rest = format!("packets = 4\n{}", late("15ms"));
    let run = record(&microphone(&keys, 480, &rest));
    let recorded = counted(&run);
    // Packets 0 to 3 on time, then packet 5 in the place of 4, and so on without a gap.
    let expected: Vec<u64> = (0..1920).chain(2400..14_400).collect();
    assert_eq!(recorded, expected);
    let speaker = &run.result.endpoints[0];
    assert_eq!(speaker.frames_by_class["lost"], 480);
    assert_eq!(speaker.glitches[0].fault.as_deref(), Some("late-wake-up-0"));
}

/// Stamps of the sample driver are those of the ends of packets, to the byte below; of the exact one
/// those of the first samples.
#[test]
fn v28_d8_the_stamps_of_the_sample_driver_are_a_packet_late() {
    for (mode, offset) in [(SAMPLE, 1), ("mode = \"exact\"", 0)] {
        let run = record(&microphone(mode, 480, ""));
        let reads = run.history.entries();
        let reads = reads.filter(|entry| entry.what.name() == "reader.packet");
        let stamps: Vec<u64> = reads.map(|entry| entry.words()[2]).collect();
        assert_eq!(stamps.len(), 30);
        for (packet, stamp) in (0..).zip(stamps) {
            assert_eq!(stamp, (packet + offset) * 100_000, "{mode}");
        }
    }
}

/// While its ticks are missing nothing is stored; then all of it is in one lump, and two packets of
/// it are gone before anybody is told.
#[test]
fn v8_v22_what_was_not_stored_in_time_comes_in_one_lump() {
    let missing = "[[fault]]\nmissing-ticks = { from = 11, to = 44 }\n";
    let run = record(&microphone(&format!("{SAMPLE}\n{COUNTED}"), 480, missing));
    let entries = run.history.entries();
    let sets = entries.filter(|entry| entry.what.name() == "machine.notification");
    let sets: Vec<u64> = sets
        .map(|entry| entry.moment.time.to_nanos_floor() / 1_000_000)
        .collect();
    assert_eq!(sets[..6], [10, 45, 46, 47, 50, 60]);
    // At 45 ms there are 2160 frames: packet 3 in the place of packet 1, half of packet 4 in that of
    // packet 2.
    let recorded = counted(&run);
    let place = |packet: usize| &recorded[packet * 480..(packet + 1) * 480];
    let frames = |from: u64, to: u64| (from..to).collect::<Vec<u64>>();
    assert_eq!(place(0), frames(0, 480));
    assert_eq!(place(1), frames(1440, 1920));
    let halves = [frames(1920, 2208), frames(1248, 1440)].concat();
    assert_eq!(place(2), halves, "at 46 ms another millisecond is there");
    assert_eq!(place(3), frames(1440, 1920));
    let end = &run.result.endpoints[0];
    assert!(!end.glitches.is_empty());
    for glitch in &end.glitches {
        assert_eq!(glitch.fault.as_deref(), Some("missing-ticks-0"));
    }
}

/// The driver waits for write marks on capture, too, so each packet is an underrun to it.
#[test]
fn v50_a_capture_stream_reports_an_underrun_for_every_packet() {
    let run = record(&microphone(SAMPLE, 480, ""));
    let reported = &run.result.endpoints[0].reported;
    assert_eq!(reported["eMINIPORT_GLITCH_REPORT 1"], 30);
    assert_eq!(reported["eMINIPORT_BUFFER_COMPLETE"], 30);
    assert_eq!(run.result.endpoints[0].glitches, []);
}

#[test]
fn a_shared_client_of_a_virtual_microphone_gets_what_an_exclusive_one_gets() {
    let exclusive = microphone(SAMPLE, 480, "");
    let shared = exclusive
        .replace("exclusive-capture", "shared-capture")
        .replace("packet = \"480fr\"\n", "");
    let (exclusive, shared) = (record(&exclusive), record(&shared));
    let bytes = |run: &Run| run.recorded[0].bytes.clone();
    assert!(bytes(&exclusive) == bytes(&shared));
    assert_eq!(bytes(&shared).len(), 14_400 * 4);
}

/// A source in the file takes the place of the tone.
#[test]
fn a_source_is_heard_in_the_place_of_the_tone() {
    for mode in [SAMPLE, ""] {
        let run = record(&microphone(&format!("{mode}\n{COUNTED}"), 480, ""));
        assert_eq!(counted(&run), (0..14_400).collect::<Vec<u64>>(), "{mode}");
    }
}

#[test]
fn truth6_a_virtual_recording_is_taken_up_anywhere() {
    for name in ["virtual-microphone-sample", "virtual-microphone-exact"] {
        let scenario = named(name);
        let whole = run(&scenario, &Inputs::new(), &EVERYTHING).unwrap();
        for millis in [0, 5, 10, 36, 200] {
            let mut stack = Stack::assemble(&scenario, &Inputs::new(), &EVERYTHING).unwrap();
            stack.run_until(SimTime::from_millis(millis)).unwrap();
            let twin = stack.fork();
            for half in [twin.finish().unwrap(), stack.finish().unwrap()] {
                assert_eq!(whole.result, half.result, "{name} at {millis} ms");
                assert!(whole.recorded == half.recorded, "{name} at {millis} ms");
            }
        }
    }
}

#[test]
fn what_a_virtual_microphone_does_not_have_is_refused() {
    let ticks = "[[fault]]\nmissing-ticks = { from = 1, to = 2 }\n";
    let speaker = format!("{ticks}[device]\nkind = \"virtual\"\nmode = \"sample\"\n");
    let data_late = "[[fault]]\ncapture-data-late = { lasts = \"20us\" }\n";
    for (text, key) in [
        (
            microphone("", 480, "").replace("kind = \"virtual\"", "mode = \"sample\""),
            "microphone.mode",
        ),
        (
            microphone("preset = \"hd-audio\"", 480, ""),
            "microphone.preset",
        ),
        (microphone("drift = \"5ppm\"", 480, ""), "microphone.drift"),
        (
            microphone("faults = \"skylake-capture\"", 480, ""),
            "microphone.faults",
        ),
        (
            microphone("position-source = \"position-buffer\"", 480, ""),
            "microphone.position-source",
        ),
        (
            microphone("read-order = \"newest-only\"", 480, ""),
            "microphone.read-order",
        ),
        (
            microphone("format = { sample = \"s24in32\" }", 480, ""),
            "microphone.format.sample",
        ),
        (microphone("", 480, data_late), "fault[0].capture-data-late"),
        (microphone("", 480, ticks), "fault[0].missing-ticks"),
        (microphone(SAMPLE, 480, &speaker), "fault[0].missing-ticks"),
    ] {
        let found = Scenario::parse(&text).expect_err(&text);
        assert!(found.iter().any(|each| each.key == key), "{key}: {found}");
    }
}
