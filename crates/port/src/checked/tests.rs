//! A port that breaks the rules, on a miniport that answers whatever it is asked.

use std::rc::Rc;

use ks::{
    ConstrictorOption, ContentId, CurveType, DrmRights, HardwareRegister, HwLatency,
    MappedRegister, PacketCount, PacketNumber, Position, PresentationPosition, ReadPacket, Settle,
    VolumeLevel, VolumeRamp, WritePacket,
};
use portcls::{
    CacheType, DrmAudioStream, InputStream, Irql, LastBufferNode, OutputStream, PortStreamHandle,
    PortWaveRtStream, StreamAudioEngineNode, StreamNotification,
};
use ring::Samples;
use units::{Frames, Hns, SampleFormat};
use vtime::Signal;

use super::*;
use crate::memory::Memory;
use crate::port_stream::PortStream;

/// A stream with every interface that there is.
#[derive(Debug)]
struct Willing(PortStreamHandle);

/// A device that has nothing to catch up on, and an event that nobody waits for.
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
        0
    }
    fn fork_register(&self, _: &mut Forker) -> Rc<dyn HardwareRegister> {
        Rc::new(Self)
    }
}

impl Signal for Idle {
    fn name(&self) -> &'static str {
        "nobody's"
    }
    fn set(&self, _: u64) {}
    fn fork_signal(self: Rc<Self>, _: &mut Forker) -> Rc<dyn Signal> {
        self
    }
}

fn cd() -> WaveFormat {
    WaveFormat::new(48_000, 2, SampleFormat::S16).expect("a format")
}

const NOW: fn() -> Moment = Moment::default;
const SIZE: Bytes = Bytes::new(3840);

impl Willing {
    fn make(&self, size: Bytes) -> Result<AudioBuffer, NtStatus> {
        let mut port = self.0.borrow_mut();
        let mdl = port.allocate_pages(u64::MAX, size);
        let mdl = mdl.ok_or(NtStatus::INSUFFICIENT_RESOURCES)?;
        let memory = port.cyclic_buffer(&mdl, cd(), cd().frames_in(size));
        Ok(AudioBuffer {
            mdl,
            actual: size,
            offset_from_first_page: Bytes::ZERO,
            cache: CacheType::Cached,
            memory,
            bus: Rc::new(Idle),
        })
    }

    fn register() -> MappedRegister {
        MappedRegister {
            register: Rc::new(Idle),
            width: 32,
            numerator: 1,
            denominator: 1,
            accuracy: 4,
        }
    }
}

impl MiniportWaveRtStream for Willing {
    fn set_state(&mut self, _: Moment, _: KsState) -> Result<(), NtStatus> {
        Ok(())
    }
    fn set_format(&mut self, _: Moment, _: WaveFormat) -> Result<(), NtStatus> {
        Ok(())
    }
    fn position(&mut self, _: Moment) -> Result<Position, NtStatus> {
        Ok(Position::default())
    }
    fn allocate_audio_buffer(&mut self, _: Moment, size: Bytes) -> Result<AudioBuffer, NtStatus> {
        self.make(size)
    }
    fn free_audio_buffer(&mut self, _: Moment, _: AudioBuffer) {}
    fn hw_latency(&mut self, _: Moment) -> HwLatency {
        HwLatency::default()
    }
    fn position_register(&mut self, _: Moment) -> Result<MappedRegister, NtStatus> {
        Ok(Self::register())
    }
    fn clock_register(&mut self, _: Moment) -> Result<MappedRegister, NtStatus> {
        Ok(Self::register())
    }
    fn notification(&mut self) -> Option<&mut dyn StreamNotification> {
        Some(self)
    }
    fn output(&mut self) -> Option<&mut dyn OutputStream> {
        Some(self)
    }
    fn input(&mut self) -> Option<&mut dyn InputStream> {
        Some(self)
    }
    fn drm(&mut self) -> Option<&mut dyn DrmAudioStream> {
        Some(self)
    }
    fn audio_engine_node(&mut self) -> Option<&mut dyn StreamAudioEngineNode> {
        Some(self)
    }
    fn fork_stream(&self, _: &mut Forker) -> Box<dyn MiniportWaveRtStream> {
        panic!("it has no twin")
    }
}

