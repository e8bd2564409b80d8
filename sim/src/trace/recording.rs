//! A microphone over time: the packets that it recorded, what became of their frames, and what each
//! slot of its cyclic buffer held.

use crate::perfetto::{Annotation, Trace};
use scenario::{EndpointResult, Run, Scenario};
use truth::CaptureLedger;
use units::SimTime;

pub(super) fn draw(scenario: &Scenario, run: &Run, endpoint: &EndpointResult, trace: &mut Trace) {
    let (Some(ledger), Some(_)) = (run.captured.iter().flatten().next(), &scenario.microphone)
    else {
        return;
    };
    let recording = Recording { ledger };
    recording.draw_packets(&endpoint.name, trace);
    recording.draw_frames(&endpoint.name, trace);
    recording.draw_slots(&endpoint.name, trace);
}

/// Where the frames of a microphone lie in time.
struct Recording<'a> {
    ledger: &'a CaptureLedger,
}

impl Recording<'_> {
    fn packet(&self) -> u64 {
        self.ledger.account().geometry.packet.get()
    }

    /// When frames of a run were at the converter, without the pauses between them.
    fn recorded(&self, run: u32, first: u64, frames: u64) -> Vec<(u64, u64)> {
        let stays = self.ledger.stays().filter(|stay| stay.run == run);
        let part = stays.filter_map(|stay| {
            let (from, to) = (first.max(stay.first), (first + frames).min(stay.end()));
            let at = |frame| SimTime::to_nanos_floor(stay.instant_of(frame));
            (from < to).then(|| (at(from), at(to)))
        });
        part.collect()
    }

    /// The packets as they came from the converter.
    fn draw_packets(&self, name: &str, trace: &mut Trace) {
        let row = trace.track(format!("{name}: recorded"));
        for stay in self.ledger.stays() {
            let mut from = stay.first;
            while from < stay.end() {
                let number = from / self.packet();
                let to = ((number + 1) * self.packet()).min(stay.end());
                let facts = vec![
                    Annotation::number("first_frame", from),
                    Annotation::number("frames", to - from),
                    Annotation::number("run", stay.run),
                ];
                for (begins, ends) in self.recorded(stay.run, from, to - from) {
                    trace.slice(row, begins, ends, format!("packet {number}"), facts.clone());
                }
                from = to;
            }
        }
    }

    /// What became of the frames, drawn where they were at the converter.
    fn draw_frames(&self, name: &str, trace: &mut Trace) {
        let row = trace.track(format!("{name}: what became of it"));
        for span in self.ledger.spans() {
            let mut facts = vec![
                Annotation::number("first_frame", span.first),
                Annotation::number("frames", span.frames),
                Annotation::number("run", span.run),
            ];
            let holds = span.holds.map(|(_, frame)| frame);
            facts.extend(
                holds
                    .filter(|frame| *frame != span.first)
                    .map(|frame| Annotation::number("holds_frame", frame)),
            );
            for (begins, ends) in self.recorded(span.run, span.first, span.frames) {
                trace.slice(row, begins, ends, span.class.name(), facts.clone());
            }
        }
    }

    /// What each slot of the cyclic buffer held: from when the device began to fill it to when it
    /// began to fill it anew.
    fn draw_slots(&self, name: &str, trace: &mut Trace) {
        let slots = u64::from(self.ledger.account().geometry.packets);
        for slot in 0..slots {
            let row = trace.track(format!("{name}: slot {slot}"));
            for stay in self.ledger.stays() {
                let first = stay.first.div_ceil(self.packet());
                for number in (first..=stay.end() / self.packet()).filter(|n| n % slots == slot) {
                    let from = number * self.packet();
                    if from >= stay.end() {
                        continue;
                    }
                    let to = (from + slots * self.packet()).min(stay.end());
                    let facts = vec![Annotation::number("run", stay.run)];
                    let at = |frame| SimTime::to_nanos_floor(stay.instant_of(frame));
                    trace.slice(row, at(from), at(to), format!("packet {number}"), facts);
                }
            }
        }
    }
}
