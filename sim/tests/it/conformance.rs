//! `wavert conformance`: the reference miniports under the kit, and recordings, replayed.

use crate::support::Folder;

#[test]
fn what_is_done_right_passes_and_every_rule_has_its_verdict() {
    let ended = Folder::new("conformance").wavert(&[
        "conformance",
        "--subject",
        "hd-audio",
        "--subject",
        "virtual-exact",
        "--cases",
        "2",
        "--json",
    ]);
    assert_eq!(ended.status, 0, "{ended:?}");
    let found = ended.json();
    assert_eq!(found["passed"], true);
    let subjects = found["subjects"].as_array().unwrap();
    assert_eq!(subjects.len(), 2);
    for subject in subjects {
        let rules = subject["rules"].as_array().unwrap();
        assert_eq!(rules.len(), conformance::kit::RULES.len());
        for rule in rules {
            let verdict = rule["verdict"].as_str().unwrap();
            assert!(["held", "not-applicable"].contains(&verdict), "{rule}");
            assert_eq!(rule["why"].is_string(), verdict == "not-applicable");
        }
    }
}

#[test]
fn a_known_defect_is_named_saved_and_found_again_in_its_history() {
    let folder = Folder::new("conformance");
    let arguments = [
        "conformance",
        "--subject",
        "virtual-sample",
        "--rule",
        "p13",
    ];
    let written = ["--out", "out", "--junit", "junit.xml"];
    let ended = folder.wavert(&[&arguments[..], &written].concat());
    assert_eq!(ended.status, 0, "{ended:?}");
    let known = "known D1: positions move once in a millisecond: P13";
    assert!(ended.out.contains(known), "{}", ended.out);
    let junit = std::fs::read_to_string(folder.path("junit.xml")).unwrap();
    assert!(junit.contains("failures=\"0\" skipped=\"1\""), "{junit}");
    let saved = "out/virtual-sample-P13.history";
    // For a device without the defect the same history is nothing.
    for (subject, verdict) in [("virtual-sample", "known"), ("virtual-exact", "held")] {
        let arguments = [
            "conformance",
            "--subject",
            subject,
            "--rule",
            "P13",
            "--json",
        ];
        let ended = folder.wavert(&[&arguments[..], &["--history", saved]].concat());
        assert_eq!(ended.status, 0, "{ended:?}");
        let subject = &ended.json()["subjects"][0];
        assert_eq!(
            (&subject["histories"], &subject["seeds"]),
            (&1.into(), &0.into())
        );
        assert_eq!(subject["rules"][0]["verdict"], verdict);
    }
}

#[test]
fn p53_a_rule_of_controllers_is_asked_of_the_controller_and_of_nobody_else() {
    let folder = Folder::new("conformance");
    let arguments = [
        "conformance",
        "--subject",
        "hd-audio-controller",
        "--subject",
        "hd-audio",
        "--rule",
        "P53",
        "--cases",
        "4",
    ];
    let ended = folder.wavert(&[&arguments[..], &["--junit", "junit.xml"]].concat());
    assert_eq!(ended.status, 0, "{ended:?}");
    let not_applicable = "n/a, needs a controller: P53";
    assert_eq!(
        ended.out.matches(not_applicable).count(),
        1,
        "{}",
        ended.out
    );
    let junit = std::fs::read_to_string(folder.path("junit.xml")).unwrap();
    assert!(junit.contains("hd-audio-controller.controller"), "{junit}");
    let found = folder
        .wavert(&[&arguments[..], &["--json"]].concat())
        .json();
    let verdict = |n: usize| found["subjects"][n]["rules"][0]["verdict"].clone();
    assert_eq!(
        (verdict(0), verdict(1)),
        ("held".into(), "not-applicable".into())
    );
}

#[test]
fn a_budget_is_spent_on_seed_after_seed() {
    let arguments = [
        "conformance",
        "--subject",
        "ideal",
        "--rule",
        "P9",
        "--cases",
        "1",
    ];
    let ended = Folder::new("conformance").wavert(&[&arguments[..], &["--budget", "1s"]].concat());
    assert_eq!(ended.status, 0, "{ended:?}");
    assert!(ended.out.starts_with("ideal: seeds 1 to "), "{}", ended.out);
}

#[test]
fn what_is_no_rule_no_subject_no_history_is_refused() {
    let folder = Folder::new("conformance");
    folder.file("bad.history", "wavert-history 1\n0 dance\n");
    let odd = "wavert-history 1\nformat 12345 2 S16\n0 position\n";
    folder.file("odd.history", odd);
    for (arguments, parts) in [
        (["--rule", "R999"], ["no rule `R999`", "help: "]),
        (["--rule", "p42"], ["P42 is not in the kit", "with --pins"]),
        (
            ["--subject", "none"],
            ["no such subject", "hd-audio-capture"],
        ),
        (
            ["--budget", "30"],
            ["whole number and s, min or h", "--budget"],
        ),
        (["--history", "bad.history"], ["bad.history:2", "calls are"]),
        (
            ["--history", "odd.history"],
            ["can be made with", "name another subject"],
        ),
        (["--history", "none.history"], ["cannot be read", "help: "]),
    ] {
        let ended = folder.wavert(&[&["conformance"], &arguments[..]].concat());
        assert_eq!(ended.status, 2, "{ended:?}");
        for part in parts {
            assert!(ended.err.contains(part), "{part} is not in {}", ended.err);
        }
    }
}