impl StreamNotification for Willing {
    fn allocate_buffer_with_notification(
        &mut self,
        _: Moment,
        _: u32,
        size: Bytes,
    ) -> Result<AudioBuffer, NtStatus> {
        self.make(size)
    }
    fn free_buffer_with_notification(&mut self, _: Moment, _: AudioBuffer) {}
    fn register_notification_event(&mut self, _: Moment, _: EventHandle) -> Result<(), NtStatus> {
        Ok(())
    }
    fn unregister_notification_event(
        &mut self,
        _: Moment,
        _: &EventHandle,
    ) -> Result<(), NtStatus> {
        Ok(())
    }
}

impl OutputStream for Willing {
    fn set_write_packet(&mut self, _: Moment, _: WritePacket) -> Result<(), NtStatus> {
        Ok(())
    }
    fn packet_count(&mut self, _: Moment) -> Result<PacketCount, NtStatus> {
        Ok(PacketCount::wrapping(0))
    }
    fn presentation_position(&mut self, _: Moment) -> Result<PresentationPosition, NtStatus> {
        Ok(PresentationPosition::default())
    }
}

impl InputStream for Willing {
    fn read_packet(&mut self, _: Moment) -> Result<ReadPacket, NtStatus> {
        Ok(ReadPacket {
            packet: PacketNumber::new(0),
            flags: 0,
            performance_counter: Hns::new(0),
            more_data: false,
        })
    }
}

impl DrmAudioStream for Willing {
    fn set_content_id(&mut self, _: Moment, _: ContentId, _: DrmRights) -> Result<(), NtStatus> {
        Ok(())
    }
}

impl StreamAudioEngineNode for Willing {
    fn lfx_enabled(&mut self, _: Moment) -> bool {
        true
    }
    fn set_lfx_enabled(&mut self, _: Moment, _: bool) {}
    fn volume_level(&mut self, _: Moment, _: u32) -> Result<VolumeLevel, NtStatus> {
        Ok(VolumeLevel::UNITY)
    }
    fn set_volume_level(
        &mut self,
        _: Moment,
        _: Option<u32>,
        _: VolumeRamp,
    ) -> Result<(), NtStatus> {
        Ok(())
    }
    fn set_loopback_protection(&mut self, _: Moment, _: ConstrictorOption) {}
    fn linear_buffer_position(&mut self, _: Moment) -> u64 {
        0
    }
    fn presentation_position(&mut self, _: Moment) -> PresentationPosition {
        PresentationPosition::default()
    }
    fn set_current_write_position(&mut self, _: Moment, _: Bytes) -> Result<(), NtStatus> {
        Ok(())
    }
    fn last_buffer(&mut self) -> Option<&mut dyn LastBufferNode> {
        Some(self)
    }
}

impl LastBufferNode for Willing {
    fn set_current_write_position_for_last_buffer(
        &mut self,
        _: Moment,
        _: Bytes,
    ) -> Result<(), NtStatus> {
        Ok(())
    }
}

fn stream() -> (CheckedStream, Verifier) {
    let verifier = Verifier::default();
    let memory = Shared::new(Memory::ample(Samples::Left));
    let port = PortStream::new(memory, u64::MAX, verifier.clone(), None);
    let pages = port.ledger();
    let port: Box<dyn PortWaveRtStream> = Box::new(port);
    let inner = Box::new(Willing(Shared::new(port)));
    let stream = CheckedStream::new(inner, verifier.clone(), pages, cd());
    (stream, verifier)
}

/// What was found since, and at what level.
fn found(verifier: &Verifier) -> Vec<(Rule, Call, Irql)> {
    let all = verifier.violations();
    all.iter().map(|it| (it.rule, it.call, it.irql)).collect()
}

type Made = Result<AudioBuffer, NtStatus>;

fn plain(stream: &mut CheckedStream) -> Made {
    stream.allocate_audio_buffer(NOW(), SIZE)
}

