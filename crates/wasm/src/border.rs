//! What the page can call: names and plain numbers.
//!
//! The page asks for room in the in-tray with [`wavert_reserve`], writes there, and says what it is with
//! [`wavert_sound`] or [`wavert_run`]. What came of a run, or of [`wavert_perfect`], lies at [`wavert_result`]. There are no imports.
//! No pointer comes in from outside; the page writes where it was told to, before it calls again.
//! A panic ends the module: the page starts another one, after it has read [`wavert_panic`].

#![expect(
    unsafe_code,
    reason = "exported names are attributes that the compiler cannot check: no other crate of the module has these"
)]

use crate::session::Session;
use std::cell::RefCell;

thread_local! {
    static TRAYS: RefCell<Trays> = RefCell::new(Trays::default());
    static PANIC: RefCell<String> = const { RefCell::new(String::new()) };
}

#[derive(Debug, Default)]
struct Trays {
    session: Session,
    incoming: Vec<u8>,
    outgoing: Vec<u8>,
}

/// Makes the in-tray so long, and says where it is.
#[unsafe(no_mangle)]
pub extern "C" fn wavert_reserve(bytes: usize) -> *mut u8 {
    TRAYS.with_borrow_mut(|trays| {
        trays.incoming.clear();
        trays.incoming.resize(bytes, 0);
        trays.incoming.as_mut_ptr()
    })
}

/// Takes a sound from the in-tray: its path, then its samples as little-endian `f32`. The rate of
/// the file is 0 if the samples were not converted. False if that cannot be.
#[unsafe(no_mangle)]
pub extern "C" fn wavert_sound(path: usize, rate_hz: u32, channels: u32, file_hz: u32) -> bool {
    TRAYS.with_borrow_mut(|trays| {
        let Trays {
            session, incoming, ..
        } = trays;
        let Some((path, samples)) = incoming.split_at_checked(path) else {
            return false;
        };
        session.sound(path, (rate_hz, channels, file_hz), samples)
    })
}

/// Forgets all sounds.
#[unsafe(no_mangle)]
pub extern "C" fn wavert_forget_sounds() {
    TRAYS.with_borrow_mut(|trays| trays.session = Session::default());
}

/// Runs the scenario in the in-tray, with a seed of its own if `seed_given`. Says how long what came
/// of it is.
#[unsafe(no_mangle)]
pub extern "C" fn wavert_run(seed_given: bool, seed: u64) -> usize {
    std::panic::set_hook(Box::new(|info| {
        PANIC.with_borrow_mut(|panic| *panic = info.to_string());
    }));
    TRAYS.with_borrow_mut(|trays| {
        // What is not needed any more makes room for what comes.
        trays.outgoing = Vec::new();
        trays.outgoing = trays
            .session
            .run(&trays.incoming, seed_given.then_some(seed));
        trays.outgoing.len()
    })
}

/// Runs the same scenario once more, with nothing wrong. Says how long what came of it is.
#[unsafe(no_mangle)]
pub extern "C" fn wavert_perfect() -> usize {
    TRAYS.with_borrow_mut(|trays| {
        trays.outgoing = Vec::new();
        trays.outgoing = trays.session.perfect();
        trays.outgoing.len()
    })
}

/// Where what came of the run lies.
#[unsafe(no_mangle)]
pub extern "C" fn wavert_result() -> *const u8 {
    TRAYS.with_borrow(|trays| trays.outgoing.as_ptr())
}

/// How long the words about a panic are; they lie at [`wavert_panic`].
#[unsafe(no_mangle)]
pub extern "C" fn wavert_panic_length() -> usize {
    PANIC.with_borrow(String::len)
}

/// Where the words about a panic lie, as UTF-8.
#[unsafe(no_mangle)]
pub extern "C" fn wavert_panic() -> *const u8 {
    PANIC.with_borrow(|panic| panic.as_ptr())
}
