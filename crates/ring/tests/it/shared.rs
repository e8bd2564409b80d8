//! Samples and spans together.

use ring::{Kind, Samples, SharedBuffer, Whose};
use units::{Frames, SampleFormat, WaveFormat};

const AUDIO: Whose = Whose {
    run: 1,
    kind: Kind::Audio,
    content: 0,
    intended: 0,
    write: 0,
};

fn buffer(samples: Samples) -> SharedBuffer {
    let format = WaveFormat::new(48_000, 1, SampleFormat::U8).unwrap();
    SharedBuffer::new(format, Frames::new(4), samples)
}

/// All four frames: bytes, and stretches of who wrote them.
fn all(buffer: &SharedBuffer) -> ([u8; 4], Vec<(u64, Option<Whose>)>) {
    let mut out = [0; 4];
    let mut stretches = Vec::new();
    buffer.load(
        Frames::ZERO,
        Frames::new(4),
        Some(&mut out),
        |len, whose| {
            stretches.push((len.get(), whose));
        },
    );
    (out, stretches)
}

#[test]
fn samples_and_spans_tell_the_same_story() {
    let buffer = buffer(Samples::Kept);
    buffer.store(Frames::new(3), Some(&[1, 2]), Frames::new(2), Some(AUDIO));
    let expected = vec![
        (1, Some(AUDIO.after(Frames::new(1)))),
        (2, None),
        (1, Some(AUDIO)),
    ];
    assert_eq!(all(&buffer), ([2, 0, 0, 1], expected));
}

#[test]
fn frames_without_bytes_are_silent() {
    let buffer = buffer(Samples::Kept);
    let pad = Whose {
        kind: Kind::EosPad,
        ..AUDIO
    };
    buffer.store(Frames::new(0), None, Frames::new(3), Some(pad));
    assert_eq!(
        all(&buffer),
        ([0x80, 0x80, 0x80, 0], vec![(3, Some(pad)), (1, None)])
    );
}

#[test]
fn without_samples_the_spans_are_the_same() {
    let (kept, left) = (buffer(Samples::Kept), buffer(Samples::Left));
    for buffer in [&kept, &left] {
        buffer.store(Frames::new(2), Some(&[7; 3]), Frames::new(3), Some(AUDIO));
    }
    assert_eq!(all(&left).1, all(&kept).1);
    assert_eq!(all(&left).0, [0x80; 4]);
    assert!(left.samples().is_none() && kept.samples().is_some());
}

#[test]
fn a_snapshot_stays_as_it_was() {
    let buffer = buffer(Samples::Kept);
    buffer.store(
        Frames::ZERO,
        Some(&[1, 2, 3, 4]),
        Frames::new(4),
        Some(AUDIO),
    );
    let snapshot = buffer.snapshot();
    let then = all(&buffer);
    buffer.store(Frames::ZERO, Some(&[9; 4]), Frames::new(4), None);
    assert_eq!(all(&snapshot), then);
    assert_eq!(all(&buffer), ([9; 4], vec![(4, None)]));
}

#[test]
#[should_panic(expected = "as many bytes")]
fn bytes_and_frames_must_agree() {
    buffer(Samples::Left).store(Frames::ZERO, Some(&[1, 2]), Frames::new(3), None);
}