fn notifying(stream: &mut CheckedStream) -> Made {
    let notification = stream.notification().expect("it has notifications");
    notification.allocate_buffer_with_notification(NOW(), 2, SIZE)
}

#[test]
fn r34_a_port_that_skips_a_state_is_found() {
    for from in KsState::ALL {
        for to in KsState::ALL {
            let (mut stream, verifier) = stream();
            for step in KsState::Stop.steps_to(from) {
                stream.set_state(NOW(), step.to()).unwrap();
            }
            stream.set_state(NOW(), to).unwrap();
            let is_neighbour = from.value().abs_diff(to.value()) == 1;
            let expected = (Rule::SkippedState, Call::SetState, Irql::Passive);
            let expected = [expected].into_iter().filter(|_| !is_neighbour);
            assert_eq!(found(&verifier), expected.collect::<Vec<_>>());
        }
    }
}

#[test]
fn r66_a_buffer_freed_by_the_other_interface_is_found() {
    let (mut stream, verifier) = stream();
    let made = notifying(&mut stream).unwrap();
    stream.free_audio_buffer(NOW(), made);
    let made = plain(&mut stream).unwrap();
    let notification = stream.notification().expect("it has notifications");
    notification.free_buffer_with_notification(NOW(), made);
    let rule = Rule::FreedByTheOther;
    let calls = [Call::FreeAudioBuffer, Call::FreeBufferWithNotification];
    let expected = calls.map(|call| (rule, call, Irql::Passive));
    assert_eq!(found(&verifier), expected);
}

#[test]
fn r68_a_buffer_freed_twice_is_found() {
    let (mut stream, verifier) = stream();
    let made = plain(&mut stream).unwrap();
    stream.free_audio_buffer(NOW(), made.clone());
    assert_eq!(found(&verifier), []);
    stream.free_audio_buffer(NOW(), made);
    let expected = (Rule::FreedTwice, Call::FreeAudioBuffer, Irql::Passive);
    assert_eq!(found(&verifier), [expected]);
}

#[test]
fn r47_a_buffer_freed_before_stop_is_found() {
    for state in [KsState::Acquire, KsState::Pause, KsState::Run] {
        let (mut stream, verifier) = stream();
        let made = plain(&mut stream).unwrap();
        for step in KsState::Stop.steps_to(state) {
            stream.set_state(NOW(), step.to()).unwrap();
        }
        stream.free_audio_buffer(NOW(), made);
        let expected = (Rule::FreedBeforeStop, Call::FreeAudioBuffer, Irql::Passive);
        assert_eq!(found(&verifier), [expected], "{state:?}");
    }
}

#[test]
fn r64_a_second_buffer_is_found() {
    for (first, second, call) in [
        (
            plain as fn(&mut CheckedStream) -> Made,
            notifying as fn(&mut CheckedStream) -> Made,
            Call::AllocateBufferWithNotification,
        ),
        (notifying, plain, Call::AllocateAudioBuffer),
    ] {
        let (mut stream, verifier) = stream();
        first(&mut stream).unwrap();
        second(&mut stream).unwrap();
        let expected = (Rule::SecondBuffer, call, Irql::Passive);
        assert_eq!(found(&verifier), [expected]);
    }
}

