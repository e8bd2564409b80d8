//! The audio client: opens a stream, starts and stops it, hands out its services.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use engine::DeviceStream;
use ks::Guid;
use units::{Frames, HResult, Hns, WaveFormat};
use vtime::{Context, Event, EventHandle, Reset};

use super::audio_clock::AudioClock;
use super::capture_client::CaptureClient;
use super::channel_volume::{AudioStreamVolume, ChannelAudioVolume};
use super::device::{DataFlow, Device, Line};
use super::exclusive_line::ExclusiveLine;
use super::initialize::{
    InitializeRequest, ShareMode, Standing, Support, initialize, is_format_supported, stream_flags,
};
use super::open_stream::{OpenStream, Path};
use super::profile::LatencyReport;
use super::render_client::RenderClient;
use super::session::{DisconnectReason, Session, SessionKey};
use super::session_control::{AudioSessionControl, SimpleAudioVolume};
use crate::duration::duration_of;
use crate::stream_core::{StreamCore, StreamKind};

/// What a client says of its stream before it opens it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[doc(alias = "AudioClientProperties")]
pub struct ClientProperties {
    /// The bytes of the structure: 12, or 16 with options.
    pub size: u32,
    /// The device is to mix it.
    pub is_offload: bool,
    /// `AUDCLNT_STREAMOPTIONS`.
    pub options: u32,
}

/// `AUDCLNT_STREAMOPTIONS_RAW`.
const RAW: u32 = 1;

/// A client object: at most one stream for its whole life.
///
/// # Source
/// `audioclient/nn-audioclient-iaudioclient.md`, `…-iaudioclient2.md`. What a measured Windows
/// answers where the pages differ from it: `docs/rules/wasapi.md`.
#[derive(Debug)]
#[doc(alias = "IAudioClient")]
#[doc(alias = "IAudioClient2")]
pub struct AudioClient<C: Context> {
    cx: C,
    device: Device<C>,
    process: u32,
    stream: RefCell<Option<Rc<OpenStream<C>>>>,
    /// The size that would have been aligned.
    next_size: Cell<Option<Frames>>,
    wants_offload: Cell<bool>,
}

impl<C: Context> AudioClient<C> {
    pub(crate) const fn new(cx: C, device: Device<C>, process: u32) -> Self {
        Self {
            cx,
            device,
            process,
            stream: RefCell::new(None),
            next_size: Cell::new(None),
            wants_offload: Cell::new(false),
        }
    }

    /// Opens the stream, stopped and empty, in the session `session` of the process; `None` for its
    /// default one.
    ///
    /// # Errors
    /// The first fault in the order of [`initialize`]; `ENDPOINT_CREATE_FAILED` if the pin refuses.
    #[doc(alias = "IAudioClient::Initialize")]
    pub fn initialize(
        &self,
        mode: ShareMode,
        flags: u32,
        duration: Hns,
        periodicity: Hns,
        format: WaveFormat,
        session: Option<Guid>,
    ) -> Result<(), HResult> {
        let request = InitializeRequest {
            mode,
            flags,
            duration,
            periodicity,
            format,
        };
        let granted = initialize(&self.device.profile(), &self.standing(), &request);
        let granted = granted.map_err(|refusal| {
            if refusal.code != HResult::ALREADY_INITIALIZED {
                self.next_size.set(refusal.next_size);
            }
            refusal.code
        })?;
        // What cannot be opened takes nothing from anybody.
        let (path, kind) = self.path(&request, granted.frames)?;
        if granted.preempts {
            let reason = Some(DisconnectReason::ExclusiveModeOverride);
            self.device.disconnect(HResult::DEVICE_INVALIDATED, reason);
        }
        let frames = match &path {
            Path::Exclusive(line) => line.frames(),
            _ => granted.frames,
        };
        let is_event_driven = flags & stream_flags::EVENT_CALLBACK != 0;
        let stream = OpenStream::new(
            self.cx.clone(),
            StreamCore::new(kind, frames, is_event_driven),
            path,
            format,
            self.device.clone(),
            self.session(&request, session),
        );
        self.next_size.set(None);
        *self.stream.borrow_mut() = Some(stream);
        Ok(())
    }

