//! Sweeps from outside: the same rows whoever does them, whole or not at all.

use crate::support::{Ended, Folder};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, SystemTime};

/// One late wake-up of 14 ms on two packets of 5 ms to 15 ms, a hundred seeds each.
const SWEEP: [&str; 6] = [
    "sweep",
    "s05-14-ms-on-the-ring",
    "--vary",
    "client.0.packet=240fr..720fr:240fr",
    "--seeds",
    "100",
];

fn swept(folder: &Folder, more: &[&str]) -> Ended {
    folder.wavert(&[&SWEEP[..], more].concat())
}

fn read(folder: &Folder, name: &str) -> String {
    fs::read_to_string(folder.path(name)).unwrap()
}

/// The digest that a sweep printed.
fn digest(ended: &Ended) -> String {
    let (_, rest) = ended
        .out
        .split_once("digest ")
        .unwrap_or_else(|| panic!("{ended:?}"));
    rest[..16].to_owned()
}

#[test]
fn the_rows_are_the_same_for_any_number_of_threads_and_shards() {
    let folder = Folder::new("sweep-shards");
    let whole = swept(&folder, &["--out", "whole", "--threads", "2"]);
    assert_eq!(whole.status, 0, "{whole:?}");
    assert_eq!(digest(&swept(&folder, &["--threads", "1"])), digest(&whole));
    for shard in ["5/7", "1/7", "3/7", "2/7", "7/7", "4/7", "6/7"] {
        // On machines of their own, so to speak.
        let out = format!("machine-{}", &shard[..1]);
        let part = swept(
            &folder,
            &["--out", &out, "--shard", shard, "--threads", "1"],
        );
        assert_eq!(part.status, 0, "{part:?}");
        assert_ne!(digest(&part), digest(&whole));
    }
    let machines: Vec<String> = (1..=7).map(|number| format!("machine-{number}")).collect();
    let machines: Vec<&str> = machines.iter().map(String::as_str).collect();
    let merged = folder.wavert(&[&["sweep", "--merge", "--out", "all"], &machines[..]].concat());
    assert_eq!((merged.status, digest(&merged)), (0, digest(&whole)));
    for name in ["rows.jsonl", "rows.csv"] {
        assert_eq!(
            read(&folder, &format!("all/{name}")),
            read(&folder, &format!("whole/{name}"))
        );
    }
    let table = |ended: &Ended| ended.out.split("runs: ").next().unwrap().to_owned();
    assert_eq!(table(&merged), table(&whole));
}

/// What is in each part, and when it was written.
fn parts(folder: &Path) -> BTreeMap<String, (SystemTime, String)> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let part = |entry: fs::DirEntry| {
        let name = entry.file_name().into_string().unwrap();
        let when = entry.metadata().ok()?.modified().unwrap();
        let is_whole = !name.starts_with('.');
        is_whole.then(|| (name, (when, fs::read_to_string(entry.path()).unwrap())))
    };
    entries.filter_map(part).collect()
}

