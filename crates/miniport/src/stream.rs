//! The state of a stream, which its interface and the interrupt share.

mod records;
mod rounds;

use std::cell::Cell;
use std::sync::Arc;

use hardware::{BdlEntry, CountOn, StreamConfig, StreamFormat};
use ks::{PacketCount, Position, PresentationPosition, ReadPacket, Step, WritePacket};
use portcls::Mdl;
use ring::{Kind, SharedBuffer, Whose};
use units::{Bytes, Frames, Moment, NtStatus, WaveFormat};
use vtime::{EventHandle, Fork, Forker};

use crate::options::{EndOfStream, HdAudioOptions};
use crate::packets::{Packets, Progress, WritePacketError};
use crate::reading::Reading;
use crate::registers::{Programme, StreamRegisters};
use records::Place;

/// Which way frames go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Flow {
    Render,
    Capture,
}

/// Whose the DMA engine is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Engine {
    Ours,
    /// The device stopped, or is gone.
    GivenBack,
}

/// A stream of an HD Audio controller.
#[derive(Debug)]
pub(crate) struct Stream {
    flow: Flow,
    registers: StreamRegisters,
    data_sheet: StreamConfig,
    options: HdAudioOptions,
    format: WaveFormat,
    link_format: StreamFormat,
    buffer: Option<Buffer>,
    events: Vec<EventHandle>,
    /// Packets that were captured and read.
    reading: Reading,
    /// True from an interrupt of its to the DPC.
    acknowledged: bool,
    running: bool,
    engine: Engine,
    /// Rounds armed since the reset, of an engine that does not loop.
    armed: u64,
    /// True if it ran since it was last in Stop.
    has_run: bool,
    /// Runs begun since the controller was taken out of reset, each from Stop to Stop.
    runs: u32,
    /// Behind the end of the stream: the next packet whose place is to be silenced, and how many
    /// writes that took so far.
    next_pad: u64,
    pads: u32,
    /// Where it is by its record. To read is to follow it, so it changes by reading.
    place: Cell<Place>,
}

/// The cyclic buffer as the miniport knows it.
#[derive(Debug)]
pub(crate) struct Buffer {
    pub(crate) memory: Arc<SharedBuffer>,
    /// Where it lies.
    pub(crate) address: u64,
    pub(crate) size: Bytes,
    /// The page of the descriptor list.
    pub(crate) list: Mdl,
    /// What lies there.
    pub(crate) entries: Vec<BdlEntry>,
    /// With notifications only.
    pub(crate) packets: Option<Packets>,
}

impl Stream {
    /// A stream in Stop, at position 0, after `runs` runs of the streams before it.
    pub(crate) fn new(
        now: Moment,
        flow: Flow,
        registers: StreamRegisters,
        options: HdAudioOptions,
        format: WaveFormat,
        link_format: StreamFormat,
        runs: u32,
    ) -> Self {
        registers.reset(now);
        Self {
            flow,
            data_sheet: registers.data_sheet(),
            registers,
            options,
            format,
            link_format,
            buffer: None,
            events: Vec::new(),
            reading: Reading::default(),
            acknowledged: false,
            running: false,
            engine: Engine::Ours,
            armed: 1,
            has_run: false,
            runs,
            next_pad: 0,
            pads: 0,
            place: Cell::new(Place::of(options.position_source)),
        }
    }

    pub(crate) fn flow(&self) -> Flow {
        self.flow
    }

    pub(crate) fn registers(&self) -> &StreamRegisters {
        &self.registers
    }

    pub(crate) fn data_sheet(&self) -> StreamConfig {
        self.data_sheet
    }

    pub(crate) fn has_buffer(&self) -> bool {
        self.buffer.is_some()
    }

    /// True if it has a buffer with notifications.
    pub(crate) fn has_packets(&self) -> bool {
        self.packets().is_some()
    }

    /// By how much positions rise at a time.
    pub(crate) fn frames_at_once(&self) -> Frames {
        self.data_sheet.frames_at_once(self.link_format)
    }

