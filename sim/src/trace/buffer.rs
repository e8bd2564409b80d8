//! The cyclic buffer over time: what each slot held, what the speaker played, and how far apart
//! play and write were.

use super::words::{self, Words};
use crate::perfetto::{Annotation, Trace, Track};
use scenario::{EndpointResult, Run, Scenario};
use truth::{Ledger, Stay};
use units::SimTime;

pub(super) fn draw(
    scenario: &Scenario,
    run: &Run,
    (endpoint, truth): (&EndpointResult, Option<&Ledger>),
    trace: &mut Trace,
) {
    let Some(truth) = truth else {
        return;
    };
    let geometry = truth.account().geometry;
    let (packet, slots) = (geometry.packet.get(), geometry.packets.into());
    let stream = Stream::of(scenario, endpoint);
    let timeline = Timeline {
        stays: truth.stays().collect(),
    };
    let writes = writes(run, &stream);
    timeline.draw_played(&stream.name, packet, trace);
    timeline.draw_heard(&stream, run, trace);
    timeline.draw_slots(&stream.of, &writes, (packet, slots), trace);
    timeline.draw_counters(&stream.of, &writes, packet, trace);
}

/// A stream of a speaker, and the names under which the history tells of it.
struct Stream {
    /// What its rows are called.
    name: String,
    /// What is put before names that every stream has; nothing for the only one.
    of: String,
    /// Who writes its packets; `None` for everybody whose stream is not in `others`.
    producer: Option<String>,
    /// Who says what was taken of it, likewise.
    taker: Option<String>,
    others: Vec<String>,
}

impl Stream {
    fn of(scenario: &Scenario, endpoint: &EndpointResult) -> Self {
        let names: Vec<_> = scenario
            .offloads()
            .enumerate()
            .map(|(number, (place, _))| (scenario.client_name(place), format!("offload {number}")))
            .collect();
        let client = endpoint.offload.as_ref().map(|stream| &stream.client);
        let own = client.and_then(|client| names.iter().find(|(name, _)| name == client));
        let name = own.map_or_else(
            || endpoint.name.clone(),
            |(client, _)| format!("{}: {client}", endpoint.name),
        );
        Self {
            name,
            of: own.map_or_else(String::new, |(client, _)| format!("{client}: ")),
            producer: own.map(|(client, _)| client.clone()),
            taker: own.map(|(_, taker)| taker.clone()),
            others: names.into_iter().flat_map(|(a, b)| [a, b]).collect(),
        }
    }

    /// True if `name` is `wanted`, or if none is wanted, of no other stream.
    fn is_of(&self, wanted: Option<&String>, name: &str) -> bool {
        wanted.map_or_else(
            || self.others.iter().all(|other| other != name),
            |wanted| wanted == name,
        )
    }
}

/// The history's word for frames that left the speaker one after the other.
pub(super) const HEARD: &str = "scenario.heard";

/// A packet that was written.
#[derive(Clone, Copy, Debug)]
struct Write {
    /// Which run of the stream it was for.
    run: u32,
    packet: u64,
    /// When it stood in the buffer.
    nanos: u64,
}

/// All of them, in the order in which they were written.
fn writes(run: &Run, stream: &Stream) -> Vec<Write> {
    const STOP: u64 = 0;
    let mut current = 0;
    let mut writes = Vec::new();
    let names = |words: Words<'_>| run.history.source_name(words.entry().source);
    let own = |words: &Words<'_>| stream.is_of(stream.producer.as_ref(), names(*words));
    let entries = words::entries(run).map(|(_, words)| words);
    for words in entries.filter(own) {
        match words.name() {
            "producer.state" => {
                // What is written after a stop is for the next start.
                let stopped = u64::from(words.get("state") == Some(STOP));
                current = words.get("run").unwrap_or(0) + stopped;
            }
            "producer.packet" => {
                let Some(packet) = words.get("packet") else {
                    continue;
                };
                let run = u32::try_from(current).unwrap_or(u32::MAX);
                writes.push(Write {
                    run,
                    packet,
                    nanos: words.nanos(),
                });
            }
            _ => {}
        }
    }
    writes
}

/// When frame `frame` of a stay begins; of the frame behind its last one, when that ends.
fn begins(stay: &Stay, frame: u64) -> u64 {
    stay.instant_of(frame).to_nanos_floor()
}

/// Where the frames of an endpoint lie in time.
struct Timeline {
    stays: Vec<Stay>,
}

impl Timeline {
    /// When frames of a run were played, without the pauses between them.
    fn played(&self, run: u32, first: u64, frames: u64) -> impl Iterator<Item = (u64, u64)> {
        let of_run = self.stays.iter().filter(move |stay| stay.run == run);
        of_run.filter_map(move |stay| {
            let from = first.max(stay.first);
            let to = (first + frames).min(stay.end());
            (from < to).then(|| (begins(stay, from), begins(stay, to)))
        })
    }

    /// When a run has played all frames before `frame`, or all that it ever played.
    fn played_until(&self, run: u32, frame: u64) -> Option<u64> {
        let mut stays = self.stays.iter().filter(|stay| stay.run == run);
        let reached = |stay: &&Stay| frame <= stay.end();
        let stay = stays.clone().find(reached).or_else(|| stays.next_back())?;
        Some(begins(stay, frame.clamp(stay.first, stay.end())))
    }

