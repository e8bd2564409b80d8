//! A virtual miniport and its stream, as the port sees them.

use std::rc::Rc;
use std::sync::Arc;

use hardware::TimerBus;
use ks::wire::PacketSizeConstraints;
use ks::{
    Communication, DataFlow, DataRange, HwLatency, InstanceCount, KSCATEGORY_AUDIO,
    KSCATEGORY_CAPTURE, KSCATEGORY_REALTIME, KSCATEGORY_RENDER, KsState, MappedRegister,
    PacketCount, PinFactory, Position, PresentationPosition, ReadPacket, SampleKind, Topology,
    WritePacket,
};
use machine::InterruptRoutine;
use portcls::{
    AudioBuffer, CacheType, FilterDescription, InputStream, MiniportPnpNotify, MiniportWaveRt,
    MiniportWaveRtStream, NewStream, OutputStream, PortStreamHandle, StreamNotification,
};
use ring::SharedBuffer;
use units::{Bytes, Hns, Moment, NtStatus, WaveFormat};
use vtime::{EventHandle, Fork, Forker, Shared};

use super::hears::{Ear, Hears};
use super::modes::{Core, VirtualOptions};
use super::stream::{Open, Routine, SettledStream, Stream};

/// The miniport of a virtual speaker or microphone: a timer, and no hardware.
///
/// Its filter has a pin to render to or to capture from (pin 0, one instance) and a bridge pin to, or
/// from, the topology filter.
#[derive(Debug)]
pub struct VirtualMiniport {
    bus: TimerBus,
    options: VirtualOptions,
    /// What a microphone hears; none of a speaker.
    hears: Option<Hears>,
    open: Open,
}

#[derive(Debug)]
struct VirtualStream {
    stream: Shared<Stream>,
    format: WaveFormat,
}

impl VirtualMiniport {
    /// The pin to render to.
    pub const RENDER_PIN: u32 = 0;
    /// The pin to capture from, on the filter of a microphone.
    pub const CAPTURE_PIN: u32 = 0;
    /// The pin to or from the topology filter.
    pub const BRIDGE_PIN: u32 = 1;

    /// The miniport of the speaker behind `bus`.
    pub fn render(bus: TimerBus, options: VirtualOptions) -> Self {
        Self::of(bus, options, None)
    }

    /// The miniport of the microphone behind `bus`.
    pub fn capture(bus: TimerBus, options: VirtualOptions, hears: Hears) -> Self {
        Self::of(bus, options, Some(hears))
    }

    fn of(bus: TimerBus, options: VirtualOptions, hears: Option<Hears>) -> Self {
        Self {
            bus,
            options,
            hears,
            open: Shared::new(None),
        }
    }

    /// What packets the device can have: of at least 2 ms, which is advertised and not enforced.
    ///
    /// Source: `audio/sysvad/TabletAudioSample/minipairs.h`.
    pub fn packet_sizes(&self) -> PacketSizeConstraints {
        PacketSizeConstraints {
            period_min: Hns::new(20_000),
            alignment: Bytes::new(1),
            size_max: None,
            modes: Vec::new(),
        }
    }

    /// What is to run when the timer expires.
    pub fn timer_routine(&self) -> Box<dyn InterruptRoutine> {
        Box::new(Routine(self.open.clone()))
    }
}

impl MiniportWaveRt for VirtualMiniport {
    /// A wire and no converter.
    fn topology(&self) -> Topology {
        let (from, to) = match self.hears {
            None => (Self::RENDER_PIN, Self::BRIDGE_PIN),
            Some(_) => (Self::BRIDGE_PIN, Self::CAPTURE_PIN),
        };
        Topology::chain(from, Vec::new(), to)
    }

