//! Packets on their way to a pin that shares no buffer with its client.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use ring::Whose;
use units::{Frames, WaveFormat};
use vtime::{EventHandle, Fork, Forker};

/// Frames in a packet, and whose they are.
///
/// The bytes are shared, never copied: a [part](Self::split_to) of a payload is a view of the same
/// memory, and carries its part of the note along.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Payload {
    format: WaveFormat,
    bytes: bytes::Bytes,
    /// Stretches whose lengths add up to the frames.
    whose: Vec<(Frames, Option<Whose>)>,
}

impl Payload {
    /// The frames in `bytes`, of which `whose` says stretch by stretch whose they are.
    ///
    /// # Panics
    /// If the stretches are not as long as the bytes.
    pub fn new(
        format: WaveFormat,
        bytes: bytes::Bytes,
        whose: Vec<(Frames, Option<Whose>)>,
    ) -> Self {
        let frames: u64 = whose.iter().map(|(len, _)| len.get()).sum();
        assert_eq!(
            bytes.len() as u64,
            format.bytes_of(Frames::new(frames)).get(),
            "as many bytes as the frames take"
        );
        Self {
            format,
            bytes,
            whose,
        }
    }

    /// How many frames.
    pub fn frames(&self) -> Frames {
        Frames::new(self.whose.iter().map(|(len, _)| len.get()).sum())
    }

    /// The samples.
    pub const fn bytes(&self) -> &bytes::Bytes {
        &self.bytes
    }

    /// Stretch by stretch, with the length of each and whose its first frame is.
    pub fn whose(&self) -> &[(Frames, Option<Whose>)] {
        &self.whose
    }

    /// The same samples under another note.
    ///
    /// # Panics
    /// If the stretches are not as long as the bytes.
    #[must_use]
    pub fn with_whose(&self, whose: Vec<(Frames, Option<Whose>)>) -> Self {
        Self::new(self.format, self.bytes.clone(), whose)
    }

    /// Takes the first `frames` frames off, or all if there are fewer.
    #[must_use]
    pub fn split_to(&mut self, frames: Frames) -> Self {
        let frames = frames.min(self.frames());
        let size = self.format.bytes_of(frames).get();
        let size =
            usize::try_from(size).map_or(self.bytes.len(), |size| size.min(self.bytes.len()));
        let mut rest = frames;
        let (mut head, mut tail) = (Vec::new(), Vec::new());
        for (len, whose) in self.whose.drain(..) {
            let taken = len.min(rest);
            rest = rest.saturating_sub(taken);
            if !taken.is_zero() {
                head.push((taken, whose));
            }
            let left = len.saturating_sub(taken);
            if !left.is_zero() {
                tail.push((left, whose.map(|whose| whose.after(taken))));
            }
        }
        self.whose = tail;
        Self {
            format: self.format,
            bytes: self.bytes.split_to(size),
            whose: head,
        }
    }
}

/// How many of a client's packets have come back.
#[derive(Debug, Default)]
pub struct Completions {
    done: AtomicU64,
    cancelled: AtomicU64,
}

impl Completions {
    /// Packets that the pin is done with.
    pub fn done(&self) -> u64 {
        self.done.load(Ordering::Relaxed)
    }

    /// Packets that were given back before the pin was done with them.
    pub fn cancelled(&self) -> u64 {
        self.cancelled.load(Ordering::Relaxed)
    }

    /// Counts from 0 again: the stream is back at its beginning.
    pub fn rewind(&self) {
        self.done.store(0, Ordering::Relaxed);
        self.cancelled.store(0, Ordering::Relaxed);
    }

    /// A copy of how it stands.
    pub fn snapshot(&self) -> Self {
        Self {
            done: AtomicU64::new(self.done()),
            cancelled: AtomicU64::new(self.cancelled()),
        }
    }
}

/// A packet that a client gives to a pin, until the pin gives it back.
///
/// # Source
/// `stream/ioctl-ks-write-stream.md`: a request with a stream header for the data, which stays
/// pending until the pin has consumed them.
#[derive(Clone, Debug)]
#[doc(alias = "IRP")]
#[doc(alias = "KSSTREAM_HEADER")]
pub struct WriteIrp {
    /// What is in it.
    pub payload: Payload,
    /// Where it is counted when it comes back.
    pub completions: Arc<Completions>,
    /// What is set then, with how many the pin is done with.
    pub event: EventHandle,
}

impl WriteIrp {
    /// The pin is done with it. Hands back how many it is done with by now.
    pub fn complete(&self) -> u64 {
        self.completions.done.fetch_add(1, Ordering::Relaxed) + 1
    }

    /// The pin gives it back as it is.
    pub fn cancel(&self) {
        self.completions.cancelled.fetch_add(1, Ordering::Relaxed);
    }
}

impl PartialEq for WriteIrp {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.completions, &other.completions)
            && self.payload == other.payload
            && self.event == other.event
    }
}

impl Eq for WriteIrp {}

impl Fork for WriteIrp {
    fn fork(&self, forker: &mut Forker) -> Self {
        Self {
            payload: self.payload.clone(),
            completions: forker.arc(&self.completions, |counted, _| counted.snapshot()),
            event: self.event.fork(forker),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use ring::Kind;
    use units::SampleFormat;

    use super::*;

    fn whose(content: u64) -> Whose {
        Whose {
            run: 0,
            kind: Kind::Audio,
            content,
            intended: content,
            write: 0,
        }
    }

    proptest! {
        /// However a payload is cut, each frame keeps its bytes and its owner. The reference is one
        /// owner per frame.
        #[test]
        fn a_cut_payload_is_the_whole_in_order(
            stretches in prop::collection::vec((1_u64..9, any::<Option<u16>>()), 1..6),
            cuts in prop::collection::vec(0_u64..12, 0..8),
        ) {
            let format = units::WaveFormat::new(48_000, 1, SampleFormat::U8).unwrap();
            let mut notes = Vec::new();
            let mut each = Vec::new();
            for (len, content) in stretches {
                let first = content.map(|content| whose(content.into()));
                notes.push((Frames::new(len), first));
                each.extend((0..len).map(|n| first.map(|first| first.after(Frames::new(n)))));
            }
            let bytes: Vec<u8> = (0..each.len()).map(|n| u8::try_from(n).unwrap()).collect();
            let mut rest = Payload::new(format, bytes.clone().into(), notes);
            let mut parts = Vec::new();
            for cut in cuts {
                parts.push(rest.split_to(Frames::new(cut)));
            }
            parts.push(rest);
            let (mut seen, mut heard) = (Vec::new(), Vec::new());
            for part in parts {
                heard.extend_from_slice(part.bytes());
                for (len, first) in part.whose() {
                    seen.extend((0..len.get()).map(|n| first.map(|it| it.after(Frames::new(n)))));
                }
            }
            prop_assert_eq!(seen, each);
            prop_assert_eq!(heard, bytes);
        }
    }
}
