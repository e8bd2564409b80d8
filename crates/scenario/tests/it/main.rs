//! The format, the runs and what comes of them.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod any;
mod bad_files;
mod detectors;
mod dma;
mod endpoints;
mod expectations;
mod faults;
mod long_runs;
mod machine;
mod no_looping;
mod offload;
mod one_controller;
mod processors;
mod producers;
mod provenance;
mod recordings;
mod reports;
mod runs;
mod safe_writes;
mod schema;
mod shipped;
mod sounds;
mod virtual_driver;
mod virtual_microphone;
mod wander;
