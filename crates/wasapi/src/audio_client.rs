//! The audio client of a shared stream, and the services of the stream.

use engine::{CaptureEndpoint, Endpoint, Volume};
use units::{Frames, HResult};
use vtime::{EventHandle, Fork, Forker};

use crate::buffer_minimum::BufferMinimum;
use crate::capture_client::CaptureClient;
use crate::com::{EndpointProfile, InitializeRequest, Standing, Usage, initialize, stream_flags};
use crate::line::{AnyEndpoint, Line};
use crate::render_client::RenderClient;
use crate::stream_core::{StreamCore, StreamKind};

/// A client object: at most one shared stream for its whole life.
///
/// # Source
/// `audioclient/nn-audioclient-iaudioclient.md`; the order of checks and what a measured Windows
/// answers where the pages differ from it: `docs/rules/wasapi.md`.
#[derive(Debug)]
#[doc(alias = "IAudioClient")]
pub struct AudioClient {
    endpoint: AnyEndpoint,
    minimum: BufferMinimum,
    line: Option<Line>,
}

impl AudioClient {
    /// A client of `endpoint`, without a stream.
    pub const fn new(endpoint: Endpoint, minimum: BufferMinimum) -> Self {
        Self::of(AnyEndpoint::Render(endpoint), minimum)
    }

    /// A client of an endpoint that records, without a stream.
    pub const fn recording(endpoint: CaptureEndpoint, minimum: BufferMinimum) -> Self {
        Self::of(AnyEndpoint::Capture(endpoint), minimum)
    }

    const fn of(endpoint: AnyEndpoint, minimum: BufferMinimum) -> Self {
        Self {
            endpoint,
            minimum,
            line: None,
        }
    }

    /// Opens the stream, stopped and empty.
    ///
    /// # Errors
    /// The first fault in the order of [`initialize`]; `UNSUPPORTED_FORMAT` for an exclusive stream,
    /// which this object has none of.
    pub fn initialize(&mut self, request: InitializeRequest) -> Result<(), HResult> {
        let standing = Standing {
            flow: self.endpoint.flow(),
            mix: self.endpoint.mix_format(),
            period: self.endpoint.period(),
            is_initialized: self.line.is_some(),
            lost: None,
            wants_offload: false,
            usage: Usage::None,
        };
        let profile = EndpointProfile {
            minimum: self.minimum,
            ..EndpointProfile::hd_audio(Vec::new())
        };
        let granted = initialize(&profile, &standing, &request).map_err(|refusal| refusal.code)?;
        if request.flags & stream_flags::LOOPBACK != 0 {
            return Err(HResult::ENDPOINT_CREATE_FAILED);
        }
        let is_event_driven = request.flags & stream_flags::EVENT_CALLBACK != 0;
        let core = StreamCore::new(StreamKind::Shared, granted.frames, is_event_driven);
        self.line = Some(self.endpoint.open(request.format, core));
        Ok(())
    }

    /// Frames of the whole buffer.
    ///
    /// # Errors
    /// `NOT_INITIALIZED` without a stream.
    #[doc(alias = "GetBufferSize")]
    pub fn buffer_size(&self) -> Result<Frames, HResult> {
        Ok(self.line()?.core().frames())
    }

    /// Frames released and not yet taken by a pass; of a stream that records, all frames that are
    /// queued.
    ///
    /// # Errors
    /// `NOT_INITIALIZED` without a stream.
    #[doc(alias = "GetCurrentPadding")]
    pub fn current_padding(&self) -> Result<Frames, HResult> {
        Ok(self.line()?.padding())
    }

    /// Has `event` signalled after each pass.
    ///
    /// # Errors
    /// `NOT_INITIALIZED` without a stream, `EVENTHANDLE_NOT_EXPECTED` if it is not event-driven,
    /// `INVALIDARG` if it has its event.
    #[doc(alias = "SetEventHandle")]
    pub fn set_event_handle(&mut self, event: EventHandle) -> Result<(), HResult> {
        let line = self.line_mut()?;
        line.core_mut().set_event_handle()?;
        line.set_event(event);
        Ok(())
    }

