//! The cyclic buffer as its client has it mapped.

use std::fmt;
use std::rc::Rc;
use std::sync::Arc;

use ring::{SharedBuffer, Whose};
use units::{Bytes, Frames, Moment, SimTime, WaveFormat};
use vtime::{Fork, Forker};

use crate::address::MappedRange;
use crate::combining::Combining;

/// A device that is computed only when somebody looks.
///
/// A client's store changes what the device fetches from then on, and nothing that it fetched
/// before. So before a store lands, the device is brought up to the moment of the store.
pub trait Settle: fmt::Debug {
    /// Does everything that the device has done up to `now`.
    fn settle(&self, now: Moment);

    /// The same device of the twin world.
    fn fork_settle(&self, forker: &mut Forker) -> Rc<dyn Settle>;
}

/// The cyclic buffer of a pin, as its client has it mapped.
///
/// # Source
/// `ksmedia/ns-ksmedia-ksrtaudio_buffer.md`.
#[derive(Clone, Debug)]
#[doc(alias = "KSRTAUDIO_BUFFER")]
pub struct Mapping {
    /// What client and device share.
    pub buffer: Arc<SharedBuffer>,
    /// Size of the buffer, which may differ from the size asked for.
    #[doc(alias = "ActualBufferSize")]
    pub actual: Bytes,
    /// True if the client has to issue a memory barrier after its stores.
    pub call_memory_barrier: bool,
    /// The device on the other side.
    pub bus: Rc<dyn Settle>,
    /// Where in the client's address space it is; `None` in a rig without one.
    #[doc(alias = "BufferAddress")]
    pub range: Option<MappedRange>,
    /// Stores that no barrier has followed yet.
    pub combining: Combining,
}

impl Mapping {
    /// Stores `len` frames from place `at` (taken modulo the size) on, at `now`.
    ///
    /// A barrier follows, if there has to be one, so the device finds it. Without bytes the frames
    /// are silent. What the device has fetched before `now` stays
    /// fetched; a store in [`Phase::Commit`](units::Phase::Commit) is there for the frame that is
    /// due at that very time.
    ///
    /// # Panics
    /// If there are bytes and they are not `len` frames.
    pub fn store(&self, now: Moment, at: Frames, bytes: Option<&[u8]>, len: Frames, whose: Whose) {
        self.barrier(now);
        self.buffer.store(at, bytes, len, Some(whose));
    }

    /// The same, and no barrier follows: if the memory is write-combined the device finds it
    /// after the next [barrier](Self::barrier), or once it has [drained](Self::drain).
    ///
    /// # Panics
    /// If there are bytes and they are not `len` frames.
    pub fn store_combined(
        &self,
        now: Moment,
        at: Frames,
        bytes: Option<&[u8]>,
        len: Frames,
        whose: Whose,
    ) {
        if self.call_memory_barrier {
            self.combining.push(now, at, bytes, len, whose);
        } else {
            self.store(now, at, bytes, len, whose);
        }
    }

    /// The client's memory barrier: whatever was stored before is seen by the device from `now`
    /// on.
    ///
    /// # Source
    /// `ksmedia/ns-ksmedia-ksrtaudio_buffer.md`.
    /// Model: `docs/decisions/0045-stores-wait-for-their-barrier.md`.
    #[doc(alias = "MemoryBarrier")]
    pub fn barrier(&self, now: Moment) {
        self.bus.settle(now);
        self.combining.release(|_| true, &self.buffer);
    }

    /// When the oldest waiting store drains by itself, if it does.
    pub fn next_drain(&self) -> Option<SimTime> {
        self.combining.next_drain()
    }

    /// Lets stores through whose time to drain has come. Who wants them to drain calls it at
    /// [`next_drain`](Self::next_drain).
    pub fn drain(&self, now: Moment) {
        self.bus.settle(now);
        let is_due = |due: Option<SimTime>| due.is_some_and(|due| due <= now.time);
        self.combining.release(is_due, &self.buffer);
    }

    /// Loads `len` frames from place `at` (taken modulo the size) on, as they lie there at `now`,
    /// and tells stretch by stretch whose they are; see [`SharedBuffer::load`].
    ///
    /// # Panics
    /// If `out` is not `len` frames long.
    pub fn load(
        &self,
        now: Moment,
        at: Frames,
        len: Frames,
        out: Option<&mut [u8]>,
        each: impl FnMut(Frames, Option<Whose>),
    ) {
        self.bus.settle(now);
        self.buffer.load(at, len, out, each);
    }

    /// Frames in the circle.
    pub fn frames(&self) -> Frames {
        self.buffer.frames()
    }

    /// The run that what is written now is for: see [`SharedBuffer::run`].
    pub fn run(&self) -> u32 {
        self.buffer.run()
    }

    /// What a frame is.
    pub fn format(&self) -> WaveFormat {
        self.buffer.format()
    }
}

impl Fork for Mapping {
    fn fork(&self, forker: &mut Forker) -> Self {
        Self {
            buffer: forker.arc(&self.buffer, |buffer, _| buffer.snapshot()),
            actual: self.actual,
            call_memory_barrier: self.call_memory_barrier,
            bus: self.bus.fork_settle(forker),
            range: self.range.fork(forker),
            combining: self.combining.fork(forker),
        }
    }
}
