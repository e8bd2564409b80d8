//! Clients as actors, on a device without parts.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod bench;
mod com;
mod exclusive;
mod recording;
mod room;
mod shared;
mod timer;
mod twin;
