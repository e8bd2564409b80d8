//! Histories as text.

use conformance::kit::{History, Kind, Limits, histories};
use proptest::prelude::*;

fn any_history() -> impl Strategy<Value = History> {
    let of_kind = |kind| histories(kind, &Limits::default());
    proptest::sample::select(Kind::ALL.to_vec()).prop_flat_map(of_kind)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    /// What is written is read again as it was.
    #[test]
    fn a_history_survives_its_text(history in any_history()) {
        prop_assert_eq!(History::parse(&history.to_string()), Ok(history));
    }

    /// Whatever is read, nothing panics.
    #[test]
    fn any_text_is_a_history_or_refused(text in "(wavert-history 1\n)?[a-z0-9 \n#-]{0,60}") {
        let _ = History::parse(&text);
    }
}

#[test]
fn a_line_that_is_no_call_is_named() {
    let text = "wavert-history 1\nformat 48000 2 S16\n10 posi\n";
    let refused = History::parse(text).unwrap_err();
    assert_eq!(refused.line, 3);
    assert!(
        refused
            .to_string()
            .starts_with("line 3: this is no call; calls are buffer")
    );
}
