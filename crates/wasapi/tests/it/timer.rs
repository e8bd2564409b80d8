//! Clients that wake by their own timer and go by positions.

use observers::Since;
use ring::Samples;
use units::{Frames, SimDuration};
use wasapi::{Act, Plausibility, TimerClientConfig};

use crate::bench::{Bench, Setup, at, every_10_ms, run};

/// Content of each frame that was heard, less the frame's own number, stretch by stretch.
fn shifts(bench: &Bench) -> Vec<(u64, i64)> {
    let device = bench.device.borrow();
    let mut shifts: Vec<(u64, i64)> = Vec::new();
    for (frame, whose) in (0_u64..).zip(device.heard(0)) {
        let content = i64::try_from(whose.unwrap().content).unwrap();
        let shift = content - i64::try_from(frame).unwrap();
        if shifts.last().is_none_or(|(_, last)| *last != shift) {
            shifts.push((frame, shift));
        }
    }
    shifts
}

#[test]
fn a_client_without_notifications_keeps_its_buffer_full() {
    let bench = Setup::default().timer(every_10_ms()).run_until_ms(1_000);
    assert_eq!(bench.bad(0), []);
    let turns = bench.entries("wasapi.turn");
    assert_eq!(turns.len(), 100);
    // Each turn but the one at Run reads twice: the second time nothing has moved.
    assert_eq!(turns[1], (10_000_000, vec![1, 2, 480, 1440]));
    assert_eq!(turns[99], (990_000_000, vec![99, 2, 47_520, 48_480]));
}

#[test]
fn r99_without_a_register_the_client_asks_for_the_position() {
    let bench = Setup::default().timer(every_10_ms()).run_until_ms(100);
    let requests = bench.entries("ks.request");
    let refused = requests.iter().filter(|(_, words)| words[3] != 0);
    assert_eq!(
        refused.map(|(_, words)| words[0]).collect::<Vec<_>>(),
        [0x303]
    );
    let asked = requests.iter().filter(|(_, words)| words[0] == 0x205);
    assert_eq!(asked.count(), bench.entries("wasapi.reading").len());
}

#[test]
fn s37_a_position_that_steps_back_laps_the_device_for_ever() {
    let bench = Setup::default().timer(every_10_ms());
    // One at Run, two in each of the nine turns before: the second one at 100 ms.
    bench.device.borrow_mut().step_back(21, Frames::new(10));
    let bench = bench.run_until_ms(300);
    assert_eq!(shifts(&bench), [(0, 0), (4800, 960)]);
}

#[test]
fn s37_who_doubts_a_step_of_more_than_half_a_ring_is_not_deceived() {
    let bench = Setup::default().timer(TimerClientConfig {
        plausibility: Plausibility::HalfRing,
        ..every_10_ms()
    });
    bench.device.borrow_mut().step_back(21, Frames::new(10));
    let bench = bench.run_until_ms(300);
    assert_eq!(shifts(&bench), [(0, 0)]);
    let ignored = bench.entries("wasapi.reading").into_iter();
    let ignored: Vec<_> = ignored.filter(|(_, words)| words[2] == 1).collect();
    assert_eq!(ignored, [(100_000_000, vec![4790 % 960 * 4, 0, 1, 4800])]);
}

#[test]
fn s38_what_a_coarse_position_hides_cannot_be_rewritten_in_time() {
    for (guard, late) in [(32, 15), (48, 0)] {
        let mut setup = Setup::default();
        // 2927 frames have begun by then; the device says 2880.
        setup.actions.push(wasapi::Action {
            at: units::SimTime::from_nanos(60_970_000),
            what: Act::Rewrite,
        });
        let bench = setup.timer(TimerClientConfig {
            guard: Frames::new(guard),
            ..every_10_ms()
        });
        bench.device.borrow_mut().set_grain(Frames::new(48));
        let bench = bench.run_until_ms(100);
        assert_eq!(bench.bad(0), []);
        // Which write each frame was heard from tells the first version from the second.
        let again = bench.entries("wasapi.placed").into_iter();
        let again: Vec<_> = again.filter(|(_, words)| words[2] == 1).collect();
        let first = 2880 + guard;
        assert_eq!(again[0].1[..2], [first, 3840 - first]);
        let write = bench
            .entries("wasapi.placed")
            .iter()
            .position(|(_, words)| words[2] == 1);
        let device = bench.device.borrow();
        let missed = (first..3840).filter(|frame| {
            let heard = device.heard(0)[usize::try_from(*frame).unwrap()].unwrap();
            heard.write as usize != write.unwrap()
        });
        assert_eq!(missed.count(), late);
    }
}

#[test]
fn s41_a_detector_takes_coarse_steps_for_glitches() {
    for (since, at_ms) in [
        (Since::PositionMoved, vec![170, 330, 490]),
        (Since::FirstReading, vec![10, 170, 330, 490]),
    ] {
        let bench = Setup::default().timer(TimerClientConfig {
            detector: Some(since),
            ..every_10_ms()
        });
        bench.device.borrow_mut().set_grain(Frames::new(512));
        let bench = bench.run_until_ms(500);
        assert_eq!(bench.bad(0), [], "nothing is wrong");
        let told = bench.entries("wasapi.deficit").into_iter();
        let told: Vec<_> = told.map(|(at, words)| (at / 1_000_000, words[1])).collect();
        let expected: Vec<_> = at_ms.into_iter().map(|ms| (ms, 100_000)).collect();
        assert_eq!(told, expected);
    }
}

#[test]
fn a_late_timer_wakes_once_for_all_that_it_missed() {
    let setup = Setup {
        late: Some((5, SimDuration::from_millis(34))),
        ..Setup::default()
    };
    let bench = setup.timer(every_10_ms()).run_until_ms(200);
    let wakes = bench.entries("machine.wake").into_iter();
    let times: Vec<_> = wakes
        .map(|(at, words)| (at / 1_000_000, words[1]))
        .collect();
    assert_eq!(
        times[..7],
        [
            (10, 1),
            (20, 2),
            (30, 3),
            (40, 4),
            (50, 5),
            (84, 6),
            (90, 7)
        ]
    );
    // What was written at 40 ms lasts until 60 ms. At 84 ms the device has gone round twice and a
    // fifth, of which the client sees a fifth.
    assert_eq!(shifts(&bench)[..2], [(0, 0), (2880, -960)]);
}

#[test]
fn a_pause_sets_the_timer_anew_and_a_stop_forgets_all() {
    let mut setup = Setup {
        samples: Samples::Kept,
        ..Setup::default()
    };
    setup
        .actions
        .extend([at(55, Act::Pause), run(155), at(300, Act::Stop), run(350)]);
    let bench = setup.timer(every_10_ms()).run_until_ms(500);
    assert_eq!(bench.bad(0), []);
    assert_eq!(bench.bad(1), []);
    assert_eq!((bench.heard_frames(0), bench.heard_frames(1)), (9600, 7200));
}

#[test]
fn what_takes_time_is_written_later() {
    let config = TimerClientConfig {
        service: SimDuration::from_millis(1),
        ..every_10_ms()
    };
    let bench = Setup::default().timer(config).run_until_ms(200);
    assert_eq!(bench.bad(0), []);
    let placed = bench.entries("wasapi.placed");
    assert_eq!(placed[1].0, 11_000_000);
    // In that millisecond 48 more frames became free, and so on, ten readings in all.
    assert_eq!(
        placed[2],
        (12_000_000, vec![1440, 48, 0, 11_000_000 * 441, 1])
    );
}
