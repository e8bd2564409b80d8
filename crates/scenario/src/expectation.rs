//! What was expected against what came.

use serde_json::{Map, Value};

use crate::format::Expect;
use crate::result::{EndpointResult, Expectation, RunResult};

/// Each figure that `expect` states, beside the one in `result`, in the order of the format.
///
/// Of the glitches only those are looked at that are stated: there may be very many. Meanwhile
/// `result` is without them.
pub(crate) fn expectations(expect: &Expect, result: &mut RunResult) -> Vec<Expectation> {
    let recording = expect.microphone.as_ref();
    let listed = [
        expect.glitches.as_ref().map_or(0, Vec::len),
        recording.map_or(0, |expect| expect.glitches.as_ref().map_or(0, Vec::len)),
    ];
    let counted = [
        expect.glitch_count.is_some(),
        recording.is_some_and(|expect| expect.glitch_count.is_some()),
    ];
    let side = |flow: &str| usize::from(flow == "capture");
    let mut all = Vec::new();
    for endpoint in &mut result.endpoints {
        let own = std::mem::take(&mut endpoint.glitches);
        let kept = own.iter().take(listed[side(endpoint.flow)]);
        endpoint.glitches = kept.cloned().collect();
        all.push(own);
    }
    let count = |wanted: usize| {
        let of_side = |(endpoint, own): (&EndpointResult, &Vec<_>)| {
            (side(endpoint.flow) == wanted).then_some(own.len())
        };
        result.endpoints.iter().zip(&all).find_map(of_side)
    };
    let glitches = [0, 1].map(|wanted| count(wanted).unwrap_or(0));
    let actual = figures(result, glitches);
    for (endpoint, own) in result.endpoints.iter_mut().zip(all) {
        endpoint.glitches = own;
    }
    let mut found = Found::default();
    let stated = serde_json::to_value(expect).expect("text keys and plain values");
    for (key, value) in stated.as_object().expect("a table") {
        let side = usize::from(key == "microphone");
        (found.glitches, found.counted) = (glitches[side], counted[side]);
        found.compare(key, value, actual.get(key));
    }
    found.all
}

/// The figures of `result`, whose speaker and microphone have so many glitches, by the keys that
/// expectations are stated with.
fn figures(result: &RunResult, glitches: [usize; 2]) -> Map<String, Value> {
    let whole = serde_json::to_value(result).expect("text keys and plain values");
    let mut figures = Map::new();
    for key in [
        "sim_ns",
        "events",
        "digest",
        "clients",
        "conversions",
        "violations",
    ] {
        figures.insert(kebab(key), in_kebab(whole[key].clone()));
    }
    for (place, endpoint) in result.endpoints.iter().enumerate() {
        let value = &whole["endpoints"][place];
        if endpoint.flow == "capture" {
            let own = endpoint_figures(value, glitches[1]);
            figures.insert("microphone".to_owned(), Value::Object(own));
        } else {
            figures.append(&mut endpoint_figures(value, glitches[0]));
        }
    }
    figures
}

/// Those of one endpoint.
fn endpoint_figures(endpoint: &Value, glitches: usize) -> Map<String, Value> {
    let mut all = endpoint.as_object().cloned().unwrap_or_default();
    let total = all.remove("frames").unwrap_or_default();
    let mut frames = all.remove("frames_by_class").unwrap_or_default();
    frames["total"] = total;
    all.insert("frames".to_owned(), frames);
    all.insert("glitch_count".to_owned(), glitches.into());
    let in_kebab = |(key, value): (String, Value)| match key.as_str() {
        // Names are names, whatever they look like.
        "reported" => (key, value),
        _ => (kebab(&key), in_kebab(value)),
    };
    all.into_iter().map(in_kebab).collect()
}

fn kebab(key: &str) -> String {
    key.replace('_', "-")
}

/// The last key of a path.
fn last(what: &str) -> &str {
    what.rsplit('.').next().unwrap_or(what)
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
#[derive(Default)]
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
            (Value::Object(_), Value::Object(_)) if last(what) == "reported" => {
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
        let are_glitches = last(what) == "glitches";
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
