//! A miniport that does as little as it may, and writes down each call.

use std::rc::Rc;

use ks::{
    Communication, DataFlow, DataRange, FilterHandle, Guid, HardwareRegister, HwLatency,
    InstanceCount, KSCATEGORY_AUDIO, KSNODETYPE_SPEAKER, KsState, MappedRegister, PacketCount,
    PinConnect, PinFactory, PinHandle, PinReply, PinRequest, Position, PresentationPosition,
    RtAudioRequest, SampleKind, Settle, WritePacket,
};
use port::{DeviceHandle, Memory, Verifier, WaveRtPort};
use portcls::{
    AdapterPnpManagement, AdapterPowerManagement, AudioBuffer, CacheType, DevicePower, ExitLatency,
    FilterDescription, InputStream, MiniportPnpNotify, MiniportWaveRt, MiniportWaveRtStream,
    NewStream, OutputStream, PAGE_SIZE, PortStreamHandle, PowerNotify, RebalanceType,
    StreamNotification,
};
use ring::Samples;
use units::{Bytes, Frames, Hns, Moment, NtStatus, SampleFormat, SimTime, WaveFormat};
use vtime::{EventHandle, Forker, Shared, Signal};

/// The stand-in's pins, by their place.
pub(crate) const RENDER: u32 = 0;
pub(crate) const BRIDGE: u32 = 1;
pub(crate) const UNLIMITED: u32 = 2;

/// A call that reached the miniport.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Call {
    Description,
    NewStream(u32),
    SetState(KsState),
    Allocate(u64),
    AllocateWithNotification(u32, u64),
    Free,
    FreeWithNotification,
    Register,
    Unregister,
    SetWritePacket(u32),
    SetFormat(WaveFormat),
    PowerNotify(DevicePower),
    PowerState(DevicePower),
    ExitLatency(ExitLatency),
    SurpriseRemoval,
    PnpStop,
    QueryStop,
    CancelStop,
    AdapterStop,
}

/// How the stand-in behaves.
#[derive(Clone, Copy, Debug)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is one thing that a device may lack"
)]
pub(crate) struct Behaviour {
    pub(crate) notification: bool,
    pub(crate) output: bool,
    pub(crate) registers: bool,
    pub(crate) cache: CacheType,
    /// Going up into this state fails.
    pub(crate) refuses: Option<KsState>,
    pub(crate) refuses_streams: bool,
    /// Its streams change their format.
    pub(crate) formats: bool,
    /// How its adapter takes part in a rebalance.
    pub(crate) rebalance: RebalanceType,
    /// What its adapter says of a change of power.
    pub(crate) power_refusal: Option<NtStatus>,
}

impl Default for Behaviour {
    fn default() -> Self {
        Self {
            notification: true,
            output: true,
            registers: true,
            cache: CacheType::Cached,
            refuses: None,
            refuses_streams: false,
            formats: true,
            rebalance: RebalanceType::RemoveSubdevices,
            power_refusal: None,
        }
    }
}

/// A filter over a stand-in, and what the stand-in was told.
pub(crate) struct Bench {
    pub(crate) filter: FilterHandle,
    pub(crate) device: DeviceHandle,
    pub(crate) calls: Shared<Vec<Call>>,
}

pub(crate) fn now() -> Moment {
    SimTime::ZERO.commit()
}

pub(crate) fn cd() -> WaveFormat {
    WaveFormat::new(48_000, 2, SampleFormat::S16).expect("a CD's format is one")
}

impl Bench {
    pub(crate) fn new(behaviour: Behaviour) -> Self {
        let calls = Shared::new(Vec::new());
        // A page, which is a buffer.
        let memory = Memory::new(0x10_0000, PAGE_SIZE, Samples::Left);
        let miniport = StandIn {
            behaviour,
            calls: calls.clone(),
        };
        let memory = Shared::new(memory);
        let (filter, device) =
            WaveRtPort::install_device(Box::new(miniport), memory, Verifier::default());
        Self {
            filter,
            device,
            calls,
        }
    }

    pub(crate) fn open(&self, pin: u32) -> Result<PinHandle, NtStatus> {
        self.filter.create_pin(now(), PinConnect::of(pin, cd()))
    }

