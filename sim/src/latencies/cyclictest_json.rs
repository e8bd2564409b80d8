//! What `cyclictest --json` writes: per thread a histogram, and how many cycles there were.
//!
//! Source: `cyclictest` of rt-tests 2.4, its output. `resolution_in_ns` says whether latencies are
//! counted in nanoseconds or, if it is 0, in microseconds; a cycle that is not in the histogram is
//! beyond it.

use super::LatenciesError;
use super::cyclictest::{micros_from, note_threads};
use super::histogram::{Bin, Bins, Latencies};
use serde_json::{Map, Value};

const WHAT: &str = "histogram of cyclictest";
const HELP: &str = "take the file of `cyclictest -q -h 1000 --json=FILE` as it is";

pub(super) fn parse(text: &str) -> Result<Latencies, LatenciesError> {
    let json: Value = serde_json::from_str(text).map_err(|error| {
        LatenciesError::new(error.line(), format!("this is no JSON: {error}"), HELP)
    })?;
    let missing = |what: &str| LatenciesError::new(0, format!("the file has no {what}"), HELP);
    let threads = json["thread"]
        .as_object()
        .ok_or_else(|| missing("`thread`"))?;
    let in_nanos = json["resolution_in_ns"].as_u64() == Some(1);
    let mut bins = Bins::default();
    let mut overflows = 0;
    for (name, thread) in threads {
        let histogram = thread["histogram"].as_object();
        let histogram = histogram.ok_or_else(|| {
            missing(&format!(
                "`histogram` of thread {name}; cyclictest writes one with -h"
            ))
        })?;
        overflows += of_thread(&mut bins, name, (thread, histogram), in_nanos)?;
    }
    let mut latencies = bins.finish(WHAT)?;
    if overflows > 0 {
        latencies.notes.push(format!(
            "{overflows} of them are beyond the histogram; from its longest to the longest of all they are taken as evenly spread."
        ));
    }
    note_threads(&mut latencies, threads.len());
    Ok(latencies)
}

/// Adds the latencies of one thread; says how many were beyond its histogram.
fn of_thread(
    bins: &mut Bins,
    name: &str,
    (thread, histogram): (&Value, &Map<String, Value>),
    in_nanos: bool,
) -> Result<u64, LatenciesError> {
    let wrong = |what: String| LatenciesError::new(0, format!("thread {name}: {what}"), HELP);
    let bin = |from: u64, to: u64| {
        let bin = if in_nanos {
            Some(Bin { from, to, count: 0 })
        } else {
            micros_from(from, to)
        };
        bin.ok_or_else(|| wrong(format!("no latency is as long as {to}")))
    };
    let (mut counted, mut last) = (0_u64, 0);
    for (latency, count) in histogram {
        let latency: u64 = latency
            .parse()
            .map_err(|_| wrong(format!("`{latency}` is no whole number")))?;
        let count = count
            .as_u64()
            .ok_or_else(|| wrong(format!("`{count}` is no count")))?;
        counted = counted.saturating_add(count);
        last = last.max(latency);
        bins.add(
            0,
            Bin {
                count,
                ..bin(latency, latency)?
            },
        )?;
    }
    let number = |key: &str| {
        thread[key]
            .as_u64()
            .ok_or_else(|| wrong(format!("no `{key}`")))
    };
    let (cycles, longest) = (number("cycles")?, number("max")?);
    let Some(overflows) = cycles.checked_sub(counted) else {
        return Err(wrong(format!("{cycles} cycles, and {counted} latencies")));
    };
    if overflows > 0 {
        if longest < last {
            return Err(wrong(format!(
                "the longest is {longest}, and {last} is in the histogram"
            )));
        }
        bins.add(
            0,
            Bin {
                count: overflows,
                ..bin(last, longest)?
            },
        )?;
    }
    Ok(overflows)
}
