//! What the other clock of the samples says.

use ks::KsState;
use proptest::prelude::*;

use super::PausableStream;
use crate::virtual_audio::Wave;

/// 48 kHz, 16 bits, stereo: 192 bytes in a millisecond.
fn stream() -> PausableStream {
    PausableStream::new(Wave::pcm(48_000, 4).unwrap())
}

#[test]
fn v70_the_worked_reading_is_that_of_the_sample() {
    let mut stream = stream();
    stream.set_state(5_000, KsState::Run);
    let now = 5_000 + 1_234_567;
    assert_eq!(stream.get_linear_position(now).get(), 23_703);
    assert_eq!(stream.get_presentation_position(now).blocks.get(), 5_925);
    let offload = stream.get_offload_presentation_position(now);
    assert_eq!((offload.blocks.get(), offload.counter), (4_965, now));
}

#[test]
fn v70_an_offloaded_stream_presents_nothing_for_20_ms() {
    let mut stream = stream();
    stream.set_state(0, KsState::Run);
    let blocks = [0, 199_999, 200_000, 200_209]
        .map(|now| stream.get_offload_presentation_position(now).blocks.get());
    assert_eq!(blocks, [0, 0, 0, 1]);
}

#[test]
fn v70_in_pause_the_counter_is_the_one_that_pause_took() {
    let mut stream = stream();
    stream.set_state(100, KsState::Run);
    stream.get_presentation_position(40_000);
    stream.set_state(50_100, KsState::Pause);
    let paused = stream.get_presentation_position(9_000_000);
    assert_eq!((paused.blocks.get(), paused.counter), (240, 50_100));
    stream.set_state(9_000_001, KsState::Stop);
    let stopped = stream.get_presentation_position(9_000_002);
    assert_eq!((stopped.blocks.get(), stopped.counter), (0, 50_100));
}

#[test]
fn v70_run_while_running_changes_nothing() {
    let mut stream = stream();
    stream.set_state(0, KsState::Run);
    stream.set_state(70_000, KsState::Run);
    assert_eq!(stream.get_linear_position(100_000).get(), 1_920);
}

proptest! {
    /// Whatever the pauses and whoever asks in between: the bytes of the whole time spent in RUN,
    /// rounded once.
    #[test]
    fn v70_pauses_and_questions_cost_nothing(
        stretches in prop::collection::vec((0u64..3_000_000, 0u64..3_000_000, 0u64..3_000_000), 1..12),
        rate in prop::sample::select(vec![11_025u32, 44_100, 48_000, 192_000]),
    ) {
        let mut stream = PausableStream::new(Wave::pcm(rate, 6).unwrap());
        let (mut now, mut ran) = (3, 0u64);
        for (first, second, pause) in stretches {
            stream.set_state(now, KsState::Run);
            stream.get_linear_position(now + first);
            now += first + second;
            ran += first + second;
            stream.set_state(now, KsState::Pause);
            now += pause;
            let expected = ran * u64::from(rate) * 6 / 10_000_000;
            prop_assert_eq!(stream.get_linear_position(now).get(), expected);
        }
    }
}
