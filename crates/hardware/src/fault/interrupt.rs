//! Interrupts that come early, late, too often, or not at all.

use units::{Frames, SimDuration, SimTime};

use super::odds::{Draws, Odds};
use super::{Effect, Strike};

/// An interrupt comes when it should not, or not when it should. Where the stream is stays true.
///
/// Occasions of [`Odds`] are the completions of the stream since power-up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InterruptFault {
    /// F05: BCIS is set so many frames before the position shows the end of the descriptor, but
    /// not before the first frame.
    ///
    /// # Source
    /// The defaults of `bdl_pos_adj` in torvalds/linux `sound/pci/hda/hda_intel.c` (1, 32, 64 or
    /// 128 frames, by vendor), and `Documentation/sound/hd-audio/notes.rst`.
    #[doc(alias = "bdl_pos_adj")]
    IrqEarly {
        /// How early.
        by: Frames,
    },
    /// F09: a completion sets no status.
    ///
    /// # Source
    /// The report of lost interrupts in torvalds/linux `sound/core/pcm_lib.c`.
    IrqLost {
        /// Which completions.
        odds: Odds,
    },
    /// F09: a completion within `window` after the one that last set the status sets none.
    ///
    /// # Source
    /// As for [`IrqLost`](Self::IrqLost).
    IrqCoalesce {
        /// For how long.
        window: SimDuration,
    },
    /// F09: the line goes up, and the message that should say so is lost. Until somebody
    /// acknowledges by himself no other is sent.
    ///
    /// Occasions are the interrupts of the controller.
    ///
    /// # Source
    /// torvalds/linux `sound/pci/hda/hda_intel.c` keeps MSI off on some controllers of NVIDIA.
    MsiEdgeLost {
        /// Which interrupts.
        odds: Odds,
    },
    /// F10: the status is set once more without a completion, some frames after one.
    ///
    /// Shortly after one it is a duplicate.
    ///
    /// # Source
    /// torvalds/linux `sound/pci/hda/hda_intel.c` refuses what comes before two thirds of a period
    /// have passed on the wall clock; alsa-project/alsa-lib issue 90.
    IrqSpurious {
        /// After which completions.
        odds: Odds,
        /// How many frames after.
        after: Frames,
    },
    /// F21: BCIS is set when the stream leaves its reset, so that an interrupt comes as soon as
    /// IOCE allows one, unless the driver clears the status first.
    ///
    /// # Source
    /// Intel ICH6 data sheet, `SDnSTS`: status bits stay until they are cleared.
    StaleStatusAtStart,
}

impl InterruptFault {
    /// F06: [`IrqEarly`](Self::IrqEarly) by one frame, as on every controller that Linux supports.
    ///
    /// Source: torvalds/linux `Documentation/sound/hd-audio/notes.rst`.
    #[doc(alias = "IrqOneFrameEarly")]
    pub const ONE_FRAME_EARLY: Self = Self::IrqEarly { by: Frames::new(1) };
}

/// The interrupt faults of one stream, and what they need to remember.
#[derive(Clone, Debug, Default)]
pub(crate) struct InterruptFaults {
    faults: Vec<(u32, InterruptFault, Draws)>,
    /// Completions since power-up.
    completions: u64,
    /// When a completion last set the status.
    latest: Option<SimTime>,
}

/// What becomes of a completion.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It sets the status.
    Set,
    /// It does not, because of this fault.
    Lost(u32),
}

impl InterruptFaults {
    pub(crate) fn inject(&mut self, id: u32, fault: InterruptFault, seed: u64, stream: u32) {
        let kind = match fault {
            InterruptFault::IrqSpurious { .. } => "spurious interrupt",
            _ => "lost interrupt",
        };
        self.faults
            .push((id, fault, Draws::new(seed, stream, kind)));
    }

    /// How many frames early the status is set.
    pub(crate) fn early(&self) -> u64 {
        let early = self.faults.iter().map(|(_, fault, _)| match fault {
            InterruptFault::IrqEarly { by } => by.get(),
            _ => 0,
        });
        early.fold(0, u64::saturating_add)
    }

    /// True if BCIS is set when the stream leaves its reset; the fault.
    pub(crate) fn stale(&self) -> Option<u32> {
        let stale = |fault: &InterruptFault| *fault == InterruptFault::StaleStatusAtStart;
        let found = self.faults.iter().find(|(_, fault, _)| stale(fault));
        found.map(|(id, ..)| *id)
    }

    /// The next completion comes at `at`. Completions are told in order.
    pub(crate) fn judge(&mut self, at: SimTime) -> Verdict {
        self.completions += 1;
        let (occasion, latest) = (self.completions, self.latest);
        let loser = self.faults.iter().find(|(_, fault, draws)| match *fault {
            InterruptFault::IrqLost { odds } => odds.take(occasion, *draws),
            InterruptFault::IrqCoalesce { window } => {
                latest.is_some_and(|latest| at.since(latest) < window)
            }
            _ => false,
        });
        if let Some((id, ..)) = loser {
            return Verdict::Lost(*id);
        }
        self.latest = Some(at);
        Verdict::Set
    }

    /// Behind the completion that was told last: after how many frames the status is set again,
    /// and by which fault. Of several the first.
    pub(crate) fn echo(&self) -> Option<(Frames, u32)> {
        let echoes = self.faults.iter().filter_map(|(id, fault, draws)| {
            let InterruptFault::IrqSpurious { odds, after } = *fault else {
                return None;
            };
            let strikes = odds.take(self.completions, *draws);
            strikes.then_some((after, *id))
        });
        echoes.min()
    }
}

/// The faults of the messages that a controller sends.
#[derive(Clone, Debug, Default)]
pub(crate) struct MessageFaults(Vec<(u32, Odds, Draws)>);

impl MessageFaults {
    pub(crate) fn inject(&mut self, id: u32, odds: Odds, seed: u64) {
        let draws = Draws::new(seed, 0, "lost message");
        self.0.push((id, odds, draws));
    }

    /// What the loss of the message of `interrupt` is, if it is lost.
    pub(crate) fn strike(&self, interrupt: u64, at: SimTime) -> Option<Strike> {
        let mut faults = self.0.iter();
        let (fault, ..) = faults.find(|(_, odds, draws)| odds.take(interrupt, *draws))?;
        Some(Strike {
            fault: *fault,
            effect: Effect::MessageLost,
            completion: 0,
            at,
        })
    }
}

vtime::fork_by_clone!(InterruptFaults, MessageFaults);
