//! Power, down and up.

use ks::{KsState, PinConnect, PinHandle, PinRequest};
use port::IdleSettings;
use portcls::{DevicePower, ExitLatency};
use units::{Moment, NtStatus, SimDuration, SimTime};
use vtime::Keep;
use vtime::sim::{Role, World};

use crate::support::{
    Behaviour, Bench, Call, UNLIMITED, cd, notifying_buffer, now, plain_buffer, set_state, state,
    status,
};

fn at_seconds(seconds: u64) -> Moment {
    (SimTime::ZERO + SimDuration::from_millis(1000 * seconds)).commit()
}

/// A pin of `bench` that has a buffer and is in `state`.
fn pin_in(bench: &Bench, state: KsState) -> PinHandle {
    let pin = bench.open(UNLIMITED).expect("it opens");
    if state == KsState::Run {
        assert_eq!(status(&pin, plain_buffer()), NtStatus::SUCCESS);
    }
    assert_eq!(set_state(&pin, state), NtStatus::SUCCESS);
    pin
}

#[test]
fn r153_r154_streams_pause_first_and_resume_last() {
    for power in [DevicePower::D1, DevicePower::D2, DevicePower::D3] {
        let bench = Bench::new(Behaviour::default());
        let running = pin_in(&bench, KsState::Run);
        let paused = pin_in(&bench, KsState::Pause);
        bench.take_calls();
        bench.device.set_power(now(), power);
        let down = [
            Call::SetState(KsState::Pause),
            Call::PowerNotify(power),
            Call::PowerState(power),
        ];
        assert_eq!(bench.take_calls(), down);
        assert_eq!(bench.device.power(), power);
        bench.device.set_power(now(), DevicePower::D0);
        let up = [
            Call::PowerState(DevicePower::D0),
            Call::PowerNotify(DevicePower::D0),
            Call::SetState(KsState::Run),
        ];
        assert_eq!(bench.take_calls(), up);
        assert_eq!(state(&running), KsState::Run);
        assert_eq!(state(&paused), KsState::Pause);
    }
}

#[test]
fn from_one_depth_to_another_nothing_resumes() {
    let bench = Bench::new(Behaviour::default());
    let _pin = pin_in(&bench, KsState::Run);
    bench.take_calls();
    for power in [DevicePower::D1, DevicePower::D3, DevicePower::D2] {
        bench.device.set_power(now(), power);
    }
    let calls = bench.take_calls();
    assert!(!calls.contains(&Call::SetState(KsState::Run)));
    let states = calls
        .iter()
        .filter(|call| matches!(call, Call::PowerState(_)));
    assert_eq!(states.count(), 3);
    bench.device.set_power(now(), DevicePower::D2);
    assert_eq!(bench.take_calls(), []);
}

#[test]
fn r61_while_the_system_sleeps_requests_find_the_device_not_ready() {
    let bench = Bench::new(Behaviour::default());
    let pin = bench.open(UNLIMITED).expect("it opens");
    bench.device.set_power(now(), DevicePower::D3);
    bench.take_calls();
    for request in [plain_buffer(), notifying_buffer(), PinRequest::GetState] {
        assert_eq!(status(&pin, request), NtStatus::DEVICE_NOT_READY);
    }
    let refused = bench.open(UNLIMITED).map(|_| ()).unwrap_err();
    assert_eq!(refused, NtStatus::DEVICE_NOT_READY);
    assert_eq!(bench.take_calls(), []);
    pin.close(now());
    bench.device.set_power(now(), DevicePower::D0);
    assert!(bench.open(UNLIMITED).is_ok());
}

#[test]
fn a_pin_that_is_closed_asleep_does_not_resume() {
    let bench = Bench::new(Behaviour::default());
    let pin = pin_in(&bench, KsState::Run);
    bench.device.set_power(now(), DevicePower::D3);
    bench.take_calls();
    pin.close(now());
    let down = [KsState::Acquire, KsState::Stop].map(Call::SetState);
    assert_eq!(bench.take_calls(), [&down[..], &[Call::Free]].concat());
    bench.device.set_power(now(), DevicePower::D0);
    assert!(!bench.take_calls().contains(&Call::SetState(KsState::Run)));
}

#[test]
fn r157_by_default_an_idle_device_is_never_put_to_sleep() {
    let bench = Bench::new(Behaviour::default());
    bench.take_calls();
    assert_eq!(bench.device.check_idle(at_seconds(1_000_000)), None);
    assert_eq!(bench.take_calls(), []);
}

fn after(performance_seconds: u32) -> IdleSettings {
    IdleSettings {
        performance_seconds,
        conservation_seconds: 3,
        ..IdleSettings::default()
    }
}

