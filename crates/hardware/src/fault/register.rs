//! Registers that show what is not so.

use units::{Clock, SampleRate, SimDuration, SimTime};

use crate::crystal::Crystal;

/// A register shows what is not so, or is slow to show what is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RegisterFault {
    /// F11: the wall clock reads 0.
    ///
    /// # Source
    /// torvalds/linux `sound/pci/hda/hda_intel.c`, Loongson.
    WallclkZero,
    /// F11: the wall clock counts at another rate than the driver was told.
    ///
    /// # Source
    /// windows-driver-docs `audio/wall-clock-and-link-position-registers.md`: a wrap after 89 s
    /// would be that of 48 MHz.
    WallclkHz {
        /// At which.
        rate: SampleRate,
    },
    /// F11: the wall clock drifts against the streams, as if it had a crystal of its own.
    ///
    /// Model: no such device is known; it is there to show who relies on one crystal.
    WallclkPpb {
        /// How much it is fast, in parts per 10^9; slow if negative.
        ppb: i32,
    },
    /// F12: `SDnFIFOS` shows the size itself and not one less, so it is taken for one byte more.
    ///
    /// # Source
    /// torvalds/linux `sound/soc/sof/intel/hda-pcm.c`, which adds 1 for playback only.
    FifoSizeOffByOne,
    /// F12: `SDnFIFOS` shows 0 for a while after `SDnFMT` was written.
    ///
    /// # Source
    /// The patch `ALSA: hda: Poll SDxFIFOS after programming SDxFMT` of September 2023, which
    /// waits up to 300 µs.
    FifoSizeZero {
        /// For how long.
        lasts: SimDuration,
    },
    /// F12: `SDnFIFOS` shows 256 bytes for samples of 20 and 24 bits, whatever there is.
    ///
    /// # Source
    /// Intel ICH6 data sheet, `SDnFIFOS`.
    FifoSizeByFmt,
    /// F17: RUN reads 1 for a while after it was cleared. The engine has stopped.
    ///
    /// # Source
    /// torvalds/linux `sound/hda/hdac_stream.c` polls up to 5000 times, and then resets the stream.
    RunSticky {
        /// For how long.
        lasts: SimDuration,
    },
    /// F18: for a while every register reads all ones, and writes go nowhere: the device is gone
    /// from its bus. What it plays it goes on playing.
    ///
    /// Model: a controller that loses writes meets the later ones of a driver that knows nothing of
    /// it with silence where they make no sense, as a real one does.
    ///
    /// # Source
    /// torvalds/linux `sound/pci/hda/hda_controller.c`, the test of INTSTS.
    ReadsAllOnes {
        /// From here on.
        from: SimTime,
        /// Until then.
        until: SimTime,
    },
    /// F19: SRST shows what was written only after a while.
    ///
    /// # Source
    /// torvalds/linux `sound/hda/hdac_stream.c` waits up to 300 µs; freebsd/freebsd-src
    /// `sys/dev/sound/pci/hda/hdac.c` up to 10 ms.
    SrstSlow {
        /// How long.
        lasts: SimDuration,
    },
}

/// What the wall clock seems to be.
#[derive(Clone, Debug, Default)]
pub(crate) struct ClockFaults(Vec<RegisterFault>);

impl ClockFaults {
    pub(crate) fn inject(&mut self, fault: RegisterFault) {
        self.0.push(fault);
    }

    /// Cycles that are shown at `now` for a clock of `rate` that began at `up_since`.
    pub(crate) fn cycles(
        &self,
        (up_since, now): (SimTime, SimTime),
        rate: SampleRate,
        crystal: &Crystal,
    ) -> u64 {
        let (mut rate, mut own) = (rate, None);
        for fault in &self.0 {
            match *fault {
                RegisterFault::WallclkZero => return 0,
                RegisterFault::WallclkHz { rate: other } => rate = other,
                RegisterFault::WallclkPpb { ppb: more } => {
                    let ppb: i32 = own.unwrap_or(crystal.ppb());
                    own = Some(ppb.saturating_add(more));
                }
                _ => {}
            }
        }
        match own {
            // Slower than this no clock is.
            Some(ppb) => Clock::new(up_since, rate, ppb.max(-999_999_999)).count_at(now),
            None => crystal.clock(up_since, rate).count_at(now),
        }
    }
}

/// When the device is gone from its bus.
#[derive(Clone, Debug, Default)]
pub(crate) struct GoneFaults(Vec<(SimTime, SimTime)>);

impl GoneFaults {
    pub(crate) fn inject(&mut self, from: SimTime, until: SimTime) {
        self.0.push((from, until));
    }

    pub(crate) fn is_gone(&self, now: SimTime) -> bool {
        self.0
            .iter()
            .any(|(from, until)| (*from..*until).contains(&now))
    }

    /// True if it ever is, so that writes may have been lost.
    pub(crate) fn loses_writes(&self) -> bool {
        !self.0.is_empty()
    }
}

/// The register faults of one stream, and when what they hang on was last written.
#[derive(Clone, Debug, Default)]
pub(crate) struct StreamRegisterFaults {
    faults: Vec<RegisterFault>,
    format_written: Option<SimTime>,
    run_cleared: Option<SimTime>,
    /// When SRST was last changed, and what it was before.
    reset_written: Option<(SimTime, bool)>,
}

impl StreamRegisterFaults {
    pub(crate) fn inject(&mut self, fault: RegisterFault) {
        self.faults.push(fault);
    }

    pub(crate) fn format_written(&mut self, now: SimTime) {
        self.format_written = Some(now);
    }

    pub(crate) fn run_cleared(&mut self, now: SimTime) {
        self.run_cleared = Some(now);
    }

    /// SRST changes from `before`.
    pub(crate) fn reset_written(&mut self, now: SimTime, before: bool) {
        self.reset_written = Some((now, before));
    }

    /// What RUN shows for `is_set`.
    pub(crate) fn run(&self, now: SimTime, is_set: bool) -> bool {
        let sticks = |fault: &RegisterFault| match *fault {
            RegisterFault::RunSticky { lasts } => within(self.run_cleared, lasts, now),
            _ => false,
        };
        is_set || self.faults.iter().any(sticks)
    }

    /// What SRST shows for `is_set`.
    pub(crate) fn reset(&self, now: SimTime, is_set: bool) -> bool {
        let Some((written, before)) = self.reset_written else {
            return is_set;
        };
        let is_slow = |fault: &RegisterFault| match *fault {
            RegisterFault::SrstSlow { lasts } => within(Some(written), lasts, now),
            _ => false,
        };
        if self.faults.iter().any(is_slow) {
            before
        } else {
            is_set
        }
    }

    /// What `SDnFIFOS` shows for `shown`, where `SDnFMT` holds `format`.
    pub(crate) fn fifo_size(&self, now: SimTime, shown: u32, format: u16) -> u32 {
        let is_20_or_24_bits = matches!(format >> 4 & 7, 2 | 3);
        self.faults.iter().fold(shown, |shown, fault| match *fault {
            RegisterFault::FifoSizeOffByOne => shown.saturating_add(1).min(0xFFFF),
            RegisterFault::FifoSizeZero { lasts } if within(self.format_written, lasts, now) => 0,
            RegisterFault::FifoSizeByFmt if is_20_or_24_bits => 255,
            _ => shown,
        })
    }
}

/// True if `now` is less than `lasts` after `event`.
fn within(event: Option<SimTime>, lasts: SimDuration, now: SimTime) -> bool {
    event.is_some_and(|event| now.since(event) < lasts)
}

vtime::fork_by_clone!(ClockFaults, GoneFaults, StreamRegisterFaults);
