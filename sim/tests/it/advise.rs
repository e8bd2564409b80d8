//! Advice from outside: what it says is what arithmetic says, and it says how sure it is.

use crate::support::{Ended, Folder};
use serde_json::Value;
use std::fs;

/// A client on a machine of which one wake-up in ten takes 1 ms to 11 ms, evenly spread.
const ONE_IN_TEN: &str = r#"
name = "one in ten"
seed = 3
duration = "30s"

[machine]
wake = [
    { survivors = 1_000_000_000, latency = "0ms" },
    { survivors = 100_000_000, latency = "1ms" },
    { survivors = 0, latency = "11ms" },
]

[[client]]
mode = "exclusive-event"
"#;

fn advised(folder: &Folder, arguments: &[&str]) -> (Ended, Value) {
    let ended = folder.wavert(&[&["advise", "--json"], arguments].concat());
    let json = ended.json();
    (ended, json)
}

/// With two packets, one may be late by as long as a packet is: 14 ms are 672 frames at 48 kHz.
#[test]
fn one_late_wake_up_asks_for_a_packet_as_long_to_the_frame() {
    let folder = Folder::new("advise-fixed");
    let vary = "client.0.packet=640fr..720fr:1fr";
    let (ended, json) = advised(&folder, &["s05-14-ms-on-the-ring", "--vary", vary]);
    assert_eq!((ended.status, json["answer"].as_str()), (0, Some("672fr")));
    assert_eq!(json["answer_milliseconds"], 14.0);
    let binding = &json["binding"];
    assert_eq!(
        [&binding["value"], &binding["cause"], &binding["fault"]],
        ["671fr", "ready_wait", "late-wake-up-0"]
    );
}

/// A wake-up is late for packets of P frames with a chance of (11 ms - P) / 100 ms, P between 1 and 11 ms, and
/// there are 172,800,000 / P of them an hour: 10 588 an hour at 408 frames, 8 000 at 432.
#[test]
fn the_answer_is_where_the_closed_form_crosses_the_budget() {
    let folder = Folder::new("advise-drawn");
    folder.file("one.toml", ONE_IN_TEN);
    let question = [
        "one.toml",
        "--vary",
        "client.0.packet=384fr,360fr,408fr,480fr,432fr",
        "--budget",
        "10000/h",
        "--hours",
        "0.04",
    ];
    let (ended, json) = advised(&folder, &question);
    assert_eq!((ended.status, json["answer"].as_str()), (0, Some("432fr")));
    assert_eq!(json["binding"]["cause"], "interrupt_to_process");
    for candidate in json["candidates"].as_array().unwrap() {
        let number = |key: &str| candidate[key].as_f64().unwrap();
        let packet = number("milliseconds");
        let late = 3_600_000.0 / packet * (11.0 - packet) / 100.0;
        let (low, high) = (
            number("glitches_per_hour_at_least"),
            number("glitches_per_hour_at_most"),
        );
        assert!(low < late && late < high, "{late} of {candidate}");
        assert!(low < number("glitches_per_hour") && number("glitches_per_hour") < high);
    }
    // Whoever does the runs.
    let alone = advised(&folder, &[&question[..], &["--threads", "1"]].concat());
    assert_eq!(alone.1, json);
}

#[test]
fn no_value_that_meets_the_budget_is_an_answer_of_its_own() {
    let folder = Folder::new("advise-none");
    folder.file("one.toml", ONE_IN_TEN);
    let question = [
        "advise",
        "one.toml",
        "--vary",
        "client.0.packet=96fr..240fr:48fr",
        "--budget",
        "1000/h",
    ];
    let ended = folder.wavert(&question);
    assert_eq!(ended.status, 1, "{ended:?}");
    for told in [
        "NO VALUE of client.0.packet",
        "Largest   240fr (5.000 ms) misses it",
        "interrupt_to_process made",
    ] {
        assert!(ended.out.contains(told), "{told}: {}", ended.out);
    }
}

