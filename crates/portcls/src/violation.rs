//! What port and miniport must keep to when they call each other, and who did not.

use std::fmt;

use units::SimTime;

/// At what level a processor runs.
///
/// # Source
/// `portcls/nf-portcls-iminiportwavertstream-getposition.md`, "Requirements", and the like of each
/// call.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[doc(alias = "KIRQL")]
pub enum Irql {
    /// Threads: everything may be called.
    #[default]
    #[doc(alias = "PASSIVE_LEVEL")]
    Passive,
    /// DPCs: nothing may wait or touch memory that can be paged out.
    #[doc(alias = "DISPATCH_LEVEL")]
    Dispatch,
    /// Interrupt service routines.
    #[doc(alias = "DIRQL")]
    Device,
}

/// A call between port and miniport, as the headers name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "each is the method of that name")]
pub enum Call {
    NewStream,
    SetFormat,
    SetState,
    GetPosition,
    AllocateAudioBuffer,
    FreeAudioBuffer,
    GetHwLatency,
    GetPositionRegister,
    GetClockRegister,
    AllocateBufferWithNotification,
    FreeBufferWithNotification,
    RegisterNotificationEvent,
    UnregisterNotificationEvent,
    SetWritePacket,
    GetPacketCount,
    GetOutputStreamPresentationPosition,
    GetReadPacket,
    SetContentId,
    AudioEngineNode,
    AllocatePagesForMdl,
    AllocateContiguousPagesForMdl,
    MapAllocatedPages,
    UnmapAllocatedPages,
    FreePagesFromMdl,
    Release,
}

/// A rule between port and miniport.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rule {
    /// A call came at a higher level than it may.
    IrqlTooHigh,
    /// `SetState` led to a state that is no neighbour.
    SkippedState,
    /// `SetState` failed on the way down.
    DownwardFailed,
    /// A stream was called after its port had let go of it.
    CallAfterRelease,
    /// A buffer was freed by the interface that did not make it.
    FreedByTheOther,
    /// A buffer was freed that was not there.
    FreedTwice,
    /// A buffer was freed while the stream was not in Stop.
    FreedBeforeStop,
    /// A second buffer was made beside the first.
    SecondBuffer,
    /// Pages were used that the port had not given to this stream.
    ForeignPages,
    /// Pages were given back while they were mapped.
    FreedWhileMapped,
    /// A mapping was taken back that was not there.
    NotMapped,
    /// A stream was let go of and had pages left.
    PagesLeft,
    /// A stream was let go of and had events left: clients unregister them.
    EventsLeft,
    /// A buffer is not a whole number of frames in each of its packets, or empty.
    UnevenBuffer,
    /// A buffer goes beyond its pages.
    BeyondPages,
    /// A position is not within the buffer.
    PositionOutside,
    /// Something is not 0 in Stop.
    NotReset,
    /// Something that only rises went back.
    WentBack,
    /// A register that is neither 32 nor 64 bits wide, or has no accuracy.
    BadRegister,
    /// Flags that mean nothing are not 0.
    UnknownFlags,
    /// A stream was made while the device was not in D0.
    NewStreamWithoutPower,
}

/// A rule that was broken: when, in which call, and at what level.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Violation {
    /// When.
    pub at: SimTime,
    /// Which rule.
    pub rule: Rule,
    /// The call in which it was found.
    pub call: Call,
    /// The level that it came at.
    pub irql: Irql,
}

impl Irql {
    /// What the headers call it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Passive => "PASSIVE_LEVEL",
            Self::Dispatch => "DISPATCH_LEVEL",
            Self::Device => "DIRQL",
        }
    }
}

impl Call {
    /// All of them, in the order of their numbers in a history.
    pub const ALL: [Self; 25] = [
        Self::NewStream,
        Self::SetFormat,
        Self::SetState,
        Self::GetPosition,
        Self::AllocateAudioBuffer,
        Self::FreeAudioBuffer,
        Self::GetHwLatency,
        Self::GetPositionRegister,
        Self::GetClockRegister,
        Self::AllocateBufferWithNotification,
        Self::FreeBufferWithNotification,
        Self::RegisterNotificationEvent,
        Self::UnregisterNotificationEvent,
        Self::SetWritePacket,
        Self::GetPacketCount,
        Self::GetOutputStreamPresentationPosition,
        Self::GetReadPacket,
        Self::SetContentId,
        Self::AudioEngineNode,
        Self::AllocatePagesForMdl,
        Self::AllocateContiguousPagesForMdl,
        Self::MapAllocatedPages,
        Self::UnmapAllocatedPages,
        Self::FreePagesFromMdl,
        Self::Release,
    ];