    fn standing(&self) -> Standing {
        Standing {
            flow: self.device.data_flow(),
            mix: self.device.mix_format(),
            period: self.device.period(),
            is_initialized: self.stream.borrow().is_some(),
            lost: self.device.lost(),
            wants_offload: self.wants_offload.get(),
            usage: self.device.usage(),
        }
    }

    /// Where the frames of the stream will go, or come from.
    fn path(
        &self,
        request: &InitializeRequest,
        frames: Frames,
    ) -> Result<(Path, StreamKind), HResult> {
        let is_loopback = request.flags & stream_flags::LOOPBACK != 0;
        match (self.device.line(), request.mode) {
            (Line::Render { engine, .. }, ShareMode::SHARED) if !is_loopback => {
                let stream = engine.add_stream(request.format, frames);
                Ok((Path::Render(stream), StreamKind::Shared))
            }
            (Line::Capture(engine), ShareMode::SHARED) => {
                let stream = engine.add_stream(request.format, frames);
                Ok((Path::Capture(stream), StreamKind::Shared))
            }
            (Line::Render { .. }, ShareMode::EXCLUSIVE) => {
                let kind = if request.flags & stream_flags::EVENT_CALLBACK != 0 {
                    StreamKind::ExclusiveEvent
                } else {
                    StreamKind::ExclusiveTimer
                };
                let pin = self.pin(kind, request.format, frames)?;
                let line = ExclusiveLine::new(&self.cx, pin, kind)?;
                Ok((Path::Exclusive(line), kind))
            }
            _ => Err(HResult::ENDPOINT_CREATE_FAILED),
        }
    }

    /// The session that the stream belongs to.
    fn session(&self, request: &InitializeRequest, id: Option<Guid>) -> Rc<Session> {
        let is_cross_process = request.flags & stream_flags::CROSS_PROCESS != 0;
        let key = SessionKey::new(id, (!is_cross_process).then_some(self.process));
        let forgets = stream_flags::NO_PERSIST | stream_flags::LOOPBACK;
        let is_persistent =
            request.flags & forgets == 0 && self.device.data_flow() == DataFlow::Render;
        let channels = usize::from(request.format.channels);
        self.device.session(key, is_persistent, channels)
    }

    /// The pin of an exclusive stream.
    fn pin(
        &self,
        kind: StreamKind,
        format: WaveFormat,
        frames: Frames,
    ) -> Result<DeviceStream, HResult> {
        let Line::Render {
            exclusive: Some(open),
            ..
        } = self.device.line()
        else {
            return Err(HResult::ENDPOINT_CREATE_FAILED);
        };
        // Nobody waits for it: a client gives its own event later, or none.
        let own = self.cx.event("exclusive stream", Reset::Auto).handle();
        // One buffer is two packets, too, so that what went round can be counted.
        let packet = match kind {
            StreamKind::ExclusiveEvent => frames,
            _ => Frames::new(frames.get().div_ceil(2)),
        };
        open(&self.cx, format, packet, 2, own).map_err(|_| HResult::ENDPOINT_CREATE_FAILED)
    }

    fn stream(&self) -> Result<Rc<OpenStream<C>>, HResult> {
        let stream = self.stream.borrow();
        let stream = stream.as_ref().ok_or(HResult::NOT_INITIALIZED)?;
        stream.alive()?;
        Ok(Rc::clone(stream))
    }

    /// Frames of the whole buffer, of one of the two of an exclusive event-driven stream; after
    /// `BUFFER_SIZE_NOT_ALIGNED`, the next size that is aligned.
    ///
    /// # Errors
    /// `NOT_INITIALIZED`, `DEVICE_INVALIDATED`.
    #[doc(alias = "IAudioClient::GetBufferSize")]
    pub fn buffer_size(&self) -> Result<Frames, HResult> {
        if let Some(next) = self.next_size.get() {
            return Ok(next);
        }
        Ok(self.stream()?.core.borrow().frames())
    }

