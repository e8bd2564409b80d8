//! The ring from outside: against dumber rings, and under real threads.

// Under `cfg(loom)` the atomics only live inside a model; see `tests/loom.rs`.
#![cfg(not(loom))]
#![expect(
    clippy::unwrap_used,
    clippy::cast_possible_truncation,
    reason = "helpers of tests: formats are legal and rings are small"
)]

mod cyclic;
mod register;
mod shared;
mod span;
mod threads;
