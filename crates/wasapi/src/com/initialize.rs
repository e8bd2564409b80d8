//! What becomes of a request for a stream: the checks of `Initialize` in their order.

use units::{Frames, HResult, Hns, WaveFormat};

use super::device::DataFlow;
use super::profile::EndpointProfile;
use crate::duration::frames_of;
use crate::exclusive_buffer::ExclusiveRequest;

/// Flags of `Initialize`.
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
    /// Records what the endpoint plays.
    #[doc(alias = "AUDCLNT_STREAMFLAGS_LOOPBACK")]
    pub const LOOPBACK: u32 = 0x0002_0000;
    /// The session flags, which share the word.
    pub const SESSION: u32 = 0x7000_0000;
    /// All of them.
    pub const ALL: u32 = CROSS_PROCESS
        | EVENT_CALLBACK
        | NO_PERSIST
        | RATE_ADJUST
        | DEFAULT_QUALITY
        | AUTO_CONVERT_PCM
        | LOOPBACK
        | SESSION;
}

/// Whether a stream shares its endpoint. Any number can be asked for.
///
/// # Source
/// `coreaudio/audiosessiontypes/ne-audiosessiontypes-audclnt_sharemode.md`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[doc(alias = "AUDCLNT_SHAREMODE")]
pub struct ShareMode(pub u32);

impl ShareMode {
    /// With the engine and everybody else.
    #[doc(alias = "AUDCLNT_SHAREMODE_SHARED")]
    pub const SHARED: Self = Self(0);
    /// With nobody.
    #[doc(alias = "AUDCLNT_SHAREMODE_EXCLUSIVE")]
    pub const EXCLUSIVE: Self = Self(1);

    const fn is_known(self) -> bool {
        self.0 <= 1
    }
}

/// What a stream is asked to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InitializeRequest {
    /// Shared or exclusive.
    pub mode: ShareMode,
    /// See [`stream_flags`].
    pub flags: u32,
    /// The buffer asked for.
    pub duration: Hns,
    /// The period asked for; ignored in shared mode.
    pub periodicity: Hns,
    /// What a frame is to the client.
    pub format: WaveFormat,
}

/// Who has the endpoint.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Usage {
    /// Nobody.
    #[default]
    None,
    /// At least one shared stream is open, running or not.
    Shared,
    /// An exclusive stream is open, running or not.
    Exclusive,
}

/// How client and endpoint stand when a stream is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Which way the endpoint goes.
    pub flow: DataFlow,
    /// What the engine mixes.
    pub mix: WaveFormat,
    /// The period of the engine.
    pub period: Frames,
    /// The client has its stream.
    pub is_initialized: bool,
    /// Why nothing can be opened any more.
    pub lost: Option<HResult>,
    /// The client has asked for offload.
    pub wants_offload: bool,
    /// Who has the endpoint.
    pub usage: Usage,
}

/// What is granted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Granted {
    /// The size of the buffer, or of one of the two of an exclusive event-driven stream.
    pub frames: Frames,
    /// The shared streams of the endpoint lose it.
    pub preempts: bool,
}

/// Why no stream is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// What `Initialize` answers.
    pub code: HResult,
    /// What `GetBufferSize` answers from now on, if that was the fault.
    pub next_size: Option<Frames>,
}

impl From<HResult> for Refusal {
    fn from(code: HResult) -> Self {
        Self {
            code,
            next_size: None,
        }
    }
}

/// What `IsFormatSupported` found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Support {
    /// `S_OK`.
    Exact,
    /// `S_FALSE`, and the format to take instead.
    Closest(WaveFormat),
}

/// Whether `format` can be had.
///
/// # Errors
/// `INVALIDARG` for an unknown mode, `UNSUPPORTED_FORMAT` if an exclusive stream cannot have it.
///
/// # Source
/// `audioclient/nf-audioclient-iaudioclient-isformatsupported.md`.
pub fn is_format_supported(
    profile: &EndpointProfile,
    mix: WaveFormat,
    mode: ShareMode,
    format: WaveFormat,
) -> Result<Support, HResult> {
    match mode {
        ShareMode::SHARED if (format.rate, format.channels) == (mix.rate, mix.channels) => {
            Ok(Support::Exact)
        }
        ShareMode::SHARED => Ok(Support::Closest(mix)),
        ShareMode::EXCLUSIVE if profile.exclusive_formats.contains(&format) => Ok(Support::Exact),
        ShareMode::EXCLUSIVE => Err(HResult::UNSUPPORTED_FORMAT),
        _ => Err(HResult::INVALIDARG),
    }
}

