//! Mailboxes on the wall clock.

use std::cell::RefCell;
use std::fmt;
use std::future::poll_fn;

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use units::Moment;
use vtime::{Mailbox, Received, Sender};

use crate::clock::WallClock;

/// The sending end of a mailbox of a [`Stage`](crate::Stage).
pub struct LiveSender<T>(UnboundedSender<T>);

/// The receiving end of a mailbox of a [`Stage`](crate::Stage).
pub struct LiveMailbox<T> {
    clock: WallClock,
    messages: RefCell<UnboundedReceiver<T>>,
}

pub(crate) fn new<T>(clock: WallClock) -> (LiveSender<T>, LiveMailbox<T>) {
    let (sender, messages) = unbounded_channel();
    let messages = RefCell::new(messages);
    (LiveSender(sender), LiveMailbox { clock, messages })
}

impl<T: Clone + 'static> Sender<T> for LiveSender<T> {
    fn send(&self, message: T) {
        // A message to a receiver that is gone is dropped.
        let _ = self.0.send(message);
    }
}

impl<T> Clone for LiveSender<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<T: Clone + 'static> Mailbox<T> for LiveMailbox<T> {
    async fn recv(&self) -> Option<T> {
        poll_fn(|cx| self.messages.borrow_mut().poll_recv(cx)).await
    }

    async fn recv_until(&self, deadline: Option<Moment>) -> Received<T> {
        let received = match deadline {
            None => Ok(self.recv().await),
            Some(deadline) => {
                tokio::time::timeout_at(self.clock.instant_of(deadline), self.recv()).await
            }
        };
        match received {
            Ok(Some(message)) => Received::Message(message),
            Ok(None) => Received::Closed,
            Err(_) => Received::Deadline,
        }
    }
}

impl<T> fmt::Debug for LiveSender<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LiveSender").finish_non_exhaustive()
    }
}

impl<T> fmt::Debug for LiveMailbox<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LiveMailbox").finish_non_exhaustive()
    }
}