    /// The method, with its interface.
    pub const fn name(self) -> &'static str {
        match self {
            Self::NewStream => "IMiniportWaveRT::NewStream",
            Self::SetFormat => "IMiniportWaveRTStream::SetFormat",
            Self::SetState => "IMiniportWaveRTStream::SetState",
            Self::GetPosition => "IMiniportWaveRTStream::GetPosition",
            Self::AllocateAudioBuffer => "IMiniportWaveRTStream::AllocateAudioBuffer",
            Self::FreeAudioBuffer => "IMiniportWaveRTStream::FreeAudioBuffer",
            Self::GetHwLatency => "IMiniportWaveRTStream::GetHWLatency",
            Self::GetPositionRegister => "IMiniportWaveRTStream::GetPositionRegister",
            Self::GetClockRegister => "IMiniportWaveRTStream::GetClockRegister",
            Self::AllocateBufferWithNotification => {
                "IMiniportWaveRTStreamNotification::AllocateBufferWithNotification"
            }
            Self::FreeBufferWithNotification => {
                "IMiniportWaveRTStreamNotification::FreeBufferWithNotification"
            }
            Self::RegisterNotificationEvent => {
                "IMiniportWaveRTStreamNotification::RegisterNotificationEvent"
            }
            Self::UnregisterNotificationEvent => {
                "IMiniportWaveRTStreamNotification::UnregisterNotificationEvent"
            }
            Self::SetWritePacket => "IMiniportWaveRTOutputStream::SetWritePacket",
            Self::GetPacketCount => "IMiniportWaveRTOutputStream::GetPacketCount",
            Self::GetOutputStreamPresentationPosition => {
                "IMiniportWaveRTOutputStream::GetOutputStreamPresentationPosition"
            }
            Self::GetReadPacket => "IMiniportWaveRTInputStream::GetReadPacket",
            Self::SetContentId => "IDrmAudioStream::SetContentId",
            Self::AudioEngineNode => "IMiniportStreamAudioEngineNode",
            Self::AllocatePagesForMdl => "IPortWaveRTStream::AllocatePagesForMdl",
            Self::AllocateContiguousPagesForMdl => {
                "IPortWaveRTStream::AllocateContiguousPagesForMdl"
            }
            Self::MapAllocatedPages => "IPortWaveRTStream::MapAllocatedPages",
            Self::UnmapAllocatedPages => "IPortWaveRTStream::UnmapAllocatedPages",
            Self::FreePagesFromMdl => "IPortWaveRTStream::FreePagesFromMdl",
            Self::Release => "IUnknown::Release",
        }
    }

    /// The highest level at which it may come.
    ///
    /// # Source
    /// "IRQL" on the page of each method: `GetPosition` alone may come at dispatch level.
    pub const fn irql_max(self) -> Irql {
        match self {
            Self::GetPosition => Irql::Dispatch,
            _ => Irql::Passive,
        }
    }

    /// Its number in a history.
    pub const fn code(self) -> u64 {
        self as u64
    }
}

impl Rule {
    /// All of them, in the order of their numbers in a history.
    pub const ALL: [Self; 21] = [
        Self::IrqlTooHigh,
        Self::SkippedState,
        Self::DownwardFailed,
        Self::CallAfterRelease,
        Self::FreedByTheOther,
        Self::FreedTwice,
        Self::FreedBeforeStop,
        Self::SecondBuffer,
        Self::ForeignPages,
        Self::FreedWhileMapped,
        Self::NotMapped,
        Self::PagesLeft,
        Self::EventsLeft,
        Self::UnevenBuffer,
        Self::BeyondPages,
        Self::PositionOutside,
        Self::NotReset,
        Self::WentBack,
        Self::BadRegister,
        Self::UnknownFlags,
        Self::NewStreamWithoutPower,
    ];

