//! What the ledger knows of one stream, as columns: where in time its frames lie, what was written,
//! what was heard, and why it was wrong.

use crate::block::{Block, number, perhaps, signed};
use machine::{Component, Latency};
use ring::Kind;
use serde_json::{Value, json};
use truth::{Glitch, Ledger, Origin, Span, Stay, Work};
use units::SimTime;

/// One stream of a speaker.
pub(crate) fn add(name: &str, ledger: &Ledger, block: &mut Block) -> Value {
    let geometry = ledger.account().geometry;
    let stays: Vec<Stay> = ledger.stays().collect();
    packets(name, &stays, geometry.packet.get(), block);
    writes(name, ledger, block);
    spans(name, ledger, &stays, block);
    let glitches = ledger
        .glitches()
        .iter()
        .map(|glitch| blamed(ledger, glitch));
    json!({
        "columns": name,
        "rate_hz": geometry.rate.hertz(),
        "packet": geometry.packet.get(),
        "packets": geometry.packets,
        "frame_bytes": geometry.frame.get(),
        "fifo_frames": geometry.fifo.get() / geometry.frame.get().max(1),
        "burst_frames": geometry.burst.get() / geometry.frame.get().max(1),
        "by_position": !ledger.account().placed.is_empty(),
        "blame": glitches.collect::<Value>(),
    })
}

/// When frame `frame` of a stay begins; of the frame behind its last one, when that ends.
fn instant(stay: &Stay, frame: u64) -> f64 {
    nanos(stay.instant_of(frame))
}

fn nanos(time: SimTime) -> f64 {
    number(time.to_nanos_floor())
}

/// The packets as the device went through them. Within one, frames are as good as evenly spread.
fn packets(name: &str, stays: &[Stay], packet: u64, block: &mut Block) {
    let mut rows = Vec::new();
    for stay in stays {
        let mut from = stay.first;
        while from < stay.end() && packet > 0 {
            let to = ((from / packet + 1) * packet).min(stay.end());
            rows.extend([
                number(stay.run.into()),
                number(from),
                number(to),
                instant(stay, from),
                instant(stay, to),
            ]);
            from = to;
        }
    }
    let fields = ["run", "from", "to", "begins_ns", "ends_ns"];
    block.rows(&format!("{name}.played"), &fields, rows.into_iter());
}

/// What was written and announced, and what was put there by position.
fn writes(name: &str, ledger: &Ledger, block: &mut Block) {
    let account = ledger.account();
    let packet = account.geometry.packet.get();
    let mut rows = Vec::new();
    for (write, margin) in ledger.margins() {
        let wake = match write.origin {
            Origin::Wake(place) => account.work.get(place),
            Origin::Start | Origin::Forced => None,
        };
        rows.extend([
            nanos(write.done.time),
            number(write.run.into()),
            number(write.packet * packet),
            number(packet),
            number(write.content),
            margin.map_or(f64::NAN, signed),
            number(write.status.value().into()),
            wake.map_or(f64::NAN, |work| nanos(work.due)),
        ]);
    }
    let fields = [
        "at_ns",
        "run",
        "first",
        "frames",
        "content",
        "margin_ns",
        "status",
        "due_ns",
    ];
    block.rows(&format!("{name}.writes"), &fields, rows.into_iter());
}

/// What left the speaker, as long as it goes on in class and shift.
fn spans(name: &str, ledger: &Ledger, stays: &[Stay], block: &mut Block) {
    let mut rows = Vec::new();
    for span in ledger.spans() {
        let of_run = stays.iter().filter(|stay| stay.run == span.run);
        for stay in of_run {
            let (from, to) = (span.first.max(stay.first), span.end().min(stay.end()));
            if from < to {
                rows.extend(part(span, (from, to), stay));
            }
        }
    }
    let fields = [
        "run",
        "from",
        "to",
        "begins_ns",
        "ends_ns",
        "class",
        "content",
        "kind",
    ];
    block.rows(&format!("{name}.spans"), &fields, rows.into_iter());
}

fn part(span: &Span, (from, to): (u64, u64), stay: &Stay) -> [f64; 8] {
    let content = span.whose.map(|whose| whose.content + from - span.first);
    let kind = span.whose.map(|whose| kind_place(whose.kind));
    [
        number(span.run.into()),
        number(from),
        number(to),
        instant(stay, from),
        instant(stay, to),
        number(class_place(span)),
        perhaps(content),
        perhaps(kind),
    ]
}

fn class_place(span: &Span) -> u64 {
    let place = truth::Class::ALL
        .iter()
        .position(|class| *class == span.class);
    place.unwrap_or_default() as u64
}

const fn kind_place(kind: Kind) -> u64 {
    match kind {
        Kind::Audio => 0,
        Kind::EngineSilence => 1,
        Kind::EosPad => 2,
        Kind::ZeroFill => 3,
        Kind::Muted => 4,
    }
}

/// Why a glitch came about: the wake-up, its parts, and when its answer was due.
fn blamed(ledger: &Ledger, glitch: &Glitch) -> Value {
    let account = ledger.account();
    let is_supply = glitch.class == Some(truth::Class::EngineSilence);
    let wake = glitch.blame.wake.and_then(|place| {
        if is_supply {
            account.supply.get(place).map(|supply| &supply.work)
        } else {
            account.work.get(place)
        }
    });
    let mut stays = account.stays.iter().filter(|stay| stay.run == glitch.run);
    let stay = stays.clone().rfind(|stay| stay.first <= glitch.first);
    let fetched = stay
        .or_else(|| stays.next())
        .map(|stay| stay.fetched_at(&account.geometry, glitch.first).time);
    json!({
        "fetched_ns": fetched.map(SimTime::to_nanos_floor),
        "parts": parts(&glitch.blame.latency),
        "fault": glitch.blame.fault.map(machine::FaultId::ordinal),
        "wake": wake.map(wake_up),
        "supply": is_supply,
    })
}

fn wake_up(work: &Work) -> Value {
    json!({
        "due_ns": work.due.to_nanos_floor(),
        "done_ns": work.done.time.to_nanos_floor(),
        "parts": parts(&work.latency),
    })
}

/// Parts in the order in which they pass, each with its length.
fn parts(latency: &Latency) -> Value {
    let part = |(component, length): (Component, units::SimDuration)| {
        json!([component.name(), length.to_nanos_floor()])
    };
    latency.parts().map(part).collect()
}