    /// How late a frame is at most, in this model's account of it.
    ///
    /// # Errors
    /// `NOT_INITIALIZED`, `DEVICE_INVALIDATED`.
    #[doc(alias = "IAudioClient::GetStreamLatency")]
    pub fn stream_latency(&self) -> Result<Hns, HResult> {
        let stream = self.stream()?;
        let period = match stream.kind() {
            StreamKind::ExclusiveEvent => stream.core.borrow().frames(),
            _ => self.device.period(),
        };
        match self.device.profile().latency {
            LatencyReport::Zero => Ok(Hns::new(0)),
            LatencyReport::Classic { device } => {
                let period = duration_of(period, stream.format.rate);
                Ok(Hns::new(period.get() + device.get()))
            }
        }
    }

    /// Frames released and not taken yet, or recorded and not read yet. 0 in an exclusive
    /// event-driven stream.
    ///
    /// # Errors
    /// `NOT_INITIALIZED`, `DEVICE_INVALIDATED`.
    #[doc(alias = "IAudioClient::GetCurrentPadding")]
    pub fn current_padding(&self) -> Result<Frames, HResult> {
        Ok(self.stream()?.padding())
    }

    /// Whether a stream can have that format.
    ///
    /// # Errors
    /// See [`is_format_supported`].
    #[doc(alias = "IAudioClient::IsFormatSupported")]
    pub fn is_format_supported(
        &self,
        mode: ShareMode,
        format: WaveFormat,
    ) -> Result<Support, HResult> {
        let profile = self.device.profile();
        is_format_supported(&profile, self.device.mix_format(), mode, format)
    }

    /// What the engine mixes.
    #[doc(alias = "IAudioClient::GetMixFormat")]
    pub fn mix_format(&self) -> WaveFormat {
        self.device.mix_format()
    }

    /// The period of the engine, and the shortest of an exclusive stream.
    #[doc(alias = "IAudioClient::GetDevicePeriod")]
    pub fn device_period(&self) -> (Hns, Hns) {
        let default = duration_of(self.device.period(), self.device.mix_format().rate);
        (default, self.device.profile().exclusive.period_min)
    }

    /// Lets the stream run.
    ///
    /// # Errors
    /// `NOT_INITIALIZED`, `DEVICE_INVALIDATED`, `NOT_STOPPED`, `EVENTHANDLE_NOT_SET`.
    #[doc(alias = "IAudioClient::Start")]
    pub fn start(&self) -> Result<(), HResult> {
        let stream = self.stream()?;
        let before = *stream.core.borrow();
        stream.core.borrow_mut().start()?;
        stream
            .run()
            .inspect_err(|_| *stream.core.borrow_mut() = before)
    }

    /// Stops the stream; what is queued stays. `FALSE` if it was stopped.
    ///
    /// # Errors
    /// `NOT_INITIALIZED`, `DEVICE_INVALIDATED`.
    #[doc(alias = "IAudioClient::Stop")]
    pub fn stop(&self) -> Result<HResult, HResult> {
        let stream = self.stream()?;
        if stream.core.borrow().is_running() {
            stream.halt()?;
        }
        let code = stream.core.borrow_mut().stop();
        Ok(code)
    }

    /// Empties the buffer of a stopped stream, and its clock begins again.
    ///
    /// # Errors
    /// `NOT_INITIALIZED`, `DEVICE_INVALIDATED`, `NOT_STOPPED`, `BUFFER_OPERATION_PENDING`.
    #[doc(alias = "IAudioClient::Reset")]
    pub fn reset(&self) -> Result<(), HResult> {
        let stream = self.stream()?;
        stream.core.borrow_mut().reset()?;
        stream.empty()
    }

    /// Has `event` set after each pass, or at each notification of the device.
    ///
    /// # Errors
    /// `NOT_INITIALIZED`, `DEVICE_INVALIDATED`, `EVENTHANDLE_NOT_EXPECTED`, `INVALIDARG`.
    #[doc(alias = "IAudioClient::SetEventHandle")]
    pub fn set_event_handle(&self, event: EventHandle) -> Result<(), HResult> {
        let stream = self.stream()?;
        stream.core.borrow_mut().set_event_handle()?;
        stream.set_event(event)
    }

