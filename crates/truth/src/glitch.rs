//! What a listener could have noticed.

use std::collections::BTreeMap;

use units::{Frames, NtStatus, SimDuration, SimTime};

use crate::account::Account;
use crate::blame::Blame;
use crate::class::{Class, Family};
use crate::span::Span;

/// What kind of glitch it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum GlitchType {
    /// G1: nothing new for at least one complete packet.
    UnderrunFull,
    /// G2: nothing new for a part of a packet.
    LateWrite,
    /// G4: the writer lapped the reader.
    OverwriteAhead,
    /// G5: from here on the content is elsewhere than before.
    Discontinuity,
    /// G8: nothing of this run from its start on.
    StartUp,
    /// G9: content that was cut off by STOP, or something behind the declared end.
    Tail,
    /// G14: silence of the engine in place of a client's data.
    ClientStarvation,
    /// G15: the device stood still in RUN.
    DeviceStall,
}

impl GlitchType {
    /// Its number: `G1` and so on.
    pub const fn name(self) -> &'static str {
        match self {
            Self::UnderrunFull => "G1",
            Self::LateWrite => "G2",
            Self::OverwriteAhead => "G4",
            Self::Discontinuity => "G5",
            Self::StartUp => "G8",
            Self::Tail => "G9",
            Self::ClientStarvation => "G14",
            Self::DeviceStall => "G15",
        }
    }

    /// What it is, in words.
    pub const fn describe(self) -> &'static str {
        match self {
            Self::UnderrunFull => "underrun",
            Self::LateWrite => "late write",
            Self::OverwriteAhead => "overwrite ahead",
            Self::Discontinuity => "discontinuity",
            Self::StartUp => "start-up gap",
            Self::Tail => "tail",
            Self::ClientStarvation => "client starvation",
            Self::DeviceStall => "device stall",
        }
    }
}

/// One glitch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Glitch {
    /// What kind.
    pub kind: GlitchType,
    /// The class of most of its frames; none for content that was never heard and for a jump.
    pub class: Option<Class>,
    /// Which run of the stream.
    pub run: u32,
    /// Its first frame, counted from the start of the run.
    pub first: u64,
    /// How many frames; 0 for a jump, and for time in which there were none.
    pub frames: u64,
    /// For how long there was no frame although the device was in RUN.
    pub held: SimDuration,
    /// The first content that was heard in its place, if it was content of this run.
    pub heard_from: Option<u64>,
    /// When its first frame left the speaker, or would have.
    pub starts: SimTime,
    /// Why.
    pub blame: Blame,
}

impl Glitch {
    /// How long it was, its frames at the nominal rate.
    pub fn duration(&self, account: &Account) -> SimDuration {
        let clock = units::Clock::nominal(SimTime::ZERO, account.geometry.rate);
        let frames = clock.instant_of(self.frames).since(SimTime::ZERO);
        SimDuration::from_ticks(frames.ticks() + self.held.ticks())
    }
}

/// Frames of one family that a glitch is made of.
#[derive(Clone, Copy, Debug)]
struct Event {
    family: Family,
    behind_the_end: bool,
    run: u32,
    first: u64,
    end: u64,
    /// The part with the most frames, and whose its first was.
    main: Span,
    /// The first part.
    head: Span,
}

/// The frame behind the last valid one of each run whose end was declared.
fn declared_ends(account: &Account) -> BTreeMap<u32, u64> {
    let packet = account.geometry.packet.get();
    let mut ends = BTreeMap::new();
    for write in &account.writes {
        if write.ends_stream && write.status == NtStatus::SUCCESS {
            let end = write.packet * packet + write.frames;
            ends.entry(write.run).or_insert(end);
        }
    }
    ends
}

/// All glitches of `spans`, in order.
pub(crate) fn glitches(account: &Account, spans: &[Span]) -> Vec<Glitch> {
    let ends = declared_ends(account);
    let mut all: Vec<Glitch> = events(&ends, spans)
        .iter()
        .map(|event| glitch_of(account, event))
        .collect();
    all.extend(jumps(account, spans));
    all.extend(cut_off(account, &ends, spans));
    all.extend(stalls(account));
    all.sort_by_key(|glitch| (glitch.run, glitch.first, glitch.kind));
    all
}

/// How many events a listener counts in glitches, which are in order and of which run, first frame
/// and frames are told: up to `merge_gap` frames do not part two of them, whatever they are.
pub(crate) fn events_apart(
    glitches: impl Iterator<Item = (u32, u64, u64)>,
    merge_gap: Frames,
) -> u64 {
    let mut count = 0;
    let mut latest: Option<(u32, u64)> = None;
    for (run, first, frames) in glitches {
        let end = first + frames;
        latest = match latest {
            Some((of, until)) if of == run && first.saturating_sub(until) <= merge_gap.get() => {
                Some((run, until.max(end)))
            }
            _ => {
                count += 1;
                Some((run, end))
            }
        };
    }
    count
}

