//! A panic is a fault of ours: it is caught, told in one line, and spares the other scenarios.

use std::cell::RefCell;
use std::panic::{self, AssertUnwindSafe};

thread_local! {
    /// What the last panic of this thread said, and where it happened.
    static LAST: RefCell<String> = const { RefCell::new(String::new()) };
}

/// From now on panics are kept for [`caught`] instead of being printed.
pub(super) fn catch_quietly() {
    panic::set_hook(Box::new(|info| {
        let place = info
            .location()
            .map(|place| format!(" ({}:{})", place.file(), place.line()));
        let payload = info.payload();
        let text = payload.downcast_ref::<&str>().copied();
        let text = text.or_else(|| payload.downcast_ref::<String>().map(String::as_str));
        let message = text.unwrap_or("no message");
        let told = format!("{message}{}", place.unwrap_or_default());
        LAST.with(|last| last.replace(told));
    }));
}

/// Does `work`, or says what it panicked with.
pub(super) fn caught<R>(work: impl FnOnce() -> R) -> Result<R, String> {
    panic::catch_unwind(AssertUnwindSafe(work)).map_err(|_| LAST.with(RefCell::take))
}

#[cfg(test)]
mod tests {
    use super::{catch_quietly, caught};

    #[test]
    fn a_panic_is_told_with_its_place_and_spares_what_comes_after() {
        let before = std::panic::take_hook();
        catch_quietly();
        let told = caught(|| panic!("an invariant is broken")).unwrap_err();
        let after = caught(|| 5);
        std::panic::set_hook(before);
        assert!(
            told.starts_with("an invariant is broken (") && told.contains("panic.rs:"),
            "{told}"
        );
        assert_eq!(after, Ok(5));
    }
}
