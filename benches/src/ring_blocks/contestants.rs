//! Who carries packets: ours with a cursor for each end, the peers as they come.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use ring::CyclicBuffer;
use ringbuf::traits::{Consumer as _, Observer as _, Producer as _, Split as _};
use units::{Frames, SampleFormat, WaveFormat};

use super::PACKET_FRAMES;

/// The end that takes packets in.
pub(super) trait Push: Send {
    /// Takes one packet in, or none if there is no room.
    fn push(&mut self, packet: &[u8]) -> bool;
}

/// The end that gives packets out.
pub(super) trait Pop: Send {
    /// Gives one packet out, or none if there is none.
    fn pop(&mut self, packet: &mut [u8]) -> bool;
}

/// The four ways to carry packets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Contestant {
    Rtrb,
    Ours,
    Ringbuf,
    PlainCopy,
}

impl Contestant {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Rtrb => "rtrb, entire slices",
            Self::Ours => "ours, one atomic per frame",
            Self::Ringbuf => "ringbuf, slices",
            Self::PlainCopy => "plain copy in and out",
        }
    }

    /// Its two ends, with room for `frames` frames; none for the plain copy, which is one end.
    pub(super) fn ends(self, frames: u64) -> Option<(Box<dyn Push>, Box<dyn Pop>)> {
        let bytes = usize::try_from(frames * 8).expect("a ring fits into memory");
        let ends: (Box<dyn Push>, Box<dyn Pop>) = match self {
            Self::Rtrb => {
                let (producer, consumer) = rtrb::RingBuffer::new(bytes);
                (Box::new(producer), Box::new(consumer))
            }
            Self::Ours => {
                let link = Arc::new(Link::new(frames));
                let pusher = Pusher {
                    link: Arc::clone(&link),
                    pushed: 0,
                    popped_seen: 0,
                };
                (
                    Box::new(pusher),
                    Box::new(Popper {
                        link,
                        popped: 0,
                        pushed_seen: 0,
                    }),
                )
            }
            Self::Ringbuf => {
                let (producer, consumer) = ringbuf::HeapRb::new(bytes).split();
                (Box::new(producer), Box::new(consumer))
            }
            Self::PlainCopy => return None,
        };
        Some(ends)
    }
}

/// An atomic alone on its cache lines.
#[derive(Debug, Default)]
#[repr(align(128))]
struct Cursor(AtomicU64);

/// The cyclic buffer and the flow control that it does not have.
struct Link {
    buffer: CyclicBuffer,
    /// Frames taken in and given out since the start.
    pushed: Cursor,
    popped: Cursor,
}

impl Link {
    fn new(frames: u64) -> Self {
        let format = WaveFormat::new(48_000, 2, SampleFormat::F32).expect("a legal format");
        Self {
            buffer: CyclicBuffer::new(format, Frames::new(frames)),
            pushed: Cursor::default(),
            popped: Cursor::default(),
        }
    }
}

/// The one who moves `pushed`; looks at the other cursor only when there seems to be no room.
struct Pusher {
    link: Arc<Link>,
    pushed: u64,
    popped_seen: u64,
}

impl Push for Pusher {
    fn push(&mut self, packet: &[u8]) -> bool {
        let room_up_to = self.link.buffer.frames().get() - PACKET_FRAMES;
        if self.pushed - self.popped_seen > room_up_to {
            self.popped_seen = self.link.popped.0.load(Ordering::Acquire);
            if self.pushed - self.popped_seen > room_up_to {
                return false;
            }
        }
        self.link.buffer.store(Frames::new(self.pushed), packet);
        self.pushed += PACKET_FRAMES;
        self.link.pushed.0.store(self.pushed, Ordering::Release);
        true
    }
}

/// The one who moves `popped`; looks at the other cursor only when there seems to be nothing.
struct Popper {
    link: Arc<Link>,
    popped: u64,
    pushed_seen: u64,
}

impl Pop for Popper {
    fn pop(&mut self, packet: &mut [u8]) -> bool {
        if self.pushed_seen == self.popped {
            self.pushed_seen = self.link.pushed.0.load(Ordering::Acquire);
            if self.pushed_seen == self.popped {
                return false;
            }
        }
        self.link.buffer.load(Frames::new(self.popped), packet);
        self.popped += PACKET_FRAMES;
        self.link.popped.0.store(self.popped, Ordering::Release);
        true
    }
}

impl Push for rtrb::Producer<u8> {
    fn push(&mut self, packet: &[u8]) -> bool {
        self.push_entire_slice(packet).is_ok()
    }
}

impl Pop for rtrb::Consumer<u8> {
    fn pop(&mut self, packet: &mut [u8]) -> bool {
        self.pop_entire_slice(packet).is_ok()
    }
}

impl Push for ringbuf::HeapProd<u8> {
    fn push(&mut self, packet: &[u8]) -> bool {
        self.vacant_len() >= packet.len() && self.push_slice(packet) == packet.len()
    }
}

impl Pop for ringbuf::HeapCons<u8> {
    fn pop(&mut self, packet: &mut [u8]) -> bool {
        self.occupied_len() >= packet.len() && self.pop_slice(packet) == packet.len()
    }
}
