//! Recorded frames of one class, one after the other.

use std::collections::BTreeMap;

use super::account::{CaptureAccount, PacketRead};
use super::class::CaptureClass;

/// Frames that came from the converter one after the other, and of which the same became.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CaptureSpan {
    /// Which run of the stream.
    pub run: u32,
    /// The first of them, counted from the start of the run.
    pub first: u64,
    /// How many, at least one.
    pub frames: u64,
    /// What became of them.
    pub class: CaptureClass,
    /// Run and number of what the recording has in the place of the first one; none where it has
    /// nothing, or what nobody wrote.
    pub holds: Option<(u32, u64)>,
    /// The read that brought the first of them: its place in [`CaptureAccount::reads`].
    pub read: Option<usize>,
}

impl CaptureSpan {
    /// The frame behind its last one.
    pub const fn end(&self) -> u64 {
        self.first + self.frames
    }

    /// Whose stretch it is, if `next` goes on with it.
    fn continues(&self, next: &Self) -> bool {
        let held_next = self.holds.map(|(run, frame)| (run, frame + self.frames));
        self.run == next.run
            && self.end() == next.first
            && self.class == next.class
            && held_next == next.holds
    }

    /// The part from frame `from` to frame `to`, which lie in it.
    fn part(&self, from: u64, to: u64) -> Self {
        let on = from - self.first;
        Self {
            first: from,
            frames: to - from,
            holds: self.holds.map(|(run, frame)| (run, frame + on)),
            ..*self
        }
    }
}

/// The packets of one run that were read, the first time each.
struct Reads<'a> {
    account: &'a CaptureAccount,
    /// Place of the first read of a packet, and whether there was another.
    by_packet: BTreeMap<u64, (usize, bool)>,
}

/// What became of all frames, in order, as long as they go on in class and in what is in their
/// place.
pub(super) fn spans(account: &CaptureAccount) -> Vec<CaptureSpan> {
    let mut all = Vec::new();
    for (run, end) in account.ends() {
        let reads = Reads::of(account, run);
        let mut spans = Vec::new();
        let mut packet = 0;
        while packet * account.geometry.packet.get() < end {
            reads.judge(run, packet, end, &mut spans);
            packet += 1;
        }
        all.extend(without(account, spans));
    }
    all
}

fn push(all: &mut Vec<CaptureSpan>, span: CaptureSpan) {
    match all.last_mut() {
        Some(last) if last.continues(&span) => last.frames += span.frames,
        _ => all.push(span),
    }
}

impl<'a> Reads<'a> {
    fn of(account: &'a CaptureAccount, run: u32) -> Self {
        let mut by_packet: BTreeMap<u64, (usize, bool)> = BTreeMap::new();
        for (place, read) in account.reads.iter().enumerate() {
            if read.run == run {
                let again = |(_, again): &mut (usize, bool)| *again = true;
                let entry = by_packet.entry(read.packet).and_modify(again);
                entry.or_insert((place, false));
            }
        }
        Self { account, by_packet }
    }

    /// What became of `packet`, as far as it was recorded before frame `end`.
    fn judge(&self, run: u32, packet: u64, end: u64, spans: &mut Vec<CaptureSpan>) {
        let frames = self.account.geometry.packet.get();
        let first = packet * frames;
        let until = (first + frames).min(end);
        if let Some((place, again)) = self.by_packet.get(&packet) {
            self.read(run, first, until, (*place, *again), spans);
            return;
        }
        let class = if self.is_gone(packet, end) {
            CaptureClass::Lost
        } else {
            CaptureClass::Unread
        };
        push(
            spans,
            CaptureSpan {
                run,
                first,
                frames: until - first,
                class,
                holds: None,
                read: None,
            },
        );
    }

    /// A packet that was read, from frame `first` to `until`.
    fn read(
        &self,
        run: u32,
        first: u64,
        until: u64,
        (place, again): (usize, bool),
        spans: &mut Vec<CaptureSpan>,
    ) {
        let read: &PacketRead = &self.account.reads[place];
        let mut frame = first;
        for held in &read.held {
            let frames = held.frames.min(until - frame);
            if frames == 0 {
                continue;
            }
            let class = match CaptureClass::of(run, frame, held.recorded) {
                CaptureClass::Ok if again => CaptureClass::Dup,
                class => class,
            };
            push(
                spans,
                CaptureSpan {
                    run,
                    first: frame,
                    frames,
                    class,
                    holds: held.recorded,
                    read: Some(place),
                },
            );
            frame += frames;
        }
    }

    /// True if `packet`, which was not read, cannot be read any more: a later one was, or its place
    /// has been written over.
    ///
    /// Model: what the device has not stored yet of the last burst counts as stored.
    fn is_gone(&self, packet: u64, end: u64) -> bool {
        let geometry = &self.account.geometry;
        let was_passed_over = self.by_packet.range(packet + 1..).next().is_some();
        was_passed_over || (packet + u64::from(geometry.packets)) * geometry.packet.get() < end
    }
}

/// `spans` of one run without what a client had no room for: that is a class of its own.
fn without(account: &CaptureAccount, spans: Vec<CaptureSpan>) -> Vec<CaptureSpan> {
    let Some(run) = spans.first().map(|span| span.run) else {
        return spans;
    };
    let of_run = account.dropped.iter().filter(|dropped| dropped.run == run);
    let mut holes: Vec<(u64, u64)> = of_run
        .map(|dropped| (dropped.first, dropped.first + dropped.frames))
        .collect();
    holes.sort_unstable();
    let mut all = Vec::new();
    let mut holes = holes.into_iter().peekable();
    for span in spans {
        let mut at = span.first;
        while at < span.end() {
            while holes.next_if(|(_, end)| *end <= at).is_some() {}
            let (from, to) = holes.peek().copied().unwrap_or((u64::MAX, u64::MAX));
            let is_hole = from <= at;
            let until = if is_hole { to } else { from }.min(span.end());
            let part = span.part(at, until);
            let was_read = matches!(part.class, CaptureClass::Ok | CaptureClass::Dup);
            let class = if is_hole && was_read {
                CaptureClass::ClientOverrun
            } else {
                part.class
            };
            push(&mut all, CaptureSpan { class, ..part });
            at = until;
        }
    }
    all
}
