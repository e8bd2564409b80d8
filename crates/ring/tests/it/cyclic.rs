//! The cyclic buffer against a plain vector of bytes, in every format.

use proptest::collection::vec;
use proptest::prelude::*;
use ring::CyclicBuffer;
use units::{Frames, SampleFormat, WaveFormat};

pub(crate) const SAMPLES: [SampleFormat; 6] = [
    SampleFormat::U8,
    SampleFormat::S16,
    SampleFormat::S24,
    SampleFormat::S24In32,
    SampleFormat::S32,
    SampleFormat::F32,
];

pub(crate) fn any_format() -> impl Strategy<Value = WaveFormat> {
    (0..SAMPLES.len(), 1..=12_u8)
        .prop_map(|(sample, channels)| WaveFormat::new(48_000, channels, SAMPLES[sample]).unwrap())
}

/// The reference: bytes, and one frame after the other.
struct Oracle {
    frame_bytes: usize,
    bytes: Vec<u8>,
}

impl Oracle {
    fn new(format: WaveFormat, frames: u64) -> Self {
        let bytes = format.bytes_of(Frames::new(frames)).get();
        Self {
            frame_bytes: format.frame_bytes() as usize,
            bytes: vec![0; bytes as usize],
        }
    }

    /// Where the bytes of frame `at` begin.
    fn place(&self, at: u64) -> usize {
        (at % (self.bytes.len() / self.frame_bytes) as u64) as usize * self.frame_bytes
    }

    fn store(&mut self, at: u64, bytes: &[u8]) {
        for (n, frame) in (at..).zip(bytes.chunks_exact(self.frame_bytes)) {
            let place = self.place(n);
            self.bytes[place..][..self.frame_bytes].copy_from_slice(frame);
        }
    }

    fn load(&self, at: u64, out: &mut [u8]) {
        for (n, frame) in (at..).zip(out.chunks_exact_mut(self.frame_bytes)) {
            frame.copy_from_slice(&self.bytes[self.place(n)..][..self.frame_bytes]);
        }
    }
}

#[derive(Clone, Debug)]
enum Access {
    Store { at: u64, frames: u64, first: u8 },
    Silence { at: u64, frames: u64 },
    Load { at: u64, frames: u64 },
}

fn any_access() -> impl Strategy<Value = Access> {
    let at = prop_oneof![0..200_u64, (u64::MAX - 500)..(u64::MAX - 200)];
    (at, 0..100_u64, any::<u8>(), 0..3_u8).prop_map(|(at, frames, first, what)| match what {
        0 => Access::Store { at, frames, first },
        1 => Access::Silence { at, frames },
        _ => Access::Load { at, frames },
    })
}

proptest! {
    /// Whatever is stored, wherever, over the wrap and more than once round: what is loaded is
    /// what a vector would give back. A copy taken in between keeps what lay there then.
    #[test]
    fn a_buffer_is_a_vector_that_wraps(
        format in any_format(),
        frames in 1..70_u64,
        before in vec(any_access(), 0..12),
        after in vec(any_access(), 0..12),
    ) {
        let buffer = CyclicBuffer::new(format, Frames::new(frames));
        let mut oracle = Oracle::new(format, frames);
        for access in &before {
            apply(&buffer, &mut oracle, access)?;
        }
        let (copy, then) = (buffer.clone(), Oracle { bytes: oracle.bytes.clone(), ..oracle });
        for access in &after {
            apply(&buffer, &mut oracle, access)?;
        }
        let all = Access::Load { at: 0, frames };
        apply(&buffer, &mut oracle, &all)?;
        let mut then = then;
        apply(&copy, &mut then, &all)?;
        prop_assert_eq!((copy.frames(), copy.format()), (Frames::new(frames), format));
    }
}

fn apply(buffer: &CyclicBuffer, oracle: &mut Oracle, access: &Access) -> Result<(), TestCaseError> {
    let bytes = |frames: u64| vec![0; frames as usize * oracle.frame_bytes];
    match *access {
        Access::Store { at, frames, first } => {
            let mut bytes = bytes(frames);
            for (n, byte) in (0_u8..=255).cycle().zip(&mut bytes) {
                *byte = first.wrapping_add(n.wrapping_mul(7));
            }
            buffer.store(Frames::new(at), &bytes);
            oracle.store(at, &bytes);
        }
        Access::Silence { at, frames } => {
            let mut bytes = bytes(frames);
            bytes.fill(if buffer.format().sample == SampleFormat::U8 {
                0x80
            } else {
                0
            });
            buffer.store_silence(Frames::new(at), Frames::new(frames));
            oracle.store(at, &bytes);
        }
        Access::Load { at, frames } => {
            let (mut found, mut expected) = (bytes(frames), bytes(frames));
            buffer.load(Frames::new(at), &mut found);
            oracle.load(at, &mut expected);
            prop_assert_eq!(found, expected);
        }
    }
    Ok(())
}

#[test]
fn a_new_buffer_is_zero_in_every_format() {
    for sample in SAMPLES {
        let format = WaveFormat::new(44_100, 2, sample).unwrap();
        let buffer = CyclicBuffer::new(format, Frames::new(3));
        let mut out = vec![0xff; format.bytes_of(Frames::new(3)).get() as usize];
        buffer.load(Frames::ZERO, &mut out);
        assert!(out.iter().all(|byte| *byte == 0), "{sample:?}");
    }
}

#[test]
#[should_panic(expected = "whole frames are stored")]
fn a_part_of_a_frame_is_refused() {
    let format = WaveFormat::new(48_000, 2, SampleFormat::S16).unwrap();
    CyclicBuffer::new(format, Frames::new(3)).store(Frames::ZERO, &[0; 6]);
}

#[test]
#[should_panic(expected = "at least one frame")]
fn a_buffer_without_a_frame_is_refused() {
    let format = WaveFormat::new(48_000, 2, SampleFormat::S16).unwrap();
    let _ = CyclicBuffer::new(format, Frames::ZERO);
}
