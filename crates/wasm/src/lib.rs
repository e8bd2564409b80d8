//! The model in a browser.
//!
//! ```text
//!  page ── reserve, write ──▶ in-tray ── sound, run ─▶ Session ── scenario::run, twice
//!    ▲                             perfect ───────────────┤          │ as it is, or with nothing wrong
//!    └────────── result, length ── out-tray ◀── Block ◀───┴── shown ◀┘
//! ```
//!
//! Text of a scenario in, one [`Block`] of bytes out: a JSON object (the result as `wavert run --json`
//! prints it, the report, names of everything), and behind it columns of numbers, which a page
//! reads in place: the history, packets, writes, spans of the cyclic buffer, samples. What is wrong
//! with a scenario comes back as text with its line.
//!
//! [`Session`] is an ordinary value that any test can call; [`border`] is the few exported names
//! around it, and the one module here in which the compiler is told to trust us. Built by
//! `cargo xtask wasm`; the module that is kept in `sim/explorer/` is what everybody's `wavert
//! explore` puts into its pages.
//!
//! # What it leaves out
//!
//! Samples of runs of more than ten minutes, and runs of more than an hour, which are refused: their
//! history would fill the memory of a page.

mod block;
pub mod border;
mod history;
mod perfect;
mod session;
mod shown;
mod stream;

pub use block::Block;
pub use session::Session;
