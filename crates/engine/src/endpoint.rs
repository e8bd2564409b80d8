//! The buffer between a shared client and the engine.

use std::collections::VecDeque;

use ring::Samples;
use units::{Frames, WaveFormat};
use vtime::{Fork, Forker};

/// A client's buffer at the engine: the client releases frames into it, each pass takes a period
/// out of it.
///
/// It is a queue, not the cyclic buffer of the device: frames that are late here are heard later,
/// and none is lost. Beside the frames it notes what they are, run by run.
#[derive(Clone, Debug)]
pub struct EndpointBuffer {
    format: WaveFormat,
    frames: Frames,
    released: u64,
    taken: u64,
    /// The frames as bytes, cyclic; frame `n` of the stream lies at `n % frames`.
    samples: Option<Box<[u8]>>,
    queued: VecDeque<Queued>,
}

/// Frames that a client released in one go and that are still queued.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Queued {
    frames: u64,
    content: u64,
    silent: bool,
}

/// Frames taken from the buffer, one after the other in memory and in their content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Taken<'a> {
    /// How many.
    pub frames: Frames,
    /// The index of the first in the client's content.
    pub content: u64,
    /// True if the client released them as silence.
    pub silent: bool,
    /// Their samples in the client's format; `None` if they are silent or samples are left out.
    pub bytes: Option<&'a [u8]>,
}

impl EndpointBuffer {
    /// An empty buffer for `frames` frames.
    ///
    /// # Panics
    /// If there is no room for any frame.
    pub fn new(format: WaveFormat, frames: Frames, samples: Samples) -> Self {
        assert!(
            !frames.is_zero(),
            "an endpoint buffer has at least one frame"
        );
        let bytes = usize::try_from(format.bytes_of(frames).get()).expect("it fits into memory");
        Self {
            format,
            frames,
            released: 0,
            taken: 0,
            samples: match samples {
                Samples::Kept => Some(vec![0; bytes].into_boxed_slice()),
                Samples::Left => None,
            },
            queued: VecDeque::new(),
        }
    }

    /// What a frame is.
    pub const fn format(&self) -> WaveFormat {
        self.format
    }

    /// How many frames there is room for.
    #[doc(alias = "GetBufferSize")]
    pub const fn frames(&self) -> Frames {
        self.frames
    }

    /// Frames released by the client and not yet taken by the engine.
    #[doc(alias = "GetCurrentPadding")]
    pub const fn padding(&self) -> Frames {
        Frames::new(self.released - self.taken)
    }

    /// Room for further frames.
    pub fn free(&self) -> Frames {
        self.frames - self.padding()
    }

    /// Frames that the client has released since the buffer was last emptied.
    pub const fn released(&self) -> Frames {
        Frames::new(self.released)
    }

    /// Frames that the engine has taken since the buffer was last emptied.
    pub const fn taken(&self) -> Frames {
        Frames::new(self.taken)
    }

    /// True if samples are kept.
    pub const fn keeps_samples(&self) -> bool {
        self.samples.is_some()
    }

    /// Queues `frames` frames, the first of which is frame `content` of the client's content.
    /// Without bytes they are silent.
    ///
    /// # Panics
    /// If there is no room for them, or if there are bytes and they are not that many frames.
    pub fn release(&mut self, frames: Frames, content: u64, bytes: Option<&[u8]>, silent: bool) {
        assert!(frames <= self.free(), "no more than is free is released");
        let frame_bytes = self.format.frame_bytes() as usize;
        if let (Some(samples), Some(bytes)) = (&mut self.samples, bytes) {
            assert_eq!(
                bytes.len(),
                index(frames.get()) * frame_bytes,
                "whole frames"
            );
            let place = index(self.released % self.frames.get()) * frame_bytes;
            let before_wrap = bytes.len().min(samples.len() - place);
            let (now, wrapped) = bytes.split_at(before_wrap);
            samples[place..place + before_wrap].copy_from_slice(now);
            samples[..wrapped.len()].copy_from_slice(wrapped);
        }
        self.released += frames.get();
        self.note(Queued {
            frames: frames.get(),
            content,
            silent,
        });
    }