    /// A pin of a stand-in that behaves so, and the bench it belongs to.
    pub(crate) fn pin(behaviour: Behaviour) -> (Self, PinHandle) {
        let bench = Self::new(behaviour);
        let pin = bench.open(RENDER).expect("the first pin opens");
        (bench, pin)
    }

    /// The calls since this was last asked.
    pub(crate) fn take_calls(&self) -> Vec<Call> {
        std::mem::take(&mut *self.calls.borrow_mut())
    }
}

/// What a pin refuses a request with, or nothing.
pub(crate) fn status(pin: &PinHandle, request: PinRequest) -> NtStatus {
    pin.request(now(), request)
        .err()
        .unwrap_or(NtStatus::SUCCESS)
}

pub(crate) fn set_state(pin: &PinHandle, state: KsState) -> NtStatus {
    status(pin, PinRequest::SetState(state))
}

pub(crate) fn state(pin: &PinHandle) -> KsState {
    match pin.request(now(), PinRequest::GetState) {
        Ok(PinReply::State(state)) => state,
        other => panic!("{other:?} is no state"),
    }
}

pub(crate) fn plain_buffer() -> PinRequest {
    PinRequest::RtAudio(RtAudioRequest::Buffer {
        requested: Bytes::new(3840),
        base: None,
    })
}

pub(crate) fn notifying_buffer() -> PinRequest {
    PinRequest::RtAudio(RtAudioRequest::BufferWithNotification {
        requested: Bytes::new(3840),
        notification_count: 2,
        base: None,
    })
}

pub(crate) fn register(event: &EventHandle) -> PinRequest {
    PinRequest::RtAudio(RtAudioRequest::RegisterNotificationEvent(event.clone()))
}

pub(crate) fn unregister(event: &EventHandle) -> PinRequest {
    PinRequest::RtAudio(RtAudioRequest::UnregisterNotificationEvent(event.clone()))
}

/// An event that nobody waits for.
pub(crate) fn event() -> EventHandle {
    struct Nobody;
    impl Signal for Nobody {
        fn name(&self) -> &'static str {
            "nobody's"
        }
        fn set(&self, _: u64) {}
        fn fork_signal(self: Rc<Self>, _: &mut Forker) -> Rc<dyn Signal> {
            self
        }
    }
    EventHandle::new(Rc::new(Nobody))
}

#[derive(Debug)]
struct StandIn {
    behaviour: Behaviour,
    calls: Shared<Vec<Call>>,
}

#[derive(Debug)]
struct StandInStream {
    behaviour: Behaviour,
    calls: Shared<Vec<Call>>,
    port: PortStreamHandle,
    state: KsState,
    events: Vec<EventHandle>,
}

/// A device that has nothing to catch up on, and a register that reads as 7.
#[derive(Debug)]
struct Idle;

impl Settle for Idle {
    fn settle(&self, _: Moment) {}
    fn fork_settle(&self, _: &mut Forker) -> Rc<dyn Settle> {
        Rc::new(Self)
    }
}

impl HardwareRegister for Idle {
    fn read(&self, _: Moment) -> u64 {
        7
    }
    fn fork_register(&self, _: &mut Forker) -> Rc<dyn HardwareRegister> {
        Rc::new(Self)
    }
}

impl StandIn {
    fn factory(communication: Communication, possible: Option<u32>, category: Guid) -> PinFactory {
        let ranges = vec![DataRange {
            kind: SampleKind::Pcm,
            channels_max: 2,
            bits_min: 16,
            bits_max: 24,
            hertz_min: 44_100,
            hertz_max: 48_000,
        }];
        let instances = InstanceCount {
            possible,
            current: 0,
        };
        PinFactory {
            flow: DataFlow::In,
            communication,
            category,
            ranges,
            instances,
        }
    }
}

impl MiniportWaveRt for StandIn {
    fn description(&self) -> FilterDescription {
        self.calls.borrow_mut().push(Call::Description);
        FilterDescription {
            categories: vec![KSCATEGORY_AUDIO],
            pins: vec![
                Self::factory(Communication::Sink, Some(2), KSCATEGORY_AUDIO),
                Self::factory(Communication::None, Some(0), KSNODETYPE_SPEAKER),
                Self::factory(Communication::Sink, None, KSCATEGORY_AUDIO),
            ],
        }
    }

