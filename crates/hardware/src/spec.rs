//! Offsets and bits of the register block, for the device and for its driver alike.
//!
//! Offsets are from the controller's memory base address. An access goes to one register, at the
//! offset and with the width given here.
//!
//! # Source
//! torvalds/linux `include/sound/hda_register.h`; Intel 82801FB (ICH6) and ICH7 data sheets,
//! "High Definition Audio controller"; windows-driver-docs
//! `audio/wall-clock-and-link-position-registers.md` for the mirror pages.

/// Global capabilities, 16 bits, read-only; see [`gcap`].
pub const GCAP: u32 = 0x00;
/// What an output line carries in a link frame, in words of 16 bits; 16 bits, read-only.
pub const OUTPAY: u32 = 0x04;
/// What an input line carries in a link frame, in words of 16 bits; 16 bits, read-only.
pub const INPAY: u32 = 0x06;
/// Global control, 32 bits; see [`gctl`].
pub const GCTL: u32 = 0x08;
/// Interrupt control, 32 bits; see [`intctl`].
pub const INTCTL: u32 = 0x20;
/// Interrupt status, 32 bits, read-only, derived; laid out as [`INTCTL`].
pub const INTSTS: u32 = 0x24;
/// Wall clock, 32 bits, read-only: link bit clock cycles since the controller left reset.
pub const WALCLK: u32 = 0x30;
/// Stream synchronisation, 32 bits: a stream whose bit is set is held back before its first link
/// frame though it runs, with its FIFO filled. All whose bits one write clears begin together.
pub const SSYNC: u32 = 0x38;
/// Lower half of the address of the position buffer, 32 bits: 128-byte aligned, and bit 0 enables
/// it. It has a record of 8 bytes for each stream descriptor, with the position in the first four.
pub const DPLBASE: u32 = 0x70;
/// Upper half of the address of the position buffer, 32 bits.
pub const DPUBASE: u32 = 0x74;
/// The wall clock again, in a page that can be shown to a client.
pub const WALCLK_ALIAS: u32 = 0x2030;

/// Where the stream descriptors begin: inputs first, then outputs, then bidirectional ones.
pub const STREAMS: u32 = 0x80;
/// Where the mirrors of the link positions begin, in a page that can be shown to a client.
pub const LPIB_ALIASES: u32 = 0x2084;
/// Bytes from one stream descriptor, or link position mirror, to the next.
pub const STREAM_STRIDE: u32 = 0x20;

/// Where the linear counters of the streams begin.
///
/// Source: "host channel" registers of the processing pipe capability in `hda_register.h`. Model:
/// a driver finds the capability by walking a list; here it is always at 0x800.
pub const COUNTERS: u32 = 0x0810;
/// Bytes from one stream's linear counters to the next.
pub const COUNTER_STRIDE: u32 = 0x10;

/// Stream control, 24 bits, from the start of a stream descriptor; see [`ctl`].
pub const SD_CTL: u32 = 0x00;
/// Stream status, 8 bits; see [`sts`].
pub const SD_STS: u32 = 0x03;
/// Link position in the cyclic buffer, 32 bits, read-only: the next byte to go to the codec,
/// or to come from it.
pub const SD_LPIB: u32 = 0x04;
/// Length of the cyclic buffer in bytes, 32 bits.
pub const SD_CBL: u32 = 0x08;
/// Index of the last valid entry of the descriptor list, 8 bits of 16, at least 1.
pub const SD_LVI: u32 = 0x0C;
/// How much goes over the bus at a time, 16 bits: code 2 is 8 bytes, 3 is 16, 4 is 32. Whatever
/// else is written stands for the default.
pub const SD_FIFOW: u32 = 0x0E;
/// Size of the FIFO in bytes, less one, 16 bits, read-only.
pub const SD_FIFOS: u32 = 0x10;
/// Stream format, 16 bits; see [`StreamFormat`](crate::StreamFormat).
pub const SD_FMT: u32 = 0x12;
/// Lower half of the address of the descriptor list; the lowest seven bits read as 0. On a stream that
/// does not loop a write of the same address [arms](crate::AtEnd::Halts) one more round.
pub const SD_BDPL: u32 = 0x18;
/// Upper half of the address of the descriptor list.
pub const SD_BDPU: u32 = 0x1C;

/// Lower half of the linear link position: bytes over the link since the stream's reset.
#[doc(alias = "LLP")]
pub const LLPL: u32 = 0x0;
/// Upper half of the linear link position.
pub const LLPU: u32 = 0x4;
/// Lower half of the linear DMA position: bytes fetched, or stored, since the stream's reset.
#[doc(alias = "LDP")]
pub const LDPL: u32 = 0x8;
/// Upper half of the linear DMA position.
pub const LDPU: u32 = 0xC;

