//! The chores behind `cargo xtask`, and what holds the repository together as a whole: the
//! [layers] of its crates, the table of [rules] and the tests that hold them, the shipped
//! [sound].
//!
//! Everything here is plain `std` and `serde_json`, so that a chore starts at once.

pub mod browser;
pub mod chores;
pub mod layers;
pub mod perfetto;
pub mod rules;
pub mod scale_out;
pub mod sound;
pub mod wasm;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Why a chore ended early, for the person who started it.
#[derive(Debug)]
pub struct Failure(pub String);

impl Failure {
    /// Around whatever a library said.
    pub fn from_display(error: impl std::fmt::Display) -> Self {
        Self(error.to_string())
    }
}

/// The root of the repository.
pub fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().expect("xtask lies in the root").to_path_buf()
}

/// Reads a file of the repository.
///
/// # Errors
/// [`Failure`] with the path, if it cannot be read.
pub fn read(path: &Path) -> Result<String, Failure> {
    std::fs::read_to_string(path).map_err(|error| Failure(format!("{}: {error}", path.display())))
}

/// Writes a file of the repository.
///
/// # Errors
/// [`Failure`] with the path, if it cannot be written.
pub fn write(path: &Path, content: impl AsRef<[u8]>) -> Result<(), Failure> {
    let wrap = |error: std::io::Error| Failure(format!("{}: {error}", path.display()));
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(wrap)?;
    }
    std::fs::write(path, content).map_err(wrap)
}

/// All files with that extension, in order, below a folder that may be absent.
///
/// # Errors
/// [`Failure`], if a folder cannot be read.
pub fn files_below(folder: &Path, extension: &str) -> Result<Vec<PathBuf>, Failure> {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return Ok(Vec::new());
    };
    let mut found = Vec::new();
    for entry in entries {
        let path = entry.map_err(Failure::from_display)?.path();
        if path.is_dir() {
            found.extend(files_below(&path, extension)?);
        } else if path.extension().is_some_and(|end| end == extension) {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

/// `cargo` with these arguments, in the root of the repository.
pub fn cargo<const N: usize>(arguments: [&str; N]) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(arguments).current_dir(root());
    command
}

/// Runs a command to its end, after saying which.
///
/// # Errors
/// [`Failure`], if it cannot be started or does not succeed.
pub fn run(command: &mut Command) -> Result<(), Failure> {
    let mut line = String::new();
    for (name, value) in command.get_envs() {
        let value = value.unwrap_or_default().to_string_lossy();
        let _ = write!(line, "{}={value:?} ", name.to_string_lossy());
    }
    let program = Path::new(command.get_program())
        .file_name()
        .unwrap_or_default();
    line += &program.to_string_lossy();
    for argument in command.get_args() {
        line += " ";
        line += &argument.to_string_lossy();
    }
    eprintln!("\n$ {line}");
    let status = command
        .status()
        .map_err(|error| Failure(format!("{line}: {error}")))?;
    if status.success() {
        Ok(())
    } else {
        Err(Failure(format!("`{line}` failed ({status})")))
    }
}
