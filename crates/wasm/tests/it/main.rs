//! Runs as a page asks for them.

#![expect(clippy::unwrap_used, reason = "in a test a panic is the message")]

mod kept;
mod runs;
