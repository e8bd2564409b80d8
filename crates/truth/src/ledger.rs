//! The ledger.

use std::collections::BTreeMap;

use units::{Frames, NtStatus, SimDuration};

use crate::account::{Account, Write};
use crate::class::Class;
use crate::content::dropped;
use crate::glitch::{Glitch, events_apart, glitches};
use crate::headroom::{Headroom, Margins};
use crate::place::late_rewrites;
use crate::span::{Span, spans};
use crate::timeline::Stay;

/// What one stream did to whoever listened.
#[derive(Clone, Debug)]
pub struct Ledger {
    account: Account,
    spans: Vec<Span>,
    glitches: Vec<Glitch>,
    margins: Margins,
    headroom: Headroom,
}

impl Ledger {
    /// Draws the conclusions from `account`. Two stretches of one family are one glitch if no good
    /// frame lies between them.
    pub fn close(account: Account) -> Self {
        let spans = spans(&account);
        let glitches = glitches(&account, &spans);
        let margins = Margins::of(&account);
        let headroom = Headroom::of(&account, &margins);
        Self {
            account,
            spans,
            glitches,
            margins,
            headroom,
        }
    }

    /// What it was made from.
    pub const fn account(&self) -> &Account {
        &self.account
    }

    /// What left the speaker, in order.
    pub fn spans(&self) -> &[Span] {
        &self.spans
    }

    /// What a listener could have noticed, in order.
    pub fn glitches(&self) -> &[Glitch] {
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

    /// From the end of each write to the fetch of its first frame, in nanoseconds, rounded down;
    /// negative for late. None if the device never ran.
    pub fn margins(&self) -> impl Iterator<Item = (&Write, Option<i64>)> {
        let margin = |write| (write, self.margins.nanos(&self.account, write));
        self.account.writes.iter().map(margin)
    }

    /// By how much packets were early.
    pub const fn headroom(&self) -> &Headroom {
        &self.headroom
    }

    /// Frames that left the speaker.
    pub fn frames(&self) -> u64 {
        self.spans.iter().map(|span| span.frames).sum()
    }

    /// The same by class, every class that a frame can have.
    pub fn frames_by_class(&self) -> BTreeMap<Class, u64> {
        let mut all: BTreeMap<Class, u64> = Class::ALL.map(|class| (class, 0)).into();
        for span in &self.spans {
            *all.entry(span.class).or_default() += span.frames;
        }
        all
    }

    /// The stays in RUN, as far as they lie before the end.
    pub fn stays(&self) -> impl Iterator<Item = Stay> {
        let Account { until, stays, .. } = &self.account;
        stays.iter().map(|stay| stay.clone().until(*until))
    }

    /// Time in RUN without a frame.
    pub fn held(&self) -> SimDuration {
        let held = self.glitches.iter().map(|glitch| glitch.held.ticks());
        SimDuration::from_ticks(held.sum())
    }

    /// Frames that were wrong or were cut off.
    pub fn lost(&self) -> Frames {
        Frames::new(self.glitches.iter().map(|glitch| glitch.frames).sum())
    }

    /// Content that was due by the end and was never heard.
    pub fn dropped(&self) -> Frames {
        Frames::new(dropped(&self.account, &self.spans))
    }

    /// Frames that were written anew after the device had taken them: what was there before is
    /// what was heard.
    pub fn late_rewrites(&self) -> Frames {
        Frames::new(late_rewrites(&self.account))
    }

    /// How far the content that was last heard as intended was ahead of the device, in frames;
    /// negative for behind.
    pub fn shift(&self) -> i64 {
        let fresh = |span: &&Span| span.class == Class::Fresh;
        let last = self.spans.iter().rev().find(fresh);
        last.and_then(|span| span.shift).unwrap_or(0)
    }

    /// Packets that were announced, and taken, once more (G16).
    pub fn duplicate_writes(&self) -> u64 {
        let mut latest = None;
        let mut count = 0;
        let taken = self.account.writes.iter();
        for write in taken.filter(|write| write.status == NtStatus::SUCCESS) {
            let this = (write.run, write.packet);
            count += u64::from(latest == Some(this));
            latest = Some(this);
        }
        count
    }
}
