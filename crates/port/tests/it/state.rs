//! Stepping of states.

use ks::{KsState, PinReply, PinRequest};
use units::NtStatus;

use crate::support::{
    Behaviour, Bench, Call, notifying_buffer, now, plain_buffer, set_state, state, status,
};

/// The calls that lead from one state to another, in the words of the rule: one per state.
fn steps(from: KsState, to: KsState) -> Vec<Call> {
    use KsState::{Acquire, Pause, Run, Stop};
    let states: &[KsState] = match (from, to) {
        (Stop, Stop) | (Acquire, Acquire) | (Pause, Pause) | (Run, Run) => &[],
        (Stop | Pause, Acquire) => &[Acquire],
        (Stop, Pause) => &[Acquire, Pause],
        (Stop, Run) => &[Acquire, Pause, Run],
        (Acquire, Stop) => &[Stop],
        (Acquire | Run, Pause) => &[Pause],
        (Acquire, Run) => &[Pause, Run],
        (Pause, Stop) => &[Acquire, Stop],
        (Pause, Run) => &[Run],
        (Run, Acquire) => &[Pause, Acquire],
        (Run, Stop) => &[Pause, Acquire, Stop],
    };
    states.iter().map(|state| Call::SetState(*state)).collect()
}

#[test]
fn r33_a_new_pin_is_in_stop() {
    let (_, pin) = Bench::pin(Behaviour::default());
    assert_eq!(state(&pin), KsState::Stop);
}

#[test]
fn r34_r35_r36_each_of_the_sixteen_pairs_takes_one_call_per_neighbour() {
    for from in KsState::ALL {
        for to in KsState::ALL {
            let (bench, pin) = Bench::pin(Behaviour::default());
            assert_eq!(status(&pin, plain_buffer()), NtStatus::SUCCESS);
            assert_eq!(set_state(&pin, from), NtStatus::SUCCESS);
            bench.take_calls();
            assert_eq!(set_state(&pin, to), NtStatus::SUCCESS);
            assert_eq!(bench.take_calls(), steps(from, to), "{from:?} to {to:?}");
            assert_eq!(state(&pin), to);
        }
    }
}

#[test]
fn r35_a_failure_on_the_way_up_leaves_the_last_good_state() {
    for (refuses, stays) in [
        (KsState::Acquire, KsState::Stop),
        (KsState::Pause, KsState::Acquire),
        (KsState::Run, KsState::Pause),
    ] {
        let (bench, pin) = Bench::pin(Behaviour {
            refuses: Some(refuses),
            ..Behaviour::default()
        });
        assert_eq!(status(&pin, plain_buffer()), NtStatus::SUCCESS);
        assert_eq!(
            set_state(&pin, KsState::Run),
            NtStatus::INSUFFICIENT_RESOURCES
        );
        assert_eq!(state(&pin), stays);
        bench.take_calls();
        assert_eq!(set_state(&pin, KsState::Stop), NtStatus::SUCCESS);
        assert_eq!(bench.take_calls(), steps(stays, KsState::Stop));
    }
}

#[test]
fn r45_run_and_pause_may_alternate() {
    let (bench, pin) = Bench::pin(Behaviour::default());
    assert_eq!(status(&pin, plain_buffer()), NtStatus::SUCCESS);
    assert_eq!(set_state(&pin, KsState::Pause), NtStatus::SUCCESS);
    bench.take_calls();
    for _ in 0..3 {
        assert_eq!(set_state(&pin, KsState::Run), NtStatus::SUCCESS);
        assert_eq!(set_state(&pin, KsState::Pause), NtStatus::SUCCESS);
    }
    let expected = [KsState::Run, KsState::Pause].map(Call::SetState);
    assert_eq!(bench.take_calls(), expected.repeat(3));
}

#[test]
fn r46_run_without_a_buffer_fails_and_leaves_the_pin_in_pause() {
    let (bench, pin) = Bench::pin(Behaviour::default());
    bench.take_calls();
    assert_eq!(
        set_state(&pin, KsState::Run),
        NtStatus::INVALID_DEVICE_REQUEST
    );
    assert_eq!(state(&pin), KsState::Pause);
    assert_eq!(bench.take_calls(), steps(KsState::Stop, KsState::Pause));
}

#[test]
fn r47_closing_in_any_state_steps_down_before_the_buffer_is_freed() {
    for from in KsState::ALL {
        for (buffer, free) in [
            (plain_buffer(), Call::Free),
            (notifying_buffer(), Call::FreeWithNotification),
        ] {
            let (bench, pin) = Bench::pin(Behaviour::default());
            assert_eq!(status(&pin, buffer), NtStatus::SUCCESS);
            assert_eq!(set_state(&pin, from), NtStatus::SUCCESS);
            bench.take_calls();
            pin.close(now());
            let mut expected = steps(from, KsState::Stop);
            expected.push(free);
            assert_eq!(bench.take_calls(), expected);
        }
    }
}

#[test]
fn a_closed_pin_answers_nothing() {
    let (bench, pin) = Bench::pin(Behaviour::default());
    pin.close(now());
    bench.take_calls();
    assert_eq!(status(&pin, PinRequest::GetState), NtStatus::INVALID_HANDLE);
    assert_eq!(set_state(&pin, KsState::Run), NtStatus::INVALID_HANDLE);
    assert_eq!(bench.take_calls(), []);
}

#[test]
fn the_position_is_the_miniports() {
    let (_, pin) = Bench::pin(Behaviour::default());
    let Ok(PinReply::Position(position)) = pin.request(now(), PinRequest::Position) else {
        panic!("a position is answered with a position");
    };
    assert_eq!((position.play.get(), position.write.get()), (16, 32));
}