    fn new_stream(
        &mut self,
        _: Moment,
        port: PortStreamHandle,
        made_for: NewStream,
    ) -> Result<Box<dyn MiniportWaveRtStream>, NtStatus> {
        self.calls.borrow_mut().push(Call::NewStream(made_for.pin));
        if self.behaviour.refuses_streams {
            return Err(NtStatus::UNSUCCESSFUL);
        }
        Ok(stand_in_stream(self.behaviour, self.calls.clone(), port))
    }

    fn power_notify(&mut self) -> Option<&mut dyn PowerNotify> {
        Some(self)
    }

    fn adapter_power(&mut self) -> Option<&mut dyn AdapterPowerManagement> {
        Some(self)
    }

    fn pnp_notify(&mut self) -> Option<&mut dyn MiniportPnpNotify> {
        Some(self)
    }

    fn adapter_pnp(&mut self) -> Option<&mut dyn AdapterPnpManagement> {
        Some(self)
    }

    fn fork_miniport(&self, _: &mut Forker) -> Box<dyn MiniportWaveRt> {
        panic!("the stand-in has no twin")
    }
}

/// A stream that behaves so, for other miniports too.
pub(crate) fn stand_in_stream(
    behaviour: Behaviour,
    calls: Shared<Vec<Call>>,
    port: PortStreamHandle,
) -> Box<dyn MiniportWaveRtStream> {
    Box::new(StandInStream {
        behaviour,
        calls,
        port,
        state: KsState::Stop,
        events: Vec::new(),
    })
}

impl PowerNotify for StandIn {
    fn power_change_notify(&mut self, _: Moment, power: DevicePower) {
        self.calls.borrow_mut().push(Call::PowerNotify(power));
    }
}

impl AdapterPowerManagement for StandIn {
    fn query_power_change_state(&mut self, _: Moment, _: DevicePower) -> Result<(), NtStatus> {
        self.behaviour.power_refusal.map_or(Ok(()), Err)
    }

    fn power_change_state(&mut self, _: Moment, power: DevicePower) {
        self.calls.borrow_mut().push(Call::PowerState(power));
    }

    fn d3_exit_latency_changed(&mut self, _: Moment, latency: ExitLatency) {
        self.calls.borrow_mut().push(Call::ExitLatency(latency));
    }
}

impl MiniportPnpNotify for StandIn {
    fn pnp_stop(&mut self, _: Moment) {
        self.calls.borrow_mut().push(Call::PnpStop);
    }

    fn surprise_removal(&mut self, _: Moment) {
        self.calls.borrow_mut().push(Call::SurpriseRemoval);
    }
}

impl AdapterPnpManagement for StandIn {
    fn supported_rebalance_type(&self) -> RebalanceType {
        self.behaviour.rebalance
    }

    fn pnp_query_stop(&mut self, _: Moment) {
        self.calls.borrow_mut().push(Call::QueryStop);
    }

    fn pnp_cancel_stop(&mut self, _: Moment) {
        self.calls.borrow_mut().push(Call::CancelStop);
    }

    fn pnp_stop(&mut self, _: Moment) {
        self.calls.borrow_mut().push(Call::AdapterStop);
    }
}

impl StandInStream {
    fn log(&self, call: Call) {
        self.calls.borrow_mut().push(call);
    }

    fn buffer(&self, size: Bytes) -> Result<AudioBuffer, NtStatus> {
        let mut port = self.port.borrow_mut();
        let mdl = port
            .allocate_pages(u64::MAX, size)
            .ok_or(NtStatus::INSUFFICIENT_RESOURCES)?;
        let memory = port.cyclic_buffer(&mdl, cd(), cd().frames_in(size));
        Ok(AudioBuffer {
            mdl,
            actual: size,
            offset_from_first_page: Bytes::ZERO,
            cache: self.behaviour.cache,
            memory,
            bus: Rc::new(Idle),
        })
    }

    fn mapped_register(&self) -> Result<MappedRegister, NtStatus> {
        if !self.behaviour.registers {
            return Err(NtStatus::NOT_SUPPORTED);
        }
        let register = Rc::new(Idle);
        Ok(MappedRegister {
            register,
            width: 32,
            numerator: 0,
            denominator: 0,
            accuracy: 4,
        })
    }
}

