//! What a driver tells of its stream while it runs.

use portcls::{EngineEventKind, EtwEvent};

/// What a report is about.
///
/// # Source
/// `portcls/ne-portcls-epcminiportengineevent.md`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[doc(alias = "EPcMiniportEngineEvent")]
pub enum EngineEvent {
    /// A packet was completed. Third parameter: its length.
    #[doc(alias = "eMINIPORT_BUFFER_COMPLETE")]
    BufferComplete,
    /// A state was asked for. Third parameter: its number.
    #[doc(alias = "eMINIPORT_PIN_STATE")]
    PinState,
    /// The client set its write position. Third parameter: the new one.
    #[doc(alias = "eMINIPORT_SET_WAVERT_BUFFER_WRITE_POSITION")]
    SetWritePosition,
    /// The presentation position was asked for. Third parameter: it, in frames.
    #[doc(alias = "eMINIPORT_GET_PRESENTATION_POSITION")]
    GetPresentationPosition,
    /// Something is wrong. Third parameter: 1 nothing new was written, 3 the same position was
    /// announced twice, and then the fourth is that position.
    #[doc(alias = "eMINIPORT_GLITCH_REPORT")]
    Glitch,
    /// The last valid byte was rendered.
    #[doc(alias = "eMINIPORT_LAST_BUFFER_RENDERED")]
    LastBufferRendered,
}

impl EngineEvent {
    /// The number that the header gives it.
    pub const fn value(self) -> u32 {
        match self {
            Self::BufferComplete => 1,
            Self::PinState => 2,
            Self::SetWritePosition => 4,
            Self::GetPresentationPosition => 5,
            Self::Glitch => 7,
            Self::LastBufferRendered => 8,
        }
    }
}

/// A report. The first parameter is the linear position, the second the write position that was
/// announced last, both in bytes.
///
/// # Source
/// `portcls/ne-portcls-epcminiportengineevent.md`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[doc(alias = "MiniportWriteEtwEvent")]
pub struct Report {
    /// What it is about.
    pub event: EngineEvent,
    /// Its four parameters.
    pub parameters: [u64; 4],
}

impl Report {
    /// As the port takes it.
    pub(super) const fn to_etw(self) -> EtwEvent {
        let [linear_position, write_position, parameter3, parameter4] = self.parameters;
        EtwEvent {
            kind: match self.event {
                EngineEvent::BufferComplete => EngineEventKind::BufferComplete,
                EngineEvent::PinState => EngineEventKind::PinState,
                EngineEvent::SetWritePosition => EngineEventKind::SetWritePosition,
                EngineEvent::GetPresentationPosition => EngineEventKind::GetPresentationPosition,
                EngineEvent::Glitch => EngineEventKind::GlitchReport,
                EngineEvent::LastBufferRendered => EngineEventKind::LastBufferRendered,
            },
            linear_position,
            write_position,
            parameter3,
            parameter4,
        }
    }
}

vtime::fork_by_clone!(EngineEvent, Report);
