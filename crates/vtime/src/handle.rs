//! An event as a handle.

use std::fmt;
use std::rc::Rc;

use crate::fork::{Fork, Forker};

/// What an [`EventHandle`] stands for: something that can be set by whoever holds the handle.
pub trait Signal: 'static {
    /// The name of the event, for reports.
    fn name(&self) -> &str;

    /// Sets the event. See [`Event::set`](crate::Event::set).
    fn set(&self, tag: u64);

    /// The same event of the twin world.
    fn fork_signal(self: Rc<Self>, forker: &mut Forker) -> Rc<dyn Signal>;
}

/// An event as it crosses an interface: who holds it can set it and cannot wait for it.
///
/// Two handles are equal if they stand for the same event object.
#[derive(Clone)]
#[doc(alias = "HANDLE")]
pub struct EventHandle(Rc<dyn Signal>);

impl EventHandle {
    /// A handle to `signal`.
    pub fn new(signal: Rc<dyn Signal>) -> Self {
        Self(signal)
    }

    /// Sets the event. See [`Event::set`](crate::Event::set).
    pub fn set(&self, tag: u64) {
        self.0.set(tag);
    }

    /// The name of the event.
    pub fn name(&self) -> &str {
        self.0.name()
    }
}

impl PartialEq for EventHandle {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for EventHandle {}

impl fmt::Debug for EventHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("EventHandle").field(&self.name()).finish()
    }
}

impl Fork for EventHandle {
    fn fork(&self, forker: &mut Forker) -> Self {
        Self(Rc::clone(&self.0).fork_signal(forker))
    }
}
