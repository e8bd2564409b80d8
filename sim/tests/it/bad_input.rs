//! What is refused: exit status 2, a message with place and remedy, nothing left behind.

use crate::support::{Ended, Folder};
use std::fs;

const GOOD: &str = r#"
name = "good"
duration = "50ms"

[[client]]
mode = "exclusive-event"
"#;

/// Runs a scenario that must be refused; nothing may be written.
fn refused(name: &str, scenario: impl AsRef<[u8]>, arguments: &[&str]) -> Ended {
    let folder = Folder::new(name);
    folder.file("bad.toml", scenario);
    let before = folder.names();
    let ended = folder.wavert(&[&["run", "bad.toml", "--out", "out"], arguments].concat());
    assert_eq!(ended.status, 2, "{ended:?}");
    assert!(ended.err.starts_with("error: "), "{ended:?}");
    assert!(!ended.err.contains("panic"), "{ended:?}");
    assert_eq!(folder.names(), before, "nothing is left behind");
    ended
}

/// The same, and the message has all of these in it.
fn refused_with(name: &str, scenario: &str, parts: &[&str]) {
    let ended = refused(name, scenario, &[]);
    for part in parts {
        assert!(ended.err.contains(part), "{part} is not in {}", ended.err);
    }
}

#[test]
fn malformed_toml_points_at_the_place() {
    refused_with(
        "malformed",
        "name = \"x\nduration = \"1s\"\n",
        &["bad.toml:1:", "^"],
    );
    refused_with("unclosed", "name = \"x\"\n[device\n", &["bad.toml:2:"]);
}

#[test]
fn unknown_keys_are_named_with_the_known_ones() {
    let scenario = GOOD.replace("duration", "durration");
    refused_with(
        "unknown-key",
        &scenario,
        &["bad.toml:3:1", "durration", "`duration`"],
    );
    let scenario = format!("{GOOD}\n[device]\nfifo = \"0fr\"\n");
    refused_with(
        "unknown-device-key",
        &scenario,
        &["bad.toml:9:", "fifo", "prefetch"],
    );
}

#[test]
fn a_quantity_without_its_unit_is_refused() {
    refused_with(
        "no-unit",
        &GOOD.replace("50ms", "50"),
        &["bad.toml:3:12: `duration`", "unit"],
    );
    let number = GOOD.replace("\"50ms\"", "50");
    refused_with("bare-number", &number, &["bad.toml:3:12: `duration`"]);
}

#[test]
fn impossible_numbers_are_refused_where_they_stand() {
    let device = |line: &str| format!("{GOOD}\n[device]\n{line}\n");
    let client = |line: &str| format!("{GOOD}{line}\n");
    let fault = |line: &str| format!("{GOOD}\n[[fault]]\n{line}\n");
    let cases = [
        (
            "no-rate",
            device("format = { rate = \"0Hz\", channels = 2, sample = \"s16\" }"),
            "device.format.rate",
        ),
        (
            "no-channels",
            device("format = { rate = \"48kHz\", channels = 0, sample = \"s16\" }"),
            "device.format.channels",
        ),
        ("no-burst", device("burst = \"0fr\""), "device.burst"),
        (
            "small-ring",
            format!("{GOOD}packet = \"4fr\"\n[device]\nprefetch = \"100fr\"\n"),
            "client[0].packet",
        ),
        (
            "small-ring-of-a-preset",
            device(
                "preset = \"hd-audio\"\nformat = { rate = \"8kHz\", channels = 1, sample = \"u8\" }",
            ),
            "client[0].packet",
        ),
        ("many-packets", client("packets = 3"), "client[0].packets"),
        (
            "negative-delay",
            fault("late-wake-up = { client = 0, event = 5, by = \"-14ms\" }"),
            "fault[0].late-wake-up.by",
        ),
        (
            "huge-delay",
            fault("late-wake-up = { client = 0, event = 5, by = \"99999999999999999999s\" }"),
            "fault[0].late-wake-up.by",
        ),
        (
            "nobody",
            fault("late-wake-up = { client = 7, event = 5, by = \"14ms\" }"),
            "fault[0].late-wake-up.client",
        ),
        (
            "two-faults",
            fault(
                "late-wake-up = { client = 0, event = 5, by = \"14ms\" }\nlost-notification = { event = 5 }",
            ),
            "fault[0]",
        ),
    ];
    for (name, scenario, key) in cases {
        refused_with(name, &scenario, &["bad.toml:", &format!("`{key}`: ")]);
    }
    for (name, duration) in [
        ("no-time", "0s"),
        ("overflow", "18446744073709551615s"),
        ("endless", "600d"),
    ] {
        let ended = refused(name, GOOD.replace("50ms", duration), &[]);
        assert!(
            ended.err.contains("bad.toml:3:12: `duration`: "),
            "{}",
            ended.err
        );
    }
}

