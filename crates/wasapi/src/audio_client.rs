//! The audio client of a shared stream, and the services of the stream.

use engine::{CaptureEndpoint, Endpoint, Volume};
use units::{Frames, HResult, Hns, WaveFormat};
use vtime::{EventHandle, Fork, Forker};

use crate::capture_client::CaptureClient;
use crate::duration::frames_of;
use crate::line::{AnyEndpoint, Line};
use crate::render_client::RenderClient;

/// Flags of [`Initialize`].
///
/// # Source
/// `CoreAudio/audclnt-streamflags-xxx-constants.md`.
pub mod stream_flags {
    /// Several processes share the session.
    #[doc(alias = "AUDCLNT_STREAMFLAGS_CROSSPROCESS")]
    pub const CROSS_PROCESS: u32 = 0x0001_0000;
    /// The engine signals the client's event after each pass.
    #[doc(alias = "AUDCLNT_STREAMFLAGS_EVENTCALLBACK")]
    pub const EVENT_CALLBACK: u32 = 0x0004_0000;
    /// Volumes are not kept.
    #[doc(alias = "AUDCLNT_STREAMFLAGS_NOPERSIST")]
    pub const NO_PERSIST: u32 = 0x0008_0000;
    /// The rate can be adjusted.
    #[doc(alias = "AUDCLNT_STREAMFLAGS_RATEADJUST")]
    pub const RATE_ADJUST: u32 = 0x0010_0000;
    /// The better converter.
    #[doc(alias = "AUDCLNT_STREAMFLAGS_SRC_DEFAULT_QUALITY")]
    pub const DEFAULT_QUALITY: u32 = 0x0800_0000;
    /// Any PCM format is converted.
    #[doc(alias = "AUDCLNT_STREAMFLAGS_AUTOCONVERTPCM")]
    pub const AUTO_CONVERT_PCM: u32 = 0x8000_0000;
    /// All of them, and the three session flags that share the word.
    pub const ALL: u32 = CROSS_PROCESS
        | EVENT_CALLBACK
        | NO_PERSIST
        | RATE_ADJUST
        | DEFAULT_QUALITY
        | AUTO_CONVERT_PCM
        | 0x7000_0000;
}

/// The smallest endpoint buffer that a shared stream gets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum BufferMinimum {
    /// Two periods and 2 ms, as measured on Windows.
    #[default]
    TwoPeriodsAndTwoMs,
    /// So many periods, at least one.
    Periods(u32),
}

impl BufferMinimum {
    /// The minimum at an engine with this period and mix format.
    pub fn frames(self, period: Frames, mix: WaveFormat) -> Frames {
        match self {
            Self::TwoPeriodsAndTwoMs => {
                Frames::new(2 * period.get()) + frames_of(Hns::new(20_000), mix.rate)
            }
            Self::Periods(periods) => Frames::new(period.get() * u64::from(periods.max(1))),
        }
    }
}

/// What a shared stream is asked to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Initialize {
    /// See [`stream_flags`].
    pub flags: u32,
    /// The buffer asked for; 0 for the minimum.
    pub duration: Hns,
    /// Ignored in shared mode, whatever it is.
    pub periodicity: Hns,
    /// What the client releases, or gets.
    pub format: WaveFormat,
}

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
    opened: Option<Opened>,
}

