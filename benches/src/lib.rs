//! Benchmarks beside the peers: ratios, never times.
//!
//! `cargo bench -p wavert-benches --features peers` measures everything and prints the tables with
//! machine and versions. Contestants take turns, have to come to the same checksum, and are timed
//! in processor time where one thread runs; the median of the rounds counts. A figure fails the
//! run only if it misses its target by more than a factor of two.

pub mod chain;
pub mod counting;
#[cfg(feature = "peers")]
pub mod events;
#[cfg(feature = "peers")]
pub mod measure;
pub mod render_path;
#[cfg(feature = "peers")]
pub mod ring_blocks;
