//! What went over the link.

use ring::Whose;
use units::{Frames, Moment, SimTime};

use crate::crystal::Grid;
use crate::pace::Pace;

/// What went over the link of one stream, from the beginning of the world on: what left the
/// speaker, or what came from the microphone.
///
/// Frames are counted from 0 in each run of the stream; a run lasts from one reset to the next.
/// The log grows with what changed hands, not with the frames: one [`Segment`] per stay in RUN,
/// one [`LinkSpan`] per stretch that continues itself, and samples only if they are kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LinkLog {
    segments: Vec<Segment>,
    spans: Vec<LinkSpan>,
    lost: Vec<Lost>,
    samples: Vec<u8>,
    stalls: Vec<Stall>,
    arms: Vec<LateArm>,
}

/// Frames that a FIFO has lost, because the bus was too slow: an output was silent in their place,
/// an input gave their place to those that came behind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lost {
    /// Which run, counted from 0.
    pub run: u32,
    /// The first frame.
    pub first: Frames,
    /// How many.
    pub len: Frames,
}

/// A stay in RUN.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Segment {
    /// Which run, counted from 0.
    pub run: u32,
    /// When its first frame began, or would have.
    pub begins: SimTime,
    /// Its first frame.
    pub first: Frames,
    /// How many frames have begun in it, or of an input, how many have wholly arrived.
    pub frames: Frames,
    pub(crate) schedule: Schedule,
}

/// Time in RUN in which the stream stood still: because of a fault, or because it does not loop and
/// nobody had armed its next round.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stall {
    /// Which run, counted from 0.
    pub run: u32,
    /// The first frame behind it.
    pub first: Frames,
    /// When that frame should have begun.
    pub begins: SimTime,
    /// When it did, or when the stream was stopped; `None` if it stands still yet. Of no meaning
    /// before `begins`: then nothing stands still.
    pub ends: Option<SimTime>,
    /// The fault, by [`Injection::id`](crate::fault::Injection::id); `None` if it waited for a round.
    pub fault: Option<u32>,
}

/// A round of a stream that does not loop which was armed when its first frames could have been
/// fetched before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LateArm {
    /// Which run, counted from 0.
    pub run: u32,
    /// The first frame that waited.
    pub first: Frames,
    /// When it was fetched.
    pub at: Moment,
}

/// Frames that belong together: they come from one stretch of one write, or from none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LinkSpan {
    /// Which run, counted from 0.
    pub run: u32,
    /// The first frame.
    pub first: Frames,
    /// How many.
    pub len: Frames,
    /// Whose the first one is; `None` where nobody has written. Zeros of a FIFO that ran dry are the
    /// device's own.
    pub whose: Option<Whose>,
}

/// Which slot begins when, during one stay in RUN.
///
/// Slots are counted from the stream's reset, across pauses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Schedule {
    pub(crate) pace: Pace,
    /// Counts slots of a grid.
    pub(crate) clock: Grid,
    /// The grid's slot that is the first one of this stay.
    pub(crate) origin: u64,
    /// Slots of earlier stays.
    pub(crate) slots_before: u64,
}

impl Schedule {
    /// Slots begun since the stream's reset. In [`Phase::Commit`](units::Phase::Commit) those
    /// before this instant, later also the one due now.
    pub(crate) fn slots_at(&self, now: Moment) -> u64 {
        let begun = if now.time < self.clock.epoch() {
            0
        } else if now.has_moved() {
            self.clock.count_at(now.time) + 1
        } else {
            self.clock.begun_before(now.time)
        };
        self.slots_before + begun.saturating_sub(self.origin)
    }

    /// When the last of the first `slots` slots begins.
    pub(crate) fn instant_of(&self, slots: u64) -> SimTime {
        let slots = slots.saturating_sub(self.slots_before).max(1);
        self.clock.instant_of(self.origin + slots - 1)
    }
}

impl Segment {
    /// When `frame` began, or would have if the stay had lasted.
    pub fn instant_of(&self, frame: Frames) -> SimTime {
        let slots = self.schedule.pace.slots_for(frame.get() + 1);
        self.schedule.instant_of(slots)
    }

    /// When `frames` frames of the run had been completed, or would have been if the stay had
    /// lasted: when the FIFO has room for what follows.
    pub fn completed_at(&self, frames: Frames) -> SimTime {
        let slots = self.schedule.pace.slots_until_completed(frames.get());
        self.schedule.instant_of(slots)
    }

