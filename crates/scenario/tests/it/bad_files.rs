//! What is said about files that are wrong.

use proptest::prelude::*;
use scenario::{Diagnostic, Scenario, shipped};

/// The start of a file that is right.
const GOOD: &str = "name = \"x\"\nduration = \"1s\"\n\n[[client]]\nmode = \"exclusive-event\"\n";

fn problems(text: &str) -> Vec<Diagnostic> {
    Scenario::parse(text).unwrap_err().iter().cloned().collect()
}

/// The only thing wrong with GOOD and `more`: where, the key, and the message.
fn only(more: &str) -> (usize, usize, String, String) {
    let text = format!("{GOOD}{more}");
    let all = problems(&text);
    let [one] = &all[..] else {
        panic!("one problem, not {all:#?}");
    };
    let line_of_span = text[..one.span.start].matches('\n').count() + 1;
    assert_eq!(line_of_span, one.line, "span and line agree");
    (one.line, one.column, one.key.clone(), one.message.clone())
}

#[track_caller]
fn expect(more: &str, line: usize, column: usize, key: &str, says: &str) {
    let found = only(more);
    assert_eq!(
        (found.0, found.1, found.2.as_str()),
        (line, column, key),
        "{}",
        found.3
    );
    assert!(
        found.3.contains(says),
        "{:?} does not contain {says:?}",
        found.3
    );
}

#[test]
fn a_file_that_is_no_toml_is_pointed_at() {
    let all = problems("name = \"x\nduration = ");
    assert!(!all.is_empty());
    assert_eq!(all[0].line, 1);
}

#[test]
fn a_misspelt_key_is_pointed_at_and_the_known_ones_are_listed() {
    expect(
        "packtes = 2\n",
        6,
        1,
        "client[0].packtes",
        "unknown field `packtes`, expected one of",
    );
}

/// What is wrong elsewhere does not make a key unknown.
#[test]
fn every_key_of_the_schema_is_known_beside_a_mistake() {
    let schema = scenario::schema();
    let keys = schema["properties"].as_object().unwrap();
    assert!(keys.len() >= 11);
    for key in keys.keys() {
        let all = problems(&format!("{key} = false\nno-such-key = 1\n"));
        let of = |key: &str| all.iter().find(|each| each.key == key).unwrap();
        assert!(!of(key).message.contains("unknown key"), "{key}");
        let listed = format!("`{key}`");
        assert!(of("no-such-key").message.contains(&listed), "{key}");
    }
}

#[test]
fn an_unknown_table_is_pointed_at() {
    expect(
        "[devices]\nname = \"y\"\n",
        6,
        2,
        "devices",
        "unknown key; expected one of `name`",
    );
}

#[test]
fn a_quantity_needs_its_unit() {
    expect(
        "packet = 480\n",
        6,
        10,
        "client[0].packet",
        "expected a count of frames with its unit",
    );
    expect(
        "packet = \"480\"\n",
        6,
        10,
        "client[0].packet",
        "has no unit",
    );
    expect(
        "packet = \"480ms\"\n",
        6,
        10,
        "client[0].packet",
        "`ms` is not a unit that fits",
    );
}

