//! Runs on the wall clock, held against the ledger and against the samples themselves.

mod support;

mod contract;
mod kinds;
mod late;
mod soak;
