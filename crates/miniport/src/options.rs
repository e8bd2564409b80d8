//! What of a miniport's behaviour can be chosen.

use units::{Bytes, Frames};

/// How an HD Audio miniport behaves where drivers differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HdAudioOptions {
    /// The most packets that a buffer can have, at most 256. Windows knows 1 and 2; more lifts
    /// that rule.
    pub packets_max: u32,
    /// The fewest frames of a packet.
    pub packet_min: Frames,
    /// What the size of a packet is a multiple of, beside the frame.
    pub alignment: Bytes,
    /// The largest buffer.
    pub buffer_max: Bytes,
    /// Which packets are accepted.
    pub packet_window: PacketWindow,
    /// True if there is a position register to be mapped.
    pub position_register: bool,
    /// What is heard behind the end of the stream.
    pub end_of_stream: EndOfStream,
    /// Which of several captured packets is handed out.
    pub read_order: ReadOrder,
    /// What packets are counted by.
    pub position_source: PositionSource,
    /// When the ISR arms the next round of an engine that does not loop.
    pub rearm: Rearm,
}

/// When the ISR arms the next round of a DMA engine that does not loop.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Rearm {
    /// When the buffer is done: from then on the FIFO is all that there is to play.
    ///
    /// Source: `audio/developing-a-wavert-miniport-driver.md`.
    #[default]
    AtTheEnd,
    /// When its last packet begins.
    Ahead,
}

/// What a driver counts packets by.
///
/// Source: the values of `position_fix` in torvalds/linux
/// `Documentation/sound/hd-audio/notes.rst`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[doc(alias = "position_fix")]
pub enum PositionSource {
    /// The counters of the stream.
    #[default]
    #[doc(alias = "LPIB")]
    Lpib,
    /// The record of the stream in the DMA position buffer; the counters, from then on, if at the
    /// first interrupt it is dead: 0 or all ones.
    ///
    /// Source: `azx_position_ok` in torvalds/linux `sound/pci/hda/hda_intel.c`.
    #[doc(alias = "POSBUF")]
    PositionBuffer,
    /// The record, whatever it shows.
    PositionBufferOnly,
}

/// Which write packets are accepted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum PacketWindow {
    /// Whatever fits into the buffer and is not in transfer.
    ///
    /// Source: `portcls/nf-portcls-iminiportwavertoutputstream-setwritepacket.md`.
    #[default]
    Documented,
    /// The packet after the one in transfer, and before RUN the one at the position.
    ///
    /// Source: `audio/sysvad/EndpointsCommon/minwavertstream.cpp`.
    Sample,
}

/// What is heard behind the last valid frame of a stream.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum EndOfStream {
    /// Whatever lies in the buffer.
    #[default]
    Replay,
    /// Silence, which the miniport writes behind the end.
    Silence,
}

/// Which of several captured packets is handed out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum ReadOrder {
    /// The oldest one that is still whole. What was written over is lost.
    ///
    /// Source: `portcls/nf-portcls-iminiportwavertinputstream-getreadpacket.md`.
    #[default]
    OldestFirst,
    /// The newest one. What came before it is lost, though it may still be there.
    ///
    /// Source: `audio/sysvad/EndpointsCommon/minwavertstream.cpp`.
    NewestOnly,
}

/// One or two packets of whole frames, up to 1 GiB, documented window, replay behind the end,
/// oldest captured packet first,
/// packets counted by the counters of the stream, rounds armed when the buffer is done.
impl Default for HdAudioOptions {
    fn default() -> Self {
        Self {
            packets_max: 2,
            packet_min: Frames::new(1),
            alignment: Bytes::new(1),
            buffer_max: Bytes::new(1 << 30),
            packet_window: PacketWindow::default(),
            position_register: true,
            end_of_stream: EndOfStream::default(),
            read_order: ReadOrder::default(),
            position_source: PositionSource::default(),
            rearm: Rearm::default(),
        }
    }
}

vtime::fork_by_clone!(HdAudioOptions);
