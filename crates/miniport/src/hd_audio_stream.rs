//! A stream of the HD Audio miniport as its port sees it.

use std::rc::Rc;

use hardware::BdlEntry;
use ks::{
    HwLatency, KsState, MappedRegister, PacketCount, Position, PresentationPosition, ReadPacket,
    WritePacket,
};
use portcls::{
    AudioBuffer, CacheType, InputStream, Mdl, MiniportWaveRtStream, OutputStream, PortStreamHandle,
    StreamNotification,
};
use units::{Bytes, Frames, Hns, Moment, NtStatus, WaveFormat};
use vtime::{EventHandle, Fork, Forker, Shared};

use crate::mapped::{MappedClock, MappedPosition, SettledBus};
use crate::options::HdAudioOptions;
use crate::packets::Packets;
use crate::size::SizeLimits;
use crate::stream::{Buffer, Flow, Stream};

/// Bytes of an entry of the descriptor list.
const BDL_ENTRY_BYTES: u64 = 16;

/// A stream as its port sees it.
#[derive(Debug)]
pub(crate) struct HdAudioStream {
    stream: Shared<Stream>,
    port: PortStreamHandle,
    options: HdAudioOptions,
    format: WaveFormat,
    state: KsState,
}

impl HdAudioStream {
    /// `stream`, which is in Stop, as it is shown to `port`.
    pub(crate) fn new(
        stream: Shared<Stream>,
        port: PortStreamHandle,
        options: HdAudioOptions,
        format: WaveFormat,
    ) -> Self {
        Self {
            stream,
            port,
            options,
            format,
            state: KsState::Stop,
        }
    }

    /// Makes a buffer of `packets` packets, or one without notifications.
    fn allocate(
        &mut self,
        now: Moment,
        requested: Bytes,
        packets: Option<u32>,
    ) -> Result<AudioBuffer, NtStatus> {
        let count = packets.unwrap_or(1);
        let packet = self.size_limits(count).packet_for(requested, count)?;
        let actual = Bytes::new(packet.get() * u64::from(count));
        let lengths =
            descriptor_lengths(packet, count, Bytes::new(self.format.frame_bytes().into()));
        let (mdl, list) = self.allocate_pages(actual, lengths.len())?;
        let frames = self.format.frames_in(actual);
        let memory = self
            .port
            .borrow_mut()
            .cyclic_buffer(&mdl, self.format, frames);
        let address = mdl.page_address(0);
        // Without an interrupt nobody would send an engine back to the beginning.
        let interrupts = packets.is_some() || self.stream.borrow().halts();
        let entries = descriptor_list(address, packet, interrupts, &lengths);
        let window = self.options.packet_window;
        let buffer = Buffer {
            memory: memory.clone(),
            address,
            size: actual,
            list,
            entries,
            packets: packets.map(|count| Packets::new(count, packet, window)),
        };
        let mut stream = self.stream.borrow_mut();
        stream.attach(now, buffer);
        Ok(AudioBuffer {
            mdl,
            actual,
            offset_from_first_page: Bytes::ZERO,
            // The controller need not snoop. Source: `allocateaudiobuffer`, "Remarks".
            cache: CacheType::WriteCombined,
            memory,
            bus: Rc::new(SettledBus(stream.registers().bus().clone())),
        })
    }

    /// A single packet takes two descriptors, so two frames. An engine that halts at the end of the
    /// buffer does so between frames that travel together.
    fn size_limits(&self, packets: u32) -> SizeLimits {
        let frames_min = if packets == 1 { 2 } else { 1 };
        let stream = self.stream.borrow();
        let together = if stream.halts() {
            stream.frames_at_once()
        } else {
            Frames::new(1)
        };
        SizeLimits {
            frame: self.format.bytes_of(together),
            alignment: self.options.alignment,
            packet_min: self
                .format
                .bytes_of(self.options.packet_min.max(Frames::new(frames_min))),
            // The length register is 32 bits wide.
            buffer_max: self.options.buffer_max.min(Bytes::new(u32::MAX.into())),
        }
    }

