//! How frames lie in atomic cells, and the copy in and out.

use units::WaveFormat;

use crate::sync::{AtomicU32, AtomicU64, Ordering};

/// How many cells a copy handles per turn of its loop. Compilers neither vectorise nor, as a rule,
/// unroll a loop of atomics, so it is done by hand.
const UNROLL: usize = 8;

/// How many groups of [`UNROLL`] cells a load asks for before it needs them: about as many cache
/// lines as a processor can wait for at a time.
const GROUPS_AHEAD: usize = 16;

/// Which bytes of a frame share a cell.
///
/// A cell is written and read at once, so what lies in one cell cannot tear. A frame of up to
/// 8 bytes is one cell. A wider one is cut into cells of as many whole samples as 8 bytes hold;
/// only its last cell may hold fewer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Layout {
    /// Bytes of a frame, at least 1.
    frame_bytes: usize,
    /// Bytes in each cell but perhaps the last of a frame: 1 to 8, at most `frame_bytes`.
    cell_bytes: usize,
    /// Cells of a frame, at least 1.
    cells_per_frame: usize,
}

impl Layout {
    pub(crate) fn of(format: WaveFormat) -> Self {
        let frame_bytes = format.frame_bytes() as usize;
        let sample_bytes = format.sample.container_bytes() as usize;
        let cell_bytes = frame_bytes.min(8 / sample_bytes * sample_bytes);
        Self {
            frame_bytes,
            cell_bytes,
            cells_per_frame: frame_bytes.div_ceil(cell_bytes),
        }
    }

    pub(crate) fn frame_bytes(self) -> usize {
        self.frame_bytes
    }

    /// True if the last cell of a frame holds fewer samples than the others.
    fn is_ragged(self) -> bool {
        self.frame_bytes % self.cell_bytes != 0
    }
}

/// The memory of a buffer: cells of the narrowest kind that a frame, or 8 bytes of it, fits into.
#[derive(Debug)]
pub(crate) enum Cells {
    /// One cell per frame of up to 4 bytes.
    Narrow(Box<[AtomicU32]>),
    /// One cell per frame of 5 to 8 bytes, or several per frame of more.
    Wide(Box<[AtomicU64]>),
}

impl Cells {
    pub(crate) fn zeroed(layout: Layout, frames: usize) -> Self {
        let count = frames * layout.cells_per_frame;
        if layout.frame_bytes <= 4 {
            Self::Narrow((0..count).map(|_| AtomicU32::new(0)).collect())
        } else {
            Self::Wide((0..count).map(|_| AtomicU64::new(0)).collect())
        }
    }

    /// Stores whole frames from frame `first` on. They must not reach past the end.
    pub(crate) fn put(&self, layout: Layout, first: usize, bytes: &[u8]) {
        let at = first * layout.cells_per_frame;
        match (self, layout.cell_bytes) {
            (Self::Narrow(cells), 1) => put_flat::<_, 1>(&cells[at..], bytes),
            (Self::Narrow(cells), 2) => put_flat::<_, 2>(&cells[at..], bytes),
            (Self::Narrow(cells), 3) => put_flat::<_, 3>(&cells[at..], bytes),
            (Self::Narrow(cells), _) => put_flat::<_, 4>(&cells[at..], bytes),
            (Self::Wide(cells), _) if layout.is_ragged() => put_ragged(layout, &cells[at..], bytes),
            (Self::Wide(cells), 5) => put_flat::<_, 5>(&cells[at..], bytes),
            (Self::Wide(cells), 6) => put_flat::<_, 6>(&cells[at..], bytes),
            (Self::Wide(cells), 7) => put_flat::<_, 7>(&cells[at..], bytes),
            (Self::Wide(cells), _) => put_flat::<_, 8>(&cells[at..], bytes),
        }
    }

    /// Loads whole frames from frame `first` on. They must not reach past the end.
    pub(crate) fn get(&self, layout: Layout, first: usize, out: &mut [u8]) {
        let at = first * layout.cells_per_frame;
        match (self, layout.cell_bytes) {
            (Self::Narrow(cells), 1) => get_flat::<_, 1>(&cells[at..], out),
            (Self::Narrow(cells), 2) => get_flat::<_, 2>(&cells[at..], out),
            (Self::Narrow(cells), 3) => get_flat::<_, 3>(&cells[at..], out),
            (Self::Narrow(cells), _) => get_flat::<_, 4>(&cells[at..], out),
            (Self::Wide(cells), _) if layout.is_ragged() => get_ragged(layout, &cells[at..], out),
            (Self::Wide(cells), 5) => get_flat::<_, 5>(&cells[at..], out),
            (Self::Wide(cells), 6) => get_flat::<_, 6>(&cells[at..], out),
            (Self::Wide(cells), 7) => get_flat::<_, 7>(&cells[at..], out),
            (Self::Wide(cells), _) => get_flat::<_, 8>(&cells[at..], out),
        }
    }

    /// Stores the same byte everywhere in `frames` frames from frame `first` on.
    pub(crate) fn fill(&self, layout: Layout, first: usize, frames: usize, byte: u8) {
        let cells_taken = first * layout.cells_per_frame..(first + frames) * layout.cells_per_frame;
        let word = u64::from_le_bytes([byte; 8]);
        match self {
            Self::Narrow(cells) => cells[cells_taken].iter().for_each(|cell| cell.set(word)),
            Self::Wide(cells) => cells[cells_taken].iter().for_each(|cell| cell.set(word)),
        }
    }
}

