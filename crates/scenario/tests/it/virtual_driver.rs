//! The virtual driver, in both modes.

use scenario::{Inputs, Run, RunOptions, Scenario, Stack, run, shipped};
use units::SimTime;

fn parse(text: &str) -> Scenario {
    Scenario::parse(text).unwrap_or_else(|e| panic!("{e}"))
}

fn text_of(name: &str) -> &'static str {
    let found = shipped().iter().find(|each| each.name == name);
    found.unwrap().text
}

fn play(text: &str) -> Run {
    let options = RunOptions {
        keep_history: true,
        ..RunOptions::default()
    };
    run(&parse(text), &Inputs::new(), &options).unwrap()
}

/// When the notification event was set, in milliseconds.
fn notified(run: &Run) -> Vec<u64> {
    let entries = run.history.entries();
    let sets = entries.filter(|entry| entry.what.name() == "machine.notification");
    sets.map(|entry| entry.moment.time.to_nanos_floor() / 1_000_000)
        .collect()
}

#[test]
fn s28_s29_notifications_come_when_the_ticks_do() {
    let stalled = notified(&play(text_of("s28-tick-stall-34-ms")));
    assert_eq!(stalled, [35, 36, 37, 40, 50, 60, 70, 80, 90, 100]);
    let stalled = notified(&play(text_of("s29-tick-stall-14-ms")));
    assert_eq!(stalled, [10, 20, 30, 40, 64, 65, 70, 80, 90, 100]);
}

#[test]
fn s26_s27_every_notification_is_one_of_whole_milliseconds() {
    let notified = notified(&play(text_of("s27-truncated-period-128")));
    assert_eq!(notified, [2, 4, 6, 8, 10, 12]);
    let run = play(text_of("s26-truncated-period-448"));
    let glitches = &run.result.endpoints[0].glitches;
    for (n, glitch) in (1..).zip(glitches) {
        assert_eq!((glitch.kind, glitch.first_frame), ("G4", 441 * n));
        assert_eq!(glitch.frames, if n == 63 { 882 } else { 7 * n });
    }
    assert_eq!(glitches.len(), 63, "the last two meet");
}

/// What is heard of the device done right is what is heard of the reference device.
#[test]
fn the_exact_driver_plays_what_the_reference_device_plays() {
    let exact = text_of("virtual-exact");
    let late = "[[fault]]\nlate-wake-up = { client = 0, event = 5, by = \"14ms\" }\n";
    let exact = exact.split("[expect]").next().unwrap();
    for rest in ["", late] {
        let exact = format!("{exact}{rest}");
        let reference = exact
            .replace("kind = \"virtual\"\n", "")
            .replace("mode = \"exact\"\n", "");
        let (exact, reference) = (play(&exact), play(&reference));
        let (exact, reference) = (&exact.result.endpoints[0], &reference.result.endpoints[0]);
        assert_eq!(exact.frames_by_class, reference.frames_by_class);
        assert_eq!(exact.glitches, reference.glitches);
        assert_eq!(exact.reported, reference.reported);
        assert_eq!(exact.heard_hash, reference.heard_hash);
    }
}

#[test]
fn a_twin_of_a_virtual_stack_goes_on_alike() {
    for name in ["s28-tick-stall-34-ms", "virtual-exact"] {
        let options = RunOptions::default();
        let scenario = parse(text_of(name));
        let mut stack = Stack::assemble(&scenario, &Inputs::new(), &options).unwrap();
        stack.run_until(SimTime::from_millis(36)).unwrap();
        let twin = stack.fork();
        let (run, twin) = (stack.finish().unwrap(), twin.finish().unwrap());
        assert_eq!(run.result, twin.result, "{name}");
    }
}

