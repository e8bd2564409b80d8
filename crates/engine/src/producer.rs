//! Which packet is written next, and what becomes of a refusal.

mod config;

use ks::{PacketCount, PacketNumber};
use ring::{Kind, Whose};
use units::{Bytes, Frames, NtStatus, WaveFormat};

pub use config::{ContentPolicy, EndOfStream, Policy, Prime, ProducerConfig};

/// What a producer reaches of the device.
pub trait PacketIo {
    /// What a frame in the cyclic buffer is.
    fn format(&self) -> WaveFormat;

    /// How many packets the device has done.
    ///
    /// # Errors
    /// The status that the pin refuses the question with.
    fn packet_count(&mut self) -> Result<PacketCount, NtStatus>;

    /// Stores `len` frames from place `at` on; without bytes they are silent.
    fn store(&mut self, at: Frames, len: Frames, bytes: Option<&[u8]>, whose: Whose);

    /// Announces `packet` as written; `eos` is the valid length of the last one of the stream.
    fn set_write_packet(&mut self, packet: PacketNumber, eos: Option<Bytes>) -> NtStatus;
}

/// Where a producer gets its content from.
pub trait PacketContent {
    /// Makes the content frames from `content` on, meant for the device frames from `intended` on.
    ///
    /// Asked again for the content that it made last, it keeps what it made.
    fn make(&mut self, content: u64, intended: u64, frames: Frames);

    /// What was made, in the format of the device; `None` if samples are left out.
    fn bytes(&self) -> Option<&[u8]>;

    /// What was made, stretch by stretch. The lengths add up to what was asked for.
    fn stretches(&self) -> &[Stretch];
}

/// Frames of one kind, one after the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stretch {
    /// How many.
    pub frames: Frames,
    /// What they are there for.
    pub kind: Kind,
}

/// A packet that was announced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Written {
    /// Its number.
    pub packet: u64,
    /// The first content frame in it.
    pub content: u64,
    /// What the miniport said.
    pub status: NtStatus,
}

/// Decides which packet is written when, for the audio engine and for an exclusive client alike.
///
/// It is told of wake-ups and asked for the packet that is [due](Self::due); what time a write
/// takes is the business of whoever drives it. Numbers are linear here: the 32-bit count of the
/// device is unwrapped around the last one that was read.
///
/// ```text
///  begin ─ prime ─ run ─┬─ due? ─ make ─ commit ─┐      wake ─ due? …
///                       └────────────◀───────────┘
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PacketProducer {
    config: ProducerConfig,
    /// Which start from Stop this is, counted from 0.
    run: u32,
    /// The packet to write next.
    next: u64,
    /// Packets from here on are not written in this pass.
    until: u64,
    /// The packet count when it was last read.
    count: u64,
    /// The next content frame under [`ContentPolicy::Delay`].
    cursor: u64,
    /// Stores of this run, counted for [`Whose::write`].
    writes: u32,
    /// Nothing is written any more in this run.
    finished: bool,
}

impl PacketProducer {
    /// A producer whose stream is in Stop.
    ///
    /// # Panics
    /// If there is no packet, or no frame in it.
    pub fn new(config: ProducerConfig) -> Self {
        assert!(
            config.packets > 0,
            "a cyclic buffer has at least one packet"
        );
        assert!(!config.packet.is_zero(), "a packet has at least one frame");
        Self {
            config,
            run: 0,
            next: 0,
            until: 0,
            count: 0,
            cursor: 0,
            writes: 0,
            finished: false,
        }
    }

    /// What it is to do.
    pub const fn config(&self) -> &ProducerConfig {
        &self.config
    }

    /// Which start from Stop this is, counted from 0.
    pub const fn run_number(&self) -> u32 {
        self.run
    }

    /// The packet that it will write next, if it writes any.
    pub const fn next(&self) -> u64 {
        self.next
    }

    /// The stream is back in Stop: everything begins anew, in run `run` and primed as `prime` says.
    pub fn begin(&mut self, run: u32, prime: Prime) {
        let config = ProducerConfig {
            prime,
            ..self.config
        };
        *self = Self {
            run,
            ..Self::new(config)
        };
    }

    /// Writes packet 0, if that is to be there before Run.
    pub fn prime(
        &mut self,
        io: &mut impl PacketIo,
        content: &mut impl PacketContent,
    ) -> Option<Written> {
        if self.config.prime == Prime::None {
            self.next = 1;
            return None;
        }
        self.make(content);
        Some(self.commit(io, content))
    }

    /// The stream went to Run for the first time: pass 0 is under way.
    pub fn run(&mut self) {
        let lead = self.config.lead();
        match self.config.prime {
            Prime::All | Prime::None if self.config.packets > 1 => self.until = lead + 1,
            // There is no rest to fill, or it is left as it is.
            Prime::All | Prime::None | Prime::First => self.next = lead + 1,
        }
    }

    /// The producer woke: a pass is under way.
    pub fn wake(&mut self, io: &mut impl PacketIo) {
        if self.finished {
            return;
        }
        match self.config.policy {
            Policy::Blind => self.until = self.next + 1,
            Policy::Resync => {
                if self.read_count(io) {
                    self.until = self.count + self.config.lead() + 1;
                }
            }
        }
    }

