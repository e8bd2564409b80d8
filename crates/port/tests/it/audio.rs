//! The properties of any audio pin.

use ks::{
    AudioEngineRequest, AudioRequest, ConstrictorOption, CurveType, PinReply, PinRequest, Position,
    VolumeLevel, VolumeRamp,
};
use units::{Bytes, Hns, NtStatus, SimTime};

use crate::support::{Behaviour, Bench, status};

/// Between two ticks of the counter.
fn odd_moment() -> units::Moment {
    (SimTime::from_millis(7) + units::SimDuration::from_ticks(1)).commit()
}

#[test]
fn r112_the_position_lies_between_two_readings_of_the_counter() {
    let (_, pin) = Bench::pin(Behaviour::default());
    let answer = pin.request(odd_moment(), PinRequest::Audio(AudioRequest::PositionEx));
    let Ok(PinReply::PositionEx(read)) = answer else {
        panic!("{answer:?} is no position");
    };
    assert_eq!(
        (read.position.play.get(), read.position.write.get()),
        (16, 32)
    );
    assert_eq!(read.timer_frequency, 10_000_000);
    let instant = odd_moment().time.to_hns_floor();
    assert!(read.before <= instant && instant <= read.after);
    assert_eq!(instant, Hns::new(70_000));
}

#[test]
fn a_position_cannot_be_set() {
    let (_, pin) = Bench::pin(Behaviour::default());
    let request = PinRequest::Audio(AudioRequest::SetPosition(Position::default()));
    assert_eq!(status(&pin, request), NtStatus::NOT_SUPPORTED);
}

#[test]
fn what_belongs_to_a_built_in_engine_is_not_supported_without_one() {
    let (_, pin) = Bench::pin(Behaviour::default());
    for request in [
        AudioRequest::PresentationPosition,
        AudioRequest::LinearBufferPosition,
        AudioRequest::SetCurrentWritePosition(Bytes::new(4)),
        AudioRequest::SetLastBufferPosition(Bytes::new(4)),
        AudioRequest::LastBufferSupport,
    ] {
        let refused = status(&pin, PinRequest::Audio(request));
        assert_eq!(refused, NtStatus::NOT_SUPPORTED, "{request:?}");
    }
    let ramp = VolumeRamp {
        target: VolumeLevel::UNITY,
        curve: CurveType::None,
        duration: Hns::new(0),
    };
    for request in [
        AudioEngineRequest::GetLfxEnable,
        AudioEngineRequest::SetLfxEnable(true),
        AudioEngineRequest::SetLoopbackProtection(ConstrictorOption::Mute),
        AudioEngineRequest::GetVolumeLevel { channel: 0 },
        AudioEngineRequest::SetVolumeLevel {
            channel: None,
            ramp,
        },
    ] {
        let refused = status(&pin, PinRequest::AudioEngine(request));
        assert_eq!(refused, NtStatus::NOT_SUPPORTED, "{request:?}");
    }
}

#[test]
fn the_latency_of_a_node_is_unknown() {
    let (_, pin) = Bench::pin(Behaviour::default());
    let request = PinRequest::Audio(AudioRequest::Latency);
    assert_eq!(status(&pin, request), NtStatus::NOT_FOUND);
}
