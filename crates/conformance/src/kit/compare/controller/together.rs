//! Streams that begin together, and whose record is whose.

use hardware::spec;

use super::{Stay, Stays, Taken, link_frames, ring, taken};
use crate::kit::compare::Violation;
use crate::kit::controller::INPUTS;
use crate::kit::{Bench, ControllerCall, History, Trace};

/// P51: streams that one write to SSYNC releases are at the same place of the link for ever.
pub(crate) fn together(_: &dyn Bench, _: &History, trace: &Trace) -> Option<Violation> {
    let mut stays = Stays::default();
    // What was read at this instant.
    let mut seen: Vec<(u32, Taken)> = Vec::new();
    for taken in taken(trace) {
        if matches!(taken.call, ControllerCall::Deny { .. }) {
            return None; // Who starves may wait.
        }
        stays.take(taken);
        if !taken.only_asks() {
            seen.clear();
        }
        seen.retain(|(_, other)| other.at == taken.at);
        let Some(stream) = taken.reads(spec::SD_LPIB) else {
            continue;
        };
        if let Stay::Runs { with, .. } = stays.of(stream) {
            let other = seen.iter().find(|(other, read)| {
                with & 1 << other != 0
                    && stays.of(*other) == stays.of(stream)
                    && read.value != taken.value
            });
            if let Some((other, read)) = other {
                let text = format!("{:#x}, as stream {other} that began with it", read.value);
                return Some(Violation::at(taken.line, text));
            }
        }
        seen.push((stream, taken));
    }
    None
}

/// P53: record n of the position buffer is of stream descriptor n.
pub(crate) fn slots(_: &dyn Bench, history: &History, trace: &Trace) -> Option<Violation> {
    let setup = &history.setup;
    let (mut stays, mut touched) = (Stays::default(), 0_u32);
    let (mut link, mut fifo): (Option<(u32, Taken)>, _) = (None, None);
    for taken in taken(trace) {
        stays.take(taken);
        match taken.call {
            ControllerCall::Start(bits) => touched |= bits,
            ControllerCall::Deny { .. } => return None,
            _ => {}
        }
        touched |= taken
            .writes(spec::SD_CTL)
            .map_or(0, |(stream, _)| 1 << stream);
        if !taken.only_asks() {
            (link, fifo) = (None, None);
        }
        if let Some(stream) = taken.reads(spec::SD_LPIB) {
            link = Some((stream, taken));
        } else if let Some(stream) = taken.reads(spec::SD_FIFOS) {
            fifo = Some((stream, u64::from(taken.value) + 1));
        }
        let ControllerCall::Record(stream) = taken.call else {
            continue;
        };
        if touched & 1 << stream == 0 {
            if taken.value != 0 {
                let text = "0x0, of a stream that has never run".to_owned();
                return Some(Violation::at(taken.line, text));
            }
            continue;
        }
        let same = |of: u32, at| of == stream && at == taken.at;
        let place = link.filter(|(of, read)| same(*of, read.at));
        let size = fifo.filter(|(of, _)| *of == stream);
        if let (Some((_, place)), Some((_, size)), Stay::Runs { .. }) =
            (place, size, stays.of(stream))
        {
            let (ring, late) = (ring(setup), link_frames(setup));
            let (before, behind) = if stream < INPUTS {
                (0, size + late)
            } else {
                (size, late)
            };
            let ahead = (u64::from(taken.value) + ring + behind - u64::from(place.value) % ring)
                .rem_euclid(ring);
            if 4 * (size + late) < ring && ahead > before + behind {
                let text = format!(
                    "within the FIFO of stream {stream}, whose link is at {:#x}",
                    place.value
                );
                return Some(Violation::at(taken.line, text));
            }
        }
    }
    None
}
