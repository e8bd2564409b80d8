//! A shared library that has a table of callbacks to give.

use crate::border::{self, Subject as Callbacks};
use crate::call::table;
use crate::subject::Table;
use conformance::kit::{Bench, Declared, LeftOut, Limits, Setup, Subject};
use std::path::Path;
use thiserror::Error;

/// What a library has to export.
const ENTRY: &str = "wavert_get_subject";

/// A kind of stream out of a shared library, which stays loaded as long as this lives.
pub struct Library {
    // Before the library: what it holds points into it.
    table: Table,
    _loaded: libloading::Library,
}

/// Why a library cannot be put under the rules.
#[derive(Debug, Error)]
pub enum LibraryError {
    /// It is none, or it cannot be loaded.
    #[error("cannot be loaded as a shared library: {0}")]
    NotLoaded(#[source] libloading::Error),
    /// It lacks the entry point.
    #[error("exports no `{ENTRY}`")]
    NoEntry,
    /// The entry point returned null.
    #[error("`{ENTRY}` returned a null pointer")]
    NoSubject,
    /// The subject was built with another header.
    #[error("its subject is not of ABI version {}", border::ABI_VERSION)]
    Version,
    /// The subject lacks a name or a `make`.
    #[error("its subject has no UTF-8 `name` or no `make`")]
    Incomplete,
}

impl LibraryError {
    /// What can be done about it.
    pub const fn remedy(&self) -> &'static str {
        match self {
            Self::NotLoaded(_) => {
                "name a shared library of this machine, by a path with a folder in it (./mine.so), that has all it needs"
            }
            Self::NoEntry | Self::NoSubject => {
                "define `wavert_get_subject` as crates/capi/include/wavert.h declares it, in C or as extern \"C\", and return a subject"
            }
            Self::Version => {
                "build it with the wavert.h of this version, and set `size` to sizeof and `abi_version` to WAVERT_ABI_VERSION"
            }
            Self::Incomplete => "set `name` and `make`",
        }
    }
}

impl std::fmt::Debug for Library {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Library").field(&self.table.name).finish()
    }
}

impl Library {
    /// Loads the library at `path`, which runs what it does when it is loaded: as with a program, only one that is trusted
    /// should be named.
    ///
    /// # Errors
    /// [`LibraryError`].
    pub fn open(path: &Path) -> Result<Self, LibraryError> {
        // SAFETY: whoever names a library asks for its code to be run; the documentation says so.
        let loaded = unsafe { libloading::Library::new(path) }.map_err(LibraryError::NotLoaded)?;
        // SAFETY: the header declares the entry point as this type.
        let entry =
            unsafe { loaded.get::<unsafe extern "C" fn() -> *const Callbacks>(ENTRY.as_bytes()) }
                .map_err(|_| LibraryError::NoEntry)?;
        // SAFETY: as the header declares it.
        let subject = unsafe { entry() };
        if subject.is_null() {
            return Err(LibraryError::NoSubject);
        }
        // SAFETY: it is not null, and the library keeps the word of the header.
        let table = unsafe { table(subject) }.map_err(|code| match code {
            border::BAD_SIZE | border::BAD_VERSION => LibraryError::Version,
            _ => LibraryError::Incomplete,
        })?;
        Ok(Self {
            table,
            _loaded: loaded,
        })
    }
}

impl Bench for Library {
    fn name(&self) -> &str {
        self.table.name()
    }

    fn make(&self, setup: &Setup) -> Box<dyn Subject + '_> {
        self.table.make(setup)
    }

    fn declared(&self, setup: &Setup) -> Declared {
        self.table.declared(setup)
    }

    fn limits(&self) -> Limits {
        self.table.limits()
    }

    fn exempt(&self) -> Vec<LeftOut> {
        self.table.exempt()
    }
}
