//! What the ledger says of recordings whose truth is arithmetic.

use machine::{Component, FaultId, Latency};
use truth::{
    CaptureAccount, CaptureClass, CaptureGlitch, CaptureLedger, ClientDrop, Geometry, Held,
    LostNotification, Origin, PacketRead, Stay, Stored, Supply, Work,
};
use units::{Bytes, Clock, Frames, Moment, Phase, SampleRate, SimDuration, SimTime};

const EVENT: u64 = 5;

/// A reader of two packets of 480 frames that wakes up late once, for notification 5, on a device
/// with oldest-first packets: done the dumbest way, frame by frame.
fn late(by: SimDuration) -> CaptureAccount {
    let clock = Clock::nominal(SimTime::ZERO, SampleRate::HZ_48000);
    let stored = |now: Moment| {
        if now.has_moved() {
            clock.count_at(now.time) + 1
        } else {
            clock.begun_before(now.time)
        }
    };
    let wake = clock.instant_of(EVENT * 480) + by;
    let (mut reads, mut work): (Vec<PacketRead>, Vec<Work>) = (Vec::new(), Vec::new());
    let mut next = 0;
    for event in 1..=20_u64 {
        let due = clock.instant_of(event * 480);
        let is_late = event == EVENT && !by.is_zero();
        if event > EVENT && due < wake {
            continue;
        }
        let now = if is_late {
            wake.commit()
        } else {
            due.at(Phase::React)
        };
        let mut latency = Latency::ZERO;
        if is_late {
            latency.add(Component::ReadyWait, by);
        }
        work.push(Work {
            due,
            done: now,
            latency,
            fault: is_late.then(|| FaultId::new(0)),
        });
        let complete = (stored(now) - 1) / 480;
        next = next.max((complete + 1).saturating_sub(2));
        while next < complete {
            let mut held: Vec<Held> = Vec::new();
            for frame in next * 480..(next + 1) * 480 {
                // The last frame that was stored in this place.
                let turns = (stored(now) - 1 - frame) / 960;
                held.push(Held::of(0, 1, frame + turns * 960));
            }
            reads.push(PacketRead {
                run: 0,
                packet: next,
                done: now,
                origin: Origin::Wake(work.len() - 1),
                held,
            });
            next += 1;
        }
    }
    CaptureAccount {
        geometry: geometry(),
        stored: Stored::Begun,
        until: SimTime::from_millis(200),
        stays: vec![Stay::even(0, clock, 0, 9600)],
        reads,
        work,
        ..CaptureAccount::default()
    }
}

fn geometry() -> Geometry {
    Geometry {
        rate: SampleRate::HZ_48000,
        packet: Frames::new(480),
        packets: 2,
        frame: Bytes::new(4),
        fifo: Bytes::new(4),
        burst: Bytes::new(4),
    }
}

fn micros(micros: u64) -> CaptureLedger {
    CaptureLedger::close(late(SimDuration::from_micros(micros)))
}

/// The classes that occur, with their frames.
fn classes(ledger: &CaptureLedger) -> Vec<(&'static str, u64)> {
    let all = ledger.frames_by_class().into_iter();
    all.filter(|(_, frames)| *frames > 0)
        .map(|(class, frames)| (class.name(), frames))
        .collect()
}

fn only(ledger: &CaptureLedger) -> CaptureGlitch {
    let [glitch] = ledger.glitches() else {
        panic!("one glitch, not {:?}", ledger.glitches());
    };
    *glitch
}

#[test]
fn s31_inside_the_slack_nothing_is_lost_and_the_margin_is_what_is_left() {
    let ledger = micros(9_900);
    assert_eq!(classes(&ledger), [("ok", 9600)]);
    assert_eq!(ledger.headroom().min_nanos(), Some(100_000));
    let exact = micros(10_000);
    assert_eq!(classes(&exact), [("ok", 9600)]);
    assert_eq!(exact.headroom().min_nanos(), Some(0));
}

#[test]
fn s32_s33_whole_packets_are_lost_to_the_delay() {
    for (late, packets) in [(14_000, 1), (25_000, 2)] {
        let ledger = micros(late);
        assert_eq!(
            classes(&ledger),
            [("ok", 9600 - packets * 480), ("lost", packets * 480)]
        );
        let glitch = only(&ledger);
        assert_eq!(
            (glitch.kind.name(), glitch.first, glitch.frames),
            ("G3", 1920, packets * 480)
        );
        assert_eq!(glitch.starts, SimTime::from_millis(40));
        let cause = Some((Component::ReadyWait, SimDuration::from_micros(late)));
        assert_eq!(
            (glitch.blame.cause, glitch.blame.fault),
            (cause, Some(FaultId::new(0)))
        );
        assert_eq!(ledger.audible_events(), 1);
    }
}

#[test]
fn truth3_the_frames_of_a_recording_lost_to_one_delay_never_become_fewer() {
    let mut before = 0;
    for late in (0..80_000).step_by(250) {
        let lost = micros(late).lost().get();
        assert!(lost >= before, "{late} us: {lost} after {before}");
        // A staircase from the start: a packet that has begun to be written over is not read.
        let stairs = late.saturating_sub(10_000).div_ceil(10_000) * 480;
        assert_eq!(lost, stairs, "{late} us");
        before = lost;
    }
}

