//! What flows through a pin, and what changes it.

use ks::{KsState, PinHandle, PinReply, PinRequest};
use units::{NtStatus, SampleFormat, WaveFormat};

use crate::support::{
    Behaviour, Bench, Call, cd, notifying_buffer, now, plain_buffer, set_state, status,
};

fn other() -> WaveFormat {
    WaveFormat::new(44_100, 1, SampleFormat::S24).expect("a format")
}

fn format(pin: &PinHandle) -> WaveFormat {
    match pin.request(now(), PinRequest::GetFormat) {
        Ok(PinReply::Format(format)) => format,
        answer => panic!("{answer:?} is no format"),
    }
}

#[test]
fn a_pin_without_a_buffer_changes_its_format_in_every_state_but_run() {
    for state in [KsState::Stop, KsState::Acquire, KsState::Pause] {
        let (bench, pin) = Bench::pin(Behaviour::default());
        assert_eq!(format(&pin), cd());
        assert_eq!(set_state(&pin, state), NtStatus::SUCCESS);
        bench.take_calls();
        assert_eq!(
            status(&pin, PinRequest::SetFormat(other())),
            NtStatus::SUCCESS
        );
        assert_eq!(bench.take_calls(), [Call::SetFormat(other())]);
        assert_eq!(format(&pin), other());
    }
}

#[test]
fn r49_in_run_a_format_is_an_invalid_parameter() {
    let (bench, pin) = Bench::pin(Behaviour::default());
    assert_eq!(status(&pin, plain_buffer()), NtStatus::SUCCESS);
    assert_eq!(set_state(&pin, KsState::Run), NtStatus::SUCCESS);
    bench.take_calls();
    let refused = status(&pin, PinRequest::SetFormat(other()));
    assert_eq!(refused, NtStatus::INVALID_PARAMETER);
    assert_eq!(bench.take_calls(), []);
    assert_eq!(format(&pin), cd());
}

#[test]
fn r50_with_a_buffer_a_format_is_refused_in_every_state() {
    for buffer in [plain_buffer(), notifying_buffer()] {
        for state in [KsState::Stop, KsState::Acquire, KsState::Pause] {
            let (bench, pin) = Bench::pin(Behaviour::default());
            assert_eq!(status(&pin, buffer.clone()), NtStatus::SUCCESS);
            assert_eq!(set_state(&pin, state), NtStatus::SUCCESS);
            bench.take_calls();
            let refused = status(&pin, PinRequest::SetFormat(other()));
            assert_eq!(refused, NtStatus::INVALID_PARAMETER);
            assert_eq!(bench.take_calls(), []);
        }
    }
}

#[test]
fn a_format_outside_every_range_and_one_that_the_driver_refuses_change_nothing() {
    let outside = WaveFormat::new(96_000, 2, SampleFormat::S16).expect("a format");
    let (bench, pin) = Bench::pin(Behaviour {
        formats: false,
        ..Behaviour::default()
    });
    bench.take_calls();
    let refused = status(&pin, PinRequest::SetFormat(outside));
    assert_eq!(refused, NtStatus::INVALID_PARAMETER);
    assert_eq!(bench.take_calls(), []);
    let refused = status(&pin, PinRequest::SetFormat(other()));
    assert_eq!(refused, NtStatus::NOT_SUPPORTED);
    assert_eq!(bench.take_calls(), [Call::SetFormat(other())]);
    assert_eq!(format(&pin), cd());
}
