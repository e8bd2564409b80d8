//! Making and freeing the cyclic buffer.

use ks::{KsState, Mapping, PinHandle, PinReply, PinRequest, RtAudioRequest};
use portcls::CacheType;
use units::{Bytes, NtStatus};

use crate::support::{
    Behaviour, Bench, Call, UNLIMITED, notifying_buffer, now, plain_buffer, set_state, status,
};

fn mapping(pin: &PinHandle, request: PinRequest) -> Mapping {
    match pin.request(now(), request) {
        Ok(PinReply::Buffer(mapping)) => mapping,
        other => panic!("{other:?} is no buffer"),
    }
}

/// A buffer of 3840 bytes at `base`, with or without notification.
fn buffers_at(base: Option<u64>) -> [PinRequest; 2] {
    let requested = Bytes::new(3840);
    [
        RtAudioRequest::Buffer { requested, base },
        RtAudioRequest::BufferWithNotification {
            requested,
            notification_count: 2,
            base,
        },
    ]
    .map(PinRequest::RtAudio)
}

fn hw_latency() -> PinRequest {
    PinRequest::RtAudio(RtAudioRequest::HwLatency)
}

#[test]
fn r53_a_buffer_is_mapped_with_its_actual_size() {
    for request in [plain_buffer(), notifying_buffer()] {
        let (_, pin) = Bench::pin(Behaviour::default());
        let mapping = mapping(&pin, request);
        assert_eq!(mapping.actual.get(), 3840);
        assert_eq!(mapping.frames().get(), 960);
    }
}

#[test]
fn r58_a_barrier_is_asked_for_exactly_with_write_combining() {
    for (cache, barrier) in [
        (CacheType::NonCached, false),
        (CacheType::Cached, false),
        (CacheType::WriteCombined, true),
    ] {
        let (_, pin) = Bench::pin(Behaviour {
            cache,
            ..Behaviour::default()
        });
        assert_eq!(mapping(&pin, plain_buffer()).call_memory_barrier, barrier);
    }
}

#[test]
fn r64_a_second_buffer_is_refused_and_the_first_stays() {
    for first in [plain_buffer(), notifying_buffer()] {
        for second in [plain_buffer(), notifying_buffer()] {
            let (bench, pin) = Bench::pin(Behaviour::default());
            assert_eq!(status(&pin, first.clone()), NtStatus::SUCCESS);
            bench.take_calls();
            assert_eq!(status(&pin, second), NtStatus::INVALID_DEVICE_REQUEST);
            assert_eq!(bench.take_calls(), []);
            assert_eq!(set_state(&pin, KsState::Run), NtStatus::SUCCESS);
        }
    }
}

#[test]
fn r65_a_buffer_is_made_in_stop_only() {
    for state in [KsState::Acquire, KsState::Pause] {
        let (bench, pin) = Bench::pin(Behaviour::default());
        assert_eq!(set_state(&pin, state), NtStatus::SUCCESS);
        bench.take_calls();
        assert_eq!(status(&pin, plain_buffer()), NtStatus::INVALID_DEVICE_STATE);
        assert_eq!(
            status(&pin, notifying_buffer()),
            NtStatus::INVALID_DEVICE_STATE
        );
        assert_eq!(bench.take_calls(), []);
        assert_eq!(set_state(&pin, KsState::Stop), NtStatus::SUCCESS);
        assert_eq!(status(&pin, plain_buffer()), NtStatus::SUCCESS);
    }
}

#[test]
fn r66_r68_closing_frees_the_buffer_once_and_by_the_interface_that_made_it() {
    for (buffer, free, other) in [
        (plain_buffer(), Call::Free, Call::FreeWithNotification),
        (notifying_buffer(), Call::FreeWithNotification, Call::Free),
    ] {
        let (bench, pin) = Bench::pin(Behaviour::default());
        assert_eq!(status(&pin, buffer), NtStatus::SUCCESS);
        pin.close(now());
        pin.close(now());
        let calls = bench.take_calls();
        assert_eq!(calls.iter().filter(|call| **call == free).count(), 1);
        assert!(!calls.contains(&other));
    }
}

/// The memory of the bench holds one buffer.
#[test]
fn r66_the_pages_of_a_closed_pin_are_there_for_the_next() {
    for buffer in [plain_buffer(), notifying_buffer()] {
        let bench = Bench::new(Behaviour::default());
        for _ in 0..2 {
            let pin = bench.open(UNLIMITED).expect("it opens");
            assert_eq!(status(&pin, buffer.clone()), NtStatus::SUCCESS);
            let other = bench.open(UNLIMITED).expect("it opens");
            let refused = status(&other, buffer.clone());
            assert_eq!(refused, NtStatus::INSUFFICIENT_RESOURCES);
            pin.close(now());
            other.close(now());
        }
    }
}

#[test]
fn r68_closing_a_pin_without_a_buffer_frees_none() {
    let (bench, pin) = Bench::pin(Behaviour::default());
    bench.take_calls();
    pin.close(now());
    assert_eq!(bench.take_calls(), []);
}

#[test]
fn r73_the_hardware_latency_is_known_once_there_is_a_buffer() {
    for buffer in [plain_buffer(), notifying_buffer()] {
        let (_, pin) = Bench::pin(Behaviour::default());
        assert_eq!(status(&pin, hw_latency()), NtStatus::DEVICE_NOT_READY);
        assert_eq!(status(&pin, buffer), NtStatus::SUCCESS);
        let Ok(PinReply::HwLatency(latency)) = pin.request(now(), hw_latency()) else {
            panic!("a latency is answered with a latency");
        };
        assert_eq!(
            (latency.fifo_size.get(), latency.codec_delay.get()),
            (192, 5)
        );
    }
}

#[test]
fn r53_r57_a_buffer_lies_in_one_stretch_at_an_address_or_at_the_one_asked_for() {
    for base in [None, Some(0x7000_0000)] {
        for request in buffers_at(base) {
            let (_, pin) = Bench::pin(Behaviour::default());
            let range = mapping(&pin, request).range.expect("it is mapped");
            assert_ne!(range.address(), 0);
            assert!(base.is_none_or(|base| base == range.address()));
        }
    }
}

/// The address space is that of the client who opened the filter.
#[test]
fn a_base_address_that_cannot_be_had_fails_and_leaves_no_buffer() {
    let bench = Bench::new(Behaviour::default());
    let (first, second) = (
        bench.open(UNLIMITED).unwrap(),
        bench.open(UNLIMITED).unwrap(),
    );
    let [_, at] = buffers_at(Some(0x7000_0000));
    let [odd, _] = buffers_at(Some(0x7000_0001));
    assert_eq!(status(&first, odd), NtStatus::UNSUCCESSFUL);
    // The one page of the bench was given back, so there is memory, and the address is free.
    let mapped = mapping(&first, at);
    bench.take_calls();
    first.close(now());
    let range = mapped.range.expect("it was mapped");
    assert_eq!(range.check(), Err(NtStatus::ACCESS_VIOLATION));
    assert_eq!(bench.take_calls(), [Call::FreeWithNotification]);
    let [at, _] = buffers_at(Some(0x7000_0000));
    assert_eq!(status(&second, at), NtStatus::SUCCESS);
}
