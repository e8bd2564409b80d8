//! Packets: their count, what may be announced, what can be read.

use ks::{END_OF_STREAM, KsState, PacketCount, PacketNumber, WritePacket};
use units::{Frames, NtStatus};

use super::{Counter, EngineEvent, Failure, SampleStream};
use crate::virtual_audio::counter::{HNS_PER_SECOND, from_hns, low32};

/// Which frame is presented, and when that was so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Presentation {
    /// The frame; in RUN that of the last whole millisecond.
    pub blocks: Frames,
    /// The counter now, as it is.
    pub counter: u64,
}

/// A captured packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReadAnswer {
    /// The newest packet that is complete.
    pub packet: PacketNumber,
    /// The counter when it ended, extrapolated from the position that was known last.
    pub counter: u64,
    /// True if another one can be read at once: never, says the sample driver.
    pub more_data: bool,
    /// Packets between the one that was read last and this one. The driver works this out and
    /// tells nobody.
    pub dropped: u32,
}

impl<E: PartialEq> SampleStream<E> {
    /// Packets completed since STOP. Moves the position, never the count.
    ///
    /// # Errors
    /// [`NtStatus::NOT_SUPPORTED`] without notifications; [`Failure::BugCheck`].
    #[doc(alias = "GetPacketCount")]
    pub fn get_packet_count(&mut self, now: Counter) -> Result<PacketCount, Failure> {
        self.needs_notifications()?;
        self.update_if_running(now)?;
        Ok(PacketCount::wrapping(self.registers.packets))
    }

    /// Which frame is presented, for an output stream.
    ///
    /// # Errors
    /// [`NtStatus::NOT_SUPPORTED`] without notifications; [`Failure::BugCheck`].
    #[doc(alias = "GetOutputStreamPresentationPosition")]
    pub fn get_presentation_position(&mut self, now: Counter) -> Result<Presentation, Failure> {
        self.needs_notifications()?;
        self.get_stream_presentation_position(now)
    }

    /// Which frame is presented, by the call of the audio engine node, which needs no
    /// notifications.
    ///
    /// # Errors
    /// [`Failure::BugCheck`].
    #[doc(alias = "GetStreamPresentationPosition")]
    pub fn get_stream_presentation_position(
        &mut self,
        now: Counter,
    ) -> Result<Presentation, Failure> {
        self.update_if_running(now)?;
        let scaled = self
            .registers
            .presentation
            .wrapping_mul(self.wave.rate.get().into());
        let blocks = scaled / u64::from(self.wave.byte_rate.get());
        self.report(EngineEvent::GetPresentationPosition, [blocks, 0]);
        Ok(Presentation {
            blocks: Frames::new(blocks),
            counter: now.value,
        })
    }

    /// The client has written a packet. Only one number is right: in RUN that behind the packet in
    /// transfer, in every other state that of the count.
    ///
    /// # Errors
    /// In this order: [`NtStatus::NOT_SUPPORTED`] without notifications,
    /// [`NtStatus::INVALID_DEVICE_STATE`] behind the end, [`NtStatus::DATA_LATE_ERROR`],
    /// [`NtStatus::DATA_OVERRUN`], [`NtStatus::INVALID_PARAMETER`] for a last packet longer than
    /// a packet. Flags that are not defined are no error.
    #[doc(alias = "SetWritePacket")]
    pub fn set_write_packet(&mut self, write: WritePacket) -> Result<(), NtStatus> {
        self.needs_notifications()?;
        if self.registers.has_end {
            return Err(NtStatus::INVALID_DEVICE_STATE);
        }
        let current = PacketCount::wrapping(self.registers.packets).in_transfer();
        let expected = current.after(u32::from(self.state == KsState::Run));
        match write.packet.ahead_of(expected) {
            ..0 => return Err(NtStatus::DATA_LATE_ERROR),
            1.. => return Err(NtStatus::DATA_OVERRUN),
            0 => {}
        }
        let start = write.packet.get() % self.count * self.packet_bytes();
        if write.flags & END_OF_STREAM == 0 {
            self.mark(start)?;
        } else {
            let length = u32::try_from(write.eos_packet_length.get()).ok();
            let length = length.filter(|length| *length <= self.packet_bytes());
            self.set_last_buffer_position(start + length.ok_or(NtStatus::INVALID_PARAMETER)?)?;
        }
        self.registers.last_written = write.packet.get();
        Ok(())
    }

