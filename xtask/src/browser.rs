//! The explorer in a browser: Debian's Chromium, driven by a script of Python's standard library.

use crate::{Failure, cargo, root, run};
use std::path::Path;
use std::process::Command;

const CHROMIUM: &str = "/usr/bin/chromium";
const DRIVER: &str = "/usr/bin/chromedriver";

/// Opens the explorer's pages, plays with them and looks at what they show. Installs the browser where
/// that is possible, and says so where it is not.
///
/// # Errors
/// [`Failure`], if a page does not do what it should.
pub fn check() -> Result<(), Failure> {
    if !is_there() && !installed() {
        eprintln!(
            "browser: SKIPPED, there is no Chromium. On Debian: \
             apt-get install --no-install-recommends chromium chromium-driver"
        );
        return Ok(());
    }
    run(&mut cargo(["build", "--package", "wavert-sim"]))?;
    let python = std::env::var("PYTHON").unwrap_or_else(|_| "python3".into());
    run(Command::new(python)
        .arg(root().join("sim/explorer/browser_test.py"))
        .arg(root().join("target/debug/wavert"))
        .arg(root().join("target/explorer")))
}

fn is_there() -> bool {
    Path::new(CHROMIUM).exists() && Path::new(DRIVER).exists()
}

/// Asks Debian's package manager, which only obeys the superuser.
fn installed() -> bool {
    let apt = |arguments: &[&str]| {
        let mut command = Command::new("apt-get");
        let command = command.env("DEBIAN_FRONTEND", "noninteractive");
        let done = command.args(arguments).status();
        done.is_ok_and(|status| status.success())
    };
    let packages = ["chromium", "chromium-driver"];
    let install = [
        &["install", "--yes", "--no-install-recommends"][..],
        &packages,
    ]
    .concat();
    let _ = apt(&["update"]);
    apt(&install) && is_there()
}
