//! The interfaces of a stream, each as the port calls it.

use hardware::DspPort;
use ks::{
    ConstrictorOption, ContentId, CurveType, DrmRights, HwLatency, KsState, MappedRegister,
    PacketCount, Position, PresentationPosition, VolumeLevel, VolumeRamp, WritePacket,
};
use portcls::{
    AudioBuffer, DrmAudioStream, EngineEventKind, GlitchCode, InputStream, LastBufferNode,
    MiniportWaveRtStream, OutputStream, StreamAudioEngineNode, StreamNotification,
};
use units::{Bytes, Frames, Hns, Moment, NtStatus, SimDuration, TICKS_PER_SECOND};
use vtime::{EventHandle, Fork, Forker};

use super::write_position::Written;
use super::{OffloadStream, Role, Stream};

/// Why a stream of the mix has an input.
const RENDERED: &str = "only what goes into the mix has a node";

impl Stream {
    fn input(&self) -> u32 {
        match self.engine {
            DspPort::Input(input) => input,
            DspPort::Loopback => panic!("{RENDERED}"),
        }
    }

    fn channels(&self, channel: Option<u32>) -> Result<std::ops::Range<u8>, NtStatus> {
        let all = self.format.channels;
        match channel.map(u8::try_from) {
            None => Ok(0..all),
            Some(Ok(channel)) if channel < all => Ok(channel..channel + 1),
            Some(_) => Err(NtStatus::INVALID_PARAMETER),
        }
    }

    /// The client has written up to `place`; if `is_last` nothing follows.
    fn write_to(&mut self, now: Moment, place: Bytes, is_last: bool) -> Result<(), NtStatus> {
        let buffer = self.buffer.ok_or(NtStatus::DEVICE_NOT_READY)?;
        let frame = self.format.frame_bytes();
        let before = self.write;
        let written = self.write.move_to(place, buffer.size, frame)?;
        let input = self.input();
        let end = self.format.frames_in(self.write.linear());
        if is_last {
            self.dsp.borrow_mut().set_end(now, input, end);
        } else if written == Written::Nothing {
            let code = GlitchCode::SameWritePosition.value();
            self.tell(now, EngineEventKind::GlitchReport, code, place.get());
            return Ok(());
        } else {
            self.dsp.borrow_mut().set_valid(now, input, Some(end));
        }
        let after = std::mem::replace(&mut self.write, before);
        self.tell(now, EngineEventKind::SetWritePosition, place.get(), 0);
        self.write = after;
        self.doorbell.set(0);
        Ok(())
    }
}

/// Frames of `format` in `time`, rounded to the nearest.
fn frames_in(format: units::WaveFormat, time: Hns) -> Frames {
    let ticks = u128::from(SimDuration::from_hns(time).ticks());
    let scaled = 2 * ticks * u128::from(format.rate.hertz()) + u128::from(TICKS_PER_SECOND);
    let frames = scaled / (2 * u128::from(TICKS_PER_SECOND));
    Frames::new(u64::try_from(frames).unwrap_or(u64::MAX))
}

impl MiniportWaveRtStream for OffloadStream {
    fn set_state(&mut self, now: Moment, state: KsState) -> Result<(), NtStatus> {
        let mut stream = self.0.borrow_mut();
        let step = stream.state.step_to(state);
        let step = step.map_err(|_| NtStatus::INVALID_DEVICE_STATE)?;
        stream.step(now, step);
        Ok(())
    }

    fn position(&mut self, now: Moment) -> Result<Position, NtStatus> {
        let stream = self.0.borrow();
        let Some(buffer) = stream.buffer else {
            return Ok(Position::default());
        };
        let within = |linear: Bytes| Bytes::new(linear.get() % buffer.size.get());
        Ok(Position {
            play: within(stream.format.bytes_of(stream.presented(now))),
            write: within(stream.transferred(now)),
        })
    }