#[test]
fn faults_of_the_device_that_cannot_be_are_refused() {
    for (fault, key, says) in [
        (
            "lpib-lag = {}",
            "lpib-lag",
            "exactly one of `frames` and `fifo`",
        ),
        (
            "lpib-lag = { frames = \"4fr\", fifo = true }",
            "lpib-lag",
            "exactly one",
        ),
        (
            "lpib-lead = { frames = \"48001fr\" }",
            "lpib-lead",
            "at most 48000fr",
        ),
        (
            "burst-grain = { frames = \"0fr\" }",
            "burst-grain.frames",
            "expected `1fr`",
        ),
        (
            "burst-grain = {}",
            "burst-grain",
            "exactly one of `frames` and `of`",
        ),
        (
            "irq-lost = {}",
            "irq-lost",
            "exactly one of `event` and `probability`",
        ),
        (
            "irq-lost = { event = 0 }",
            "irq-lost.event",
            "counted from 1",
        ),
        (
            "irq-lost = { probability = \"101%\" }",
            "irq-lost.probability",
            "beyond 100%",
        ),
        (
            "stuck-after-resume = { start = 0 }",
            "stuck-after-resume.start",
            "counted from 1",
        ),
        (
            "ticks = { every = \"1ns\" }",
            "ticks.every",
            "expected `1us`",
        ),
        (
            "cbl-mismatch = {}",
            "cbl-mismatch",
            "exactly one of `longer` and `shorter`",
        ),
        (
            "delay-other-timebase = { counts = 1, of = 0 }",
            "delay-other-timebase",
            "10 times",
        ),
        (
            "delay-other-timebase = { counts = 10, of = 1 }",
            "delay-other-timebase",
            "10 times",
        ),
        (
            "reads-all-ones = { from = \"2ms\", until = \"2ms\" }",
            "reads-all-ones.until",
            "not after it begins",
        ),
        (
            "mem-passes-link = { frames = \"961fr\" }",
            "",
            "that the device takes ahead",
        ),
    ] {
        let text = format!(
            "name = \"x\"\nduration = \"1s\"\n[[client]]\nmode = \"exclusive-event\"\n[[fault]]\n{fault}\n"
        );
        let refused = Scenario::parse(&text).unwrap_err();
        let said = refused.iter().any(|each| {
            let is_there = key.is_empty() || each.key == format!("fault[0].{key}");
            is_there && each.message.contains(says)
        });
        assert!(said, "{fault}: {refused:?}");
    }
}

#[test]
fn impossible_numbers_are_refused() {
    for (more, line, key, says) in [
        (
            "[device]\nformat = { rate = \"0Hz\" }\n",
            7,
            "device.format.rate",
            "is zero",
        ),
        (
            "[device]\nformat = { channels = 0 }\n",
            7,
            "device.format.channels",
            "0 channels; expected 1 to 8",
        ),
        ("packet = \"0fr\"\n", 6, "client[0].packet", "no frames"),
        ("packets = 0\n", 6, "client[0].packets", "at least one"),
        (
            "packets = 3\n",
            6,
            "client[0].packets",
            "Windows knows 1 or 2",
        ),
        (
            "packet = \"999999999fr\"\n",
            6,
            "client[0].packet",
            "16 MiB",
        ),
        (
            "packet = \"8fr\"\n[device]\nprefetch = \"64fr\"\n",
            6,
            "client[0].packet",
            "smaller than the 65",
        ),
        (
            "[device]\npreset = \"hd-audio\"\nprefetch = \"0fr\"\nformat = { rate = \"192kHz\" }\n",
            8,
            "device.prefetch",
            "travel together at 192kHz",
        ),
        (
            "service = \"-1ms\"\n",
            6,
            "client[0].service",
            "is negative",
        ),
        (
            "service = \"99999999999999999999h\"\n",
            6,
            "client[0].service",
            "beyond 30 days",
        ),
        (
            "buffer = \"960fr\"\n",
            6,
            "client[0].buffer",
            "a shared client only",
        ),
        (
            "end-of-stream = { packet = 1, valid = \"481fr\" }\n",
            6,
            "client[0].end-of-stream.valid",
            "more than the 480",
        ),
        (
            "source = { sweep = { over = \"0s\" } }\n",
            6,
            "client[0].source.sweep.over",
            "more than zero",
        ),
    ] {
        let found = only(more);
        assert_eq!(
            (found.0, found.2.as_str()),
            (line, key),
            "{more}: {}",
            found.3
        );
        assert!(found.3.contains(says), "{more}: {}", found.3);
    }
}