    /// Has `format` flow once there is a buffer.
    ///
    /// Source: `portcls/nf-portcls-iminiportwavertstream-setformat.md` for the status.
    pub(crate) fn set_format(&mut self, format: WaveFormat) -> Result<(), NtStatus> {
        let refused = NtStatus::INVALID_PARAMETER;
        let link_format = StreamFormat::of(format).map_err(|_| refused)?;
        if self.running || self.buffer.is_some() || !self.data_sheet.feeds(link_format) {
            return Err(refused);
        }
        self.format = format;
        self.link_format = link_format;
        Ok(())
    }

    /// Takes the effects of one step of the state.
    ///
    /// Source: `hdaudio/nc-hdaudio-pset_dma_engine_state.md` for what a step is to the engine:
    /// Run, Pause and Reset.
    ///
    /// # Errors
    /// [`NtStatus::INSUFFICIENT_RESOURCES`] if the link has no room for the stream beside others.
    pub(crate) fn step(&mut self, now: Moment, step: Step) -> Result<(), NtStatus> {
        if self.engine == Engine::GivenBack {
            return Ok(());
        }
        match step {
            Step::StopToAcquire | Step::AcquireToPause | Step::PauseToAcquire => {}
            Step::PauseToRun => {
                self.use_record(now);
                self.registers.run(now)?;
                self.running = true;
                self.rearm(now);
                self.runs += u32::from(!self.has_run);
                self.has_run = true;
            }
            Step::RunToPause => {
                self.running = false;
                self.registers.pause(now);
            }
            Step::AcquireToStop => self.stop(now),
        }
        Ok(())
    }

    /// Stops, resets and frees the DMA engine, once. The buffer stays.
    pub(crate) fn give_engine_back(&mut self, now: Moment) {
        if std::mem::replace(&mut self.engine, Engine::GivenBack) == Engine::GivenBack {
            return;
        }
        if std::mem::take(&mut self.running) {
            self.registers.pause(now);
        }
        self.registers.reset(now);
    }

    /// Runs begun since the controller was taken out of reset. Streams share a count, as they
    /// share the link on which all of them are heard.
    pub(crate) fn runs(&self) -> u32 {
        self.runs
    }

    fn stop(&mut self, now: Moment) {
        self.has_run = false;
        self.armed = 1;
        self.reading = Reading::default();
        self.registers.reset(now);
        self.forget_place();
        if let Some(buffer) = &mut self.buffer {
            buffer.memory.set_run(self.runs);
            if let Some(packets) = &mut buffer.packets {
                packets.reset();
            }
        }
        self.program(now);
    }

    /// Takes up the buffer that was made for it.
    pub(crate) fn attach(&mut self, now: Moment, buffer: Buffer) {
        self.registers
            .bus()
            .map_memory(buffer.address, Arc::clone(&buffer.memory));
        let address = buffer.list.page_address(0);
        self.registers.write_list(now, address, &buffer.entries);
        buffer.memory.set_run(self.runs);
        self.buffer = Some(buffer);
        self.program(now);
    }

    /// Lets descriptor `descriptor` point to where descriptor `target` was made to point, whether
    /// the engine runs or not: what no driver should do. False if there is no such descriptor.
    pub(crate) fn rewrite_descriptor(
        &mut self,
        now: Moment,
        descriptor: usize,
        target: usize,
    ) -> bool {
        let Some(buffer) = &mut self.buffer else {
            return false;
        };
        let before = buffer.entries.iter().take(target);
        let address = buffer.address + before.map(|entry| entry.length.get()).sum::<u64>();
        let is_there = target < buffer.entries.len();
        let entry = buffer.entries.get_mut(descriptor).filter(|_| is_there);
        let Some(entry) = entry else {
            return false;
        };
        entry.address = address;
        let list = buffer.list.page_address(0);
        self.registers.write_list(now, list, &buffer.entries);
        true
    }

    /// Lets go of its buffer; returns the page of the descriptor list.
    pub(crate) fn detach(&mut self) -> Option<Mdl> {
        let buffer = self.buffer.take()?;
        self.registers.bus().unmap_memory(buffer.address);
        Some(buffer.list)
    }

    /// Tells the engine, fresh from its reset, what to do.
    fn program(&self, now: Moment) {
        if let Some(buffer) = &self.buffer {
            let programme = Programme {
                format: self.link_format,
                cyclic_length: buffer.size,
                descriptors: buffer.entries.len(),
                list: buffer.list.page_address(0),
            };
            self.registers.program(now, programme);
        }
    }

