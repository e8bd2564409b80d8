//! Mapped registers.

use ks::{PinReply, PinRequest, RtAudioRequest};
use units::NtStatus;

use crate::support::{Behaviour, Bench, now, status};

fn registers() -> [PinRequest; 2] {
    [
        RtAudioRequest::PositionRegister,
        RtAudioRequest::ClockRegister,
    ]
    .map(PinRequest::RtAudio)
}

#[test]
fn r98_a_register_is_mapped_once_in_the_life_of_a_pin() {
    let (_, pin) = Bench::pin(Behaviour::default());
    for register in registers() {
        let Ok(PinReply::Register(mapped)) = pin.request(now(), register.clone()) else {
            panic!("a register is answered with a register");
        };
        assert_eq!(mapped.read(now()), 7);
        assert_eq!(status(&pin, register), NtStatus::INVALID_DEVICE_REQUEST);
    }
}

#[test]
fn r99_without_a_register_the_property_fails_and_the_position_can_still_be_asked_for() {
    let (_, pin) = Bench::pin(Behaviour {
        registers: false,
        ..Behaviour::default()
    });
    for register in registers() {
        for _ in 0..2 {
            assert_eq!(status(&pin, register.clone()), NtStatus::NOT_SUPPORTED);
        }
    }
    assert_eq!(status(&pin, PinRequest::Position), NtStatus::SUCCESS);
}
