//! Numbered rules of truth and glitches, on the toy.

use machine::{Component, FaultId};
use proptest::prelude::*;
use truth::{Class, GlitchType, Ledger};
use units::{NtStatus, SimDuration, SimTime};

use crate::toy::{REFERENCE, Toy};

fn late_by(micros: u64) -> Toy {
    Toy {
        late: SimDuration::from_micros(micros),
        ..REFERENCE
    }
}

fn stale(toy: Toy) -> u64 {
    Ledger::close(toy.play()).frames_by_class()[&Class::Stale]
}

/// The closed form for one delayed wake-up.
fn expected(toy: Toy) -> u64 {
    let slack_frames = (toy.packets - 1) * toy.packet - toy.prefetch;
    let ticks_per_frame = units::TICKS_PER_SECOND / u64::from(toy.hertz);
    let beyond = toy
        .late
        .ticks()
        .saturating_sub(slack_frames * ticks_per_frame);
    let frames = beyond.div_ceil(ticks_per_frame);
    if frames <= toy.packet {
        frames
    } else {
        frames.div_ceil(toy.packet) * toy.packet
    }
}

#[test]
fn fourteen_milliseconds_are_one_late_write() {
    let ledger = Ledger::close(late_by(14_000).play());
    let [glitch] = ledger.glitches() else {
        panic!("one glitch, not {:?}", ledger.glitches());
    };
    assert_eq!(glitch.kind, GlitchType::LateWrite);
    assert_eq!(
        (glitch.first, glitch.frames, glitch.heard_from),
        (2880, 192, Some(1920))
    );
    assert_eq!(glitch.starts, SimTime::from_millis(60));
    assert_eq!(
        glitch.duration(ledger.account()),
        SimDuration::from_millis(4)
    );
    assert_eq!(
        glitch.blame.cause,
        Some((Component::ReadyWait, SimDuration::from_millis(14)))
    );
    assert_eq!(glitch.blame.fault, Some(FaultId::new(0)));
    assert_eq!(ledger.headroom().min_nanos(), Some(-4_000_000));
    assert_eq!(ledger.headroom().percentile_nanos(50), Some(10_000_000));
    let late = |status| status == NtStatus::DATA_LATE_ERROR;
    let writes = &ledger.account().writes;
    assert_eq!(writes.iter().filter(|write| late(write.status)).count(), 1);
}

#[test]
fn a_complete_packet_is_an_underrun() {
    for (micros, kind, frames) in [
        (10_000, None, 0),
        (10_001, Some(GlitchType::LateWrite), 1),
        (19_999, Some(GlitchType::UnderrunFull), 480),
        (20_000, Some(GlitchType::UnderrunFull), 480),
        (21_000, Some(GlitchType::UnderrunFull), 960),
        (60_000, Some(GlitchType::UnderrunFull), 2400),
    ] {
        let ledger = Ledger::close(late_by(micros).play());
        let found: Vec<_> = ledger
            .glitches()
            .iter()
            .map(|g| (g.kind, g.first, g.frames))
            .collect();
        let expected: Vec<_> = kind.map(|kind| (kind, 2880, frames)).into_iter().collect();
        assert_eq!(found, expected, "{micros} us");
    }
}

#[test]
fn truth3_the_loss_is_a_ramp_and_then_a_staircase() {
    let mut before = 0;
    for micros in (0..70_000).step_by(500) {
        let toy = late_by(micros);
        let now = stale(toy);
        assert!(now >= before, "{micros} us: {now} after {before}");
        assert_eq!(now, expected(toy), "{micros} us");
        before = now;
    }
}