    /// Pages for the buffer and for its descriptor list.
    fn allocate_pages(&self, size: Bytes, descriptors: usize) -> Result<(Mdl, Mdl), NtStatus> {
        let mut port = self.port.borrow_mut();
        let mut pages = |size| port.allocate_contiguous_pages(0, u64::MAX, size);
        let buffer = pages(size).ok_or(NtStatus::INSUFFICIENT_RESOURCES)?;
        let Some(list) = pages(Bytes::new(descriptors as u64 * BDL_ENTRY_BYTES)) else {
            port.free_pages(buffer);
            return Err(NtStatus::INSUFFICIENT_RESOURCES);
        };
        Ok((buffer, list))
    }

    fn free(&mut self, buffer: AudioBuffer) {
        let list = self.stream.borrow_mut().detach();
        let mut port = self.port.borrow_mut();
        port.free_pages(buffer.mdl);
        if let Some(list) = list {
            port.free_pages(list);
        }
    }
}

/// How long each descriptor is. A list has at least two, so a single packet is cut into halves.
fn descriptor_lengths(packet: Bytes, packets: u32, frame: Bytes) -> Vec<Bytes> {
    if packets > 1 {
        return vec![packet; packets as usize];
    }
    let half = Bytes::new(packet.get() / frame.get() / 2 * frame.get());
    vec![half, packet - half]
}

/// The descriptors of a buffer at `address`: an interrupt at each end of a packet, if at all.
fn descriptor_list(
    address: u64,
    packet: Bytes,
    interrupts: bool,
    lengths: &[Bytes],
) -> Vec<BdlEntry> {
    let mut offset = 0;
    let entry = |length: &Bytes| {
        let start = offset;
        offset += length.get();
        BdlEntry {
            address: address + start,
            length: *length,
            interrupt_on_completion: interrupts && offset % packet.get() == 0,
        }
    };
    lengths.iter().map(entry).collect()
}

impl MiniportWaveRtStream for HdAudioStream {
    fn set_state(&mut self, now: Moment, state: KsState) -> Result<(), NtStatus> {
        let step = self
            .state
            .step_to(state)
            .map_err(|_| NtStatus::INVALID_DEVICE_STATE)?;
        self.stream.borrow_mut().step(now, step)?;
        self.state = state;
        Ok(())
    }

    fn set_format(&mut self, _: Moment, format: WaveFormat) -> Result<(), NtStatus> {
        self.stream.borrow_mut().set_format(format)?;
        self.format = format;
        Ok(())
    }

    fn position(&mut self, now: Moment) -> Result<Position, NtStatus> {
        Ok(self.stream.borrow().position(now))
    }

    fn allocate_audio_buffer(
        &mut self,
        now: Moment,
        requested: Bytes,
    ) -> Result<AudioBuffer, NtStatus> {
        self.allocate(now, requested, None)
    }

    fn free_audio_buffer(&mut self, _: Moment, buffer: AudioBuffer) {
        self.free(buffer);
    }

    fn hw_latency(&mut self, now: Moment) -> HwLatency {
        let stream = self.stream.borrow();
        HwLatency {
            fifo_size: stream.registers().fifo_size(now),
            chipset_delay: Hns::new(0),
            codec_delay: stream.data_sheet().codec_delay.to_hns_floor(),
        }
    }

