//! What a miniport tells of its built-in engine.

/// An event of a built-in engine. Its four parameters are those of the real call.
///
/// # Source
/// `portcls/ne-portcls-epcminiportengineevent.md`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[doc(alias = "MiniportWriteEtwEvent")]
pub struct EtwEvent {
    /// What happened.
    pub kind: EngineEventKind,
    /// Bytes fetched since the stream began.
    pub linear_position: u64,
    /// The write position before.
    pub write_position: u64,
    /// What it means depends on the kind.
    pub parameter3: u64,
    /// What it means depends on the kind.
    pub parameter4: u64,
}

/// What happened in a built-in engine.
///
/// # Source
/// As for [`EtwEvent`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[doc(alias = "EPcMiniportEngineEvent")]
pub enum EngineEventKind {
    /// A buffer, or a packet of it, was fetched; the third parameter is its length.
    #[doc(alias = "eMINIPORT_BUFFER_COMPLETE")]
    BufferComplete,
    /// The stream changed its state; the third parameter is its number.
    #[doc(alias = "eMINIPORT_PIN_STATE")]
    PinState,
    /// The client asked for the linear position.
    #[doc(alias = "eMINIPORT_GET_STREAM_POSITION")]
    GetStreamPosition,
    /// The client set its write position; the third parameter is the new one.
    #[doc(alias = "eMINIPORT_SET_WAVERT_BUFFER_WRITE_POSITION")]
    SetWritePosition,
    /// The client asked for the presentation position; the third parameter is the answer.
    #[doc(alias = "eMINIPORT_GET_PRESENTATION_POSITION")]
    GetPresentationPosition,
    /// The DMA engine was set up; start and length.
    #[doc(alias = "eMINIPORT_PROGRAM_DMA")]
    ProgramDma,
    /// Something is heard that should not be; the third parameter is a [`GlitchCode`].
    #[doc(alias = "eMINIPORT_GLITCH_REPORT")]
    GlitchReport,
    /// The last valid byte of the stream was rendered.
    #[doc(alias = "eMINIPORT_LAST_BUFFER_RENDERED")]
    LastBufferRendered,
}

/// Why something is heard that should not be.
///
/// # Source
/// As for [`EtwEvent`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum GlitchCode {
    /// The device needed what the client had not written.
    Underrun,
    /// A decoder found nonsense.
    Decoder,
    /// The client set the same write position twice; the fourth parameter is that position.
    SameWritePosition,
}

impl EngineEventKind {
    /// All of them, in the order of the header.
    pub const ALL: [Self; 8] = [
        Self::BufferComplete,
        Self::PinState,
        Self::GetStreamPosition,
        Self::SetWritePosition,
        Self::GetPresentationPosition,
        Self::ProgramDma,
        Self::GlitchReport,
        Self::LastBufferRendered,
    ];

    /// The kind with this number of the header.
    pub fn of_value(value: u64) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.value() == value)
    }

    /// The number of the header.
    pub const fn value(self) -> u64 {
        match self {
            Self::BufferComplete => 1,
            Self::PinState => 2,
            Self::GetStreamPosition => 3,
            Self::SetWritePosition => 4,
            Self::GetPresentationPosition => 5,
            Self::ProgramDma => 6,
            Self::GlitchReport => 7,
            Self::LastBufferRendered => 8,
        }
    }

    /// The name of the header.
    pub const fn name(self) -> &'static str {
        match self {
            Self::BufferComplete => "eMINIPORT_BUFFER_COMPLETE",
            Self::PinState => "eMINIPORT_PIN_STATE",
            Self::GetStreamPosition => "eMINIPORT_GET_STREAM_POSITION",
            Self::SetWritePosition => "eMINIPORT_SET_WAVERT_BUFFER_WRITE_POSITION",
            Self::GetPresentationPosition => "eMINIPORT_GET_PRESENTATION_POSITION",
            Self::ProgramDma => "eMINIPORT_PROGRAM_DMA",
            Self::GlitchReport => "eMINIPORT_GLITCH_REPORT",
            Self::LastBufferRendered => "eMINIPORT_LAST_BUFFER_RENDERED",
        }
    }
}

impl GlitchCode {
    /// The number of the header.
    pub const fn value(self) -> u64 {
        match self {
            Self::Underrun => 1,
            Self::Decoder => 2,
            Self::SameWritePosition => 3,
        }
    }
}

vtime::fork_by_clone!(EtwEvent, EngineEventKind, GlitchCode);
