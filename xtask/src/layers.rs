//! Which crate may use which: the order of the real stack, top first.
//!
//! A crate may use only what its row names, so every arrow points down. Tests and examples may
//! reach anything that is not above them. What a crate takes from outside is listed, too: the
//! model stays free of an operating system, of randomness and of anybody else's executor.

use crate::{Failure, cargo, read, root};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// One row of the table.
#[derive(Clone, Copy, Debug)]
pub struct Layer {
    /// The package, without `wavert-`.
    pub name: &'static str,
    /// The packages of this workspace that it may use, without `wavert-`.
    pub uses: &'static [&'static str],
    /// The packages from outside that it may use.
    pub outside: &'static [&'static str],
}

const fn layer(
    name: &'static str,
    uses: &'static [&'static str],
    outside: &'static [&'static str],
) -> Layer {
    Layer {
        name,
        uses,
        outside,
    }
}

/// Every package of the model, from high to low.
#[rustfmt::skip]
pub const LAYERS: &[Layer] = &[
    layer("wasm", &["scenario", "truth", "ks", "machine", "ring", "vtime", "units"], &["serde_json"]),
    layer("scenario", &["truth", "wasapi", "engine", "observers", "port", "miniport", "portcls", "ks", "hardware", "machine", "ring", "vtime", "units"],
        &["schemars", "serde", "serde_json", "serde_path_to_error", "thiserror", "toml"]),
    layer("capi", &["conformance", "ks", "units"], &["libloading", "thiserror"]),
    layer("conformance", &["truth", "observers", "port", "miniport", "portcls", "ks", "hardware", "machine", "ring", "vtime", "units"], &["proptest", "serde_json", "thiserror"]),
    layer("truth", &["machine", "ring", "vtime", "units"], &["thiserror"]),
    layer("wasapi", &["engine", "observers", "ks", "machine", "ring", "vtime", "units"], &["libm", "thiserror"]),
    layer("engine", &["observers", "ks", "machine", "ring", "vtime", "units"], &["bytes", "libm", "thiserror"]),
    layer("port", &["portcls", "ks", "machine", "ring", "vtime", "units"], &["thiserror"]),
    layer("miniport", &["portcls", "hardware", "ks", "machine", "ring", "vtime", "units"], &["libm", "thiserror"]),
    layer("portcls", &["ks", "machine", "ring", "vtime", "units"], &["thiserror"]),
    layer("ks", &["ring", "vtime", "units"], &["bytes", "thiserror"]),
    layer("hardware", &["machine", "ring", "vtime", "units"], &["thiserror"]),
    layer("machine", &["vtime", "units"], &["thiserror"]),
    layer("observers", &["units"], &[]),
    layer("ring", &["units"], &["loom", "thiserror"]),
    layer("vtime", &["units"], &["thiserror"]),
    layer("units", &[], &["thiserror"]),
];

/// Packages above the model: they may use everything, and nothing in [`LAYERS`] may use them. `live`
/// has tokio and the wall clock, so it is one.
pub const ABOVE: &[&str] = &["sim", "live", "benches"];

/// What no package of the model may have anywhere below it.
const NEVER_BELOW: &[&str] = &["tokio", "rand", "getrandom", "rubato", "clap"];

/// One package of the workspace, as cargo tells it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Package {
    /// Its name in full.
    pub name: String,
    /// What it is built from.
    pub uses: BTreeSet<String>,
    /// What its tests, examples and benches use besides.
    pub tests_use: BTreeSet<String>,
}

/// The packages of this workspace, from `cargo metadata`.
///
/// # Errors
/// [`Failure`], if cargo cannot say.
pub fn packages() -> Result<Vec<Package>, Failure> {
    let output = cargo(["metadata", "--no-deps", "--format-version", "1"])
        .output()
        .map_err(Failure::from_display)?;
    let metadata: Value = serde_json::from_slice(&output.stdout).map_err(Failure::from_display)?;
    let packages = metadata["packages"]
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default();
    Ok(packages.iter().map(package).collect())
}

