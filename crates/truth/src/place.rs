//! Frames that were put into the cyclic buffer by a position, not as packets.

use std::borrow::Cow;

use ring::Whose;
use units::{Frames, Moment};

use crate::account::{Account, Origin, Played};

/// Frames that a client put where a position said that there was room.
///
/// Such a client has places and no packets. Which device frame it means it counts itself, and it
/// may be mistaken. Model: what it put into a place is meant for the frame that the device takes
/// from there next, unless it is heard just where the client meant it. So a client that laps the
/// device makes one jump, and is as intended from then on, a revolution early. Of what it put there
/// at once while the device was in the middle of it, the head was meant for what had been taken: it
/// is late.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Placed {
    /// Which run of the stream.
    pub run: u32,
    /// The first device frame that the client means; its content has the same number.
    pub first: u64,
    /// How many frames.
    pub frames: u64,
    /// Which write of the run, as [`Whose::write`] says.
    pub write: u32,
    /// True if the frames were there already and were written anew.
    pub again: bool,
    /// When they were there.
    pub done: Moment,
    /// Why they were written.
    pub origin: Origin,
}

impl Account {
    /// The frames that were put somewhere by write `write` of run `run`.
    pub(crate) fn placed_by(&self, run: u32, write: u32) -> Option<&Placed> {
        let key = |placed: &Placed| (placed.run, placed.write);
        let place = self.placed.binary_search_by_key(&(run, write), key).ok()?;
        Some(&self.placed[place])
    }

    /// How many frames of `run` the device had taken before `now`.
    pub(crate) fn taken_before(&self, run: u32, now: Moment) -> u64 {
        let begun = |stay: &&crate::Stay| stay.run == run && stay.begins <= now.time;
        let Some(stay) = self.stays.iter().rev().find(begun) else {
            return 0;
        };
        // A stay that is over takes nothing more.
        let now = now.min(stay.instant_of(stay.end()).commit());
        let is_taken = |frame| self.fetched_at(stay, frame) < now;
        let mut above = stay.first + 1;
        while is_taken(above) {
            above *= 2;
        }
        let mut below = 0;
        while below < above {
            let middle = below + (above - below) / 2;
            if is_taken(middle) {
                below = middle + 1;
            } else {
                above = middle;
            }
        }
        below
    }
}

/// What left the speaker, with the frames that everything was meant for.
pub(crate) fn meant(account: &Account) -> Cow<'_, [Played]> {
    if account.placed.is_empty() {
        return Cow::Borrowed(&account.played);
    }
    let parts = account.played.iter().flat_map(|played| match played.whose {
        Some(whose) => by_place(account, *played, whose),
        None => [Some(*played), None],
    });
    Cow::Owned(parts.flatten().collect())
}

/// The parts of `played` that were meant for frames of one revolution.
fn by_place(account: &Account, played: Played, whose: Whose) -> [Option<Played>; 2] {
    if whose.intended == played.first {
        return [Some(played), None];
    }
    let Some(fill) = account.placed_by(whose.run, whose.write) else {
        return [Some(played), None];
    };
    let round = account.geometry.packet.get() * u64::from(account.geometry.packets);
    let taken = account.taken_before(fill.run, fill.done);
    let is_begun = (fill.first + 1..fill.first + fill.frames).contains(&taken);
    if is_begun && whose.intended < taken {
        // Its client was right about where it was, and late with the head.
        let late = (taken - whose.intended).min(played.frames);
        let head = Played {
            frames: late,
            ..played
        };
        let rest = Played {
            first: played.first + late,
            frames: played.frames - late,
            whose: Some(whose.after(Frames::new(late))),
            ..played
        };
        return [Some(head), Some(rest).filter(|rest| rest.frames > 0)];
    }
    // The frame that the device takes next from where the first of `played` lies.
    let next = taken + (whose.intended + round - taken % round) % round;
    // From the place that the device takes next on, all belong to the revolution that follows.
    let until = (taken + round - next).min(played.frames);
    let part = |from: u64, frames: u64, intended: u64| {
        let whose = whose.after(Frames::new(from));
        (frames > 0).then_some(Played {
            first: played.first + from,
            frames,
            whose: Some(Whose { intended, ..whose }),
            ..played
        })
    };
    [
        part(0, until, next),
        part(until, played.frames - until, taken),
    ]
}

/// Frames that were written anew after the device had taken them.
pub(crate) fn late_rewrites(account: &Account) -> u64 {
    let again = account.placed.iter().filter(|placed| placed.again);
    let late = again.map(|placed| {
        let taken = account.taken_before(placed.run, placed.done);
        taken.saturating_sub(placed.first).min(placed.frames)
    });
    late.sum()
}
