//! Notification events and the packet interface.

use ks::{END_OF_STREAM, KsState, PacketNumber, PinReply, PinRequest, RtAudioRequest, WritePacket};
use units::{Bytes, NtStatus};

use crate::support::{
    Behaviour, Bench, Call, event, notifying_buffer, now, plain_buffer, register, set_state,
    status, unregister,
};

fn without_notification() -> Behaviour {
    Behaviour {
        notification: false,
        ..Behaviour::default()
    }
}

#[test]
fn r74_notifications_are_supported_exactly_if_the_stream_has_the_interface() {
    for (behaviour, expected) in [
        (Behaviour::default(), true),
        (without_notification(), false),
    ] {
        let (_, pin) = Bench::pin(behaviour);
        let query = PinRequest::RtAudio(RtAudioRequest::QueryNotificationSupport);
        let Ok(PinReply::NotificationSupport(supported)) = pin.request(now(), query) else {
            panic!("the question is answered with yes or no");
        };
        assert_eq!(supported, expected);
    }
}

#[test]
fn r75_an_event_is_registered_after_a_buffer_with_notification_only() {
    let (bench, pin) = Bench::pin(Behaviour::default());
    assert_eq!(status(&pin, register(&event())), NtStatus::DEVICE_NOT_READY);
    assert_eq!(status(&pin, plain_buffer()), NtStatus::SUCCESS);
    assert_eq!(status(&pin, register(&event())), NtStatus::NOT_SUPPORTED);
    assert!(!bench.take_calls().contains(&Call::Register));

    let (_, pin) = Bench::pin(Behaviour::default());
    assert_eq!(status(&pin, notifying_buffer()), NtStatus::SUCCESS);
    assert_eq!(status(&pin, register(&event())), NtStatus::SUCCESS);
}

#[test]
fn r76_a_stream_without_notifications_supports_nothing_of_them() {
    let (_, pin) = Bench::pin(without_notification());
    assert_eq!(status(&pin, notifying_buffer()), NtStatus::NOT_SUPPORTED);
    assert_eq!(status(&pin, register(&event())), NtStatus::NOT_SUPPORTED);
    assert_eq!(status(&pin, plain_buffer()), NtStatus::SUCCESS);
    assert_eq!(status(&pin, register(&event())), NtStatus::NOT_SUPPORTED);
    assert_eq!(status(&pin, unregister(&event())), NtStatus::NOT_SUPPORTED);
}

#[test]
fn r85_an_event_is_registered_once_and_only_what_is_registered_is_unregistered() {
    let (_, pin) = Bench::pin(Behaviour::default());
    let (mine, other) = (event(), event());
    assert_eq!(status(&pin, notifying_buffer()), NtStatus::SUCCESS);
    assert_eq!(status(&pin, register(&mine)), NtStatus::SUCCESS);
    assert_eq!(status(&pin, register(&mine)), NtStatus::UNSUCCESSFUL);
    assert_eq!(status(&pin, unregister(&other)), NtStatus::NOT_FOUND);
    assert_eq!(status(&pin, unregister(&mine)), NtStatus::SUCCESS);
    assert_eq!(status(&pin, unregister(&mine)), NtStatus::NOT_FOUND);
}

#[test]
fn r86_events_left_at_close_are_removed_before_the_buffer_goes() {
    let (bench, pin) = Bench::pin(Behaviour::default());
    let (left, removed) = (event(), event());
    assert_eq!(status(&pin, notifying_buffer()), NtStatus::SUCCESS);
    assert_eq!(status(&pin, register(&left)), NtStatus::SUCCESS);
    assert_eq!(status(&pin, register(&removed)), NtStatus::SUCCESS);
    assert_eq!(status(&pin, register(&removed)), NtStatus::UNSUCCESSFUL);
    assert_eq!(status(&pin, unregister(&removed)), NtStatus::SUCCESS);
    assert_eq!(set_state(&pin, KsState::Acquire), NtStatus::SUCCESS);
    bench.take_calls();
    pin.close(now());
    let expected = [
        Call::SetState(KsState::Stop),
        Call::Unregister,
        Call::FreeWithNotification,
    ];
    assert_eq!(bench.take_calls(), expected);
}

/// All requests of the packet interface for rendering.
fn packet_requests() -> [PinRequest; 3] {
    let packet = WritePacket {
        packet: PacketNumber::new(6),
        flags: END_OF_STREAM,
        eos_packet_length: Bytes::ZERO,
    };
    [
        RtAudioRequest::PacketCount,
        RtAudioRequest::PresentationPosition,
        RtAudioRequest::SetWritePacket(packet),
    ]
    .map(PinRequest::RtAudio)
}

#[test]
fn r141_packets_need_the_interface_and_a_buffer_with_notification() {
    let without_output = Behaviour {
        output: false,
        ..Behaviour::default()
    };
    for (behaviour, buffer, expected) in [
        (Behaviour::default(), None, NtStatus::NOT_SUPPORTED),
        (
            Behaviour::default(),
            Some(plain_buffer()),
            NtStatus::NOT_SUPPORTED,
        ),
        (
            without_output,
            Some(notifying_buffer()),
            NtStatus::NOT_SUPPORTED,
        ),
        (
            Behaviour::default(),
            Some(notifying_buffer()),
            NtStatus::SUCCESS,
        ),
    ] {
        let (bench, pin) = Bench::pin(behaviour);
        if let Some(buffer) = buffer {
            assert_eq!(status(&pin, buffer), NtStatus::SUCCESS);
        }
        for request in packet_requests() {
            assert_eq!(status(&pin, request), expected);
        }
        let other_direction = PinRequest::RtAudio(RtAudioRequest::GetReadPacket);
        assert_eq!(status(&pin, other_direction), NtStatus::NOT_SUPPORTED);
        let reached = bench.take_calls().contains(&Call::SetWritePacket(6));
        assert_eq!(reached, expected == NtStatus::SUCCESS);
    }
}
