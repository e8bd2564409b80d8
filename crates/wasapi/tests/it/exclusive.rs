//! The exclusive event-driven client.

use engine::{ContentPolicy, EndOfStream, Policy, Prime, ProducerConfig};
use ring::Samples;
use units::{Frames, NtStatus, SimDuration, SimTime};
use wasapi::Act;

use crate::bench::{Bench, Setup, at, run};

fn packets() -> ProducerConfig {
    ProducerConfig::new(Frames::new(480))
}

fn with_actions(actions: impl IntoIterator<Item = wasapi::Action>) -> Bench {
    let mut setup = Setup::default();
    setup.actions.extend(actions);
    setup.exclusive(packets())
}

fn status(status: NtStatus) -> u64 {
    status.value().into()
}

#[test]
fn s01_every_notification_is_answered_with_a_packet() {
    let bench = Setup::default().exclusive(packets()).run_until_ms(1000);
    assert_eq!((bench.bad(0), bench.refused()), (vec![], vec![]));
    assert_eq!(bench.heard_frames(0), 48_000);
    assert_eq!(bench.entries("producer.pass").len(), 100);
}

/// While packet k plays out of one buffer, packet k + 1 waits in the other.
#[test]
fn r174_two_buffers_of_a_period_each_are_filled_by_turns() {
    let mut bench = Setup::default().exclusive(packets());
    for k in 0..20 {
        bench.run_on_until_ms(10 * k + 5);
        let frames = bench.device.borrow().in_buffer();
        let [playing, waiting] = [k, k + 1].map(|packet| (packet % 2, packet));
        for (half, packet) in [playing, waiting] {
            let half = usize::try_from(half).unwrap() * 480;
            let intended = |whose: &Option<ring::Whose>| whose.map(|whose| whose.intended);
            let found: Vec<_> = frames[half..half + 480].iter().map(intended).collect();
            let expected: Vec<_> = (packet * 480..(packet + 1) * 480).map(Some).collect();
            assert_eq!(found, expected, "packet {packet} at {} ms", 10 * k + 5);
        }
        assert_eq!(frames.len(), 960);
    }
}

#[test]
fn s05_s08_w96_a_missed_deadline_plays_old_frames_and_fails_no_call() {
    let late = |millis| Setup {
        late: Some((5, SimDuration::from_micros(millis))),
        ..Setup::default()
    };
    let bench = late(14_000).exclusive(packets()).run_until_ms(200);
    assert_eq!(bench.bad(0), [(2880, 192, "stale")]);
    assert_eq!(bench.refused(), [(6, status(NtStatus::DATA_LATE_ERROR))]);

    let service = SimDuration::from_micros(50);
    let blind = ProducerConfig {
        policy: Policy::Blind,
        ..packets()
    };
    let bench = Setup {
        service,
        ..late(20_950)
    }
    .exclusive(blind)
    .run_until_ms(100);
    assert_eq!(
        bench.bad(0),
        [(2880, 531, "stale"), (3840, 3, "stale"), (4320, 3, "stale")]
    );
}

#[test]
fn s24_s25_a_packet_written_on_purpose_leaves_what_is_next_as_it_was() {
    let bench = with_actions([at(55, Act::WritePacket(7))]).run_until_ms(200);
    assert_eq!(bench.bad(0), [(2640, 240, "ahead")]);
    assert_eq!(bench.refused(), [(7, status(NtStatus::DATA_OVERRUN))]);

    let bench = with_actions([at(55, Act::WritePacket(6))]).run_until_ms(200);
    assert_eq!((bench.bad(0), bench.refused()), (vec![], vec![]));
}

#[test]
fn s42_s43_without_priming_the_first_packet_is_nobodys_or_of_the_run_before() {
    let none = ProducerConfig {
        prime: Prime::None,
        ..packets()
    };
    let bench = Setup::default().exclusive(none).run_until_ms(100);
    assert_eq!(bench.bad(0), [(0, 480, "uninit")]);

    let again = Act::Run {
        prime: Some(Prime::None),
    };
    let bench = with_actions([at(55, Act::Stop), at(60, again)]).run_until_ms(200);
    assert_eq!(bench.bad(0), []);
    assert_eq!(bench.bad(1), [(0, 480, "foreign")]);
}

#[test]
fn s44_a_stopped_client_gets_ready_before_it_writes_on_purpose() {
    let actions = vec![at(5, Act::WritePacket(1)), run(10)];
    let bench = Setup {
        actions,
        ..Setup::default()
    }
    .exclusive(packets())
    .run_until_ms(100);
    let first: Vec<_> = bench
        .entries("producer.packet")
        .iter()
        .take(3)
        .map(|(at, words)| (*at, words[0], words[5]))
        .collect();
    let no_pass = engine::NO_PASS;
    let expected = [
        (5_000_000, 0, no_pass),
        (5_000_000, 1, no_pass),
        (10_000_000, 1, 0),
    ];
    assert_eq!(first, expected);
    assert_eq!(bench.bad(0), []);
}

