//! Engines that move otherwise than they should.

use units::{Bytes, Moment, Phase, SampleRate, SimDuration, SimTime};

use super::odds::{Draws, Odds};
use super::{Effect, Strike};
use crate::config::Extent;

/// The engine moves otherwise than it should. What is heard changes, and the
/// [`LinkLog`](crate::LinkLog) shows it; where the stream stood still, it has
/// [stalls](crate::LinkLog::stalls).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EngineFault {
    /// F13: RUN is set, and for a while, or for ever, nothing moves.
    ///
    /// Occasions of the odds are the times that RUN was set since power-up.
    ///
    /// # Source
    /// thesofproject/linux issue 1183; thesofproject/sof pull request 10023.
    StuckAfterResume {
        /// Which times.
        odds: Odds,
        /// For how long; `None` until RUN is set the next time.
        lasts: Option<SimDuration>,
    },
    /// F20: with the first frame the memory side jumps ahead, and stands until the link has caught
    /// up. It never takes more than the cyclic buffer holds.
    ///
    /// # Source
    /// `dsp_max_burst_size_in_ms` in torvalds/linux `sound/soc/sof/intel/hda-pcm.c`;
    /// `PipeWire` commit 9c42c06af.
    StartBurst {
        /// How far.
        ahead: SimDuration,
    },
    /// F22: the engine stands still from a completion that sets BCIS until the bit is cleared.
    ///
    /// # Source
    /// qemu/qemu `hw/audio/intel-hda.c`, the transfer of a buffer; no hardware does this.
    StallUntilAck,
    /// F23: the engine reads its descriptor list once, at the first RUN after a reset. Without the
    /// fault it takes each descriptor up when the one but one before it is done.
    ///
    /// # Source
    /// qemu/qemu `hw/audio/intel-hda.c` and `VirtualBox`, `src/VBox/Devices/Audio/DevHdaStream.cpp`,
    /// which do; Intel ICH6 data sheet, which has a list not be changed while RUN is set. Model: how
    /// far ahead real engines read.
    BdlSnapshot,
    /// F24: the engine takes the cyclic buffer for so many bytes longer, or shorter, than its
    /// register says. The descriptors do not add up to that: DESE is set, RUN cleared.
    ///
    /// # Source
    /// qemu/qemu `hw/audio/intel-hda.c`; `VirtualBox`, `src/VBox/Devices/Audio/DevHdaStream.cpp`,
    /// which refuses such a stream. Model: so does every engine here.
    CblMismatch {
        /// How much longer.
        by: i32,
    },
    /// F26: the memory side is further ahead of the link than the FIFO that the device declares:
    /// frames are fetched that much earlier.
    ///
    /// # Source
    /// thesofproject/sof issue 9418, mended by pull request 9437.
    MemPassesLink {
        /// How much further.
        by: Extent,
    },
    /// F27: the engine is behind, and a look at any register makes it catch up. By itself it
    /// moves in ticks of `tick` from the beginning of time on.
    ///
    /// With this fault, and no other, *who looks when changes what is heard*.
    ///
    /// # Source
    /// `VirtualBox`, the option for DMA on access to a register, in
    /// `src/VBox/Devices/Audio/DevHda.cpp`.
    ReadMovesEngine {
        /// How far it may be behind.
        tick: SimDuration,
    },
    /// The engine moves in ticks from the beginning of time on: positions, fetches and completions
    /// wait for the next one. It has no number; a virtual machine does it.
    ///
    /// # Source
    /// qemu/qemu `hw/audio/hda-codec.c`, its timer of 1 ms.
    Ticks {
        /// From one to the next.
        every: SimDuration,
    },
    /// F28: what an input records is in memory only a while after its positions and its interrupt
    /// have said so.
    ///
    /// # Source
    /// torvalds/linux `sound/soc/intel/skylake/skl-pcm.c`, which waits 20 µs and reads a register
    /// to flush.
    CaptureDataLate {
        /// How long.
        lasts: SimDuration,
    },
    /// F29: when another stream enters RUN, this one stands still for a while.
    ///
    /// # Source
    /// The comment at the workaround for AMD in torvalds/linux
    /// `sound/pci/hda/hda_controller.c`.
    PlaybackStallsOnCaptureStart {
        /// For how long.
        lasts: SimDuration,
    },
}

/// The engine faults of one stream, and what they need to remember.
#[derive(Clone, Debug, Default)]
pub(crate) struct EngineFaults {
    faults: Vec<(u32, EngineFault, Draws)>,
    /// Times that RUN was set since power-up.
    starts: u64,
    /// The shortest tick, if there is one.
    tick: Option<SimDuration>,
    /// The latest look that moved the engine.
    looked: Option<Moment>,
}

/// How an engine answers to RUN.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    /// It moves.
    Moves,
    /// It moves so much later, because of this fault.
    Later(SimDuration, u32),
    /// It does not move, because of this fault.
    Never(u32),
}

