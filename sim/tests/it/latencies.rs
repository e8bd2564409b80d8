//! `--latencies` from outside: what was measured is the scenario's machine.

use crate::support::Folder;
use serde_json::Value;

/// Two packets of 10 ms: what takes longer than that glitches.
const SCENARIO: &str = "\
name = \"measured\"
seed = 3
duration = \"20s\"

[[client]]
name = \"player\"
mode = \"exclusive-event\"
";

/// One wake-up in a hundred takes 14 ms, the others 50 us.
const FILE: &str = "latency,count\n50us,99\n14ms,1\n";

#[test]
fn wake_ups_take_as_long_as_was_measured_and_the_report_says_where_that_ends() {
    let folder = Folder::new("latencies");
    folder.file("x.toml", SCENARIO);
    folder.file("lat.csv", FILE.replace("latency,", "latency_us,"));
    let run = |more: &[&str]| {
        folder.wavert(&[&["run", "x.toml", "--latencies", "lat.csv"], more].concat())
    };
    let ended = run(&[]);
    assert_eq!(ended.status, 0, "{ended:?}");
    for told in [
        "IT GLITCHED",
        "lat.csv: table of latencies, 100 latencies; mean 0.190 ms, longest 14.000 ms.",
        "No wake-up draws a longer one",
        "once in 100 wake-ups is not in the file",
    ] {
        assert!(ended.out.contains(told), "{}", ended.out);
    }
    let object = run(&["--json"]).json();
    assert_eq!(object["latencies"]["longest_ns"], 14_000_000);
    assert_eq!(object["latencies"]["file"], "lat.csv");
    // 2000 wake-ups, of which 20 are to be expected to take 14 ms; each is a glitch of 4 ms.
    let glitches = object["endpoints"][0]["glitches"].as_array().unwrap();
    assert!((8..=35).contains(&glitches.len()), "{}", glitches.len());
    let is_late = |glitch: &&Value| glitch["duration_ns"] == 4_000_000;
    assert!(
        glitches.iter().filter(is_late).count() + 4 > glitches.len(),
        "{glitches:?}"
    );
    let set = run(&[
        "--json",
        "--set",
        "machine.wake=[{ survivors = 1000000000, latency = \"0ns\" }, { survivors = 0, latency = \"0ns\" }]",
    ]);
    assert_eq!(
        set.json()["endpoints"][0]["glitches"],
        Value::Array(Vec::new()),
        "--set holds"
    );
    let without = folder.wavert(&["run", "x.toml", "--json"]).json();
    assert_eq!(without["latencies"], Value::Null);
}

#[test]
fn a_sweep_over_measured_latencies_says_which_packet_is_safe_and_how_sure_that_is() {
    let folder = Folder::new("latencies-sweep");
    folder.file("x.toml", SCENARIO);
    folder.file("lat.csv", FILE);
    let sweep = |more: &[&str]| {
        let vary = [
            "--vary",
            "client.0.packet=480fr..960fr:240fr",
            "--seeds",
            "5",
        ];
        folder.wavert(
            &[
                &["sweep", "x.toml", "--latencies", "lat.csv"],
                &vary[..],
                more,
            ]
            .concat(),
        )
    };
    let ended = sweep(&["--out", "out", "--threads", "2"]);
    assert_eq!(ended.status, 0, "{ended:?}");
    for told in [
        "client.0.packet: no glitch from 720fr up, with 1.000 ms to spare at 720fr. At 480fr 5 of 5 runs glitched.",
        // 5 runs of 20 s: 4.605171 * 36 an hour.
        "5 runs of 720fr, 0.027 h in all, without a glitch: if they come by chance, fewer than 165.8 an hour, with 99 % confidence.",
        "lat.csv: table of latencies, 100 latencies",
    ] {
        assert!(ended.out.contains(told), "{}", ended.out);
    }
    let digest = |ended: &str| ended.split("digest ").nth(1).unwrap()[..16].to_owned();
    assert_eq!(digest(&sweep(&["--threads", "1"]).out), digest(&ended.out));
    // The rows are those of this file: with another one it is another sweep.
    folder.file("lat.csv", FILE.replace("14ms", "13ms"));
    let other = sweep(&["--out", "out"]);
    assert_eq!(other.status, 2);
    assert!(
        other
            .err
            .contains("holds another sweep; other are: scenario"),
        "{other:?}"
    );
    let merged = folder.wavert(&["sweep", "--merge", "out"]);
    assert_eq!(digest(&merged.out), digest(&ended.out));
}

#[test]
fn what_is_no_file_of_latencies_is_refused_with_its_line() {
    let folder = Folder::new("latencies-refused");
    folder.file("x.toml", SCENARIO);
    folder.file("lat.csv", "latency_us\n50\nmany\n");
    folder.file(
        "utf16.txt",
        "\u{feff}latency_us\n50\n"
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect::<Vec<u8>>(),
    );
    for command in ["run", "sweep"] {
        let refused = |file: &str| folder.wavert(&[command, "x.toml", "--latencies", file]);
        let ended = refused("lat.csv");
        assert_eq!(ended.status, 2);
        assert!(
            ended.err.contains("lat.csv:3: `many` is no latency") && ended.err.contains("help: "),
            "{ended:?}"
        );
        let ended = refused("nowhere.txt");
        assert!(
            ended.status == 2 && ended.err.contains("nowhere.txt: cannot be read"),
            "{ended:?}"
        );
        assert_eq!(refused("utf16.txt").status, 0);
    }
}