#[test]
fn a_packet_that_nobody_called_for_is_the_fault_of_the_lost_notification() {
    let mut account = late(SimDuration::ZERO);
    account.reads.retain(|read| read.packet != 4);
    account.lost = vec![LostNotification {
        event: 5,
        fault: FaultId::new(3),
    }];
    let glitch = only(&CaptureLedger::close(account));
    assert_eq!((glitch.first, glitch.frames), (1920, 480));
    assert_eq!(
        (glitch.blame.cause, glitch.blame.fault),
        (None, Some(FaultId::new(3)))
    );
}

#[test]
fn s35_a_torn_packet_is_wrong_where_it_was_written_over() {
    let mut account = late(SimDuration::ZERO);
    account.reads[4].held = vec![Held::of(0, 192, 2880), Held::of(0, 288, 2112)];
    let ledger = CaptureLedger::close(account);
    let glitch = only(&ledger);
    assert_eq!(
        (
            glitch.kind.name(),
            glitch.class,
            glitch.first,
            glitch.frames
        ),
        ("G13", CaptureClass::Torn, 1920, 192)
    );
    assert_eq!(glitch.holds, Some(2880));
}

#[test]
fn s36_an_early_packet_holds_the_one_before_it_in_its_place() {
    let mut account = late(SimDuration::ZERO);
    account.reads[5].held = vec![Held::of(0, 3, 2400), Held::of(0, 477, 1443)];
    let glitch = only(&CaptureLedger::close(account));
    assert_eq!(
        (
            glitch.kind.name(),
            glitch.class,
            glitch.first,
            glitch.frames
        ),
        ("EARLY", CaptureClass::Early, 2403, 477)
    );
    assert_eq!(glitch.holds, Some(1443));
}

#[test]
fn what_a_place_held_of_an_earlier_run_or_of_nobody_was_read_too_early() {
    assert_eq!(CaptureClass::of(1, 7, None), CaptureClass::Early);
    assert_eq!(CaptureClass::of(1, 7, Some((0, 9))), CaptureClass::Early);
    assert_eq!(CaptureClass::of(1, 7, Some((1, 7))), CaptureClass::Ok);
    assert_eq!(CaptureClass::of(0, 7, Some((1, 7))), CaptureClass::Torn);
}

#[test]
fn what_a_client_has_no_room_for_is_its_own_loss() {
    let mut account = late(SimDuration::ZERO);
    let due = SimTime::from_millis(50);
    let mut latency = Latency::ZERO;
    latency.add(Component::ReadyWait, SimDuration::from_millis(35));
    account.supply = vec![Supply {
        client: 1,
        work: Work {
            due,
            done: SimTime::from_millis(85).commit(),
            latency,
            fault: Some(FaultId::new(2)),
        },
    }];
    account.dropped = vec![ClientDrop {
        run: 0,
        client: 1,
        first: 2880,
        frames: 480,
        at: SimTime::from_millis(70).at(Phase::React),
    }];
    let ledger = CaptureLedger::close(account);
    assert_eq!(classes(&ledger), [("ok", 9120), ("client_overrun", 480)]);
    let glitch = only(&ledger);
    assert_eq!((glitch.kind.name(), glitch.first), ("G3", 2880));
    assert_eq!(glitch.blame.fault, Some(FaultId::new(2)));
    assert_eq!(glitch.holds, None);
}

#[test]
fn a_packet_read_again_is_doubled_and_no_glitch() {
    let mut account = late(SimDuration::ZERO);
    let again = account.reads[3].clone();
    account.reads.insert(4, again);
    let ledger = CaptureLedger::close(account);
    assert_eq!(classes(&ledger), [("ok", 9120), ("dup", 480)]);
    assert_eq!((ledger.duplicate_reads(), ledger.glitches().len()), (1, 0));
}

/// The last 48 frames of packet 4 were not there. The first of them arrives at 49.0208 ms: at the end
/// of the packet, at 50 ms, a device whose data comes 980 us late is to blame, one with 979 us is not.
/// Who reads at 49 ms reads too early on any device.
#[test]
fn f28_late_data_is_to_blame_for_what_should_have_been_there() {
    let fault = FaultId::new(7);
    let blamed = |late_micros: u64, read_at: SimTime| {
        let mut account = late(SimDuration::ZERO);
        let read = &mut account.reads[4];
        read.done = read_at.at(Phase::React);
        read.held = vec![Held::of(0, 432, 4 * 480), Held::of(0, 48, 2 * 480 + 432)];
        account.data_late = Some((SimDuration::from_micros(late_micros), fault));
        let ledger = CaptureLedger::close(account);
        let glitch = only(&ledger);
        assert_eq!(
            (glitch.kind.name(), glitch.first, glitch.frames),
            ("EARLY", 2352, 48)
        );
        glitch.blame.fault
    };
    let end = SimTime::from_millis(50);
    assert_eq!(blamed(1_000, end), Some(fault));
    assert_eq!(blamed(980, end), Some(fault));
    assert_eq!(blamed(979, end), None);
    assert_eq!(
        blamed(1_000, SimTime::ZERO + SimDuration::from_micros(48_999)),
        None
    );
}
