//! The same device done right.

use ks::{DataFlow, KsState, PacketCount, PacketNumber, Position, WritePacket};
use units::{Bytes, Frames, NtStatus};
use vtime::{Fork, Forker};

use super::run_time::RunTime;
use super::sample::{Allocated, ReadAnswer};
use super::wave::Wave;
use crate::options::PacketWindow;
use crate::packets::{Packets, Progress};
use crate::size::SizeLimits;

/// How an exact stream behaves where drivers differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExactOptions {
    /// The most packets that a buffer can have. Windows knows 1 and 2.
    pub packets_max: u32,
    /// Which packets are accepted.
    pub packet_window: PacketWindow,
}

impl Default for ExactOptions {
    fn default() -> Self {
        Self {
            packets_max: 2,
            packet_window: PacketWindow::default(),
        }
    }
}

/// A stream of a timer-driven device whose position, packets and times all come from one clock.
///
/// Everything is a closed form of the time spent in RUN: there is nothing to carry, and asking
/// changes nothing. Instants are counted in units of which there are `units_per_second`; `E`
/// names an event of the client.
///
/// # Source
/// `portcls/nf-portcls-iminiportwavertoutputstream-getpacketcount.md`,
/// `portcls/nf-portcls-iminiportwavertinputstream-getreadpacket.md` and their neighbours.
#[derive(Clone, Debug)]
pub struct ExactStream<E> {
    wave: Wave,
    flow: DataFlow,
    options: ExactOptions,
    units_per_second: u64,
    state: KsState,
    run: RunTime,
    buffer: Option<Buffer>,
    events: Vec<E>,
    /// The first packet that was not read, counted without wrap.
    unread: u64,
}

#[derive(Clone, Copy, Debug)]
struct Buffer {
    bytes: u64,
    /// With notifications only.
    packets: Option<Packets>,
}

impl<E: PartialEq> ExactStream<E> {
    /// A new stream in STOP.
    pub fn new(wave: Wave, flow: DataFlow, options: ExactOptions, units_per_second: u64) -> Self {
        Self {
            wave,
            flow,
            options,
            units_per_second,
            state: KsState::Stop,
            run: RunTime::default(),
            buffer: None,
            events: Vec::new(),
            unread: 0,
        }
    }

    /// Makes a buffer of `count` packets of whole frames that holds `size`.
    ///
    /// # Errors
    /// [`NtStatus::INVALID_PARAMETER`] for a count that Windows does not know,
    /// [`NtStatus::UNSUCCESSFUL`] if there is no such buffer.
    #[doc(alias = "AllocateBufferWithNotification")]
    pub fn allocate(&mut self, size: u32, count: u32) -> Result<Allocated, NtStatus> {
        if !(1..=self.options.packets_max).contains(&count) {
            return Err(NtStatus::INVALID_PARAMETER);
        }
        let packet = self
            .size_limits()
            .packet_for(Bytes::new(size.into()), count)?;
        Ok(self.take(packet, count, true))
    }

    /// Makes a buffer without notifications.
    ///
    /// # Errors
    /// [`NtStatus::UNSUCCESSFUL`] if there is no such buffer.
    #[doc(alias = "AllocateAudioBuffer")]
    pub fn allocate_plain(&mut self, size: u32) -> Result<Allocated, NtStatus> {
        let whole = self.size_limits().packet_for(Bytes::new(size.into()), 1)?;
        Ok(self.take(whole, 1, false))
    }

    /// Takes a buffer that somebody else has cut, whatever its size: `count` packets of
    /// `bytes / count` bytes, or none. To be put beside a recording.
    pub fn adopt(&mut self, bytes: u32, count: u32) {
        let window = self.options.packet_window;
        let packets = bytes
            .checked_div(count)
            .map(|packet| Packets::new(count, Bytes::new(packet.into()), window));
        self.buffer = (bytes > 0).then_some(Buffer {
            bytes: bytes.into(),
            packets,
        });
    }

    /// Frees the buffer.
    #[doc(alias = "FreeBufferWithNotification")]
    pub fn free(&mut self) {
        self.buffer = None;
    }

    /// Adds an event to those that are set when a packet is completed.
    ///
    /// # Errors
    /// [`NtStatus::UNSUCCESSFUL`] if it is among them.
    #[doc(alias = "RegisterNotificationEvent")]
    pub fn register(&mut self, event: E) -> Result<(), NtStatus> {
        if self.events.contains(&event) {
            return Err(NtStatus::UNSUCCESSFUL);
        }
        self.events.push(event);
        Ok(())
    }

