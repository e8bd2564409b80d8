//! The DMA position buffer: a record for each stream, in memory.

use units::{Bytes, Moment, SimTime};

use crate::config::{PositionRecord, Tracks};
use crate::engine::DmaEngine;
use crate::spec::BDL_ALIGNMENT;

/// Bytes of a record. The position is in the first four.
const RECORD_BYTES: u64 = 8;

/// DPLBASE and DPUBASE: where the records lie, and whether they are written.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct PositionBuffer {
    base: u64,
    is_enabled: bool,
}

impl PositionBuffer {
    pub(crate) fn low(self) -> u32 {
        low(self.base) | u32::from(self.is_enabled)
    }

    pub(crate) fn high(self) -> u32 {
        low(self.base >> 32)
    }

    pub(crate) fn set_low(&mut self, value: u32) {
        let aligned = u64::from(value) / BDL_ALIGNMENT * BDL_ALIGNMENT;
        self.base = self.base >> 32 << 32 | aligned;
        self.is_enabled = value & 1 != 0;
    }

    pub(crate) fn set_high(&mut self, value: u32) {
        self.base = u64::from(value) << 32 | u64::from(low(self.base));
    }

    /// Whose record the word at `physical` is, of `streams` streams: which stream, and whether it
    /// is the half with the position. `None` if none is written there.
    pub(crate) fn record_at(self, physical: u64, streams: usize) -> Option<(usize, bool)> {
        let offset = physical
            .checked_sub(self.base)
            .filter(|_| self.is_enabled)?;
        let stream = usize::try_from(offset / RECORD_BYTES).ok()?;
        let is_word = offset % 4 == 0 && stream < streams;
        is_word.then_some((stream, offset % RECORD_BYTES == 0))
    }
}

/// What the record of `engine` shows at `now`: never more than is in memory.
///
/// A record is written once in each link frame, behind the data, and takes its time. After the
/// reset of a stream it shows what was written last.
pub(crate) fn shown(engine: &DmaEngine, now: Moment) -> Option<Bytes> {
    let PositionRecord { tracks, latency } = engine.config().position_record;
    let written = now.time.ticks().checked_sub(latency.ticks())?;
    let then = SimTime::from_ticks(written).at(now.phase);
    let linear = match tracks {
        Tracks::Memory => engine.moved_at(then),
        Tracks::Link => engine.linked_at(then),
    };
    Some(Bytes::new(linear.get() % engine.round()?))
}

fn low(value: u64) -> u32 {
    u32::try_from(value & u64::from(u32::MAX)).expect("32 bits")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_are_found_by_the_number_of_the_descriptor() {
        let mut records = PositionBuffer::default();
        assert_eq!(records.record_at(0, 4), None, "it is not enabled");
        records.set_high(1);
        records.set_low(0x2000_00FF);
        assert_eq!((records.low(), records.high()), (0x2000_0081, 1));
        let base = 0x1_2000_0080;
        assert_eq!(records.record_at(base, 4), Some((0, true)));
        assert_eq!(records.record_at(base + 8 * 3, 4), Some((3, true)));
        assert_eq!(records.record_at(base + 8 * 3 + 4, 4), Some((3, false)));
        assert_eq!(records.record_at(base + 8 * 4, 4), None);
        assert_eq!(records.record_at(base + 2, 4), None);
        assert_eq!(records.record_at(base - 8, 4), None);
    }
}
