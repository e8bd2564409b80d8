//! What `cargo xtask` can do.

use crate::{
    Failure, browser, cargo, layers, perfetto, root, rules, run, scale_out, sound, wasm, write,
};

/// One chore.
#[derive(Clone, Copy, Debug)]
pub struct Chore {
    name: &'static str,
    does: &'static str,
    run: fn(&[String]) -> Result<(), Failure>,
}

const CHORES: &[Chore] = &[
    Chore {
        name: "check",
        does: "formatting, lints, documentation and every test: what has to pass before a change lands",
        run: |_| check(),
    },
    Chore {
        name: "layers",
        does: "the arrows between the crates, held against the table in xtask/src/layers.rs",
        run: |_| layers::check(&layers::packages()?).map_err(|wrong| Failure(wrong.join("\n"))),
    },
    Chore {
        name: "loom",
        does: "every interleaving of small rings (crates/ring)",
        run: |_| loom(),
    },
    Chore {
        name: "bless",
        does: "writes anew what tests compare with: digests, schema, tables; read the difference before you commit it",
        run: |_| bless(),
    },
    Chore {
        name: "rules",
        does: "writes docs/rules.md: which rule is held by which tests",
        run: |_| write(&rules::table_path(), rules::table()?),
    },
    Chore {
        name: "sound",
        does: "writes scenarios/sounds/melody.wav",
        run: |_| write(&root().join("scenarios/sounds/melody.wav"), sound::melody()),
    },
    Chore {
        name: "wasm",
        does: "builds the model for the explorer's pages, and keeps it (needs Debian's rustc-web and rust-web-src)",
        run: |_| wasm::build(),
    },
    Chore {
        name: "browser",
        does: "the explorer in Chromium, which it installs where it may; pictures of all views in target/explorer",
        run: |_| browser::check(),
    },
    Chore {
        name: "perfetto",
        does: "traces of shipped scenarios against the schema in the PyPI package `perfetto`",
        run: perfetto::check,
    },
    Chore {
        name: "scale-out",
        does: "a sweep over two Dask workers, of which one is killed, and its rows in DuckDB",
        run: scale_out::check,
    },
    Chore {
        name: "long-runs",
        does: "24 hours of 10 ms packets through the whole stack, against the closed forms",
        run: |_| long_runs(),
    },
    Chore {
        name: "bench",
        does: "the table of ratios beside the peers (wavert-benches)",
        run: |_| {
            run(&mut cargo([
                "bench",
                "--package",
                "wavert-benches",
                "--features",
                "peers",
            ]))
        },
    },
    Chore {
        name: "fuzz",
        does: "files and histories of calls under cargo-fuzz; takes seconds per target (default 60)",
        run: fuzz,
    },
];

/// The chore of that name.
pub fn find(name: &str) -> Option<&'static Chore> {
    CHORES.iter().find(|chore| chore.name == name)
}

/// The list of chores.
pub fn usage() -> String {
    let lines = CHORES
        .iter()
        .map(|chore| format!("  {:<9} {}\n", chore.name, chore.does));
    format!("usage: cargo xtask CHORE\n\n{}", lines.collect::<String>())
}

impl Chore {
    /// Does it.
    ///
    /// # Errors
    /// [`Failure`] with what went wrong.
    pub fn run(&self, arguments: &[String]) -> Result<(), Failure> {
        (self.run)(arguments)
    }
}

fn check() -> Result<(), Failure> {
    run(&mut cargo(["fmt", "--all", "--check"]))?;
    run(&mut cargo([
        "clippy",
        "--workspace",
        "--all-targets",
        "--",
        "--deny",
        "warnings",
    ]))?;
    run(cargo(["doc", "--workspace", "--no-deps"]).env("RUSTDOCFLAGS", "--deny warnings"))?;
    run(&mut cargo(["test", "--workspace"]))?;
    // The digests of the shipped scenarios once more as a release build makes them.
    run(&mut cargo([
        "test",
        "--release",
        "--package",
        "wavert-scenario",
        "--test",
        "it",
    ]))?;
    browser::check()?;
    loom()
}

fn loom() -> Result<(), Failure> {
    let mut command = cargo([
        "test",
        "--release",
        "--package",
        "wavert-ring",
        "--test",
        "loom",
    ]);
    // A folder of its own, or every other build would start from nothing afterwards.
    command.args(["--target-dir", "target/loom"]);
    run(command.env("RUSTFLAGS", "--cfg loom"))
}

/// One day after the other: each remembers 8 640 000 packets.
fn long_runs() -> Result<(), Failure> {
    run(&mut cargo([
        "test",
        "--release",
        "--package",
        "wavert-scenario",
        "--test",
        "it",
        "--",
        "--ignored",
        "long_runs::",
        "--test-threads=1",
    ]))
}

fn bless() -> Result<(), Failure> {
    for package in ["wavert-scenario", "wavert-conformance", "wavert-sim"] {
        run(cargo(["test", "--package", package, "--test", "it"]).env("BLESS", "1"))?;
    }
    write(&rules::table_path(), rules::table()?)
}

fn fuzz(arguments: &[String]) -> Result<(), Failure> {
    let seconds = arguments.first().map_or("60", String::as_str);
    for target in ["scenario", "wav", "pins", "miniports"] {
        // What is found goes into the first folder; the others are where it starts from.
        let folders = [
            format!("fuzz/corpus/{target}"),
            format!("fuzz/seeds/{target}"),
        ];
        std::fs::create_dir_all(root().join(&folders[0])).map_err(Failure::from_display)?;
        let mut command = cargo(["fuzz", "run", target]);
        command
            .args(folders)
            .args((target == "scenario").then_some("scenarios"));
        command.args([
            "--",
            &format!("-max_total_time={seconds}"),
            "-max_len=16384",
            "-rss_limit_mb=4096",
        ]);
        // Stable carries the address sanitizer; the switch only lets cargo-fuzz ask for it.
        run(command.env("RUSTC_BOOTSTRAP", "1"))?;
    }
    Ok(())
}
