//! The buffer between the engine and a client that records.

use std::collections::VecDeque;

use ring::Samples;
use units::{Frames, Hns, WaveFormat};
use vtime::{Fork, Forker};

/// What becomes of a packet for which a client's buffer has no room.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Overrun {
    /// What was there first stays. Of the packet its end is kept, as far as there is room.
    ///
    /// Model: as measured on Windows 10; no page says it.
    #[default]
    KeepOldest,
    /// What was there first gives way, but for a packet that the client holds.
    ///
    /// Model: as seen on Windows 7.
    KeepNewest,
}

/// Frames of one packet of the device that wait for a client: a client packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClientPacket {
    /// How many, at least one.
    pub frames: Frames,
    /// The stream's own count of the first one. Frames that were lost count.
    pub position: u64,
    /// The device frame that it is, counted from the start of the run.
    pub device_frame: u64,
    /// The performance counter when the first one was recorded.
    pub counter: Hns,
    /// True if something is missing before it.
    pub discontinuity: bool,
    /// True if position and counter are not to be relied upon.
    pub timestamp_error: bool,
}

/// Frames that found no room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dropped {
    /// The device frame that the first one is.
    pub device_frame: u64,
    /// How many.
    pub frames: Frames,
}

/// A client's buffer at the engine of an endpoint that records: a queue of client packets.
///
/// Each pass appends a packet of the device, the client takes packets from the front. It never
/// holds more frames than it has room for.
#[derive(Clone, Debug)]
pub struct CaptureBuffer {
    format: WaveFormat,
    frames: Frames,
    overrun: Overrun,
    packets: VecDeque<ClientPacket>,
    /// The samples of the queued packets, one after the other.
    samples: Option<VecDeque<u8>>,
    /// True while the client holds the first packet.
    held: bool,
    /// The stream's own count of the next frame that is appended.
    position: u64,
    /// The next packet does not follow the one before.
    broken: bool,
}

