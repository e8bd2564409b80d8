//! What became of the content that was written.

use std::collections::BTreeMap;

use crate::account::Account;
use crate::class::Class;
use crate::span::Span;

/// Sets of numbers that lie together, as first and one past the last.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Ranges(BTreeMap<u64, u64>);

impl Ranges {
    fn insert(&mut self, mut first: u64, mut end: u64) {
        if first >= end {
            return;
        }
        while let Some((&start, &stop)) = self.0.range(..=end).next_back() {
            if stop < first {
                break;
            }
            self.0.remove(&start);
            first = first.min(start);
            end = end.max(stop);
        }
        self.0.insert(first, end);
    }

    fn count(&self) -> u64 {
        self.0.iter().map(|(first, end)| end - first).sum()
    }

    /// How many of these are also in `others`.
    fn common(&self, others: &Self) -> u64 {
        let overlap = |first: u64, end: u64| -> u64 {
            let before = others.0.range(..first).next_back();
            let inside = others.0.range(first..end);
            before
                .into_iter()
                .chain(inside)
                .map(|(start, stop)| (*stop).min(end).saturating_sub((*start).max(first)))
                .sum()
        };
        self.0
            .iter()
            .map(|(first, end)| overlap(*first, *end))
            .sum()
    }
}

/// Frames of content that were due by the end and were never heard.
///
/// Each content frame that was written for a device frame that left the speaker is either among
/// those that were heard, in their place or elsewhere, or among these.
pub(crate) fn dropped(account: &Account, spans: &[Span]) -> u64 {
    let mut runs: Vec<u32> = spans.iter().map(|span| span.run).collect();
    runs.dedup();
    runs.iter()
        .map(|run| dropped_of(account, spans, *run))
        .sum()
}

fn dropped_of(account: &Account, spans: &[Span], run: u32) -> u64 {
    let of_run = spans.iter().filter(|span| span.run == run);
    let (mut heard, mut end, mut heard_to) = (Ranges::default(), 0, 0);
    for span in of_run {
        end = span.end();
        // What the engine or a right silenced was there all the same.
        let was_there = matches!(
            span.class,
            Class::Fresh | Class::Stale | Class::Ahead | Class::EngineSilence | Class::Muted
        );
        if let Some(whose) = span.whose.filter(|_| was_there) {
            heard.insert(whose.content, whose.content + span.frames);
            heard_to = heard_to.max(whose.content + span.frames);
        }
    }
    let packet = account.geometry.packet.get();
    let mut written = Ranges::default();
    for write in account.writes.iter().filter(|write| write.run == run) {
        // What was handed over and comes late is on its way; only what was overtaken is missing.
        let (end, first) = if account.handed_over {
            (heard_to, write.content)
        } else {
            (end, write.packet * packet)
        };
        let due = end.saturating_sub(first).min(write.frames);
        written.insert(write.content, write.content + due);
    }
    for placed in account.placed.iter().filter(|placed| placed.run == run) {
        let due = end.saturating_sub(placed.first).min(placed.frames);
        written.insert(placed.first, placed.first + due);
    }
    written.count() - written.common(&heard)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// Ranges are sets of numbers.
        #[test]
        fn ranges_are_sets(one in ranges(), other in ranges()) {
            let (left, right) = (build(&one), build(&other));
            let (left_set, right_set) = (numbers(&one), numbers(&other));
            prop_assert_eq!(left.count(), left_set.len() as u64);
            prop_assert_eq!(left.common(&right), left_set.intersection(&right_set).count() as u64);
        }
    }

    fn ranges() -> impl Strategy<Value = Vec<(u64, u64)>> {
        prop::collection::vec((0u64..60, 0u64..12), 0..12)
    }

    fn build(all: &[(u64, u64)]) -> Ranges {
        let mut ranges = Ranges::default();
        for (first, length) in all {
            ranges.insert(*first, first + length);
        }
        ranges
    }

    fn numbers(all: &[(u64, u64)]) -> BTreeSet<u64> {
        all.iter()
            .flat_map(|(first, length)| *first..first + length)
            .collect()
    }
}