#[test]
fn a_sweep_that_was_killed_goes_on_and_loses_and_repeats_nothing() {
    let folder = Folder::new("sweep-killed");
    let long = ["--seeds", "2000", "--threads", "2", "--out"];
    let arguments = |out| [&SWEEP[..4], &long, &[out]].concat();
    let mut child = Command::new(env!("CARGO_BIN_EXE_wavert"))
        .args(arguments("killed"))
        .current_dir(folder.path("."))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let place = folder.path("killed/parts");
    while parts(&place).len() < 3 && child.try_wait().unwrap().is_none() {
        std::thread::sleep(Duration::from_millis(5));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    let before = parts(&place);
    assert!(before.len() >= 3);
    assert!(
        !folder.path("killed/rows.jsonl").exists(),
        "it was over too soon"
    );
    let ended = folder.wavert(&arguments("killed"));
    assert_eq!(ended.status, 0, "{ended:?}");
    let rows: usize = before.values().map(|(_, text)| text.lines().count()).sum();
    assert!(
        ended
            .err
            .contains(&format!("{rows} runs are there already")),
        "{ended:?}"
    );
    let after = parts(&place);
    assert!(
        before
            .iter()
            .all(|(name, part)| after.get(name) == Some(part))
    );
    let whole = folder.wavert(&arguments("whole"));
    assert_eq!(digest(&ended), digest(&whole));
    assert_eq!(
        read(&folder, "killed/rows.jsonl"),
        read(&folder, "whole/rows.jsonl")
    );
    assert_eq!(read(&folder, "whole/rows.jsonl").lines().count(), 6_000);
    let left = fs::read_dir(&place).unwrap().flatten();
    assert_eq!(left.count(), after.len(), "nothing half written is left");
}

#[test]
fn a_part_that_was_cut_short_is_refused_with_its_line_and_made_anew_without_it() {
    let folder = Folder::new("sweep-cut");
    let whole = swept(&folder, &["--out", "out"]);
    let rows = read(&folder, "out/rows.jsonl");
    let part = folder.path("out/parts/1-of-1.000007.jsonl");
    let text = fs::read_to_string(&part).unwrap();
    fs::write(&part, &text[..text.len() - 20]).unwrap();
    for arguments in [
        &[&SWEEP[..], &["--out", "out"]].concat()[..],
        &["sweep", "--merge", "out"],
    ] {
        let ended = folder.wavert(arguments);
        let line = format!("out/parts/1-of-1.000007.jsonl:{}: ", text.lines().count());
        assert_eq!(ended.status, 2);
        assert!(
            ended.err.contains(&line) && ended.err.contains("ends in the middle"),
            "{ended:?}"
        );
        assert!(ended.err.contains("help: delete this file"), "{ended:?}");
    }
    fs::remove_file(&part).unwrap();
    assert_eq!(digest(&swept(&folder, &["--out", "out"])), digest(&whole));
    assert_eq!(read(&folder, "out/rows.jsonl"), rows);
}

#[test]
fn a_merge_names_what_is_missing_and_what_is_there_twice() {
    let folder = Folder::new("sweep-merge");
    let part = |out: &str, shard: &str| swept(&folder, &["--out", out, "--shard", shard]);
    part("a", "1/3");
    part("b", "2/3");
    let merge = |folders: &[&str]| folder.wavert(&[&["sweep", "--merge"], folders].concat());
    let incomplete = merge(&["a", "b"]);
    assert_eq!(incomplete.status, 2);
    assert!(
        incomplete
            .err
            .contains("a: not complete: missing are 3/3 part 0"),
        "{incomplete:?}"
    );
    assert!(incomplete.err.contains("--shard 3/3"), "{incomplete:?}");
    assert!(!folder.path("a/rows.jsonl").exists());
    part("b", "3/3");
    fs::copy(
        folder.path("a/parts/1-of-3.000000.jsonl"),
        folder.path("b/parts/1-of-3.000000.jsonl"),
    )
    .unwrap();
    let twice = merge(&["a", "b"]);
    assert_eq!(twice.status, 2);
    assert!(
        twice
            .err
            .contains("b/parts/1-of-3.000000.jsonl: its runs are in a/parts"),
        "{twice:?}"
    );
    fs::remove_file(folder.path("b/parts/1-of-3.000000.jsonl")).unwrap();
    assert_eq!(merge(&["a", "b"]).status, 0);
    folder.wavert(&[
        "sweep",
        "s05-14-ms-on-the-ring",
        "--seeds",
        "3",
        "--out",
        "c",
    ]);
    let other = merge(&["a", "c"]);
    assert_eq!(other.status, 2);
    assert!(
        other
            .err
            .contains("c/sweep.json: this is another sweep than a/sweep.json"),
        "{other:?}"
    );
    let cut = part("a", "1/2");
    assert!(
        cut.err.contains("holds parts of 1/3, and this is 1/2"),
        "{cut:?}"
    );
    let none = merge(&["nowhere"]);
    assert!(
        none.err.contains("nowhere/sweep.json: cannot be read"),
        "{none:?}"
    );
}

#[test]
fn a_row_is_what_the_run_alone_gives() {
    let folder = Folder::new("sweep-row");
    swept(&folder, &["--out", "out", "--seed", "5"]);
    let rows = read(&folder, "out/rows.jsonl");
    let row: Value = serde_json::from_str(rows.lines().nth(4).unwrap()).unwrap();
    assert_eq!(
        (&row["run"], &row["seed"], &row["client.0.packet"]),
        (&4.into(), &6.into(), &"480fr".into())
    );
    let alone = folder
        .wavert(&[
            "run",
            "s05-14-ms-on-the-ring",
            "--set",
            "client.0.packet=480fr",
            "--seed",
            "6",
            "--json",
        ])
        .json();
    let end = &alone["endpoints"][0];
    let glitch = &end["glitches"][0];
    for (name, value) in [
        ("digest", &alone["digest"]),
        ("sim_ns", &alone["sim_ns"]),
        ("frames", &end["frames"]),
        ("glitches", &1.into()),
        ("audible_events", &end["audible_events"]),
        ("lost_frames", &glitch["frames"]),
        ("lost_ns", &end["lost_ns"]),
        ("largest_glitch_frames", &glitch["frames"]),
        ("largest_glitch_ns", &glitch["duration_ns"]),
        ("dropped_frames", &end["dropped_frames"]),
        ("worst_margin_ns", &end["headroom_ns"]["min"]),
        ("median_margin_ns", &end["headroom_ns"]["p50"]),
        ("wakes", &end["notifications"]["wakes"]),
        ("wake_p50_ns", &0.into()),
        ("wake_p99_ns", &14_000_000.into()),
        ("wake_max_ns", &14_000_000.into()),
    ] {
        assert_eq!(&row[name], value, "{name}");
    }
}

/// A program that shares nothing with ours: the standard library of Python.
const READ_BACK: &str = r#"
import csv, json, sys
lines = open("out/rows.jsonl", newline="").read().split("\n")
assert lines.pop() == ""
rows = [json.loads(line) for line in lines]
table = list(csv.DictReader(open("out/rows.csv", newline="")))
assert len(rows) == len(table) == 300
keys = list(rows[0])
for number, (row, cells) in enumerate(zip(rows, table)):
    assert list(row) == keys == list(cells), number
    assert row["run"] == number and row["seed"] == number // 3
    for key, value in row.items():
        assert cells[key] == ("" if value is None else str(value)), (number, key)
mask, digest = (1 << 64) - 1, 0
for line in lines:
    x = 0xcbf29ce484222325
    for byte in line.encode():
        x = (x ^ byte) * 0x100000001b3 & mask
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9 & mask
    x = (x ^ x >> 27) * 0x94d049bb133111eb & mask
    digest ^= x ^ x >> 31
sizes = {"240fr", "480fr", "720fr"}
assert {row["client.0.packet"] for row in rows} == sizes
glitches = {size: sum(r["glitches"] for r in rows if r["client.0.packet"] == size) for size in sizes}
print(f"{digest:016x}", json.dumps(glitches, sort_keys=True))
"#;

#[test]
fn python_reads_the_same_rows_from_both_files() {
    let folder = Folder::new("sweep-python");
    let ended = swept(&folder, &["--out", "out"]);
    let python = std::env::var("PYTHON").unwrap_or_else(|_| "python3".into());
    let mut python = Command::new(python);
    python.args(["-c", READ_BACK]).current_dir(folder.path("."));
    let told = Ended::from(python.output().expect("the tests need Python 3"));
    assert_eq!(told.err, "");
    let expected = format!(
        "{} {{\"240fr\": 100, \"480fr\": 100, \"720fr\": 0}}\n",
        digest(&ended)
    );
    assert_eq!(told.out, expected);
}

#[test]
fn the_table_says_which_values_are_safe() {
    let folder = Folder::new("sweep-table");
    let ended = swept(&folder, &[]);
    for line in [
        "480fr   100       100       100    7200.0   19200    4.000        -4.000         10.000     0.000  14.000  14.000",
        "client.0.packet: no glitch from 720fr up, with 1.000 ms to spare at 720fr. At 480fr 100 of 100 runs glitched.",
        "Every seed gave the same history",
        "300 runs: 3 points, 100 seeds from 0 on.",
    ] {
        assert!(ended.out.contains(line), "{}", ended.out);
    }
    assert!(
        ended.err.starts_with("300 runs in ") && ended.err.contains(" a second"),
        "{ended:?}"
    );
    assert_eq!(folder.names(), [""; 0], "nothing is written without --out");
    let object = swept(&folder, &["--json"]).json();
    assert_eq!(object["points"][1]["values"]["client.0.packet"], "480fr");
    assert_eq!(object["points"][1]["glitches_per_hour"], 7200.0);
    assert_eq!(object["verdicts"][0]["safe"]["limit"], "720fr");
    assert_eq!(object["digest"], digest(&ended));
}

#[test]
fn a_sweep_that_cannot_be_is_refused_before_anything_runs() {
    let folder = Folder::new("sweep-refused");
    folder.file("taken", "a file");
    let name = "s05-14-ms-on-the-ring";
    let cases: [(&[&str], &str); 17] = [
        (&["--vary", "client.0.paket=64fr"], "unknown field `paket`"),
        (
            &["--vary", "client.7.packet=64fr"],
            "the scenario has no `client` to set `7` in",
        ),
        (&["--vary", "client.0.packet=64fr..480fr"], "has no step"),
        (
            &["--vary", "client.0.packet=64fr..480fr:0fr"],
            "step of 0fr",
        ),
        (
            &["--vary", "client.0.packet=480fr..64fr:16fr"],
            "ends before it begins",
        ),
        (
            &["--vary", "client.0.packet=480fr,64"],
            "expected a count of frames with its unit",
        ),
        (
            &["--vary", "client.0.packet=480ms"],
            "(with --vary client.0.packet=480ms)",
        ),
        (
            &["--vary", "client.0.packet"],
            "is not of the form key=values",
        ),
        (&["--vary", "seed=1..3"], "use --seeds N"),
        (
            &[
                "--vary",
                "client.0.packets=2,3",
                "--vary",
                "client[0].packets=4",
            ],
            "is varied twice",
        ),
        (&["--seeds", "0"], "without a seed there is no run"),
        (
            &["--seeds", "1000000000"],
            "1000000000 runs, more than the 10000000",
        ),
        (
            &["--seed", "18446744073709551615", "--seeds", "2"],
            "lead beyond 18446744073709551615",
        ),
        (
            &[
                "--vary",
                "client.0.packet=1fr..5000fr:1fr",
                "--vary",
                "client.0.packets=2..4",
            ],
            "the grid has 15000 points",
        ),
        (&["--out", "taken"], "taken"),
        (&["--out", "taken/below"], "taken/below"),
        (&["--set", "duration"], "is not of the form key=value"),
    ];
    for (more, told) in cases {
        let ended = folder.wavert(&[&["sweep", name], more].concat());
        assert_eq!(ended.status, 2, "{more:?}: {ended:?}");
        assert!(
            ended.err.contains(told) && ended.out.is_empty(),
            "{more:?}: {ended:?}"
        );
        assert_eq!(folder.names(), ["taken"]);
    }
    let usage: [(&[&str], &str); 5] = [
        (&["--shard", "0/3", "--out", "x"], "counted from 1"),
        (&["--shard", "4/3", "--out", "x"], "the last is 3/3"),
        (&["--shard", "x", "--out", "x"], "as 3/8"),
        (&["--shard", "1/3"], "--out"),
        (&["--threads", "0"], "0 is not in 1..=1024"),
    ];
    for (more, told) in usage {
        let ended = folder.wavert(&[&["sweep", name], more].concat());
        assert!(
            ended.status == 2 && ended.err.contains(told),
            "{more:?}: {ended:?}"
        );
    }
    let two = folder.wavert(&["sweep", name, "late-wake-up"]);
    assert!(two.err.contains("a sweep is of one scenario"), "{two:?}");
}

#[test]
fn a_folder_is_for_one_sweep() {
    let folder = Folder::new("sweep-other");
    swept(&folder, &["--out", "out"]);
    let rows = read(&folder, "out/rows.jsonl");
    let other = swept(&folder, &["--out", "out", "--seed", "1"]);
    assert_eq!(other.status, 2);
    assert!(
        other
            .err
            .contains("out/sweep.json: the folder holds another sweep; other are: first_seed"),
        "{other:?}"
    );
    folder.file("out/sweep.json", "{");
    let broken = swept(&folder, &["--out", "out"]);
    assert!(
        broken.status == 2 && broken.err.contains("no plan of a sweep"),
        "{broken:?}"
    );
    assert_eq!(read(&folder, "out/rows.jsonl"), rows);
}
