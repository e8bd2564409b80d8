//! One track per actor: what it waited for, what it did, what it recorded.

use super::Flows;
use super::buffer::HEARD;
use super::words::{self, Words, status_name};
use crate::perfetto::{Annotation, Mark, Trace, Track};
use scenario::Run;
use std::collections::{BTreeMap, BTreeSet};
use truth::Ledger;
use units::Moment;
use vtime::SourceId;

/// The track of an actor. Its spans must not overlap: a wake-up that was due while the thread
/// was still busy is drawn from where that ended.
#[derive(Clone, Copy, Debug)]
struct Lane {
    row: Track,
    busy_until: u64,
}

pub(super) fn draw(run: &Run, trace: &mut Trace, flows: &Flows) {
    let mut lanes = lanes(run, trace);
    let margins = Margins::of_run(run);
    // What encloses comes first: of two spans of the same extent the first one is the outer.
    let is_pass = |name: &str| matches!(name, "producer.pass" | "reader.pass");
    for (_, words) in words::entries(run).filter(|(_, words)| is_pass(words.name())) {
        pass(trace, lanes[&words.entry().source].row, words);
    }
    for (place, words) in words::entries(run) {
        let Some(lane) = lanes.get_mut(&words.entry().source) else {
            continue;
        };
        let mark = match words.name() {
            "producer.pass" | "reader.pass" => {
                lane.busy_until = lane.busy_until.max(words.nanos());
                continue;
            }
            "machine.wake" => {
                let starts = words.instant("starts").unwrap_or(words.nanos());
                lane.wait(trace, words, starts, "ready, not running")
            }
            "machine.late_isr" => {
                let until = words.instant("until").unwrap_or(words.nanos());
                lane.masked(trace, words, until)
            }
            "machine.dpc" => lane.wait(trace, words, words.nanos(), "DPC queued"),
            "producer.packet" => {
                let number = words.get("packet").unwrap_or_default();
                let name = run.history.source_name(words.entry().source);
                let margin = margins.of(name, (words.entry().moment, number));
                packet(trace, lane.row, words, margin, "write")
            }
            "reader.packet" => {
                let number = words.get("packet").unwrap_or_default();
                let margin = margins.shared.get(&(words.entry().moment, number));
                packet(trace, lane.row, words, margin.copied(), "read")
            }
            "machine.delay" => delay(trace, lane.row, words),
            "machine.notification" => notification(trace, lane.row, words),
            "ks.request" => request(trace, lane.row, words),
            name => trace.instant(lane.row, words.nanos(), name, words.annotations()),
        };
        flows
            .through(place)
            .iter()
            .fold(mark, |mark, &flow| mark.on(flow));
    }
}

/// One track for each source that has something to show, in their order. What was heard is written
/// when all is over, and drawn elsewhere.
fn lanes(run: &Run, trace: &mut Trace) -> BTreeMap<SourceId, Lane> {
    let shown = words::entries(run).filter(|(_, words)| words.name() != HEARD);
    let sources: BTreeSet<SourceId> = shown.map(|(_, words)| words.entry().source).collect();
    let lane = |source| {
        let row = trace.track(run.history.source_name(source));
        (source, Lane { row, busy_until: 0 })
    };
    sources.into_iter().map(lane).collect()
}

impl Lane {
    /// From an interrupt to its ISR, if that has to wait.
    fn masked<'a>(&mut self, trace: &'a mut Trace, words: Words<'_>, until: u64) -> Mark<'a> {
        let begins = words.nanos().max(self.busy_until).min(until);
        self.busy_until = until.max(self.busy_until);
        let facts = words.annotations();
        trace.slice(self.row, begins, until, "interrupts masked", facts)
    }

    /// What was due and did not run yet; an instant if it ran at once.
    fn wait<'a>(
        &mut self,
        trace: &'a mut Trace,
        words: Words<'_>,
        ends: u64,
        name: &str,
    ) -> Mark<'a> {
        let due = words.instant("due").unwrap_or(ends);
        let begins = due.max(self.busy_until).min(ends);
        self.busy_until = ends.max(self.busy_until);
        if due == ends {
            trace.instant(self.row, ends, words.name(), words.annotations())
        } else {
            trace.slice(self.row, begins, ends, name, words.annotations())
        }
    }
}

