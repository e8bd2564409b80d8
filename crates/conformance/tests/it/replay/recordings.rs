//! What is read, and what is refused where.

use conformance::replay::{Operation, POSITION_GOLDEN, Recording};
use proptest::prelude::*;

use super::{row, table};

#[test]
fn the_recording_in_the_crate_is_read_whole() {
    let recording = Recording::parse(POSITION_GOLDEN).unwrap();
    assert_eq!((recording.rows(), recording.cases.len()), (4237, 117));
    let families: std::collections::BTreeSet<_> = recording
        .cases
        .iter()
        .map(conformance::replay::Case::family)
        .collect();
    assert_eq!(families.len(), 20);
    let dos = POSITION_GOLDEN.replace('\n', "\r\n");
    assert_eq!(Recording::parse(&dos).unwrap(), recording);
}

/// Text, line, column, and words of the message.
type Wrong = (String, usize, usize, &'static str);

fn refused(cases: &[Wrong]) {
    let mut wrong = Vec::new();
    for (text, line, column, words) in cases {
        let error = Recording::parse(text).unwrap_err();
        let is_there = (error.line, error.column) == (*line, *column);
        if !is_there || !error.message.contains(words) || error.help.is_empty() {
            wrong.push(format!("{error} and not {line}:{column}: {words}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn first(call: &str) -> String {
    table(&[&row(0, 5, call)])
}

fn tick() -> String {
    row(0, 5, "tick,,STATUS_SUCCESS,")
}

fn changed(from: &str, to: &str) -> String {
    table(&[&tick().replace(from, to)])
}

#[test]
fn what_is_wrong_with_the_file_is_told_with_its_place() {
    let header = table(&[]);
    refused(&[
        (String::new(), 1, 1, "`nothing` and not `case_id`"),
        (header.clone(), 1, 1, "no row"),
        (header.replace("qpc_hz", "hz"), 1, 64, "`hz`"),
        (
            header.replace("artifact", "artifact,more"),
            1,
            189,
            "too many",
        ),
        (table(&["a,b"]), 2, 3, "2 fields"),
        (table(&[tick().trim_end_matches(',')]), 2, 70, "fields"),
        (table(&[&tick()]).trim_end().to_owned(), 2, 72, "has no end"),
    ]);
}

#[test]
fn what_is_wrong_in_a_field_is_told_with_its_place() {
    refused(&[
        (changed("render", "up"), 2, 6, "no direction"),
        (changed("48000", "x"), 2, 13, "no number"),
        (changed("48000", "4800000000"), 2, 13, "too large"),
        (changed(",16,", ",12,"), 2, 19, "make no frame"),
        (changed("10000000,", "0,"), 2, 28, "stands still"),
        (changed("tick", "tock"), 2, 43, "no call"),
        (first("tick,a=1,STATUS_SUCCESS,"), 2, 48, "no argument"),
        (first("tick,a,STATUS_SUCCESS,"), 2, 48, "no value"),
        (first("set_state,,STATUS_SUCCESS,"), 2, 53, "missing"),
        (
            first("set_state,state=GO,STATUS_SUCCESS,"),
            2,
            59,
            "no state",
        ),
        (first("tick,,STATUS_FINE,"), 2, 49, "no status"),
        (first("tick,,STATUS_SUCCESS,a=1;a=2"), 2, 68, "twice"),
    ]);
}

#[test]
fn repetitions_have_limits() {
    let ticks = |args: &str| first(&format!("ticks,{args},STATUS_SUCCESS,"));
    refused(&[
        (ticks("count=0;period=1"), 2, 55, "repetitions"),
        (ticks("count=604800001;period=0"), 2, 55, "repetitions"),
        (ticks("count=7;period=1"), 2, 49, "before the counter"),
        (
            ticks("count=9;period=18446744073709551615"),
            2,
            49,
            "before",
        ),
    ]);
}

#[test]
fn cases_are_whole_and_in_order() {
    let row = |step, counts| row(step, counts, "tick,,STATUS_SUCCESS,");
    let other = row(1, 5).replace("48000", "44100");
    let second = tick().replace("T-01", "T-02");
    refused(&[
        (table(&[&row(1, 5)]), 2, 1, "begins with step 1"),
        (table(&[&tick(), &row(2, 5)]), 3, 1, "follows step 0"),
        (table(&[&tick(), &row(1, 4)]), 3, 1, "goes back"),
        (table(&[&tick(), &other]), 3, 1, "format"),
        (table(&[&tick(), &second, &tick()]), 4, 1, "goes on here"),
    ]);
}

#[test]
fn calls_are_read_with_their_arguments() {
    let write = "set_write_packet,packet=3;flags=512;eos_len=7,STATUS_SUCCESS,";
    let recording = Recording::parse(&table(&[&row(0, 5, write)])).unwrap();
    let Operation::SetWritePacket(packet) = recording.cases[0].rows[0].operation else {
        panic!("a packet was written");
    };
    assert_eq!((packet.packet.get(), packet.flags), (3, 512));
    assert_eq!(packet.eos_packet_length.get(), 7);
}

proptest! {
    /// Whatever is cut off or changed: a recording or a message, never a panic.
    #[test]
    fn a_damaged_recording_is_refused_or_read(
        cut in 0usize..40_000, at in 0usize..40_000, with in "[a-z0-9,;=\n\u{e9}]{0,3}",
    ) {
        let mut text = POSITION_GOLDEN[..cut].to_owned();
        if at <= text.len() {
            text.insert_str(at, &with);
        }
        if let Err(error) = Recording::parse(&text) {
            prop_assert!(error.line <= text.lines().count().max(1));
        }
    }
}
