//! A panic is a fault of ours: it is caught, told in one line, and spares the other scenarios.

use std::any::Any;
use std::cell::RefCell;
use std::panic::{self, AssertUnwindSafe};

thread_local! {
    /// What the last panic of this thread said, and where it happened.
    static LAST: RefCell<String> = const { RefCell::new(String::new()) };
}

/// From now on panics are kept for [`caught`] instead of being printed.
pub(crate) fn catch_quietly() {
    panic::set_hook(Box::new(|info| {
        let place = info
            .location()
            .map(|place| format!(" ({}:{})", place.file(), place.line()));
        let message = text(info.payload());
        let told = format!("{message}{}", place.unwrap_or_default());
        LAST.with(|last| last.replace(told));
    }));
}

/// Does `work`, or says what it panicked with.
pub(crate) fn caught<R>(work: impl FnOnce() -> R) -> Result<R, String> {
    panic::catch_unwind(AssertUnwindSafe(work)).map_err(|payload| {
        let told = LAST.with(RefCell::take);
        if told.is_empty() {
            // On another thread, which had kept it for itself.
            text(&*payload).to_owned()
        } else {
            told
        }
    })
}

fn text(payload: &(dyn Any + Send)) -> &str {
    let text = payload.downcast_ref::<&str>().copied();
    let text = text.or_else(|| payload.downcast_ref::<String>().map(String::as_str));
    text.unwrap_or("no message")
}

#[cfg(test)]
mod tests {
    use super::{catch_quietly, caught};
    use std::panic;

    #[test]
    fn a_panic_is_told_with_its_place_and_spares_what_comes_after() {
        let before = std::panic::take_hook();
        catch_quietly();
        let told = caught(|| panic!("an invariant is broken")).unwrap_err();
        let elsewhere = caught(|| {
            let thread = std::thread::scope(|all| all.spawn(|| panic!("another thread")).join());
            thread.unwrap_or_else(|payload| panic::resume_unwind(payload));
        });
        let after = caught(|| 5);
        std::panic::set_hook(before);
        assert!(
            told.starts_with("an invariant is broken (") && told.contains("panic.rs:"),
            "{told}"
        );
        assert_eq!(elsewhere, Err::<(), _>("another thread".to_owned()));
        assert_eq!(after, Ok(5));
    }
}
