//! The wall clock against the counter of the processor and against the link.

use hardware::spec;
use units::Hns;

use super::{Stay, Stays, ring, taken};
use crate::kit::compare::Violation;
use crate::kit::controller::STREAMS;
use crate::kit::{Bench, ControllerCall, History, Setup, Trace};

/// Cycles of a link frame.
const LINK_FRAME: u64 = 500;
/// What passes in a unit of the performance counter: nobody knows when in it a register was read.
const UNIT: u64 = 3;

/// P55: the wall clock counts the cycles of the link since the reset, also over its wrap, and a link
/// frame is 500 of them.
pub(crate) fn wall_clock(_: &dyn Bench, history: &History, trace: &Trace) -> Option<Violation> {
    let setup = &history.setup;
    let mut stays = Stays::default();
    let mut reset: Option<Hns> = None;
    // Where a stream was at which count of the clock, while nothing is done to it.
    let mut apart = [None; STREAMS as usize];
    let mut latest: Option<(Hns, u64)> = None;
    for taken in taken(trace) {
        match taken.call {
            ControllerCall::Reset => reset = Some(taken.at),
            ControllerCall::Store(spec::GCTL, _) => reset = None,
            ControllerCall::Deny { .. } => return None,
            _ => {}
        }
        stays.take(taken);
        if let ControllerCall::Load(spec::WALCLK | spec::WALCLK_ALIAS) = taken.call {
            let since = Hns::new(taken.at.get() - reset?.get());
            let due = cycles(setup, since);
            let off = due.wrapping_add(UNIT).wrapping_sub(u64::from(taken.value));
            if off % (1 << 32) > 2 * UNIT {
                let due = due % (1 << 32);
                return Some(Violation::at(taken.line, format!("about {due:#x}")));
            }
            latest = Some((taken.at, due / LINK_FRAME));
        }
        let Some(stream) = taken.reads(spec::SD_LPIB) else {
            continue;
        };
        let place = &mut apart[super::place(stream)];
        let Stay::Runs { since, .. } = stays.of(stream) else {
            *place = None;
            continue;
        };
        let Some((_, frames)) = latest.filter(|(at, _)| *at == taken.at) else {
            continue;
        };
        let is_link_rate = setup.format.rate.hertz() == spec::LINK_FRAME_HZ;
        if !is_link_rate || taken.at == since {
            continue;
        }
        let frame = u64::from(setup.format.frame_bytes());
        let turn = ring(setup) / frame;
        // How far the link is behind the count of link frames, which never changes.
        let behind = (frames % turn + turn - u64::from(taken.value) / frame % turn) % turn;
        let before = *place.get_or_insert((since, behind));
        let moved = (behind + turn + 1 - before.1) % turn;
        if before.0 == since && moved > 2 {
            let text = format!(
                "frame {} of the ring, as many on as the wall clock counts link frames",
                (frames + turn - before.1 % turn) % turn
            );
            return Some(Violation::at(taken.line, text));
        }
        if before.0 != since {
            *place = Some((since, behind));
        }
    }
    None
}

/// Cycles of the link after `since`.
fn cycles(setup: &Setup, since: Hns) -> u64 {
    let mut clock = *setup;
    clock.format.rate = units::SampleRate::new(spec::BIT_CLOCK_HZ).expect("not zero");
    clock.frames_after(since)
}
