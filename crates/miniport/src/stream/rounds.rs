//! A DMA engine that does not loop: its driver sends it back to the beginning.

use hardware::AtEnd;
use units::{Bytes, Moment};

use super::{Engine, Stream};
use crate::options::Rearm;

impl Stream {
    /// True if the engine halts at the end of the buffer.
    pub(crate) fn halts(&self) -> bool {
        self.data_sheet.at_end == AtEnd::Halts
    }

    /// Has the engine begin at the start of the buffer once more for each round that is due by now.
    ///
    /// Source: `audio/developing-a-wavert-miniport-driver.md`: without automatic looping the driver
    /// has to intervene at the end of the buffer.
    pub(super) fn rearm(&mut self, now: Moment) {
        if !self.halts() || self.engine == Engine::GivenBack {
            return;
        }
        let Some(buffer) = &self.buffer else {
            return;
        };
        let list = buffer.list.page_address(0);
        let due = self.rounds_due(now, buffer.size);
        while self.armed < due {
            self.registers.arm(now, list);
            self.armed += 1;
        }
    }

    /// Rounds that are to be armed by now, in a buffer of `size`.
    fn rounds_due(&self, now: Moment, size: Bytes) -> u64 {
        let ahead = match self.options.rearm {
            Rearm::AtTheEnd => 0,
            Rearm::Ahead => self.packets().map_or(size, |packets| packets.size).get(),
        };
        (self.counted(now).get() + ahead) / size.get() + 1
    }
}
