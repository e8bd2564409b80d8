//! What a client plays.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::quantity::{FrameCount, Frequency, Level, Time};

/// What a client plays: exactly one of these. Without any, a frame counter.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Source {
    /// A sound file. After its end comes silence.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wav: Option<Wav>,
    /// A sine.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sine: Option<Sine>,
    /// A sine whose frequency rises or falls, again and again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sweep: Option<Sweep>,
    /// White noise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub noise: Option<Noise>,
    /// Single frames that stand out, at even distances.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub impulses: Option<Impulses>,
    /// A frame counter: the number of the frame stands in its samples.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub counter: Option<Nothing>,
}

/// A sound file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Wav {
    /// Where it lies, seen from the scenario file.
    pub path: String,
}

/// A sine.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Sine {
    /// How often in a second.
    pub frequency: Frequency,
    /// How loud, below full scale.
    pub level: Level,
}

/// A sine whose frequency changes evenly.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Sweep {
    /// Where it begins.
    pub from: Frequency,
    /// Where it ends.
    pub to: Frequency,
    /// How long it takes; then it begins again.
    pub over: Time,
    /// How loud, below full scale.
    pub level: Level,
}

/// White noise.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Noise {
    /// How loud its peaks are, below full scale.
    pub level: Level,
}

/// Single frames that stand out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Impulses {
    /// From one to the next.
    pub every: FrameCount,
    /// How loud they are, below full scale.
    pub level: Level,
}

/// A source without any choice: `{}`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Nothing {}

const QUIET: Level = Level::from_millibels(-1_200);

impl Default for Sine {
    fn default() -> Self {
        Self {
            frequency: Frequency::from_hertz(440),
            level: QUIET,
        }
    }
}

impl Default for Sweep {
    fn default() -> Self {
        Self {
            from: Frequency::from_hertz(100),
            to: Frequency::from_hertz(10_000),
            over: Time::from_millis(1_000),
            level: QUIET,
        }
    }
}

impl Default for Noise {
    fn default() -> Self {
        Self { level: QUIET }
    }
}

impl Default for Impulses {
    fn default() -> Self {
        Self {
            every: FrameCount::new(480),
            level: QUIET,
        }
    }
}
