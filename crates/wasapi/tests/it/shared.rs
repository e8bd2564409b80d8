//! The shared event-driven client.

use ring::Samples;
use units::SimDuration;
use wasapi::Act;

use crate::bench::{Setup, at, run};

#[test]
fn a_client_fills_its_buffer_before_pass_0_and_a_period_after_each_pass() {
    let bench = Setup::default().shared().run_until_ms(100);
    assert_eq!(bench.bad(0), []);
    let fills = bench.entries("wasapi.fill");
    assert_eq!(fills[0], (0, vec![960, 0, 0]));
    for (pass, (at, words)) in (0..).zip(&fills[1..]) {
        assert_eq!(
            (*at, words.as_slice()),
            (pass * 10_000_000, [480, 480, 960 + pass * 480].as_slice())
        );
    }
    assert_eq!(fills.len(), 11);
    assert_eq!(bench.entries("wasapi.start"), [(0, vec![960])]);
}

#[test]
fn s09_s10_s11_a_late_client_and_its_two_periods() {
    for (micros, silent) in [(14_000, 0), (21_000, 480), (30_000, 480), (30_001, 960)] {
        let late = Some((5, SimDuration::from_micros(micros)));
        let bench = Setup {
            late,
            ..Setup::default()
        }
        .shared()
        .run_until_ms(500);
        let expected: Vec<_> = (silent > 0)
            .then_some((3840, silent, "silence"))
            .into_iter()
            .collect();
        assert_eq!(bench.bad(0), expected);
        let starved = bench.entries("engine.starved");
        assert_eq!(starved.len() as u64, silent / 480, "e12");
    }
}

#[test]
fn w64_after_an_underrun_later_data_plays_and_none_is_lost() {
    let late = Some((5, SimDuration::from_millis(21)));
    let setup = Setup {
        late,
        samples: Samples::Kept,
        ..Setup::default()
    };
    let bench = setup.shared().run_until_ms(200);
    let device = bench.device.borrow();
    let frames: Vec<_> = device.bytes().chunks(4).collect();
    assert!(frames[3840..4320].iter().all(|frame| *frame == [0; 4]));
    let heard = frames[480..3840].iter().chain(&frames[4320..]);
    for (index, frame) in (0_u32..).zip(heard) {
        assert_eq!(**frame, index.to_le_bytes());
    }
}

#[test]
fn w59_w93_padding_falls_at_passes_and_each_pass_signals_once() {
    let bench = Setup::default().shared().run_until_ms(100);
    let wakes = bench.entries("machine.wake");
    let of_client = wakes.iter().filter(|(_, words)| words[0] == 0);
    let events: Vec<_> = of_client.map(|(at, words)| (*at, words[1])).collect();
    let expected: Vec<_> = (0..10).map(|pass| (pass * 10_000_000, pass)).collect();
    assert_eq!(events, expected, "w92: and none before the first start");
}

#[test]
fn a_pause_keeps_what_is_queued_and_a_stop_begins_anew() {
    let mut setup = Setup {
        samples: Samples::Kept,
        ..Setup::default()
    };
    setup
        .actions
        .extend([at(45, Act::Pause), run(65), at(95, Act::Stop), run(115)]);
    let bench = setup.shared().run_until_ms(150);
    assert_eq!(bench.bad(0), [], "silence on purpose is no glitch");
    let device = bench.device.borrow();
    let frames: Vec<_> = device
        .bytes()
        .chunks(4)
        .map(|f| u32::from_le_bytes(f.try_into().unwrap()))
        .collect();
    // Passes 0 to 4 took from it, 5 and 6 did not, 7 to 9 did, 10 and 11 did not, 12 on begin anew.
    assert_eq!((frames[480 * 6 - 1], frames[480 * 6]), (480 * 5 - 1, 0));
    assert_eq!(
        (frames[480 * 8], frames[480 * 11 - 1]),
        (480 * 5, 480 * 8 - 1)
    );
    assert_eq!(
        (frames[480 * 11], frames[480 * 13], frames[480 * 13 + 1]),
        (0, 0, 1)
    );
}

#[test]
fn a_late_client_that_was_stopped_meanwhile_fills_nothing() {
    let late = Some((5, SimDuration::from_millis(14)));
    let mut setup = Setup {
        late,
        ..Setup::default()
    };
    setup.actions.push(at(55, Act::Pause));
    let bench = setup.shared().run_until_ms(100);
    assert!(
        bench
            .entries("wasapi.fill")
            .iter()
            .all(|(at, _)| *at <= 50_000_000)
    );
}

#[test]
fn actions_for_packets_mean_nothing_to_a_shared_client() {
    let mut setup = Setup::default();
    setup.actions.extend([run(5), at(7, Act::WritePacket(3))]);
    let bench = setup.shared().run_until_ms(100);
    let quiet = Setup::default().shared().run_until_ms(100);
    assert_eq!(
        bench.world.history().digest(),
        quiet.world.history().digest()
    );
}