fn events(ends: &BTreeMap<u32, u64>, spans: &[Span]) -> Vec<Event> {
    let mut all: Vec<Event> = Vec::new();
    for span in spans {
        let Some(family) = span.class.family() else {
            continue;
        };
        let end = ends.get(&span.run).copied().unwrap_or(u64::MAX);
        for (part, behind_the_end) in split(*span, end) {
            let last = all.iter_mut().rev().find(|event| event.family == family);
            match last {
                Some(last)
                    if last.run == part.run
                        && last.behind_the_end == behind_the_end
                        && part.first == last.end =>
                {
                    last.end = part.end();
                    if part.frames > last.main.frames {
                        last.main = part;
                    }
                }
                _ => all.push(Event {
                    family,
                    behind_the_end,
                    run: part.run,
                    first: part.first,
                    end: part.end(),
                    main: part,
                    head: part,
                }),
            }
        }
    }
    all
}

/// The parts of `span` before and behind frame `at`, and which is behind.
fn split(span: Span, at: u64) -> impl Iterator<Item = (Span, bool)> {
    let before = at.saturating_sub(span.first).min(span.frames);
    let behind = span.frames - before;
    let head = Span {
        frames: before,
        ..span
    };
    let tail = Span {
        first: span.first + before,
        frames: behind,
        whose: span.whose.map(|whose| whose.after(Frames::new(before))),
        ..span
    };
    [(head, false), (tail, true)]
        .into_iter()
        .filter(|(part, _)| part.frames > 0)
}

fn glitch_of(account: &Account, event: &Event) -> Glitch {
    let kind = type_of(account, event);
    Glitch {
        kind,
        class: Some(event.main.class),
        run: event.run,
        first: event.first,
        frames: event.end - event.first,
        held: SimDuration::ZERO,
        heard_from: event.head.heard_from(),
        starts: instant_of(account, event.run, event.first),
        blame: match kind {
            GlitchType::Tail => Blame::NOBODY,
            _ => Blame::of(account, &event.head),
        },
    }
}

fn type_of(account: &Account, event: &Event) -> GlitchType {
    if event.behind_the_end {
        return GlitchType::Tail;
    }
    match event.family {
        Family::Client => GlitchType::ClientStarvation,
        Family::Device if event.first == 0 => GlitchType::StartUp,
        Family::Writer => GlitchType::OverwriteAhead,
        Family::Device => {
            let packet = account.geometry.packet.get();
            let first_whole = event.first.div_ceil(packet);
            if (first_whole + 1) * packet <= event.end {
                GlitchType::UnderrunFull
            } else {
                GlitchType::LateWrite
            }
        }
    }
}

/// Changes of the shift from what was last heard as intended to what is heard so next, whatever
/// lies between. Content that comes back to its old shift behind something wrong has not jumped.
fn jumps(account: &Account, spans: &[Span]) -> Vec<Glitch> {
    let mut jumps = Vec::new();
    let (mut latest, mut wrong): (Option<Span>, Option<Span>) = (None, None);
    for &span in spans {
        if latest.is_some_and(|latest| latest.run != span.run) {
            (latest, wrong) = (None, None);
        }
        if span.class != Class::Fresh {
            wrong = wrong.or(Some(span).filter(|span| span.class.family().is_some()));
            continue;
        }
        let shifted = latest.is_some_and(|latest| latest.shift != span.shift);
        let between = wrong.take();
        latest = Some(span);
        if shifted {
            jumps.push(Glitch {
                kind: GlitchType::Discontinuity,
                class: None,
                run: span.run,
                first: span.first,
                frames: 0,
                held: SimDuration::ZERO,
                heard_from: span.heard_from(),
                starts: instant_of(account, span.run, span.first),
                blame: Blame::for_jump(account, &span, between.as_ref()),
            });
        }
    }
    jumps
}

/// Content up to a declared end that STOP kept from being heard.
///
/// Model: without a declared end, whoever stops throws away on purpose what the buffer still holds.
fn cut_off(account: &Account, ends: &BTreeMap<u32, u64>, spans: &[Span]) -> Vec<Glitch> {
    let cut = |run: u32| {
        let end = *ends.get(&run)?;
        let played = spans.iter().filter(|span| span.run == run);
        let first = played.map(Span::end).max().unwrap_or(0);
        (first < end).then(|| Glitch {
            kind: GlitchType::Tail,
            class: None,
            run,
            first,
            frames: end - first,
            held: SimDuration::ZERO,
            heard_from: None,
            starts: instant_of(account, run, first),
            blame: Blame::NOBODY,
        })
    };
    account.stopped.iter().filter_map(|run| cut(*run)).collect()
}

/// Times in RUN without a frame.
fn stalls(account: &Account) -> impl Iterator<Item = Glitch> {
    account.stalls.iter().filter_map(|stall| {
        let ends = stall
            .ends
            .map_or(account.until, |ends| ends.min(account.until));
        (stall.begins < ends).then(|| Glitch {
            kind: GlitchType::DeviceStall,
            class: None,
            run: stall.run,
            first: stall.first,
            frames: 0,
            held: ends.since(stall.begins),
            heard_from: None,
            starts: stall.begins,
            blame: Blame {
                cause: stall.cause,
                fault: stall.fault,
                ..Blame::NOBODY
            },
        })
    })
}

fn instant_of(account: &Account, run: u32, frame: u64) -> SimTime {
    account
        .stay_of(run, frame)
        .map_or(SimTime::ZERO, |stay| stay.instant_of(frame))
}
