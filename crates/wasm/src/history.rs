//! The history as a column: what happened, in order.

use crate::block::{Block, number};
use ks::Property;
use scenario::Run;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use units::{NtStatus, SimTime};
use vtime::{Descriptor, Entry};

/// Words of an entry, at most.
const WORDS: usize = 6;

/// The history of a run, and the names of all that occurs in it.
pub(crate) fn add(run: &Run, block: &mut Block) -> Value {
    let mut names = Names::default();
    let mut rows = Vec::new();
    for entry in run.history.entries() {
        rows.extend(row(entry, names.of(entry)));
    }
    let fields = ["at_ns", "source", "what", "a", "b", "c", "d", "e", "f"];
    block.rows("history", &fields, rows.into_iter());
    json!({
        "sources": run.history.sources().collect::<Vec<_>>(),
        "what": names.what,
        "statuses": names.statuses,
        "properties": names.properties,
    })
}

fn row(entry: &Entry, what: usize) -> [f64; 3 + WORDS] {
    let mut row = [f64::NAN; 3 + WORDS];
    row[0] = number(entry.moment.time.to_nanos_floor());
    row[1] = number(entry.source.index() as u64);
    row[2] = number(what as u64);
    let fields = entry.what.fields().iter().zip(entry.words());
    for (place, (field, &word)) in row[3..].iter_mut().zip(fields) {
        *place = match (word, field.unit) {
            // Stands for none in every crate that has such a word.
            (u64::MAX, _) => f64::NAN,
            (ticks, "tick" | "ticks") => number(SimTime::from_ticks(ticks).to_nanos_floor()),
            (word, _) => number(word),
        };
    }
    row
}

/// What has occurred so far.
#[derive(Debug, Default)]
struct Names {
    what: Vec<Value>,
    places: BTreeMap<&'static str, usize>,
    statuses: Map<String, Value>,
    properties: Map<String, Value>,
}

impl Names {
    /// The place of an entry's descriptor in `what`.
    fn of(&mut self, entry: &Entry) -> usize {
        for (field, &word) in entry.what.fields().iter().zip(entry.words()) {
            self.note(entry.what.name(), (field.name, field.unit), word);
        }
        let next = self.what.len();
        let place = *self.places.entry(entry.what.name()).or_insert(next);
        if place == next {
            self.what.push(described(entry.what));
        }
        place
    }

    fn note(&mut self, what: &str, (field, unit): (&str, &str), word: u64) {
        let Ok(code) = u32::try_from(word) else {
            return;
        };
        if unit == "NTSTATUS" {
            let name = || NtStatus::from_value(code).name().into();
            self.statuses.entry(code.to_string()).or_insert_with(name);
        }
        if (what, field) == ("ks.request", "property") {
            let name = || Property::from_code(code).name().into();
            self.properties.entry(code.to_string()).or_insert_with(name);
        }
    }
}

/// A kind of entry, as the page has to know it. Instants are nanoseconds there.
fn described(what: &Descriptor) -> Value {
    let fields = what.fields().iter().map(|field| {
        let unit = match field.unit {
            "tick" | "ticks" => "ns",
            unit => unit,
        };
        json!([field.name, unit])
    });
    json!({ "name": what.name(), "fields": fields.collect::<Value>() })
}