#[test]
fn a_fault_is_told_what_it_lacks() {
    expect(
        "[[fault]]\nlate-wake-up = { client = 1, event = 5, by = \"1ms\" }\n",
        7,
        27,
        "fault[0].late-wake-up.client",
        "there is no client 1; expected 0",
    );
    expect(
        "[[fault]]\nlate-wake-up = { client = 0, event = 5, by = \"1\" }\n",
        7,
        46,
        "fault[0].late-wake-up.by",
        "has no unit",
    );
    expect(
        "[[fault]]\nlate-wake-up = { client = 0, event = 5 }\n",
        7,
        16,
        "fault[0].late-wake-up",
        "missing field `by`",
    );
    expect(
        "[[fault]]\nlate-wake-up = { engine = true, event = 5, by = \"1ms\" }\n",
        7,
        27,
        "fault[0].late-wake-up.engine",
        "there is no engine",
    );
    expect(
        "[[fault]]\nname = \"y\"\n",
        6,
        1,
        "fault[0]",
        "0 kinds of fault; expected exactly one of",
    );
    expect(
        "[[fault]]\nblocked-dpc = { from = \"5ms\", until = \"5ms\" }\n",
        7,
        39,
        "fault[0].blocked-dpc.until",
        "not after it begins",
    );
}

#[test]
fn everything_is_said_at_once() {
    let all = problems(
        "nam = \"x\"\n[device]\nfromat = 1\n[[client]]\n[[fault]]\nlost-notification = {}\n",
    );
    let keys: Vec<_> = all
        .iter()
        .map(|each| (each.line, each.key.as_str()))
        .collect();
    assert_eq!(
        keys,
        [
            (1, ""),
            (1, ""),
            (1, "nam"),
            (3, "device.fromat"),
            (4, "client[0]"),
            (6, "fault[0].lost-notification")
        ]
    );
    assert_eq!(all[0].message, "`name` is missing");

    let all = problems(&format!(
        "{GOOD}packets = 9\nprime = \"none\"\nvolume = \"0dB\"\n[[action]]\nstop = {{ client = 3, at = \"1s\" }}\n"
    ));
    let keys: Vec<_> = all.iter().map(|each| each.key.as_str()).collect();
    assert_eq!(
        keys,
        [
            "client[0].packets",
            "client[0].volume",
            "action[0].stop.client"
        ]
    );
}

#[test]
fn names_are_not_taken_twice() {
    for name in ["engine", "controller", "interrupt", "speaker"] {
        expect(
            &format!("name = \"{name}\"\n"),
            6,
            8,
            "client[0].name",
            "another part of the stack",
        );
    }
    expect(
        "[device]\nname = \"engine\"\n",
        7,
        8,
        "device.name",
        "another part of the stack",
    );
    expect(
        "[device]\nname = \"../x\"\n",
        7,
        8,
        "device.name",
        "expected 1 to 64 letters",
    );
}

#[test]
fn an_exclusive_client_is_alone() {
    let all = problems(&format!("{GOOD}[[client]]\nmode = \"shared-event\"\n"));
    assert_eq!(all[0].key, "client[0].mode");
    assert!(all[0].help.is_some());
}

/// Every packet of a run is remembered: 4 000 000 glitching ones are some gigabytes.
#[test]
fn a_run_is_not_longer_than_what_can_be_remembered() {
    let lasting = |hours: u32| {
        Scenario::parse(&format!(
            "name = \"long\"\nduration = \"{hours}h\"\n[[client]]\nmode = \"shared-event\"\n"
        ))
    };
    assert!(lasting(11).is_ok());
    let all = lasting(12).unwrap_err();
    assert!(
        all.to_string().contains("more than a run can remember"),
        "{all}"
    );
}

proptest! {
    /// Whatever the text, parsing answers; what it says lies within the text.
    #[test]
    fn no_text_is_too_bad(text in "(?s).{0,200}") {
        answers(&text);
    }

    /// Files that are nearly right: one of ours with a few characters changed.
    #[test]
    fn no_change_is_too_bad(which in 0usize..46, cuts in prop::collection::vec((0usize..2000, 0usize..40, "\\PC{0,6}"), 1..4)) {
        let mut text = shipped()[which % shipped().len()].text.to_owned();
        for (at, len, put) in cuts {
            let start = floor(&text, at % (text.len() + 1));
            let end = floor(&text, (start + len).min(text.len())).max(start);
            text.replace_range(start..end, &put);
        }
        answers(&text);
    }
}

