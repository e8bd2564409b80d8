//! What was expected against what came.

use serde_json::{Map, Value};

use crate::format::Expect;
use crate::result::{Expectation, RunResult};

/// Each figure that `expect` states, beside the one in `result`, in the order of the format.
///
/// Of the glitches only those are looked at that are stated: there may be very many. Meanwhile
/// `result` is without them.
pub(crate) fn expectations(expect: &Expect, result: &mut RunResult) -> Vec<Expectation> {
    let stated = serde_json::to_value(expect).expect("text keys and plain values");
    let listed = expect.glitches.as_ref().map_or(0, Vec::len);
    let all = std::mem::take(&mut result.endpoints[0].glitches);
    result.endpoints[0].glitches = all.iter().take(listed).cloned().collect();
    let actual = figures(result, expect, all.len());
    let mut found = Found {
        all: Vec::new(),
        glitches: all.len(),
        counted: expect.glitch_count.is_some(),
    };
    result.endpoints[0].glitches = all;
    let stated = stated.as_object().expect("a table");
    for (key, value) in stated {
        found.compare(key, value, actual.get(key));
    }
    found.all
}

/// The figures of `result`, which has `glitches` glitches, by the keys that expectations are stated
/// with.
fn figures(result: &RunResult, expect: &Expect, glitches: usize) -> Map<String, Value> {
    let whole = serde_json::to_value(result).expect("text keys and plain values");
    let mut figures = Map::new();
    for key in ["sim_ns", "events", "digest", "clients", "conversions"] {
        figures.insert(key.to_owned(), whole[key].clone());
    }
    let endpoint = whole["endpoints"][0].as_object().cloned();
    let mut endpoint = endpoint.unwrap_or_default();
    let total = endpoint.remove("frames").unwrap_or_default();
    let mut frames = endpoint.remove("frames_by_class").unwrap_or_default();
    frames["total"] = total;
    figures.insert("frames".to_owned(), frames);
    figures.insert("glitch_count".to_owned(), glitches.into());
    figures.append(&mut endpoint);
    let kebab = figures
        .into_iter()
        .map(|(key, value)| (kebab(&key), in_kebab(value)));
    let mut figures: Map<String, Value> = kebab.collect();
    if expect.reported.is_some() {
        // Names are names, whatever they look like.
        let reported = whole["endpoints"][0]["reported"].clone();
        figures.insert("reported".to_owned(), reported);
    }
    figures
}

fn kebab(key: &str) -> String {
    key.replace('_', "-")
}

/// `value` with the keys of its tables as scenario files write them.
fn in_kebab(value: Value) -> Value {
    match value {
        Value::Object(table) => {
            let entries = table
                .into_iter()
                .map(|(key, value)| (kebab(&key), in_kebab(value)));
            Value::Object(entries.collect())
        }
        Value::Array(all) => Value::Array(all.into_iter().map(in_kebab).collect()),
        plain => plain,
    }
}

/// The comparisons made so far.
struct Found {
    all: Vec<Expectation>,
    /// How many there were.
    glitches: usize,
    /// There may be more glitches than are listed.
    counted: bool,
}

impl Found {
    fn compare(&mut self, what: &str, stated: &Value, actual: Option<&Value>) {
        let nothing = Value::Null;
        let actual = actual.unwrap_or(&nothing);
        match (stated, actual) {
            // What the stack said is stated as a whole.
            (Value::Object(_), Value::Object(_)) if what == "reported" => {
                self.leaf(what, stated, actual);
            }
            (Value::Object(table), _) => {
                for (key, value) in table {
                    self.compare(&format!("{what}.{key}"), value, actual.get(key));
                }
            }
            (Value::Array(stated), Value::Array(actual)) => self.lists(what, stated, actual),
            (Value::String(text), Value::Null) if text.is_empty() => {
                self.leaf(what, stated, stated);
            }
            _ => self.leaf(what, stated, actual),
        }
    }

    fn lists(&mut self, what: &str, stated: &[Value], actual: &[Value]) {
        let are_glitches = what == "glitches";
        if !(are_glitches && self.counted) {
            let length = if are_glitches {
                self.glitches
            } else {
                actual.len()
            };
            let (stated, actual) = (stated.len().into(), length.into());
            self.leaf(&format!("{what}.length"), &stated, &actual);
        }
        for (place, value) in stated.iter().enumerate() {
            self.compare(&format!("{what}[{place}]"), value, actual.get(place));
        }
    }

    fn leaf(&mut self, what: &str, expected: &Value, actual: &Value) {
        self.all.push(Expectation {
            what: what.to_owned(),
            expected: expected.clone(),
            actual: actual.clone(),
            met: expected == actual,
        });
    }
}
