//! The command from outside, and the files it makes.

mod bad_input;
mod command;
mod heard;
mod perfetto;
mod seeds;
mod support;
mod timeline;