impl EngineFaults {
    pub(crate) fn inject(&mut self, id: u32, fault: EngineFault, seed: u64, stream: u32) {
        if let EngineFault::Ticks { every: tick } | EngineFault::ReadMovesEngine { tick } = fault {
            let tick = tick.max(SimDuration::from_ticks(1));
            self.tick = Some(self.tick.map_or(tick, |other| other.min(tick)));
        }
        let draws = Draws::new(seed, stream, "stuck engine");
        self.faults.push((id, fault, draws));
    }

    /// RUN is set: what comes of it.
    pub(crate) fn start(&mut self) -> Answer {
        self.starts += 1;
        let stuck = self.faults.iter().find_map(|(id, fault, draws)| {
            let EngineFault::StuckAfterResume { odds, lasts } = *fault else {
                return None;
            };
            let strikes = odds.take(self.starts, *draws);
            strikes.then_some((lasts, *id))
        });
        match stuck {
            None => Answer::Moves,
            Some((Some(lasts), id)) => Answer::Later(lasts, id),
            Some((None, id)) => Answer::Never(id),
        }
    }

    /// The fault because of which the engine waits for its completions to be acknowledged.
    pub(crate) fn waits_for_ack(&self) -> Option<u32> {
        let mut faults = self.faults.iter();
        let waits = faults.find(|(_, fault, _)| *fault == EngineFault::StallUntilAck);
        waits.map(|(id, ..)| *id)
    }

    /// True if the engine knows its list as it was at the first RUN.
    pub(crate) fn keeps_its_list(&self) -> bool {
        let mut faults = self.faults.iter();
        faults.any(|(_, fault, _)| *fault == EngineFault::BdlSnapshot)
    }

    /// For how long the engine stands still when another one starts.
    pub(crate) fn shock(&self) -> Option<(SimDuration, u32)> {
        self.faults.iter().find_map(|(id, fault, _)| match fault {
            EngineFault::PlaybackStallsOnCaptureStart { lasts } => Some((*lasts, *id)),
            _ => None,
        })
    }

    /// How much later than it says an input stores.
    pub(crate) fn data_late(&self) -> Option<SimDuration> {
        let late = self.faults.iter().filter_map(|(_, fault, _)| match fault {
            EngineFault::CaptureDataLate { lasts } => Some(*lasts),
            _ => None,
        });
        late.max()
    }

    /// What the engine takes for the length of a cyclic buffer of `length` bytes.
    pub(crate) fn cyclic_length(&self, length: u32) -> u32 {
        self.faults.iter().fold(length, |length, (_, fault, _)| {
            let EngineFault::CblMismatch { by } = fault else {
                return length;
            };
            length.saturating_add_signed(*by)
        })
    }

    /// Bytes that are fetched with the first frame at `rate`, and bytes that the FIFO holds more
    /// than it should.
    pub(crate) fn lead(&self, frame: Bytes, rate: SampleRate) -> (u64, u64) {
        self.faults
            .iter()
            .fold((0, 0), |(head, more), (_, fault, _)| match *fault {
                EngineFault::StartBurst { ahead } => {
                    let frames = u128::from(ahead.ticks()) * u128::from(rate.hertz())
                        / u128::from(units::TICKS_PER_SECOND);
                    let frames = u64::try_from(frames).unwrap_or(u64::MAX);
                    (frames.saturating_mul(frame.get()).max(head), more)
                }
                EngineFault::MemPassesLink { by } => {
                    (head, more.saturating_add(by.bytes(frame).get()))
                }
                _ => (head, more),
            })
    }

    /// True if a look at a register moves the engine.
    pub(crate) fn moves_when_read(&self) -> bool {
        let moves = |fault: &EngineFault| matches!(fault, EngineFault::ReadMovesEngine { .. });
        self.faults.iter().any(|(_, fault, _)| moves(fault))
    }

    /// Somebody looks at a register.
    pub(crate) fn look(&mut self, now: Moment) {
        if self.moves_when_read() {
            self.looked = Some(now);
        }
    }

    /// How far the engine has got when it is `now`.
    pub(crate) fn moment(&self, now: Moment) -> Moment {
        let Some(tick) = self.tick else {
            return now;
        };
        // Before the device moves at the instant of a tick, the tick before it was the latest.
        let before_move = u64::from(!now.has_moved());
        let begun = now.time.ticks().saturating_sub(before_move) / tick.ticks() * tick.ticks();
        let ticked = if begun == now.time.ticks() {
            now
        } else {
            SimTime::from_ticks(begun).at(Phase::React)
        };
        self.looked.map_or(ticked, |looked| looked.max(ticked))
    }

    /// When something happens that would be due at `time`.
    pub(crate) fn instant(&self, time: SimTime) -> SimTime {
        let Some(tick) = self.tick else {
            return time;
        };
        SimTime::from_ticks(time.ticks().div_ceil(tick.ticks()) * tick.ticks())
    }
}

impl Strike {
    /// A stream stood still from `at` on.
    pub(crate) const fn stall(fault: u32, at: SimTime) -> Self {
        Self {
            fault,
            effect: Effect::Stalled,
            completion: 0,
            at,
        }
    }
}

vtime::fork_by_clone!(EngineFaults);
