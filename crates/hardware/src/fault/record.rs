//! What lies in memory of a stream's position and data, and what should.

use units::SimDuration;

/// The record of a stream in the position buffer is not what it should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[doc(alias = "DPLBASE")]
pub enum RecordFault {
    /// F03: the record shows an older value.
    ///
    /// # Source
    /// The comment on positions in torvalds/linux `sound/soc/intel/skylake/skl-pcm.c`.
    PosbufStale {
        /// How much older.
        delay: SimDuration,
        /// True if, from a completion until it is acknowledged, it shows what it did just before.
        until_acknowledged: bool,
    },
    /// F04: the record is never written, and always shows this: 0 or all ones.
    ///
    /// # Source
    /// torvalds/linux `sound/pci/hda/hda_intel.c`, whose automatic choice gives such a record up;
    /// freebsd/freebsd-src `sys/dev/sound/pci/hda/hdac.c`, which reads none by itself.
    PosbufDead {
        /// What it shows.
        value: u32,
    },
    /// F14: the record is written into the slot so many streams further on; its own stays 0.
    ///
    /// # Source
    /// qemu/qemu `hw/audio/intel-hda.c`, which counted outputs from 0: 062db740 and 488350ab.
    PosbufWrongSlot {
        /// How many.
        by: i32,
    },
}

/// The record faults of one stream.
#[derive(Clone, Debug, Default)]
pub(crate) struct RecordFaults(Vec<RecordFault>);

impl RecordFaults {
    pub(crate) fn inject(&mut self, fault: RecordFault) {
        self.0.push(fault);
    }

    /// What the record shows whatever happens.
    pub(crate) fn dead(&self) -> Option<u32> {
        self.0.iter().find_map(|fault| match fault {
            RecordFault::PosbufDead { value } => Some(*value),
            _ => None,
        })
    }

    /// How old the record is, and whether it stands until the acknowledgement.
    pub(crate) fn age(&self) -> (SimDuration, bool) {
        let old = self.0.iter().map(|fault| match fault {
            RecordFault::PosbufStale {
                delay,
                until_acknowledged,
            } => (delay.ticks(), *until_acknowledged),
            _ => (0, false),
        });
        let (ticks, stands) = old.fold((0, false), |(ticks, stands), (more, also)| {
            (ticks.max(more), stands | also)
        });
        (SimDuration::from_ticks(ticks), stands)
    }

    /// In which slot the record of `stream` is.
    pub(crate) fn slot(&self, stream: usize) -> Option<usize> {
        self.0.iter().try_fold(stream, |slot, fault| match fault {
            RecordFault::PosbufWrongSlot { by } => {
                slot.checked_add_signed(isize::try_from(*by).expect("32 bits"))
            }
            _ => Some(slot),
        })
    }
}

vtime::fork_by_clone!(RecordFaults);
