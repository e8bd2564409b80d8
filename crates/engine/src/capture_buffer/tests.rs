//! The queue of a client that records, on time and too late.

use proptest::prelude::*;
use units::SampleFormat;

use super::*;

const PERIOD: u64 = 480;

fn buffer(frames: u64, overrun: Overrun) -> CaptureBuffer {
    let format = WaveFormat::new(48_000, 1, SampleFormat::U8).unwrap();
    CaptureBuffer::new(format, Frames::new(frames), overrun, Samples::Kept)
}

/// The samples of the device frames from `first` on.
fn recorded(first: u64, frames: u64) -> Vec<u8> {
    let sample = |frame: u64| u8::try_from(frame % 251).unwrap();
    (first..first + frames).map(sample).collect()
}

/// Appends; the first device frame that found no room, and how many did not.
fn append(buffer: &mut CaptureBuffer, first: u64, frames: u64) -> Option<(u64, u64)> {
    let counter = Hns::new(first * 10_000_000 / 48_000);
    let bytes = recorded(first, frames);
    let mut lost: Option<(u64, u64)> = None;
    let frames = Frames::new(frames);
    buffer.append(frames, first, (counter, false), Some(&bytes), |dropped| {
        let (first, frames) = (dropped.device_frame, dropped.frames.get());
        lost = Some(lost.map_or((first, frames), |(first, so_far)| (first, so_far + frames)));
    });
    lost
}

/// Position, frames and flag of each packet that is queued.
fn drain(buffer: &mut CaptureBuffer) -> Vec<(u64, u64, bool)> {
    let mut all = Vec::new();
    let mut bytes = Vec::new();
    while buffer.front().is_some() {
        let packet = buffer.hold(&mut bytes);
        assert_eq!(bytes, recorded(packet.device_frame, packet.frames.get()));
        all.push((packet.position, packet.frames.get(), packet.discontinuity));
        buffer.release(true);
    }
    all
}

#[test]
fn w66_in_the_steady_state_a_packet_is_a_period_and_follows_the_one_before() {
    let mut buffer = buffer(960, Overrun::KeepOldest);
    let mut expected = 0;
    for pass in 0..20 {
        assert_eq!(append(&mut buffer, pass * PERIOD, PERIOD), None);
        assert_eq!(drain(&mut buffer), [(expected, PERIOD, false)]);
        expected += PERIOD;
    }
}

#[test]
fn w70_an_unread_stream_grows_by_a_period_per_pass_and_its_next_packet_stays() {
    let mut buffer = buffer(48_000, Overrun::KeepOldest);
    for pass in 0..50 {
        append(&mut buffer, pass * PERIOD, PERIOD);
        assert_eq!(buffer.padding().get(), (pass + 1) * PERIOD);
        assert_eq!(buffer.front().unwrap().frames.get(), PERIOD);
    }
}

#[test]
fn w71_an_overrun_fills_the_buffer_to_the_frame_and_says_so_in_a_later_packet() {
    let mut buffer = buffer(1056, Overrun::KeepOldest);
    let lost: Vec<_> = (0..6).map(|n| append(&mut buffer, n * 480, 480)).collect();
    assert_eq!(
        lost,
        [
            None,
            None,
            Some((960, 384)),
            Some((1440, 480)),
            Some((1920, 480)),
            Some((2400, 480))
        ]
    );
    assert_eq!(buffer.padding().get(), 1056);
    assert_eq!(
        drain(&mut buffer),
        [(0, 480, false), (480, 480, false), (1344, 96, true)]
    );
    append(&mut buffer, 2880, 480);
    assert_eq!(drain(&mut buffer), [(2880, 480, true)]);
}

#[test]
fn the_newest_is_kept_where_that_is_the_rule() {
    let mut buffer = buffer(1056, Overrun::KeepNewest);
    append(&mut buffer, 0, 480);
    append(&mut buffer, 480, 480);
    assert_eq!(append(&mut buffer, 960, 480), Some((0, 384)));
    assert_eq!(buffer.padding().get(), 1056);
    let first = buffer.front().unwrap();
    assert_eq!(first.counter, Hns::new(80_000), "384 frames later");
    assert_eq!(
        drain(&mut buffer),
        [(384, 96, true), (480, 480, false), (960, 480, false)]
    );
}

#[test]
fn what_is_held_does_not_give_way() {
    let mut buffer = buffer(960, Overrun::KeepNewest);
    append(&mut buffer, 0, 480);
    append(&mut buffer, 480, 480);
    buffer.hold(&mut Vec::new());
    assert_eq!(append(&mut buffer, 960, 480), Some((960, 480)));
    assert_eq!(
        drain(&mut buffer),
        [(0, 480, false), (480, 480, false)],
        "both were there first"
    );
}

#[test]
fn what_the_reader_skipped_moves_the_position() {
    let mut buffer = buffer(960, Overrun::KeepOldest);
    append(&mut buffer, 0, 480);
    buffer.skip(960);
    append(&mut buffer, 1440, 480);
    assert_eq!(drain(&mut buffer), [(0, 480, false), (1440, 480, true)]);
}

proptest! {
    /// Every frame that came is queued, was read, or was said to be dropped, and the flag stands
    /// where something is missing and nowhere else.
    #[test]
    fn w71_delivered_and_lost_are_what_came(
        moves in prop::collection::vec((1_u64..600, prop::bool::weighted(0.4)), 1..60),
        newest: bool,
    ) {
        let rule = if newest { Overrun::KeepNewest } else { Overrun::KeepOldest };
        let mut buffer = buffer(1056, rule);
        let (mut came, mut lost, mut read, mut next) = (0, 0, 0, 0);
        for (frames, reads) in moves {
            lost += append(&mut buffer, came, frames).map_or(0, |(_, frames)| frames);
            came += frames;
            prop_assert!(buffer.padding().get() <= 1056);
            if reads {
                for (position, frames, flag) in drain(&mut buffer) {
                    prop_assert_eq!(flag, position != next);
                    next = position + frames;
                    read += frames;
                }
            }
            prop_assert_eq!(read + lost + buffer.padding().get(), came);
        }
    }
}
