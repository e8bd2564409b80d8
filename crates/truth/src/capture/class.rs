//! What became of a frame that was recorded.

/// What became of a frame that came from the converter. Every frame has exactly one class.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CaptureClass {
    /// It was read, in its place.
    Ok,
    /// It was read in its place, and its packet was read once more.
    Dup,
    /// Its packet was never read, and never can be any more.
    Lost,
    /// Read too late: its place holds what was recorded later.
    Torn,
    /// Read too early: its place holds what lay there before.
    Early,
    /// It was read, and a client of the engine had no room for it.
    ClientOverrun,
    /// It was not read by the end of the run, and was still to be had.
    Unread,
}

/// Classes of which one glitch can be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Family {
    Lost,
    Torn,
    Early,
    Client,
}

impl CaptureClass {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Ok,
        Self::Dup,
        Self::Lost,
        Self::Torn,
        Self::Early,
        Self::ClientOverrun,
        Self::Unread,
    ];

    /// The class of frame `frame` of run `run` in a packet that held `recorded` in its place.
    pub fn of(run: u32, frame: u64, recorded: Option<(u32, u64)>) -> Self {
        match recorded {
            Some((writer, held)) if writer == run && held == frame => Self::Ok,
            Some((writer, held)) if (writer, held) > (run, frame) => Self::Torn,
            _ => Self::Early,
        }
    }

    /// The name in reports and results.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Dup => "dup",
            Self::Lost => "lost",
            Self::Torn => "torn",
            Self::Early => "early",
            Self::ClientOverrun => "client_overrun",
            Self::Unread => "unread",
        }
    }

    /// Which glitch it can be part of; none for what is as it should be.
    pub(super) const fn family(self) -> Option<Family> {
        match self {
            Self::Ok | Self::Dup | Self::Unread => None,
            Self::Lost => Some(Family::Lost),
            Self::Torn => Some(Family::Torn),
            Self::Early => Some(Family::Early),
            Self::ClientOverrun => Some(Family::Client),
        }
    }
}