#[test]
fn several_problems_are_told_in_one_go() {
    let scenario = GOOD.replace("50ms", "50") + "\n[device]\nfifo = \"0fr\"\n";
    let ended = refused("several", scenario, &[]);
    assert_eq!(ended.err.matches("error: ").count(), 2, "{}", ended.err);
}

#[test]
fn what_is_no_text_is_refused() {
    let ended = refused("binary", b"name = \"\xff\xfe\"", &[]);
    assert!(
        ended.err.contains("from byte 8 on") && ended.err.contains("UTF-8"),
        "{}",
        ended.err
    );
    let ended = refused("empty", b"", &[]);
    assert!(ended.err.contains("`name` is missing"), "{}", ended.err);
}

#[test]
fn a_missing_file_suggests_the_shipped_name_that_was_meant() {
    let folder = Folder::new("missing");
    let ended = folder.wavert(&["run", "late-wakeup", "--out", "out"]);
    assert_eq!((ended.status, ended.out.as_str()), (2, ""));
    assert!(
        ended.err.contains("did you mean `late-wake-up`?"),
        "{}",
        ended.err
    );
    let ended = folder.wavert(&["check", "nowhere/at-all.toml"]);
    assert_eq!(ended.status, 2);
    assert!(ended.err.contains("wavert list"), "{}", ended.err);
    assert_eq!(folder.wavert(&["run", "."]).status, 2);
    assert!(folder.names().is_empty());
}

#[test]
fn a_sound_that_is_missing_or_lies_is_refused_with_its_name() {
    let melody = fs::read(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../scenarios/sounds/melody.wav"
    ))
    .unwrap();
    let mut lying = melody.clone();
    lying[40..44].copy_from_slice(&u32::MAX.to_le_bytes());
    let cases: [(&str, &[u8], &str); 5] = [
        ("truncated", &melody[..1_000], "claims"),
        (
            "lying",
            &lying,
            "the `data` chunk at byte 36 claims 4294967295 bytes",
        ),
        ("empty", b"", "an empty file"),
        ("mp3", b"ID3\x04rest", "an MP3 file"),
        ("cut", &melody[..20], "claims"),
    ];
    for (name, wav, part) in cases {
        let folder = Folder::new(&format!("wav-{name}"));
        folder.file("good.toml", GOOD);
        folder.file("sound.wav", wav);
        let before = folder.names();
        let ended = folder.wavert(&["run", "good.toml", "--input", "sound.wav", "--out", "out"]);
        assert_eq!(ended.status, 2, "{ended:?}");
        assert!(
            ended.err.contains("sound.wav: ") && ended.err.contains(part),
            "{}",
            ended.err
        );
        assert!(ended.err.contains("help: "), "{}", ended.err);
        assert_eq!(folder.names(), before);
    }
    let scenario = format!("{GOOD}source = {{ wav = {{ path = \"gone.wav\" }} }}\n");
    let ended = refused("wav-gone", scenario, &[]);
    assert!(
        ended.err.contains("gone.wav: cannot be read"),
        "{}",
        ended.err
    );
}

#[cfg(target_os = "linux")]
#[test]
fn of_a_huge_sound_only_what_is_played_is_read() {
    use std::io::Write as _;
    let folder = Folder::new("huge");
    folder.file("good.toml", GOOD);
    let spec = hound::WavSpec {
        channels: 2,
        sample_rate: 44_100,
        bits_per_sample: 16,
        sample_format: hound::SampleFormat::Int,
    };
    let path = folder.path("huge.wav");
    hound::WavWriter::create(&path, spec)
        .unwrap()
        .finalize()
        .unwrap();
    let mut header = fs::read(&path).unwrap();
    let data: u32 = 3_900_000_000;
    let behind = header.len() - 8;
    header[4..8].copy_from_slice(&(data + u32::try_from(behind).unwrap()).to_le_bytes());
    header[behind + 4..].copy_from_slice(&data.to_le_bytes());
    // A file with a hole: long, and without a disk that it would fill.
    let mut file = fs::File::create(&path).unwrap();
    file.write_all(&header).unwrap();
    file.set_len(u64::from(data) + header.len() as u64).unwrap();
    // 1 GiB of address space is less than the file.
    let script = "ulimit -v 1048576; exec \"$0\" run good.toml --input huge.wav";
    let ended = std::process::Command::new("sh")
        .args(["-c", script, env!("CARGO_BIN_EXE_wavert")])
        .current_dir(folder.path(""))
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&ended.stderr);
    assert_eq!(ended.status.code(), Some(0), "{told}");
}