/// Every call that was recorded of the sample driver is answered alike, to the bit, and every
/// ideal figure is met.
#[test]
fn all_rows_of_the_recording_are_equal() {
    let ended = Folder::new("conformance").wavert(&["conformance", "--replay", "--json"]);
    assert_eq!(ended.status, 0, "{ended:?}");
    let found = ended.json();
    for (core, equal, excepted) in [("sample", 4237, 0), ("exact", 4031, 206)] {
        let tally = &found[core];
        assert_eq!(tally["rows"], 4237);
        assert_eq!(
            (&tally["equal"], &tally["excepted"]),
            (&equal.into(), &excepted.into())
        );
        assert_eq!(
            (&tally["different"], &tally["first_difference"]),
            (&0.into(), &().into())
        );
        assert_eq!(tally["families"].as_array().unwrap().len(), 20);
    }
}

/// The header, and the first case of the recording.
fn first_case() -> String {
    let lines = conformance::replay::POSITION_GOLDEN.lines();
    let mut text = String::new();
    for line in lines.take_while(|line| line.starts_with("case_id") || line.starts_with("REG-02")) {
        text += line;
        text.push('\n');
    }
    text
}

#[test]
fn a_row_that_differs_is_told_in_full_and_ends_with_1() {
    let folder = Folder::new("conformance");
    folder.file("same.csv", first_case());
    let same = folder.wavert(&["conformance", "--replay", "same.csv"]);
    assert_eq!(same.status, 0, "{same:?}");
    folder.file(
        "other.csv",
        first_case().replacen("lin=320;", "lin=321;", 1),
    );
    let ended = folder.wavert(&["conformance", "--replay", "other.csv"]);
    assert_eq!(ended.status, 1, "{ended:?}");
    for part in [
        "sample-compatible",
        "first difference: line 7, REG-02 step 5, get_position",
        "internal lin",
        "321 → 320 ◀",
        "exact",
    ] {
        assert!(ended.out.contains(part), "{part} is not in {}", ended.out);
    }
}

#[test]
fn a_damaged_recording_is_refused_at_its_place() {
    let folder = Folder::new("conformance");
    folder.file("cut.csv", first_case().trim_end());
    folder.file("bytes.csv", [b'a', 0xff]);
    folder.file(
        "call.csv",
        first_case().replacen("get_position", "guess_position", 1),
    );
    for (name, parts) in [
        ("cut.csv", ["cut.csv:", "no end"]),
        ("bytes.csv", ["from byte 1 on", "help: "]),
        (
            "call.csv",
            ["call.csv:6:", "`op`: `guess_position` is no call"],
        ),
        ("none.csv", ["cannot be read", "help: check the path"]),
        (".", ["folder", "help: "]),
    ] {
        let ended = folder.wavert(&["conformance", "--replay", name]);
        assert_eq!(ended.status, 2, "{ended:?}");
        for part in parts {
            assert!(ended.err.contains(part), "{part} is not in {}", ended.err);
        }
        let json = folder.wavert(&["conformance", "--json", "--replay", name]);
        assert_eq!(json.status, 2);
        assert!(json.json()["problems"].is_array());
    }
}

#[test]
fn whole_pins_are_put_through_histories_that_are_saved_and_replayed() {
    let folder = Folder::new("pins");
    let ended = folder.wavert(&["conformance", "--pins", "--cases", "20", "--json"]);
    assert_eq!(ended.status, 0, "{ended:?}");
    let all = ended.json();
    let pins = all["pins"].as_array().unwrap();
    assert_eq!(pins.len(), 5);
    assert!(pins.iter().all(|pin| pin["granted"].as_u64() > Some(50)));

    let sample = ["conformance", "--pins", "--subject", "virtual-sample"];
    let ended = folder.wavert(&[&sample[..], &["--cases", "200", "--out", "out"]].concat());
    assert_eq!(ended.status, 1, "{ended:?}");
    assert!(
        ended.out.contains("STATUS_NOT_IMPLEMENTED"),
        "{}",
        ended.out
    );
    let saved = "out/virtual-sample-pin-R98.history";
    for (subject, status) in [("virtual-sample", 1), ("virtual-exact", 0)] {
        let pins = [
            "conformance",
            "--pins",
            "--history",
            saved,
            "--subject",
            subject,
        ];
        assert_eq!(folder.wavert(&pins).status, status);
    }
    let text = "wavert-pin 1\nformat 48000 2 S24\n0 open\n";
    std::fs::write(folder.path("s24.history"), text).unwrap();
    let odd = [
        "conformance",
        "--pins",
        "--subject",
        "hd-audio",
        "--history",
        "s24.history",
    ];
    assert_eq!(folder.wavert(&odd).status, 2);
    let no_pin = folder.wavert(&["conformance", "--pins", "--subject", "pausable-clock"]);
    assert_eq!(no_pin.status, 2);
    assert!(no_pin.err.contains("has no miniport"), "{}", no_pin.err);
}