impl MiniportWaveRtStream for StandInStream {
    fn set_state(&mut self, _: Moment, state: KsState) -> Result<(), NtStatus> {
        self.log(Call::SetState(state));
        if self.behaviour.refuses == Some(state) && state > self.state {
            return Err(NtStatus::INSUFFICIENT_RESOURCES);
        }
        self.state = state;
        Ok(())
    }

    fn set_format(&mut self, _: Moment, format: WaveFormat) -> Result<(), NtStatus> {
        self.log(Call::SetFormat(format));
        if self.behaviour.formats {
            Ok(())
        } else {
            Err(NtStatus::NOT_SUPPORTED)
        }
    }

    fn position(&mut self, _: Moment) -> Result<Position, NtStatus> {
        Ok(Position {
            play: Bytes::new(16),
            write: Bytes::new(32),
        })
    }

    fn allocate_audio_buffer(&mut self, _: Moment, size: Bytes) -> Result<AudioBuffer, NtStatus> {
        self.log(Call::Allocate(size.get()));
        self.buffer(size)
    }

    fn free_audio_buffer(&mut self, _: Moment, buffer: AudioBuffer) {
        self.log(Call::Free);
        self.port.borrow_mut().free_pages(buffer.mdl);
    }

    fn hw_latency(&mut self, _: Moment) -> HwLatency {
        HwLatency {
            fifo_size: Bytes::new(192),
            chipset_delay: Hns::new(0),
            codec_delay: Hns::new(5),
        }
    }

    fn position_register(&mut self, _: Moment) -> Result<MappedRegister, NtStatus> {
        self.mapped_register()
    }

    fn clock_register(&mut self, _: Moment) -> Result<MappedRegister, NtStatus> {
        self.mapped_register()
    }

    fn notification(&mut self) -> Option<&mut dyn StreamNotification> {
        if self.behaviour.notification {
            Some(self)
        } else {
            None
        }
    }

    fn input(&mut self) -> Option<&mut dyn InputStream> {
        None
    }

    fn output(&mut self) -> Option<&mut dyn OutputStream> {
        if self.behaviour.output {
            Some(self)
        } else {
            None
        }
    }

    fn fork_stream(&self, _: &mut Forker) -> Box<dyn MiniportWaveRtStream> {
        panic!("the stand-in has no twin")
    }
}

impl StreamNotification for StandInStream {
    fn allocate_buffer_with_notification(
        &mut self,
        _: Moment,
        notification_count: u32,
        size: Bytes,
    ) -> Result<AudioBuffer, NtStatus> {
        self.log(Call::AllocateWithNotification(
            notification_count,
            size.get(),
        ));
        self.buffer(size)
    }

    fn free_buffer_with_notification(&mut self, _: Moment, buffer: AudioBuffer) {
        self.log(Call::FreeWithNotification);
        self.port.borrow_mut().free_pages(buffer.mdl);
    }

    fn register_notification_event(
        &mut self,
        _: Moment,
        event: EventHandle,
    ) -> Result<(), NtStatus> {
        self.log(Call::Register);
        if self.events.contains(&event) {
            return Err(NtStatus::UNSUCCESSFUL);
        }
        self.events.push(event);
        Ok(())
    }

    fn unregister_notification_event(
        &mut self,
        _: Moment,
        event: &EventHandle,
    ) -> Result<(), NtStatus> {
        self.log(Call::Unregister);
        let known = self
            .events
            .iter()
            .position(|registered| registered == event);
        self.events.remove(known.ok_or(NtStatus::NOT_FOUND)?);
        Ok(())
    }
}

impl OutputStream for StandInStream {
    fn set_write_packet(&mut self, _: Moment, packet: WritePacket) -> Result<(), NtStatus> {
        self.log(Call::SetWritePacket(packet.packet.get()));
        Ok(())
    }

    fn packet_count(&mut self, _: Moment) -> Result<PacketCount, NtStatus> {
        Ok(PacketCount::wrapping(5))
    }

    fn presentation_position(&mut self, _: Moment) -> Result<PresentationPosition, NtStatus> {
        Ok(PresentationPosition {
            blocks: Frames::new(9),
            qpc: Hns::new(1),
        })
    }
}
