//! What the command does and prints when all is well, and how it ends.

use crate::support::Folder;
use serde_json::Value;
use std::fs;

const STORY: &str = "late-wake-up";

#[test]
fn the_main_job_tells_what_was_heard_and_why() {
    let folder = Folder::new("main-job");
    let ended = folder.wavert(&["run", STORY, "--out", "out"]);
    assert_eq!(ended.status, 0, "{ended:?}");
    for part in [
        "192",
        "2880",
        "4.000 ms",
        "ready_wait",
        "late-wake-up-0",
        "STATUS_DATA_LATE_ERROR",
    ] {
        assert!(
            ended.out.contains(part),
            "{part} is not in the report:\n{}",
            ended.out
        );
    }
    assert_eq!(
        fs::read_to_string(folder.path("out/report.txt")).unwrap(),
        ended.out
    );
    assert_eq!(folder.names(), ["out"]);
    let mut names: Vec<_> = fs::read_dir(folder.path("out"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert_eq!(
        names,
        ["heard.wav", "report.txt", "result.json", "trace.pftrace"]
    );
}

#[test]
fn json_is_one_object_with_the_promised_keys_and_nothing_else() {
    let folder = Folder::new("json-keys");
    let ended = folder.wavert(&["run", STORY, "--json", "--out", "out"]);
    assert_eq!(ended.status, 0, "{ended:?}");
    let result = ended.json();
    let has = |object: &Value, keys: &[&str]| {
        for key in keys {
            assert!(
                object.get(key).is_some(),
                "{key} is missing from {object:#}"
            );
        }
    };
    has(
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
    has(&result["expect"][0], &["what", "expected", "actual", "met"]);
    let endpoint = &result["endpoints"][0];
    has(
        endpoint,
        &[
            "name",
            "flow",
            "rate_hz",
            "channels",
            "frames",
            "frames_by_class",
        ],
    );
    has(
        endpoint,
        &["glitches", "lost_ms", "headroom_ns", "reported"],
    );
    has(&endpoint["headroom_ns"], &["min", "p50", "p99", "max"]);
    let glitch = &endpoint["glitches"][0];
    has(
        glitch,
        &[
            "type",
            "class",
            "first_frame",
            "frames",
            "start_ns",
            "duration_ns",
        ],
    );
    assert_eq!(glitch["first_frame"], 2880);
    assert_eq!(glitch["frames"], 192);
    assert_eq!(glitch["start_ns"], 60_000_000);
    assert_eq!(glitch["duration_ns"], 4_000_000);
    assert_eq!(glitch["cause"], "ready_wait");
    assert_eq!(glitch["fault"], "late-wake-up-0");
    let written = fs::read_to_string(folder.path("out/result.json")).unwrap();
    assert_eq!(serde_json::from_str::<Value>(&written).unwrap(), result);
}

#[test]
fn the_exit_status_tells_met_unmet_refused() {
    let folder = Folder::new("exit-status");
    assert_eq!(folder.wavert(&["run", STORY]).status, 0);
    let sooner = folder.wavert(&["run", STORY, "--set", "fault[0].late-wake-up.by=15ms"]);
    assert_eq!(sooner.status, 1, "{sooner:?}");
    assert!(
        sooner.out.contains("240"),
        "15 ms lose 240 frames:\n{}",
        sooner.out
    );
    assert_eq!(folder.wavert(&["run", "no-such-scenario"]).status, 2);
    assert!(
        folder.names().is_empty(),
        "without --out nothing is written"
    );
}

#[test]
fn several_files_run_side_by_side_and_the_highest_status_is_returned() {
    let folder = Folder::new("several-files");
    folder.file("bad.toml", "name = 5\n");
    let names = ["run", STORY, "bad.toml", "two-clients", "--out", "all"];
    let ended = folder.wavert(&names);
    assert_eq!(ended.status, 2, "{ended:?}");
    let lines: Vec<&str> = ended.out.lines().collect();
    assert!(lines[0].starts_with("late-wake-up ") && lines[0].contains("1 glitch, 4.000 ms lost"));
    assert!(lines[1].starts_with("bad.toml ") && lines[1].contains("refused"));
    assert!(lines[2].starts_with("two-clients ") && lines[2].contains("no glitch"));
    assert_eq!(lines.last().unwrap(), &"3 scenarios: 2 met, 1 refused");
    assert!(folder.path("all/late-wake-up/heard.wav").exists());
    assert!(folder.path("all/two-clients/trace.pftrace").exists());
    assert!(!folder.path("all/bad").exists());

    let ended = folder.wavert(&["run", STORY, "bad.toml", "--json"]);
    assert_eq!(ended.status, 2);
    let results = ended.json()["results"].as_array().unwrap().clone();
    assert_eq!(results.len(), 2);
    assert_eq!(results[0]["met"], true);
    assert!(
        results[1]["error"]
            .as_str()
            .unwrap()
            .starts_with("bad.toml:1:"),
        "{results:?}"
    );
}

#[test]
fn two_files_of_one_name_do_not_overwrite_each_other() {
    let folder = Folder::new("same-stem");
    fs::create_dir(folder.path("copy")).unwrap();
    let text = fs::read(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../scenarios/two-clients.toml"
    ))
    .unwrap();
    folder.file("two-clients.toml", &text);
    folder.file("copy/two-clients.toml", &text);
    let ended = folder.wavert(&[
        "run",
        "two-clients.toml",
        "copy/two-clients.toml",
        "--out",
        "all",
    ]);
    assert_eq!(ended.status, 2);
    assert!(
        ended
            .err
            .contains("copy/two-clients.toml: would be written to"),
        "{}",
        ended.err
    );
    assert!(
        folder.path("all/two-clients/report.txt").exists(),
        "the first one still runs"
    );
}

#[test]
fn a_shipped_name_is_known_beside_a_folder_of_that_name() {
    let folder = Folder::new("shadow");
    assert_eq!(folder.wavert(&["run", STORY, "--out", STORY]).status, 0);
    assert_eq!(folder.wavert(&["run", STORY]).status, 0);
    let ended = folder.wavert(&["run", "."]);
    assert!(ended.err.contains("this is a folder"), "{}", ended.err);
}

#[test]
fn a_run_is_the_same_again_and_alone_or_in_company() {
    let folder = Folder::new("same-again");
    let alone = folder.wavert(&["run", STORY, "--json"]).json();
    let mut again = folder
        .wavert(&["run", STORY, "--json", "--out", "out"])
        .json();
    let hash = again["endpoints"][0]["heard_hash"].take();
    assert_eq!(
        hash.as_str().map(str::len),
        Some(16),
        "samples were kept only here"
    );
    assert_eq!(alone, again, "whatever is kept or written");
    let company = folder
        .wavert(&["run", "two-clients", STORY, "--json"])
        .json();
    assert_eq!(company["results"][1], alone);
    let seeded = folder
        .wavert(&["run", STORY, "--json", "--seed", "99"])
        .json();
    assert_eq!(seeded["seed"], 99);
}

#[test]
fn list_names_every_shipped_scenario_on_a_line_of_its_own() {
    let folder = Folder::new("list");
    let ended = folder.wavert(&["list"]);
    assert_eq!((ended.status, ended.err.as_str()), (0, ""));
    assert_eq!(ended.out.lines().count(), scenario::shipped().len());
    assert!(
        ended
            .out
            .lines()
            .any(|line| line.starts_with("late-wake-up ")),
        "{}",
        ended.out
    );
}

#[test]
fn check_looks_without_running() {
    let folder = Folder::new("check");
    let ended = folder.wavert(&["check", STORY, "two-clients"]);
    assert_eq!(
        (ended.status, ended.out.as_str()),
        (0, "late-wake-up: ok\ntwo-clients: ok\n")
    );
    let object = folder.wavert(&["check", STORY, "--json"]).json();
    assert_eq!(object["ok"], true);
    folder.file("bad.toml", "name = 5\n");
    let ended = folder.wavert(&["check", STORY, "bad.toml"]);
    assert_eq!(
        (ended.status, ended.out.as_str()),
        (2, "late-wake-up: ok\n")
    );
}

#[test]
fn schema_is_the_schema_of_the_format() {
    let ended = Folder::new("schema").wavert(&["schema"]);
    assert_eq!(ended.status, 0);
    assert_eq!(ended.json(), scenario::schema());
}

#[test]
fn a_scenario_may_come_from_standard_input() {
    use std::io::Write as _;
    use std::process::{Command, Stdio};
    // The second is a pipe that has a name, as `wavert run <(sed ... scenario.toml)` gives one.
    let names = ["-", "/dev/stdin"];
    for name in &names[..if cfg!(target_os = "linux") { 2 } else { 1 }] {
        let mut child = Command::new(env!("CARGO_BIN_EXE_wavert"))
            .args(["run", name, "--json"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let text =
            b"name = \"piped\"\nduration = \"20ms\"\n[[client]]\nmode = \"exclusive-event\"\n";
        child.stdin.take().unwrap().write_all(text).unwrap();
        let output = child.wait_with_output().unwrap();
        let result: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(result["scenario"], "piped", "{name}");
    }
}

#[test]
fn help_names_every_command_and_the_exit_status() {
    let folder = Folder::new("help");
    let ended = folder.wavert(&["--help"]);
    assert_eq!(ended.status, 0);
    for part in ["run", "check", "list", "schema", "Exit status:"] {
        assert!(ended.out.contains(part), "{part} is not in\n{}", ended.out);
    }
}