    /// Removes an event.
    ///
    /// # Errors
    /// [`NtStatus::NOT_FOUND`] if it is not there.
    #[doc(alias = "UnregisterNotificationEvent")]
    pub fn unregister(&mut self, event: &E) -> Result<(), NtStatus> {
        let place = self.events.iter().position(|known| known == event);
        self.events.remove(place.ok_or(NtStatus::NOT_FOUND)?);
        Ok(())
    }

    /// The events, in the order in which they are set.
    pub fn events(&self) -> &[E] {
        &self.events
    }

    /// Goes to `state`, from wherever it is. STOP clears everything.
    #[doc(alias = "SetState")]
    pub fn set_state(&mut self, now: u64, state: KsState) {
        match state {
            KsState::Run => self.run.start(now),
            KsState::Pause | KsState::Acquire => self.run.pause(now),
            KsState::Stop => self.stop(),
        }
        self.state = state;
    }

    fn stop(&mut self) {
        self.run.clear();
        self.unread = 0;
        if let Some(packets) = self.packets_mut() {
            packets.reset();
        }
    }

    /// The state it is in.
    pub const fn state(&self) -> KsState {
        self.state
    }

    /// Time spent in RUN by `now`.
    pub fn elapsed(&self, now: u64) -> u64 {
        self.run.elapsed(now)
    }

    /// Bytes due when `elapsed` was spent in RUN, before any rounding to frames and whatever the
    /// end of the stream.
    pub fn bytes_in(&self, elapsed: u64) -> u64 {
        let scaled = u128::from(elapsed) * u128::from(self.wave.byte_rate.get());
        narrow(scaled / u128::from(self.units_per_second))
    }

    /// Packets due when `elapsed` was spent in RUN, whatever the end of the stream; none without
    /// notifications.
    pub fn packets_in(&self, elapsed: u64) -> u64 {
        let size = self.packets().map_or(0, |packets| packets.size.get());
        self.bytes_in(elapsed).checked_div(size).unwrap_or(0)
    }

    /// The instant of the first sample of `packet`, counted without wrap; `None` if the stream did
    /// not get there, or has no packets.
    pub fn packet_start(&self, packet: u64) -> Option<u64> {
        let first = u128::from(self.packets()?.size.get()) * u128::from(packet);
        let elapsed = first * u128::from(self.units_per_second);
        self.run
            .instant_of(narrow(elapsed / u128::from(self.wave.byte_rate.get())))
    }

    /// When the next packet will be completed, or the last valid byte be rendered, if RUN lasts.
    pub fn next_completion(&self, now: u64) -> Option<u64> {
        let packets = self.packets().filter(|_| self.run.is_running())?;
        let done = self.moved(now).get() / packets.size.get();
        let boundary = (done + 1) * packets.size.get();
        let boundary = match self.end_byte() {
            Some(end) if self.moved(now).get() < end => boundary.min(end),
            _ => boundary,
        };
        let frame = u64::from(self.wave.frame_bytes.get());
        let whole = u128::from(boundary.div_ceil(frame) * frame);
        let elapsed = (whole * u128::from(self.units_per_second))
            .div_ceil(u128::from(self.wave.byte_rate.get()));
        self.run.instant_reached(narrow(elapsed))
    }

    /// Whole frames due by `now`, in bytes, whatever the end of the stream.
    pub fn moved(&self, now: u64) -> Bytes {
        let bytes = self.bytes_in(self.run.elapsed(now));
        Bytes::new(bytes - bytes % u64::from(self.wave.frame_bytes.get()))
    }

    /// Bytes moved since STOP: whole frames, up to the end of the stream.
    #[doc(alias = "GetStreamLinearBufferPosition")]
    pub fn get_linear_position(&self, now: u64) -> Bytes {
        let moved = self.moved(now).get();
        Bytes::new(self.end_byte().map_or(moved, |end| moved.min(end)))
    }

    /// Play and write position: nothing lies between buffer and converter.
    #[doc(alias = "GetPosition")]
    pub fn get_position(&self, now: u64) -> Position {
        let size = self.buffer.map_or(0, |buffer| buffer.bytes);
        let at = self.get_linear_position(now).get().checked_rem(size);
        let at = Bytes::new(at.unwrap_or(0));
        Position {
            play: at,
            write: at,
        }
    }

    /// The frame presented at this very instant.
    #[doc(alias = "GetStreamPresentationPosition")]
    pub fn get_presentation_position(&self, now: u64) -> Frames {
        let frame = u64::from(self.wave.frame_bytes.get());
        Frames::new(self.get_linear_position(now).get() / frame)
    }

    /// Packets completed since STOP. They go on at the nominal rate whatever the client does.
    pub fn completed(&self, now: u64) -> u64 {
        let size = self.packets().map_or(0, |packets| packets.size.get());
        self.moved(now).get().checked_div(size).unwrap_or(0)
    }