    fn allocate_audio_buffer(
        &mut self,
        now: Moment,
        requested: Bytes,
    ) -> Result<AudioBuffer, NtStatus> {
        self.0.borrow_mut().allocate(now, requested, None)
    }

    fn free_audio_buffer(&mut self, _: Moment, buffer: AudioBuffer) {
        self.0.borrow_mut().free(buffer);
    }

    fn hw_latency(&mut self, _: Moment) -> HwLatency {
        let stream = self.0.borrow();
        let delay = stream.dsp.borrow().config().delay;
        HwLatency {
            fifo_size: stream.format.bytes_of(delay),
            chipset_delay: Hns::new(0),
            codec_delay: Hns::new(0),
        }
    }

    fn position_register(&mut self, _: Moment) -> Result<MappedRegister, NtStatus> {
        Err(NtStatus::NOT_SUPPORTED)
    }

    fn clock_register(&mut self, _: Moment) -> Result<MappedRegister, NtStatus> {
        Err(NtStatus::NOT_SUPPORTED)
    }

    fn notification(&mut self) -> Option<&mut dyn StreamNotification> {
        Some(self)
    }

    /// As the sample has it: packets for the software engine, write positions for the others.
    fn output(&mut self) -> Option<&mut dyn OutputStream> {
        let is_host = self.0.borrow().role == Role::Host;
        if is_host { Some(self) } else { None }
    }

    fn input(&mut self) -> Option<&mut dyn InputStream> {
        None
    }

    fn drm(&mut self) -> Option<&mut dyn DrmAudioStream> {
        let is_rendered = self.0.borrow().role != Role::Loopback;
        if is_rendered { Some(self) } else { None }
    }

    fn audio_engine_node(&mut self) -> Option<&mut dyn StreamAudioEngineNode> {
        let is_offloaded = self.0.borrow().role == Role::Offload;
        if is_offloaded { Some(self) } else { None }
    }

    /// Its DMA engine is free for another.
    fn released(&mut self) {
        self.0.borrow_mut().closed = true;
    }

    fn fork_stream(&self, forker: &mut Forker) -> Box<dyn MiniportWaveRtStream> {
        Box::new(Self(self.0.fork(forker)))
    }
}

impl StreamNotification for OffloadStream {
    fn allocate_buffer_with_notification(
        &mut self,
        now: Moment,
        notification_count: u32,
        requested: Bytes,
    ) -> Result<AudioBuffer, NtStatus> {
        if !(1..=2).contains(&notification_count) {
            return Err(NtStatus::INVALID_PARAMETER);
        }
        let mut stream = self.0.borrow_mut();
        stream.allocate(now, requested, Some(notification_count))
    }

    fn free_buffer_with_notification(&mut self, _: Moment, buffer: AudioBuffer) {
        self.0.borrow_mut().free(buffer);
    }

    fn register_notification_event(
        &mut self,
        _: Moment,
        event: EventHandle,
    ) -> Result<(), NtStatus> {
        let events = &mut self.0.borrow_mut().events;
        if events.contains(&event) {
            return Err(NtStatus::UNSUCCESSFUL);
        }
        events.push(event);
        Ok(())
    }

    fn unregister_notification_event(
        &mut self,
        _: Moment,
        event: &EventHandle,
    ) -> Result<(), NtStatus> {
        let events = &mut self.0.borrow_mut().events;
        let place = events.iter().position(|registered| registered == event);
        events.remove(place.ok_or(NtStatus::NOT_FOUND)?);
        Ok(())
    }
}

impl OutputStream for OffloadStream {
    fn set_write_packet(&mut self, now: Moment, packet: WritePacket) -> Result<(), NtStatus> {
        let mut stream = self.0.borrow_mut();
        let progress = stream.progress(now).ok_or(NtStatus::NOT_SUPPORTED)?;
        let packets = stream.packets_mut().ok_or(NtStatus::NOT_SUPPORTED)?;
        packets.announce(packet, progress)?;
        Ok(())
    }

