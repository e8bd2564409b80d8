use std::collections::BTreeSet;
use xtask::layers::{LAYERS, Package, check, check_outside, packages};

#[test]
fn no_arrow_points_up() {
    let packages = packages().unwrap();
    assert!(
        packages.len() > LAYERS.len(),
        "cargo metadata lists the workspace"
    );
    assert_eq!(check(&packages), Ok(()));
}

#[test]
fn nothing_below_the_command_reaches_an_executor_or_an_operating_system() {
    assert_eq!(check_outside(), Ok(()));
}

#[test]
fn the_table_itself_only_points_down() {
    for (rank, layer) in LAYERS.iter().enumerate() {
        for used in layer.uses {
            assert!(
                LAYERS[rank + 1..].iter().any(|below| below.name == *used),
                "{} uses {used}, which is not below it",
                layer.name
            );
        }
    }
}

fn package(name: &str, uses: &[&str], tests_use: &[&str]) -> Package {
    let set = |names: &[&str]| {
        names
            .iter()
            .map(ToString::to_string)
            .collect::<BTreeSet<_>>()
    };
    Package {
        name: name.into(),
        uses: set(uses),
        tests_use: set(tests_use),
    }
}

#[test]
fn an_arrow_that_points_up_is_found() {
    let complaint = |package| check(&[package]).unwrap_err().join("; ");
    assert_eq!(
        complaint(package("wavert-port", &["wavert-hardware"], &[])),
        "wavert-port may not use wavert-hardware"
    );
    assert_eq!(
        complaint(package("wavert-engine", &["wavert-sim", "tokio"], &[])),
        "wavert-engine may not use tokio; wavert-engine may not use wavert-sim"
    );
    assert_eq!(
        complaint(package("wavert-ks", &[], &["wavert-port"])),
        "the tests of wavert-ks may not use wavert-port, which is above"
    );
    assert_eq!(
        complaint(package("wavert-new", &[], &[])),
        "wavert-new has no row in xtask/src/layers.rs"
    );
    assert_eq!(
        complaint(package("helper", &[], &[])),
        "helper is not named wavert-…"
    );
    assert_eq!(
        check(&[package("wavert-ks", &["wavert-ring"], &["wavert-hardware"])]),
        Ok(())
    );
}
