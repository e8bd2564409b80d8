//! The port driver, against a stand-in miniport that writes down what it is told, and with the HD
//! Audio miniport on its hardware.

mod audio;
mod buffer;
mod filter;
mod format;
mod hd_audio;
mod notification;
mod offload;
mod pnp;
mod position;
mod power;
mod raw;
mod rogue;
mod state;
mod support;
mod verifier;
