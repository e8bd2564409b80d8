//! `client.timer`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::quantity::{FrameCount, Time};

/// How a timer-driven client goes by positions.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Timer {
    /// From one wake-up to the next.
    pub period: Time,
    /// Which position it goes by.
    pub position: Position,
    /// Frames behind the position that it does not write anew in a `rewrite`.
    pub guard: FrameCount,
    /// What it makes of a step of the position that cannot be.
    pub plausibility: Plausibility,
    /// How it counts bytes in its 32 bits.
    pub byte_count: ByteCount,
    /// Frames after which its count begins anew for the first time. Default: as many as 2^32 bytes
    /// are.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wraps_after: Option<FrameCount>,
    /// Whether it compares the position with the clock. Default: it does not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detector: Option<Detector>,
}

impl Default for Timer {
    fn default() -> Self {
        Self {
            period: Time::from_nanos(10_000_000),
            position: Position::default(),
            guard: FrameCount::default(),
            plausibility: Plausibility::default(),
            byte_count: ByteCount::default(),
            wraps_after: None,
            detector: None,
        }
    }
}

/// Which position a client goes by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Position {
    /// The position register, or where there is none the play offset.
    #[default]
    Register,
    /// The play offset of the position property: what is at the converter.
    PlayOffset,
    /// The write offset of the position property: what the device has not taken yet.
    WriteOffset,
    /// None: it counts what should have been played, by the clock of the processor. If the device is
    /// faster or slower, nobody tells it.
    Clock,
}

/// What a client makes of a step of the position that cannot be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Plausibility {
    /// It takes every step for one forward.
    #[default]
    None,
    /// It passes over a step of more than half the buffer.
    HalfRing,
}

/// How a client counts bytes in 32 bits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ByteCount {
    /// By differences modulo 2^32.
    #[default]
    Modulo,
    /// As plain numbers, which begin anew after 2^32 bytes.
    Plain,
}

/// A rule by which a client finds glitches in what it reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Detector {
    /// Chromium's: the position may fall behind the clock by half a packet from callback to
    /// callback, once it has moved.
    Chromium,
    /// The same as older versions had it: from the first callback on.
    ChromiumOlder,
}