    /// Lets passes take frames, or bring them. An empty buffer is legal, and starves.
    ///
    /// # Errors
    /// `NOT_INITIALIZED` without a stream, `NOT_STOPPED` while it runs, `EVENTHANDLE_NOT_SET` if it
    /// is event-driven and has no event.
    pub fn start(&mut self) -> Result<(), HResult> {
        let line = self.line.as_mut().ok_or(HResult::NOT_INITIALIZED)?;
        line.core_mut().start()?;
        self.endpoint.start(line);
        Ok(())
    }

    /// Stops taking frames, or bringing them; what is queued stays. `FALSE` if it was stopped.
    ///
    /// # Errors
    /// `NOT_INITIALIZED` without a stream.
    pub fn stop(&mut self) -> Result<HResult, HResult> {
        let line = self.line_mut()?;
        let stopped = line.core_mut().stop();
        if stopped == HResult::OK {
            line.stop();
        }
        Ok(stopped)
    }

    /// Empties the buffer of a stopped stream.
    ///
    /// # Errors
    /// `NOT_INITIALIZED` without a stream, `NOT_STOPPED` while it runs,
    /// `BUFFER_OPERATION_PENDING` while a packet is held.
    pub fn reset(&mut self) -> Result<(), HResult> {
        let line = self.line_mut()?;
        line.core_mut().reset()?;
        line.reset();
        Ok(())
    }

    /// The render client of the stream.
    ///
    /// # Errors
    /// `NOT_INITIALIZED` without a stream, `WRONG_ENDPOINT_TYPE` if it records.
    #[doc(alias = "IAudioRenderClient")]
    #[doc(alias = "GetService")]
    pub fn render_client(&mut self) -> Result<&mut RenderClient, HResult> {
        match &mut self.line {
            Some(Line::Render { client, .. }) => Ok(client),
            Some(Line::Capture { .. }) => Err(HResult::WRONG_ENDPOINT_TYPE),
            None => Err(HResult::NOT_INITIALIZED),
        }
    }

    /// The capture client of the stream.
    ///
    /// # Errors
    /// `NOT_INITIALIZED` without a stream, `WRONG_ENDPOINT_TYPE` if it plays.
    #[doc(alias = "IAudioCaptureClient")]
    #[doc(alias = "GetService")]
    pub fn capture_client(&mut self) -> Result<&mut CaptureClient, HResult> {
        match &mut self.line {
            Some(Line::Capture { client, .. }) => Ok(client),
            Some(Line::Render { .. }) => Err(HResult::WRONG_ENDPOINT_TYPE),
            None => Err(HResult::NOT_INITIALIZED),
        }
    }

    /// Sets how loud the stream is mixed.
    ///
    /// # Errors
    /// `NOT_INITIALIZED` without a stream, `WRONG_ENDPOINT_TYPE` if it records.
    pub fn set_volume(&mut self, volume: Volume) -> Result<(), HResult> {
        self.render_client()?.set_volume(volume);
        Ok(())
    }

    /// Has the engine note in the history where it mixes what: see [`engine::MIXED`].
    pub(crate) fn trace(&mut self) -> Result<(), HResult> {
        self.render_client()?.trace();
        Ok(())
    }

    /// True between start and stop.
    pub fn is_running(&self) -> bool {
        self.line().is_ok_and(|line| line.core().is_running())
    }

    fn line(&self) -> Result<&Line, HResult> {
        self.line.as_ref().ok_or(HResult::NOT_INITIALIZED)
    }

    fn line_mut(&mut self) -> Result<&mut Line, HResult> {
        self.line.as_mut().ok_or(HResult::NOT_INITIALIZED)
    }
}

impl Fork for AudioClient {
    fn fork(&self, forker: &mut Forker) -> Self {
        Self {
            endpoint: self.endpoint.fork(forker),
            minimum: self.minimum,
            line: self.line.as_ref().map(|line| line.fork(forker)),
        }
    }
}

#[cfg(test)]
mod tests;
