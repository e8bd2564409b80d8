//! Time that a stream has spent in RUN, and which instant each moment of it was.

/// One stretch of RUN.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Segment {
    /// When it began.
    pub began: u64,
    /// Time spent in RUN before.
    pub before: u64,
}

/// Time that a stream has spent in RUN since it was last in STOP.
///
/// Any unit will do, as long as it is the same everywhere. A moment of the time in RUN belongs to
/// one instant: the time of pauses is no part of it.
///
/// ```
/// use miniport::virtual_audio::RunTime;
///
/// let mut run = RunTime::default();
/// run.start(100);
/// run.pause(130);
/// run.start(500);
/// assert_eq!(run.elapsed(507), 37);
/// // What was 20 into the stream was there before the pause, what was 30 into it behind it.
/// assert_eq!([run.instant_of(20), run.instant_of(30)], [Some(120), Some(500)]);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RunTime {
    segments: Vec<Segment>,
    /// When the last segment ended; `None` while it lasts, or without one.
    paused: Option<u64>,
}

impl RunTime {
    /// RUN is entered at `now`. No effect if it lasts.
    pub fn start(&mut self, now: u64) {
        if !self.is_running() {
            let before = self.elapsed(now);
            self.segments.push(Segment { began: now, before });
            self.paused = None;
        }
    }

    /// RUN is left at `now`. No effect if that was before.
    pub fn pause(&mut self, now: u64) {
        if self.is_running() {
            self.paused = Some(now);
        }
    }

    /// STOP is entered: nothing has happened.
    pub fn clear(&mut self) {
        *self = Self::default();
    }

    /// True while RUN lasts.
    pub fn is_running(&self) -> bool {
        !self.segments.is_empty() && self.paused.is_none()
    }

    /// Time spent in RUN by `now`.
    pub fn elapsed(&self, now: u64) -> u64 {
        let until = self.paused.unwrap_or(now);
        self.segments.last().map_or(0, |segment| {
            segment.before + until.saturating_sub(segment.began)
        })
    }

    /// The instant at which `elapsed` was spent in RUN, or will be if RUN lasts; `None` before the
    /// first RUN. A moment at which two stretches meet belongs to the later one.
    pub fn instant_of(&self, elapsed: u64) -> Option<u64> {
        let behind = self
            .segments
            .partition_point(|segment| segment.before <= elapsed);
        let segment = self.segments.get(behind.checked_sub(1)?)?;
        segment.began.checked_add(elapsed - segment.before)
    }

    /// The instant by which all of `elapsed` has been spent in RUN; a moment at which two
    /// stretches meet belongs to the earlier one.
    pub fn instant_reached(&self, elapsed: u64) -> Option<u64> {
        let behind = self
            .segments
            .partition_point(|segment| segment.before < elapsed);
        let segment = self.segments.get(behind.saturating_sub(1))?;
        segment.began.checked_add(elapsed - segment.before)
    }
}

vtime::fork_by_clone!(RunTime);

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn before_the_first_run_nothing_has_an_instant() {
        let run = RunTime::default();
        assert_eq!((run.elapsed(5), run.instant_of(0)), (0, None));
        assert_eq!(run.instant_reached(0), None);
    }

    proptest! {
        /// Elapsed time and instants are inverses within each stretch of RUN, and time spent in
        /// pauses is nobody's.
        #[test]
        fn elapsed_and_instant_are_inverses(stretches in prop::collection::vec((1u64..500, 0u64..500), 1..20)) {
            let mut run = RunTime::default();
            let (mut now, mut spent) = (7, 0);
            for (length, pause) in stretches {
                run.start(now);
                for into in [0, length / 2, length - 1] {
                    prop_assert_eq!(run.elapsed(now + into), spent + into);
                    prop_assert_eq!(run.instant_of(spent + into), Some(now + into));
                }
                now += length;
                spent += length;
                run.pause(now);
                prop_assert_eq!(run.instant_reached(spent), Some(now));
                now += pause;
                prop_assert_eq!(run.elapsed(now), spent);
            }
        }
    }
}
