//! A writer that goes by positions: it has places in a cyclic buffer and nobody who counts packets.

use units::{Bytes, Frames};

/// What a writer makes of a step of the position that cannot be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Plausibility {
    /// Every step is one forward, as the arithmetic of a circle has it: a position that went back
    /// by 10 frames looks like one that went on by nearly a revolution.
    #[default]
    None,
    /// A step of more than half the circle is passed over, and the reading before is kept. Half a
    /// circle to the dot passes.
    HalfRing,
}

/// How a writer counts bytes in its 32 bits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ByteCount {
    /// Differences are taken modulo 2^32, and it does not matter when the counts wrap.
    #[default]
    Modulo,
    /// Counts are compared as plain numbers: one that has begun anew looks like one that is far
    /// behind. After 2^32 bytes such a writer believes that nothing is queued.
    Plain,
}

/// What a writer is like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RingWriterConfig {
    /// Frames in the cyclic buffer.
    pub buffer: Frames,
    /// Bytes of a frame.
    pub frame: Bytes,
    /// What it makes of a step that cannot be.
    pub plausibility: Plausibility,
    /// How it counts.
    pub byte_count: ByteCount,
    /// Frames after which its count begins anew for the first time; none for the 2^32 bytes of a
    /// count that starts at 0.
    pub wraps_after: Option<Frames>,
}

/// What became of a reading.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// The position went on by so much.
    Forward(Bytes),
    /// The step cannot be, and the reading before is kept.
    Ignored,
}

/// Frames that are to be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stretch {
    /// The first device frame that they are meant for, as far as the writer knows.
    pub first: u64,
    /// How many.
    pub frames: Frames,
}

/// Keeps a cyclic buffer full by nothing but the offsets that it reads.
///
/// All it knows of the device is what the steps from reading to reading add up to. If a reading was
/// wrong it is mistaken from then on, and nothing tells it so.
///
/// ```text
///  offset ─▶ read ─▶ played ─┐
///                            ├─▶ free ─▶ fill ─▶ written
///  written ──────────────────┘
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RingWriter {
    config: RingWriterConfig,
    /// The offset that was read last, of those that were not passed over.
    offset: u64,
    /// Bytes played and written since the start, as the writer counts them.
    played: u32,
    written: u32,
    /// The same as a count that nothing wraps, for reports and for the content.
    played_frames: u64,
    written_frames: u64,
    ignored: u64,
    wraps: u64,
}

impl RingWriter {
    /// A writer of a stream in Stop.
    ///
    /// # Panics
    /// If there is no frame in the buffer, no byte in a frame, or if the buffer has half of 2^32
    /// bytes or more.
    pub fn new(config: RingWriterConfig) -> Self {
        let bytes = config.buffer.get() * config.frame.get();
        assert!(
            bytes > 0,
            "a cyclic buffer has frames, and these have bytes"
        );
        assert!(
            bytes < 1 << 31,
            "32-bit counts tell half of their range apart"
        );
        let left = config.wraps_after.unwrap_or(Frames::ZERO).get() * config.frame.get();
        let counted = narrow(left & u64::from(u32::MAX)).wrapping_neg();
        Self {
            config,
            offset: 0,
            played: counted,
            written: counted,
            played_frames: 0,
            written_frames: 0,
            ignored: 0,
            wraps: 0,
        }
    }

    /// The stream is back in Stop: everything begins anew but the counts of what was odd.
    pub fn restart(&mut self) {
        *self = Self {
            ignored: self.ignored,
            wraps: self.wraps,
            ..Self::new(self.config)
        };
    }

    /// What it is like.
    pub const fn config(&self) -> &RingWriterConfig {
        &self.config
    }

    /// Frames that it believes were played.
    pub const fn played(&self) -> Frames {
        Frames::new(self.played_frames)
    }

    /// Frames that it has written since the start.
    pub const fn written(&self) -> Frames {
        Frames::new(self.written_frames)
    }

    /// Readings that were passed over.
    pub const fn ignored(&self) -> u64 {
        self.ignored
    }

    /// How often the count of what was played began anew.
    pub const fn wraps(&self) -> u64 {
        self.wraps
    }

    /// Takes in that the device says it is at `offset`.
    pub fn read(&mut self, offset: Bytes) -> Step {
        let round = self.round();
        let offset = offset.get() % round;
        let step = (offset + round - self.offset) % round;
        if self.config.plausibility == Plausibility::HalfRing && 2 * step > round {
            self.ignored += 1;
            return Step::Ignored;
        }
        self.offset = offset;
        let (played, wrapped) = self.played.overflowing_add(narrow(step));
        self.played = played;
        self.wraps += u64::from(wrapped);
        self.played_frames += step / self.config.frame.get();
        Step::Forward(Bytes::new(step))
    }

    /// What is free, as it believes; the next frames of what it plays go there.
    pub fn free(&self) -> Stretch {
        let queued = match self.config.byte_count {
            ByteCount::Modulo => self.written.wrapping_sub(self.played),
            ByteCount::Plain => self.written.saturating_sub(self.played),
        };
        let free = self.round().saturating_sub(queued.into());
        Stretch {
            first: self.written_frames,
            frames: Frames::new(free / self.config.frame.get()),
        }
    }

    /// `frames` were written behind the ones before.
    pub fn wrote(&mut self, frames: Frames) {
        let bytes = narrow(frames.get() * self.config.frame.get());
        self.written = self.written.wrapping_add(bytes);
        self.written_frames += frames.get();
    }

    /// What can be written anew: what is queued but for the first `guard` frames, which the device
    /// may have taken already.
    pub fn queued_behind(&self, guard: Frames) -> Stretch {
        let first = (self.played_frames + guard.get()).min(self.written_frames);
        Stretch {
            first,
            frames: Frames::new(self.written_frames - first),
        }
    }

    /// Where in the cyclic buffer the writer puts device frame `frame`.
    pub const fn place(&self, frame: u64) -> Frames {
        Frames::new(frame % self.config.buffer.get())
    }

    const fn round(&self) -> u64 {
        self.config.buffer.get() * self.config.frame.get()
    }
}

fn narrow(bytes: u64) -> u32 {
    u32::try_from(bytes).expect("less than 2^32 bytes")
}

vtime::fork_by_clone!(RingWriter);

#[cfg(test)]
mod tests;
