//! The whole pin as a state machine: a real port over the miniport, against a model.
//!
//! ```text
//!  PinHistory ──▶ PinTrial ── asks ──▶ FilterHandle, PinHandle ── WaveRtPort ──▶ miniport ── device
//!                    │                          │
//!                    │ what was said            │ statuses, answers, signals
//!                    ▼                          ▼
//!                  Model: what the rules allow in this state ──▶ Broken: the calls as a table
//! ```
//!
//! The [kit](crate::kit) asks a stream what its port would ask; here a client asks the pin, legal
//! things and others, in any order: pins are opened twice, buffers made in RUN, packets written that
//! nobody can hold, devices put to sleep and pulled out. The model is written from the rules of
//! `docs/rules/wavert-ks.md`: each answer has to be one that they allow. Where they do not say
//! which of two refusals comes first, either will do.
//!
//! Any [`StreamBench`](crate::kit::StreamBench) with a miniport is a [`PinBench`].
//!
//! ```
//! use conformance::pin::{PinBench, PinHistory};
//! use conformance::reference::Reference;
//!
//! let pins = Reference::HdAudio.pins().expect("it has a miniport");
//! let text = "wavert-pin 1\nformat 48000 2 S16\n0 open\n0 state Run\n0 buffer 3840 2\n";
//! let history = PinHistory::parse(text).unwrap();
//! let trial = pins.put_through(&history);
//! assert!(trial.is_kept(), "{trial}");
//! ```

mod ask;
mod bench;
mod check;
mod generate;
mod history;
mod model;
mod said;
mod subject;
mod trial;

pub use ask::{Ask, Connect};
pub use bench::PinBench;
pub use check::{PinFailure, check_pins};
pub use generate::pin_histories;
pub use history::{PinHistory, PinStep};
pub use said::Said;
pub use trial::{Broken, PinLine, PinTrial};
