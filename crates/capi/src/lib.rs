//! The conformance kit for C and C++.
//!
//! ```text
//!  C++ ── wavert_subject (callbacks) ──▶ wavert_kit_run ──▶ kit::Kit
//!   ▲                                        │                │ calls, and the time
//!   └────── callbacks ◀── subject::Foreign ◀─┼────────────────┘
//!  wavert_report_… ◀─────── wavert_report ◀──┘
//! ```
//!
//! The other way round, a [`Library`] is a shared library that has such a table to give.
//!
//! The border is `include/wavert.h`; [`border`] holds the same structs, and a test has a C++ compiler say
//! that sizes and offsets agree. `unsafe` is opened here alone, as pointers that come from C can be believed only on the word of the
//! header. No panic crosses the border: it becomes `WAVERT_PANICKED`.

#![expect(
    unsafe_code,
    reason = "a C border is made of raw pointers and exported names; each use says what it relies on"
)]

pub mod border;
mod call;
mod library;
mod report;
mod subject;

pub use call::wavert_kit_run;
pub use library::{Library, LibraryError};
pub use report::{
    Report, wavert_report_counts, wavert_report_free, wavert_report_json, wavert_report_junit,
    wavert_report_rule, wavert_report_text,
};
