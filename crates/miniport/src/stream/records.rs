//! Where a stream is by its record in the DMA position buffer.

use units::{Bytes, Moment};

use super::Stream;
use crate::options::PositionSource;

/// A place in the stream, followed by a record that wraps.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    source: PositionSource,
    /// True once the first interrupt has shown whether the record is any good.
    is_checked: bool,
    /// Bytes since the stream was last in Stop.
    linear: u64,
}

impl Place {
    /// The beginning, to be followed by `source`.
    pub(super) const fn of(source: PositionSource) -> Self {
        Self {
            source,
            is_checked: false,
            linear: 0,
        }
    }

    /// Goes on to where `record` shows the stream in a buffer of `size` bytes. Who looks less than
    /// once a lap loses laps.
    ///
    /// Source for a record behind the end of the buffer, which counts as 0: `azx_get_position` in
    /// torvalds/linux `sound/pci/hda/hda_controller.c`.
    fn follow(&mut self, record: u32, size: Bytes) {
        let size = size.get();
        let shown = Some(u64::from(record)).filter(|shown| *shown < size);
        let before = self.linear % size;
        self.linear += (shown.unwrap_or(0) + size - before) % size;
    }
}

impl Stream {
    /// Bytes transferred, by the record; `None` if the driver goes by the counters.
    pub(super) fn recorded(&self, now: Moment) -> Option<Bytes> {
        let mut place = self.place.get();
        let buffer = self.buffer.as_ref()?;
        if place.source == PositionSource::Lpib {
            return None;
        }
        if self.has_run {
            place.follow(self.registers.record(now), buffer.size);
            self.place.set(place);
        }
        Some(Bytes::new(place.linear))
    }

    /// Has the record written, if the driver goes by it.
    pub(super) fn use_record(&self, now: Moment) {
        if self.place.get().source != PositionSource::Lpib {
            self.registers.enable_records(now);
        }
    }

    /// At its first interrupt: gives a dead record up, if another source is allowed.
    ///
    /// Source: `azx_position_ok` in torvalds/linux `sound/pci/hda/hda_intel.c`. Model: each stream
    /// that is opened looks anew.
    pub(super) fn check_record(&self, now: Moment) {
        let mut place = self.place.get();
        if place.source != PositionSource::PositionBuffer || place.is_checked {
            return;
        }
        place.is_checked = true;
        if [0, u32::MAX].contains(&self.registers.record(now)) {
            place.source = PositionSource::Lpib;
        }
        self.place.set(place);
    }

    /// The stream is in Stop: it begins anew.
    pub(super) fn forget_place(&self) {
        let place = self.place.get();
        self.place.set(Place { linear: 0, ..place });
    }
}

vtime::fork_by_clone!(Place);
