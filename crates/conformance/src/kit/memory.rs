//! What lies in the ring, and what has left it.

use std::fmt;

use ring::Whose;
use units::{Frames, Moment};

/// Whose a frame is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// Nobody's: silence of the device or its driver, or memory that nobody has written.
    Nobody,
    /// The client's: the one of its stores, counted from 1.
    Client(u32),
    /// The device has recorded it.
    Device,
}

/// Listens to what leaves the device. Runs are counted as in
/// [`SharedBuffer::run`](ring::SharedBuffer::run): each lasts from STOP to STOP.
pub trait Ear: fmt::Debug {
    /// Frames of that run that have left by `now`.
    fn left(&mut self, now: Moment, run: u32) -> Frames;

    /// Whose the frame was that left as frame `frame` of that run.
    fn heard(&mut self, run: u32, frame: Frames) -> Option<Whose>;
}

impl fmt::Display for Mark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nobody => f.write_str("nobody's"),
            Self::Client(store) => write!(f, "of store {store}"),
            Self::Device => f.write_str("recorded"),
        }
    }
}