fn pass(trace: &mut Trace, row: Track, words: Words<'_>) {
    let ends = words.nanos();
    let begins = words.instant("started").unwrap_or(ends).min(ends);
    let number = words
        .get("pass")
        .map_or(String::new(), |number| format!(" {number}"));
    trace.slice(
        row,
        begins,
        ends,
        format!("pass{number}"),
        words.annotations(),
    );
}

/// By how much each packet was early, by when it was written or read and its number: the margin of
/// the report, which knows the FIFO and the crystal.
#[derive(Debug, Default)]
struct Margins {
    /// Of the streams that every device has.
    shared: BTreeMap<(Moment, u64), i64>,
    /// Of those that go past the software engine, by their clients.
    offloaded: BTreeMap<String, BTreeMap<(Moment, u64), i64>>,
}

impl Margins {
    fn of_run(run: &Run) -> Self {
        let mut all = Self::default();
        let endpoints = run.result.endpoints.iter();
        let speakers = endpoints.filter(|endpoint| endpoint.flow == "render");
        for (endpoint, ledger) in speakers.zip(&run.truth) {
            let margins = match &endpoint.offload {
                Some(stream) => all.offloaded.entry(stream.client.clone()).or_default(),
                None => &mut all.shared,
            };
            for (write, margin) in ledger.iter().flat_map(Ledger::margins) {
                margins.extend(margin.map(|margin| ((write.done, write.packet), margin)));
            }
        }
        for ledger in run.captured.iter().flatten() {
            for (read, margin) in ledger.margins() {
                let key = (read.done, read.packet);
                all.shared.extend(margin.map(|margin| (key, margin)));
            }
        }
        all
    }

    /// That of the packet that `writer` wrote.
    fn of(&self, writer: &str, packet: (Moment, u64)) -> Option<i64> {
        let margins = self.offloaded.get(writer).unwrap_or(&self.shared);
        margins.get(&packet).copied()
    }
}

fn packet<'a>(
    trace: &'a mut Trace,
    row: Track,
    words: Words<'_>,
    margin: Option<i64>,
    what: &str,
) -> Mark<'a> {
    let ends = words.nanos();
    let begins = words.instant("begun").unwrap_or(ends).min(ends);
    let number = words.get("packet").unwrap_or_default();
    let mut facts = words.annotations();
    facts.extend(margin.map(|early| Annotation::number("margin_ns", early)));
    trace.slice(row, begins, ends, format!("{what} packet {number}"), facts)
}

/// A part of a wake-up's lateness, by the name that reports give it.
fn delay<'a>(trace: &'a mut Trace, row: Track, words: Words<'_>) -> Mark<'a> {
    let place = words
        .get("component")
        .and_then(|place| usize::try_from(place).ok());
    let component = place.and_then(|place| machine::Component::ALL.get(place));
    let name = component.map_or(words.name(), |component| component.name());
    trace.instant(row, words.nanos(), name, words.annotations())
}

fn notification<'a>(trace: &'a mut Trace, row: Track, words: Words<'_>) -> Mark<'a> {
    let number = words.get("event").unwrap_or_default();
    let lost = if words.get("lost").unwrap_or(0) == 0 {
        ""
    } else {
        " LOST"
    };
    let name = format!("notification {number}{lost}");
    trace.instant(row, words.nanos(), name, words.annotations())
}

fn request<'a>(trace: &'a mut Trace, row: Track, words: Words<'_>) -> Mark<'a> {
    let property = words
        .get("property")
        .and_then(|code| u32::try_from(code).ok())
        .unwrap_or(0);
    let status = status_name(words.get("status").unwrap_or_default());
    let name = format!("{}: {status}", ks::Property::from_code(property).name());
    trace.instant(row, words.nanos(), name, words.annotations())
}
