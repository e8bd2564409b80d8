//! Which captured packet is read next.

use ks::{PacketCount, ReadPacket};
use ring::Whose;
use units::{Frames, Hns, NtStatus};

/// What a reader reaches of the device.
pub trait ReadIo {
    /// Asks which packet can be read.
    ///
    /// # Errors
    /// The status that the pin refuses the question with.
    fn read_packet(&mut self) -> Result<ReadPacket, NtStatus>;

    /// Loads `len` frames from place `at` of the cyclic buffer on into `out`, if samples are
    /// wanted, and tells stretch by stretch whose they are.
    fn load(
        &mut self,
        at: Frames,
        len: Frames,
        out: Option<&mut [u8]>,
        each: &mut dyn FnMut(Frames, Option<Whose>),
    );
}

/// How a reader finds out which packet to read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ReadPolicy {
    /// It asks the driver, again and again until there is nothing more.
    ///
    /// # Source
    /// `audio/ksproperty-rtaudio-getreadpacket.md`.
    #[default]
    Ask,
    /// It takes one packet per wake-up, place after place, and asks nobody.
    ///
    /// # Source
    /// `CoreAudio/exclusive-mode-streams.md`: two buffers that are used in turn.
    Blind,
}

/// What a reader is to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReaderConfig {
    /// Frames in a packet.
    pub packet: Frames,
    /// Packets in the cyclic buffer, at least 1.
    pub packets: u32,
    /// How it finds out which packet to read.
    pub policy: ReadPolicy,
}

/// A packet that was taken out of the cyclic buffer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PacketRead {
    /// Its number, counted without wrap from the start of the run.
    pub packet: u64,
    /// How many packets between it and the one that was read before were passed over.
    pub skipped: u64,
    /// The performance counter when its first frame was recorded, as the driver says; none if
    /// nobody asked.
    pub counter: Option<Hns>,
    /// True if no answer and no wake-up has told yet that it is complete.
    pub is_ahead: bool,
}

/// What one place of the cyclic buffer held when it was read, stretch by stretch.
pub type Stretches = Vec<(Frames, Option<Whose>)>;

/// Decides which captured packet is read when, for the audio engine and for an exclusive client
/// alike.
///
/// The counterpart of [`PacketProducer`](crate::PacketProducer). It is told of wake-ups and asked
/// for the packet that is [due](Self::due); what time the copy takes is the business of whoever
/// drives it. Numbers are linear here: those of the driver are unwrapped around the one that is
/// expected.
///
/// ```text
///  begin ─ wake ─┬─ due? ─ commit ─┐     wake ─ due? …
///                └───────◀─────────┘  as long as the driver says that there is more
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PacketReader {
    config: ReaderConfig,
    /// The packet that follows the one that was read last.
    next: u64,
    /// Packets that are complete, as far as it was told.
    told: u64,
    due: Option<Due>,
    /// Nothing is read any more in this run.
    finished: bool,
}

/// A packet to be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Due {
    packet: u64,
    counter: Option<Hns>,
    more_data: bool,
}

impl PacketReader {
    /// A reader whose stream is in Stop.
    ///
    /// # Panics
    /// If there is no packet, or no frame in it.
    pub fn new(config: ReaderConfig) -> Self {
        assert!(
            config.packets > 0,
            "a cyclic buffer has at least one packet"
        );
        assert!(!config.packet.is_zero(), "a packet has at least one frame");
        Self {
            config,
            next: 0,
            told: 0,
            due: None,
            finished: false,
        }
    }

    /// What it is to do.
    pub const fn config(&self) -> &ReaderConfig {
        &self.config
    }

    /// The packet that it expects next.
    pub const fn next(&self) -> u64 {
        self.next
    }

    /// The stream is back in Stop: everything begins anew.
    pub fn begin(&mut self) {
        *self = Self::new(self.config);
    }

    /// The reader woke: a pass is under way.
    pub fn wake(&mut self, io: &mut impl ReadIo) {
        match self.config.policy {
            ReadPolicy::Ask => self.ask(io),
            ReadPolicy::Blind => {
                self.told += 1;
                self.due = Some(Due {
                    packet: self.next,
                    counter: None,
                    more_data: false,
                });
            }
        }
    }

    /// The packet to read now, if this pass has one more.
    pub fn due(&self) -> Option<u64> {
        self.due.map(|due| due.packet)
    }

    /// Copies the packet that is due, and asks for the next if there is more.
    ///
    /// # Panics
    /// If none is due.
    pub fn commit(
        &mut self,
        io: &mut impl ReadIo,
        out: Option<&mut [u8]>,
        stretches: &mut Stretches,
    ) -> PacketRead {
        let due = self.due.take().expect("a packet is due");
        let read = self.take(due, io, out, stretches);
        if due.more_data {
            self.ask(io);
        }
        read
    }

    /// Copies place `slot` of the buffer as `packet`, whatever the driver says. The packet then
    /// counts as read.
    pub fn force(
        &mut self,
        packet: u64,
        slot: u32,
        io: &mut impl ReadIo,
        out: Option<&mut [u8]>,
        stretches: &mut Stretches,
    ) -> PacketRead {
        self.copy(u64::from(slot), io, out, stretches);
        self.read(packet, None)
    }

    fn take(
        &mut self,
        due: Due,
        io: &mut impl ReadIo,
        out: Option<&mut [u8]>,
        stretches: &mut Stretches,
    ) -> PacketRead {
        self.copy(due.packet, io, out, stretches);
        self.read(due.packet, due.counter)
    }

    fn copy(
        &self,
        slot: u64,
        io: &mut impl ReadIo,
        out: Option<&mut [u8]>,
        stretches: &mut Stretches,
    ) {
        let place = slot % u64::from(self.config.packets) * self.config.packet.get();
        stretches.clear();
        io.load(
            Frames::new(place),
            self.config.packet,
            out,
            &mut |frames, whose| {
                stretches.push((frames, whose));
            },
        );
    }

    fn read(&mut self, packet: u64, counter: Option<Hns>) -> PacketRead {
        let read = PacketRead {
            packet,
            skipped: packet.saturating_sub(self.next),
            counter,
            is_ahead: packet >= self.told,
        };
        self.next = self.next.max(packet + 1);
        self.told = self.told.max(self.next);
        read
    }

    /// Asks until there is a packet that was not read yet, or nothing more.
    fn ask(&mut self, io: &mut impl ReadIo) {
        self.due = None;
        // A driver that hands out what was read already has no more of it than the buffer holds.
        for _ in 0..=self.config.packets {
            if self.finished {
                return;
            }
            match io.read_packet() {
                Ok(answer) => {
                    let packet = self.unwrap(answer);
                    self.told = self.told.max(packet + 1);
                    if packet >= self.next {
                        self.due = Some(Due {
                            packet,
                            counter: Some(answer.performance_counter),
                            more_data: answer.more_data,
                        });
                        return;
                    }
                    if !answer.more_data {
                        return;
                    }
                }
                Err(NtStatus::DEVICE_NOT_READY) => return,
                Err(_) => self.finished = true,
            }
        }
    }

    /// The number in `answer`, without wrap.
    fn unwrap(&self, answer: ReadPacket) -> u64 {
        let expected = PacketCount::wrapping(self.next).in_transfer();
        let on = answer.packet.ahead_of(expected);
        self.next.saturating_add_signed(on.into())
    }
}

vtime::fork_by_clone!(PacketReader);

#[cfg(test)]
mod tests;
