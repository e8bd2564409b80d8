//! The module that is kept in `sim/explorer/`: it is that of the model as it is now.

use scenario::{shipped, shipped_sounds};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// What each shipped scenario comes to on the command line: its digest and that of its sound. The
/// suite of `scenario` holds this table against the model.
fn told() -> String {
    let table = root().join("crates/scenario/tests/it/snapshots/digests.txt");
    let table = fs::read_to_string(table).unwrap();
    let line = |line: &str| {
        let mut words = line.split_whitespace();
        let (path, digest) = (words.next().unwrap(), words.next().unwrap());
        let heard = words.next().unwrap();
        format!("{path} {digest} {heard}\n")
    };
    table.lines().map(line).collect()
}

#[test]
fn the_kept_module_gives_the_digests_of_the_command_line() {
    let node = Command::new("node").arg("--version").output();
    if !node.is_ok_and(|output| output.status.success()) {
        eprintln!("SKIPPED: there is no `node`, so nobody has run sim/explorer/model.wasm.gz");
        return;
    }
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("kept");
    let _ = fs::remove_dir_all(&folder);
    for each in shipped() {
        let path = folder.join(each.path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, each.text).unwrap();
    }
    for sound in shipped_sounds() {
        let path = folder.join(sound.path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, sound.bytes).unwrap();
    }
    let ran = Command::new("node")
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/kept.mjs"))
        .args([root().join("sim/explorer/model.wasm.gz"), folder])
        .args(shipped().iter().map(|each| each.path))
        .output()
        .unwrap();
    let (out, err) = (
        String::from_utf8(ran.stdout).unwrap(),
        String::from_utf8(ran.stderr).unwrap(),
    );
    assert!(ran.status.success(), "{err}");
    let mut wrong = String::new();
    let mut told: Vec<String> = told().lines().map(str::to_owned).collect();
    let mut shown: Vec<String> = out.lines().map(str::to_owned).collect();
    told.sort();
    shown.sort();
    assert_eq!(told.len(), shown.len(), "as many scenarios");
    for (told, shown) in told
        .iter()
        .zip(&shown)
        .filter(|(told, shown)| told != shown)
    {
        writeln!(wrong, "  command line: {told}\n  kept module:  {shown}").unwrap();
    }
    assert!(
        wrong.is_empty(),
        "sim/explorer/model.wasm.gz is not that of this model:\n{wrong}\
         Build it anew: `cargo xtask wasm`, which needs Debian's packages rustc-web and rust-web-src."
    );
}

/// The page must stay below two megabytes with the module in base64 and everything else.
#[test]
fn the_kept_module_leaves_room_in_a_page() {
    let bytes = fs::metadata(root().join("sim/explorer/model.wasm.gz"))
        .unwrap()
        .len();
    assert!(bytes < 1_300_000, "{bytes} bytes");
}
