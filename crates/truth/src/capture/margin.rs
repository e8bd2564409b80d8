//! By how much packets were read before they were written over.

use super::account::{CaptureAccount, PacketRead};
use crate::headroom::ticks_from;

/// From the end of `read` to the first frame that was written over it, in ticks; negative if that
/// came first.
pub(super) fn of(account: &CaptureAccount, read: &PacketRead) -> Option<i64> {
    let gone = account.overwritten_at(read.run, read.packet)?;
    Some(ticks_from(read.done, gone.time))
}

/// The margins of all packets that were read because of a wake-up.
pub(super) fn all(account: &CaptureAccount) -> Vec<i64> {
    let woken = account
        .reads
        .iter()
        .filter(|read| matches!(read.origin, crate::Origin::Wake(_)));
    woken.filter_map(|read| of(account, read)).collect()
}
