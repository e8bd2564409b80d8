//! The explorer's page from outside: it is whole, it loads nothing, and what is wrong is told.

use crate::support::Folder;
use std::fs;

#[test]
fn a_page_holds_all_that_it_needs_and_loads_nothing() {
    let folder = Folder::new("explore-page");
    let ended = folder.wavert(&[
        "explore",
        "late-wake-up",
        "--seed",
        "9",
        "--out",
        "pages/a.html",
    ]);
    assert_eq!((ended.status, ended.err.as_str()), (0, ""), "{ended:?}");
    let page = fs::read_to_string(folder.path("pages/a.html")).unwrap();
    assert!(page.len() < 2_000_000, "{} bytes", page.len());
    assert!(page.contains("late-wake-up = { engine = true, event = 5, by = \\\"14ms\\\" }"));
    assert!(page.contains(r#""seed":"9""#));
    for loading in ["<link", " src=", "@import", "url(", "fetch(", "import("] {
        assert!(!page.contains(loading), "{loading}");
    }
    // Nothing of it is left to be filled in.
    assert!(!page.contains("{{"));
}

#[test]
fn a_figure_is_changed_as_for_a_run() {
    let folder = Folder::new("explore-set");
    let set = ["--set", "fault[0].late-wake-up.by=9ms"];
    let ended =
        folder.wavert(&[&["explore", "late-wake-up", "--out", "a.html"][..], &set].concat());
    assert_eq!(ended.status, 0, "{ended:?}");
    let page = fs::read_to_string(folder.path("a.html")).unwrap();
    assert!(page.contains("9ms") && !page.contains("by = \\\"14ms\\\""));
}

#[test]
fn what_cannot_be_shown_is_refused_with_its_place() {
    let folder = Folder::new("explore-refused");
    folder.file(
        "bad.toml",
        "name = \"x\"\nduration = \"1s\"\n[[client]]\nmode = \"shard-event\"\n",
    );
    for (arguments, told) in [
        (&["bad.toml", "--out", "a.html"][..], "bad.toml:4"),
        (&["nothing.toml", "--out", "a.html"], "nothing.toml"),
        (&["late-wake-up", "--out", "bad.toml/a.html"], "cannot"),
        (&["late-wake-up", "--out", ".."], "no name of a file"),
        (
            &["late-wake-up", "--set", "sed=3", "--out", "a.html"],
            "sed",
        ),
    ] {
        let ended = folder.wavert(&[&["explore"], arguments].concat());
        assert_eq!(ended.status, 2, "{arguments:?}: {ended:?}");
        assert!(ended.err.contains(told), "{arguments:?}: {}", ended.err);
    }
    assert!(!folder.path("a.html").exists());
}
