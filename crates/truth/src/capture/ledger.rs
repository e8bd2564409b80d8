//! The ledger of a recording.

use std::collections::BTreeMap;

use units::Frames;

use super::account::{CaptureAccount, PacketRead};
use super::class::CaptureClass;
use super::glitch::{CaptureGlitch, glitches};
use super::margin;
use super::span::{CaptureSpan, spans};
use crate::glitch::events_apart;
use crate::headroom::{Headroom, nanos};
use crate::timeline::Stay;

/// What became of the frames that one stream recorded.
#[derive(Clone, Debug)]
pub struct CaptureLedger {
    account: CaptureAccount,
    spans: Vec<CaptureSpan>,
    glitches: Vec<CaptureGlitch>,
    headroom: Headroom,
}

impl CaptureLedger {
    /// Draws the conclusions from `account`.
    pub fn close(account: CaptureAccount) -> Self {
        let spans = spans(&account);
        let glitches = glitches(&account, &spans);
        let headroom = Headroom::from_ticks(margin::all(&account));
        Self {
            account,
            spans,
            glitches,
            headroom,
        }
    }

    /// What it was made from.
    pub const fn account(&self) -> &CaptureAccount {
        &self.account
    }

    /// What became of the frames, in order.
    pub fn spans(&self) -> &[CaptureSpan] {
        &self.spans
    }

    /// What is wrong with the recording, in order.
    pub fn glitches(&self) -> &[CaptureGlitch] {
        &self.glitches
    }

    /// How many events a listener counts in the glitches: what is no more than a packet apart is
    /// heard as one.
    pub fn audible_events(&self) -> u64 {
        let extents = self
            .glitches
            .iter()
            .map(|glitch| (glitch.run, glitch.first, glitch.frames));
        events_apart(extents, self.account.geometry.packet)
    }

    /// From the end of each read to the first frame that was written over it, in nanoseconds,
    /// rounded down; negative if that came first. None if the device never ran.
    pub fn margins(&self) -> impl Iterator<Item = (&PacketRead, Option<i64>)> {
        let margin = |read| (read, margin::of(&self.account, read).map(nanos));
        self.account.reads.iter().map(margin)
    }

    /// By how much packets were read early.
    pub const fn headroom(&self) -> &Headroom {
        &self.headroom
    }

    /// Frames that came from the converter.
    pub fn frames(&self) -> u64 {
        self.spans.iter().map(|span| span.frames).sum()
    }

    /// The same by class, every class that a frame can have.
    pub fn frames_by_class(&self) -> BTreeMap<CaptureClass, u64> {
        let mut all: BTreeMap<_, u64> = CaptureClass::ALL.map(|class| (class, 0)).into();
        for span in &self.spans {
            *all.entry(span.class).or_default() += span.frames;
        }
        all
    }

    /// The stays in RUN, as far as they lie before the end.
    pub fn stays(&self) -> impl Iterator<Item = Stay> {
        let CaptureAccount { until, stays, .. } = &self.account;
        stays.iter().map(|stay| stay.clone().until(*until))
    }

    /// Frames that are missing or wrong.
    pub fn lost(&self) -> Frames {
        Frames::new(self.glitches.iter().map(|glitch| glitch.frames).sum())
    }

    /// Packets that were read once more.
    pub fn duplicate_reads(&self) -> u64 {
        let mut seen = std::collections::BTreeSet::new();
        let reads = &self.account.reads;
        let again = reads
            .iter()
            .filter(|read| !seen.insert((read.run, read.packet)));
        again.count() as u64
    }
}