#[test]
fn r158_any_access_restarts_the_idle_timer() {
    let bench = Bench::new(Behaviour::default());
    bench.device.set_idle(after(30));
    let pin = bench.open(UNLIMITED).expect("it opens");
    let due = |now| bench.device.check_idle(now).map(SimTime::commit);
    assert_eq!(due(at_seconds(29)), Some(at_seconds(30)));
    pin.request(at_seconds(29), PinRequest::GetState)
        .expect("it answers");
    assert_eq!(due(at_seconds(30)), Some(at_seconds(59)));
    assert_eq!(bench.device.power(), DevicePower::D0);
    bench.take_calls();
    assert_eq!(due(at_seconds(59)), Some(at_seconds(89)));
    let down = [
        Call::PowerNotify(DevicePower::D3),
        Call::PowerState(DevicePower::D3),
    ];
    assert_eq!(bench.take_calls(), down);
    // And an access in the idle state wakes the device up.
    pin.request(at_seconds(70), PinRequest::GetState)
        .expect("it answers");
    assert_eq!(bench.device.power(), DevicePower::D0);
    assert_eq!(due(at_seconds(89)), Some(at_seconds(100)));
}

#[test]
fn r32_a_stream_is_made_in_d0_only() {
    let bench = Bench::new(Behaviour::default());
    bench.device.set_idle(after(1));
    bench.device.check_idle(at_seconds(2));
    assert_eq!(bench.device.power(), DevicePower::D3);
    bench.take_calls();
    let connect = PinConnect::of(UNLIMITED, cd());
    let made = bench.filter.create_pin(at_seconds(3), connect);
    assert!(made.is_ok());
    let up = [
        Call::PowerState(DevicePower::D0),
        Call::PowerNotify(DevicePower::D0),
        Call::NewStream(UNLIMITED),
    ];
    assert_eq!(bench.take_calls(), up);
    assert_eq!(bench.device.verifier().violations(), []);
}

#[test]
fn a_stream_that_runs_keeps_the_device_awake() {
    let bench = Bench::new(Behaviour::default());
    bench.device.set_idle(after(1));
    let pin = pin_in(&bench, KsState::Run);
    bench.device.check_idle(at_seconds(50));
    assert_eq!(bench.device.power(), DevicePower::D0);
    pin.request(at_seconds(50), PinRequest::SetState(KsState::Stop))
        .expect("it stops");
    bench.device.check_idle(at_seconds(51));
    assert_eq!(bench.device.power(), DevicePower::D3);
}

#[test]
fn on_battery_other_seconds_count_and_immediately_means_now() {
    let immediate = IdleSettings {
        immediate: true,
        power: DevicePower::D2,
        ..IdleSettings::default()
    };
    let on_battery = IdleSettings {
        on_battery: true,
        ..after(30)
    };
    let millis = |settings: IdleSettings| settings.after().map(SimDuration::ticks);
    let ticks = |millis| Some(SimDuration::from_millis(millis).ticks());
    assert_eq!(millis(on_battery), ticks(3_000));
    assert_eq!(millis(after(30)), ticks(30_000));
    assert_eq!(millis(immediate), ticks(0));
    let bench = Bench::new(Behaviour::default());
    bench.device.set_idle(immediate);
    bench.device.check_idle(now());
    assert_eq!(bench.device.power(), DevicePower::D2);
}

#[test]
fn an_adapter_may_object_to_sleep_and_hears_of_its_exit_latency_in_d3_only() {
    let bench = Bench::new(Behaviour {
        power_refusal: Some(NtStatus::UNSUCCESSFUL),
        ..Behaviour::default()
    });
    let device = &bench.device;
    assert_eq!(
        device.query_power(now(), DevicePower::D3),
        Err(NtStatus::UNSUCCESSFUL)
    );
    bench.take_calls();
    device.set_exit_latency(now(), ExitLatency::Fast);
    device.set_power(now(), DevicePower::D3);
    device.set_exit_latency(now(), ExitLatency::Responsive);
    assert_eq!(
        bench.take_calls().last(),
        Some(&Call::ExitLatency(ExitLatency::Responsive))
    );
    let millis = |latency: ExitLatency| {
        [latency.bound(), latency.bound_of_enumeration()].map(SimDuration::ticks)
    };
    let ticks = |bounds: [u64; 2]| bounds.map(|bound| SimDuration::from_millis(bound).ticks());
    assert_eq!(millis(ExitLatency::Instant), ticks([0, 0]));
    assert_eq!(millis(ExitLatency::Fast), ticks([10, 35]));
    assert_eq!(millis(ExitLatency::Responsive), ticks([200, 300]));
}

#[test]
fn r158_whoever_takes_care_of_it_puts_a_device_to_sleep_each_time_it_is_idle() {
    let bench = Bench::new(Behaviour::default());
    bench.device.set_idle(after(10));
    let pin = bench.open(UNLIMITED).expect("it opens");
    let mut world = World::new(1, Keep::All);
    let cx = world.actor("idle");
    let care = port::idle(cx.clone(), bench.device.clone());
    world.spawn(&cx, Role::Service, care);
    let mut power_at = |seconds: u64| {
        world
            .run_until(at_seconds(seconds).time)
            .expect("nobody waits for ever");
        bench.device.power()
    };
    assert_eq!(power_at(9), DevicePower::D0);
    assert_eq!(power_at(10), DevicePower::D3);
    let ask = |seconds| {
        pin.request(at_seconds(seconds), PinRequest::GetState)
            .expect("it answers");
    };
    ask(13);
    assert_eq!(power_at(20), DevicePower::D0);
    ask(21);
    assert_eq!(power_at(30), DevicePower::D0);
    assert_eq!(power_at(31), DevicePower::D3);
}