    /// Packets completed since STOP, as the client is told.
    ///
    /// # Errors
    /// [`NtStatus::NOT_SUPPORTED`] without notifications.
    #[doc(alias = "GetPacketCount")]
    pub fn get_packet_count(&self, now: u64) -> Result<PacketCount, NtStatus> {
        self.packets().ok_or(NtStatus::NOT_SUPPORTED)?;
        Ok(PacketCount::wrapping(self.completed(now)))
    }

    /// The client has written a packet.
    ///
    /// # Errors
    /// [`NtStatus::NOT_SUPPORTED`] without notifications, else as the documented window has it.
    #[doc(alias = "SetWritePacket")]
    pub fn set_write_packet(&mut self, now: u64, write: WritePacket) -> Result<(), NtStatus> {
        let progress = self.progress(now);
        let packets = self.packets_mut().ok_or(NtStatus::NOT_SUPPORTED)?;
        packets.announce(write, progress)?;
        Ok(())
    }

    fn progress(&self, now: u64) -> Progress {
        let size = self
            .packets()
            .map_or(1, |packets| packets.size.get().max(1));
        let running = self.state == KsState::Run;
        let moved = self.moved(now).get();
        Progress {
            completed: moved / size,
            in_transfer: running || moved % size != 0,
            running,
        }
    }

    /// The oldest packet that is complete, unread and still whole in the buffer.
    ///
    /// # Errors
    /// As [`SampleStream::get_read_packet`](super::SampleStream::get_read_packet).
    #[doc(alias = "GetReadPacket")]
    pub fn get_read_packet(&mut self, now: u64) -> Result<ReadAnswer, NtStatus> {
        let count = self.packets().ok_or(NtStatus::NOT_SUPPORTED)?.count;
        if self.state < KsState::Pause {
            return Err(NtStatus::INVALID_DEVICE_STATE);
        }
        let progress = self.progress(now);
        let whole = u64::from(count) - u64::from(progress.in_transfer && count > 1);
        let oldest = progress.completed.saturating_sub(whole).max(self.unread);
        if oldest >= progress.completed {
            return Err(NtStatus::DEVICE_NOT_READY);
        }
        let dropped = oldest - self.unread;
        self.unread = oldest + 1;
        Ok(ReadAnswer {
            packet: PacketNumber::new(PacketCount::wrapping(oldest).get()),
            counter: self.packet_start(oldest).unwrap_or(0),
            more_data: self.unread < progress.completed,
            dropped: u32::try_from(dropped).unwrap_or(u32::MAX),
        })
    }

    /// Where the stream ends, in bytes; `None` if that was not said.
    pub fn end_byte(&self) -> Option<u64> {
        let packets = self.packets()?;
        let end = packets.end()?;
        Some(end.packet * packets.size.get() + end.valid.get())
    }

    /// The direction of the pin.
    pub const fn flow(&self) -> DataFlow {
        self.flow
    }

    /// Bytes of a packet; `None` without notifications.
    pub fn packet_bytes(&self) -> Option<Bytes> {
        self.packets().map(|packets| packets.size)
    }

    fn packets(&self) -> Option<&Packets> {
        self.buffer.as_ref()?.packets.as_ref()
    }

    fn packets_mut(&mut self) -> Option<&mut Packets> {
        self.buffer.as_mut()?.packets.as_mut()
    }

    fn size_limits(&self) -> SizeLimits {
        let frame = Bytes::new(self.wave.frame_bytes.get().into());
        SizeLimits {
            frame,
            alignment: Bytes::new(1),
            packet_min: frame,
            buffer_max: Bytes::new(1 << 30),
        }
    }

    fn take(&mut self, packet: Bytes, count: u32, notifies: bool) -> Allocated {
        let bytes = packet.get() * u64::from(count);
        let window = self.options.packet_window;
        self.buffer = Some(Buffer {
            bytes,
            packets: notifies.then(|| Packets::new(count, packet, window)),
        });
        let millisecond = packet.get() * 1000 / u64::from(self.wave.byte_rate.get());
        let small = |value| u32::try_from(value).expect("a buffer has at most 1 GiB");
        Allocated {
            actual: small(bytes),
            interval_ms: if notifies { small(millisecond) } else { 0 },
            packet_bytes: if notifies { small(packet.get()) } else { 0 },
        }
    }
}

/// A count that stays below 2^64 for as long as a run can last.
fn narrow(count: u128) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}

vtime::fork_by_clone!(ExactOptions, Buffer);

impl<E: Fork> Fork for ExactStream<E> {
    fn fork(&self, forker: &mut Forker) -> Self {
        Self {
            run: self.run.clone(),
            events: self.events.fork(forker),
            ..*self
        }
    }
}

#[cfg(test)]
mod tests;
