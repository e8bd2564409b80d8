//! A miniport whose streams have one defect.

use conformance::kit::{Declared, Driver, Limits, StreamBench, Wiring};
use hardware::{Bus, Controller, ControllerConfig, StreamConfig, device};
use ks::{
    HwLatency, KsState, MappedRegister, PacketCount, PacketNumber, Position, PresentationPosition,
    ReadPacket, WritePacket,
};
use miniport::{HdAudioAdapter, HdAudioMiniport, HdAudioOptions};
use portcls::{
    AdapterPowerManagement, AudioBuffer, FilterDescription, InputStream, MiniportPnpNotify,
    MiniportWaveRt, MiniportWaveRtStream, NewStream, OutputStream, PortStreamHandle, PowerNotify,
    StreamNotification,
};
use units::{Bytes, Frames, Hns, Moment, NtStatus, SampleFormat};
use vtime::sim::Role;
use vtime::{Event as _, EventHandle, Forker, Reset, Shared};

/// What is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mutation {
    /// The packet count goes on over Stop.
    KeepsCount,
    /// Every packet is accepted.
    AcceptsAll,
    /// Flags are not looked at.
    IgnoresFlags,
    /// Packets behind the end of the stream are accepted.
    ForgetsEnd,
    /// An event can be registered again and again.
    RegistersTwice,
    /// An event that nobody knows is unregistered.
    UnregistersAny,
    /// The buffer is as large as three packets.
    AnyCount,
    /// The size of the buffer is a position in it.
    ShowsEnd,
    /// The last reading before a pause is repeated in Stop.
    KeepsPosition,
    /// A packet is handed out again and again.
    ReadsAgain,
    /// Packets are handed out in Stop.
    ReadsInStop,
    /// The counter of the presentation is that of an earlier packet.
    StaleCounter,
}

#[derive(Debug)]
struct Mutant {
    inner: HdAudioMiniport,
    mutation: Mutation,
}

#[derive(Debug)]
struct MutantStream {
    inner: Box<dyn MiniportWaveRtStream>,
    mutation: Mutation,
    state: KsState,
    /// Packets of the runs before, the last position, the last packet read.
    counted: u32,
    last: Position,
    read: Option<ReadPacket>,
}

/// Pins of an HD Audio miniport with that defect.
pub(crate) fn pins(mutation: Mutation) -> StreamBench<impl Fn(&mut Wiring<'_>) -> Driver> {
    let captures = matches!(mutation, Mutation::ReadsAgain | Mutation::ReadsInStop);
    let make = move |wiring: &mut Wiring<'_>| {
        let config = if captures {
            ControllerConfig::with_input(StreamConfig::k0_input())
        } else {
            ControllerConfig::with_output(StreamConfig::k0())
        };
        let controller = Shared::new(Controller::new(&config));
        let doorbell = wiring.world.event("doorbell", Reset::Auto);
        let bus = Bus::new(controller.clone(), doorbell.handle());
        let cx = wiring.world.actor("controller");
        let drive = device(cx.clone(), controller, doorbell, wiring.line.clone());
        wiring.world.spawn(&cx, Role::Service, drive);
        let options = HdAudioOptions::default();
        let inner = if captures {
            HdAudioAdapter::new(bus).capture(wiring.now, 0, options)
        } else {
            HdAudioMiniport::new(wiring.now, bus, 0, options)
        };
        let routine = inner.interrupt_routine();
        Driver::new(Box::new(Mutant { inner, mutation }), 0).interrupted_by(routine)
    };
    // What has begun when it is paused begins anew.
    let declared = Declared {
        pause_rounding: Frames::new(1),
        ..Declared::default()
    };
    let bench = StreamBench::new("mutant", make).declares(move |_| declared);
    let limits = Limits {
        rates_hz: vec![44_100, 48_000],
        samples: vec![SampleFormat::S16],
        ..bench.limits().clone()
    };
    let bench = bench.within(limits);
    if captures { bench.capturing() } else { bench }
}

impl MiniportWaveRt for Mutant {
    fn description(&self) -> FilterDescription {
        self.inner.description()
    }

    fn new_stream(
        &mut self,
        now: Moment,
        port: PortStreamHandle,
        made_for: NewStream,
    ) -> Result<Box<dyn MiniportWaveRtStream>, NtStatus> {
        Ok(Box::new(MutantStream {
            inner: self.inner.new_stream(now, port, made_for)?,
            mutation: self.mutation,
            state: KsState::Stop,
            counted: 0,
            last: Position::default(),
            read: None,
        }))
    }

    fn power_notify(&mut self) -> Option<&mut dyn PowerNotify> {
        self.inner.power_notify()
    }

    fn adapter_power(&mut self) -> Option<&mut dyn AdapterPowerManagement> {
        self.inner.adapter_power()
    }

    fn pnp_notify(&mut self) -> Option<&mut dyn MiniportPnpNotify> {
        self.inner.pnp_notify()
    }

    fn fork_miniport(&self, _: &mut Forker) -> Box<dyn MiniportWaveRt> {
        unreachable!("nobody has a twin of a bench")
    }
}

impl MutantStream {
    fn has(&self, mutation: Mutation) -> bool {
        self.mutation == mutation
    }
}

impl MiniportWaveRtStream for MutantStream {
    fn set_state(&mut self, now: Moment, state: KsState) -> Result<(), NtStatus> {
        if state == KsState::Stop {
            if let Some(output) = self.inner.output() {
                self.counted += output.packet_count(now).map_or(0, PacketCount::get);
            }
        }
        self.inner.set_state(now, state)?;
        self.state = state;
        Ok(())
    }

