//! Rules that say, of what a program can see, that something went wrong.

use units::{Frames, Hns};

use crate::{
    DelayLockedLoop, PointerFilter, PositionAgainstClock, PositionGuard, Reading, Ring, RingReading,
};

/// What a program sees when it looks at its stream: no more than this.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Look {
    /// The performance counter.
    pub at: Hns,
    /// Frames that the device says it has played since the start.
    pub position: Frames,
    /// Frames since the start up to which the program has written.
    pub written: Frames,
}

/// A rule that finds glitches in what a program sees, and can be wrong either way.
pub trait GlitchDetector {
    /// Takes in the next look. True if the rule takes it for a glitch.
    fn look(&mut self, look: Look) -> bool;
}

impl GlitchDetector for PositionAgainstClock {
    fn look(&mut self, look: Look) -> bool {
        let Look { at, position, .. } = look;
        self.callback(Reading { at, position }).is_some()
    }
}

/// ALSA's: the stream is stopped as soon as there is as much room as the buffer is long.
///
/// # Source
/// torvalds/linux `sound/core/pcm_lib.c`, `snd_pcm_update_state`: the stop threshold, which is the buffer
/// size if nobody sets another. The pointer is that of the [`PointerFilter`].
#[derive(Clone, Copy, Debug)]
pub struct StopThreshold {
    ring: Ring,
    filter: PointerFilter,
}

impl StopThreshold {
    /// For a stream that starts at `start`.
    pub const fn new(ring: Ring, start: Hns) -> Self {
        Self {
            ring,
            filter: PointerFilter::new(ring, start),
        }
    }
}

impl GlitchDetector for StopThreshold {
    fn look(&mut self, look: Look) -> bool {
        let pointer = self.filter.believe(RingReading {
            at: look.at,
            place: Frames::new(look.position.get() % self.ring.frames.get().max(1)),
            linear: look.position,
            written: look.written,
            interrupt: true,
        });
        pointer >= look.written
    }
}

/// `PulseAudio`'s: more room than the buffer is long is an underrun, and just as much is not.
///
/// # Source
/// `PulseAudio`, `src/modules/alsa/alsa-sink.c`, `check_left_to_play`.
#[derive(Clone, Copy, Debug, Default)]
pub struct LeftToPlay;

impl GlitchDetector for LeftToPlay {
    fn look(&mut self, look: Look) -> bool {
        look.position > look.written
    }
}

/// `PipeWire`'s: an amount that is too far from the one that should be there is no error of rate, and
/// the program resynchronises.
#[derive(Clone, Copy, Debug)]
pub struct Resynchronising(DelayLockedLoop);

impl Resynchronising {
    /// With the loop that the program steers by.
    pub const fn new(steering: DelayLockedLoop) -> Self {
        Self(steering)
    }
}

impl GlitchDetector for Resynchronising {
    fn look(&mut self, look: Look) -> bool {
        let (written, position) = (look.written.get(), look.position.get());
        let fill = written.saturating_sub(position);
        // What was taken and never written is an error, too.
        let beyond = position.saturating_sub(written);
        let error = fill.abs_diff(self.0.target().get()) + beyond;
        self.0.wake(Frames::new(fill));
        error > self.0.resync_from()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Since;
    use units::SampleRate;

    const RATE: SampleRate = SampleRate::HZ_48000;

    /// Looks every 10 ms at two packets of 480 frames: each is written when it is due, but packet 6
    /// and what follows come a packet late.
    fn late_from(packet: u64) -> impl Iterator<Item = Look> {
        (1..10).map(move |n: u64| {
            let late = u64::from(n >= packet);
            Look {
                at: Hns::new(n * 100_000),
                position: Frames::new(n * 480),
                written: Frames::new((n + 1 - late) * 480),
            }
        })
    }

    fn alarms(mut rule: impl GlitchDetector, looks: impl Iterator<Item = Look>) -> Vec<u64> {
        looks
            .filter(|look| rule.look(*look))
            .map(|look| look.at.get() / 10_000)
            .collect()
    }

    fn ring() -> Ring {
        Ring {
            rate: RATE,
            packet: Frames::new(480),
            frames: Frames::new(960),
        }
    }

    #[test]
    fn a_buffer_that_ran_empty_is_seen_by_some_and_not_by_others() {
        let chromium = PositionAgainstClock::new(RATE, Frames::new(480), Since::PositionMoved);
        assert!(
            alarms(chromium, late_from(6)).is_empty(),
            "the device moves all the same"
        );
        let alsa = StopThreshold::new(ring(), Hns::new(0));
        assert_eq!(alarms(alsa, late_from(6)), [60, 70, 80, 90]);
        assert!(
            alarms(LeftToPlay, late_from(6)).is_empty(),
            "empty is not below empty"
        );
        let steering = DelayLockedLoop::new(RATE, 128, Frames::new(480), Frames::ZERO);
        assert_eq!(
            alarms(Resynchronising::new(steering), late_from(6)),
            [60, 70, 80, 90]
        );
    }

    #[test]
    fn none_of_them_sees_anything_where_all_is_well() {
        let steering = DelayLockedLoop::new(RATE, 128, Frames::new(480), Frames::ZERO);
        assert!(alarms(StopThreshold::new(ring(), Hns::new(0)), late_from(99)).is_empty());
        assert!(alarms(LeftToPlay, late_from(99)).is_empty());
        assert!(alarms(Resynchronising::new(steering), late_from(99)).is_empty());
    }

    #[test]
    fn a_device_that_took_more_than_was_written_is_below_empty() {
        let look = |position: u64| Look {
            at: Hns::new(0),
            position: Frames::new(position),
            written: Frames::new(960),
        };
        assert!(!LeftToPlay.look(look(960)) && LeftToPlay.look(look(961)));
    }
}
