//! Why a recorded frame is wrong, or missing.

use machine::FaultId;

use super::account::{CaptureAccount, ClientDrop};
use super::class::Family;
use super::span::CaptureSpan;
use crate::account::Origin;
use crate::blame::{Blame, covering};

/// Why the first frame of `span` is wrong.
pub(super) fn of(account: &CaptureAccount, span: &CaptureSpan) -> Blame {
    match span.class.family() {
        Some(Family::Lost) => for_lost(account, span),
        Some(Family::Torn | Family::Early) => for_wrong(account, span),
        Some(Family::Client) => for_dropped(account, span),
        None => Blame::NOBODY,
    }
}

/// The packet was read too late or too early: because of the wake-up that it was read in, of the
/// notification of the packet, which came late or never, or of data that was not there yet.
fn for_wrong(account: &CaptureAccount, span: &CaptureSpan) -> Blame {
    let at_work = span.read.and_then(|read| woken_by(account, read));
    let blame = at_work.map_or(Blame::NOBODY, |place| {
        Blame::on(&account.work[place], place)
    });
    let packet = span.first / account.geometry.packet.get();
    Blame {
        fault: blame
            .fault
            .or_else(|| lost_call(account, packet))
            .or_else(|| late_data(account, span)),
        ..blame
    }
}

/// The fault because of which `span` was not in memory when it was read, though it should have been.
fn late_data(account: &CaptureAccount, span: &CaptureSpan) -> Option<FaultId> {
    let read = &account.reads[span.read?];
    let is_early = span.class.family() == Some(Family::Early);
    let fault = account.late_data(span.run, span.first, read.done);
    fault.filter(|_| is_early)
}

/// The fault because of which the notification of `packet` did not come when it was due.
fn lost_call(account: &CaptureAccount, packet: u64) -> Option<FaultId> {
    let lost = account.lost.iter().find(|lost| lost.event == packet + 1);
    lost.map(|lost| lost.fault)
}

/// The packet was passed over: by the wake-up that read a later one first, or by the one that the
/// reader was in when the packet was written over.
fn for_lost(account: &CaptureAccount, span: &CaptureSpan) -> Blame {
    let packet = span.first / account.geometry.packet.get();
    let later = account
        .reads
        .iter()
        .position(|read| read.run == span.run && read.packet > packet);
    let at_work = match later {
        Some(read) => woken_by(account, read),
        None => account
            .overwritten_at(span.run, packet)
            .and_then(|gone| covering(&account.work, gone)),
    };
    let blame = at_work.map_or(Blame::NOBODY, |place| {
        Blame::on(&account.work[place], place)
    });
    Blame {
        fault: blame.fault.or_else(|| lost_call(account, packet)),
        ..blame
    }
}

/// A client had no room: the wake-up that it was in then, of several the first.
fn for_dropped(account: &CaptureAccount, span: &CaptureSpan) -> Blame {
    let holds = |dropped: &&ClientDrop| {
        dropped.run == span.run
            && (dropped.first..dropped.first + dropped.frames).contains(&span.first)
    };
    let Some(dropped) = account.dropped.iter().find(holds) else {
        return Blame::NOBODY;
    };
    let supply = &account.supply;
    let woken = supply.partition_point(|supply| supply.work.due <= dropped.at.time);
    (0..woken)
        .rev()
        .filter(|place| supply[*place].client == dropped.client)
        .take_while(|place| supply[*place].work.done >= dropped.at)
        .last()
        .map_or(Blame::NOBODY, |place| Blame::on(&supply[place].work, place))
}

/// The wake-up in which the packet at place `read` was read, if it was one.
fn woken_by(account: &CaptureAccount, read: usize) -> Option<usize> {
    match account.reads[read].origin {
        Origin::Wake(place) => Some(place),
        Origin::Start | Origin::Forced => None,
    }
}
