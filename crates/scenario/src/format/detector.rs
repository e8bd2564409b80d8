//! `[[detector]]`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::quantity::Time;

/// Somebody who looks for glitches as a real program does, and sees no more than such a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct GlitchDetector {
    /// What it goes by.
    pub rule: DetectorRule,
    /// From one look at the position to the next, from the beginning of the run on. Default: a packet,
    /// or 10 ms where there are none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub every: Option<Time>,
    /// Which position it looks at.
    #[serde(default)]
    pub position: DetectorPosition,
}

/// What a detector goes by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum DetectorRule {
    /// The status that the driver answers a packet with: anything but success.
    PacketStatus,
    /// Events of the provider Microsoft-Windows-Audio: 33 where the engine found too little of a client,
    /// 44 where it was late with a packet.
    WindowsEvents,
    /// Chromium's: the position may fall behind the clock by half of `every`, once it has moved.
    Chromium,
    /// The same as older versions had it: from the first look on.
    ChromiumOlder,
    /// ALSA's: as much room as the buffer is long is an underrun.
    Alsa,
    /// `PulseAudio`'s: more room than the buffer is long is an underrun.
    #[serde(rename = "pulseaudio")]
    PulseAudio,
    /// `PipeWire`'s: an amount that is too far from the one that should be there.
    #[serde(rename = "pipewire")]
    PipeWire,
}

/// Which position a detector looks at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum DetectorPosition {
    /// What the driver says is presented, as `IAudioClock` shows it.
    #[default]
    Presentation,
    /// The play offset of the position property.
    PlayOffset,
    /// The write offset of the position property.
    WriteOffset,
}

impl DetectorRule {
    /// The word in files and results.
    pub const fn name(self) -> &'static str {
        match self {
            Self::PacketStatus => "packet-status",
            Self::WindowsEvents => "windows-events",
            Self::Chromium => "chromium",
            Self::ChromiumOlder => "chromium-older",
            Self::Alsa => "alsa",
            Self::PulseAudio => "pulseaudio",
            Self::PipeWire => "pipewire",
        }
    }

    /// True if it looks at positions; the others are told.
    pub const fn looks(self) -> bool {
        !matches!(self, Self::PacketStatus | Self::WindowsEvents)
    }
}
