//! How long it takes from the converter that records to the one that plays.

use units::{SimDuration, SimTime};

use super::ledger::CaptureLedger;
use crate::class::Class;
use crate::ledger::Ledger;

/// Frames of a client that plays what it records, as the engine mixed them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mixed {
    /// Which client.
    pub client: usize,
    /// The first frame of the mix that they went into.
    pub content: u64,
    /// How many.
    pub frames: u64,
    /// The frame of the recording device that the first one is.
    pub recorded: u64,
}

/// How long frames were on their way from the converter that recorded them to the one that played
/// them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RoundTrip {
    /// How many frames made it.
    pub frames: u64,
    /// The shortest way.
    pub min: SimDuration,
    /// The longest way.
    pub max: SimDuration,
}

impl RoundTrip {
    /// The way of all frames of `mixed` that were heard as they were meant to be; none if there are
    /// none.
    ///
    /// Model: an engine does not stop, so both streams have one run.
    pub fn of(recorded: &CaptureLedger, heard: &Ledger, mixed: &[Mixed]) -> Option<Self> {
        let mut all: Option<Self> = None;
        for span in heard.spans() {
            let Some(whose) = span.whose.filter(|_| span.class == Class::Fresh) else {
                continue;
            };
            let behind =
                mixed.partition_point(|mixed| mixed.content + mixed.frames <= whose.content);
            let inside = mixed[behind..]
                .iter()
                .take_while(|mixed| mixed.content < whose.content + span.frames);
            for mixed in inside {
                let from = mixed.content.max(whose.content);
                let to = (mixed.content + mixed.frames).min(whose.content + span.frames);
                // Between two frames that are both evenly spread the way changes steadily.
                for content in [from, to - 1] {
                    let played = span.first + (content - whose.content);
                    let converted = mixed.recorded + (content - mixed.content);
                    let way = way(recorded, converted, heard, span.run, played)?;
                    let so_far = all.get_or_insert(Self {
                        frames: 0,
                        min: way,
                        max: way,
                    });
                    (so_far.min, so_far.max) = (so_far.min.min(way), so_far.max.max(way));
                }
                if let Some(so_far) = &mut all {
                    so_far.frames += to - from;
                }
            }
        }
        all
    }
}

/// From when `converted` was at its converter to when `played` was at the other.
fn way(
    recorded: &CaptureLedger,
    converted: u64,
    heard: &Ledger,
    run: u32,
    played: u64,
) -> Option<SimDuration> {
    let begins: SimTime = recorded
        .account()
        .stay_of(0, converted)?
        .instant_of(converted);
    let ends = heard.account().stay_of(run, played)?.instant_of(played);
    Some(ends.since(begins))
}