#[test]
fn what_was_measured_too_shortly_for_the_budget_is_said() {
    let folder = Folder::new("advise-measured");
    folder.file("few.csv", "latency_us,count\n10,900\n500,100\n");
    let question = [
        "--latencies",
        "few.csv",
        "--set",
        "duration=5s",
        "--vary",
        "client.0.packet=480fr..960fr:240fr",
    ];
    let (ended, json) = advised(&folder, &[&question[..], &["--budget", "1000/h"]].concat());
    assert_eq!((ended.status, json["answer"].as_str()), (0, Some("480fr")));
    // 4.605 of 1000 wake-ups, and 360 000 an hour.
    let unseen = json["unseen_per_hour_at_most"].as_f64().unwrap();
    assert!((unseen - 1657.861).abs() < 0.01, "{unseen}");
    let told = folder.wavert(&[&["advise"], &question[..], &["--budget", "1000/h"]].concat());
    assert!(
        told.out.contains("NOT ENOUGH MEASURED for 1000/h"),
        "{}",
        told.out
    );
    let enough = folder.wavert(&[&["advise"], &question[..], &["--budget", "2000/h"]].concat());
    assert!(!enough.out.contains("NOT ENOUGH") && enough.out.contains("fewer than the budget"));
}

#[test]
fn the_files_say_what_the_report_says() {
    let folder = Folder::new("advise-out");
    let ended = folder.wavert(&[
        "advise",
        "s05-14-ms-on-the-ring",
        "--vary",
        "client.0.packet=480fr..960fr:96fr",
        "--out",
        "out",
    ]);
    assert_eq!(ended.status, 0, "{ended:?}");
    let read = |name: &str| fs::read_to_string(folder.path(&format!("out/{name}"))).unwrap();
    assert_eq!(read("advice.txt"), ended.out);
    let json: Value = serde_json::from_str(&read("advice.json")).unwrap();
    let candidates = json["candidates"].as_array().unwrap();
    assert_eq!(read("curve.csv").lines().count(), candidates.len() + 1);
    let picture = read("curve.svg");
    let marks = |shape: &str| picture.matches(shape).count();
    assert_eq!(
        marks("class=\"meets\"") + marks("class=\"misses\""),
        candidates.len()
    );
    assert!(picture.starts_with("<svg ") && picture.ends_with("</svg>\n"));
}

#[test]
fn a_question_without_an_answer_is_refused() {
    let folder = Folder::new("advise-refused");
    folder.file("nobody.toml", "name = \"x\"\nduration = \"1s\"\n");
    let short = "name = \"x\"\nduration = \"5ms\"\n[[client]]\nmode = \"exclusive-event\"\n";
    folder.file("short.toml", short);
    for (arguments, told) in [
        (
            &["s01-baseline", "--hours", "1"][..],
            "not even without a glitch",
        ),
        (
            &["s01-baseline", "--vary", "client.0.policy=resync,blind"],
            "have no order",
        ),
        (
            &["s01-baseline", "--vary", "client.0.packet=480fr..64fr:16fr"],
            "ends before it begins",
        ),
        (
            &["s01-baseline", "--budget", "0.0000001/week"],
            "hours of each candidate",
        ),
        (&["s01-baseline", "--budget", "0/h"], "allow a few glitches"),
        (
            &["s01-baseline", "--confidence", "1"],
            "write a share as 99%",
        ),
        (&["--profile", "pocket-calculator"], "unknown variant"),
        (&["--mode", "shared-capture"], "microphone"),
        (
            &[
                "short.toml",
                "--vary",
                "client.0.packet=480fr",
                "--hours",
                "0.001",
                "--budget",
                "99999/h",
            ],
            "nobody is woken",
        ),
        (&["nobody.toml"], "no buffer to advise on"),
        (&["nothing.toml"], "nothing.toml"),
    ] {
        let ended = folder.wavert(&[&["advise"], arguments].concat());
        assert_eq!(ended.status, 2, "{arguments:?}: {ended:?}");
        assert!(ended.err.contains(told), "{arguments:?}: {}", ended.err);
        assert!(ended.out.is_empty(), "{arguments:?}: {}", ended.out);
    }
}
