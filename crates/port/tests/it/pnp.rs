//! A device that goes, or has to make room.

use ks::{KsState, PinConnect, PinHandle, PinRequest};
use port::create_pin;
use portcls::RebalanceType;
use units::{NtStatus, SimTime};
use vtime::sim::{Role, World};
use vtime::{Context, Keep, Shared};

use crate::support::{
    Behaviour, Bench, Call, RENDER, UNLIMITED, cd, event, notifying_buffer, now, register,
    set_state, status, unregister,
};

fn running_pin(behaviour: Behaviour) -> (Bench, PinHandle) {
    let (bench, pin) = Bench::pin(behaviour);
    assert_eq!(status(&pin, notifying_buffer()), NtStatus::SUCCESS);
    assert_eq!(set_state(&pin, KsState::Run), NtStatus::SUCCESS);
    bench.take_calls();
    (bench, pin)
}

#[test]
fn r161_a_device_that_is_gone_grants_only_what_leads_to_the_close() {
    let (bench, pin) = running_pin(Behaviour::default());
    let event = event();
    assert_eq!(status(&pin, register(&event)), NtStatus::SUCCESS);
    bench.device.surprise_removal(now());
    for request in [
        PinRequest::GetState,
        PinRequest::Position,
        notifying_buffer(),
        register(&event),
    ] {
        assert_eq!(status(&pin, request), NtStatus::DEVICE_REMOVED);
    }
    assert_eq!(set_state(&pin, KsState::Pause), NtStatus::SUCCESS);
    assert_eq!(set_state(&pin, KsState::Run), NtStatus::DEVICE_REMOVED);
    assert_eq!(set_state(&pin, KsState::Stop), NtStatus::SUCCESS);
    assert_eq!(status(&pin, unregister(&event)), NtStatus::SUCCESS);
    let refused = bench.open(RENDER).map(|_| ()).unwrap_err();
    assert_eq!(refused, NtStatus::DEVICE_REMOVED);
    pin.close(now());
    assert_eq!(bench.device.verifier().violations(), []);
}

#[test]
fn r48_r160_after_removal_the_way_down_succeeds_and_the_buffer_is_freed_once() {
    let (bench, pin) = running_pin(Behaviour::default());
    bench.device.surprise_removal(now());
    bench.device.surprise_removal(now());
    assert_eq!(bench.take_calls(), [Call::SurpriseRemoval]);
    pin.close(now());
    pin.close(now());
    let down = [KsState::Pause, KsState::Acquire, KsState::Stop].map(Call::SetState);
    assert_eq!(
        bench.take_calls(),
        [&down[..], &[Call::FreeWithNotification]].concat()
    );
}

#[test]
fn r164_the_adapter_stops_after_all_streams_and_they_stay_stopped() {
    let (bench, pin) = running_pin(Behaviour::default());
    assert_eq!(bench.device.query_stop(now()), Ok(()));
    bench.device.stop(now());
    let calls = [
        Call::QueryStop,
        Call::PnpStop,
        Call::SetState(KsState::Pause),
        Call::SetState(KsState::Acquire),
        Call::SetState(KsState::Stop),
        Call::AdapterStop,
    ];
    assert_eq!(bench.take_calls(), calls);
    assert_eq!(set_state(&pin, KsState::Run), NtStatus::DEVICE_REMOVED);
    assert_eq!(bench.take_calls(), []);
    pin.close(now());
    assert_eq!(bench.take_calls(), [Call::FreeWithNotification]);
}

#[test]
fn r163_cancelling_a_stop_that_nobody_asked_for_is_harmless() {
    let (bench, pin) = running_pin(Behaviour::default());
    bench.device.cancel_stop(now());
    assert_eq!(bench.take_calls(), [Call::CancelStop]);
    assert_eq!(status(&pin, PinRequest::GetState), NtStatus::SUCCESS);
    assert!(bench.open(RENDER).is_ok());
}

#[test]
fn r165_with_a_register_and_without_packets_an_open_stream_prevents_a_rebalance() {
    for (registers, output, expected) in [
        (true, true, Ok(())),
        (false, true, Ok(())),
        (false, false, Ok(())),
        (true, false, Err(NtStatus::UNSUCCESSFUL)),
    ] {
        let behaviour = Behaviour {
            output,
            registers,
            ..Behaviour::default()
        };
        let (bench, pin) = running_pin(behaviour);
        assert_eq!(bench.device.query_stop(now()), expected);
        bench.device.cancel_stop(now());
        pin.close(now());
        assert_eq!(bench.device.query_stop(now()), Ok(()));
    }
    let (bench, _pin) = running_pin(Behaviour {
        rebalance: RebalanceType::NotSupported,
        ..Behaviour::default()
    });
    assert_eq!(bench.device.query_stop(now()), Err(NtStatus::NOT_SUPPORTED));
}

/// What became of a pin that was asked for at 1 ms, while a stop was pending, and when.
fn held(ends: impl FnOnce(&Bench, units::Moment) + 'static) -> (Option<NtStatus>, SimTime) {
    let bench = Bench::new(Behaviour::default());
    let mut world = World::new(1, Keep::All);
    let outcome = Shared::new(None);
    assert_eq!(bench.device.query_stop(now()), Ok(()));
    let (filter, device, told) = (bench.filter.clone(), bench.device.clone(), outcome.clone());
    let cx = world.actor("client");
    let inner = cx.clone();
    world.spawn(&cx, Role::Service, async move {
        inner.sleep_until(SimTime::from_millis(1).commit()).await;
        let connect = PinConnect::of(UNLIMITED, cd());
        let made = create_pin(&inner, &filter, &device, connect).await;
        *told.borrow_mut() = Some((made.err(), inner.now()));
    });
    let cx = world.actor("manager");
    let inner = cx.clone();
    let pending = outcome.clone();
    world.spawn(&cx, Role::Foreground, async move {
        inner.sleep_until(SimTime::from_millis(5).commit()).await;
        assert!(pending.borrow().is_none(), "it neither succeeds nor fails");
        ends(&bench, inner.moment());
    });
    world
        .run_until(SimTime::from_millis(9))
        .expect("nobody waits for ever");
    let outcome = outcome.borrow_mut().take();
    outcome.expect("it comes to an end")
}

#[test]
fn r162_a_pin_that_is_asked_for_while_a_stop_is_pending_waits() {
    let cancelled = held(|bench, now| bench.device.cancel_stop(now));
    assert_eq!(cancelled, (None, SimTime::from_millis(5)));
    let stopped = held(|bench, now| bench.device.stop(now));
    let expected = (Some(NtStatus::DEVICE_REMOVED), SimTime::from_millis(5));
    assert_eq!(stopped, expected);
}
