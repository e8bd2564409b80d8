//! Where a stream seems to be.

use std::num::NonZeroU32;

use units::Bytes;

use crate::config::Extent;

/// A register shows where the stream is not. The stream itself is not touched.
///
/// The *link side* is what went to the codec: `SDnLPIB`, its mirror, and the linear link counter.
/// The *memory side* is what was fetched: the linear DMA counter.
/// Several of a stream apply in the order in which they were injected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PositionFault {
    /// F01: the link side is shown where it was some bytes ago; at the start it stands at 0.
    ///
    /// # Source
    /// torvalds/linux `sound/pci/hda/hda_intel.c`, where capture on VIA takes the FIFO off and AMD
    /// a fixed 32 frames; commit c02f77d32d2c; kernel bug 195303.
    LpibLag(Lag),
    /// F02: the link side is shown ahead of what left, once the stream moves.
    ///
    /// # Source
    /// torvalds/linux commit f87e7f25893d, and c4ca3871e21f, which takes it back.
    LpibLead {
        /// How far.
        by: Extent,
    },
    /// F02: the memory side is shown ahead of what was fetched, once the stream moves.
    ///
    /// # Source
    /// As for [`LpibLead`](Self::LpibLead).
    #[doc(alias = "DPIB")]
    DpibEarly {
        /// How far.
        by: Extent,
    },
    /// F07: both sides are shown in steps, rounded down.
    ///
    /// # Source
    /// torvalds/linux `sound/core/pcm_dmaengine.c`, residue granularity; steps of 20 ms in
    /// thesofproject/linux issue 1335.
    BurstGrain(Grain),
    /// F08: the link side comes from two places in turn, one of which is behind.
    ///
    /// Each time the stream has moved by `every` the other one is shown, so the position goes back
    /// by `by` at every second change. Model: of what a real device mixes up only the effect is
    /// known; this one depends on nothing but how far the stream is.
    ///
    /// # Source
    /// alsa-project/alsa-lib issues 468 and 469; the combined mode for VIA in torvalds/linux
    /// `sound/pci/hda/hda_intel.c`.
    Backwards {
        /// After how much the source changes.
        every: Extent,
        /// How far the second one is behind.
        by: Extent,
    },
    /// F15: the linear counters of both sides go on over a reset of the stream.
    ///
    /// # Source
    /// torvalds/linux commit 1abc2642588e.
    LinearNotReset,
    /// F16: `SDnLPIB` goes on counting for a while where the cyclic buffer ends, once per lap.
    ///
    /// # Source
    /// torvalds/linux `sound/pci/hda/hda_controller.c`, which takes any position behind the
    /// buffer for 0.
    PosAtOrAboveCbl {
        /// How far behind the end the last position of a lap lies.
        by: Extent,
    },
    /// F25: the linear link counter counts at another rate than the linear DMA counter, so the
    /// delay worked out from the two is that of nobody.
    ///
    /// # Source
    /// torvalds/linux commits 0ea06680dfcb and bcd1383516bb.
    DelayOtherTimebase {
        /// What is shown for …
        numerator: u32,
        /// … so much.
        denominator: NonZeroU32,
    },
    /// F30: the linear link counter loses something at each resume, so the delay grows.
    ///
    /// # Source
    /// thesofproject/sof issue 8985.
    PauseAddsDelay {
        /// How much per pause and resume.
        by: Extent,
    },
}

/// How far a position lags.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lag {
    /// So far.
    By(Extent),
    /// By what the FIFO holds.
    Fifo,
}

/// In what steps a position is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grain {
    /// So much at a time.
    Of(Extent),
    /// A burst at a time.
    Burst,
    /// A descriptor at a time.
    Segment,
    /// From one descriptor that asks for an interrupt to the next.
    Period,
}

/// Where a stream is, and what its positions are measured with.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Whereabouts<'a> {
    /// Bytes that have left, and bytes that were fetched, since the reset.
    pub(crate) linked: u64,
    pub(crate) fetched: u64,
    /// Bytes of the cyclic buffer, at least 1.
    pub(crate) round: u64,
    /// Bytes of a frame, of the FIFO and of a burst.
    pub(crate) frame: Bytes,
    pub(crate) fifo: u64,
    pub(crate) burst: u64,
    /// Ends of all descriptors in one round, and of those that ask for an interrupt.
    pub(crate) segments: &'a [u64],
    pub(crate) periods: &'a [u64],
}

/// The position faults of one stream, and what they need to remember.
#[derive(Clone, Debug, Default)]
pub(crate) struct PositionFaults {
    faults: Vec<PositionFault>,
    /// Bytes of both sides in the runs before this one.
    runs_before: (u64, u64),
    /// Times that the stream went from a pause to RUN since its reset.
    resumes: u64,
}

impl PositionFaults {
    pub(crate) fn inject(&mut self, fault: PositionFault) {
        self.faults.push(fault);
    }

    /// The stream goes on after a pause.
    pub(crate) fn resume(&mut self) {
        self.resumes += 1;
    }