    /// Takes up to `frames` frames and hands them to `each`, stretch by stretch; how many it were.
    pub fn take(&mut self, frames: Frames, mut each: impl FnMut(Taken<'_>)) -> Frames {
        let mut rest = frames.get().min(self.padding().get());
        let taken = Frames::new(rest);
        let frame_bytes = self.format.frame_bytes() as usize;
        while rest > 0 {
            let head = self.queued.front_mut().expect("what is queued is noted");
            let place = self.taken % self.frames.get();
            let len = rest.min(head.frames).min(self.frames.get() - place);
            let bytes = self
                .samples
                .as_deref()
                .filter(|_| !head.silent)
                .map(|samples| {
                    let first = index(place) * frame_bytes;
                    &samples[first..first + index(len) * frame_bytes]
                });
            each(Taken {
                frames: Frames::new(len),
                content: head.content,
                silent: head.silent,
                bytes,
            });
            head.frames -= len;
            head.content += len;
            if head.frames == 0 {
                self.queued.pop_front();
            }
            self.taken += len;
            rest -= len;
        }
        taken
    }

    /// Empties the buffer and counts from 0 again.
    pub fn reset(&mut self) {
        self.released = 0;
        self.taken = 0;
        self.queued.clear();
    }

    fn note(&mut self, new: Queued) {
        if new.frames == 0 {
            return;
        }
        match self.queued.back_mut() {
            Some(last)
                if last.silent == new.silent && last.content + last.frames == new.content =>
            {
                last.frames += new.frames;
            }
            _ => self.queued.push_back(new),
        }
    }
}

fn index(frames: u64) -> usize {
    usize::try_from(frames).expect("a buffer fits into memory")
}

impl Fork for EndpointBuffer {
    fn fork(&self, _: &mut Forker) -> Self {
        self.clone()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use units::SampleFormat;

    use super::*;

    fn buffer(frames: u64) -> EndpointBuffer {
        let format = WaveFormat::new(48_000, 1, SampleFormat::U8).unwrap();
        EndpointBuffer::new(format, Frames::new(frames), Samples::Kept)
    }

    #[test]
    fn frames_that_continue_each_other_come_out_in_one_stretch() {
        let mut buffer = buffer(8);
        buffer.release(Frames::new(2), 0, Some(&[1, 2]), false);
        buffer.release(Frames::new(3), 2, Some(&[3, 4, 5]), false);
        buffer.release(Frames::new(2), 5, None, true);
        let mut stretches = Vec::new();
        let taken = buffer.take(Frames::new(9), |taken| {
            stretches.push((
                taken.frames.get(),
                taken.content,
                taken.bytes.map(<[u8]>::to_vec),
            ));
        });
        assert_eq!(taken, Frames::new(7));
        assert_eq!(stretches, [(5, 0, Some(vec![1, 2, 3, 4, 5])), (2, 5, None)]);
        assert_eq!(buffer.padding(), Frames::ZERO);
    }

    #[test]
    fn a_reset_buffer_is_empty_and_counts_from_zero() {
        let mut buffer = buffer(8);
        buffer.release(Frames::new(5), 0, None, false);
        buffer.take(Frames::new(2), |_| {});
        buffer.reset();
        assert_eq!(
            (buffer.padding(), buffer.free()),
            (Frames::ZERO, Frames::new(8))
        );
        assert_eq!(
            (buffer.released(), buffer.taken()),
            (Frames::ZERO, Frames::ZERO)
        );
    }

    fn low_byte(index: u64) -> u8 {
        index.to_le_bytes()[0]
    }

    proptest! {
        /// A queue: what goes in comes out once, in order, and never more than there is room for.
        #[test]
        fn frames_come_out_in_the_order_in_which_they_went_in(
            moves in prop::collection::vec((0_u64..12, any::<bool>()), 0..60)
        ) {
            let mut buffer = buffer(10);
            let mut oracle = VecDeque::new();
            let mut content = 0_u64;
            for (frames, release) in moves {
                if release {
                    let frames = frames.min(buffer.free().get());
                    let bytes: Vec<u8> = (content..content + frames).map(low_byte).collect();
                    buffer.release(Frames::new(frames), content, Some(&bytes), false);
                    oracle.extend(bytes);
                    content += frames;
                } else {
                    let mut out = Vec::new();
                    let taken = buffer.take(Frames::new(frames), |taken| {
                        let bytes = taken.bytes.unwrap();
                        assert_eq!(bytes[0], low_byte(taken.content));
                        out.extend_from_slice(bytes);
                    });
                    prop_assert_eq!(taken.get(), frames.min(oracle.len() as u64));
                    let expected: Vec<u8> = oracle.drain(..out.len()).collect();
                    prop_assert_eq!(out, expected);
                }
                prop_assert_eq!(buffer.padding().get(), oracle.len() as u64);
            }
        }
    }
}