    /// How many frames of its run had been played at an instant.
    fn played_at(&self, nanos: u64) -> u64 {
        let has_begun = |stay: &&Stay| stay.begins.to_nanos_floor() <= nanos;
        let Some(stay) = self.stays.iter().rfind(has_begun) else {
            return 0;
        };
        let now = SimTime::from_nanos(nanos);
        let begun = stay.cadence.begun_before(now);
        let is_over = stay.instant_of(stay.first + begun) == now;
        let played = if is_over {
            begun
        } else {
            begun.saturating_sub(1)
        };
        stay.first + played.min(stay.frames)
    }

    /// The packets as the speaker played them.
    fn draw_played(&self, name: &str, packet: u64, trace: &mut Trace) {
        let row = trace.track(format!("{name}: played"));
        for stay in &self.stays {
            let end = stay.end();
            let mut from = stay.first;
            while from < end {
                let number = from / packet;
                let to = ((number + 1) * packet).min(end);
                let facts = vec![
                    Annotation::number("first_frame", from),
                    Annotation::number("frames", to - from),
                    Annotation::number("run", stay.run),
                ];
                let (begins, ends) = (begins(stay, from), begins(stay, to));
                trace.slice(row, begins, ends, format!("packet {number}"), facts);
                from = to;
            }
        }
    }

    /// Whose frames the speaker played, as the end of the history tells.
    fn draw_heard(&self, stream: &Stream, run: &Run, trace: &mut Trace) {
        const KINDS: [&str; 5] = ["audio", "engine silence", "eos pad", "zero fill", "muted"];
        let row = trace.track(format!("{}: heard", stream.name));
        let own = |words: &Words<'_>| {
            let name = run.history.source_name(words.entry().source);
            words.name() == HEARD && stream.is_of(stream.taker.as_ref(), name)
        };
        let entries = words::entries(run).map(|(_, words)| words);
        for words in entries.filter(own) {
            let get = |field| words.get(field).unwrap_or(0);
            let kind = usize::try_from(get("kind"))
                .ok()
                .and_then(|kind| KINDS.get(kind));
            let what = match (get("writer"), kind) {
                (0, _) => "what nobody wrote".to_owned(),
                (_, Some(&"audio") | None) => format!("content from {}", get("content")),
                (_, Some(kind)) => (*kind).to_owned(),
            };
            let stream_run = u32::try_from(get("run")).unwrap_or(u32::MAX);
            for (begins, ends) in self.played(stream_run, get("first"), get("frames")) {
                trace.slice(row, begins, ends, what.clone(), words.annotations());
            }
        }
    }

    /// What each slot of the cyclic buffer held: from when it was written to when it was played,
    /// or overwritten.
    fn draw_slots(
        &self,
        of: &str,
        writes: &[Write],
        (packet, slots): (u64, u64),
        trace: &mut Trace,
    ) {
        let tracks: Vec<Track> = (0..slots)
            .map(|slot| trace.track(format!("{of}cyclic buffer: slot {slot}")))
            .collect();
        for (place, write) in writes.iter().enumerate() {
            let slot = write.packet % slots;
            let played = self.played_until(write.run, (write.packet + 1) * packet);
            let overwritten = writes[place + 1..]
                .iter()
                .find(|next| next.packet % slots == slot);
            let ends = [played, overwritten.map(|next| next.nanos)]
                .into_iter()
                .flatten()
                .min();
            let facts = vec![Annotation::number("run", write.run)];
            let name = format!("packet {}", write.packet);
            let ends = ends.unwrap_or(write.nanos).max(write.nanos);
            let row = tracks[usize::try_from(slot).expect("fewer than eight")];
            trace.slice(row, write.nanos, ends, name, facts);
        }
    }

    /// Play and write position in frames of the run, and what lies between them.
    fn draw_counters(&self, of: &str, writes: &[Write], packet: u64, trace: &mut Trace) {
        let play = trace.counter(format!("{of}play position"), "frames");
        let write = trace.counter(format!("{of}write position"), "frames");
        let fill = trace.counter(format!("{of}fill"), "frames");
        let mut instants: Vec<u64> = writes.iter().map(|write| write.nanos).collect();
        for stay in &self.stays {
            let end = stay.end();
            let boundaries = (stay.first.div_ceil(packet)..=end / packet).map(|n| n * packet);
            let frames = [stay.first, end].into_iter().chain(boundaries);
            instants.extend(frames.map(|frame| begins(stay, frame)));
        }
        instants.sort_unstable();
        instants.dedup();
        let mut next = writes.iter().peekable();
        let mut written = 0;
        for nanos in instants {
            while let Some(write) = next.next_if(|write| write.nanos <= nanos) {
                written = (write.packet + 1) * packet;
            }
            let played = self.played_at(nanos);
            trace.value(play, nanos, played);
            trace.value(write, nanos, written);
            trace.value(fill, nanos, i128::from(written) - i128::from(played));
        }
    }
}