    /// The stream is reset where it stands.
    pub(crate) fn reset(&mut self, linked: Bytes, fetched: Bytes) {
        self.resumes = 0;
        self.runs_before.0 += linked.get();
        self.runs_before.1 += fetched.get();
    }

    /// What the link side seems to be.
    pub(crate) fn link(&self, at: &Whereabouts<'_>) -> Bytes {
        let shown = self.faults.iter().fold(at.linked, |shown, fault| {
            let bytes = |extent: Extent| extent.bytes(at.frame).get();
            match *fault {
                PositionFault::LpibLag(Lag::By(by)) => shown.saturating_sub(bytes(by)),
                PositionFault::LpibLag(Lag::Fifo) => shown.saturating_sub(at.fifo),
                PositionFault::LpibLead { by } if at.fetched > 0 => shown + bytes(by),
                PositionFault::BurstGrain(grain) => grain.floor(shown, at),
                PositionFault::Backwards { every, by } => {
                    let stretch = at.linked / bytes(every).max(1);
                    shown.saturating_sub(if stretch % 2 == 1 { bytes(by) } else { 0 })
                }
                _ => shown,
            }
        });
        Bytes::new(shown)
    }

    /// What the memory side seems to be.
    fn memory(&self, at: &Whereabouts<'_>) -> u64 {
        self.faults
            .iter()
            .fold(at.fetched, |shown, fault| match *fault {
                PositionFault::DpibEarly { by } if at.fetched > 0 => {
                    shown + by.bytes(at.frame).get()
                }
                PositionFault::BurstGrain(grain) => grain.floor(shown, at),
                _ => shown,
            })
    }

    /// What `SDnLPIB` shows.
    pub(crate) fn cyclic_link(&self, at: &Whereabouts<'_>) -> Bytes {
        let linear = self.link(at).get();
        let within = linear % at.round;
        let beyond = linear >= at.round
            && self.faults.iter().any(|fault| match *fault {
                PositionFault::PosAtOrAboveCbl { by } => within < by.bytes(at.frame).get(),
                _ => false,
            });
        Bytes::new(if beyond { at.round + within } else { within })
    }

    /// True if `SDnLPIB` may show what lies behind the cyclic buffer.
    pub(crate) fn passes_the_end(&self) -> bool {
        let passes = |fault: &PositionFault| matches!(fault, PositionFault::PosAtOrAboveCbl { .. });
        self.faults.iter().any(passes)
    }

    /// What the linear link counter shows.
    pub(crate) fn linear_link(&self, at: &Whereabouts<'_>) -> Bytes {
        let shown = self
            .faults
            .iter()
            .fold(self.link(at).get(), |shown, fault| match *fault {
                PositionFault::LinearNotReset => shown + self.runs_before.0,
                PositionFault::DelayOtherTimebase {
                    numerator,
                    denominator,
                } => {
                    let scaled =
                        u128::from(shown) * u128::from(numerator) / u128::from(denominator.get());
                    u64::try_from(scaled).unwrap_or(u64::MAX)
                }
                PositionFault::PauseAddsDelay { by } => {
                    let lost = by.bytes(at.frame).get().saturating_mul(self.resumes);
                    shown.saturating_sub(lost)
                }
                _ => shown,
            });
        Bytes::new(shown)
    }

    /// What the linear DMA counter shows.
    pub(crate) fn linear_memory(&self, at: &Whereabouts<'_>) -> Bytes {
        let is_kept = self.faults.contains(&PositionFault::LinearNotReset);
        let before = if is_kept { self.runs_before.1 } else { 0 };
        Bytes::new(self.memory(at) + before)
    }
}

impl Grain {
    /// `position` rounded down to a step.
    fn floor(self, position: u64, at: &Whereabouts<'_>) -> u64 {
        let multiple = |step: u64| position / step.max(1) * step.max(1);
        match self {
            Self::Of(extent) => multiple(extent.bytes(at.frame).get()),
            Self::Burst => multiple(at.burst),
            Self::Segment => latest_end(at.segments, position, at.round),
            Self::Period => latest_end(at.periods, position, at.round),
        }
    }
}

/// The latest of `ends`, which recur every `round` bytes, that `position` has reached.
fn latest_end(ends: &[u64], position: u64, round: u64) -> u64 {
    let (laps, within) = (position / round, position % round);
    let passed = ends.partition_point(|end| *end <= within);
    match (passed.checked_sub(1), laps.checked_sub(1)) {
        (Some(latest), _) => laps * round + ends[latest],
        // The last one of the lap before; without any the start of the stream.
        (None, Some(before)) => ends.last().map_or(0, |end| before * round + end),
        (None, None) => 0,
    }
}

vtime::fork_by_clone!(PositionFaults);

#[cfg(test)]
mod tests {
    use units::Frames;

    use super::*;

    const FRAMES_32: Extent = Extent::Frames(Frames::new(32));

