//! When events are set.

use ks::KsState;
use machine::Injection;
use units::{NtStatus, Phase, SimTime};
use vtime::{Context, Event, Woken};

use super::lab::{Client, Stream, k0, s16};
use miniport::HdAudioOptions;

/// The (microsecond, tag) of each signal up to `millis`, and that each comes as a reaction.
async fn signals(client: &Client, millis: u64) -> Vec<(u64, u64)> {
    let mut signals = Vec::new();
    let end = SimTime::from_millis(millis).at(Phase::React);
    while let Woken::Event(tag) = client.event.wait_until(Some(end)).await {
        assert_eq!(client.cx.moment().phase, Phase::React);
        signals.push((client.cx.now().to_nanos_floor() / 1000, tag));
    }
    signals
}

#[test]
fn r77_with_one_packet_the_signal_comes_at_the_wrap() {
    k0().run(100, |client| async move {
        let stream = client.open(s16(48_000), 960, 1);
        client.set_state(&stream, KsState::Run);
        assert_eq!(
            signals(&client, 70).await,
            [(20_000, 1), (40_000, 2), (60_000, 3)]
        );
    });
}

#[test]
fn r78_with_two_packets_signals_come_at_the_midpoint_and_at_the_wrap() {
    k0().run(100, |client| async move {
        let stream = client.open_k0();
        client.set_state(&stream, KsState::Run);
        let expected = [(10_000, 1), (20_000, 2), (30_000, 3), (40_000, 4)];
        assert_eq!(signals(&client, 45).await, expected);
    });
}

#[test]
fn r78_more_packets_bring_more_signals_at_the_same_places() {
    let options = HdAudioOptions {
        packets_max: 8,
        ..HdAudioOptions::default()
    };
    let mut lab = super::lab::Lab::new(hardware::StreamConfig::k0(), options);
    lab.run(100, |client| async move {
        let stream = client.open(s16(48_000), 48, 3);
        client.set_state(&stream, KsState::Run);
        let expected = [(1_000, 1), (2_000, 2), (3_000, 3), (4_000, 4), (5_000, 5)];
        assert_eq!(signals(&client, 5).await, expected);
    });
}

#[test]
fn r79_r83_signals_come_in_run_only_and_there_without_anything_written() {
    k0().run(200, |client| async move {
        let stream = client.open_k0();
        client.set_state(&stream, KsState::Pause);
        assert_eq!(signals(&client, 50).await, []);
        client.set_state(&stream, KsState::Run);
        assert_eq!(signals(&client, 85).await.len(), 3);
        client.set_state(&stream, KsState::Pause);
        assert_eq!(signals(&client, 150).await, []);
        client.set_state(&stream, KsState::Stop);
        assert_eq!(signals(&client, 200).await, []);
    });
}

#[test]
fn r79_a_dpc_that_comes_after_the_pause_signals_nobody() {
    let (from, until) = (SimTime::from_millis(10), SimTime::from_millis(15));
    k0().with_fault(Injection::BlockedDpc { from, until })
        .run(50, |client| async move {
            let stream = client.open_k0();
            client.set_state(&stream, KsState::Run);
            client.at(12).await;
            client.set_state(&stream, KsState::Pause);
            assert_eq!(signals(&client, 40).await, []);
            assert_eq!(client.interrupt.borrow().runs(), 1);
        });
}

#[test]
fn r80_r81_every_registered_event_is_set_and_no_other() {
    k0().run(50, |client| async move {
        let stream = client.open_k0();
        let second = client.cx.event("second", vtime::Reset::Auto);
        ks::register_notification_event(&client.cx, &stream.pin, second.handle()).unwrap();
        client.set_state(&stream, KsState::Run);
        client.at(15).await;
        assert_eq!((client.event.wait().await, second.wait().await), (1, 1));
        ks::unregister_notification_event(&client.cx, &stream.pin, second.handle()).unwrap();
        client.at(25).await;
        assert_eq!(client.event.wait().await, 2);
        assert!(!second.is_set());
    });
}

