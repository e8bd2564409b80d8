//! The audio engine as an actor: on a device without parts, with clients that are plain hands.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod bench;
mod capture_bench;
mod capture_engine;
mod clients;
mod device;
mod engine_thread;
mod samples;
mod twin;
