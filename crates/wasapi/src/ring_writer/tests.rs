use proptest::prelude::*;
use units::{Clock, SampleRate, SimTime};

use super::*;

const FRAME: u64 = 4;

fn writer(plausibility: Plausibility) -> RingWriter {
    RingWriter::new(RingWriterConfig {
        buffer: Frames::new(960),
        frame: Bytes::new(FRAME),
        plausibility,
        byte_count: ByteCount::Modulo,
        wraps_after: None,
    })
}

/// Reads that the device is at frame `frame`, and fills what is free. What was written.
fn turn(writer: &mut RingWriter, frame: u64) -> u64 {
    writer.read(Bytes::new(frame % 960 * FRAME));
    let free = writer.free().frames;
    writer.wrote(free);
    free.get()
}

#[test]
fn s37_a_step_back_of_10_frames_makes_950_appear() {
    let mut writer = writer(Plausibility::None);
    assert_eq!(turn(&mut writer, 0), 960);
    for at in (480..=4800).step_by(480) {
        assert_eq!(turn(&mut writer, at), 480);
    }
    assert_eq!(writer.written(), Frames::new(5760));
    assert_eq!(turn(&mut writer, 4790), 950);
    // The right reading afterwards completes the revolution that never was.
    assert_eq!(turn(&mut writer, 4800), 10);
    assert_eq!(writer.played(), Frames::new(5760));
}

#[test]
fn s37_half_a_ring_is_plausible_and_a_byte_more_is_not() {
    let mut writer = writer(Plausibility::HalfRing);
    assert_eq!(
        writer.read(Bytes::new(480 * FRAME)),
        Step::Forward(Bytes::new(480 * FRAME))
    );
    assert_eq!(writer.read(Bytes::new(1)), Step::Ignored);
    // Compared is with what was read before the one that was ignored.
    assert_eq!(
        writer.read(Bytes::new(0)),
        Step::Forward(Bytes::new(480 * FRAME))
    );
    assert_eq!((writer.played(), writer.ignored()), (Frames::new(960), 1));
}

#[test]
fn s38_what_is_queued_behind_the_guard_can_be_written_anew() {
    let mut writer = writer(Plausibility::None);
    turn(&mut writer, 0);
    for at in (480..=2880).step_by(480) {
        turn(&mut writer, at);
    }
    let again = writer.queued_behind(Frames::new(32));
    assert_eq!((again.first, again.frames), (2912, Frames::new(928)));
    assert_eq!(writer.place(again.first), Frames::new(32));
    let nothing = writer.queued_behind(Frames::new(2000));
    assert_eq!((nothing.first, nothing.frames), (3840, Frames::ZERO));
}

/// A writer of a 1 s ring at `rate` with `frame` bytes that wakes every half second, run until its
/// count has wrapped once. When that was in ns, rounded to the nearest wake-up before and after,
/// and what was written at each wake-up.
fn across_the_wrap(rate: u32, frame: u64, byte_count: ByteCount) -> (RingWriter, Vec<u64>) {
    let ring = u64::from(rate);
    let mut writer = RingWriter::new(RingWriterConfig {
        buffer: Frames::new(ring),
        frame: Bytes::new(frame),
        plausibility: Plausibility::None,
        byte_count,
        wraps_after: None,
    });
    writer.wrote(Frames::new(ring));
    let mut written = Vec::new();
    let mut played = 0;
    while writer.wraps() == 0 || written.len() % 8 != 0 {
        played += ring / 2;
        writer.read(Bytes::new(played % ring * frame));
        let free = writer.free().frames;
        writer.wrote(free);
        written.push(free.get());
        assert_eq!(writer.played().get(), played);
    }
    (writer, written)
}

#[test]
fn s40_modulo_arithmetic_does_not_notice_that_32_bits_wrap() {
    for (rate, frame, wraps_at_nanos) in [
        (48_000, 4, 22_369_621_333_333_u64),
        (192_000, 8, 2_796_202_666_666),
    ] {
        let clock = Clock::nominal(SimTime::ZERO, SampleRate::new(rate).unwrap());
        let wrap = clock.instant_of((1 << 32) / frame);
        assert_eq!(wrap.to_nanos_floor(), wraps_at_nanos);
        let (writer, written) = across_the_wrap(rate, frame, ByteCount::Modulo);
        assert_eq!(writer.wraps(), 1);
        assert!(written.iter().all(|frames| *frames == u64::from(rate) / 2));
    }
}

#[test]
fn s40_plain_numbers_take_a_count_that_wrapped_for_an_empty_buffer() {
    let (_, written) = across_the_wrap(192_000, 8, ByteCount::Plain);
    // 2^29 frames were written in the wake-up at 2795.5 s; in the next one all looks empty, and in
    // the one after that, when the count of what was played has wrapped too, all looks full.
    let odd = written
        .iter()
        .enumerate()
        .filter(|(_, frames)| **frames != 96_000);
    let odd: Vec<_> = odd.map(|(wake, frames)| (wake + 1, *frames)).collect();
    assert_eq!(odd, [(5592, 192_000), (5593, 0)]);
}

#[test]
fn a_restart_forgets_everything_but_what_was_odd() {
    let mut writer = writer(Plausibility::HalfRing);
    turn(&mut writer, 470);
    assert_eq!(writer.read(Bytes::new(460 * FRAME)), Step::Ignored);
    writer.restart();
    assert_eq!(
        (writer.written(), writer.played(), writer.ignored()),
        (Frames::ZERO, Frames::ZERO, 1)
    );
    assert_eq!(writer.read(Bytes::new(4)), Step::Forward(Bytes::new(4)));
}

proptest! {
    /// With readings less than a revolution apart the writer always knows how much was played, and
    /// never has more in the buffer than fits, whatever the checks and the way it counts.
    #[test]
    fn readings_less_than_a_revolution_apart_unwrap_to_the_truth(
        steps in prop::collection::vec(0u64..=480, 1..200),
        half in any::<bool>(),
    ) {
        let mut writer = writer(if half { Plausibility::HalfRing } else { Plausibility::None });
        let mut played = 0;
        writer.wrote(Frames::new(960));
        for step in steps {
            played += step;
            prop_assert_eq!(turn(&mut writer, played), step);
            prop_assert_eq!(writer.played().get(), played);
            prop_assert_eq!(writer.written().get(), played + 960);
        }
        prop_assert_eq!(writer.ignored(), 0);
    }
}
