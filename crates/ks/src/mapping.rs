//! The cyclic buffer as its client has it mapped.

use std::fmt;
use std::rc::Rc;
use std::sync::Arc;

use ring::{SharedBuffer, Whose};
use units::{Bytes, Frames, Moment, WaveFormat};
use vtime::{Fork, Forker};

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
}

impl Mapping {
    /// Stores `len` frames from place `at` (taken modulo the size) on, at `now`.
    ///
    /// Without bytes the frames are silent. What the device has fetched before `now` stays
    /// fetched; a store in [`Phase::Commit`](units::Phase::Commit) is there for the frame that is
    /// due at that very time.
    ///
    /// # Panics
    /// If there are bytes and they are not `len` frames.
    pub fn store(&self, now: Moment, at: Frames, bytes: Option<&[u8]>, len: Frames, whose: Whose) {
        self.bus.settle(now);
        self.buffer.store(at, bytes, len, Some(whose));
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
        }
    }
}
