//! What one of the DMA engines of a device that mixes did: its runs, its stays, whose frames it moved.

use ring::{SharedBuffer, Whose};
use units::{Clock, Frames};

use crate::crystal::Grid;
use crate::link::{LinkLog, LinkSpan, Schedule, Segment};
use crate::pace::Pace;

/// What a DMA engine did since power-up. It outlives the buffers.
///
/// A frame of the device begins at a count of its clock and is moved when it ends, at the next one.
#[derive(Clone, Debug, Default)]
pub(super) struct Record {
    /// Runs begun.
    runs: u32,
    /// True from the first RUN to the reset.
    has_run: bool,
    log: LinkLog,
}

impl Record {
    pub(super) fn log(&self) -> &LinkLog {
        &self.log
    }

    /// The run that it is in, or was in last.
    pub(super) fn run(&self) -> u32 {
        self.runs.saturating_sub(1)
    }

    /// The run that whatever is written now is for.
    pub(super) fn run_to_come(&self) -> u32 {
        self.runs - u32::from(self.has_run)
    }

    /// RUN is entered: frame `first` of the device, which counts with `clock`, is frame `linear` of
    /// the stream.
    pub(super) fn enter_run(&mut self, clock: Clock, first: u64, linear: u64) {
        self.runs += u32::from(!self.has_run);
        self.has_run = true;
        self.log.take_back_void();
        self.log.open(Segment {
            run: self.run(),
            begins: clock.instant_of(first),
            first: Frames::new(linear),
            frames: Frames::ZERO,
            schedule: Schedule {
                pace: Pace::even(clock.rate()),
                clock: Grid::Steady(clock),
                origin: first,
                slots_before: linear,
            },
        });
    }

    /// The next frame is the first of another run. The run that ends, if one does.
    pub(super) fn reset(&mut self) -> Option<u32> {
        std::mem::take(&mut self.has_run).then(|| self.run())
    }

    /// Notes whose the frames are that `buffer` holds for the stream from `first` on.
    pub(super) fn took(&mut self, buffer: &SharedBuffer, first: u64, len: u64) {
        let (run, log) = (self.run(), &mut self.log);
        let mut first = Frames::new(first);
        buffer.load(first, Frames::new(len), None, |len, whose| {
            log.push(LinkSpan {
                run,
                first,
                len,
                whose,
            });
            first += len;
        });
    }

    /// Notes that in place of frames from `first` on something else was moved.
    pub(super) fn put(&mut self, len: u64, whose: Whose) {
        self.log.push(LinkSpan {
            run: whose.run,
            first: Frames::new(whose.intended),
            len: Frames::new(len),
            whose: Some(whose),
        });
    }

    /// Notes that so many frames of the run have been moved.
    pub(super) fn reach(&mut self, linear: u64) {
        self.log.reach(Frames::new(linear));
    }
}