    /// A stream of 4-byte frames on a buffer of two packets of 1920 bytes.
    fn at(linked: u64) -> Whereabouts<'static> {
        Whereabouts {
            linked,
            fetched: linked + 192,
            round: 3840,
            frame: Bytes::new(4),
            fifo: 192,
            burst: 32,
            segments: &[960, 1920, 3840],
            periods: &[1920, 3840],
        }
    }

    fn faults(list: &[PositionFault]) -> PositionFaults {
        PositionFaults {
            faults: list.to_vec(),
            ..PositionFaults::default()
        }
    }

    fn link(list: &[PositionFault], linked: u64) -> u64 {
        faults(list).link(&at(linked)).get()
    }

    #[test]
    fn f01_a_lag_is_taken_off_and_never_below_the_start() {
        let amd = [PositionFault::LpibLag(Lag::By(FRAMES_32))];
        let via = [PositionFault::LpibLag(Lag::Fifo)];
        assert_eq!([link(&amd, 127), link(&amd, 4000)], [0, 3872]);
        assert_eq!([link(&via, 192), link(&via, 4000)], [0, 3808]);
    }

    #[test]
    fn f02_a_lead_is_added_on_its_own_side_once_the_stream_moves() {
        let lead = [PositionFault::LpibLead { by: FRAMES_32 }];
        let early = [PositionFault::DpibEarly { by: FRAMES_32 }];
        assert_eq!([link(&lead, 0), link(&early, 0)], [128, 0]);
        assert_eq!(faults(&early).linear_memory(&at(0)).get(), 192 + 128);
        assert_eq!(faults(&lead).linear_memory(&at(0)).get(), 192);
        let before = Whereabouts {
            fetched: 0,
            ..at(0)
        };
        assert_eq!(faults(&lead).link(&before).get(), 0);
    }

    #[test]
    fn f07_a_grain_rounds_down_to_bytes_bursts_descriptors_and_periods() {
        let of = |grain, linked| link(&[PositionFault::BurstGrain(grain)], linked);
        assert_eq!(of(Grain::Of(Extent::Bytes(Bytes::new(100))), 3999), 3900);
        assert_eq!(of(Grain::Burst, 3999), 3968);
        for (linked, segment, period) in [
            (959, 0, 0),
            (960, 960, 0),
            (1919, 960, 0),
            (1920, 1920, 1920),
            (3839, 1920, 1920),
            (3840, 3840, 3840),
            (3840 + 959, 3840, 3840),
            (3840 + 960, 3840 + 960, 3840),
        ] {
            assert_eq!(of(Grain::Segment, linked), segment, "{linked}");
            assert_eq!(of(Grain::Period, linked), period, "{linked}");
        }
    }

    #[test]
    fn f01_f07_faults_compose_in_their_order() {
        let lag = PositionFault::LpibLag(Lag::By(Extent::Bytes(Bytes::new(10))));
        let grain = PositionFault::BurstGrain(Grain::Burst);
        assert_eq!(link(&[lag, grain], 64), 32);
        assert_eq!(link(&[grain, lag], 64), 54);
    }

    #[test]
    fn f08_a_position_goes_back_where_the_other_source_is_shown() {
        let back = [PositionFault::Backwards {
            every: FRAMES_32,
            by: Extent::Frames(Frames::new(4)),
        }];
        assert_eq!(
            [124, 128, 252, 256].map(|linked| link(&back, linked)),
            [124, 112, 236, 256]
        );
    }

    #[test]
    fn f15_linear_counters_keep_what_earlier_runs_left() {
        let mut faults = faults(&[PositionFault::LinearNotReset]);
        faults.reset(Bytes::new(1000), Bytes::new(1192));
        assert_eq!(faults.linear_link(&at(8)).get(), 1008);
        assert_eq!(faults.linear_memory(&at(8)).get(), 1192 + 200);
        assert_eq!(faults.cyclic_link(&at(8)).get(), 8, "a register of its own");
    }

    #[test]
    fn f16_the_register_passes_the_end_once_per_lap() {
        let beyond = faults(&[PositionFault::PosAtOrAboveCbl {
            by: Extent::Bytes(Bytes::new(8)),
        }]);
        let shown = [0, 4, 3836, 3840, 3844, 3848, 7680].map(|n| beyond.cyclic_link(&at(n)).get());
        assert_eq!(shown, [0, 4, 3836, 3840, 3844, 8, 3840]);
    }

    #[test]
    fn f25_the_link_counter_has_a_time_of_its_own() {
        let other = faults(&[PositionFault::DelayOtherTimebase {
            numerator: 147,
            denominator: NonZeroU32::new(160).unwrap(),
        }]);
        assert_eq!(other.linear_link(&at(160_000)).get(), 147_000);
        assert_eq!(other.cyclic_link(&at(160_000)).get(), 160_000 % 3840);
    }

    #[test]
    fn f30_each_resume_takes_something_off_until_the_reset() {
        let mut faults = faults(&[PositionFault::PauseAddsDelay { by: FRAMES_32 }]);
        assert_eq!(faults.linear_link(&at(4000)).get(), 4000);
        faults.resume();
        faults.resume();
        assert_eq!(faults.linear_link(&at(4000)).get(), 3744);
        faults.reset(Bytes::ZERO, Bytes::ZERO);
        assert_eq!(faults.linear_link(&at(4000)).get(), 4000);
    }
}
