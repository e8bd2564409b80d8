//! The command from outside, and the files it makes.

#![expect(clippy::unwrap_used, reason = "in a test a panic is the message")]

mod advise;
mod bad_input;
mod command;
mod conformance;
mod explore;
mod heard;
mod inspect;
mod latencies;
mod library;
mod live;
mod perfetto;
mod readme;
mod seeds;
mod support;
mod sweep;
mod timeline;
mod tone;