    /// Acknowledges an interrupt, if INTSTS showed one of its; returns the packets done by now.
    pub(crate) fn acknowledge(&mut self, now: Moment, status: u32) -> Option<u64> {
        let is_mine = self.registers.acknowledge(now, status);
        self.acknowledged |= is_mine;
        if is_mine {
            self.check_record(now);
            self.rearm(now);
        }
        is_mine.then(|| self.completed(now))
    }

    /// True from an interrupt of its to the DPC.
    pub(crate) fn is_acknowledged(&self) -> bool {
        self.acknowledged
    }

    /// Tells every registered event that packets are done. Only in RUN.
    ///
    /// Source: `audio/ksproperty-rtaudio-register-notification-event.md`.
    pub(crate) fn notify(&mut self, now: Moment, signal: &mut dyn FnMut(&EventHandle, u64)) {
        self.acknowledged = false;
        if !self.running {
            return;
        }
        let completed = self.completed(now);
        self.pad(now, completed);
        for event in &self.events {
            signal(event, completed);
        }
    }

    /// Adds an event to the list.
    ///
    /// Source: `audio/sysvad/EndpointsCommon/minwavertstream.cpp` for the status.
    pub(crate) fn register(&mut self, event: EventHandle) -> Result<(), NtStatus> {
        if self.events.contains(&event) {
            return Err(NtStatus::UNSUCCESSFUL);
        }
        self.events.push(event);
        Ok(())
    }

    /// Takes an event off the list. Source as for [`register`](Self::register).
    pub(crate) fn unregister(&mut self, event: &EventHandle) -> Result<(), NtStatus> {
        let place = self
            .events
            .iter()
            .position(|registered| registered == event);
        self.events.remove(place.ok_or(NtStatus::NOT_FOUND)?);
        Ok(())
    }

    /// Render: the play position is what is at the converter, the write position what is fetched
    /// next. Capture: the record position is what the converter has last heard, the read position
    /// what is stored next.
    ///
    /// Source: `audio/audio-position-property.md`. Model: all half-open.
    pub(crate) fn position(&self, now: Moment) -> Position {
        let Some(buffer) = &self.buffer else {
            return Position::default();
        };
        let at_jack = match self.flow {
            Flow::Render => self.presented(now),
            Flow::Capture => self.data_sheet.heard(self.linked(now), self.format.rate),
        };
        let within = |linear: Bytes| Bytes::new(linear.get() % buffer.size.get());
        Position {
            play: within(self.format.bytes_of(at_jack)),
            write: within(
                self.recorded(now)
                    .unwrap_or_else(|| self.registers.moved(now)),
            ),
        }
    }

    /// The frame at the jack, with the counter at the very same instant.
    pub(crate) fn presentation_position(&self, now: Moment) -> PresentationPosition {
        PresentationPosition {
            blocks: self.presented(now),
            qpc: now.time.to_hns_floor(),
        }
    }

    pub(crate) fn packet_count(&self, now: Moment) -> Result<PacketCount, NtStatus> {
        self.packets().ok_or(NtStatus::NOT_SUPPORTED)?;
        Ok(PacketCount::wrapping(self.completed(now)))
    }

    /// The captured packet to be read next.
    pub(crate) fn read_packet(&mut self, now: Moment) -> Result<ReadPacket, NtStatus> {
        let progress = self.progress(now).ok_or(NtStatus::NOT_SUPPORTED)?;
        let packets = *self.packets().expect("progress is made in packets");
        let readable = self
            .reading
            .take(progress, packets.count, self.options.read_order)
            .ok_or(NtStatus::DEVICE_NOT_READY)?;
        let frames = self.format.frames_in(packets.size).get();
        let first = Frames::new(readable.packet * frames);
        let sampled = self.registers.sampled_at(now, first);
        Ok(ReadPacket {
            packet: PacketCount::wrapping(readable.packet).in_transfer(),
            flags: 0,
            performance_counter: sampled.expect("it was captured").to_hns_floor(),
            more_data: readable.more,
        })
    }

