//! What is wrong with a recording.

use units::{Clock, SimDuration, SimTime};

use super::account::CaptureAccount;
use super::blame;
use super::class::{CaptureClass, Family};
use super::span::CaptureSpan;
use crate::blame::Blame;

/// What kind of glitch of a recording it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CaptureGlitchType {
    /// G3: frames are missing.
    Overrun,
    /// G13: a packet holds what was recorded after it.
    Torn,
    /// A packet was read before it was complete, and holds what lay there before.
    Early,
}

impl CaptureGlitchType {
    /// Its number, `G3` and so on; what has none is called by its class.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Overrun => "G3",
            Self::Torn => "G13",
            Self::Early => "EARLY",
        }
    }

    /// What it is, in words.
    pub const fn describe(self) -> &'static str {
        match self {
            Self::Overrun => "capture overrun",
            Self::Torn => "torn read",
            Self::Early => "early read",
        }
    }
}

/// One glitch of a recording.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CaptureGlitch {
    /// What kind.
    pub kind: CaptureGlitchType,
    /// What became of its frames.
    pub class: CaptureClass,
    /// Which run of the stream.
    pub run: u32,
    /// Its first frame, counted from the start of the run.
    pub first: u64,
    /// How many frames.
    pub frames: u64,
    /// The first frame of this run that the recording has in its place, if it has any.
    pub holds: Option<u64>,
    /// When its first frame was at the converter.
    pub starts: SimTime,
    /// Why.
    pub blame: Blame,
}

impl CaptureGlitch {
    /// How long it was, at the nominal rate.
    pub fn duration(&self, account: &CaptureAccount) -> SimDuration {
        let clock = Clock::nominal(SimTime::ZERO, account.geometry.rate);
        clock.instant_of(self.frames).since(SimTime::ZERO)
    }
}

/// All glitches of `spans`, in order: stretches of one family that lie together are one.
pub(super) fn glitches(account: &CaptureAccount, spans: &[CaptureSpan]) -> Vec<CaptureGlitch> {
    let mut all: Vec<(Family, CaptureGlitch)> = Vec::new();
    for span in spans {
        let Some(family) = span.class.family() else {
            continue;
        };
        match all.last_mut() {
            Some((latest, glitch))
                if *latest == family
                    && glitch.run == span.run
                    && glitch.first + glitch.frames == span.first =>
            {
                glitch.frames += span.frames;
            }
            _ => all.push((family, glitch(account, family, span))),
        }
    }
    all.into_iter().map(|(_, glitch)| glitch).collect()
}

fn glitch(account: &CaptureAccount, family: Family, span: &CaptureSpan) -> CaptureGlitch {
    let own = span.holds.filter(|(run, _)| *run == span.run);
    let starts = account
        .stay_of(span.run, span.first)
        .map_or(SimTime::ZERO, |stay| stay.instant_of(span.first));
    CaptureGlitch {
        kind: match family {
            Family::Lost | Family::Client => CaptureGlitchType::Overrun,
            Family::Torn => CaptureGlitchType::Torn,
            Family::Early => CaptureGlitchType::Early,
        },
        class: span.class,
        run: span.run,
        first: span.first,
        frames: span.frames,
        holds: own
            .filter(|_| family != Family::Client)
            .map(|(_, frame)| frame),
        starts,
        blame: blame::of(account, span),
    }
}
