//! The model as a WebAssembly module, which the explorer puts into its pages.
//!
//! It is built with Debian's compiler and the library source of the same version: no other pair on
//! a machine without network is sure to fit. What comes of it is kept in the repository.

use crate::{Failure, cargo, root, run, write};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Where the module is kept, packed.
const KEPT: &str = "sim/explorer/model.wasm.gz";

/// Debian's compiler, which stands beside that of rustup.
const RUSTC: &str = "/usr/bin/rustc";

/// Builds the module and keeps it; where the packages are missing, says so and is content.
///
/// # Errors
/// [`Failure`], if it does not build.
pub fn build() -> Result<(), Failure> {
    let Some(compiler) = Compiler::find()? else {
        eprintln!(
            "wasm: SKIPPED, there is no WebAssembly toolchain. On Debian: \
             apt-get install --no-install-recommends rustc-web rust-web-src\n\
             The kept {KEPT} stays as it is."
        );
        return Ok(());
    };
    let folder = root().join("target/wasm");
    run(&mut compiler.command(&folder)?)?;
    let built = folder.join("wasm32-unknown-unknown/release/wavert_wasm.wasm");
    let packed = Command::new("gzip")
        .args(["-9", "--no-name", "--stdout"])
        .arg(&built)
        .output()
        .map_err(|error| Failure(format!("gzip: {error}")))?;
    if !packed.status.success() {
        return Err(Failure("gzip could not pack the module".into()));
    }
    eprintln!("{KEPT}: {} bytes", packed.stdout.len());
    write(&root().join(KEPT), packed.stdout)
}

struct Compiler {
    /// The linker, which rustup brings along.
    linker: PathBuf,
    /// Where the library source lies.
    library: PathBuf,
}

impl Compiler {
    fn find() -> Result<Option<Self>, Failure> {
        let (Some(own), Some(rustup)) = (sysroot(RUSTC)?, sysroot("rustc")?) else {
            return Ok(None);
        };
        let library = own.join("lib/rustlib/src/rust/library");
        let linker = rustup.join("lib/rustlib/x86_64-unknown-linux-gnu/bin/rust-lld");
        let all = library.is_dir() && linker.is_file();
        Ok(all.then_some(Self { linker, library }))
    }

    fn command(&self, folder: &Path) -> Result<Command, Failure> {
        let home = std::env::var_os("CARGO_HOME")
            .map(PathBuf::from)
            .or_else(|| std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".cargo")));
        let home = home.ok_or_else(|| Failure("neither CARGO_HOME nor HOME is set".into()))?;
        let source = self.library.canonicalize().map_err(Failure::from_display)?;
        // No path of this machine gets into what is kept, and the same source gives the same bytes.
        let flags = [
            "-Zlocation-detail=none".to_owned(),
            format!("--remap-path-prefix={}=cargo", home.display()),
            format!("--remap-path-prefix={}=.", root().display()),
            format!("--remap-path-prefix={}=library", source.display()),
        ];
        let mut command = cargo(["build", "--package", "wavert-wasm", "--release"]);
        command
            .args(["--target", "wasm32-unknown-unknown"])
            .arg("-Zbuild-std=std,panic_abort")
            .arg("--target-dir")
            .arg(folder)
            .env("RUSTC", RUSTC)
            // Building the library is not a stable feature; the switch only lets us ask for it.
            .env("RUSTC_BOOTSTRAP", "1")
            .env("CARGO_ENCODED_RUSTFLAGS", flags.join("\x1f"))
            .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", &self.linker)
            .env("CARGO_INCREMENTAL", "0")
            .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "z")
            .env("CARGO_PROFILE_RELEASE_LTO", "fat")
            .env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "1")
            .env("CARGO_PROFILE_RELEASE_PANIC", "abort")
            .env("CARGO_PROFILE_RELEASE_DEBUG", "0")
            .env("CARGO_PROFILE_RELEASE_STRIP", "true");
        Ok(command)
    }
}

/// Where a compiler has its libraries; none if it is not there.
fn sysroot(rustc: &str) -> Result<Option<PathBuf>, Failure> {
    let Ok(output) = Command::new(rustc).args(["--print", "sysroot"]).output() else {
        return Ok(None);
    };
    let printed = String::from_utf8(output.stdout).map_err(Failure::from_display)?;
    Ok(output
        .status
        .success()
        .then(|| PathBuf::from(printed.trim())))
}
