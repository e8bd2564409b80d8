//! The engine late, early and on time.

use engine::EngineConfig;
use ring::Samples;
use units::{NtStatus, SimDuration};

use crate::bench::Bench;

fn run(late: Option<(&str, u64, u64)>, config: EngineConfig) -> Bench {
    let mut bench = Bench::new(config, Samples::Left);
    bench.quiet_client();
    if let Some((thread, event, micros)) = late {
        bench.late(thread, event, SimDuration::from_micros(micros));
    }
    bench.spawn();
    bench.run_until_ms(500);
    bench
}

/// (packet, status) of all packets that were refused.
fn refused(bench: &Bench) -> Vec<(u64, u64)> {
    let packets = bench.entries("producer.packet").into_iter();
    packets
        .map(|(_, words)| (words[0], words[1]))
        .filter(|(_, status)| *status != 0)
        .collect()
}

#[test]
fn s01_the_engine_on_time_writes_each_packet_a_packet_early() {
    let bench = run(None, EngineConfig::default());
    assert_eq!(bench.bad(), []);
    assert_eq!(refused(&bench), []);
    let packets = bench.entries("producer.packet");
    assert_eq!(packets.len(), 52, "packets 0 to 51");
    for (at, words) in &packets[1..] {
        let deadline = words[2] / 441;
        assert_eq!(deadline - at, 10_000_000);
    }
    assert_eq!(
        packets[0].1[2],
        engine::NO_TIME,
        "packet 0 is written before Run"
    );
}

#[test]
fn s05_the_engine_14_ms_late_on_pass_5() {
    let bench = run(Some(("engine", 5, 14_000)), EngineConfig::default());
    assert_eq!(bench.bad(), [(2880, 192, "stale")]);
    assert_eq!(
        refused(&bench),
        [(6, u64::from(NtStatus::DATA_LATE_ERROR.value()))]
    );
}

#[test]
fn s07_the_engine_21_ms_late_takes_what_it_writes_and_nothing_else() {
    let bench = run(Some(("engine", 5, 21_000)), EngineConfig::default());
    assert_eq!(bench.bad(), [(2880, 960, "stale")]);
    // 50 passes on time would have taken 50 periods and then some; packet 7 was never mixed.
    let taken = bench.clients[0].stream.borrow().buffer.taken();
    assert_eq!(taken.get(), 50 * 480, "packets 1 to 51 but for packet 7");
    assert_eq!(bench.entries("engine.starved"), []);
}

#[test]
fn e6_a_pass_is_a_satisfied_wait_and_signals_once() {
    let bench = run(Some(("engine", 5, 21_000)), EngineConfig::default());
    let passes: Vec<u64> = bench
        .entries("producer.pass")
        .iter()
        .map(|(_, words)| words[0])
        .collect();
    let expected: Vec<u64> = (0..=5).chain([7]).chain(8..=50).collect();
    assert_eq!(passes, expected, "events 6 and 7 fell together");
    let wakes = bench.entries("machine.wake");
    let of_client = wakes
        .iter()
        .filter(|(_, words)| words[0] != wakes[0].1[0])
        .count();
    assert_eq!(
        of_client.min(passes.len()),
        of_client,
        "no more wake-ups than passes"
    );
}

#[test]
fn service_is_charged_per_packet_and_only_for_packets() {
    let service = SimDuration::from_micros(50);
    let config = EngineConfig {
        service,
        ..EngineConfig::default()
    };
    let bench = run(Some(("engine", 5, 14_000)), config);
    let at: Vec<(u64, u64)> = bench
        .entries("producer.packet")
        .iter()
        .filter(|(_, words)| (5..=8).contains(&words[0]))
        .map(|(at, words)| (words[0], *at))
        .collect();
    assert_eq!(
        at,
        [
            (5, 40_050_000),
            (6, 64_050_000),
            (7, 64_100_000),
            (8, 70_050_000)
        ]
    );
    let pass_6 = bench
        .entries("producer.pass")
        .into_iter()
        .find(|(_, words)| words[0] == 6);
    let (at, words) = pass_6.unwrap();
    assert_eq!(
        (at, words[3]),
        (64_100_000, 0),
        "it finds nothing to write and costs nothing"
    );
}
