//! The basic interface, and notifications.

use ks::{ContentId, DrmRights, HwLatency, KsState, MappedRegister, Position};
use portcls::{
    AudioBuffer, Call, DrmAudioStream, InputStream, MiniportWaveRtStream, OutputStream, Rule,
    StreamAudioEngineNode, StreamNotification,
};
use units::{Bytes, Moment, NtStatus, WaveFormat};
use vtime::{EventHandle, Fork, Forker};

use super::{CheckedStream, Seen};

/// Why an interface that was there is there.
const ASKED: &str = "an interface once had is not lost";

impl CheckedStream {
    fn notifications(&mut self) -> &mut dyn StreamNotification {
        self.inner.notification().expect(ASKED)
    }

    fn register(
        &self,
        now: Moment,
        call: Call,
        register: Result<MappedRegister, NtStatus>,
    ) -> Result<MappedRegister, NtStatus> {
        let register = register?;
        let is_fine = matches!(register.width, 32 | 64) && register.accuracy > 0;
        self.check(now, is_fine, Rule::BadRegister, call);
        Ok(register)
    }
}

impl MiniportWaveRtStream for CheckedStream {
    fn set_format(&mut self, now: Moment, format: WaveFormat) -> Result<(), NtStatus> {
        self.enter(now, Call::SetFormat);
        self.inner.set_format(now, format)?;
        self.format = format;
        Ok(())
    }

    fn set_state(&mut self, now: Moment, state: KsState) -> Result<(), NtStatus> {
        self.enter(now, Call::SetState);
        let is_step = self.state.step_to(state).is_ok();
        self.check(now, is_step, Rule::SkippedState, Call::SetState);
        let answer = self.inner.set_state(now, state);
        let went_down = state < self.state;
        self.check(
            now,
            answer.is_ok() || !went_down,
            Rule::DownwardFailed,
            Call::SetState,
        );
        if answer.is_ok() {
            self.state = state;
            if state == KsState::Stop {
                self.seen = Seen::default();
            }
        }
        answer
    }

    fn position(&mut self, now: Moment) -> Result<Position, NtStatus> {
        self.enter(now, Call::GetPosition);
        let position = self.inner.position(now)?;
        if let Some(buffer) = &self.buffer {
            let is_within = position.play < buffer.size && position.write < buffer.size;
            self.check(now, is_within, Rule::PositionOutside, Call::GetPosition);
        }
        if self.state == KsState::Stop {
            let is_reset = position == Position::default();
            self.check(now, is_reset, Rule::NotReset, Call::GetPosition);
        }
        Ok(position)
    }

    fn allocate_audio_buffer(
        &mut self,
        now: Moment,
        requested: Bytes,
    ) -> Result<AudioBuffer, NtStatus> {
        self.enter(now, Call::AllocateAudioBuffer);
        let made = self.inner.allocate_audio_buffer(now, requested);
        self.allocated(now, Call::AllocateAudioBuffer, None, made)
    }

    fn free_audio_buffer(&mut self, now: Moment, buffer: AudioBuffer) {
        self.freed(now, Call::FreeAudioBuffer, false, &buffer);
        self.inner.free_audio_buffer(now, buffer);
    }

    fn hw_latency(&mut self, now: Moment) -> HwLatency {
        self.enter(now, Call::GetHwLatency);
        self.inner.hw_latency(now)
    }

    fn position_register(&mut self, now: Moment) -> Result<MappedRegister, NtStatus> {
        self.enter(now, Call::GetPositionRegister);
        let register = self.inner.position_register(now);
        self.register(now, Call::GetPositionRegister, register)
    }

    fn clock_register(&mut self, now: Moment) -> Result<MappedRegister, NtStatus> {
        self.enter(now, Call::GetClockRegister);
        let register = self.inner.clock_register(now);
        self.register(now, Call::GetClockRegister, register)
    }

    fn notification(&mut self) -> Option<&mut dyn StreamNotification> {
        self.inner.notification()?;
        Some(self)
    }

    fn output(&mut self) -> Option<&mut dyn OutputStream> {
        self.inner.output()?;
        Some(self)
    }

    fn input(&mut self) -> Option<&mut dyn InputStream> {
        self.inner.input()?;
        Some(self)
    }

    fn drm(&mut self) -> Option<&mut dyn DrmAudioStream> {
        self.inner.drm()?;
        Some(self)
    }

    fn audio_engine_node(&mut self) -> Option<&mut dyn StreamAudioEngineNode> {
        self.inner.audio_engine_node()?;
        Some(self)
    }

    fn fork_stream(&self, forker: &mut Forker) -> Box<dyn MiniportWaveRtStream> {
        Box::new(self.fork(forker))
    }
}

impl DrmAudioStream for CheckedStream {
    fn set_content_id(
        &mut self,
        now: Moment,
        id: ContentId,
        rights: DrmRights,
    ) -> Result<(), NtStatus> {
        self.enter(now, Call::SetContentId);
        let drm = self.inner.drm().expect(ASKED);
        drm.set_content_id(now, id, rights)
    }
}

impl StreamNotification for CheckedStream {
    fn allocate_buffer_with_notification(
        &mut self,
        now: Moment,
        notification_count: u32,
        requested: Bytes,
    ) -> Result<AudioBuffer, NtStatus> {
        let call = Call::AllocateBufferWithNotification;
        self.enter(now, call);
        let made = self.notifications().allocate_buffer_with_notification(
            now,
            notification_count,
            requested,
        );
        self.allocated(now, call, Some(notification_count), made)
    }

    fn free_buffer_with_notification(&mut self, now: Moment, buffer: AudioBuffer) {
        self.freed(now, Call::FreeBufferWithNotification, true, &buffer);
        self.notifications()
            .free_buffer_with_notification(now, buffer);
    }

    fn register_notification_event(
        &mut self,
        now: Moment,
        event: EventHandle,
    ) -> Result<(), NtStatus> {
        self.enter(now, Call::RegisterNotificationEvent);
        self.notifications().register_notification_event(now, event)
    }

    fn unregister_notification_event(
        &mut self,
        now: Moment,
        event: &EventHandle,
    ) -> Result<(), NtStatus> {
        self.enter(now, Call::UnregisterNotificationEvent);
        self.notifications()
            .unregister_notification_event(now, event)
    }
}
