//! Two underruns: a client that is late, which the hardware does not see, and a bus that is.

use hardware::spec::{self, sts};
use units::{Bytes, Hns};

use super::{Stay, Stays, Taken, link_frames, place, ring, taken};
use crate::kit::compare::Violation;
use crate::kit::controller::{INPUTS, STREAMS};
use crate::kit::{Bench, ControllerCall, History, Setup, Trace};

/// P56: a client that does not refill is not noticed, and the old bytes are played again; a FIFO
/// that starves is, and positions do what is declared.
pub(crate) fn underruns(bench: &dyn Bench, history: &History, trace: &Trace) -> Option<Violation> {
    let stands = bench.declared(&history.setup).stands_when_starved;
    let mut watch = Watch {
        setup: &history.setup,
        stands,
        stays: Stays::default(),
        dry: None,
        filled: Default::default(),
        fifo: [None; STREAMS as usize],
        cleared: [false; STREAMS as usize],
        place: [None; STREAMS as usize],
    };
    taken(trace).find_map(|taken| {
        let text = watch.take(taken)?;
        Some(Violation::at(taken.line, text))
    })
}

struct Watch<'a> {
    setup: &'a Setup,
    stands: bool,
    stays: Stays,
    /// When the bus is denied.
    dry: Option<(Hns, Hns)>,
    /// What its client has put into the ring of a stream.
    filled: [Vec<u8>; STREAMS as usize],
    fifo: [Option<u64>; STREAMS as usize],
    /// Its status was cleared.
    cleared: [bool; STREAMS as usize],
    /// Where it was in a drought, and when.
    place: [Option<(Hns, u64)>; STREAMS as usize],
}

impl Watch<'_> {
    fn take(&mut self, taken: Taken) -> Option<String> {
        self.stays.take(taken);
        match taken.call {
            ControllerCall::Deny { from, until } => {
                let start = self.setup.start.get();
                let later = |time: Hns| Hns::new(start.saturating_add(time.get()));
                self.dry = Some((later(from), later(until)));
            }
            ControllerCall::Fill(stream, value) => self.filled[place(stream)].push(value),
            ControllerCall::Heard(stream, _) => return self.heard(stream, taken.value),
            _ => {}
        }
        if let Some((stream, _)) = taken.writes(spec::SD_STS) {
            self.cleared[place(stream)] = true;
        } else if let Some(stream) = taken.reads(spec::SD_FIFOS) {
            self.fifo[place(stream)] = Some(u64::from(taken.value) + 1);
        } else if let Some(stream) = taken.reads(spec::SD_STS) {
            return self.status(stream, taken);
        } else if let Some(stream) = taken.reads(spec::SD_LPIB) {
            return self.position(stream, taken);
        }
        None
    }

    fn heard(&self, stream: u32, byte: u32) -> Option<String> {
        let filled = &self.filled[place(stream)];
        let is_known = filled.iter().any(|value| u32::from(*value) == byte);
        (self.dry.is_none() && !filled.is_empty() && !is_known)
            .then(|| "what lies in the ring, old or not".to_owned())
    }

    fn status(&self, stream: u32, taken: Taken) -> Option<String> {
        let has_error = taken.value & sts::FIFOE != 0;
        if self.dry.is_none() {
            let text = "no FIFO error: the bus was never denied";
            return has_error.then(|| text.to_owned());
        }
        let starved = self.is_dry(stream, taken.at) && !self.cleared[place(stream)];
        (starved && !has_error).then(|| format!("{:#x} set: its FIFO has run dry", sts::FIFOE))
    }

    /// True if the FIFO of an output has run dry by `at`, while the bus was denied.
    fn is_dry(&self, stream: u32, at: Hns) -> bool {
        let Some((since, until)) = self.drought(stream) else {
            return false;
        };
        since < until && at >= since
    }

    /// From when to when an output has nothing to send for sure.
    fn drought(&self, stream: u32) -> Option<(Hns, Hns)> {
        let Stay::Runs { since, .. } = self.stays.of(stream) else {
            return None;
        };
        let (from, until) = self.dry?;
        let fifo = self.fifo[place(stream)].filter(|_| stream >= INPUTS && since < from)?;
        let bytes = Bytes::new(fifo + 2 * link_frames(self.setup));
        let frames = bytes.get().div_ceil(self.setup.format.frame_bytes().into());
        let lasts = self.setup.time_of(frames).get();
        Some((Hns::new(from.get().saturating_add(lasts)), until))
    }

    fn position(&mut self, stream: u32, taken: Taken) -> Option<String> {
        let now = u64::from(taken.value);
        let inside = self
            .drought(stream)
            .is_some_and(|(since, until)| since <= taken.at && taken.at < until);
        if !inside {
            self.place[place(stream)] = None;
            return None;
        }
        let before = self.place[place(stream)].replace((taken.at, now));
        let (then, place) = before?;
        let passed = Hns::new(taken.at.get() - then.get());
        let ring = ring(self.setup);
        let due = if self.stands {
            0
        } else {
            self.setup.bytes_after(passed)
        };
        let room = if self.stands {
            0
        } else {
            link_frames(self.setup)
        };
        let off = (now + ring + due / ring * ring + room + ring - place).wrapping_sub(due) % ring;
        (off > 2 * room && 4 * room < ring).then(|| {
            let expected = (place + due) % ring;
            format!("about {expected:#x}, as it declares for a FIFO that has run dry")
        })
    }
}