#[cfg(target_os = "linux")]
#[test]
fn an_endless_device_is_no_sound_and_no_scenario() {
    let ended = refused("endless", GOOD, &["--input", "/dev/zero"]);
    assert!(ended.err.contains("not a WAV file"), "{}", ended.err);
    let ended = Folder::new("endless").wavert(&["run", "/dev/zero"]);
    assert_eq!(ended.status, 2);
    assert!(ended.err.contains("no scenario"), "{}", ended.err);
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_behind_standard_output_is_told() {
    use std::process::{Command, Stdio};
    for arguments in [
        &["run", "late-wake-up"][..],
        &["run", "late-wake-up", "--json"],
        &["run", "late-wake-up", "hd-audio"],
        &["check", "late-wake-up"],
        &["list"],
        &["schema"],
    ] {
        let full = fs::OpenOptions::new()
            .write(true)
            .open("/dev/full")
            .unwrap();
        let ended = Command::new(env!("CARGO_BIN_EXE_wavert"))
            .args(arguments)
            .stdout(Stdio::from(full))
            .output()
            .unwrap();
        let told = String::from_utf8_lossy(&ended.stderr);
        assert_eq!(ended.status.code(), Some(2), "{arguments:?}: {told}");
        assert!(told.contains("standard output"), "{arguments:?}: {told}");
    }
}

#[test]
fn arguments_that_say_nothing_are_refused() {
    let folder = Folder::new("arguments");
    folder.file("good.toml", GOOD);
    for arguments in [
        &["run"][..],
        &["run", "good.toml", "--seed", "-1"],
        &["run", "good.toml", "--seed", "many"],
        &["run", "good.toml", "--set", "seed"],
        &["run", "good.toml", "--set", "client[5].packets=2"],
        &["run", "good.toml", "--set", "nonsense=2"],
        &["run", "good.toml", "--set", "duration=5"],
        &["run", "good.toml", "--frobnicate"],
        &["walk"],
        &[],
    ] {
        let ended = folder.wavert(arguments);
        assert_eq!((ended.status, ended.out.as_str()), (2, ""), "{arguments:?}");
        assert!(!ended.err.is_empty(), "{arguments:?}");
    }
    assert_eq!(folder.names(), ["good.toml"]);
}

#[test]
fn a_seed_too_large_for_set_is_told_where_it_goes() {
    let folder = Folder::new("large-seed");
    let large = u64::MAX.to_string();
    let set = format!("seed={large}");
    folder.file("large.toml", format!("seed = {large}\n{GOOD}"));
    for arguments in [
        &["run", "late-wake-up", "--set", &set][..],
        &["run", "large.toml", "--set", "duration=10ms"],
    ] {
        let ended = folder.wavert(arguments);
        assert_eq!((ended.status, ended.out.as_str()), (2, ""), "{ended:?}");
        assert!(ended.err.contains("with --seed"), "{}", ended.err);
    }
    let ended = folder.wavert(&["run", "large.toml", "--json"]);
    assert_eq!(ended.json()["seed"], u64::MAX);
}

#[test]
fn a_second_standard_input_is_refused() {
    let folder = Folder::new("second-stdin");
    for command in ["run", "check"] {
        let ended = folder.wavert(&[command, "-", "-"]);
        assert_eq!(ended.status, 2);
        let told = ended.err.matches("named twice").count();
        assert_eq!(told, 1, "{}", ended.err);
    }
}

#[test]
fn an_output_that_cannot_be_written_is_refused_and_spares_what_was_there() {
    let folder = Folder::new("unwritable");
    folder.file("good.toml", GOOD);
    folder.file("taken", "in the way");
    let before = folder.names();
    let ended = folder.wavert(&["run", "good.toml", "--out", "taken/out"]);
    assert_eq!(ended.status, 2, "{ended:?}");
    assert!(
        ended.err.contains("taken/out") && ended.err.contains("--out"),
        "{}",
        ended.err
    );
    assert_eq!(folder.names(), before);
    fs::create_dir_all(folder.path("out/report.txt")).unwrap();
    let ended = folder.wavert(&["run", "good.toml", "--out", "out"]);
    assert_eq!(ended.status, 2, "{ended:?}");
    assert!(ended.err.contains("out/report.txt"), "{}", ended.err);
    assert_eq!(
        fs::read_dir(folder.path("out")).unwrap().count(),
        1,
        "the folder in the way"
    );
}

#[test]
fn a_sound_no_wav_file_could_hold_is_refused_before_it_is_made() {
    let ended = refused("long", GOOD.replace("50ms", "8h"), &[]);
    assert!(
        ended.err.contains("more than a WAV file can have"),
        "{}",
        ended.err
    );
}

#[test]
fn with_json_a_refusal_is_an_object_too() {
    let ended = refused("json", GOOD.replace("50ms", "50"), &["--json"]);
    let object = ended.json();
    assert_eq!(object["schema"], 1);
    assert!(
        object["error"]
            .as_str()
            .unwrap()
            .starts_with("bad.toml:3:12: `duration`: ")
    );
    assert_eq!(object["problems"][0]["line"], 3);
    assert_eq!(object["problems"][0]["key"], "duration");
}
