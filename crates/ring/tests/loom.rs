//! Every interleaving, and every outcome that the memory model allows, of small rings.
//!
//! Run by `RUSTFLAGS="--cfg loom" cargo test -p wavert-ring --test loom --release`; empty
//! otherwise. There is no bound on preemptions: what is small is the ring. Each test prints how
//! many executions it took.

#![cfg(loom)]
#![expect(clippy::unwrap_used, reason = "helpers of tests: formats are legal")]

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use loom::thread;
use ring::{
    ClockRegister, ClockShape, CyclicBuffer, PositionReader, PositionRegister, PositionShape,
    PositionWriter, Width,
};
use units::{Bytes, Frames, SampleFormat, WaveFormat};

/// Explores `world` to the end.
fn explore(name: &str, world: impl Fn() + Sync + Send + 'static) {
    let executions = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&executions);
    loom::model(move || {
        counted.fetch_add(1, Ordering::Relaxed);
        world();
    });
    eprintln!("{name}: {} executions", executions.load(Ordering::Relaxed));
}

fn buffer(channels: u8, sample: SampleFormat, frames: u64) -> Arc<CyclicBuffer> {
    let format = WaveFormat::new(48_000, channels, sample).unwrap();
    Arc::new(CyclicBuffer::new(format, Frames::new(frames)))
}

/// A register that counts bytes and does not wrap in these tests.
fn register(width: Width) -> (PositionWriter, PositionReader) {
    let buffer = Bytes::new(1 << 20);
    PositionRegister::pair(PositionShape {
        width,
        buffer,
        accuracy: Bytes::new(1),
    })
}

fn store(buffer: &CyclicBuffer, at: u64, frame: u32) {
    buffer.store(Frames::new(at), &frame.to_le_bytes());
}

fn load(buffer: &CyclicBuffer, at: u64) -> u32 {
    let mut frame = [0; 4];
    buffer.load(Frames::new(at), &mut frame);
    u32::from_le_bytes(frame)
}

/// Capture. The device stores frames 1, 2 and 3 into a ring of two, so that the third lands on the
/// first, and publishes its position after each; nobody waits for anybody. Whoever reads position
/// p finds frame p, or one that came later to its place.
#[test]
fn who_reads_a_position_finds_the_frames_before_it() {
    for width in [Width::Bits32, Width::Bits64] {
        explore("writer, reader, poller", move || {
            let ring = buffer(2, SampleFormat::S16, 2);
            let (mut device, client) = register(width);
            let poller = client.clone();
            let written = Arc::clone(&ring);
            let writer = thread::spawn(move || {
                for n in 1..=3 {
                    store(&written, u64::from(n) - 1, n);
                    device.publish(Bytes::new(n.into()));
                }
            });
            let poller = thread::spawn(move || {
                let (first, second) = (poller.read(), poller.read());
                assert!(
                    first <= second && second <= Bytes::new(3),
                    "{first:?}, {second:?}"
                );
            });
            let position = client.read().get();
            let found = (load(&ring, 0), load(&ring, 1));
            match position {
                0 => assert!(matches!(found, (0 | 1 | 3, 0 | 2)), "{found:?}"),
                1 => assert!(matches!(found, (1 | 3, 0 | 2)), "{found:?}"),
                2 => assert!(matches!(found, (1 | 3, 2)), "{found:?}"),
                _ => assert_eq!(found, (3, 2)),
            }
            writer.join().unwrap();
            poller.join().unwrap();
        });
    }
}

/// Render. The device loads a frame and then publishes that it is past it; the client overwrites
/// the frame only when it has read so. The device never sees the later frame.
///
/// The checker never lets a load see a store that comes later in the execution, so what this test
/// can find is an access in the wrong place; that hardware may not reorder the load behind the
/// release either is the memory model's word, on the front page of the crate.
#[test]
fn what_is_stored_behind_a_position_is_not_loaded_before_it() {
    explore("device, client, poller", || {
        let ring = buffer(2, SampleFormat::S16, 1);
        let (mut device, client) = register(Width::Bits32);
        let poller = client.clone();
        store(&ring, 0, 1);
        let memory = Arc::clone(&ring);
        let hardware = thread::spawn(move || {
            let taken = load(&memory, 0);
            device.publish(Bytes::new(4));
            taken
        });
        let poller = thread::spawn(move || poller.read());
        if client.read() == Bytes::new(4) {
            store(&ring, 0, 2);
        }
        assert_eq!(hardware.join().unwrap(), 1);
        assert!(matches!(poller.join().unwrap().get(), 0 | 4));
    });
}

