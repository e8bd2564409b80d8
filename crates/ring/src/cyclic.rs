//! The cyclic buffer.

use units::{Frames, SampleFormat, WaveFormat};

use crate::cells::{Cells, Layout};
use crate::sync::{Ordering, fence};

/// The memory that client and device share: frames in a circle, and nothing else.
///
/// There is no cursor and no flow control. Anybody may store and load anywhere at any time,
/// through `&self` and from any thread; who is too early or too late finds what is there.
///
/// # What cannot tear
/// A sample never; a frame of up to 64 bits (stereo of 32 bits) never. A wider frame is several
/// cells, and one that is read while it is written may have some cells from before the write and
/// some from it; the [crate page](crate#what-a-race-looks-like) draws it.
///
/// ```
/// use ring::CyclicBuffer;
/// use units::{Frames, SampleFormat, WaveFormat};
///
/// let format = WaveFormat::new(48_000, 2, SampleFormat::S16)?;
/// let buffer = CyclicBuffer::new(format, Frames::new(3));
/// // Two frames from frame 5 on, which is the third place of the circle.
/// buffer.store(Frames::new(5), &[1, 0, 2, 0, 3, 0, 4, 0]);
///
/// let mut first = [0; 4];
/// buffer.load(Frames::new(0), &mut first);
/// assert_eq!(first, [3, 0, 4, 0]);
/// # Ok::<(), units::FormatError>(())
/// ```
#[derive(Debug)]
pub struct CyclicBuffer {
    format: WaveFormat,
    layout: Layout,
    /// Frames in the circle, at least 1.
    frames: usize,
    cells: Cells,
}

impl CyclicBuffer {
    /// A buffer of `frames` frames, all bytes zero. Panics if there is no frame.
    pub fn new(format: WaveFormat, frames: Frames) -> Self {
        assert!(!frames.is_zero(), "a cyclic buffer has at least one frame");
        let frames = usize::try_from(frames.get()).expect("a buffer fits into memory");
        let layout = Layout::of(format);
        Self {
            format,
            layout,
            frames,
            cells: Cells::zeroed(layout, frames),
        }
    }

    /// Frames in the circle.
    pub fn frames(&self) -> Frames {
        Frames::new(self.frames as u64)
    }

    /// What a frame is.
    pub fn format(&self) -> WaveFormat {
        self.format
    }

    /// Copies whole frames in, from place `at` (taken modulo the size) on.
    ///
    /// The same as storing frame after frame: more frames than the circle has overwrite each
    /// other. Panics if `bytes` ends inside a frame.
    ///
    /// Orders nothing by itself but this: whoever loads one of these frames will, in its next
    /// load, find everything that this thread had stored before.
    pub fn store(&self, at: Frames, bytes: &[u8]) {
        let frame_bytes = self.layout.frame_bytes();
        assert!(bytes.len() % frame_bytes == 0, "whole frames are stored");
        fence(Ordering::Release);
        let mut first = self.place(at);
        let mut rest = bytes;
        while !rest.is_empty() {
            let taken = rest.len().min((self.frames - first) * frame_bytes);
            let (now, later) = rest.split_at(taken);
            self.cells.put(self.layout, first, now);
            (first, rest) = (0, later);
        }
    }

    /// Stores `len` frames of silence from place `at` (taken modulo the size) on.
    ///
    /// Silence is zero, and 0x80 in [`SampleFormat::U8`].
    pub fn store_silence(&self, at: Frames, len: Frames) {
        fence(Ordering::Release);
        let mut first = self.place(at);
        let mut rest = usize::try_from(len.get()).map_or(self.frames, |len| len.min(self.frames));
        while rest > 0 {
            let taken = rest.min(self.frames - first);
            self.cells
                .fill(self.layout, first, taken, silent_byte(self.format));
            (first, rest) = (0, rest - taken);
        }
    }

    /// Copies whole frames out, from place `at` (taken modulo the size) on.
    ///
    /// The same as loading frame after frame: more frames than the circle has come again. Panics
    /// if `out` ends inside a frame.
    pub fn load(&self, at: Frames, out: &mut [u8]) {
        let frame_bytes = self.layout.frame_bytes();
        assert!(out.len() % frame_bytes == 0, "whole frames are loaded");
        let mut first = self.place(at);
        let mut rest = out;
        while !rest.is_empty() {
            let taken = rest.len().min((self.frames - first) * frame_bytes);
            let (now, later) = rest.split_at_mut(taken);
            self.cells.get(self.layout, first, now);
            (first, rest) = (0, later);
        }
        fence(Ordering::Acquire);
    }

    /// Where in the circle frame `at` lies.
    fn place(&self, at: Frames) -> usize {
        usize::try_from(at.get() % self.frames as u64).expect("a place is below the size")
    }
}

impl Clone for CyclicBuffer {
    /// A copy of what lies in the buffer now, frame by frame as [`load`](Self::load) would find it.
    fn clone(&self) -> Self {
        let cells = self.cells.clone();
        fence(Ordering::Acquire);
        Self { cells, ..*self }
    }
}

/// The byte that a silent frame of this format consists of.
pub fn silent_byte(format: WaveFormat) -> u8 {
    match format.sample {
        SampleFormat::U8 => 0x80,
        SampleFormat::S16
        | SampleFormat::S24
        | SampleFormat::S24In32
        | SampleFormat::S32
        | SampleFormat::F32 => 0,
    }
}
