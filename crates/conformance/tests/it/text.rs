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

/// Model time is 64 bits of ticks: what starts or ends after it cannot be put through.
#[test]
fn a_history_that_does_not_end_in_model_time_is_refused() {
    for (start, after) in [
        (471_290_489_933_608, 1),
        (1, 471_290_489_933_608),
        (u64::MAX, 5_u64),
    ] {
        let text = format!("wavert-history 1\nstart {start}\n{after} position\n");
        let refused = History::parse(&text).unwrap_err();
        assert!(refused.to_string().contains("after day 480"), "{refused}");
    }
    let last = 480 * 86_400 * 10_000_000_u64;
    let text = format!("wavert-history 1\nstart {}\n1 position\n", last - 1);
    assert!(History::parse(&text).is_ok());
}
