//! What the ledger is made from: what the link saw, and what the history says.

use std::mem::take;
use std::rc::Rc;

use hardware::{LateArm, LinkLog, Segment};
use ring::Kind;
use truth::{Account, Cadence, Geometry, LateFetch, Played, Stay};
use units::{Frames, Phase, SimTime};

use crate::format::{DeviceTransport, Scenario};
use crate::notes::Notes;
use crate::stack::{device_faults, faults};

/// All that happened to the stream of a device of this geometry until the end. The notes go into
/// it.
pub(crate) fn account(
    scenario: &Scenario,
    (geometry, until): (Geometry, SimTime),
    log: &LinkLog,
    notes: &mut Notes,
) -> Account {
    let packet = geometry.packet.get();
    let frames: u64 = log
        .segments()
        .iter()
        .map(|segment| segment.frames.get())
        .sum();
    let completions = frames / packet;
    notes.silent_until(completions + 1);
    if log.segments().len() == 1 {
        let (packet, packets) = (geometry.packet, geometry.packets);
        let late = faults::late_notifications(scenario, packet, packets);
        notes.lost.extend(late);
    }
    let played = log.spans().iter().map(|span| Played {
        run: span.run,
        first: span.first.get(),
        frames: span.len.get(),
        whose: span.whose,
    });
    Account {
        geometry,
        until,
        stays: log.segments().iter().map(stay).collect(),
        played: played.collect(),
        stalls: log
            .stalls()
            .iter()
            .map(|stall| notes.stall(stall))
            .collect(),
        late_fetches: log.late_arms().iter().map(late_fetch).collect(),
        handed_over: scenario.device.transport != DeviceTransport::WaveRt,
        writes: take(&mut notes.writes),
        placed: take(&mut notes.placed),
        work: take(&mut notes.work),
        lost: take(&mut notes.lost),
        starved: take(&mut notes.starved),
        supply: take(&mut notes.supply),
        stopped: take(&mut notes.stopped),
        start_burst: device_faults::start_burst(scenario),
    }
}

/// Tells `record` what was heard, span by span, in the words of [`HEARD`], so that the digest
/// covers it.
pub(crate) fn note_what_was_heard(log: &LinkLog, mut record: impl FnMut(&[u64])) {
    for span in log.spans() {
        let (writer, kind, content) = span.whose.map_or((0, 0, 0), |whose| {
            let kind = match whose.kind {
                Kind::Audio => 0,
                Kind::EngineSilence => 1,
                Kind::EosPad => 2,
                Kind::ZeroFill => 3,
                Kind::Muted => 4,
            };
            (u64::from(whose.run) + 1, kind, whose.content)
        });
        let (first, frames) = (span.first.get(), span.len.get());
        record(&[span.run.into(), first, frames, writer, kind, content]);
    }
}

/// The link's own account of a stay, for the ledger.
#[derive(Debug)]
struct LinkCadence(Segment);

impl Cadence for LinkCadence {
    fn begins(&self, frame: u64) -> SimTime {
        self.0.instant_of(Frames::new(frame))
    }

    fn completed(&self, frames: u64) -> SimTime {
        self.0.completed_at(Frames::new(frames))
    }

    fn begun_before(&self, time: SimTime) -> u64 {
        self.0.begun_before(time).get()
    }
}

pub(super) fn stay(segment: &Segment) -> Stay {
    Stay {
        run: segment.run,
        begins: segment.begins,
        first: segment.first.get(),
        frames: segment.frames.get(),
        cadence: Rc::new(LinkCadence(segment.clone())),
    }
}

/// A late fetch, as the ledger knows it. Whoever is woken by the ISR that armed the round comes
/// after it, even at the same moment.
fn late_fetch(arm: &LateArm) -> LateFetch {
    let before = match arm.at.phase {
        Phase::Commit => {
            SimTime::from_ticks(arm.at.time.ticks().saturating_sub(1)).at(Phase::React)
        }
        _ => arm.at,
    };
    LateFetch {
        run: arm.run,
        first: arm.first.get(),
        at: before,
    }
}
