//! The command `wavert`: scenarios in, reports, sounds and traces out.
//!
//! Everything that computes lives below, in `scenario` and what it is built from. Here is what
//! touches the machine: files, threads, the terminal.
//!
//! ```text
//!   names, files ──> source ──> overrides ──> scenario::Scenario ──┐
//!   measured files > latencies ┘                                  │
//!   WAV files ─────> wav ─────> resample ───> scenario::Inputs ────┤
//!                                                         scenario::run, one thread each
//!   report.txt, result.json <── output <───────────────────────────┤
//!   heard.wav <─────────────── heard  <───────────────────────────┤
//!   trace.pftrace <─ perfetto <─ trace <───────────────────────────┘
//! ```
//!
//! Start with [`run`] for the main job, [`wav`] and [`perfetto`] for the two formats; [`inspect`] runs
//! nothing and asks the devices of a scenario what they are, [`mod@sweep`] runs one scenario many times, [`mod@advise`] asks how small a buffer may be, [`live`] plays on the wall clock, [`explore`] makes a page with the model inside, [`tone`] writes a sound of known bits.
//!
//! # What it leaves out
//!
//! The explanation of one glitch: another command, which comes when there is more than one path to
//! compare. A path or text that is not UTF-8 is refused.

pub mod advise;
pub mod args;
pub mod changed;
pub mod check;
pub mod conformance;
pub mod exit;
pub mod explore;
pub mod heard;
pub mod input;
pub mod inspect;
pub mod latencies;
pub mod list;
pub mod live;
pub mod output;
pub mod overrides;
mod panic;
pub mod perfetto;
pub mod pool;
pub mod progress;
pub mod refusal;
pub mod resample;
pub mod run;
pub mod source;
pub mod sweep;
pub mod terminal;
pub mod tone;
pub mod trace;
pub mod wav;