/// Alignment of a descriptor list in bytes.
pub const BDL_ALIGNMENT: u64 = 128;
/// Link frames in a second: 500 cycles of the 24 MHz bit clock each.
pub const LINK_FRAME_HZ: u32 = 48_000;
/// Bit clock of the link.
pub const BIT_CLOCK_HZ: u32 = 24_000_000;
/// The most inputs, outputs, or bidirectional streams that [`gcap`] can count. Of all together
/// there are at most 30, as INTCTL has bits for.
pub const STREAMS_MAX: usize = 15;
/// The most streams of a controller.
pub const ALL_STREAMS_MAX: usize = 30;

/// Where stream descriptor `stream` begins.
pub const fn descriptor(stream: u32) -> u32 {
    STREAMS + STREAM_STRIDE * stream
}

/// Where the linear counters of `stream` begin.
pub const fn counters(stream: u32) -> u32 {
    COUNTERS + COUNTER_STRIDE * stream
}

/// Bits of [`GCAP`].
pub mod gcap {
    /// The controller reaches 64-bit addresses.
    pub const OK64: u32 = 1;
    /// How far the number of bidirectional streams is shifted; five bits.
    pub const BIDIRECTIONAL_SHIFT: u32 = 3;
    /// How far the number of input streams is shifted; four bits.
    pub const INPUTS_SHIFT: u32 = 8;
    /// How far the number of output streams is shifted; four bits.
    pub const OUTPUTS_SHIFT: u32 = 12;
}

/// Bits of [`GCTL`].
pub mod gctl {
    /// 0 holds everything in reset. Going to 1 starts the wall clock from 0.
    pub const CRST: u32 = 1;
}

/// Bits of [`INTCTL`] and [`INTSTS`]; the lower 30 stand for one stream each.
pub mod intctl {
    /// Global enable, or in the status: some enabled source asks.
    pub const GLOBAL: u32 = 1 << 31;
    /// The bit of `stream`.
    pub const fn stream(stream: u32) -> u32 {
        1 << stream
    }
}

/// Bits of [`SD_CTL`].
pub mod ctl {
    /// Holds the stream in reset, and its registers with it.
    pub const SRST: u32 = 1;
    /// The DMA engine runs.
    pub const RUN: u32 = 1 << 1;
    /// Interrupt on completion enable.
    pub const IOCE: u32 = 1 << 2;
    /// FIFO error interrupt enable.
    pub const FEIE: u32 = 1 << 3;
    /// Descriptor error interrupt enable.
    pub const DEIE: u32 = 1 << 4;
    /// How far the stripe count is shifted: lines that an output is spread over, less one; two
    /// bits.
    pub const STRIPE_SHIFT: u32 = 16;
    /// The direction of a bidirectional stream: 1 is output. Others do not have the bit.
    pub const DIR: u32 = 1 << 19;
    /// How far the stream tag is shifted; four bits, 0 is reserved.
    pub const TAG_SHIFT: u32 = 20;
    /// The stream tag.
    pub const TAG: u32 = 0xF << TAG_SHIFT;
    /// What can be written on any stream: the bits above but the direction, the stripe count and the traffic priority.
    pub const WRITABLE: u32 = 0x00F7_001F;
    /// What a reset leaves: traffic priority.
    pub const RESET: u32 = 0x0004_0000;
}

/// Bits of [`SD_STS`]. The first three are sticky: writing a 1 clears them.
pub mod sts {
    /// A stream that does not loop has done all rounds of its list that were armed; read-only.
    ///
    /// Model: HD Audio engines loop and have no such bit. It is where those of AC'97 have it, which
    /// halt at their last valid buffer. Source: Intel 82801AA (ICH) data sheet, AC'97 audio, `x_SR`.
    #[doc(alias = "DCH")]
    pub const HALTED: u32 = 1;
    /// A buffer whose descriptor asks for it was completed.
    pub const BCIS: u32 = 1 << 2;
    /// FIFO error.
    pub const FIFOE: u32 = 1 << 3;
    /// Descriptor error. The hardware has cleared RUN.
    pub const DESE: u32 = 1 << 4;
    /// The FIFO of an output holds what the link needs, that of an input has room; read-only.
    pub const FIFORDY: u32 = 1 << 5;
    /// What writing can clear.
    pub const CLEARABLE: u32 = BCIS | FIFOE | DESE;
}