#[test]
fn r82_at_the_signal_the_packet_before_it_is_done() {
    k0().run(100, |client| async move {
        let stream = client.open_k0();
        client.set_state(&stream, KsState::Run);
        for packet in 1..=5_u32 {
            // A commit of the same instant still finds the packet in transfer.
            client.at(u64::from(packet) * 10).await;
            assert_eq!(client.count(&stream), packet - 1);
            assert_eq!(client.event.wait().await, u64::from(packet));
            assert_eq!(client.count(&stream), packet);
            let transferred = client.position(&stream).play.get();
            assert_eq!(transferred, u64::from(packet) % 2 * 1920);
        }
    });
}

/// Row S48.
#[test]
fn r84_after_a_pause_the_first_signal_comes_when_the_interrupted_packet_is_done() {
    k0().run(200, |client| async move {
        let stream = client.open_k0();
        client.set_state(&stream, KsState::Run);
        assert_eq!(signals(&client, 54).await.len(), 5);
        client.at(55).await;
        client.set_state(&stream, KsState::Pause);
        client.at(155).await;
        client.set_state(&stream, KsState::Run);
        assert_eq!(signals(&client, 175).await, [(160_000, 6), (170_000, 7)]);
    });
}

#[test]
fn r85_the_same_event_twice_and_an_unknown_event_are_refused() {
    k0().run(1, |client| async move {
        let stream = client.open_k0();
        let (known, other) = (
            client.event.handle(),
            client.cx.event("other", vtime::Reset::Auto),
        );
        let (cx, pin) = (&client.cx, &stream.pin);
        let register = |event| ks::register_notification_event(cx, pin, event);
        let unregister = |event| ks::unregister_notification_event(cx, pin, event);
        assert_eq!(register(known.clone()), Err(NtStatus::UNSUCCESSFUL));
        assert_eq!(unregister(other.handle()), Err(NtStatus::NOT_FOUND));
        assert_eq!(unregister(known.clone()), Ok(()));
        assert_eq!(unregister(known), Err(NtStatus::NOT_FOUND));
    });
}

#[test]
fn r86_an_event_left_at_close_is_never_set_again() {
    k0().run(100, |client| async move {
        let stream = client.open_k0();
        client.set_state(&stream, KsState::Run);
        client.at(35).await;
        assert_eq!(client.event.wait().await, 3);
        ks::close(&client.cx, &stream.pin);
        client.at(95).await;
        assert!(!client.event.is_set());
        assert_eq!(client.interrupt.borrow().interrupts(), 3);
    });
}

#[test]
fn r87_two_signals_wake_once_and_the_count_shows_both() {
    k0().run(100, |client| async move {
        let stream = client.open_k0();
        client.set_state(&stream, KsState::Run);
        client.at(25).await;
        assert_eq!(client.event.wait().await, 2);
        assert!(!client.event.is_set());
        assert_eq!(client.event.coalesced(), 1);
        assert_eq!(client.count(&stream), 2);
    });
}

/// Row S22: the DPC answers two interrupts, one packet is done for each.
#[test]
fn r117_packets_are_counted_by_position_however_few_dpcs_run() {
    let (from, until) = (SimTime::from_millis(50), SimTime::from_nanos(63_950_000));
    k0().with_fault(Injection::BlockedDpc { from, until })
        .run(100, |client| async move {
            let stream: Stream = client.open_k0();
            client.set_state(&stream, KsState::Run);
            let expected = [1, 2, 3, 4].map(|tag| (tag * 10_000, tag));
            let mut signals = Vec::new();
            while signals.len() < 6 {
                let tag = client.event.wait().await;
                signals.push((client.cx.now().to_nanos_floor() / 1000, tag));
            }
            assert_eq!(signals[..4], expected);
            assert_eq!(signals[4..], [(63_950, 6), (70_000, 7)]);
            assert_eq!(client.interrupt.borrow().coalesced(), 1);
        });
}