    /// The client says how far it has written, as a buffer offset.
    ///
    /// # Errors
    /// [`NtStatus::INVALID_DEVICE_REQUEST`] for 0, beyond the buffer, or behind the end.
    #[doc(alias = "SetStreamCurrentWritePosition")]
    pub fn set_write_position(&mut self, offset: u32) -> Result<(), NtStatus> {
        if offset == 0 {
            return Err(NtStatus::INVALID_DEVICE_REQUEST);
        }
        self.mark(offset)
    }

    /// The client says where its last byte ends, as a buffer offset. 0 is one.
    ///
    /// # Errors
    /// [`NtStatus::INVALID_DEVICE_REQUEST`] beyond the buffer, or behind the end.
    #[doc(alias = "SetStreamCurrentWritePositionForLastBuffer")]
    pub fn set_last_buffer_position(&mut self, offset: u32) -> Result<(), NtStatus> {
        self.mark(offset)?;
        self.registers.has_end = true;
        Ok(())
    }

    /// Sets the write mark; the same mark twice is reported, and is no error.
    fn mark(&mut self, offset: u32) -> Result<(), NtStatus> {
        if self.registers.has_end || offset > self.buffer {
            return Err(NtStatus::INVALID_DEVICE_REQUEST);
        }
        self.report(EngineEvent::SetWritePosition, [offset.into(), 0]);
        if self.registers.write_mark == offset && self.registers.interval_ms > 0 {
            self.report(EngineEvent::Glitch, [3, offset.into()]);
        }
        self.registers.write_mark = offset;
        self.registers.mark_is_new = true;
        Ok(())
    }

    /// The newest packet that is complete, whatever lies before it unread. Does not move the
    /// position: the time of the packet is worked out from the last update.
    ///
    /// # Errors
    /// In this order: [`NtStatus::NOT_SUPPORTED`] without notifications,
    /// [`NtStatus::INVALID_DEVICE_STATE`] in STOP and ACQUIRE, [`NtStatus::DEVICE_NOT_READY`] if
    /// it was read before, or none is complete.
    #[doc(alias = "GetReadPacket")]
    pub fn get_read_packet(&mut self) -> Result<ReadAnswer, NtStatus> {
        self.needs_notifications()?;
        if self.state < KsState::Pause {
            return Err(NtStatus::INVALID_DEVICE_STATE);
        }
        let newest = low32(self.registers.packets.wrapping_sub(1));
        let dropped = newest
            .wrapping_sub(self.registers.last_read)
            .wrapping_sub(1);
        if newest == self.registers.last_read {
            return Err(NtStatus::DEVICE_NOT_READY);
        }
        self.registers.last_read = newest;
        Ok(ReadAnswer {
            packet: PacketNumber::new(newest),
            counter: self.end_of_newest(),
            more_data: false,
            dropped,
        })
    }

    /// The counter at the end of the newest packet, by the position known last. If the count is
    /// ahead of the position, or a product leaves 64 bits, it is any number.
    fn end_of_newest(&self) -> u64 {
        let registers = &self.registers;
        let rate = u64::from(self.wave.byte_rate.get());
        let carried = registers.time_carry.wrapping_mul(rate) / HNS_PER_SECOND;
        let end = registers.packets.wrapping_mul(self.packet_bytes().into());
        let beyond = registers.linear.wrapping_add(carried).wrapping_sub(end);
        let since = beyond.wrapping_mul(HNS_PER_SECOND) / rate;
        from_hns(registers.updated_at.wrapping_sub(since), self.hertz)
    }

    fn needs_notifications(&self) -> Result<(), NtStatus> {
        if self.count == 0 {
            return Err(NtStatus::NOT_SUPPORTED);
        }
        Ok(())
    }
}

vtime::fork_by_clone!(Presentation, ReadAnswer);
