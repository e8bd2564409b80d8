//! The packets of a pin's client, on their way to the device.

use std::collections::VecDeque;

use ks::{Payload, WriteIrp};
use units::Frames;
use vtime::{EventHandle, Fork, Forker};

/// Packets in the order in which they came. What is taken of one is taken from its front, and it
/// comes back when all of it has been.
#[derive(Debug, Default)]
pub(crate) struct IrpQueue {
    queue: VecDeque<WriteIrp>,
    /// The event of the packet that came back last, and how many had by then: a wake-up that
    /// nobody has been given yet.
    returned: Option<(EventHandle, u64)>,
}

impl IrpQueue {
    /// Queues a packet behind the others. One without frames comes back at once.
    pub(crate) fn push(&mut self, irp: WriteIrp) {
        self.queue.push_back(irp);
        self.complete_empty();
    }

    /// Takes up to `frames` frames of the first packet; `None` if there is none.
    pub(crate) fn take(&mut self, frames: Frames) -> Option<Payload> {
        let first = self.queue.front_mut()?;
        let part = first.payload.split_to(frames);
        self.complete_empty();
        Some(part)
    }

    /// Gives every packet back as it is.
    pub(crate) fn cancel_all(&mut self) {
        for irp in self.queue.drain(..) {
            irp.cancel();
        }
        self.returned = None;
    }

    /// Who is to be told that packets have come back, and how many have.
    pub(crate) fn take_returned(&mut self) -> Option<(EventHandle, u64)> {
        self.returned.take()
    }

    fn complete_empty(&mut self) {
        while let Some(first) = self.queue.front() {
            if !first.payload.frames().is_zero() {
                return;
            }
            self.returned = Some((first.event.clone(), first.complete()));
            self.queue.pop_front();
        }
    }

    /// Frames that wait.
    #[cfg(test)]
    pub(crate) fn frames(&self) -> Frames {
        let each = self.queue.iter().map(|irp| irp.payload.frames().get());
        Frames::new(each.sum())
    }

    #[cfg(test)]
    pub(crate) fn len(&self) -> usize {
        self.queue.len()
    }
}

impl Fork for IrpQueue {
    fn fork(&self, forker: &mut Forker) -> Self {
        let returned = self.returned.as_ref();
        Self {
            queue: self.queue.iter().map(|irp| irp.fork(forker)).collect(),
            returned: returned.map(|(event, count)| (event.fork(forker), *count)),
        }
    }
}
