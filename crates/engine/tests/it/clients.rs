//! Clients late, and what the engine makes of it.

use engine::EngineConfig;
use ring::Samples;
use units::SimDuration;
use vtime::{Event, Reset};

use crate::bench::Bench;

fn client_late(micros: u64) -> Bench {
    let mut bench = Bench::new(EngineConfig::default(), Samples::Left);
    bench.quiet_client();
    bench.late("client 0", 5, SimDuration::from_micros(micros));
    bench.spawn();
    bench.run_until_ms(500);
    bench
}

#[test]
fn s09_14_ms_are_what_two_periods_bear() {
    let bench = client_late(14_000);
    assert_eq!(bench.bad(), []);
    assert_eq!(bench.entries("engine.starved"), []);
}

#[test]
fn s10_e12_a_client_21_ms_late_is_silent_for_a_period_and_the_ring_never_stale() {
    let bench = client_late(21_000);
    assert_eq!(bench.bad(), [(3840, 480, "silence")]);
    let starved = bench.entries("engine.starved");
    assert_eq!(starved, [(70_000_000, vec![0, 3840, 480, 7 * 480])]);
    assert_eq!(bench.clients[0].stream.borrow().starved(), 1);
}

#[test]
fn s10_one_of_two_clients_late_makes_the_mix_lack_a_stream() {
    for (late, other) in [(0, 1), (1, 0)] {
        let mut bench = Bench::new(EngineConfig::default(), Samples::Left);
        bench.quiet_client();
        bench.quiet_client();
        bench.late(&format!("client {late}"), 5, SimDuration::from_millis(21));
        bench.spawn();
        bench.run_until_ms(200);
        assert_eq!(bench.bad(), [(3840, 480, "silence")]);
        assert_eq!(bench.clients[other].stream.borrow().starved(), 0);
    }
}

#[test]
fn s11_30_001_ms_are_two_periods() {
    assert_eq!(client_late(30_000).bad(), [(3840, 480, "silence")]);
    let bench = client_late(30_001);
    assert_eq!(bench.bad(), [(3840, 960, "silence")]);
    assert_eq!(bench.entries("engine.starved").len(), 2);
}

#[test]
fn e1_a_client_is_signalled_after_its_frames_were_taken() {
    let mut bench = Bench::new(EngineConfig::default(), Samples::Left);
    let client = bench.quiet_client();
    bench.spawn();
    bench.run_until_ms(95);
    // A signal before the take would find the buffer full, and the next pass half of it.
    assert_eq!(
        bench.clients[client].stream.borrow().buffer.padding().get(),
        960
    );
    assert_eq!(bench.entries("engine.starved"), []);
}

#[test]
fn e3_a_client_that_never_comes_back_delays_no_pass() {
    let mut bench = Bench::new(EngineConfig::default(), Samples::Left);
    bench.quiet_client();
    bench.quiet_client();
    bench.late("client 1", 3, SimDuration::from_millis(10_000));
    bench.spawn();
    bench.run_until_ms(500);
    let passes = bench.entries("producer.pass");
    assert_eq!(passes.len(), 51);
    assert!((0..).zip(&passes).all(|(n, (at, _))| *at == n * 10_000_000));
    let starved = bench.entries("engine.starved");
    assert!(starved.iter().all(|(_, words)| words[0] == 1));
    assert_eq!(
        starved.len(),
        51 - 5,
        "what was queued lasts for passes 3 and 4"
    );
}

#[test]
fn w140_streams_have_their_own_padding_and_one_pass() {
    let mut bench = Bench::new(EngineConfig::default(), Samples::Left);
    bench.quiet_client();
    bench.quiet_client();
    bench.late("client 1", 2, SimDuration::from_millis(15));
    bench.spawn();
    bench.run_until_ms(31);
    let padding = |client: usize| bench.clients[client].stream.borrow().buffer.padding().get();
    assert_eq!((padding(0), padding(1)), (960, 0));
    let taken = |client: usize| bench.clients[client].stream.borrow().buffer.taken();
    assert_eq!(taken(0), taken(1));
}

#[test]
fn w92_a_stream_that_starts_later_joins_at_the_next_pass() {
    let mut bench = Bench::new(EngineConfig::default(), Samples::Left);
    bench.quiet_client();
    let late = bench.endpoint.add_stream(
        crate::bench::format(2, units::SampleFormat::S16),
        units::Frames::new(960),
    );
    let event = bench.world.event("late", Reset::Auto);
    late.borrow_mut().event = Some(event.handle());
    bench.spawn();
    bench.run_until_ms(25);
    late.borrow_mut()
        .buffer
        .release(units::Frames::new(960), 0, None, true);
    bench.endpoint.start(&late);
    bench.run_until_ms(29);
    assert!(!event.is_set(), "passes 0 to 2 were before its first start");
    assert_eq!(late.borrow().buffer.taken().get(), 0);
    bench.run_until_ms(31);
    assert_eq!(late.borrow().buffer.taken().get(), 480);
    assert!(event.is_set());
}

#[test]
fn a_stopped_stream_keeps_its_padding_and_is_not_missed() {
    let mut bench = Bench::new(EngineConfig::default(), Samples::Left);
    bench.quiet_client();
    bench.spawn();
    bench.run_until_ms(25);
    bench.clients[0].stream.borrow_mut().stop();
    bench.run_until_ms(95);
    assert_eq!(bench.clients[0].stream.borrow().buffer.padding().get(), 960);
    assert_eq!(bench.entries("engine.starved"), []);
    assert_eq!(
        bench.bad(),
        [],
        "silence that nobody was late for is no glitch"
    );
}
