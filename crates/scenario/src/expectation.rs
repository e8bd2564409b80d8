//! What was expected against what came.

use serde_json::{Map, Value};

use crate::format::Expect;
use crate::result::{Expectation, GlitchResult, RunResult};

/// Each figure that `expect` states, beside the one in `result`, in the order of the format.
///
/// Of the glitches only those are looked at that are stated: there may be very many. Meanwhile
/// `result` is without them.
pub(crate) fn expectations(expect: &Expect, result: &mut RunResult) -> Vec<Expectation> {
    let mut all = Vec::new();
    let mut offloads = 0;
    for endpoint in &mut result.endpoints {
        let own = std::mem::take(&mut endpoint.glitches);
        let stated = match (endpoint.flow, &endpoint.offload) {
            ("capture", _) => expect.microphone.as_ref().map(|own| own.glitches.as_ref()),
            (_, Some(_)) => {
                offloads += 1;
                let list = expect.offload.as_ref();
                let stated = list.and_then(|list| list.get(offloads - 1));
                stated.map(|own| own.glitches.as_ref())
            }
            (_, None) => Some(expect.glitches.as_ref()),
        };
        let listed = stated.flatten().map_or(0, Vec::len);
        endpoint.glitches = own.iter().take(listed).cloned().collect();
        all.push(own);
    }
    let actual = figures(result, &all);
    for (endpoint, own) in result.endpoints.iter_mut().zip(all) {
        endpoint.glitches = own;
    }
    let mut found = Found::default();
    let stated = serde_json::to_value(expect).expect("text keys and plain values");
    found.tables("", stated.as_object().expect("a table"), &actual.into());
    found.all
}

/// The figures of `result`, whose endpoints have those glitches, by the keys that expectations are
/// stated with.
fn figures(result: &RunResult, glitches: &[Vec<GlitchResult>]) -> Map<String, Value> {
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
    let mut offloads = Vec::new();
    for (place, (endpoint, glitches)) in result.endpoints.iter().zip(glitches).enumerate() {
        let mut own = endpoint_figures(&whole["endpoints"][place], glitches.len());
        if endpoint.flow == "capture" {
            figures.insert("microphone".to_owned(), Value::Object(own));
        } else if let Some(Value::Object(mut whose)) = own.remove("offload") {
            own.append(&mut whose);
            offloads.push(Value::Object(own));
        } else {
            figures.append(&mut own);
        }
    }
    figures.insert("offload".to_owned(), offloads.into());
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
    glitches: u64,
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
            (Value::Object(table), _) => self.tables(what, table, actual),
            (Value::Array(stated), Value::Array(actual)) => self.lists(what, stated, actual),
            (Value::String(text), Value::Null) if text.is_empty() => {
                self.leaf(what, stated, stated);
            }
            _ => self.leaf(what, stated, actual),
        }
    }

    /// Compares what is in a table. How many glitches an endpoint has, it says beside them.
    fn tables(&mut self, what: &str, stated: &Map<String, Value>, actual: &Value) {
        let count = actual.get("glitch-count").and_then(Value::as_u64);
        let counted = stated.contains_key("glitch-count");
        for (key, value) in stated {
            (self.glitches, self.counted) = (count.unwrap_or(0), counted);
            let name = if what.is_empty() {
                key.clone()
            } else {
                format!("{what}.{key}")
            };
            self.compare(&name, value, actual.get(key));
        }
    }

    fn lists(&mut self, what: &str, stated: &[Value], actual: &[Value]) {
        let are_glitches = last(what) == "glitches";
        if !(are_glitches && self.counted) {
            let length = if are_glitches {
                self.glitches
            } else {
                actual.len() as u64
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
