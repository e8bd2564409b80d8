//! Frames of one class, one after the other.

use ring::Whose;

use crate::account::{Account, Played};
use crate::class::Class;
use crate::place::meant;

/// Frames of one class and one shift that left the speaker one after the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// Which run of the stream.
    pub run: u32,
    /// The first of them, counted from the start of the run.
    pub first: u64,
    /// How many, at least one.
    pub frames: u64,
    /// What they were.
    pub class: Class,
    /// How far their content was ahead of the device, in frames; negative for behind. None for
    /// what has no content of this run.
    pub shift: Option<i64>,
    /// Whose the first of them was.
    pub whose: Option<Whose>,
}

impl Span {
    /// The frame behind its last one.
    pub const fn end(&self) -> u64 {
        self.first + self.frames
    }

    /// Index of the first content that was heard, if it was content of this run.
    pub fn heard_from(&self) -> Option<u64> {
        let whose = self.whose?;
        self.shift.map(|_| whose.content)
    }

    fn of(played: &Played) -> Self {
        let class = Class::of(played.run, played.first, played.whose);
        let own = match class {
            Class::Fresh | Class::Stale | Class::Ahead => played.whose,
            _ => None,
        };
        Self {
            run: played.run,
            first: played.first,
            frames: played.frames,
            class,
            shift: own.map(|whose| difference(whose.content, played.first)),
            whose: played.whose,
        }
    }

    fn continues(&self, next: &Self) -> bool {
        self.run == next.run
            && self.end() == next.first
            && self.class == next.class
            && self.shift == next.shift
    }
}

/// `of` minus `from`.
pub(crate) fn difference(of: u64, from: u64) -> i64 {
    let apart = i64::try_from(of.abs_diff(from)).expect("frames of a run fit into an i64");
    if of < from { -apart } else { apart }
}

/// What left the speaker, in order, as long as frames go on in class and shift.
pub(crate) fn spans(account: &Account) -> Vec<Span> {
    let mut all: Vec<Span> = Vec::new();
    for played in meant(account).iter() {
        let Some(played) = before_the_end(account, *played) else {
            continue;
        };
        let span = Span::of(&played);
        match all.last_mut() {
            Some(last) if last.continues(&span) => last.frames += span.frames,
            _ => all.push(span),
        }
    }
    all
}

/// As much of `played` as left the speaker before the end of the run.
fn before_the_end(account: &Account, mut played: Played) -> Option<Played> {
    let end = account
        .stays
        .iter()
        .filter(|stay| stay.run == played.run)
        .map(|stay| stay.clone().until(account.until))
        .filter(|stay| stay.frames > 0)
        .map(|stay| stay.end())
        .max()?;
    played.frames = end.checked_sub(played.first)?.min(played.frames);
    (played.frames > 0).then_some(played)
}
