//! C++ on the other side of the border, compiled and run.

#![expect(clippy::unwrap_used, reason = "a test may, and its helpers too")]

use std::mem::{offset_of, size_of};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use wavert_capi::border::{self, Counts, Options, ReadPacket, Rule, Setup, Subject};

/// The static library that cargo built for this test: beside the test.
fn library() -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let folder = test.parent().unwrap();
    let is_ours = |path: &PathBuf| {
        let name = path.file_name().unwrap().to_string_lossy();
        name.starts_with("libwavert_capi") && name.ends_with(".a")
    };
    let files = std::fs::read_dir(folder).unwrap();
    let ours = files.map(|file| file.unwrap().path()).filter(is_ours);
    let newest = ours.max_by_key(|path| path.metadata().unwrap().modified().unwrap());
    newest.expect("cargo builds the static library with the test")
}

/// Compiles that source with every warning an error.
fn compile(source: &str, to: &str) -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let program = Path::new(env!("CARGO_TARGET_TMPDIR")).join(to);
    let compiler = std::env::var("CXX").unwrap_or_else(|_| "c++".to_owned());
    let output = Command::new(&compiler)
        .args(["-std=c++17", "-Wall", "-Wextra", "-Werror", "-I"])
        .arg(root.join("include"))
        .arg(root.join(source))
        .arg(library())
        .args(["-lpthread", "-ldl", "-lm", "-o"])
        .arg(&program)
        .output()
        .unwrap_or_else(|error| {
            panic!("`{compiler}`: {error}; install a C++ compiler (g++), or name one in CXX")
        });
    assert!(output.status.success(), "{}", text(&output.stderr));
    program
}

fn run(program: &Path, argument: &str) -> Output {
    Command::new(program).arg(argument).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn a_forgotten_remainder_is_found_and_the_fix_passes() {
    let source = "examples/virtual-miniport/virtual_miniport.cpp";
    let program = compile(source, "virtual_miniport");

    let dropped = run(&program, "dropped");
    let told = text(&dropped.stdout);
    assert_eq!(dropped.status.code(), Some(1), "{told}");
    assert!(told.contains("\nP16 is broken\n"), "{told}");
    assert!(told.contains(", as when asked less often\n"), "{told}");

    let carried = run(&program, "carried");
    let told = text(&carried.stdout);
    assert_eq!(carried.status.code(), Some(0), "{told}");
    assert!(told.starts_with("carried: seed 1, "), "{told}");

    let again = run(&program, "dropped");
    assert_eq!(again.stdout, dropped.stdout, "the same seed says the same");
}

/// The numbers of the rules that the text says are broken.
fn broken(told: &str) -> Vec<&str> {
    let lines = told.lines();
    lines
        .filter_map(|line| line.strip_suffix(" is broken"))
        .collect()
}

#[test]
fn packets_events_formats_and_memory_are_judged_across_the_border() {
    let program = compile(
        "examples/packet-miniport/packet_miniport.cpp",
        "packet_miniport",
    );
    let told = |flow: &str, defect: &str| {
        let output = Command::new(&program)
            .args([flow, defect])
            .output()
            .unwrap();
        let told = text(&output.stdout);
        let found = i32::from(!broken(&told).is_empty());
        assert_eq!(output.status.code(), Some(found), "{told}");
        told
    };
    for (flow, not_asked) in [("render", "P32"), ("capture", "P33")] {
        let right = told(flow, "");
        assert_eq!(broken(&right), Vec::<&str>::new(), "{right}");
        let needs = right
            .split("not applicable")
            .nth(1)
            .expect("it lists what is not");
        let applies = |rule: &&str| !needs.contains(rule);
        let everywhere = ["P18", "P24", "P30", "P43", "P57", "R62", "R75", "R81"];
        assert!(everywhere.iter().all(applies), "{right}");
        assert!(needs.contains(not_asked), "{right}");
    }
    for (flow, defect, rules) in [
        ("render", "window", &["P33", "R119"][..]),
        ("render", "tick", &["P30"]),
        ("render", "early", &["P18"]),
        ("render", "memory", &["P19"]),
        ("render", "tail", &["P34"]),
        ("render", "rate", &["P43"]),
        ("render", "delay", &["P46"]),
        ("capture", "stamp", &["P31", "R134"]),
        ("capture", "early", &["P18"]),
    ] {
        let wrong = told(flow, defect);
        let found = broken(&wrong);
        assert!(
            rules.iter().all(|rule| found.contains(rule)),
            "{defect}: {wrong}"
        );
    }
}

#[test]
fn the_border_refuses_what_it_cannot_use_and_reaches_every_callback() {
    let program = compile("tests/border.cpp", "border");
    let output = run(&program, "all");
    assert!(output.status.success(), "{}", text(&output.stdout));

    let layout = text(&run(&program, "layout").stdout);
    let sizes = [
        size_of::<Setup>(),
        size_of::<ReadPacket>(),
        size_of::<Subject>(),
        size_of::<Options>(),
        size_of::<Counts>(),
        size_of::<Rule>(),
    ];
    let lasts = [
        offset_of!(Setup, start),
        offset_of!(ReadPacket, more_data),
        offset_of!(Subject, timer),
        offset_of!(Options, rule),
        offset_of!(Counts, calls),
        offset_of!(Rule, history),
    ];
    let flags = [
        border::CAPTURES,
        border::INSIDE_FRAMES,
        border::COUNTS_IN_MEMORY,
        border::NOBODY,
        border::RECORDED,
    ];
    let layout_of_rust = sizes.iter().chain(&lasts).map(usize::to_string);
    let expected: Vec<String> = layout_of_rust
        .chain(flags.iter().map(u32::to_string))
        .collect();
    let seen: Vec<&str> = layout.split_whitespace().collect();
    assert_eq!(seen, expected, "include/wavert.h and src/border.rs differ");
}
