//! A run of the kit, asked for from C.

use crate::border::{self, Options};
use crate::report::Report;
use crate::subject::Table;
use conformance::kit::Kit;
use std::ffi::{CStr, c_char};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Does `work`; its error, or that of a panic, is the result.
pub(crate) fn guard(work: impl FnOnce() -> Result<(), i32>) -> i32 {
    match catch_unwind(AssertUnwindSafe(work)) {
        Ok(Ok(())) => border::OK,
        Ok(Err(code)) => code,
        Err(_) => border::PANICKED,
    }
}

/// Puts streams of `subject` under the rules; `include/wavert.h` says more.
///
/// # Safety
/// Pointers are null or valid as `include/wavert.h` says, and callbacks keep its word.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wavert_kit_run(
    subject: *const border::Subject,
    options: *const Options,
    report: *mut *mut Report,
) -> i32 {
    guard(|| {
        if report.is_null() {
            return Err(border::NULL_POINTER);
        }
        // SAFETY: it is not null, so that the caller lets us write there.
        unsafe { *report = std::ptr::null_mut() };
        // SAFETY: the caller's word.
        let table = unsafe { table(subject) }?;
        // SAFETY: the caller's word.
        let kit = unsafe { kit(options) }?;
        let made = Box::new(Report::new(&kit.check(&table)));
        // SAFETY: as above.
        unsafe { *report = Box::into_raw(made) };
        Ok(())
    })
}

/// # Safety
/// `subject` is null or points to a struct that is as long as its size says.
pub(crate) unsafe fn table(subject: *const border::Subject) -> Result<Table, i32> {
    // SAFETY: the size is the first field of every version.
    let callbacks = unsafe { sized(subject) }?;
    if callbacks.abi_version != border::ABI_VERSION {
        return Err(border::BAD_VERSION);
    }
    if callbacks.make.is_none() {
        return Err(border::NULL_POINTER);
    }
    // SAFETY: the caller's word.
    let name = unsafe { text(callbacks.name) }?;
    Ok(Table { name, callbacks })
}

/// # Safety
/// `options` is null or points to a struct that is as long as its size says.
unsafe fn kit(options: *const Options) -> Result<Kit, i32> {
    if options.is_null() {
        return Ok(Kit::new(0));
    }
    // SAFETY: the size is the first field of every version.
    let options = unsafe { sized(options) }?;
    let kit = Kit::new(options.seed);
    let kit = match options.cases {
        0 => kit,
        cases => kit.cases(cases),
    };
    if options.rule.is_null() {
        return Ok(kit);
    }
    // SAFETY: the caller's word.
    let rule = unsafe { text(options.rule) }?;
    kit.only(&rule).ok_or(border::NO_RULE)
}

/// Reads a struct whose first field is its size.
///
/// # Safety
/// `from` is null or points to that size, and to as many bytes as it says.
unsafe fn sized<T: Copy>(from: *const T) -> Result<T, i32> {
    if from.is_null() {
        return Err(border::NULL_POINTER);
    }
    // SAFETY: the caller's word.
    if unsafe { *from.cast::<u32>() } != border::size_of_struct::<T>() {
        return Err(border::BAD_SIZE);
    }
    // SAFETY: it is as long as `T`, whose fields are numbers and pointers of any value.
    Ok(unsafe { *from })
}

/// # Safety
/// `from` is null or points to a text that ends with 0.
unsafe fn text(from: *const c_char) -> Result<String, i32> {
    if from.is_null() {
        return Err(border::NULL_POINTER);
    }
    // SAFETY: the caller's word.
    let text = unsafe { CStr::from_ptr(from) };
    let text = text.to_str().map_err(|_| border::BAD_TEXT)?;
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_panic_crosses_the_border() {
        assert_eq!(guard(|| panic!("on this side")), border::PANICKED);
        assert_eq!(guard(|| Err(border::NO_RULE)), border::NO_RULE);
        assert_eq!(guard(|| Ok(())), border::OK);
    }
}