    fn packet_count(&mut self, now: Moment) -> Result<PacketCount, NtStatus> {
        let progress = self.0.borrow().progress(now);
        let progress = progress.ok_or(NtStatus::NOT_SUPPORTED)?;
        Ok(PacketCount::wrapping(progress.completed))
    }

    fn presentation_position(&mut self, now: Moment) -> Result<PresentationPosition, NtStatus> {
        Ok(StreamAudioEngineNode::presentation_position(self, now))
    }
}

impl DrmAudioStream for OffloadStream {
    /// Source: `portcls/nf-portcls-idrmaudiostream-setcontentid.md`.
    fn set_content_id(
        &mut self,
        now: Moment,
        id: ContentId,
        rights: DrmRights,
    ) -> Result<(), NtStatus> {
        let mut stream = self.0.borrow_mut();
        if rights.digital_output_disable && stream.options.digital_output {
            return Err(NtStatus::NOT_IMPLEMENTED);
        }
        stream.content = (id, rights);
        stream.protect(now);
        Ok(())
    }
}

impl StreamAudioEngineNode for OffloadStream {
    fn lfx_enabled(&mut self, _: Moment) -> bool {
        self.0.borrow().lfx
    }

    fn set_lfx_enabled(&mut self, _: Moment, enabled: bool) {
        self.0.borrow_mut().lfx = enabled;
    }

    fn volume_level(&mut self, now: Moment, channel: u32) -> Result<VolumeLevel, NtStatus> {
        let stream = self.0.borrow();
        let channel = stream.channels(Some(channel))?.start;
        let mut dsp = stream.dsp.borrow_mut();
        Ok(VolumeLevel::new(dsp.volume(now, stream.input(), channel)))
    }

    fn set_volume_level(
        &mut self,
        now: Moment,
        channel: Option<u32>,
        ramp: VolumeRamp,
    ) -> Result<(), NtStatus> {
        let stream = self.0.borrow();
        let channels = stream.channels(channel)?;
        if ramp.target > VolumeLevel::UNITY {
            return Err(NtStatus::INVALID_PARAMETER);
        }
        let over = match ramp.curve {
            CurveType::None => Frames::ZERO,
            CurveType::WindowsFade => frames_in(stream.format, ramp.duration),
        };
        let mut dsp = stream.dsp.borrow_mut();
        for channel in channels {
            dsp.set_volume(now, stream.input(), channel, ramp.target.get(), over);
        }
        Ok(())
    }

    fn set_loopback_protection(&mut self, now: Moment, option: ConstrictorOption) {
        let mut stream = self.0.borrow_mut();
        stream.option = option;
        stream.protect(now);
    }

    fn linear_buffer_position(&mut self, now: Moment) -> u64 {
        let stream = self.0.borrow();
        stream.tell(now, EngineEventKind::GetStreamPosition, 0, 0);
        stream.transferred(now).get()
    }

    fn presentation_position(&mut self, now: Moment) -> PresentationPosition {
        let stream = self.0.borrow();
        let blocks = stream.presented(now);
        stream.tell(
            now,
            EngineEventKind::GetPresentationPosition,
            blocks.get(),
            0,
        );
        PresentationPosition {
            blocks,
            qpc: now.time.to_hns_floor(),
        }
    }

    fn set_current_write_position(&mut self, now: Moment, end: Bytes) -> Result<(), NtStatus> {
        self.0.borrow_mut().write_to(now, end, false)
    }

    fn last_buffer(&mut self) -> Option<&mut dyn LastBufferNode> {
        Some(self)
    }
}

impl LastBufferNode for OffloadStream {
    fn set_current_write_position_for_last_buffer(
        &mut self,
        now: Moment,
        end: Bytes,
    ) -> Result<(), NtStatus> {
        self.0.borrow_mut().write_to(now, end, true)
    }
}