/// Without any register: who has seen a frame of one `store` finds in its next `load` what the
/// same thread had stored before. Two readers agree on it whatever they see.
#[test]
fn blocks_do_not_overtake_each_other() {
    explore("writer and two readers without a register", || {
        let ring = buffer(2, SampleFormat::S16, 2);
        let readers: Vec<_> = (0..2)
            .map(|_| {
                let ring = Arc::clone(&ring);
                move || {
                    let (second, first) = (load(&ring, 1), load(&ring, 0));
                    assert!(
                        second == 0 || first == 1,
                        "found {second}, but before it {first}"
                    );
                }
            })
            .map(thread::spawn)
            .collect();
        store(&ring, 0, 1);
        store(&ring, 1, 2);
        for reader in readers {
            reader.join().unwrap();
        }
    });
}

/// All that a reader finds who races the overwriting of one frame, over all executions.
fn found_in_a_race(channels: u8) -> BTreeSet<Vec<u32>> {
    let found = Arc::new(Mutex::new(BTreeSet::new()));
    let all = Arc::clone(&found);
    explore("race for one frame", move || {
        let ring = buffer(channels, SampleFormat::S32, 1);
        let written = Arc::clone(&ring);
        let samples = move |sign: u32| (1..=channels).map(move |c| u32::from(c) + sign);
        let bytes = move |sign| {
            samples(sign)
                .flat_map(u32::to_le_bytes)
                .collect::<Vec<u8>>()
        };
        ring.store(Frames::ZERO, &bytes(0));
        let writer = thread::spawn(move || written.store(Frames::ZERO, &bytes(0x8000_0000)));
        let mut frame = vec![0; usize::from(channels) * 4];
        ring.load(Frames::ZERO, &mut frame);
        let words = frame
            .chunks_exact(4)
            .map(|word| u32::from_le_bytes(word.try_into().unwrap()));
        all.lock().unwrap().insert(words.collect());
        writer.join().unwrap();
    });
    found.lock().unwrap().clone()
}

const NEW: u32 = 0x8000_0000;

#[test]
fn a_frame_of_64_bits_is_old_or_new() {
    assert_eq!(
        found_in_a_race(2),
        BTreeSet::from([vec![1, 2], vec![NEW + 1, NEW + 2]])
    );
}

/// G13 inside a frame: three channels of 32 bits are two cells. Both mixtures occur, the newer
/// cell first or last, and no sample is ever anything but old or new.
#[test]
fn a_wider_frame_tears_between_cells_only() {
    let expected = BTreeSet::from([
        vec![1, 2, 3],
        vec![NEW + 1, NEW + 2, 3],
        vec![1, 2, NEW + 3],
        vec![NEW + 1, NEW + 2, NEW + 3],
    ]);
    assert_eq!(found_in_a_race(3), expected);
}

/// The clock register is the same word under another name, and it wraps whole.
#[test]
fn a_clock_that_wraps_is_never_read_half_wrapped() {
    explore("clock and two readers", || {
        let shape = ClockShape {
            width: Width::Bits32,
            numerator: 1,
            denominator: 1,
            accuracy_ticks: 1,
        };
        let (mut device, client) = ClockRegister::pair(shape);
        device.publish(u64::from(u32::MAX));
        let other = client.clone();
        let writer = thread::spawn(move || device.publish(1 << 32));
        let other = thread::spawn(move || other.read());
        assert!([u64::from(u32::MAX), 0].contains(&client.read()));
        assert!([u64::from(u32::MAX), 0].contains(&other.join().unwrap()));
        writer.join().unwrap();
    });
}
