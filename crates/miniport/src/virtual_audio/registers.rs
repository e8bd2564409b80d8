//! What the sample driver remembers.

/// What the sample driver remembers of a stream between two calls.
///
/// The widths are the driver's own, and they can be seen: a step that needs more bits is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Registers {
    /// Bytes moved since STOP.
    #[doc(alias = "m_ullLinearPosition")]
    pub linear: u64,
    /// The same, but not held back by the end of the stream.
    #[doc(alias = "m_ullPresentationPosition")]
    pub presentation: u64,
    /// Offset in the cyclic buffer: play and write position in one.
    #[doc(alias = "m_ullPlayPosition")]
    pub position: u64,
    /// Packets completed since STOP.
    #[doc(alias = "m_llPacketCounter")]
    pub packets: u64,
    /// Time that was not yet turned into bytes, below a millisecond, in 100 ns.
    #[doc(alias = "m_hnsElapsedTimeCarryForward")]
    pub time_carry: u64,
    /// What is left of a byte, in thousandths.
    #[doc(alias = "m_byteDisplacementCarryForward")]
    pub byte_carry: u32,
    /// When the position was last updated, or RUN entered, in 100 ns.
    #[doc(alias = "m_ullDmaTimeStamp")]
    pub updated_at: u64,
    /// When a packet was last completed, or RUN entered, in 100 ns.
    #[doc(alias = "m_ullLastDPCTimeStamp")]
    pub completed_at: u64,
    /// Time beyond the last completion that belongs to the next packet, in 100 ns, unbounded.
    #[doc(alias = "m_hnsDPCTimeCarryForward")]
    pub timer_carry: u64,
    /// The notification interval, in whole milliseconds.
    #[doc(alias = "m_ulNotificationIntervalMs")]
    pub interval_ms: u32,
    /// The write mark: the buffer offset that the client announced last.
    #[doc(alias = "m_ulCurrentWritePosition")]
    pub write_mark: u32,
    /// True if the mark was set since the last completion.
    #[doc(alias = "m_IsCurrentWritePositionUpdated")]
    pub mark_is_new: bool,
    /// True if the end of the stream was announced.
    #[doc(alias = "m_bEoSReceived")]
    pub has_end: bool,
    /// True if the last valid byte was rendered.
    #[doc(alias = "m_bLastBufferRendered")]
    pub is_over: bool,
    /// The packet that the client read last; all ones for none.
    #[doc(alias = "m_ulLastOsReadPacket")]
    pub last_read: u32,
    /// The packet that the client wrote last; all ones for none.
    #[doc(alias = "m_ulLastOsWritePacket")]
    pub last_written: u32,
}

/// No packet yet.
pub(super) const NO_PACKET: u32 = u32::MAX;

impl Default for Registers {
    /// Those of a new stream.
    fn default() -> Self {
        Self {
            linear: 0,
            presentation: 0,
            position: 0,
            packets: 0,
            time_carry: 0,
            byte_carry: 0,
            updated_at: 0,
            completed_at: 0,
            timer_carry: 0,
            interval_ms: 0,
            write_mark: 0,
            mark_is_new: false,
            has_end: false,
            is_over: false,
            last_read: NO_PACKET,
            last_written: NO_PACKET,
        }
    }
}

impl Registers {
    /// What STOP clears. Both carries, the timer's carry and the news of the mark survive it.
    pub(super) fn stop(&mut self) {
        *self = Self {
            time_carry: self.time_carry,
            byte_carry: self.byte_carry,
            updated_at: self.updated_at,
            completed_at: self.completed_at,
            timer_carry: self.timer_carry,
            interval_ms: self.interval_ms,
            mark_is_new: self.mark_is_new,
            ..Self::default()
        };
    }
}

vtime::fork_by_clone!(Registers);