/// What becomes of `request`: the first fault there is, or a buffer.
///
/// # Errors
/// [`Refusal`].
///
/// # Source
/// `audioclient/nf-audioclient-iaudioclient-initialize.md`, `CoreAudio/exclusive-mode-streams.md`.
/// Model: the order, where the pages leave it open; see `decision 0066`.
pub fn initialize(
    profile: &EndpointProfile,
    standing: &Standing,
    request: &InitializeRequest,
) -> Result<Granted, Refusal> {
    let is_exclusive = request.mode == ShareMode::EXCLUSIVE;
    call(standing, request)?;
    if standing.wants_offload && request.flags & stream_flags::EVENT_CALLBACK == 0 {
        return Err(HResult::INVALIDARG.into());
    }
    let frames = if is_exclusive {
        exclusive(profile, standing.mix, request)?
    } else {
        shared(profile, standing, request)?
    };
    let preempts = arbitrate(profile, standing.usage, is_exclusive)?;
    Ok(Granted { frames, preempts })
}

/// What is wrong whatever is asked for, and what no endpoint of this flow can do.
fn call(standing: &Standing, request: &InitializeRequest) -> Result<(), HResult> {
    let is_exclusive = request.mode == ShareMode::EXCLUSIVE;
    let shared_only = stream_flags::LOOPBACK | stream_flags::CROSS_PROCESS;
    if !request.mode.is_known() {
        return Err(HResult::INVALIDARG);
    }
    if standing.is_initialized {
        return Err(HResult::ALREADY_INITIALIZED);
    }
    if request.flags & !stream_flags::ALL != 0 || is_exclusive && request.flags & shared_only != 0 {
        return Err(HResult::INVALIDARG);
    }
    if request.flags & stream_flags::LOOPBACK != 0 && standing.flow == DataFlow::Capture {
        return Err(HResult::WRONG_ENDPOINT_TYPE);
    }
    standing.lost.map_or(Ok(()), Err)
}

fn shared(
    profile: &EndpointProfile,
    standing: &Standing,
    request: &InitializeRequest,
) -> Result<Frames, HResult> {
    let (mix, format) = (standing.mix, request.format);
    // The engine maps channels and does not change rates.
    let converts = request.flags & stream_flags::AUTO_CONVERT_PCM != 0;
    if format.rate != mix.rate || format.channels != mix.channels && !converts {
        return Err(HResult::UNSUPPORTED_FORMAT);
    }
    let minimum = profile.minimum.frames(standing.period, mix);
    Ok(frames_of(request.duration, mix.rate).max(minimum))
}

fn exclusive(
    profile: &EndpointProfile,
    mix: WaveFormat,
    request: &InitializeRequest,
) -> Result<Frames, Refusal> {
    if !profile.is_exclusive_allowed {
        return Err(HResult::EXCLUSIVE_MODE_NOT_ALLOWED.into());
    }
    let asked = ExclusiveRequest {
        format: request.format,
        duration: request.duration,
        periodicity: request.periodicity,
        is_event_driven: request.flags & stream_flags::EVENT_CALLBACK != 0,
    };
    profile.exclusive.check(asked)?;
    is_format_supported(profile, mix, ShareMode::EXCLUSIVE, request.format)?;
    profile
        .exclusive
        .initialize(asked)
        .map_err(|refusal| Refusal {
            code: refusal.code,
            next_size: refusal.buffer_size,
        })
}

/// Who gets the endpoint; true if those who share it lose it.
fn arbitrate(profile: &EndpointProfile, usage: Usage, is_exclusive: bool) -> Result<bool, HResult> {
    match (usage, is_exclusive) {
        (Usage::Exclusive, _) => Err(HResult::DEVICE_IN_USE),
        (Usage::Shared, true) if !profile.has_exclusive_priority => Err(HResult::DEVICE_IN_USE),
        (usage, is_exclusive) => Ok(is_exclusive && usage == Usage::Shared),
    }
}
