//! What a controller can do wrong, seen through the reference miniport.

use std::num::NonZeroU32;

use conformance::reference::{hd_audio, hd_audio_capture, hd_audio_controller};
use hardware::fault::{
    EngineFault, Grain, InterruptFault, Lag, Odds, PositionFault, RecordFault, RegisterFault,
};
use hardware::{Extent, Fault, Injection, StreamConfig};
use units::{Frames, SampleRate, SimDuration};

use conformance::kit::{INPUTS, Kit};

const fn frames(count: u64) -> Extent {
    Extent::Frames(Frames::new(count))
}

/// Each fault, and what it is.
#[expect(clippy::too_many_lines, reason = "a table")]
fn faults() -> Vec<(&'static str, &'static str, Fault)> {
    let one_in_five = Odds::PerMillion(200_000);
    let milli = SimDuration::from_millis(1);
    let other_rate = PositionFault::DelayOtherTimebase {
        numerator: 441,
        denominator: NonZeroU32::new(480).expect("it is not 0"),
    };
    let hertz = SampleRate::new(33_000_000).expect("it is not 0");
    vec![
        (
            "F01",
            "shows the link where it was 32 frames ago",
            PositionFault::LpibLag(Lag::By(frames(32))).into(),
        ),
        (
            "F02",
            "shows the link 64 frames ahead",
            PositionFault::LpibLead { by: frames(64) }.into(),
        ),
        (
            "F02",
            "shows memory 64 frames ahead",
            PositionFault::DpibEarly { by: frames(64) }.into(),
        ),
        (
            "F05",
            "interrupts 32 frames early",
            InterruptFault::IrqEarly {
                by: Frames::new(32),
            }
            .into(),
        ),
        (
            "F06",
            "interrupts a frame early",
            InterruptFault::ONE_FRAME_EARLY.into(),
        ),
        (
            "F07",
            "moves packet by packet",
            PositionFault::BurstGrain(Grain::Period).into(),
        ),
        (
            "F08",
            "has positions that go back",
            PositionFault::Backwards {
                every: frames(7),
                by: frames(3),
            }
            .into(),
        ),
        (
            "F09",
            "loses one completion in five",
            InterruptFault::IrqLost { odds: one_in_five }.into(),
        ),
        (
            "F09",
            "loses a message",
            InterruptFault::MsiEdgeLost { odds: Odds::At(2) }.into(),
        ),
        (
            "F10",
            "interrupts twice for one packet in five",
            InterruptFault::IrqSpurious {
                odds: one_in_five,
                after: Frames::new(1),
            }
            .into(),
        ),
        (
            "F11",
            "has a dead wall clock",
            RegisterFault::WallclkZero.into(),
        ),
        (
            "F11",
            "has a wall clock of 33 MHz",
            RegisterFault::WallclkHz { rate: hertz }.into(),
        ),
        (
            "F11",
            "has a wall clock that drifts",
            RegisterFault::WallclkPpb { ppb: 200_000 }.into(),
        ),
        (
            "F13",
            "stands for 1 ms after each start",
            EngineFault::StuckAfterResume {
                odds: Odds::ALWAYS,
                lasts: Some(milli),
            }
            .into(),
        ),
        (
            "F15",
            "counts on over a reset",
            PositionFault::LinearNotReset.into(),
        ),
        (
            "F16",
            "shows a place behind the end of the buffer",
            PositionFault::PosAtOrAboveCbl { by: frames(1) }.into(),
        ),
        (
            "F20",
            "takes 10 ms at the start",
            EngineFault::StartBurst {
                ahead: SimDuration::from_millis(10),
            }
            .into(),
        ),
        (
            "F24",
            "finds the buffer a frame too long",
            EngineFault::CblMismatch { by: 4 }.into(),
        ),
        ("F25", "counts the link at another rate", other_rate.into()),
        (
            "F26",
            "fetches 48 frames further ahead than it says",
            EngineFault::MemPassesLink { by: frames(48) }.into(),
        ),
        (
            "F27",
            "moves when it is looked at",
            EngineFault::ReadMovesEngine { tick: milli }.into(),
        ),
        (
            "F30",
            "loses two frames at each pause",
            PositionFault::PauseAddsDelay { by: frames(2) }.into(),
        ),
    ]
}

/// Faults of records, and of streams that are not alone.
fn controller_faults() -> Vec<(&'static str, &'static str, Fault)> {
    let milli = SimDuration::from_millis(1);
    let stale = RecordFault::PosbufStale {
        delay: milli,
        until_acknowledged: false,
    };
    vec![
        ("F03", "writes records a millisecond late", stale.into()),
        (
            "F04",
            "never writes a record",
            RecordFault::PosbufDead { value: 0 }.into(),
        ),
        (
            "F14",
            "writes a record into the next slot",
            RecordFault::PosbufWrongSlot { by: 1 }.into(),
        ),
        (
            "F29",
            "stands for 1 ms when an input starts",
            EngineFault::PlaybackStallsOnCaptureStart { lasts: milli }.into(),
        ),
    ]
}

/// That fault in stream `stream`, alone.
fn injected(stream: u32, fault: Fault) -> Vec<Injection> {
    vec![Injection {
        id: 0,
        stream,
        seed: 1,
        fault,
    }]
}

/// The rules that each fault breaks.
pub(crate) fn rows(kit: Kit) -> Vec<(&'static str, &'static str, Vec<&'static str>)> {
    let row = |(number, what, fault)| {
        let bench = hd_audio(what, StreamConfig::k0(), injected(0, fault));
        (number, what, kit.broken(&bench))
    };
    let controlled = |(number, what, fault)| {
        let bench = hd_audio_controller(what, injected(INPUTS, fault));
        (number, what, kit.cases(48).broken(&bench))
    };
    let recorded = |(number, what, fault)| {
        let bench = hd_audio_capture(what, StreamConfig::k0(), injected(0, fault));
        (number, what, kit.broken(&bench))
    };
    let late = EngineFault::CaptureDataLate {
        lasts: SimDuration::from_millis(1),
    };
    let late = ("F28", "records into memory a millisecond late", late.into());
    let streams = faults().into_iter().map(row).chain([recorded(late)]);
    let mut rows: Vec<_> = streams
        .chain(controller_faults().into_iter().map(controlled))
        .collect();
    rows.sort_by_key(|row| row.0);
    rows
}