impl CaptureBuffer {
    /// An empty buffer for `frames` frames.
    ///
    /// # Panics
    /// If there is no room for any frame.
    pub fn new(format: WaveFormat, frames: Frames, overrun: Overrun, samples: Samples) -> Self {
        assert!(
            !frames.is_zero(),
            "an endpoint buffer has at least one frame"
        );
        Self {
            format,
            frames,
            overrun,
            packets: VecDeque::new(),
            samples: (samples == Samples::Kept).then(VecDeque::new),
            held: false,
            position: 0,
            broken: false,
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

    /// Frames that wait, of all packets.
    ///
    /// # Source
    /// `CoreAudio/capturing-a-stream.md`: all that is queued; the page of `GetCurrentPadding`
    /// speaks of the next packet.
    #[doc(alias = "GetCurrentPadding")]
    pub fn padding(&self) -> Frames {
        Frames::new(self.packets.iter().map(|packet| packet.frames.get()).sum())
    }

    /// The packet that the client gets next.
    pub fn front(&self) -> Option<ClientPacket> {
        self.packets.front().copied()
    }

    /// True if samples are kept.
    pub const fn keeps_samples(&self) -> bool {
        self.samples.is_some()
    }

    /// True while the client holds the first packet.
    pub const fn is_held(&self) -> bool {
        self.held
    }

    /// The client takes hold of the first packet; its samples are put into `out`.
    ///
    /// # Panics
    /// If there is none.
    pub fn hold(&mut self, out: &mut Vec<u8>) -> ClientPacket {
        let packet = self.front().expect("a packet is there");
        self.held = true;
        out.clear();
        if let Some(samples) = &self.samples {
            let bytes = index(self.format.bytes_of(packet.frames).get());
            out.extend(samples.range(..bytes));
        }
        packet
    }

    /// The client gives the first packet back: read, or to be had again.
    pub fn release(&mut self, is_read: bool) {
        self.held = false;
        if is_read {
            self.drop_front(Frames::new(u64::MAX));
        }
    }

    /// Appends `frames` frames, recorded from device frame `device_frame` and `counter` on.
    /// `bytes` are their samples in the format of the buffer. `dropped` is told what found no room.
    ///
    /// # Panics
    /// If there are bytes and they are not that many frames.
    pub fn append(
        &mut self,
        frames: Frames,
        device_frame: u64,
        (counter, timestamp_error): (Hns, bool),
        bytes: Option<&[u8]>,
        mut dropped: impl FnMut(Dropped),
    ) {
        if self.overrun == Overrun::KeepNewest {
            self.make_room(frames, &mut dropped);
        }
        let whole = ClientPacket {
            frames,
            position: self.position,
            device_frame,
            counter,
            discontinuity: self.broken,
            timestamp_error,
        };
        self.position += frames.get();
        self.broken = false;
        let room = self.frames - self.padding();
        let missing = frames.saturating_sub(room);
        let kept = frames - missing;
        if kept.is_zero() {
            self.broken = true;
        } else {
            self.packets.push_back(self.end_of(whole, missing));
            if let (Some(samples), Some(bytes)) = (&mut self.samples, bytes) {
                let from = index(self.format.bytes_of(missing).get());
                assert_eq!(
                    bytes.len(),
                    index(self.format.bytes_of(frames).get()),
                    "whole frames"
                );
                samples.extend(&bytes[from..]);
            }
        }
        if !missing.is_zero() {
            dropped(Dropped {
                device_frame,
                frames: missing,
            });
        }
    }

    /// `frames` frames were lost before they came here.
    pub fn skip(&mut self, frames: u64) {
        self.position += frames;
        self.broken = true;
    }

    /// What comes next does not follow what came last, though no frame of the stream is missing.
    pub fn interrupt(&mut self) {
        self.broken = true;
    }

    /// Empties the buffer and counts from 0 again.
    pub fn reset(&mut self) {
        self.packets.clear();
        if let Some(samples) = &mut self.samples {
            samples.clear();
        }
        (self.position, self.broken, self.held) = (0, false, false);
    }

    /// Drops what is oldest, unless it is held, until there is room for `frames`.
    fn make_room(&mut self, frames: Frames, dropped: &mut impl FnMut(Dropped)) {
        while !self.held && self.padding() + frames > self.frames {
            let Some(front) = self.front() else { return };
            let excess = self.padding() + frames - self.frames;
            dropped(Dropped {
                device_frame: front.device_frame,
                frames: self.drop_front(excess),
            });
            match self.packets.front_mut() {
                Some(next) => next.discontinuity = true,
                None => self.broken = true,
            }
        }
    }

    /// Drops up to `frames` frames of the first packet; how many it were.
    fn drop_front(&mut self, frames: Frames) -> Frames {
        let Some(front) = self.packets.pop_front() else {
            return Frames::ZERO;
        };
        let gone = frames.min(front.frames);
        if let Some(samples) = &mut self.samples {
            samples.drain(..index(self.format.bytes_of(gone).get()));
        }
        if gone < front.frames {
            self.packets.push_front(self.end_of(front, gone));
        }
        gone
    }

    /// `packet` without its first `missing` frames.
    fn end_of(&self, packet: ClientPacket, missing: Frames) -> ClientPacket {
        let hns = u128::from(missing.get()) * 10_000_000 / u128::from(self.format.rate.hertz());
        let later = u64::try_from(hns).expect("a packet lasts less than an age");
        ClientPacket {
            frames: packet.frames - missing,
            position: packet.position + missing.get(),
            device_frame: packet.device_frame + missing.get(),
            counter: Hns::new(packet.counter.get() + later),
            discontinuity: packet.discontinuity || !missing.is_zero(),
            ..packet
        }
    }
}

fn index(bytes: u64) -> usize {
    usize::try_from(bytes).expect("a buffer fits into memory")
}

impl Fork for CaptureBuffer {
    fn fork(&self, _: &mut Forker) -> Self {
        self.clone()
    }
}

#[cfg(test)]
mod tests;