    /// Its name in results, and what was expected.
    const fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::IrqlTooHigh => (
                "irql-too-high",
                "the level is no higher than the call allows",
            ),
            Self::SkippedState => ("skipped-state", "states change to a neighbour"),
            Self::DownwardFailed => ("downward-failed", "a step down succeeds"),
            Self::CallAfterRelease => ("call-after-release", "no call follows the release"),
            Self::FreedByTheOther => (
                "freed-by-the-other",
                "a buffer is freed by the interface that made it",
            ),
            Self::FreedTwice => ("freed-twice", "a buffer is freed once"),
            Self::FreedBeforeStop => ("freed-before-stop", "a buffer is freed in Stop"),
            Self::SecondBuffer => ("second-buffer", "a stream has one buffer"),
            Self::ForeignPages => ("foreign-pages", "pages come from the port"),
            Self::FreedWhileMapped => (
                "freed-while-mapped",
                "a mapping is taken back before its pages are freed",
            ),
            Self::NotMapped => ("not-mapped", "what is unmapped was mapped"),
            Self::PagesLeft => ("pages-left", "all pages are given back"),
            Self::EventsLeft => ("events-left", "events are unregistered before the close"),
            Self::UnevenBuffer => ("uneven-buffer", "each packet is a whole number of frames"),
            Self::BeyondPages => ("beyond-pages", "a buffer lies within its pages"),
            Self::PositionOutside => ("position-outside", "a position lies within the buffer"),
            Self::NotReset => ("not-reset", "positions and counters are 0 in Stop"),
            Self::WentBack => ("went-back", "counters rise"),
            Self::BadRegister => (
                "bad-register",
                "a register is 32 or 64 bits wide and has an accuracy",
            ),
            Self::UnknownFlags => ("unknown-flags", "flags without a meaning are 0"),
            Self::NewStreamWithoutPower => ("new-stream-without-power", "streams are made in D0"),
        }
    }

    /// What results call it.
    pub const fn name(self) -> &'static str {
        self.words().0
    }

    /// What should have been, in a few words.
    pub const fn expectation(self) -> &'static str {
        self.words().1
    }

    /// Its number in a history.
    pub const fn code(self) -> u64 {
        self as u64
    }
}

impl Violation {
    /// The words that a history has of it: rule, call, level.
    pub const fn to_words(self) -> [u64; 3] {
        [self.rule.code(), self.call.code(), self.irql as u64]
    }

    /// What the words of a history say; `None` if they are not those of a violation.
    pub fn from_words(at: SimTime, words: &[u64]) -> Option<Self> {
        let [rule, call, irql] = words else {
            return None;
        };
        let place = |code: &u64| usize::try_from(*code).unwrap_or(usize::MAX);
        let levels = [Irql::Passive, Irql::Dispatch, Irql::Device];
        Some(Self {
            at,
            rule: *Rule::ALL.get(place(rule))?,
            call: *Call::ALL.get(place(call))?,
            irql: *levels.get(place(irql))?,
        })
    }
}

/// As Driver Verifier would say it.
impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} in {} at {}: {}",
            self.rule.name(),
            self.call.name(),
            self.irql.name(),
            self.rule.expectation()
        )
    }
}

vtime::fork_by_clone!(Irql, Call, Rule, Violation);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_stands_for_one_call_and_one_rule() {
        for (place, call) in (0..).zip(Call::ALL) {
            assert_eq!(call.code(), place);
        }
        for (place, rule) in (0..).zip(Rule::ALL) {
            assert_eq!(rule.code(), place);
        }
        let violation = Violation {
            at: SimTime::from_millis(3),
            rule: Rule::NotMapped,
            call: Call::Release,
            irql: Irql::Dispatch,
        };
        let words = violation.to_words();
        assert_eq!(Violation::from_words(violation.at, &words), Some(violation));
        assert_eq!(Violation::from_words(violation.at, &[99, 0, 0]), None);
        assert_eq!(Violation::from_words(violation.at, &[0, 0]), None);
    }

    #[test]
    fn a_violation_reads_as_a_sentence() {
        let violation = Violation {
            at: SimTime::ZERO,
            rule: Rule::IrqlTooHigh,
            call: Call::SetState,
            irql: Irql::Dispatch,
        };
        assert_eq!(
            violation.to_string(),
            "irql-too-high in IMiniportWaveRTStream::SetState at DISPATCH_LEVEL: \
             the level is no higher than the call allows"
        );
    }
}
