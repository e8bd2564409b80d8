//! Entries of the history, read by the names of their fields.

use crate::perfetto::Annotation;
use scenario::Run;
use units::{NtStatus, SimTime};
use vtime::Entry;

/// An entry and its fields.
#[derive(Clone, Copy, Debug)]
pub(super) struct Words<'a>(&'a Entry);

/// The kept history, with places.
pub(super) fn entries(run: &Run) -> impl Iterator<Item = (usize, Words<'_>)> {
    run.history.entries().map(Words).enumerate()
}

impl<'a> Words<'a> {
    pub(super) const fn name(self) -> &'static str {
        self.0.what.name()
    }

    pub(super) const fn entry(self) -> &'a Entry {
        self.0
    }

    /// When it was recorded.
    pub(super) fn nanos(self) -> u64 {
        self.0.moment.time.to_nanos_floor()
    }

    /// The word of that name. `u64::MAX` stands for none in every crate that has such a word.
    pub(super) fn get(self, name: &str) -> Option<u64> {
        let place = self
            .0
            .what
            .fields()
            .iter()
            .position(|field| field.name == name)?;
        self.0
            .words()
            .get(place)
            .copied()
            .filter(|&word| word != u64::MAX)
    }

    /// The word of that name, as the instant it stands for, in nanoseconds.
    pub(super) fn instant(self, name: &str) -> Option<u64> {
        self.get(name)
            .map(|ticks| SimTime::from_ticks(ticks).to_nanos_floor())
    }

    /// All fields as the timeline shows them: times in nanoseconds, statuses by their names.
    pub(super) fn annotations(self) -> Vec<Annotation> {
        let fields = self.0.what.fields().iter().zip(self.0.words());
        let shown = fields
            .filter(|&(_, &word)| word != u64::MAX)
            .map(|(field, &word)| match field.unit {
                "tick" => {
                    let nanos = SimTime::from_ticks(word).to_nanos_floor();
                    Annotation::text(field.name, format!("{nanos} ns"))
                }
                "NTSTATUS" => Annotation::text(field.name, status_name(word)),
                "1" => Annotation::number(field.name, word),
                unit => Annotation::text(field.name, format!("{word} {unit}")),
            });
        shown.collect()
    }
}

/// The name of a status in the history.
pub(super) fn status_name(word: u64) -> String {
    let status = u32::try_from(word).map(NtStatus::from_value);
    status.map_or_else(|_| format!("{word:#x}"), |status| status.name().to_owned())
}
