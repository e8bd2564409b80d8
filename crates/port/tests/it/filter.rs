//! Pin factories and the making of pins.

use ks::{KSNODETYPE_SPEAKER, PinConnect};
use units::{NtStatus, SampleFormat, WaveFormat};

use crate::support::{BRIDGE, Behaviour, Bench, Call, RENDER, UNLIMITED, now};

#[test]
fn r2_the_description_is_asked_for_once_and_before_any_client_asks() {
    let bench = Bench::new(Behaviour::default());
    assert_eq!(bench.take_calls(), [Call::Description]);
    bench.filter.pin_factories();
    bench.open(RENDER).unwrap();
    assert_eq!(bench.take_calls(), [Call::NewStream(RENDER)]);
}

#[test]
fn r4_r5_pins_are_named_by_the_place_of_their_factory() {
    let bench = Bench::new(Behaviour::default());
    assert_eq!(bench.filter.pin_factories().len(), 3);
    assert_eq!(bench.open(3).unwrap_err(), NtStatus::INVALID_PARAMETER);
    assert_eq!(
        bench.open(u32::MAX).unwrap_err(),
        NtStatus::INVALID_PARAMETER
    );
}

#[test]
fn r6_r11_r12_open_pins_are_counted_and_limited() {
    let bench = Bench::new(Behaviour::default());
    let counts = || {
        let instances = bench.filter.pin_factories()[RENDER as usize].instances;
        (instances.possible, instances.current)
    };
    assert_eq!(counts(), (Some(2), 0));
    let first = bench.open(RENDER).unwrap();
    let _second = bench.open(RENDER).unwrap();
    assert_eq!(counts(), (Some(2), 2));
    bench.take_calls();
    assert_eq!(
        bench.open(RENDER).unwrap_err(),
        NtStatus::INSUFFICIENT_RESOURCES
    );
    assert_eq!(bench.take_calls(), [], "the miniport is not asked");
    assert_eq!(counts(), (Some(2), 2));
    first.close(now());
    first.close(now());
    assert_eq!(counts(), (Some(2), 1), "a pin is closed once");
    bench.open(RENDER).unwrap();
}

#[test]
fn r9_r13_a_bridge_pin_can_be_read_about_and_not_opened() {
    let bench = Bench::new(Behaviour::default());
    let bridge = &bench.filter.pin_factories()[BRIDGE as usize];
    assert_eq!(bridge.category, KSNODETYPE_SPEAKER);
    assert_eq!(
        bench.open(BRIDGE).unwrap_err(),
        NtStatus::INSUFFICIENT_RESOURCES
    );
}

#[test]
fn r10_no_limit_is_no_limit() {
    let bench = Bench::new(Behaviour::default());
    for open in 0..50 {
        let instances = bench.filter.pin_factories()[UNLIMITED as usize].instances;
        assert_eq!((instances.possible, instances.current), (None, open));
        bench.open(UNLIMITED).unwrap();
    }
}

#[test]
fn r14_data_ranges_do_not_depend_on_what_is_open() {
    let bench = Bench::new(Behaviour::default());
    let before = bench.filter.pin_factories()[RENDER as usize].ranges.clone();
    bench.open(RENDER).unwrap();
    bench.open(RENDER).unwrap();
    assert_eq!(bench.filter.pin_factories()[RENDER as usize].ranges, before);
}

#[test]
fn r28_a_format_outside_every_range_makes_no_stream() {
    let bench = Bench::new(Behaviour::default());
    bench.take_calls();
    for (hertz, channels, sample) in [
        (32_000, 2, SampleFormat::S16),
        (48_000, 3, SampleFormat::S16),
        (48_000, 2, SampleFormat::S32),
        (48_000, 2, SampleFormat::F32),
    ] {
        let format = WaveFormat::new(hertz, channels, sample).unwrap();
        let refused = bench
            .filter
            .create_pin(now(), PinConnect::of(RENDER, format));
        assert_eq!(refused.unwrap_err(), NtStatus::NO_MATCH);
    }
    assert_eq!(bench.take_calls(), []);
}

#[test]
fn r11_a_stream_that_the_miniport_refuses_leaves_the_count_unchanged() {
    let bench = Bench::new(Behaviour {
        refuses_streams: true,
        ..Behaviour::default()
    });
    assert_eq!(bench.open(RENDER).unwrap_err(), NtStatus::UNSUCCESSFUL);
    assert_eq!(
        bench.filter.pin_factories()[RENDER as usize]
            .instances
            .current,
        0
    );
}
