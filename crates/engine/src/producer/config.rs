//! What a producer is to do.

use units::Frames;

/// What a producer does when it wakes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Policy {
    /// Reads the packet count and fills the cyclic buffer up to what it holds. After a refusal it
    /// goes on with the packet behind the one in transfer.
    ///
    /// # Source
    /// `ksmedia/ns-ksmedia-ksrtaudio_setwritepacket_info.md`: packet numbers may skip values when
    /// the client takes up the count again.
    #[default]
    Resync,
    /// Writes one packet per wake-up, numbers them one by one and ignores every status. A packet of
    /// margin that was lost once is lost for ever.
    Blind,
}

/// What a producer plays after a packet was refused.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ContentPolicy {
    /// What belongs to the time of the next packet: the content follows the device frame, and what
    /// was refused or skipped is lost.
    #[default]
    Drop,
    /// What was refused: the content goes on where it stopped, from now on later.
    ///
    /// Model: a refused packet counts as not heard, also if the device used the end of it.
    Delay,
}

/// How much of the cyclic buffer is written before the device takes its second packet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Prime {
    /// Packet 0 before Run, the rest of the buffer at Run.
    #[default]
    All,
    /// Packet 0 before Run and nothing at Run: the rest is heard as it is for one revolution, and
    /// the first notification is answered with the packet that follows it.
    ///
    /// # Source
    /// The exclusive-mode sample on the page Exclusive-Mode Streams: one buffer before Start.
    First,
    /// Nothing before Run: packet 0 is never written, the rest of the buffer is at Run.
    None,
}

/// The last packet of a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EndOfStream {
    /// Its number.
    pub packet: u64,
    /// How many of its frames are valid; no more are written. At most a packet.
    pub valid: Frames,
    /// Announce one packet more, which the miniport has to refuse. Its data is kept back.
    pub writes_after: bool,
}

/// What a producer is to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProducerConfig {
    /// Frames in a packet.
    pub packet: Frames,
    /// Packets in the cyclic buffer, at least 1.
    pub packets: u32,
    /// What it does when it wakes.
    pub policy: Policy,
    /// What it plays after a refusal.
    pub content: ContentPolicy,
    /// What it writes before Run.
    pub prime: Prime,
    /// Where the stream ends, if it does.
    pub end: Option<EndOfStream>,
}

impl ProducerConfig {
    /// Two packets of `packet` frames, everything else by default.
    pub const fn new(packet: Frames) -> Self {
        Self {
            packet,
            packets: 2,
            policy: Policy::Resync,
            content: ContentPolicy::Drop,
            prime: Prime::All,
            end: None,
        }
    }

    /// How far ahead of the packet in transfer a packet can be stored. A buffer of one packet is
    /// rewritten behind the device.
    pub(super) fn lead(&self) -> u64 {
        u64::from(self.packets).saturating_sub(1).max(1)
    }

    /// Where packet `packet` lies in the cyclic buffer.
    pub(super) fn place(&self, packet: u64) -> Frames {
        Frames::new(packet % u64::from(self.packets) * self.packet.get())
    }

    /// The first device frame of packet `packet`.
    pub(super) fn first_frame(&self, packet: u64) -> u64 {
        packet * self.packet.get()
    }
}

vtime::fork_by_clone!(ProducerConfig, Prime);