/// Every call of a port to a stream, and what it is called.
fn all_calls(stream: &mut CheckedStream, event: &EventHandle) -> Vec<Call> {
    let now = NOW();
    let write = WritePacket {
        packet: PacketNumber::new(0),
        flags: 0,
        eos_packet_length: Bytes::ZERO,
    };
    stream.set_format(now, cd()).unwrap();
    stream.set_state(now, KsState::Acquire).unwrap();
    stream.set_state(now, KsState::Stop).unwrap();
    stream.hw_latency(now);
    stream.position_register(now).unwrap();
    stream.clock_register(now).unwrap();
    let notification = stream.notification().expect("it has notifications");
    notification
        .register_notification_event(now, event.clone())
        .unwrap();
    notification
        .unregister_notification_event(now, event)
        .unwrap();
    let output = stream.output().expect("it has packets");
    output.set_write_packet(now, write).unwrap();
    output.packet_count(now).unwrap();
    output.presentation_position(now).unwrap();
    let input = stream.input().expect("it has packets");
    input.read_packet(now).unwrap();
    let drm = stream.drm().expect("it knows rights");
    drm.set_content_id(now, ContentId::default(), DrmRights::default())
        .unwrap();
    let ramp = VolumeRamp {
        target: VolumeLevel::UNITY,
        curve: CurveType::None,
        duration: Hns::new(0),
    };
    let node = stream.audio_engine_node().expect("it has a node");
    node.lfx_enabled(now);
    node.set_lfx_enabled(now, true);
    node.volume_level(now, 0).unwrap();
    node.set_volume_level(now, None, ramp).unwrap();
    node.set_loopback_protection(now, ConstrictorOption::Mute);
    assert_eq!(node.linear_buffer_position(now), 0);
    assert_eq!(node.presentation_position(now).blocks, Frames::ZERO);
    node.set_current_write_position(now, SIZE).unwrap();
    let last = node.last_buffer().expect("it knows the last buffer");
    last.set_current_write_position_for_last_buffer(now, SIZE)
        .unwrap();
    [
        Call::SetFormat,
        Call::SetState,
        Call::SetState,
        Call::GetHwLatency,
        Call::GetPositionRegister,
        Call::GetClockRegister,
        Call::RegisterNotificationEvent,
        Call::UnregisterNotificationEvent,
        Call::SetWritePacket,
        Call::GetPacketCount,
        Call::GetOutputStreamPresentationPosition,
        Call::GetReadPacket,
        Call::SetContentId,
    ]
    .into_iter()
    .chain([Call::AudioEngineNode; 9])
    .collect()
}

#[test]
fn r93_of_the_calls_of_a_port_only_that_for_the_position_may_come_at_dispatch_level() {
    let event = EventHandle::new(Rc::new(Idle));
    let (mut stream, verifier) = stream();
    all_calls(&mut stream, &event);
    assert_eq!(found(&verifier), []);
    verifier.at(Irql::Dispatch, || stream.position(NOW()).unwrap());
    assert_eq!(found(&verifier), []);
    let calls = verifier.at(Irql::Dispatch, || all_calls(&mut stream, &event));
    let too_high = |call| (Rule::IrqlTooHigh, call, Irql::Dispatch);
    let expected: Vec<_> = calls.into_iter().map(too_high).collect();
    assert_eq!(found(&verifier), expected);
}

#[test]
fn buffers_are_made_freed_and_let_go_of_at_passive_level_only() {
    let (mut stream, verifier) = stream();
    verifier.at(Irql::Device, || {
        let made = plain(&mut stream).unwrap();
        stream.free_audio_buffer(NOW(), made);
        let made = notifying(&mut stream).unwrap();
        let notification = stream.notification().expect("it has notifications");
        notification.free_buffer_with_notification(NOW(), made);
        stream.release(NOW());
    });
    let mut calls: Vec<_> = found(&verifier)
        .into_iter()
        .filter(|(rule, _, irql)| (*rule, *irql) == (Rule::IrqlTooHigh, Irql::Device))
        .map(|(_, call, _)| call)
        .collect();
    // Those of the miniport to its port are found, too.
    calls.retain(|call| *call != Call::AllocatePagesForMdl);
    let expected = [
        Call::AllocateAudioBuffer,
        Call::FreeAudioBuffer,
        Call::AllocateBufferWithNotification,
        Call::FreeBufferWithNotification,
        Call::Release,
    ];
    assert_eq!(calls, expected);
}

#[test]
fn r86_whatever_is_called_after_the_release_is_found() {
    let event = EventHandle::new(Rc::new(Idle));
    let (mut stream, verifier) = stream();
    stream.release(NOW());
    assert_eq!(found(&verifier), []);
    let calls = all_calls(&mut stream, &event);
    let after = |call| (Rule::CallAfterRelease, call, Irql::Passive);
    let expected: Vec<_> = calls.into_iter().map(after).collect();
    assert_eq!(found(&verifier), expected);
}