fn floor(text: &str, mut at: usize) -> usize {
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

fn answers(text: &str) {
    if let Err(all) = Scenario::parse(text) {
        for each in &all {
            assert!(text.get(each.span.clone()).is_some(), "{each:?}");
            assert!(each.line >= 1 && each.column >= 1);
        }
        assert!(!all.to_string().is_empty());
    }
}

#[test]
fn r173_a_makers_period_is_heard_from_five_to_nine_milliseconds() {
    let file = |period: &str| format!("{GOOD}\n[engine]\noem-period = \"{period}\"\n");
    for (period, frames) in [("5ms", 240), ("9ms", 432), ("7000us", 336)] {
        let scenario = Scenario::parse(&file(period)).unwrap();
        let engine = &scenario.engine;
        assert_eq!(engine.period_frames(&scenario.device).get(), frames);
    }
    for period in ["4ms", "10ms", "5500us", "5000001ns"] {
        let found = problems(&file(period));
        assert_eq!(found[0].key, "engine.oem-period", "{period}");
    }
}

#[test]
fn r167_without_a_makers_period_the_default_is_ten_milliseconds() {
    let scenario = Scenario::parse(GOOD).unwrap();
    let frames = scenario.engine.period_frames(&scenario.device);
    assert_eq!(frames.get(), 480);
}

/// A list that nobody plays from, or that has no such descriptor, cannot be written into.
#[test]
fn f23_a_descriptor_that_is_not_there_is_refused() {
    let rewrite = |descriptor: u32, points_to: u32| {
        format!(
            "[[action]]\nrewrite-descriptor = {{ at = \"5ms\", descriptor = {descriptor}, \
             points-to = {points_to} }}\n"
        )
    };
    let recording = "name = \"x\"\nduration = \"1s\"\n[microphone]\n\
                     [[client]]\nmode = \"exclusive-capture\"\n";
    let virtual_one = format!("{GOOD}[device]\nkind = \"virtual\"\n");
    for (start, descriptor, points_to, key) in [
        (GOOD, 2, 0, "action[0].rewrite-descriptor.descriptor"),
        (GOOD, 1, 9, "action[0].rewrite-descriptor.points-to"),
        (recording, 1, 0, "action[0].rewrite-descriptor"),
        (&virtual_one, 1, 0, "action[0].rewrite-descriptor"),
    ] {
        let all = problems(&format!("{start}{}", rewrite(descriptor, points_to)));
        assert_eq!(all.len(), 1, "{start}: {all:?}");
        assert_eq!(all[0].key, key);
    }
}

/// What strikes a device that nobody uses, or a record that nobody reads, would do nothing.
#[test]
fn a_fault_that_would_strike_nobody_is_refused() {
    let recording = "name = \"x\"\nduration = \"1s\"\n[microphone]\n\
                     [[client]]\nmode = \"exclusive-capture\"\n";
    for (start, more, key) in [
        (
            recording,
            "[[fault]]\nirq-lost = { event = 5 }\n",
            "fault[0].irq-lost",
        ),
        (recording, "[device]\nfaults = \"amd\"\n", "device.faults"),
        (
            recording,
            "[device]\nclass = \"qemu-hda\"\n",
            "device.class",
        ),
        (
            GOOD,
            "[[fault]]\ncapture-data-late = { lasts = \"1ms\" }\n",
            "fault[0].capture-data-late",
        ),
        (
            GOOD,
            "[[fault]]\nposbuf-stale = { by = \"1ms\" }\n",
            "fault[0].posbuf-stale",
        ),
    ] {
        let all = problems(&format!("{start}{more}"));
        assert_eq!(all.len(), 1, "{more}: {all:?}");
        assert_eq!(all[0].key, key);
        assert!(all[0].help.is_some(), "{more}");
    }
}