    /// The packet to write now, if this pass has one more.
    pub fn due(&self) -> Option<u64> {
        (!self.finished && self.next < self.until).then_some(self.next)
    }

    /// Has the content of the packet that is next made.
    pub fn make(&self, content: &mut impl PacketContent) {
        content.make(
            self.content_of(self.next),
            self.config.first_frame(self.next),
            self.config.packet,
        );
    }

    /// Stores and announces the packet that is next, whose content was [made](Self::make), and
    /// decides what follows.
    pub fn commit(&mut self, io: &mut impl PacketIo, content: &impl PacketContent) -> Written {
        let packet = self.next;
        let first = self.content_of(packet);
        let (frames, eos, is_last) = self.extent(packet);
        if self.is_before_the_end(packet) {
            self.store(packet, first, frames, io, content);
        }
        let valid = eos.then(|| io.format().bytes_of(frames));
        let number = PacketCount::wrapping(packet).in_transfer();
        let status = io.set_write_packet(number, valid);
        if status == NtStatus::SUCCESS || self.config.policy == Policy::Blind {
            self.cursor = first + frames.get();
        }
        self.go_on(packet, status, io);
        self.finished |= is_last;
        Written {
            packet,
            content: first,
            status,
        }
    }

    /// Writes `packet` out of order: content that belongs there, and an announcement. What is next
    /// stays.
    pub fn force(
        &mut self,
        packet: u64,
        io: &mut impl PacketIo,
        content: &mut impl PacketContent,
    ) -> Written {
        let first = self.config.first_frame(packet);
        content.make(first, first, self.config.packet);
        self.store(packet, first, self.config.packet, io, content);
        let number = PacketCount::wrapping(packet).in_transfer();
        let status = io.set_write_packet(number, None);
        Written {
            packet,
            content: first,
            status,
        }
    }

    /// How many frames of `packet` are written, whether it is announced as the end of the stream,
    /// and whether it is the last one that is announced at all.
    fn extent(&self, packet: u64) -> (Frames, bool, bool) {
        match self.config.end {
            Some(end) if packet == end.packet => (end.valid, true, !end.writes_after),
            Some(end) if packet > end.packet => (Frames::ZERO, false, true),
            _ => (self.config.packet, false, false),
        }
    }

    fn is_before_the_end(&self, packet: u64) -> bool {
        self.config.end.is_none_or(|end| packet <= end.packet)
    }

    fn content_of(&self, packet: u64) -> u64 {
        match self.config.content {
            ContentPolicy::Drop => self.config.first_frame(packet),
            ContentPolicy::Delay => self.cursor,
        }
    }

    /// Stores the first `frames` frames of what was made into the place of `packet`.
    fn store(
        &mut self,
        packet: u64,
        content_first: u64,
        frames: Frames,
        io: &mut impl PacketIo,
        content: &impl PacketContent,
    ) {
        let frame_bytes = io.format().frame_bytes() as usize;
        let mut rest = content.bytes();
        let mut done = Frames::ZERO;
        for stretch in content.stretches() {
            let len = stretch.frames.min(frames - done);
            if len.is_zero() {
                continue;
            }
            let bytes = rest.map(|bytes| {
                let (now, later) = bytes.split_at(index(len) * frame_bytes);
                rest = Some(later);
                now
            });
            let whose = Whose {
                run: self.run,
                kind: stretch.kind,
                content: content_first,
                intended: self.config.first_frame(packet),
                write: self.writes,
            };
            io.store(
                self.config.place(packet) + done,
                len,
                bytes,
                whose.after(done),
            );
            done += len;
        }
        self.writes += 1;
    }

    /// What is next, after the miniport said `status` to `packet`.
    fn go_on(&mut self, packet: u64, status: NtStatus, io: &mut impl PacketIo) {
        self.next = packet + 1;
        if self.config.policy == Policy::Blind || status == NtStatus::SUCCESS {
            return;
        }
        let late = status == NtStatus::DATA_LATE_ERROR;
        if !late && status != NtStatus::DATA_OVERRUN {
            self.finished = true;
            return;
        }
        if !self.read_count(io) {
            return;
        }
        let behind = self.count + 1;
        if late && behind > packet {
            (self.next, self.until) = (behind, behind + self.config.lead());
        } else {
            // Nothing more can be stored now. The packet is tried again at the next wake-up.
            (self.next, self.until) = (packet, packet);
        }
    }

    /// Reads the packet count; without an answer the stream is over.
    fn read_count(&mut self, io: &mut impl PacketIo) -> bool {
        let Ok(count) = io.packet_count() else {
            self.finished = true;
            return false;
        };
        let last = PacketCount::wrapping(self.count).in_transfer();
        let on = count.in_transfer().ahead_of(last);
        self.count = self.count.saturating_add_signed(on.into());
        true
    }
}

fn index(frames: Frames) -> usize {
    usize::try_from(frames.get()).expect("a packet fits into memory")
}

vtime::fork_by_clone!(PacketProducer);

#[cfg(test)]
mod tests;