    /// Judges an announced packet, and silences what follows the end of the stream if that is to
    /// be.
    pub(crate) fn set_write_packet(
        &mut self,
        now: Moment,
        write: WritePacket,
    ) -> Result<(), NtStatus> {
        let progress = self.progress(now).ok_or(NtStatus::NOT_SUPPORTED)?;
        let completed = progress.completed;
        self.announce(write, progress).map_err(NtStatus::from)?;
        self.pad(now, completed);
        Ok(())
    }

    fn announce(&mut self, write: WritePacket, progress: Progress) -> Result<(), WritePacketError> {
        let packets = self
            .buffer
            .as_mut()
            .and_then(|buffer| buffer.packets.as_mut());
        let packets = packets.expect("progress is made in packets");
        if let Some(end) = packets.announce(write, progress)? {
            self.next_pad = end.packet;
        }
        Ok(())
    }

    fn presented(&self, now: Moment) -> Frames {
        self.data_sheet
            .presented(self.linked(now), self.format.rate)
    }

    fn linked(&self, now: Moment) -> Frames {
        self.format.frames_in(self.registers.linked(now))
    }

    fn packets(&self) -> Option<&Packets> {
        self.buffer.as_ref()?.packets.as_ref()
    }

    /// Packets done, by the position on the side on which the device counts.
    fn completed(&self, now: Moment) -> u64 {
        self.progress(now).map_or(0, |progress| progress.completed)
    }

    fn progress(&self, now: Moment) -> Option<Progress> {
        let packet = self.packets()?.size.get();
        let transferred = self.recorded(now).unwrap_or_else(|| self.counted(now));
        Some(Progress {
            completed: transferred.get() / packet,
            in_transfer: self.running || transferred.get() % packet != 0,
            running: self.running,
        })
    }

    /// What was transferred, by the counter of the side on which the device counts.
    fn counted(&self, now: Moment) -> Bytes {
        match (self.flow, self.data_sheet.count_on) {
            (Flow::Render, CountOn::Link) => self.registers.linked(now),
            (Flow::Render, CountOn::Memory) | (Flow::Capture, _) => self.registers.moved(now),
        }
    }

    /// Silences what lies behind the end of the stream, as far as the device has left the place:
    /// with `completed` packets done, the buffer has room up to packet `completed` plus its packets
    /// less one.
    fn pad(&mut self, now: Moment, completed: u64) {
        let Some((packets, end)) = self
            .packets()
            .and_then(|packets| Some((packets, packets.end()?)))
        else {
            return;
        };
        if self.options.end_of_stream == EndOfStream::Replay {
            return;
        }
        let room_to = completed + u64::from(packets.count);
        let packet = self.format.frames_in(packets.size);
        let frame_bytes = u64::from(self.format.frame_bytes());
        let valid = Frames::new(end.valid.get().div_ceil(frame_bytes));
        while self.next_pad < room_to {
            let used = if self.next_pad == end.packet {
                valid
            } else {
                Frames::ZERO
            };
            let first = Frames::new(self.next_pad * packet.get()) + used;
            self.silence(now, first, packet - used);
            self.next_pad += 1;
        }
    }

    /// Stores silence for `len` frames of the stream from frame `first` on.
    fn silence(&mut self, now: Moment, first: Frames, len: Frames) {
        let Some(buffer) = self.buffer.as_ref().filter(|_| !len.is_zero()) else {
            return;
        };
        let whose = Whose {
            run: buffer.memory.run(),
            kind: Kind::EosPad,
            content: first.get(),
            intended: first.get(),
            write: self.pads,
        };
        self.pads += 1;
        self.registers.bus().settle(now);
        buffer.memory.store(first, None, len, Some(whose));
    }
}

impl Fork for Stream {
    fn fork(&self, forker: &mut Forker) -> Self {
        Self {
            registers: self.registers.fork(forker),
            buffer: self.buffer.fork(forker),
            events: self.events.fork(forker),
            place: self.place.clone(),
            ..*self
        }
    }
}

impl Fork for Buffer {
    fn fork(&self, forker: &mut Forker) -> Self {
        Self {
            memory: forker.arc(&self.memory, |memory, _| memory.snapshot()),
            list: self.list.clone(),
            entries: self.entries.clone(),
            ..*self
        }
    }
}