/// The late packet lands in the place that is being played.
#[test]
fn truth8_a_stale_frame_is_whole_revolutions_old() {
    let ledger = Ledger::close(late_by(35_000).play());
    let stale: Vec<_> = ledger
        .spans()
        .iter()
        .filter(|span| span.class == Class::Stale)
        .map(|span| (span.first, span.end(), span.shift.unwrap()))
        .collect();
    assert_eq!(
        stale,
        [(2880, 3840, -960), (3840, 4080, -1920), (4080, 4320, -960)]
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    /// T1, T2, T3 and T8 for all sizes of buffers and prefetches.
    #[test]
    fn truth1_truth2_truth8_hold_for_any_single_delay(
        packets in 2u64..5,
        packet in 16u64..200,
        prefetch in 0u64..16,
        late_micros in 0u64..12_000,
    ) {
        let toy = Toy {
            packet,
            packets,
            prefetch,
            late: SimDuration::from_micros(late_micros),
            packets_played: 24,
            ..REFERENCE
        };
        let ledger = Ledger::close(toy.play());
        let classes = ledger.frames_by_class();
        prop_assert_eq!(classes.values().sum::<u64>(), 24 * packet);
        prop_assert_eq!(ledger.frames(), 24 * packet);

        let heard: std::collections::BTreeSet<u64> = ledger
            .spans()
            .iter()
            .filter_map(|span| Some(span.heard_from()?..span.heard_from()? + span.frames))
            .flatten()
            .collect();
        let last = ledger.account().writes.iter().filter(|write| write.packet < 24);
        let written: std::collections::BTreeSet<u64> = last.map(|write| write.packet).collect();
        let due = written.iter().flat_map(|number| number * packet..(number + 1) * packet);
        let never = due.filter(|content| !heard.contains(content)).count();
        prop_assert_eq!(ledger.dropped().get(), never as u64);

        for span in ledger.spans().iter().filter(|span| span.class == Class::Stale) {
            let shift = span.shift.unwrap();
            prop_assert!(shift < 0);
            prop_assert_eq!(shift.rem_euclid(i64::try_from(packets * packet).unwrap()), 0);
        }
    }
}

/// A link that lets the first frame wait for its next instant: what was written at the start is
/// early by that much more.
#[test]
fn what_was_written_at_the_start_has_a_margin_also_if_the_link_begins_later() {
    let mut account = REFERENCE.play();
    let written = Ledger::close(account.clone()).headroom().count();
    let begins = SimTime::from_nanos(19_000);
    let clock = units::Clock::nominal(begins, account.geometry.rate);
    account.stays = vec![truth::Stay::even(0, clock, 0, account.stays[0].frames)];
    let headroom = Ledger::close(account).headroom().clone();
    assert_eq!(headroom.count(), written);
    assert_eq!(headroom.max_nanos(), Some(10_019_000));
}

/// The reference, but what left the speaker is `played`: first frame, frames, how far the content
/// is ahead, how far the intention is.
fn played(parts: &[(u64, u64, i64, i64)]) -> Ledger {
    let audio = |first: u64, content: i64, intended: i64| ring::Whose {
        run: 0,
        kind: ring::Kind::Audio,
        content: first.checked_add_signed(content).unwrap(),
        intended: first.checked_add_signed(intended).unwrap(),
        write: 0,
    };
    let part = |&(first, frames, content, intended): &(u64, u64, i64, i64)| truth::Played {
        run: 0,
        first,
        frames,
        whose: Some(audio(first, content, intended)),
    };
    Ledger::close(truth::Account {
        played: parts.iter().map(part).collect(),
        ..REFERENCE.play()
    })
}

fn kinds(ledger: &Ledger) -> Vec<(&'static str, u64, u64)> {
    let all = ledger.glitches().iter();
    all.map(|glitch| (glitch.kind.name(), glitch.first, glitch.frames))
        .collect()
}

/// Under DELAY what follows a stale stretch is later for good; under DROP it is where it was.
#[test]
fn g5_a_lasting_shift_is_told_also_behind_a_stale_stretch() {
    let stale = (2880, 192, -960, -960);
    let delayed = played(&[(0, 2880, 0, 0), stale, (3072, 6528, -192, 0)]);
    assert_eq!(kinds(&delayed), [("G2", 2880, 192), ("G5", 3072, 0)]);
    assert_eq!(delayed.glitches()[1].heard_from, Some(2880));
    assert_eq!(
        delayed.glitches()[1].blame,
        delayed.glitches()[0].blame,
        "what made the stretch made the jump"
    );
    assert_eq!(delayed.lost().get(), 192);
    let dropped = played(&[(0, 2880, 0, 0), stale, (3072, 6528, 0, 0)]);
    assert_eq!(kinds(&dropped), [("G2", 2880, 192)]);
    let bare = played(&[(0, 2880, 0, 0), (2880, 6720, 480, 0)]);
    assert_eq!(kinds(&bare), [("G5", 2880, 0)]);
}

/// Time without a frame is lost as frames are, and a stall that lasts lasts to the end of the run.
#[test]
fn g15_a_device_that_stands_still_in_run_is_a_stall() {
    let stall = |begins, ends: Option<u64>| truth::DeviceStall {
        run: 0,
        first: 960,
        begins: SimTime::from_millis(begins),
        ends: ends.map(SimTime::from_millis),
        cause: Some((Component::MaskWait, SimDuration::from_millis(1))),
        fault: Some(FaultId::new(3)),
    };
    let ledger = Ledger::close(truth::Account {
        stalls: vec![stall(20, Some(24)), stall(30, None), stall(500, None)],
        until: SimTime::from_millis(100),
        ..REFERENCE.play()
    });
    let stalls: Vec<_> = ledger
        .glitches()
        .iter()
        .filter(|glitch| glitch.kind == GlitchType::DeviceStall)
        .map(|glitch| {
            (
                glitch.starts,
                glitch.duration(ledger.account()),
                glitch.blame.fault,
            )
        })
        .collect();
    let (fault, millis) = (Some(FaultId::new(3)), SimDuration::from_millis);
    assert_eq!(
        stalls,
        [
            (SimTime::from_millis(20), millis(4), fault),
            (SimTime::from_millis(30), millis(70), fault),
        ]
    );
    assert_eq!(ledger.held(), millis(74));
    assert_eq!(ledger.lost().get(), 0);
}

/// What is fetched when its round is armed can be written until then.
#[test]
fn a_fetch_that_waited_for_its_round_is_the_deadline() {
    let margins = |late_fetches| {
        let account = truth::Account {
            late_fetches,
            ..REFERENCE.play()
        };
        let ledger = Ledger::close(account);
        let margins = ledger.margins();
        margins
            .map(|(write, margin)| (write.packet, margin))
            .collect::<Vec<_>>()
    };
    let late = |first, millis| truth::LateFetch {
        run: 0,
        first,
        at: SimTime::from_millis(millis).commit(),
    };
    let as_usual = margins(vec![]);
    let waited = margins(vec![late(1920, 43), late(3840, 60)]);
    for ((packet, before), (_, after)) in as_usual.into_iter().zip(waited) {
        let more = if packet == 4 { 3_000_000 } else { 0 };
        assert_eq!(after, before.map(|margin| margin + more), "packet {packet}");
    }
}

/// A device that took a packet with the first frame is why it was not there.
#[test]
fn what_was_taken_at_the_start_is_the_fault_of_what_took_it() {
    let burst = Some((960, FaultId::new(2)));
    let uninit = |first| truth::Played {
        run: 0,
        first,
        frames: 96,
        whose: None,
    };
    for (first, fault) in [(480, Some(FaultId::new(2))), (960, None)] {
        let ledger = Ledger::close(truth::Account {
            played: vec![uninit(first)],
            start_burst: burst,
            ..REFERENCE.play()
        });
        assert_eq!(ledger.glitches()[0].blame.fault, fault, "{first}");
    }
}

/// Content that was only heard ahead of its time was heard.
#[test]
fn truth2_what_was_heard_out_of_place_is_not_dropped() {
    let ahead = played(&[(0, 2880, 0, 0), (2880, 480, 960, 960), (3360, 480, 0, 0)]);
    assert_eq!(kinds(&ahead), [("G4", 2880, 480)]);
    let end = 9600;
    assert_eq!(ahead.dropped().get(), 480);
    let on = played(&[
        (0, 2880, 0, 0),
        (2880, 480, 960, 960),
        (3360, 480, 0, 0),
        (3840, 480, -480, -480),
        (4320, end - 4320, 0, 0),
    ]);
    assert_eq!(
        on.dropped().get(),
        480,
        "2880..3360; 3840..4320 was heard early"
    );
}

#[test]
fn audible_events_are_glitches_no_more_than_a_packet_apart() {
    let stale = |first| (first, 100, -960, -960);
    let at = |second: u64| {
        played(&[
            (0, 2880, 0, 0),
            stale(2880),
            (2980, second - 2980, 0, 0),
            stale(second),
            (second + 100, 9500 - second, 0, 0),
        ])
    };
    for (second, events) in [(2980 + 480, 1), (2980 + 481, 2)] {
        let ledger = at(second);
        assert_eq!(ledger.glitches().len(), 2);
        assert_eq!(ledger.audible_events(), events, "{second}");
    }
    assert_eq!(Ledger::close(REFERENCE.play()).audible_events(), 0);
}

#[test]
fn headroom_has_a_mean_and_each_write_a_margin() {
    let ledger = Ledger::close(late_by(14_000).play());
    let all: Vec<i64> = ledger
        .margins()
        .filter(|(write, _)| write.packet > 0)
        .map(|(_, margin)| margin.unwrap())
        .collect();
    let headroom = ledger.headroom();
    assert_eq!(all.len(), headroom.count());
    let count = i64::try_from(all.len()).unwrap();
    assert_eq!(
        headroom.mean_nanos(),
        Some(all.iter().sum::<i64>().div_euclid(count))
    );
    assert_eq!(all.iter().min().copied(), headroom.min_nanos());
}
