//! A device without hardware that records.

use std::sync::Arc;

use hardware::TimerDevice;
use ring::{Samples, SharedBuffer};
use units::{Frames, SampleFormat, SimTime, WaveFormat};

/// Eight frames of one byte, and a microphone that records into them at RUN.
fn recording() -> (Arc<SharedBuffer>, TimerDevice) {
    let format = WaveFormat::new(48_000, 1, SampleFormat::U8).unwrap();
    let buffer = Arc::new(SharedBuffer::new(format, Frames::new(8), Samples::Kept));
    let mut device = TimerDevice::new(Samples::Kept, None);
    device.attach(Arc::clone(&buffer));
    device.run(SimTime::ZERO.commit(), format.rate);
    (buffer, device)
}

/// Puts frames up to `upto`, each of which is its number.
fn put(device: &mut TimerDevice, upto: u64) {
    device.put_to(Frames::new(upto), Frames::new(upto), |_, first, out| {
        for (number, byte) in (first.get()..).zip(out) {
            *byte = u8::try_from(number).unwrap();
        }
    });
}

/// What lies there: bytes, and whose they are.
fn lies(buffer: &SharedBuffer) -> (Vec<u8>, Vec<u64>) {
    let mut bytes = vec![0; 8];
    let mut whose = Vec::new();
    buffer.load(
        Frames::ZERO,
        Frames::new(8),
        Some(&mut bytes),
        |len, who| {
            let first = who.map_or(0, |who| who.content);
            whose.extend((0..len.get()).map(|at| first + at));
        },
    );
    (bytes, whose)
}

#[test]
fn v8_data_is_put_in_one_lump_lap_after_lap() {
    let (buffer, mut device) = recording();
    put(&mut device, 5);
    assert_eq!(lies(&buffer).0[..6], [0, 1, 2, 3, 4, 0]);
    put(&mut device, 21);
    let expected = [16, 17, 18, 19, 20, 13, 14, 15];
    assert_eq!(lies(&buffer).0, expected);
    assert_eq!(lies(&buffer).1, expected.map(u64::from));
    assert_eq!(device.moved(), Frames::new(21));
    let segments = device.log().segments();
    assert_eq!((segments.len(), segments[0].frames), (1, Frames::new(21)));
    assert_eq!(
        device.log().spans().len(),
        1,
        "one span, however many lumps"
    );
}

/// Who makes the samples finds what lies in their place, and may leave it.
#[test]
fn v60_what_is_not_written_keeps_what_memory_held() {
    let (buffer, mut device) = recording();
    put(&mut device, 8);
    device.put_to(Frames::new(11), Frames::new(11), |run, first, out| {
        assert_eq!((run, first, &*out), (0, Frames::new(8), &[0, 1, 2][..]));
        out[1] = 99;
    });
    assert_eq!(lies(&buffer).0[..4], [0, 99, 2, 3]);
}

/// A frame is in memory when it begins, and counts when it has come.
#[test]
fn a_frame_counts_when_it_has_wholly_come_or_the_stream_pauses() {
    let (_, mut device) = recording();
    device.put_to(Frames::new(4), Frames::new(3), |_, _, _| {});
    let frames = |device: &TimerDevice| device.log().segments().last().unwrap().frames;
    assert_eq!(frames(&device), Frames::new(3));
    device.pause();
    assert_eq!(frames(&device), Frames::new(4));
    device.reset();
    put(&mut device, 9);
    assert_eq!(device.moved(), Frames::ZERO, "nothing moves before RUN");
}