    /// Says what the stream will be. The last word before it is opened counts.
    ///
    /// # Errors
    /// `INVALIDARG` for a size that the structure never had, `ENDPOINT_OFFLOAD_NOT_CAPABLE`,
    /// `RAW_MODE_UNSUPPORTED`.
    #[doc(alias = "IAudioClient2::SetClientProperties")]
    pub fn set_client_properties(&self, properties: ClientProperties) -> Result<(), HResult> {
        let profile = self.device.profile();
        if !matches!(properties.size, 12 | 16) {
            return Err(HResult::INVALIDARG);
        }
        if properties.is_offload && !profile.can_offload {
            return Err(HResult::ENDPOINT_OFFLOAD_NOT_CAPABLE);
        }
        let options = if properties.size == 16 {
            properties.options
        } else {
            0
        };
        if options & RAW != 0 && !profile.has_raw_mode {
            return Err(HResult::RAW_MODE_UNSUPPORTED);
        }
        self.wants_offload.set(properties.is_offload);
        Ok(())
    }

    /// Whether the device mixes streams itself.
    #[doc(alias = "IAudioClient2::IsOffloadCapable")]
    pub fn is_offload_capable(&self) -> bool {
        self.device.profile().can_offload
    }

    /// The render client.
    ///
    /// # Errors
    /// `NOT_INITIALIZED`, `DEVICE_INVALIDATED`, `WRONG_ENDPOINT_TYPE` if the stream records.
    #[doc(alias = "IAudioClient::GetService")]
    pub fn render_client(&self) -> Result<RenderClient<C>, HResult> {
        let stream = self.stream()?;
        if matches!(stream.path, Path::Capture(_)) {
            return Err(HResult::WRONG_ENDPOINT_TYPE);
        }
        Ok(RenderClient(stream))
    }

    /// The capture client.
    ///
    /// # Errors
    /// `NOT_INITIALIZED`, `DEVICE_INVALIDATED`, `WRONG_ENDPOINT_TYPE` if the stream plays.
    #[doc(alias = "IAudioClient::GetService")]
    pub fn capture_client(&self) -> Result<CaptureClient<C>, HResult> {
        let stream = self.stream()?;
        if !matches!(stream.path, Path::Capture(_)) {
            return Err(HResult::WRONG_ENDPOINT_TYPE);
        }
        Ok(CaptureClient(stream))
    }

    /// The clock.
    ///
    /// # Errors
    /// `NOT_INITIALIZED`, `DEVICE_INVALIDATED`.
    #[doc(alias = "IAudioClient::GetService")]
    pub fn audio_clock(&self) -> Result<AudioClock<C>, HResult> {
        Ok(AudioClock(self.stream()?))
    }

    /// The levels of the channels of the stream.
    ///
    /// # Errors
    /// `NOT_INITIALIZED`, `DEVICE_INVALIDATED`.
    #[doc(alias = "IAudioClient::GetService")]
    pub fn audio_stream_volume(&self) -> Result<AudioStreamVolume<C>, HResult> {
        Ok(AudioStreamVolume(self.stream()?))
    }

    /// The levels of the channels of the session.
    ///
    /// # Errors
    /// `NOT_INITIALIZED`, `DEVICE_INVALIDATED`.
    #[doc(alias = "IAudioClient::GetService")]
    pub fn channel_audio_volume(&self) -> Result<ChannelAudioVolume<C>, HResult> {
        Ok(ChannelAudioVolume(self.stream()?))
    }

    /// Level and mute of the session.
    ///
    /// # Errors
    /// `NOT_INITIALIZED`, `DEVICE_INVALIDATED`.
    #[doc(alias = "IAudioClient::GetService")]
    pub fn simple_audio_volume(&self) -> Result<SimpleAudioVolume<C>, HResult> {
        Ok(SimpleAudioVolume(self.stream()?))
    }

    /// The session.
    ///
    /// # Errors
    /// `NOT_INITIALIZED`, `DEVICE_INVALIDATED`.
    #[doc(alias = "IAudioClient::GetService")]
    pub fn audio_session_control(&self) -> Result<AudioSessionControl<C>, HResult> {
        Ok(AudioSessionControl(self.stream()?))
    }
}