    /// How many of its frames began before `time`.
    pub fn begun_before(&self, time: SimTime) -> Frames {
        let slots = self.schedule.slots_at(time.commit());
        let begun = Frames::new(self.schedule.pace.begun(slots));
        begun.saturating_sub(self.first).min(self.frames)
    }
}

impl LinkSpan {
    /// True if `next` goes on where this span ends.
    ///
    /// Of frames that are heard where they were meant to be nobody asks which write brought them,
    /// so a stream that goes well is one span however long it lasts.
    fn goes_on_in(&self, next: &Self) -> bool {
        let (Some(whose), Some(behind)) = (self.whose, next.whose) else {
            return self.run == next.run && self.whose == next.whose;
        };
        let expected = whose.after(self.len);
        let in_place = behind.intended == next.first.get() && behind.run == next.run;
        let writer = if in_place {
            behind.write
        } else {
            expected.write
        };
        self.run == next.run
            && Whose {
                write: writer,
                ..expected
            } == behind
    }
}

impl LinkLog {
    /// The stays in RUN, in order.
    pub fn segments(&self) -> &[Segment] {
        &self.segments
    }

    /// What was heard, or recorded, in order. No span continues the one before it in the same run; where
    /// frames are heard in place, a span names the write of its first frame only.
    pub fn spans(&self) -> &[LinkSpan] {
        &self.spans
    }

    /// What a FIFO has lost, in order.
    pub fn lost(&self) -> &[Lost] {
        &self.lost
    }

    /// What was heard, or recorded, as it lies in memory: the frames of all segments one after the other. Empty
    /// if samples are not kept.
    pub fn samples(&self) -> &[u8] {
        &self.samples
    }

    /// When the stream stood still in RUN, in order.
    pub fn stalls(&self) -> &[Stall] {
        &self.stalls
    }

    /// The rounds of a stream that does not loop for which its memory side had to wait, in order.
    pub fn late_arms(&self) -> &[LateArm] {
        &self.arms
    }

    pub(crate) fn arm(&mut self, run: u32, first: Frames, at: Moment) {
        self.arms.push(LateArm { run, first, at });
    }

    pub(crate) fn stall(&mut self, stall: Stall) {
        self.stalls.push(stall);
    }

    pub(crate) fn latest_stall(&self) -> Option<&Stall> {
        self.stalls.last()
    }

    /// The latest stall came to nothing.
    pub(crate) fn forget_stall(&mut self) {
        self.stalls.pop();
    }

    /// A stall that lasts ends at `at`, or came to nothing if it was to begin later.
    pub(crate) fn end_stall(&mut self, at: SimTime) {
        let Some(stall) = self.stalls.last_mut().filter(|stall| stall.ends.is_none()) else {
            return;
        };
        stall.ends = Some(at);
        if at <= stall.begins {
            self.forget_stall();
        }
    }

    pub(crate) fn open(&mut self, segment: Segment) {
        self.end_stall(segment.begins);
        self.segments.push(segment);
    }

    /// Takes back the present stay if it has come to nothing.
    pub(crate) fn take_back_void(&mut self) {
        if self
            .segments
            .last()
            .is_some_and(|last| last.frames.is_zero())
        {
            self.segments.pop();
        }
    }

    /// Notes that a FIFO has lost frames: behind those it lost before, or in the same place.
    pub(crate) fn lose(&mut self, run: u32, first: Frames, len: Frames) {
        let goes_on = |last: &&mut Lost| {
            let is_next = first == last.first + last.len || first == last.first;
            last.run == run && is_next
        };
        match self.lost.last_mut().filter(goes_on) {
            Some(last) => last.len += len,
            None => self.lost.push(Lost { run, first, len }),
        }
    }

    /// Notes that so many frames of the run have begun, or arrived, by now.
    pub(crate) fn reach(&mut self, frames: Frames) {
        let segment = self.segments.last_mut().expect("a stay in RUN was opened");
        segment.frames = frames.saturating_sub(segment.first);
    }

    pub(crate) fn push(&mut self, span: LinkSpan) {
        if span.len.is_zero() {
            return;
        }
        if let Some(last) = self.spans.last_mut() {
            if last.goes_on_in(&span) {
                last.len += span.len;
                return;
            }
        }
        self.spans.push(span);
    }

    pub(crate) fn push_samples(&mut self, bytes: &[u8]) {
        self.samples.extend_from_slice(bytes);
    }
}
