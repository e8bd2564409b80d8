//! Sweeps over two workers of Dask distributed, of which one is killed, and their rows in `DuckDB`.
//!
//! Needs the packages `distributed` and `duckdb` of `PyPI`. Without them the chore says so and passes;
//! that the rows are the same for any number of shards, and what is in the files, is in the ordinary suite
//! of `sim`, too.

use crate::{Failure, cargo, root, run};
use std::process::Command;

/// Does a sweep both ways and compares.
///
/// # Errors
/// [`Failure`], if a digest or a row differs.
pub fn check(_: &[String]) -> Result<(), Failure> {
    let python = std::env::var("PYTHON").unwrap_or_else(|_| "python3".into());
    let importable = Command::new(&python)
        .args(["-c", "import distributed, duckdb"])
        .output();
    if !importable.is_ok_and(|output| output.status.success()) {
        eprintln!(
            "scale-out: SKIPPED, {python} has no packages `distributed` and `duckdb`\n\
             (python3 -m venv target/dask && target/dask/bin/pip install distributed duckdb, then\n\
             PYTHON=target/dask/bin/python cargo xtask scale-out)"
        );
        return Ok(());
    }
    run(&mut cargo(["build", "--quiet", "--package", "wavert-sim"]))?;
    let folder = root().join("target/scale-out");
    let _ = std::fs::remove_dir_all(&folder);
    run(Command::new(&python)
        .arg(root().join("xtask/src/scale_out_check.py"))
        .arg(root().join("target/debug/wavert"))
        .arg(&folder))
}
