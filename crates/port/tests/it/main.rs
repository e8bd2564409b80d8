//! The port driver against a stand-in miniport that writes down what it is told.

mod buffer;
mod filter;
mod notification;
mod position;
mod state;
mod support;
