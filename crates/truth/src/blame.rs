//! Why a frame was wrong.

use machine::{Component, FaultId, Latency};
use units::{Moment, SimDuration};

use crate::account::{Account, Origin, Starved, Work};
use crate::class::{Class, Family};
use crate::span::Span;

/// Why a frame was wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Blame {
    /// The longest part of the wake-up that should have been in time, and how long it was. None if
    /// no delay is to blame.
    pub cause: Option<(Component, SimDuration)>,
    /// Where all the time of that wake-up went, as far as it made the frame wrong.
    pub latency: Latency,
    /// The fault behind it.
    pub fault: Option<FaultId>,
    /// The wake-up: its place in [`Account::work`], or in [`Account::supply`] for what a client
    /// owed.
    pub wake: Option<usize>,
}

impl Blame {
    /// Nobody and nothing.
    pub const NOBODY: Self = Self {
        cause: None,
        latency: Latency::ZERO,
        fault: None,
        wake: None,
    };

    /// Why the first frame of `span` was wrong.
    pub(crate) fn of(account: &Account, span: &Span) -> Self {
        match span.class.family() {
            Some(Family::Device) | None => Self::for_late(account, span),
            Some(Family::Writer) => Self::for_early(account, span),
            Some(Family::Client) => Self::for_starved(account, span),
        }
    }

    /// Nothing new came in time: whoever was at work when the frame was fetched.
    fn for_late(account: &Account, span: &Span) -> Self {
        let Some(stay) = account.stay_of(span.run, span.first) else {
            return Self::NOBODY;
        };
        let deadline = account.fetched_at(stay, span.first);
        let at_work = covering(&account.work, deadline);
        let blame = at_work.map_or(Self::NOBODY, |place| {
            Self::on(&up_to_the_write(account, place, deadline), place)
        });
        Self {
            fault: blame
                .fault
                .or_else(|| lost_call(account, span))
                .or_else(|| taken_at_the_start(account, span)),
            ..blame
        }
    }

    /// Something came too early: whoever wrote it.
    fn for_early(account: &Account, span: &Span) -> Self {
        written_in(account, span).map_or(Self::NOBODY, |place| Self {
            fault: account.work[place].fault,
            wake: Some(place),
            ..Self::NOBODY
        })
    }

    /// From `span` on the content is elsewhere: because of what went wrong `between`, or else of
    /// the wake-up that chose what to write.
    pub(crate) fn for_jump(account: &Account, span: &Span, between: Option<&Span>) -> Self {
        match (between, written_in(account, span)) {
            (Some(wrong), _) => Self::of(account, wrong),
            (None, Some(place)) => Self::on(&account.work[place], place),
            (None, None) => Self::NOBODY,
        }
    }

    /// The engine found too little: what the client was doing then.
    fn for_starved(account: &Account, span: &Span) -> Self {
        let owed = starved(account, span).and_then(|starved| owed(account, starved));
        owed.map_or(Self::NOBODY, |place| {
            Self::on(&account.supply[place].work, place)
        })
    }

    pub(crate) fn on(work: &Work, place: usize) -> Self {
        let largest = work.latency.largest();
        Self {
            cause: largest.map(|component| (component, work.latency.of(component))),
            latency: work.latency,
            fault: work.fault,
            wake: Some(place),
        }
    }
}

/// The wake-up that wrote the start of `span`, if one did.
fn written_in(account: &Account, span: &Span) -> Option<usize> {
    let written = (span.run, span.whose?.write);
    let writes = &account.writes;
    let place = writes.binary_search_by_key(&written, |write| (write.run, write.write));
    let origin = match place {
        Ok(place) => writes[place].origin,
        Err(_) => account.placed_by(written.0, written.1)?.origin,
    };
    match origin {
        Origin::Wake(place) => Some(place),
        Origin::Start | Origin::Forced => None,
    }
}

/// The wake-up that `moment` lies in. Of several, the one that lost the most time.
///
/// One thread does all of it, one thing after the other, so those that have begun and those that
/// are not done each lie together.
pub(crate) fn covering(work: &[Work], moment: Moment) -> Option<usize> {
    let begun = work.partition_point(|work| work.due <= moment.time);
    let done = work.partition_point(|work| work.done < moment);
    (done..begun)
        .rev()
        .max_by_key(|place| work[*place].latency.total())
}

/// The wake-up at `place` as far as the first write that came after `deadline`: what it was at work
/// on behind that made nothing late.
fn up_to_the_write(account: &Account, place: usize, deadline: Moment) -> Work {
    let mut work = account.work[place];
    let behind = account
        .writes
        .partition_point(|write| write.done < deadline);
    let mut late = account.writes[behind..]
        .iter()
        .take_while(|write| write.done <= work.done);
    if let Some(write) = late.find(|write| write.origin == Origin::Wake(place)) {
        let after = work.done.time.since(write.done.time);
        work.latency.take_back(Component::RunSelf, after);
        work.done = write.done;
    }
    work
}

/// The pass that put the silence at the start of `span`. Passes go from packet to packet.
fn starved<'a>(account: &'a Account, span: &Span) -> Option<&'a Starved> {
    let packet = |frame: u64| frame / account.geometry.packet.get();
    let wanted = (span.run, packet(span.first));
    let all = &account.starved;
    let from = all.partition_point(|starved| (starved.run, packet(starved.first)) < wanted);
    all[from..]
        .iter()
        .take_while(|starved| (starved.run, packet(starved.first)) == wanted)
        .find(|starved| (starved.first..starved.first + starved.frames).contains(&span.first))
}

/// The wake-up that the client was in when `starved` found too little of it: of several the first.
fn owed(account: &Account, starved: &Starved) -> Option<usize> {
    let supply = &account.supply;
    let woken = supply.partition_point(|supply| supply.work.due <= starved.at.time);
    (0..woken)
        .rev()
        .filter(|place| supply[*place].client == starved.client)
        .take_while(|place| supply[*place].work.done >= starved.at)
        .last()
}

/// The fault because of which `span` was fetched with the first frame of its run.
fn taken_at_the_start(account: &Account, span: &Span) -> Option<FaultId> {
    let (frames, fault) = account.start_burst?;
    (span.first < frames).then_some(fault)
}

/// The fault that kept the packet of `span` from being called for.
fn lost_call(account: &Account, span: &Span) -> Option<FaultId> {
    if span.class == Class::Fresh {
        return None;
    }
    let packet = span.first / account.geometry.packet.get();
    let event = (packet + 1).checked_sub(account.geometry.packets.into())?;
    let lost = account.lost.iter().find(|lost| lost.event == event);
    lost.map(|lost| lost.fault)
}
