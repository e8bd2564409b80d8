//! The port driver, against a stand-in miniport that writes down what it is told, and with the HD
//! Audio miniport on its hardware.

mod audio;
mod buffer;
mod filter;
mod format;
mod hd_audio;
mod notification;
mod position;
mod raw;
mod state;
mod support;
