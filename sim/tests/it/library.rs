//! `wavert conformance --library`: the subject of a shared library that a C++ compiler made.

use crate::support::{Ended, Folder};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Compiles `source` with these arguments into a shared library.
fn compile(folder: &Folder, source: &Path, arguments: &[&str]) -> PathBuf {
    let capi = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/capi");
    let library = folder.path("mine.so");
    let compiler = std::env::var("CXX").unwrap_or_else(|_| "c++".to_owned());
    let output = Command::new(&compiler)
        .args(["-std=c++17", "-shared", "-fPIC", "-I"])
        .arg(capi.join("include"))
        .args(arguments)
        .arg(capi.join(source))
        .arg("-o")
        .arg(&library)
        .output()
        .unwrap_or_else(|error| {
            panic!("`{compiler}`: {error}; install a C++ compiler (g++), or name one in CXX")
        });
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{told}");
    library
}

fn virtual_miniport(folder: &Folder, carries: &str) {
    let source = Path::new("examples/virtual-miniport/virtual_miniport.cpp");
    compile(folder, source, &["-DAS_LIBRARY", carries]);
}

/// What is said of a library of that source.
fn said_of(source: &str) -> Ended {
    let folder = Folder::new("library");
    let source = folder.file("mine.cpp", source);
    compile(&folder, &source, &[]);
    folder.wavert(&["conformance", "--library", "./mine.so"])
}

#[test]
fn a_library_that_forgets_the_remainder_fails_and_its_history_can_be_run_again() {
    let folder = Folder::new("library");
    virtual_miniport(&folder, "-DCARRIES=false");
    let library = ["conformance", "--library", "./mine.so"];
    let more = ["--out", "found", "--junit", "rules.xml", "--json"];
    let ended = folder.wavert(&[&library[..], &more].concat());
    assert_eq!(ended.status, 1, "{ended:?}");
    let subject = &ended.json()["subjects"][0];
    assert_eq!(subject["subject"], "dropped");
    let rules = subject["rules"].as_array().unwrap();
    let p16 = rules.iter().find(|rule| rule["rule"] == "P16").unwrap();
    assert_eq!(p16["verdict"], "broken");
    let junit = std::fs::read_to_string(folder.path("rules.xml")).unwrap();
    assert!(junit.contains("<testsuite name=\"dropped\""), "{junit}");

    let again = ["--rule", "P16", "--history", "found/dropped-P16.history"];
    let ended = folder.wavert(&[&library[..], &again].concat());
    assert_eq!(ended.status, 1, "{ended:?}");
    assert!(ended.out.contains("\nP16 is broken\n"), "{ended:?}");
    virtual_miniport(&folder, "-DCARRIES=true");
    let ended = folder.wavert(&[&library[..], &again].concat());
    assert_eq!(ended.status, 0, "{ended:?}");
}

#[test]
fn a_library_that_carries_the_remainder_passes() {
    let folder = Folder::new("library");
    virtual_miniport(&folder, "-DCARRIES=true");
    let ended = folder.wavert(&["conformance", "--library", "./mine.so", "--seed", "7"]);
    assert_eq!(ended.status, 0, "{ended:?}");
    assert!(ended.out.starts_with("carried: seed 7, "), "{ended:?}");
    assert!(
        ended.out.contains("\n  position          16       0 "),
        "{ended:?}"
    );
}

#[test]
fn what_cannot_be_put_under_the_rules_is_refused_with_a_remedy() {
    let folder = Folder::new("library");
    folder.file("mine.so", "not a library");
    let library = ["conformance", "--library", "./mine.so"];
    let subject = |fields: &str| {
        said_of(&format!(
            "#include \"wavert.h\"\nstatic wavert_subject mine;\nconst wavert_subject *wavert_get_subject() {{ {fields} return &mine; }}"
        ))
    };
    let refusals = [
        (folder.wavert(&library), "cannot be loaded", "./mine.so"),
        (
            said_of(""),
            "exports no `wavert_get_subject`",
            "extern \"C\"",
        ),
        (
            subject("return nullptr;"),
            "null pointer",
            "return a subject",
        ),
        (
            subject("mine.size = 8;"),
            "ABI version 2",
            "WAVERT_ABI_VERSION",
        ),
        (
            subject("mine.size = sizeof mine; mine.abi_version = 3;"),
            "ABI version 2",
            "WAVERT_ABI_VERSION",
        ),
        (
            subject("mine.size = sizeof mine; mine.abi_version = 2;"),
            "no UTF-8 `name` or no `make`",
            "set `name` and `make`",
        ),
    ];
    for (ended, why, remedy) in refusals {
        assert_eq!(ended.status, 2, "{ended:?}");
        assert!(
            ended.err.contains(why) && ended.err.contains(remedy),
            "{ended:?}"
        );
    }
}
