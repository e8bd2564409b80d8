//! Packets of the cyclic buffer: names, counts, announcements.

use std::fmt;

use units::{Bytes, Hns};

/// The name of a packet: 0 for the first of a stream, taken modulo 2^32.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct PacketNumber(u32);

/// How many packets have wholly left the cyclic buffer, modulo 2^32.
///
/// At count 3 packets 0 to 2 are done and packet 3 is in transfer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct PacketCount(u32);

/// The flag that marks the last packet of a stream.
///
/// # Source
/// `audio/acx-streaming.md`.
#[doc(alias = "KSSTREAM_HEADER_OPTIONSF_ENDOFSTREAM")]
pub const END_OF_STREAM: u32 = 0x200;

/// A packet that a client says it has written.
///
/// # Source
/// `ksmedia/ns-ksmedia-ksrtaudio_setwritepacket_info.md`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[doc(alias = "KSRTAUDIO_SETWRITEPACKET_INFO")]
pub struct WritePacket {
    /// Which packet.
    pub packet: PacketNumber,
    /// 0 or [`END_OF_STREAM`].
    pub flags: u32,
    /// How much of the last packet is valid; ignored without the flag.
    pub eos_packet_length: Bytes,
}

/// A captured packet that is whole in the buffer.
///
/// # Source
/// `ksmedia/ns-ksmedia-ksrtaudio_getreadpacket_info.md`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[doc(alias = "KSRTAUDIO_GETREADPACKET_INFO")]
pub struct ReadPacket {
    /// Which packet: it lies at its number modulo the packets of the buffer.
    #[doc(alias = "PacketNumber")]
    pub packet: PacketNumber,
    /// 0: no flag is defined.
    #[doc(alias = "Flags")]
    pub flags: u32,
    /// The performance counter when the first sample of the packet was taken.
    #[doc(alias = "PerformanceCounterValue")]
    pub performance_counter: Hns,
    /// True if another packet can be read at once.
    #[doc(alias = "MoreData")]
    pub more_data: bool,
}

impl PacketNumber {
    /// The packet called `number`.
    pub const fn new(number: u32) -> Self {
        Self(number)
    }

    /// Its number.
    pub const fn get(self) -> u32 {
        self.0
    }

    /// The packet `packets` further on.
    pub const fn after(self, packets: u32) -> Self {
        Self(self.0.wrapping_add(packets))
    }

    /// How far it lies ahead of `other`; negative behind. Right as long as the two are less than
    /// 2^31 packets apart, as numbers wrap.
    #[expect(clippy::cast_possible_wrap, reason = "the wrap is the sign")]
    pub const fn ahead_of(self, other: Self) -> i32 {
        self.0.wrapping_sub(other.0) as i32
    }
}

impl PacketCount {
    /// The count `packets` modulo 2^32.
    #[expect(
        clippy::cast_possible_truncation,
        reason = "the counter is 32 bits wide and wraps"
    )]
    pub const fn wrapping(packets: u64) -> Self {
        Self(packets as u32)
    }

    /// The count.
    pub const fn get(self) -> u32 {
        self.0
    }

    /// The packet in transfer at this count, if the stream is under way.
    pub const fn in_transfer(self) -> PacketNumber {
        PacketNumber(self.0)
    }
}

impl fmt::Display for PacketNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Display for PacketCount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

vtime::fork_by_clone!(PacketNumber, PacketCount, WritePacket, ReadPacket);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r142_distances_stay_right_across_the_wrap() {
        let last = PacketNumber::new(u32::MAX);
        assert_eq!(last.after(2), PacketNumber::new(1));
        assert_eq!(last.after(2).ahead_of(last), 2);
        assert_eq!(last.ahead_of(last.after(2)), -2);
        assert_eq!(PacketCount::wrapping((1 << 32) + 5).get(), 5);
    }

    #[test]
    fn r118_the_count_names_the_packet_in_transfer() {
        assert_eq!(PacketCount::wrapping(5).in_transfer(), PacketNumber::new(5));
    }
}
