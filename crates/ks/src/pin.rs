//! Pins and the handles to them.

use std::fmt;

use units::{Moment, NtStatus};
use vtime::{Fork, Forker, Shared};

use crate::request::{PinReply, PinRequest};

/// The port's side of a pin: one open stream of a filter.
pub trait Pin: fmt::Debug {
    /// Answers a request made at `now`, in kind: each request has its [`PinReply`].
    ///
    /// # Errors
    /// The status that the pin refuses it with.
    fn request(&mut self, now: Moment, request: PinRequest) -> Result<PinReply, NtStatus>;

    /// The last handle is closed: stops the stream and frees what it has. Later calls do nothing.
    fn close(&mut self, now: Moment);

    /// The same pin of the twin world.
    fn fork_pin(&self, forker: &mut Forker) -> Box<dyn Pin>;
}

impl Fork for Box<dyn Pin> {
    fn fork(&self, forker: &mut Forker) -> Self {
        self.fork_pin(forker)
    }
}

/// A handle to a pin. Clones are the same handle.
#[derive(Clone, Debug)]
pub struct PinHandle(Shared<Box<dyn Pin>>);

impl PinHandle {
    /// A handle to `pin`.
    pub fn new(pin: Box<dyn Pin>) -> Self {
        Self(Shared::new(pin))
    }

    /// Sends a request to the pin, without a trace in the history; clients use
    /// [`request`](crate::request()).
    ///
    /// # Errors
    /// The status that the pin refuses it with.
    pub fn request(&self, now: Moment, request: PinRequest) -> Result<PinReply, NtStatus> {
        self.0.borrow_mut().request(now, request)
    }

    /// Closes the pin.
    pub fn close(&self, now: Moment) {
        self.0.borrow_mut().close(now);
    }
}

impl Fork for PinHandle {
    fn fork(&self, forker: &mut Forker) -> Self {
        Self(forker.shared(&self.0))
    }
}
