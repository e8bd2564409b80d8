//! Mapped registers.

use ks::{PinReply, PinRequest, RtAudioRequest};
use units::NtStatus;

use crate::support::{Behaviour, Bench, now, status};

fn registers() -> [PinRequest; 2] {
    [
        RtAudioRequest::PositionRegister { base: None },
        RtAudioRequest::ClockRegister { base: None },
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

#[test]
fn r100_a_mapped_register_is_gone_with_its_pin() {
    let (_, pin) = Bench::pin(Behaviour::default());
    let mapped = registers().map(|register| match pin.request(now(), register) {
        Ok(PinReply::Register(mapped)) => mapped,
        answer => panic!("{answer:?} is no register"),
    });
    let addresses = mapped.each_ref().map(|mapped| mapped.address().unwrap());
    assert_ne!(addresses[0], addresses[1]);
    assert!(addresses.iter().all(|address| address % 4096 == 0));
    for register in &mapped {
        assert_eq!(register.try_read(now()), Ok(7));
    }
    pin.close(now());
    for register in &mapped {
        assert_eq!(register.try_read(now()), Err(NtStatus::ACCESS_VIOLATION));
        assert_eq!(register.read(now()), 0);
    }
}

#[test]
fn a_register_is_mapped_where_the_client_wants_it_or_not_at_all() {
    let (_, pin) = Bench::pin(Behaviour::default());
    let at = |base| PinRequest::RtAudio(RtAudioRequest::PositionRegister { base: Some(base) });
    assert_eq!(status(&pin, at(12)), NtStatus::UNSUCCESSFUL);
    let Ok(PinReply::Register(mapped)) = pin.request(now(), at(0x1234_5000)) else {
        panic!("a free page is granted");
    };
    assert_eq!(mapped.address(), Some(0x1234_5000));
}