impl Clone for Cells {
    fn clone(&self) -> Self {
        match self {
            Self::Narrow(cells) => Self::Narrow(
                cells
                    .iter()
                    .map(|cell| AtomicU32::new(cell.load(RELAXED)))
                    .collect(),
            ),
            Self::Wide(cells) => Self::Wide(
                cells
                    .iter()
                    .map(|cell| AtomicU64::new(cell.load(RELAXED)))
                    .collect(),
            ),
        }
    }
}

/// The order of every access to a cell. Who needs more gets it from the fences of
/// [`CyclicBuffer`](crate::CyclicBuffer) or from a register; the front page has the argument.
const RELAXED: Ordering = Ordering::Relaxed;

/// One unit of atomic access.
trait Cell {
    fn set(&self, word: u64);
    fn word(&self) -> u64;
}

impl Cell for AtomicU32 {
    #[inline]
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a narrow cell holds at most 4 bytes"
    )]
    fn set(&self, word: u64) {
        self.store(word as u32, RELAXED);
    }

    #[inline]
    fn word(&self) -> u64 {
        self.load(RELAXED).into()
    }
}

impl Cell for AtomicU64 {
    #[inline]
    fn set(&self, word: u64) {
        self.store(word, RELAXED);
    }

    #[inline]
    fn word(&self) -> u64 {
        self.load(RELAXED)
    }
}

/// Little-endian, so that the bytes mean the same on every machine.
#[inline]
fn packed(bytes: &[u8]) -> u64 {
    let mut word = [0; 8];
    word[..bytes.len()].copy_from_slice(bytes);
    u64::from_le_bytes(word)
}

#[inline]
fn unpacked(word: u64, out: &mut [u8]) {
    let bytes = out.len();
    out.copy_from_slice(&word.to_le_bytes()[..bytes]);
}

/// Stores cells of `N` bytes each.
fn put_flat<C: Cell, const N: usize>(cells: &[C], bytes: &[u8]) {
    let cells = &cells[..bytes.len() / N];
    let mut blocks = bytes.chunks_exact(UNROLL * N);
    let mut groups = cells.chunks_exact(UNROLL);
    for (group, block) in groups.by_ref().zip(blocks.by_ref()) {
        for (i, cell) in group.iter().enumerate() {
            cell.set(packed(&block[i * N..][..N]));
        }
    }
    let rest = blocks.remainder().chunks_exact(N);
    for (cell, chunk) in groups.remainder().iter().zip(rest) {
        cell.set(packed(chunk));
    }
}

/// Asks for the cache line of a group that will be loaded soon.
///
/// Cells are copied one by one, and a processor has room for the copies of a dozen lines only; so
/// by itself it would wait for few of the lines that another core has just written. What is read
/// here is dropped, and a compiler that drops the reading too takes nothing but the speed.
#[inline]
fn touch<C: Cell>(group: &[C]) {
    let _ = group[0].word();
}

/// Loads cells of `N` bytes each.
fn get_flat<C: Cell, const N: usize>(cells: &[C], out: &mut [u8]) {
    let cells = &cells[..out.len() / N];
    let mut blocks = out.chunks_exact_mut(UNROLL * N);
    let mut groups = cells.chunks_exact(UNROLL);
    let ahead = cells.get(GROUPS_AHEAD * UNROLL..).unwrap_or_default();
    let ahead = ahead.chunks_exact(UNROLL);
    for (later, (group, block)) in ahead.zip(groups.by_ref().zip(blocks.by_ref())) {
        touch(later);
        get_group::<_, N>(group, block);
    }
    for (group, block) in groups.by_ref().zip(blocks.by_ref()) {
        get_group::<_, N>(group, block);
    }
    let rest = blocks.into_remainder().chunks_exact_mut(N);
    for (cell, chunk) in groups.remainder().iter().zip(rest) {
        unpacked(cell.word(), chunk);
    }
}

#[inline]
fn get_group<C: Cell, const N: usize>(group: &[C], block: &mut [u8]) {
    for (i, cell) in group.iter().enumerate() {
        unpacked(cell.word(), &mut block[i * N..][..N]);
    }
}

/// Stores frames whose last cell is not full.
fn put_ragged<C: Cell>(layout: Layout, cells: &[C], bytes: &[u8]) {
    let frames = bytes.chunks_exact(layout.frame_bytes);
    for (frame_cells, frame) in cells.chunks_exact(layout.cells_per_frame).zip(frames) {
        for (cell, chunk) in frame_cells.iter().zip(frame.chunks(layout.cell_bytes)) {
            cell.set(packed(chunk));
        }
    }
}

/// Loads frames whose last cell is not full.
fn get_ragged<C: Cell>(layout: Layout, cells: &[C], out: &mut [u8]) {
    let frames = out.chunks_exact_mut(layout.frame_bytes);
    for (frame_cells, frame) in cells.chunks_exact(layout.cells_per_frame).zip(frames) {
        for (cell, chunk) in frame_cells.iter().zip(frame.chunks_mut(layout.cell_bytes)) {
            unpacked(cell.word(), chunk);
        }
    }
}
