//! By how much packets were early.

use units::{Moment, NtStatus, SimTime};

use crate::account::{Account, Origin, Write};
use crate::hearings::Hearings;
use crate::place::Placed;
use crate::timeline::Stay;

/// By how much packets were early, in ticks, in rising order; negative for late.
///
/// Model: what counts is every packet that was written because of a wake-up, or whatever one put
/// into the buffer by a position, and of the packets that were written at the start the last one:
/// the others are due earlier than ever again.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Headroom(Vec<i64>);

impl Headroom {
    /// Of margins in any order.
    pub(crate) fn from_ticks(mut all: Vec<i64>) -> Self {
        all.sort_unstable();
        Self(all)
    }

    pub(crate) fn of(account: &Account, margins: &Margins) -> Self {
        let counted = account.writes.iter().filter(|write| counts(account, write));
        let answers = |placed: &&Placed| !placed.again && matches!(placed.origin, Origin::Wake(_));
        let filled = account.placed.iter().filter(answers);
        let packets = counted.filter_map(|write| margins.of_write(account, write));
        let fills =
            filled.filter_map(|placed| margin(account, placed.run, placed.first, placed.done));
        Self::from_ticks(packets.chain(fills).collect())
    }

    /// How many packets count.
    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// The least, in nanoseconds.
    pub fn min_nanos(&self) -> Option<i64> {
        self.0.first().copied().map(nanos)
    }

    /// The most, in nanoseconds.
    pub fn max_nanos(&self) -> Option<i64> {
        self.0.last().copied().map(nanos)
    }

    /// How many packets were early by at least `from` and less than `to` nanoseconds.
    pub fn count_between(&self, from: i64, to: i64) -> usize {
        let below = |bound| self.0.partition_point(|ticks| nanos(*ticks) < bound);
        below(to) - below(from)
    }

    /// The mean, in nanoseconds, rounded down.
    pub fn mean_nanos(&self) -> Option<i64> {
        let count = i128::try_from(self.0.len()).expect("a count of memory");
        let sum: i128 = self.0.iter().copied().map(i128::from).sum();
        let mean = (count > 0).then(|| sum.div_euclid(count))?;
        Some(nanos(
            i64::try_from(mean).expect("between the least and the most"),
        ))
    }

    /// What `percent` of a hundred did not exceed, in nanoseconds: nearest rank.
    pub fn percentile_nanos(&self, percent: u32) -> Option<i64> {
        let rank = (self.0.len() * percent as usize).div_ceil(100);
        self.0.get(rank.max(1) - 1).copied().map(nanos)
    }
}

/// Whole nanoseconds, rounded down.
pub(crate) fn nanos(ticks: i64) -> i64 {
    let per_nano = i64::try_from(units::TICKS_PER_SECOND / 1_000_000_000).expect("441");
    ticks.div_euclid(per_nano)
}

fn counts(account: &Account, write: &Write) -> bool {
    let taken = [
        NtStatus::SUCCESS,
        NtStatus::DATA_LATE_ERROR,
        NtStatus::DATA_OVERRUN,
    ];
    let turned = match write.origin {
        Origin::Wake(_) => true,
        Origin::Start => write.packet > 0 && write.packet + 1 == account.geometry.packets.into(),
        Origin::Forced => false,
    };
    turned && taken.contains(&write.status)
}

/// How the margins of the packets of an account are found.
#[derive(Clone, Debug, Default)]
pub(crate) struct Margins {
    /// Where packets are handed over, they are due when they were heard.
    hearings: Option<Hearings>,
}

impl Margins {
    pub(crate) fn of(account: &Account) -> Self {
        let hearings = account.handed_over.then(|| Hearings::of(&account.played));
        Self { hearings }
    }

    /// The margin of `write` in nanoseconds, rounded down, whether it counts or not.
    pub(crate) fn nanos(&self, account: &Account, write: &Write) -> Option<i64> {
        self.of_write(account, write).map(nanos)
    }

    /// From the end of `write` to the fetch of its first frame, as it looked then. The first frame
    /// of all may begin a little after RUN.
    fn of_write(&self, account: &Account, write: &Write) -> Option<i64> {
        let first = match &self.hearings {
            Some(hearings) => hearings.first(write.run, write.content)?,
            None => write.packet * account.geometry.packet.get(),
        };
        margin(account, write.run, first, write.done)
    }
}

/// From `done` to the fetch of frame `frame` of `run`, as it looked then.
fn margin(account: &Account, run: u32, frame: u64, done: Moment) -> Option<i64> {
    let before = account.stays.partition_point(|stay| stay.run < run);
    let begun = |stay: &Stay| (stay.run, stay.begins) <= (run, done.time);
    let latest = account.stays.partition_point(begun).saturating_sub(1);
    let stay = account.stays.get(latest.max(before))?;
    if stay.run != run {
        return None;
    }
    let deadline = account.fetched_at(stay, frame);
    Some(ticks_from(done, deadline.time))
}

pub(crate) fn ticks_from(done: Moment, deadline: SimTime) -> i64 {
    let early = deadline.since(done.time).ticks();
    let late = done.time.since(deadline).ticks();
    let narrow = |ticks| i64::try_from(ticks).expect("a run lasts less than 242 days");
    narrow(early) - narrow(late)
}