#[test]
fn s46_s47_the_end_of_the_stream() {
    let end = EndOfStream {
        packet: 7,
        valid: Frames::new(100),
        writes_after: true,
    };
    let config = ProducerConfig {
        end: Some(end),
        ..packets()
    };
    let mut setup = Setup::default();
    setup.actions.push(at(85, Act::Stop));
    let bench = setup.exclusive(config).run_until_ms(200);
    assert_eq!(bench.heard_frames(0), 4080);
    assert_eq!(bench.bad(0), [(3460, 620, "stale")]);
    assert_eq!(
        bench.refused(),
        [(8, status(NtStatus::INVALID_DEVICE_STATE))]
    );
}

#[test]
fn s48_e10_a_pause_is_no_glitch_and_the_count_goes_on_behind_it() {
    let bench = with_actions([at(55, Act::Pause), run(155)]).run_until_ms(300);
    assert_eq!((bench.bad(0), bench.refused()), (vec![], vec![]));
    assert_eq!(bench.heard_frames(0), 200 * 48);
    let passes = bench.entries("producer.pass");
    let sixth = passes.iter().find(|(_, words)| words[0] == 6);
    assert_eq!(sixth.map(|(at, _)| *at), Some(160_000_000));
    let packets = bench.entries("producer.packet");
    let (at, words) = packets.iter().find(|(_, words)| words[0] == 7).unwrap();
    assert_eq!(
        words[2] / 441 - at,
        10_000_000,
        "deadlines move with the pause"
    );
    let states: Vec<_> = bench
        .entries("producer.state")
        .iter()
        .map(|(_, w)| w[2])
        .collect();
    assert_eq!(states, [0, 2640, 2640]);
}

#[test]
fn s48_a_pause_between_two_frames_lets_the_one_that_has_begun_end() {
    let pause = wasapi::Action {
        at: SimTime::ZERO + SimDuration::from_micros(55_010),
        what: Act::Pause,
    };
    let bench = with_actions([pause, run(155), at(180, Act::Stop), run(190)]).run_until_ms(300);
    let states: Vec<_> = bench
        .entries("producer.state")
        .iter()
        .map(|(_, w)| w[2])
        .collect();
    assert_eq!(states, [0, 2641, 2641, 2641 + 25 * 48, 0]);
    assert_eq!((bench.bad(0), bench.bad(1)), (vec![], vec![]));
}

#[test]
fn s49_e10_stop_takes_everything_back_to_zero() {
    let bench = with_actions([at(55, Act::Stop), run(70)]).run_until_ms(200);
    assert_eq!(
        (bench.bad(0), bench.bad(1), bench.refused()),
        (vec![], vec![], vec![])
    );
    assert_eq!(
        (bench.heard_frames(0), bench.heard_frames(1)),
        (2640, 130 * 48)
    );
    let states: Vec<_> = bench
        .entries("producer.state")
        .iter()
        .map(|(_, w)| w[1])
        .collect();
    assert_eq!(states, [0, 0, 1], "run 0 begins and ends, run 1 begins");
}

#[test]
fn a_stop_gives_up_what_is_in_the_making() {
    let mut setup = Setup {
        service: SimDuration::from_millis(2),
        ..Setup::default()
    };
    setup.actions.extend([at(51, Act::Stop), run(60)]);
    let bench = setup.exclusive(packets()).run_until_ms(200);
    assert!(
        bench
            .entries("producer.packet")
            .iter()
            .all(|(at, _)| *at != 52_000_000)
    );
    assert_eq!((bench.bad(0), bench.bad(1)), (vec![], vec![]));
}

#[test]
fn w94_the_kth_signal_comes_at_k_packets() {
    let config = ProducerConfig {
        prime: Prime::First,
        content: ContentPolicy::Delay,
        ..ProducerConfig::new(Frames::new(160))
    };
    let bench = Setup::default().exclusive(config).run_until_ms(100);
    for (k, (at, words)) in (0..).zip(bench.entries("producer.pass")) {
        assert_eq!((words[0], at), (k, k * 10_000_000 / 3));
    }
    assert_eq!(
        bench.bad(0),
        [(160, 160, "uninit")],
        "the half that was never filled"
    );
}

#[test]
fn counted_frames_reach_the_converter_bit_for_bit() {
    let setup = Setup {
        samples: Samples::Kept,
        ..Setup::default()
    };
    let bench = setup.exclusive(packets()).run_until_ms(100);
    let device = bench.device.borrow();
    for (index, frame) in (0_u32..).zip(device.bytes().chunks(4)) {
        assert_eq!(frame, index.to_le_bytes());
    }
    assert_eq!(device.bytes().len(), 4800 * 4);
}

#[test]
fn samples_change_nothing_but_what_is_heard() {
    let digest = |samples| {
        let service = SimDuration::from_micros(70);
        let late = Some((5, SimDuration::from_millis(33)));
        let mut setup = Setup {
            samples,
            service,
            late,
            ..Setup::default()
        };
        setup
            .actions
            .extend([at(120, Act::Pause), run(131), at(160, Act::Stop), run(170)]);
        let bench = setup.exclusive(packets()).run_until_ms(300);
        bench.digest()
    };
    assert_eq!(digest(Samples::Kept), digest(Samples::Left));
}
