//! What came of a run, to be read from C.

use crate::border::{self, Counts};
use crate::call::guard;
use conformance::kit::{self, Outcome, Verdict, json, junit, table};
use std::ffi::{CString, c_char};

/// What came of a run. C sees it as `wavert_report`.
#[derive(Debug)]
pub struct Report {
    rules: Vec<Row>,
    histories: u64,
    calls: u64,
    text: CString,
    junit: CString,
    json: CString,
}

#[derive(Debug)]
struct Row {
    verdict: u32,
    histories: u64,
    number: CString,
    group: CString,
    says: CString,
    text: CString,
    history: CString,
}

impl Report {
    pub(crate) fn new(report: &kit::Report) -> Self {
        Self {
            rules: report.outcomes.iter().map(Row::new).collect(),
            histories: report.histories,
            calls: report.calls,
            text: c_text(&report.to_string()),
            junit: c_text(&junit(&[(report, &[])])),
            json: c_text(&json(report, &[]).to_string()),
        }
    }

    fn count(&self, verdict: u32) -> u32 {
        let rows = self.rules.iter().filter(|row| row.verdict == verdict);
        u32::try_from(rows.count()).expect("rules are few")
    }
}

impl Row {
    fn new(outcome: &Outcome) -> Self {
        let (verdict, text, history) = match &outcome.verdict {
            Verdict::Held => (border::HELD, String::new(), String::new()),
            Verdict::Broken(failure) => {
                let history = failure.history.to_string();
                (border::BROKEN, table(failure), history)
            }
            Verdict::NotApplicable(why) => (border::NOT_APPLICABLE, why.clone(), String::new()),
        };
        Self {
            verdict,
            histories: outcome.histories,
            number: c_text(outcome.rule.number),
            group: c_text(outcome.rule.group.name()),
            says: c_text(outcome.rule.says),
            text: c_text(&text),
            history: c_text(&history),
        }
    }
}

fn c_text(text: &str) -> CString {
    CString::new(text.replace('\0', "\u{fffd}")).expect("zeros were replaced")
}

/// Gives a report back; null is allowed.
///
/// # Safety
/// `report` is null or came from [`wavert_kit_run`](crate::wavert_kit_run), and is given back once.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wavert_report_free(report: *mut Report) {
    if !report.is_null() {
        // SAFETY: it came from `Box::into_raw`.
        drop(unsafe { Box::from_raw(report) });
    }
}

/// How many rules, and what they say.
///
/// # Safety
/// Pointers are null or valid; `counts` is as long as its size says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wavert_report_counts(report: *const Report, counts: *mut Counts) -> i32 {
    guard(|| {
        // SAFETY: the caller's word.
        let report = unsafe { report.as_ref() }.ok_or(border::NULL_POINTER)?;
        let filled = Counts {
            size: border::size_of_struct::<Counts>(),
            rules: u32::try_from(report.rules.len()).expect("rules are few"),
            held: report.count(border::HELD),
            broken: report.count(border::BROKEN),
            not_applicable: report.count(border::NOT_APPLICABLE),
            reserved: 0,
            histories: report.histories,
            calls: report.calls,
        };
        // SAFETY: the caller's word.
        unsafe { fill(counts, filled) }
    })
}

/// The rule at `index`.
///
/// # Safety
/// Pointers are null or valid; `rule` is as long as its size says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wavert_report_rule(
    report: *const Report,
    index: u32,
    rule: *mut border::Rule,
) -> i32 {
    guard(|| {
        // SAFETY: the caller's word.
        let report = unsafe { report.as_ref() }.ok_or(border::NULL_POINTER)?;
        let row = report.rules.get(index as usize).ok_or(border::NO_RULE)?;
        let filled = border::Rule {
            size: border::size_of_struct::<border::Rule>(),
            verdict: row.verdict,
            histories: row.histories,
            number: row.number.as_ptr(),
            group: row.group.as_ptr(),
            says: row.says.as_ptr(),
            text: row.text.as_ptr(),
            history: row.history.as_ptr(),
        };
        // SAFETY: the caller's word.
        unsafe { fill(rule, filled) }
    })
}

/// Everything, for people. Belongs to the report.
///
/// # Safety
/// `report` is null or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wavert_report_text(report: *const Report) -> *const c_char {
    // SAFETY: the caller's word.
    unsafe { report.as_ref() }.map_or(std::ptr::null(), |report| report.text.as_ptr())
}

/// Rule by rule, as build servers read it. Belongs to the report.
///
/// # Safety
/// `report` is null or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wavert_report_junit(report: *const Report) -> *const c_char {
    // SAFETY: the caller's word.
    unsafe { report.as_ref() }.map_or(std::ptr::null(), |report| report.junit.as_ptr())
}

/// Rule by rule, as an object of JSON. Belongs to the report.
///
/// # Safety
/// `report` is null or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wavert_report_json(report: *const Report) -> *const c_char {
    // SAFETY: the caller's word.
    unsafe { report.as_ref() }.map_or(std::ptr::null(), |report| report.json.as_ptr())
}

/// Fills a struct whose first field is its size.
///
/// # Safety
/// `to` is null or points to that size, and to as many bytes as it says.
unsafe fn fill<T>(to: *mut T, with: T) -> Result<(), i32> {
    if to.is_null() {
        return Err(border::NULL_POINTER);
    }
    // SAFETY: the caller's word.
    if unsafe { *to.cast::<u32>() } != border::size_of_struct::<T>() {
        return Err(border::BAD_SIZE);
    }
    // SAFETY: it is as long as `T`.
    unsafe { *to = with };
    Ok(())
}
