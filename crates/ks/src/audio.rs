//! What can be asked of any audio pin beside its place in the buffer.

use units::{Bytes, Hns};

use crate::request::{Position, Property};

/// A request of the set [`KSPROPSETID_AUDIO`](crate::KSPROPSETID_AUDIO) other than
/// [`PinRequest::Position`](crate::PinRequest::Position).
///
/// # Source
/// `audio/kspropsetid-audio.md` and the page of each property.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AudioRequest {
    /// Play from here on. Nobody on WaveRT grants it.
    #[doc(alias = "KSPROPERTY_AUDIO_POSITION")]
    SetPosition(Position),
    /// Where does the device play, and between which readings of the counter was that so?
    #[doc(alias = "KSPROPERTY_AUDIO_POSITIONEX")]
    PositionEx,
    /// Which frame of an offloaded stream is heard now?
    #[doc(alias = "KSPROPERTY_AUDIO_PRESENTATION_POSITION")]
    PresentationPosition,
    /// How many bytes were fetched since the stream began?
    #[doc(alias = "KSPROPERTY_AUDIO_LINEAR_BUFFER_POSITION")]
    LinearBufferPosition,
    /// The buffer of an offloaded stream is valid up to here.
    #[doc(alias = "KSPROPERTY_AUDIO_WAVERT_CURRENT_WRITE_POSITION")]
    SetCurrentWritePosition(Bytes),
    /// The buffer is valid up to here, and nothing follows.
    #[doc(alias = "KSPROPERTY_AUDIO_WAVERT_CURRENT_WRITE_LASTBUFFER_POSITION")]
    SetLastBufferPosition(Bytes),
    /// Does the device know the last buffer of a stream? The basic-support query.
    #[doc(alias = "KSPROPERTY_AUDIO_WAVERT_CURRENT_WRITE_LASTBUFFER_POSITION")]
    LastBufferSupport,
    /// How late is the node? Filters that cancel echoes know it.
    #[doc(alias = "KSPROPERTY_AUDIO_LATENCY")]
    Latency,
}

/// Places in the cyclic buffer, and two readings of the counter that it was read between.
///
/// # Source
/// `ksmedia/ns-ksmedia-ksaudio_positionex.md`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[doc(alias = "KSAUDIO_POSITIONEX")]
pub struct PositionEx {
    /// Ticks of the counter per second.
    #[doc(alias = "TimerFrequency")]
    pub timer_frequency: u64,
    /// The counter before the position was read.
    #[doc(alias = "TimeStamp1")]
    pub before: Hns,
    /// The places.
    #[doc(alias = "Position")]
    pub position: Position,
    /// The counter after the position was read.
    #[doc(alias = "TimeStamp2")]
    pub after: Hns,
}

impl AudioRequest {
    /// The identifier that `ksmedia.h` gives the property, with the verb if something is set.
    pub(crate) const fn identifier(self) -> u32 {
        match self {
            Self::SetPosition(_) => 0x05 | Property::SET,
            Self::PositionEx => 0x32,
            Self::PresentationPosition => 0x34,
            Self::SetCurrentWritePosition(_) => 0x35 | Property::SET,
            Self::LinearBufferPosition => 0x36,
            Self::SetLastBufferPosition(_) => 0x38 | Property::SET,
            Self::LastBufferSupport => 0x38,
            Self::Latency => 0x01,
        }
    }
}

vtime::fork_by_clone!(AudioRequest, PositionEx);