/// What a client has once it was initialised.
#[derive(Debug)]
struct Opened {
    line: Line,
    is_event_driven: bool,
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
            opened: None,
        }
    }

    /// Opens the stream, stopped and empty.
    ///
    /// # Errors
    /// `ALREADY_INITIALIZED` the second time, `INVALIDARG` for an unknown flag,
    /// `UNSUPPORTED_FORMAT` for a rate that is not the mix format's, or a number of channels that
    /// is not, without `AUTO_CONVERT_PCM`.
    pub fn initialize(&mut self, request: Initialize) -> Result<(), HResult> {
        if self.opened.is_some() {
            return Err(HResult::ALREADY_INITIALIZED);
        }
        if request.flags & !stream_flags::ALL != 0 {
            return Err(HResult::INVALIDARG);
        }
        let mix = self.endpoint.mix_format();
        let converts = request.flags & stream_flags::AUTO_CONVERT_PCM != 0;
        let is_mapped = converts || request.format.channels == mix.channels;
        if request.format.rate != mix.rate || !is_mapped {
            return Err(HResult::UNSUPPORTED_FORMAT);
        }
        let minimum = self.minimum.frames(self.endpoint.period(), mix);
        let frames = frames_of(request.duration, mix.rate).max(minimum);
        self.opened = Some(Opened {
            line: self.endpoint.open(request.format, frames),
            is_event_driven: request.flags & stream_flags::EVENT_CALLBACK != 0,
        });
        Ok(())
    }

    /// Frames of the whole buffer.
    ///
    /// # Errors
    /// `NOT_INITIALIZED` without a stream.
    #[doc(alias = "GetBufferSize")]
    pub fn buffer_size(&self) -> Result<Frames, HResult> {
        Ok(self.opened()?.line.frames())
    }

    /// Frames released and not yet taken by a pass; of a stream that records, all frames that are
    /// queued.
    ///
    /// # Errors
    /// `NOT_INITIALIZED` without a stream.
    #[doc(alias = "GetCurrentPadding")]
    pub fn current_padding(&self) -> Result<Frames, HResult> {
        Ok(self.opened()?.line.padding())
    }

    /// Has `event` signalled after each pass.
    ///
    /// # Errors
    /// `NOT_INITIALIZED` without a stream, `EVENTHANDLE_NOT_EXPECTED` if it is not event-driven,
    /// `INVALIDARG` if it has its event.
    #[doc(alias = "SetEventHandle")]
    pub fn set_event_handle(&mut self, event: EventHandle) -> Result<(), HResult> {
        let opened = self.opened()?;
        if !opened.is_event_driven {
            return Err(HResult::EVENTHANDLE_NOT_EXPECTED);
        }
        if opened.line.has_event() {
            return Err(HResult::INVALIDARG);
        }
        opened.line.set_event(event);
        Ok(())
    }

    /// Lets passes take frames, or bring them. An empty buffer is legal, and starves.
    ///
    /// # Errors
    /// `NOT_INITIALIZED` without a stream, `NOT_STOPPED` while it runs, `EVENTHANDLE_NOT_SET` if it
    /// is event-driven and has no event.
    pub fn start(&mut self) -> Result<(), HResult> {
        let opened = self.opened()?;
        if opened.line.is_running() {
            return Err(HResult::NOT_STOPPED);
        }
        if opened.is_event_driven && !opened.line.has_event() {
            return Err(HResult::EVENTHANDLE_NOT_SET);
        }
        self.endpoint.start(&opened.line);
        Ok(())
    }

    /// Stops taking frames, or bringing them; what is queued stays. `FALSE` if it was stopped.
    ///
    /// # Errors
    /// `NOT_INITIALIZED` without a stream.
    pub fn stop(&mut self) -> Result<HResult, HResult> {
        let line = &self.opened()?.line;
        if !line.is_running() {
            return Ok(HResult::FALSE);
        }
        line.stop();
        Ok(HResult::OK)
    }

    /// Empties the buffer of a stopped stream.
    ///
    /// # Errors
    /// `NOT_INITIALIZED` without a stream, `NOT_STOPPED` while it runs,
    /// `BUFFER_OPERATION_PENDING` while a packet is held.
    pub fn reset(&mut self) -> Result<(), HResult> {
        let line = &self.opened()?.line;
        if line.is_running() {
            return Err(HResult::NOT_STOPPED);
        }
        if line.is_holding() {
            return Err(HResult::BUFFER_OPERATION_PENDING);
        }
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
        match self.opened.as_mut().map(|opened| &mut opened.line) {
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
        match self.opened.as_mut().map(|opened| &mut opened.line) {
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
        self.opened
            .as_ref()
            .is_some_and(|opened| opened.line.is_running())
    }

    fn opened(&self) -> Result<&Opened, HResult> {
        self.opened.as_ref().ok_or(HResult::NOT_INITIALIZED)
    }
}

impl Fork for AudioClient {
    fn fork(&self, forker: &mut Forker) -> Self {
        Self {
            endpoint: self.endpoint.fork(forker),
            minimum: self.minimum,
            opened: self.opened.as_ref().map(|opened| Opened {
                line: opened.line.fork(forker),
                is_event_driven: opened.is_event_driven,
            }),
        }
    }
}

#[cfg(test)]
mod tests;
