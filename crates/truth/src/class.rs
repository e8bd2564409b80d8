//! What a frame that left the speaker was.

use ring::{Kind, Whose};

/// What a frame that left the speaker was. Every frame has exactly one class.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// What was meant for this frame.
    Fresh,
    /// Meant for an earlier frame: the place holds what an earlier revolution left there.
    Stale,
    /// Meant for a later frame: overwritten before it was read.
    Ahead,
    /// Left in the buffer by an earlier run or another stream.
    Foreign,
    /// Never written since the buffer was made.
    Uninit,
    /// Silence of device or driver in place of data.
    ZeroFill,
    /// Silence of the engine in place of a client's data.
    EngineSilence,
    /// Silence behind the declared end of the stream.
    EosPad,
    /// Silence on purpose.
    Muted,
}

/// Classes of which one glitch can be made: what is told apart by ear and by cause.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Family {
    /// The device had nothing new in its buffer.
    Device,
    /// The writer was too early.
    Writer,
    /// The engine had nothing new of a client.
    Client,
}

impl Class {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Fresh,
        Self::Stale,
        Self::Ahead,
        Self::Foreign,
        Self::Uninit,
        Self::ZeroFill,
        Self::EngineSilence,
        Self::EosPad,
        Self::Muted,
    ];

    /// The class of device frame `frame` of run `run`, whose content is `whose`.
    ///
    /// Model: a frame is as intended if its writer meant it for this device frame. A place that is
    /// heard again is stale also where it holds silence of the engine; padding and clearing belong
    /// to no frame and are what they are whenever they are heard.
    pub fn of(run: u32, frame: u64, whose: Option<Whose>) -> Self {
        let Some(whose) = whose else {
            return Self::Uninit;
        };
        if whose.run != run {
            return Self::Foreign;
        }
        match whose.kind {
            Kind::EosPad => return Self::EosPad,
            Kind::ZeroFill => return Self::ZeroFill,
            Kind::Audio | Kind::EngineSilence | Kind::Muted => {}
        }
        match (whose.intended.cmp(&frame), whose.kind) {
            (std::cmp::Ordering::Less, _) => Self::Stale,
            (std::cmp::Ordering::Greater, _) => Self::Ahead,
            (std::cmp::Ordering::Equal, Kind::EngineSilence) => Self::EngineSilence,
            (std::cmp::Ordering::Equal, Kind::Muted) => Self::Muted,
            (std::cmp::Ordering::Equal, _) => Self::Fresh,
        }
    }

    /// The name in reports and results.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Fresh => "fresh",
            Self::Stale => "stale",
            Self::Ahead => "ahead",
            Self::Foreign => "foreign",
            Self::Uninit => "uninit",
            Self::ZeroFill => "zero_fill",
            Self::EngineSilence => "engine_silence",
            Self::EosPad => "eos_pad",
            Self::Muted => "muted",
        }
    }

    /// Which glitch it can be part of; none for what is as it should be.
    pub(crate) const fn family(self) -> Option<Family> {
        match self {
            Self::Fresh | Self::EosPad | Self::Muted => None,
            Self::Stale | Self::Foreign | Self::Uninit | Self::ZeroFill => Some(Family::Device),
            Self::Ahead => Some(Family::Writer),
            Self::EngineSilence => Some(Family::Client),
        }
    }
}