    fn description(&self) -> FilterDescription {
        let ranges = vec![DataRange {
            kind: SampleKind::Pcm,
            channels_max: 16,
            bits_min: 8,
            bits_max: 32,
            hertz_min: 8_000,
            hertz_max: 192_000,
        }];
        let pin = |flow, communication, ranges, possible| PinFactory {
            flow,
            communication,
            category: KSCATEGORY_AUDIO,
            ranges,
            instances: InstanceCount {
                possible: Some(possible),
                current: 0,
            },
        };
        let (category, client, bridge) = match self.hears {
            None => (KSCATEGORY_RENDER, DataFlow::In, DataFlow::Out),
            Some(_) => (KSCATEGORY_CAPTURE, DataFlow::Out, DataFlow::In),
        };
        let client = pin(client, Communication::Sink, ranges, 1);
        let bridge = pin(bridge, Communication::None, Vec::new(), 0);
        FilterDescription {
            categories: vec![KSCATEGORY_AUDIO, category, KSCATEGORY_REALTIME],
            pins: vec![client, bridge],
        }
    }

    fn new_stream(
        &mut self,
        _: Moment,
        port: PortStreamHandle,
        made_for: NewStream,
    ) -> Result<Box<dyn MiniportWaveRtStream>, NtStatus> {
        if made_for.attributes.tap.is_some() {
            return Err(NtStatus::NOT_SUPPORTED);
        }
        let NewStream { flow, format, .. } = made_for;
        let core = Core::new(self.options, flow, format).ok_or(NtStatus::NO_MATCH)?;
        let ear = self.hears.as_ref().map(|hears| {
            let ear = Ear::new(hears, format);
            ear.ok_or(NtStatus::NO_MATCH)
        });
        let stream = Shared::new(Stream {
            core,
            bus: self.bus.clone(),
            port,
            format,
            ear: ear.transpose()?,
            is_gone: false,
        });
        *self.open.borrow_mut() = Some(stream.clone());
        Ok(Box::new(VirtualStream { stream, format }))
    }

    fn pnp_notify(&mut self) -> Option<&mut dyn MiniportPnpNotify> {
        Some(self)
    }

    fn fork_miniport(&self, forker: &mut Forker) -> Box<dyn MiniportWaveRt> {
        Box::new(Self {
            bus: self.bus.fork(forker),
            options: self.options,
            hears: self.hears.clone(),
            open: self.open.fork(forker),
        })
    }
}

impl MiniportPnpNotify for VirtualMiniport {
    fn pnp_stop(&mut self, now: Moment) {
        if let Some(stream) = &*self.open.borrow() {
            stream.borrow_mut().give_device_back(now);
        }
    }

    fn surprise_removal(&mut self, now: Moment) {
        self.pnp_stop(now);
    }
}

impl VirtualStream {
    fn allocate(
        &mut self,
        requested: Bytes,
        packets: Option<u32>,
    ) -> Result<AudioBuffer, NtStatus> {
        let size = u32::try_from(requested.get()).map_err(|_| NtStatus::UNSUCCESSFUL)?;
        let mut stream = self.stream.borrow_mut();
        let made = stream.core.allocate(size, packets)?;
        let actual = Bytes::new(made.actual.into());
        let port = stream.port.clone();
        let mut port = port.borrow_mut();
        let below_4_gib = u32::MAX.into();
        let pages = port.allocate_pages(below_4_gib, actual);
        let Some(mdl) = pages else {
            stream.core.free();
            return Err(NtStatus::UNSUCCESSFUL);
        };
        if mdl.size() < actual {
            port.free_pages(mdl);
            stream.core.free();
            return Err(NtStatus::UNSUCCESSFUL);
        }
        let frames = self.format.frames_in(actual);
        let memory = port.cyclic_buffer(&mdl, self.format, frames);
        stream
            .bus
            .tell(|device| device.attach(Arc::<SharedBuffer>::clone(&memory)));
        Ok(AudioBuffer {
            mdl,
            actual,
            offset_from_first_page: Bytes::ZERO,
            cache: CacheType::Cached,
            memory,
            bus: Rc::new(SettledStream(self.stream.clone())),
        })
    }

    fn free(&mut self, buffer: AudioBuffer) {
        let mut stream = self.stream.borrow_mut();
        stream.core.free();
        stream.bus.tell(hardware::TimerDevice::detach);
        stream.port.borrow_mut().free_pages(buffer.mdl);
    }
}

