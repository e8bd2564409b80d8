//! Faults that belong together.

use units::{Frames, SimDuration};

use super::{EngineFault, Fault, Grain, InterruptFault, Lag, Odds, PositionFault, RecordFault};
use crate::config::Extent;

/// A set of faults that real devices have together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Suite {
    /// An Intel controller of 2009: interrupts come one frame early.
    Intel2009,
    /// An AMD controller: positions lag by 32 frames and move in bursts, and playback stands still
    /// for a millisecond when another stream starts.
    Amd,
    /// An Intel controller since Skylake that records: its position record is old until the
    /// interrupt is acknowledged, and data comes 20 µs after both.
    SkylakeCapture,
    /// A controller of NVIDIA, or the HDMI half of another one: interrupts come 64 frames early,
    /// and one in a thousand does not come.
    Nvidia,
    /// A controller in a virtual machine: it moves in ticks of a millisecond, stands still until each
    /// completion is acknowledged, and reads its descriptor list once.
    VmGuest,
}

impl Suite {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::Intel2009,
        Self::Amd,
        Self::SkylakeCapture,
        Self::Nvidia,
        Self::VmGuest,
    ];

    /// What belongs to it.
    ///
    /// Sources are those of the faults. Model: where a source has no figure, as for the
    /// millisecond and the thousandth, it is ours.
    pub fn faults(self) -> Vec<Fault> {
        match self {
            Self::Intel2009 => vec![InterruptFault::ONE_FRAME_EARLY.into()],
            Self::Amd => vec![
                PositionFault::LpibLag(Lag::By(Extent::Frames(Frames::new(32)))).into(),
                PositionFault::BurstGrain(Grain::Burst).into(),
                EngineFault::PlaybackStallsOnCaptureStart {
                    lasts: SimDuration::from_millis(1),
                }
                .into(),
            ],
            Self::SkylakeCapture => vec![
                RecordFault::PosbufStale {
                    delay: SimDuration::ZERO,
                    until_acknowledged: true,
                }
                .into(),
                EngineFault::CaptureDataLate {
                    lasts: SimDuration::from_micros(20),
                }
                .into(),
            ],
            Self::Nvidia => vec![
                InterruptFault::IrqEarly {
                    by: Frames::new(64),
                }
                .into(),
                InterruptFault::IrqLost {
                    odds: Odds::PerMillion(1_000),
                }
                .into(),
            ],
            Self::VmGuest => vec![
                EngineFault::Ticks {
                    every: SimDuration::from_millis(1),
                }
                .into(),
                EngineFault::StallUntilAck.into(),
                EngineFault::BdlSnapshot.into(),
            ],
        }
    }
}
