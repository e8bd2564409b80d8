//! A counting allocator, for claims about allocations.

#![expect(unsafe_code, reason = "a global allocator cannot be written without")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

/// The system's allocator, counted per thread. Install it with `#[global_allocator]`.
#[derive(Debug, Default)]
pub struct Counting;

/// What a thread has allocated and freed since it began.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counts {
    /// Blocks allocated or reallocated.
    pub allocations: u64,
    /// Bytes allocated less bytes freed.
    pub live_bytes: i64,
}

thread_local! {
    static COUNTS: Cell<Counts> = const {
        Cell::new(Counts { allocations: 0, live_bytes: 0 })
    };
}

impl Counting {
    /// What this thread did so far; zeros if the binary did not install the allocator.
    pub fn counts() -> Counts {
        COUNTS.get()
    }
}

fn count(blocks: u64, allocated: usize, freed: usize) {
    let Counts {
        allocations,
        live_bytes,
    } = COUNTS.get();
    COUNTS.set(Counts {
        allocations: allocations + blocks,
        live_bytes: live_bytes
            .wrapping_add_unsigned(allocated as u64)
            .wrapping_sub_unsigned(freed as u64),
    });
}

// SAFETY: every call is passed on to the system's allocator with the caller's arguments.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(1, layout.size(), 0);
        // SAFETY: the caller keeps the contract of `alloc`.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        count(1, layout.size(), 0);
        // SAFETY: the caller keeps the contract of `alloc_zeroed`.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        count(0, 0, layout.size());
        // SAFETY: the caller keeps the contract of `dealloc`, and the block came from `System`.
        unsafe { System.dealloc(block, layout) }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count(1, size, layout.size());
        // SAFETY: the caller keeps the contract of `realloc`, and the block came from `System`.
        unsafe { System.realloc(block, layout, size) }
    }
}
