//! `wavert conformance`: recordings, replayed.

use crate::support::Folder;

/// Every call that was recorded of the sample driver is answered alike, to the bit, and every
/// ideal figure is met.
#[test]
fn all_rows_of_the_recording_are_equal() {
    let ended = Folder::new("conformance").wavert(&["conformance", "--json"]);
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