#[test]
fn what_a_virtual_driver_does_not_have_is_refused() {
    let with = |device: &str, rest: &str| {
        format!(
            "name = \"x\"\nduration = \"10ms\"\n[device]\n{device}\n\
             [[client]]\nmode = \"exclusive-event\"\n{rest}"
        )
    };
    let ticks = |from, to| format!("[[fault]]\nmissing-ticks = {{ from = {from}, to = {to} }}\n");
    let sample = "kind = \"virtual\"\nmode = \"sample\"";
    for (text, key) in [
        (with("mode = \"sample\"", ""), "device.mode"),
        (
            with("kind = \"virtual\"\nprefetch = \"4fr\"", ""),
            "device.prefetch",
        ),
        (
            with("kind = \"virtual\"\npreset = \"hd-audio\"", ""),
            "device.preset",
        ),
        (
            with("kind = \"virtual\"\ndrift = \"5ppm\"", ""),
            "device.drift",
        ),
        (
            with("kind = \"virtual\"", &ticks(1, 2)),
            "fault[0].missing-ticks",
        ),
        (with(sample, &ticks(0, 2)), "fault[0].missing-ticks"),
        (with(sample, &ticks(3, 2)), "fault[0].missing-ticks"),
        (
            with("kind = \"virtual\"", "[[fault]]\nstall-until-ack = {}\n"),
            "fault[0].stall-until-ack",
        ),
        (
            with(sample, &(ticks(1, 2) + &ticks(5, 6))),
            "fault[0].missing-ticks",
        ),
    ] {
        let found = Scenario::parse(&text).unwrap_err();
        assert!(found.iter().any(|each| each.key == key), "{key}: {found}");
    }
}

/// What the sample driver reports is in history and result: its false alarms at the start and where
/// the client leaves a packet out, so that the offset is that of the one before (V51), and
/// an underrun where nothing was announced between two completions (V50).
#[test]
fn v50_v51_v52_what_the_driver_reports_is_told_apart_from_what_happened() {
    let text = text_of("s29-tick-stall-14-ms").split("[[fault]]");
    let text = text.into_iter().next().unwrap();
    let late = "[[fault]]\nlate-wake-up = { client = 0, event = 4, by = \"15ms\" }\n";
    let run = play(&format!("{text}{late}"));
    let reported = &run.result.endpoints[0].reported;
    assert_eq!(reported["eMINIPORT_GLITCH_REPORT 1"], 1);
    assert_eq!(reported["eMINIPORT_GLITCH_REPORT 3"], 2);
    assert_eq!(reported["eMINIPORT_BUFFER_COMPLETE"], 10);
    let told = run.history.entries();
    let told = told.filter(|entry| entry.what.name() == "port.engine_event");
    let glitches: Vec<_> = told
        .filter(|entry| entry.words()[0] == 7)
        .map(|entry| {
            (
                entry.moment.time.to_nanos_floor() / 1_000_000,
                entry.words()[3],
            )
        })
        .collect();
    assert_eq!(glitches, [(0, 3), (50, 1), (55, 3)]);
}

/// Ticks that are missed for nothing, in the middle of a packet, are to blame for nothing.
#[test]
fn a_glitch_names_the_missing_ticks_that_held_its_notification_up_and_no_others() {
    let text = text_of("s29-tick-stall-14-ms")
        .split("[[fault]]")
        .next()
        .unwrap();
    let late = "[[fault]]\nlate-wake-up = { client = 0, event = 4, by = \"15ms\" }\n";
    let idle = "[[fault]]\nmissing-ticks = { from = 51, to = 58 }\n";
    let run = play(&format!("{text}{late}{idle}"));
    let glitches = &run.result.endpoints[0].glitches;
    assert!(!glitches.is_empty());
    for glitch in glitches {
        assert_eq!(glitch.fault.as_deref(), Some("late-wake-up-0"));
    }
}

/// Three bytes a sample are no format of the link, but one of a driver without a link.
#[test]
fn a_virtual_speaker_plays_packed_samples_of_24_bits() {
    let text = text_of("virtual-exact");
    let text = text.split("[expect]").next().unwrap();
    let packed = text.replace("\"s16\"", "\"s24\"");
    assert_ne!(text, packed);
    let endpoint = &play(&packed).result.endpoints[0];
    assert_eq!(endpoint.frames_by_class["fresh"], 28_665);
    assert_eq!(endpoint.frames, 28_665);
    assert!(
        Scenario::parse(&packed.replace("kind = \"virtual\"\nmode = \"exact\"\n", "")).is_err()
    );
    let floats = packed.replace("s24", "f32");
    let refused = Scenario::parse(&floats).unwrap_err().to_string();
    assert!(refused.contains("a virtual driver plays PCM"), "{refused}");
}