impl MiniportWaveRtStream for VirtualStream {
    fn set_state(&mut self, now: Moment, state: KsState) -> Result<(), NtStatus> {
        self.stream.borrow_mut().set_state(now, state)
    }

    fn position(&mut self, now: Moment) -> Result<Position, NtStatus> {
        let mut stream = self.stream.borrow_mut();
        let position = stream.ask(now, |core| core.position(now))?;
        stream.settle(now);
        Ok(position)
    }

    fn allocate_audio_buffer(
        &mut self,
        _: Moment,
        requested: Bytes,
    ) -> Result<AudioBuffer, NtStatus> {
        self.allocate(requested, None)
    }

    fn free_audio_buffer(&mut self, _: Moment, buffer: AudioBuffer) {
        self.free(buffer);
    }

    fn hw_latency(&mut self, _: Moment) -> HwLatency {
        HwLatency {
            fifo_size: Bytes::ZERO,
            chipset_delay: Hns::new(0),
            codec_delay: Hns::new(0),
        }
    }

    fn position_register(&mut self, _: Moment) -> Result<MappedRegister, NtStatus> {
        Err(self.stream.borrow().core.no_register())
    }

    fn clock_register(&mut self, _: Moment) -> Result<MappedRegister, NtStatus> {
        Err(self.stream.borrow().core.no_register())
    }

    fn notification(&mut self) -> Option<&mut dyn StreamNotification> {
        Some(self)
    }

    fn output(&mut self) -> Option<&mut dyn OutputStream> {
        let records = self.stream.borrow().ear.is_some();
        (!records).then_some(self)
    }

    fn input(&mut self) -> Option<&mut dyn InputStream> {
        let records = self.stream.borrow().ear.is_some();
        records.then_some(self)
    }

    fn fork_stream(&self, forker: &mut Forker) -> Box<dyn MiniportWaveRtStream> {
        Box::new(Self {
            stream: self.stream.fork(forker),
            format: self.format,
        })
    }
}

impl StreamNotification for VirtualStream {
    fn allocate_buffer_with_notification(
        &mut self,
        _: Moment,
        notification_count: u32,
        requested: Bytes,
    ) -> Result<AudioBuffer, NtStatus> {
        self.allocate(requested, Some(notification_count))
    }

    fn free_buffer_with_notification(&mut self, _: Moment, buffer: AudioBuffer) {
        self.free(buffer);
    }

    fn register_notification_event(
        &mut self,
        _: Moment,
        event: EventHandle,
    ) -> Result<(), NtStatus> {
        self.stream.borrow_mut().core.register(event)
    }

    fn unregister_notification_event(
        &mut self,
        _: Moment,
        event: &EventHandle,
    ) -> Result<(), NtStatus> {
        self.stream.borrow_mut().core.unregister(event)
    }
}

impl InputStream for VirtualStream {
    fn read_packet(&mut self, now: Moment) -> Result<ReadPacket, NtStatus> {
        let mut stream = self.stream.borrow_mut();
        stream.ask(now, |core| core.read_packet(now))
    }
}

impl OutputStream for VirtualStream {
    fn set_write_packet(&mut self, now: Moment, packet: WritePacket) -> Result<(), NtStatus> {
        let mut stream = self.stream.borrow_mut();
        stream.ask(now, |core| core.set_write_packet(now, packet))
    }

    fn packet_count(&mut self, now: Moment) -> Result<PacketCount, NtStatus> {
        let mut stream = self.stream.borrow_mut();
        let count = stream.ask(now, |core| core.packet_count(now))?;
        stream.settle(now);
        Ok(count)
    }

    fn presentation_position(&mut self, now: Moment) -> Result<PresentationPosition, NtStatus> {
        let mut stream = self.stream.borrow_mut();
        let blocks = stream.ask(now, |core| core.presented(now))?;
        stream.settle(now);
        Ok(PresentationPosition {
            blocks,
            qpc: now.time.to_hns_floor(),
        })
    }
}