fn package(described: &Value) -> Package {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let mut package = Package {
        name: text(&described["name"]),
        ..Package::default()
    };
    for dependency in described["dependencies"]
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default()
    {
        let kept = if dependency["kind"] == "dev" {
            &mut package.tests_use
        } else {
            &mut package.uses
        };
        kept.insert(text(&dependency["name"]));
    }
    package
}

/// Holds the packages against [`LAYERS`]; each complaint is one sentence.
///
/// # Errors
/// The complaints, if there are any.
pub fn check(packages: &[Package]) -> Result<(), Vec<String>> {
    let mut wrong = Vec::new();
    for package in packages {
        match package.name.strip_prefix("wavert-") {
            Some(name) if ABOVE.contains(&name) => {}
            Some(name) => match LAYERS.iter().position(|layer| layer.name == name) {
                Some(rank) => arrows(package, rank, &mut wrong),
                None => wrong.push(format!(
                    "{} has no row in xtask/src/layers.rs",
                    package.name
                )),
            },
            None if package.name == "xtask" => {}
            None => wrong.push(format!("{} is not named wavert-…", package.name)),
        }
    }
    if wrong.is_empty() { Ok(()) } else { Err(wrong) }
}

fn arrows(package: &Package, rank: usize, wrong: &mut Vec<String>) {
    let layer = LAYERS[rank];
    for used in &package.uses {
        let allowed = match used.strip_prefix("wavert-") {
            Some(used) => layer.uses.contains(&used),
            None => layer.outside.contains(&used.as_str()),
        };
        if !allowed {
            wrong.push(format!("{} may not use {used}", package.name));
        }
    }
    for used in package
        .tests_use
        .iter()
        .filter_map(|used| used.strip_prefix("wavert-"))
    {
        if !LAYERS[rank..].iter().any(|below| below.name == used) {
            wrong.push(format!(
                "the tests of {} may not use wavert-{used}, which is above",
                package.name
            ));
        }
    }
}

/// Holds what the model takes from outside, and what that takes in turn, against what may
/// never lie below it. Reads `Cargo.lock`.
///
/// # Errors
/// The complaints, or a [`Failure`] in words.
pub fn check_outside() -> Result<(), Vec<String>> {
    let lock = read(&root().join("Cargo.lock")).map_err(|Failure(why)| vec![why])?;
    let locked = lock_graph(&lock);
    let mut wrong = Vec::new();
    for layer in LAYERS {
        // `loom` is there for one build of one crate only, and brings its own threads. `proptest`
        // is there for a crate that no world is built from, and is given its seed.
        let trusted = ["loom", "proptest"];
        for &outside in layer
            .outside
            .iter()
            .filter(|outside| !trusted.contains(outside))
        {
            let mut seen = BTreeSet::new();
            let mut open = vec![outside];
            while let Some(next) = open.pop() {
                if seen.insert(next) {
                    open.extend(locked.get(next).into_iter().flatten());
                }
            }
            for never in NEVER_BELOW.iter().filter(|never| seen.contains(**never)) {
                wrong.push(format!(
                    "wavert-{} reaches {never} through {outside}",
                    layer.name
                ));
            }
        }
    }
    if wrong.is_empty() { Ok(()) } else { Err(wrong) }
}

/// Package name to the names it depends on. Versions are dropped: any version counts.
fn lock_graph(lock: &str) -> BTreeMap<&str, Vec<&str>> {
    let mut graph = BTreeMap::<&str, Vec<&str>>::new();
    let mut package = "";
    for line in lock.lines() {
        if let Some(name) = line.strip_prefix("name = ") {
            package = name.trim_matches('"');
        } else if let Some(used) = line.strip_prefix(" \"") {
            let name = used.split([' ', '"']).next().unwrap_or_default();
            graph.entry(package).or_default().push(name);
        }
    }
    graph
}
