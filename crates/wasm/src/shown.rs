//! All that a page shows of a run.

use crate::block::Block;
use crate::session::SCHEMA;
use crate::{history, stream};
use scenario::{Heard, Run, Scenario};
use serde_json::{Value, json};
use units::SampleFormat;

/// What was heard in a run with nothing wrong, if there was one.
pub(crate) fn perfect(run: Option<&Run>) -> Vec<u8> {
    let mut block = Block::default();
    let perfect = run.map(|run| sounds("perfect", &run.heard, &mut block));
    block.finish(json!({ "schema": SCHEMA, "perfect": perfect }))
}

/// A run as a block.
pub(crate) fn block(scenario: &Scenario, run: &Run) -> Vec<u8> {
    let mut block = Block::default();
    let history = history::add(run, &mut block);
    let mut truth = run.truth.iter();
    let mut streams = Vec::new();
    for (place, endpoint) in run.result.endpoints.iter().enumerate() {
        let ledger = match endpoint.flow {
            "render" => truth.next().and_then(Option::as_ref),
            _ => None,
        };
        streams.push(ledger.map(|ledger| stream::add(&format!("s{place}"), ledger, &mut block)));
    }
    let heard = sounds("heard", &run.heard, &mut block);
    let faults = (0..scenario.faults.len()).map(|place| scenario.fault_name(place));
    block.finish(json!({
        "schema": SCHEMA,
        "result": run.result,
        "report": run.report(),
        "duration_ns": scenario.duration.nanos(),
        "shared": scenario.is_shared(),
        "faults": faults.collect::<Vec<_>>(),
        "classes": truth::Class::ALL.map(truth::Class::name),
        "components": machine::Component::ALL.map(machine::Component::name),
        "history": history,
        "streams": streams,
        "heard": heard,
    }))
}

fn sounds(name: &str, all: &[Heard], block: &mut Block) -> Value {
    let sound = |(place, heard): (usize, &Heard)| {
        let column = format!("{name}{place}");
        block.raw(&column, &heard.bytes);
        json!({
            "column": column,
            "endpoint": heard.endpoint,
            "rate_hz": heard.format.rate.hertz(),
            "channels": heard.format.channels,
            "sample": sample_name(heard.format.sample),
            "hash": heard.hash(),
        })
    };
    all.iter().enumerate().map(sound).collect()
}

const fn sample_name(sample: SampleFormat) -> &'static str {
    match sample {
        SampleFormat::U8 => "u8",
        SampleFormat::S16 => "s16",
        SampleFormat::S24 => "s24",
        SampleFormat::S24In32 => "s24-in-32",
        SampleFormat::S32 => "s32",
        SampleFormat::F32 => "f32",
    }
}