    /// Source: `audio/developing-a-wavert-miniport-driver.md`. Model: only with a buffer, since it
    /// is a place in it.
    fn position_register(&mut self, _: Moment) -> Result<MappedRegister, NtStatus> {
        if !self.options.position_register {
            return Err(NtStatus::NOT_SUPPORTED);
        }
        let stream = self.stream.borrow();
        if !stream.has_buffer() {
            return Err(NtStatus::DEVICE_NOT_READY);
        }
        let accuracy = self.format.bytes_of(stream.frames_at_once());
        let word = stream.registers().map_position(accuracy);
        let shape = word.shape();
        let bus = stream.registers().bus().clone();
        Ok(MappedRegister {
            register: Rc::new(MappedPosition { bus, word }),
            width: shape.width.bits(),
            numerator: 0,
            denominator: 0,
            accuracy: u32::try_from(shape.accuracy.get()).expect("a few frames"),
        })
    }

    fn clock_register(&mut self, _: Moment) -> Result<MappedRegister, NtStatus> {
        let bus = self.stream.borrow().registers().bus().clone();
        let word = bus.map_clock();
        let shape = word.shape();
        Ok(MappedRegister {
            register: Rc::new(MappedClock { bus, word }),
            width: shape.width.bits(),
            numerator: shape.numerator,
            denominator: shape.denominator,
            accuracy: u32::try_from(shape.accuracy_ticks).expect("a few ticks"),
        })
    }

    fn notification(&mut self) -> Option<&mut dyn StreamNotification> {
        Some(self)
    }

    fn output(&mut self) -> Option<&mut dyn OutputStream> {
        let is_output = self.stream.borrow().flow() == Flow::Render;
        is_output.then_some(self)
    }

    fn input(&mut self) -> Option<&mut dyn InputStream> {
        let is_input = self.stream.borrow().flow() == Flow::Capture;
        is_input.then_some(self)
    }

    fn fork_stream(&self, forker: &mut Forker) -> Box<dyn MiniportWaveRtStream> {
        Box::new(Self {
            stream: self.stream.fork(forker),
            port: self.port.fork(forker),
            ..*self
        })
    }
}

impl StreamNotification for HdAudioStream {
    fn allocate_buffer_with_notification(
        &mut self,
        now: Moment,
        notification_count: u32,
        requested: Bytes,
    ) -> Result<AudioBuffer, NtStatus> {
        if !(1..=self.options.packets_max).contains(&notification_count) {
            return Err(NtStatus::INVALID_PARAMETER);
        }
        self.allocate(now, requested, Some(notification_count))
    }

    fn free_buffer_with_notification(&mut self, _: Moment, buffer: AudioBuffer) {
        self.free(buffer);
    }

    fn register_notification_event(
        &mut self,
        _: Moment,
        event: EventHandle,
    ) -> Result<(), NtStatus> {
        self.stream.borrow_mut().register(event)
    }

    fn unregister_notification_event(
        &mut self,
        _: Moment,
        event: &EventHandle,
    ) -> Result<(), NtStatus> {
        self.stream.borrow_mut().unregister(event)
    }
}

impl OutputStream for HdAudioStream {
    fn set_write_packet(&mut self, now: Moment, packet: WritePacket) -> Result<(), NtStatus> {
        self.stream.borrow_mut().set_write_packet(now, packet)
    }

    fn packet_count(&mut self, now: Moment) -> Result<PacketCount, NtStatus> {
        self.stream.borrow().packet_count(now)
    }

    fn presentation_position(&mut self, now: Moment) -> Result<PresentationPosition, NtStatus> {
        Ok(self.stream.borrow().presentation_position(now))
    }
}

impl InputStream for HdAudioStream {
    /// Source: `audio/sysvad/EndpointsCommon/minwavertstream.cpp` for the status in Stop and
    /// Acquire; in Pause what was captured can still be read.
    fn read_packet(&mut self, now: Moment) -> Result<ReadPacket, NtStatus> {
        let mut stream = self.stream.borrow_mut();
        if !stream.has_packets() {
            return Err(NtStatus::NOT_SUPPORTED);
        }
        match self.state {
            KsState::Stop | KsState::Acquire => Err(NtStatus::INVALID_DEVICE_STATE),
            KsState::Pause | KsState::Run => stream.read_packet(now),
        }
    }
}
