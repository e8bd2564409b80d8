//! The WaveRT port driver: what stands between a client's requests and a miniport.
//!
//! ```text
//!  client ─▶ ks::FilterHandle ─▶ WaveRtPort ─▶ dyn MiniportWaveRt
//!                                    │ create_pin
//!  client ─▶ ks::PinHandle ────▶ WaveRtPin ──▶ dyn MiniportWaveRtStream ─▶ device
//!                                                     │
//!                              Memory ◀── PortWaveRtStream
//! ```
//!
//! The port does what is the same for every device: it counts pins, checks formats against the
//! declared ranges, walks through the states one step at a time, keeps requests that come too
//! early or twice from the miniport, maps what the miniport made, and tidies up when a pin is
//! closed. It touches no sample and sees no register.
//!
//! Start with [`WaveRtPort::install`].
//!
//! # What the model leaves out
//!
//! * *Filter queries* other than the list of pin factories, and nodes: see `ks`.
//! * *`SetFormat`.* A pin keeps its format for life. A client that changes it would notice.
//! * *Power, removal, rebalance*: the device is always there and awake.
//! * *Serialisation.* Requests come one at a time anyway (`UsePositionLock` has no effect).
//! * *Where the client maps* the registers; that a mapping dies with its pin. A client that reads
//!   a register after closing its pin would notice.

mod memory;
mod pin;
mod wavert;

pub use memory::Memory;
pub use wavert::WaveRtPort;