    fn position(&mut self, now: Moment) -> Result<Position, NtStatus> {
        let mut place = self.inner.position(now)?;
        let is_stopped = self.state == KsState::Stop;
        if self.has(Mutation::ShowsEnd) && self.state == KsState::Run && place.play.get() == 0 {
            place.play = Bytes::new(1 << 20);
        }
        if self.has(Mutation::KeepsPosition) && is_stopped {
            return Ok(self.last);
        }
        self.last = place;
        Ok(place)
    }

    fn allocate_audio_buffer(
        &mut self,
        now: Moment,
        requested: Bytes,
    ) -> Result<AudioBuffer, NtStatus> {
        self.inner.allocate_audio_buffer(now, requested)
    }

    fn free_audio_buffer(&mut self, now: Moment, buffer: AudioBuffer) {
        self.inner.free_audio_buffer(now, buffer);
    }

    fn hw_latency(&mut self, now: Moment) -> HwLatency {
        self.inner.hw_latency(now)
    }

    fn position_register(&mut self, now: Moment) -> Result<MappedRegister, NtStatus> {
        self.inner.position_register(now)
    }

    fn clock_register(&mut self, now: Moment) -> Result<MappedRegister, NtStatus> {
        self.inner.clock_register(now)
    }

    fn notification(&mut self) -> Option<&mut dyn StreamNotification> {
        Some(self)
    }

    fn output(&mut self) -> Option<&mut dyn OutputStream> {
        self.inner.output().is_some().then_some(self)
    }

    fn input(&mut self) -> Option<&mut dyn InputStream> {
        self.inner.input().is_some().then_some(self)
    }

    fn released(&mut self) {
        self.inner.released();
    }

    fn fork_stream(&self, _: &mut Forker) -> Box<dyn MiniportWaveRtStream> {
        unreachable!("nobody has a twin of a bench")
    }
}

const HAS: &str = "HD Audio streams have it";

impl StreamNotification for MutantStream {
    fn allocate_buffer_with_notification(
        &mut self,
        now: Moment,
        notification_count: u32,
        requested: Bytes,
    ) -> Result<AudioBuffer, NtStatus> {
        let count = if self.has(Mutation::AnyCount) {
            notification_count.clamp(1, 2)
        } else {
            notification_count
        };
        let notification = self.inner.notification().expect(HAS);
        notification.allocate_buffer_with_notification(now, count, requested)
    }

    fn free_buffer_with_notification(&mut self, now: Moment, buffer: AudioBuffer) {
        let notification = self.inner.notification().expect(HAS);
        notification.free_buffer_with_notification(now, buffer);
    }

    fn register_notification_event(
        &mut self,
        now: Moment,
        event: EventHandle,
    ) -> Result<(), NtStatus> {
        let forgives = self.has(Mutation::RegistersTwice);
        let notification = self.inner.notification().expect(HAS);
        match notification.register_notification_event(now, event) {
            Err(NtStatus::UNSUCCESSFUL) if forgives => Ok(()),
            done => done,
        }
    }

    fn unregister_notification_event(
        &mut self,
        now: Moment,
        event: &EventHandle,
    ) -> Result<(), NtStatus> {
        let forgives = self.has(Mutation::UnregistersAny);
        let notification = self.inner.notification().expect(HAS);
        match notification.unregister_notification_event(now, event) {
            Err(NtStatus::NOT_FOUND) if forgives => Ok(()),
            done => done,
        }
    }
}

impl OutputStream for MutantStream {
    fn set_write_packet(&mut self, now: Moment, packet: WritePacket) -> Result<(), NtStatus> {
        let flags = if self.has(Mutation::IgnoresFlags) {
            packet.flags & ks::END_OF_STREAM
        } else {
            packet.flags
        };
        let accepts = self.has(Mutation::AcceptsAll);
        let forgets = self.has(Mutation::ForgetsEnd);
        let output = self.inner.output().expect(HAS);
        let packet = WritePacket { flags, ..packet };
        match output.set_write_packet(now, packet) {
            Err(NtStatus::DATA_LATE_ERROR | NtStatus::DATA_OVERRUN) if accepts => Ok(()),
            Err(NtStatus::INVALID_DEVICE_STATE) if forgets => Ok(()),
            done => done,
        }
    }

    fn packet_count(&mut self, now: Moment) -> Result<PacketCount, NtStatus> {
        let before = if self.has(Mutation::KeepsCount) {
            self.counted
        } else {
            0
        };
        let count = self.inner.output().expect(HAS).packet_count(now)?;
        Ok(PacketCount::wrapping(
            u64::from(count.get()) + u64::from(before),
        ))
    }

    fn presentation_position(&mut self, now: Moment) -> Result<PresentationPosition, NtStatus> {
        let mut position = self.inner.output().expect(HAS).presentation_position(now)?;
        if self.has(Mutation::StaleCounter) {
            position.qpc = Hns::new(position.qpc.get().saturating_sub(100_000));
        }
        Ok(position)
    }
}

impl InputStream for MutantStream {
    fn read_packet(&mut self, now: Moment) -> Result<ReadPacket, NtStatus> {
        let again = self.has(Mutation::ReadsAgain);
        let answer = self.inner.input().expect(HAS).read_packet(now);
        match answer {
            Ok(packet) => {
                self.read = Some(packet);
                Ok(packet)
            }
            Err(NtStatus::DEVICE_NOT_READY) if again => self.read.ok_or(NtStatus::DEVICE_NOT_READY),
            Err(NtStatus::INVALID_DEVICE_STATE) if self.has(Mutation::ReadsInStop) => {
                Ok(ReadPacket {
                    packet: PacketNumber::new(0),
                    flags: 0,
                    performance_counter: Hns::new(0),
                    more_data: false,
                })
            }
            Err(status) => Err(status),
        }
    }
}
