//! Real threads on one ring: a writer, readers and a register poller, none of which waits.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use ring::{
    CyclicBuffer, Kind, PositionRegister, PositionShape, Samples, SharedBuffer, Whose, Width,
};
use units::{Bytes, Frames, SampleFormat, WaveFormat};

/// Small, so that writer and reader meet on the same frames most of the time.
const RING_FRAMES: u64 = 8;
const PACKET_FRAMES: u64 = 2;
/// Frames that the writer stores.
const FRAMES: u64 = 2_000_000;

fn stereo(sample: SampleFormat) -> WaveFormat {
    WaveFormat::new(48_000, 2, sample).unwrap()
}

/// Frame `n` in stereo of 32 bits: the left channel says `n`, and the right one confirms it.
fn frame(n: u64) -> [u8; 8] {
    let left = u32::try_from(n + 1).unwrap();
    let right = !left;
    let mut bytes = [0; 8];
    bytes[..4].copy_from_slice(&left.to_le_bytes());
    bytes[4..].copy_from_slice(&right.to_le_bytes());
    bytes
}

/// Which frame this is; none if it was never written. Panics if it is torn.
fn number(frame: &[u8]) -> Option<u64> {
    let left = u32::from_le_bytes(frame[..4].try_into().unwrap());
    let right = u32::from_le_bytes(frame[4..].try_into().unwrap());
    if (left, right) == (0, 0) {
        return None;
    }
    assert_eq!(left, !right, "a torn frame");
    Some(u64::from(left) - 1)
}

/// The writer goes round as fast as it can, the reader looks at the whole ring again and again,
/// the poller at the register. No frame is torn; a frame before a position that was read is there,
/// or one that came later to its place; the position never goes back.
#[test]
fn nothing_tears_and_positions_tell_the_truth() {
    let ring = CyclicBuffer::new(stereo(SampleFormat::S32), Frames::new(RING_FRAMES));
    // A register that does not wrap here, so that a reading is a count.
    let (mut device, client) = PositionRegister::pair(PositionShape {
        width: Width::Bits64,
        buffer: Bytes::new(1 << 60),
        accuracy: Bytes::new(1),
    });
    let poller = client.clone();
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            for first in (0..FRAMES).step_by(PACKET_FRAMES as usize) {
                let packet = [frame(first), frame(first + 1)];
                ring.store(Frames::new(first), packet.as_flattened());
                device.publish(Bytes::new(first + PACKET_FRAMES));
            }
            done.store(true, Ordering::Release);
        });
        scope.spawn(|| {
            let mut latest = Bytes::ZERO;
            while !done.load(Ordering::Acquire) {
                let now = poller.read();
                assert!(
                    now >= latest,
                    "the position went back from {latest:?} to {now:?}"
                );
                latest = now;
            }
        });
        let mut out = [0; 8 * RING_FRAMES as usize];
        loop {
            let last_look = done.load(Ordering::Acquire);
            let position = client.read().get();
            ring.load(Frames::ZERO, &mut out);
            for (place, found) in (0..).zip(out.chunks_exact(8)) {
                let found = number(found);
                // The last frame of this place that the position covers.
                let published = position
                    .checked_sub(place + 1)
                    .map(|behind| place + behind / RING_FRAMES * RING_FRAMES);
                assert!(
                    found >= published,
                    "{found:?} where {published:?} was published"
                );
                assert!(
                    found.is_none_or(|n| n % RING_FRAMES == place),
                    "in another's place"
                );
            }
            if last_look {
                break;
            }
        }
        assert_eq!(client.read(), Bytes::new(FRAMES));
    });
}

/// Without a register, and with frames that take several cells: samples are whole, and the cells
/// of a torn frame are each whole.
#[test]
fn g13_a_wide_frame_tears_between_pairs_of_samples_only() {
    let format = WaveFormat::new(48_000, 6, SampleFormat::S32).unwrap();
    let ring = CyclicBuffer::new(format, Frames::new(2));
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            for n in 0..200_000 {
                ring.store(Frames::new(n), [frame(n); 3].as_flattened());
            }
            done.store(true, Ordering::Release);
        });
        let mut out = [0; 2 * 24];
        while !done.load(Ordering::Acquire) {
            ring.load(Frames::ZERO, &mut out);
            out.chunks_exact(8).for_each(|pair| {
                number(pair);
            });
        }
    });
}

/// The note beside the samples is whole too, whoever looks.
#[test]
fn the_note_is_whole_between_threads() {
    let buffer = SharedBuffer::new(stereo(SampleFormat::S16), Frames::new(64), Samples::Kept);
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            for write in 0..5_000_u32 {
                let at = u64::from(write) * 24;
                let whose = Whose {
                    run: 0,
                    kind: Kind::Audio,
                    content: at,
                    intended: at,
                    write,
                };
                let samples = vec![1; 24 * 4];
                buffer.store(
                    Frames::new(at),
                    Some(&samples),
                    Frames::new(24),
                    Some(whose),
                );
            }
            done.store(true, Ordering::Release);
        });
        while !done.load(Ordering::Acquire) {
            let mut place = 0;
            buffer.load(Frames::ZERO, Frames::new(64), None, |len, whose| {
                assert!(whose.is_none_or(|whose| whose.content % 64 == place));
                place += len.get();
            });
            assert_eq!(place, 64);
        }
    });
}
