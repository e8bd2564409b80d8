//! What client and device share.

use std::sync::{Mutex, MutexGuard, PoisonError};

use units::{Frames, WaveFormat};

use crate::cyclic::{CyclicBuffer, silent_byte};
use crate::span::SpanMap;
use crate::sync::{AtomicU32, Ordering};
use crate::whose::Whose;

/// Whether a buffer holds samples or only the note whose frames it would hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Samples {
    /// Samples are held.
    Kept,
    /// Samples are left out: the same events, no data.
    Left,
}

/// A cyclic buffer with the note whose frames lie where.
///
/// The samples are the data path: a lock-free [`CyclicBuffer`], or nothing at all. The spans are
/// the observer's note beside it, behind a lock that only this note needs: a real system has
/// neither, and a thread that must not wait uses [`samples`](Self::samples) and takes no notes.
///
/// In simulation one thread does everything, and samples and spans always tell the same story.
/// Between threads each is whole by itself, but a reader that races a writer may find the samples
/// of one moment and the spans of another.
#[derive(Debug)]
pub struct SharedBuffer {
    format: WaveFormat,
    samples: Option<CyclicBuffer>,
    spans: Mutex<SpanMap>,
    run: AtomicU32,
}

impl SharedBuffer {
    /// A buffer of `frames` frames in which nobody has written. Panics if there is no frame.
    pub fn new(format: WaveFormat, frames: Frames, samples: Samples) -> Self {
        Self {
            format,
            samples: match samples {
                Samples::Kept => Some(CyclicBuffer::new(format, frames)),
                Samples::Left => None,
            },
            spans: Mutex::new(SpanMap::new(frames)),
            run: AtomicU32::new(0),
        }
    }

    /// Frames in the circle.
    pub fn frames(&self) -> Frames {
        self.spans().frames()
    }

    /// What a frame is.
    pub fn format(&self) -> WaveFormat {
        self.format
    }

    /// The data path alone, if there is one.
    pub fn samples(&self) -> Option<&CyclicBuffer> {
        self.samples.as_ref()
    }

    /// The run of the device that what is written now is for: [`Whose::run`] of every writer.
    ///
    /// An observer's note like the spans. A run lasts from Stop to Stop; before the first Run after
    /// a Stop this is already the run that follows.
    pub fn run(&self) -> u32 {
        self.run.load(Ordering::Relaxed)
    }

    /// Notes which run it is from now on. The miniport does, since it outlives the buffers.
    pub fn set_run(&self, run: u32) {
        self.run.store(run, Ordering::Relaxed);
    }

    /// Stores `len` frames from place `at` (taken modulo the size) on, and notes whose they are.
    ///
    /// Without bytes the frames are silent. Panics if there are bytes and they are not `len`
    /// frames.
    pub fn store(&self, at: Frames, bytes: Option<&[u8]>, len: Frames, whose: Option<Whose>) {
        self.check(len, bytes.map(<[u8]>::len));
        match (&self.samples, bytes) {
            (Some(samples), Some(bytes)) => samples.store(at, bytes),
            (Some(samples), None) => samples.store_silence(at, len),
            (None, _) => {}
        }
        self.spans().write(at, len, whose);
    }

    /// Loads `len` frames from place `at` (taken modulo the size) on, and tells whose they are:
    /// stretch by stretch, in ring order, with the length of each and whose its first frame is.
    ///
    /// `out` is filled with silence if samples are left out. Panics if it is not `len` frames
    /// long. `each` is called with the note locked and must not come back to this buffer.
    pub fn load(
        &self,
        at: Frames,
        len: Frames,
        out: Option<&mut [u8]>,
        mut each: impl FnMut(Frames, Option<Whose>),
    ) {
        self.check(len, out.as_ref().map(|out| out.len()));
        match (&self.samples, out) {
            (Some(samples), Some(out)) => samples.load(at, out),
            (None, Some(out)) => out.fill(silent_byte(self.format)),
            (_, None) => {}
        }
        for (stretch, whose) in self.spans().read(at, len) {
            each(stretch, whose);
        }
    }

    /// A copy of what lies in the buffer now.
    pub fn snapshot(&self) -> Self {
        Self {
            format: self.format,
            samples: self.samples.clone(),
            spans: Mutex::new(self.spans().clone()),
            run: AtomicU32::new(self.run()),
        }
    }

    /// The note. A panic while it was held cannot have left it half written in a way that matters
    /// more than the panic, so poison is ignored.
    fn spans(&self) -> MutexGuard<'_, SpanMap> {
        self.spans.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn check(&self, len: Frames, bytes: Option<usize>) {
        if let Some(bytes) = bytes {
            assert_eq!(
                bytes as u64,
                self.format.bytes_of(len).get(),
                "as many bytes as {len:?} take"
            );
        }
    }
}
