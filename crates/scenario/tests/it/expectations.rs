//! Every figure of a result can be stated.

use scenario::{Expect, RunOptions, RunResult, Scenario, run, shipped};
use serde_json::{Map, Value};

use crate::sounds;

/// What is no figure of the run: it was given.
const GIVEN: [&str; 4] = ["schema", "seed", "met", "expect"];
/// What is stated in another way: with a unit that is a whole number.
const STATED_OTHERWISE: [&str; 1] = ["lost_ms"];
/// What is always 0 of a microphone.
const OF_A_SPEAKER: [&str; 3] = [
    "dropped-frames",
    "late-rewrite-frames",
    "content-shift-frames",
];

/// What is that of the device, or always 0, of a stream that goes past the software engine.
const OF_A_DEVICE: [&str; 4] = ["rate-hz", "channels", "changes", "late-rewrite-frames"];

fn kebab(key: &str) -> String {
    key.replace('_', "-")
}

/// The figures in `value`, without what is no number and what is empty by then.
fn figures(value: &Value) -> Option<Value> {
    match value {
        Value::Number(_) => Some(value.clone()),
        Value::Array(all) => Some(
            all.iter()
                .map(|each| figures(each).unwrap_or_default())
                .collect(),
        ),
        Value::Object(table) => {
            let kept = table
                .iter()
                .filter(|(key, _)| !STATED_OTHERWISE.contains(&key.as_str()));
            let figures = kept.filter_map(|(key, value)| Some((kebab(key), figures(value)?)));
            Some(Value::Object(figures.collect()))
        }
        _ => None,
    }
}

/// The `[expect]` that states all of `result`.
fn stating(result: &RunResult) -> Expect {
    let whole = serde_json::to_value(result).unwrap();
    let mut stated = Map::new();
    for (key, value) in whole.as_object().unwrap() {
        if !GIVEN.contains(&key.as_str()) && key != "endpoints" {
            stated.extend(figures(value).map(|value| (kebab(key), value)));
        }
    }
    let mut offloads = Vec::new();
    for endpoint in whole["endpoints"].as_array().unwrap() {
        let mut own = of_endpoint(endpoint);
        if endpoint["flow"] == "capture" {
            own.retain(|key, _| !OF_A_SPEAKER.contains(&key.as_str()));
            stated.insert("microphone".into(), Value::Object(own));
        } else if let Some(Value::Object(mut whose)) = own.remove("offload") {
            own.retain(|key, _| !OF_A_DEVICE.contains(&key.as_str()));
            own.append(&mut whose);
            offloads.push(Value::Object(own));
        } else {
            stated.append(&mut own);
        }
    }
    stated.insert("offload".into(), offloads.into());
    serde_json::from_value(Value::Object(stated)).unwrap()
}

/// The part of it that states all of one endpoint.
fn of_endpoint(whole: &Value) -> Map<String, Value> {
    let mut endpoint = figures(whole).unwrap();
    let endpoint = endpoint.as_object_mut().unwrap();
    let mut frames = endpoint.remove("frames-by-class").unwrap();
    frames["total"] = endpoint.remove("frames").unwrap();
    endpoint.insert("frames".into(), frames);
    endpoint["reported"] = whole["reported"].clone();
    let count = endpoint["glitches"].as_array().unwrap().len();
    endpoint.insert("glitch-count".into(), count.into());
    std::mem::take(endpoint)
}

fn leaves(value: &Value) -> usize {
    match value {
        Value::Array(all) => all.iter().map(leaves).sum(),
        Value::Object(table) => table.values().map(leaves).sum(),
        _ => 1,
    }
}

#[test]
fn every_figure_of_a_result_can_be_stated() {
    for each in shipped() {
        let mut scenario = Scenario::parse(each.text).unwrap();
        let inputs = sounds::of(&scenario);
        let first = run(&scenario, &inputs, &RunOptions::default()).unwrap();
        scenario.expect = stating(&first.result);
        let second = run(&scenario, &inputs, &RunOptions::default()).unwrap();
        assert!(
            second.result.met,
            "{}: {:#?}",
            each.path, second.result.expect
        );
        let stated = leaves(&serde_json::to_value(&scenario.expect).unwrap());
        assert!(
            second.result.expect.len() + 4 > stated,
            "{}: something was not compared",
            each.path
        );
    }
}

/// Two glitches, of which one is stated: the other is missed by the length alone.
#[test]
fn a_glitch_that_is_not_stated_is_counted() {
    let text = "name = \"x\"\nduration = \"200ms\"\n[[client]]\nmode = \"exclusive-event\"\n\
                [[fault]]\nlate-wake-up = { client = 0, event = 5, by = \"14ms\" }\n\
                [[fault]]\nlate-wake-up = { client = 0, event = 9, by = \"14ms\" }\n\
                [expect]\nglitches = [{ type = \"G2\", first-frame = 2880, frames = 192 }]\n";
    let scenario = Scenario::parse(text).unwrap();
    let run = run(&scenario, &sounds::of(&scenario), &RunOptions::default()).unwrap();
    assert_eq!(run.result.endpoints[0].glitches.len(), 2);
    let missed: Vec<_> = run.result.expect.iter().filter(|one| !one.met).collect();
    let [length] = &missed[..] else {
        panic!("the length alone, not {missed:?}");
    };
    assert_eq!(length.what, "glitches.length");
    assert_eq!((&length.expected, &length.actual), (&1.into(), &2.into()));
}
