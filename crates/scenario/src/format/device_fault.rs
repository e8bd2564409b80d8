//! The kinds of `[[fault]]` that are the device's own.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::quantity::{Drift, FrameCount, Probability, Rate, Time};

/// So many frames.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ByFrames {
    /// How many.
    pub frames: FrameCount,
}

/// So long.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Lasting {
    /// For how long.
    pub lasts: Time,
}

/// Nothing more is to be said.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Plain {}

/// The position lags: exactly one key.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct LpibLag {
    /// By so many frames …
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub frames: Option<FrameCount>,
    /// … or by what the FIFO holds.
    #[serde(default, skip_serializing_if = "super::fault::is_false")]
    pub fifo: bool,
}

/// Positions move in steps: exactly one key.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct BurstGrain {
    /// Of so many frames …
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub frames: Option<FrameCount>,
    /// … or of what the device does at a time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of: Option<Step>,
}

/// What a device does at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Step {
    /// A burst.
    Burst,
    /// A descriptor.
    Segment,
    /// From one descriptor that asks for an interrupt to the next.
    Period,
}

/// The position goes back.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Backwards {
    /// After how much the other source is shown.
    pub every: FrameCount,
    /// How far the other source is behind.
    pub frames: FrameCount,
}

/// The link counter has a rate of its own: it shows `counts` for each `of`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct DelayOtherTimebase {
    /// What is shown …
    #[schemars(range(min = 1))]
    pub counts: u32,
    /// … for so much.
    #[schemars(range(min = 1))]
    pub of: u32,
}

/// Which occasions: exactly one key.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Occasions {
    /// The one with this number, counted from 1: completions of the stream, or interrupts of the
    /// controller …
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1))]
    pub event: Option<u64>,
    /// … or each with this probability.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub probability: Option<Probability>,
}

/// Interrupts fall together.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct IrqCoalesce {
    /// So long after an interrupt there is no other.
    pub window: Time,
}

/// An interrupt without a completion: `event` or `probability`, and where.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct IrqSpurious {
    /// After the completion with this number, counted from 1 …
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1))]
    pub event: Option<u64>,
    /// … or after each with this probability.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub probability: Option<Probability>,
    /// So many frames behind the completion.
    pub after: FrameCount,
}

/// The wall clock has another rate.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct WallclkHz {
    /// Which.
    pub rate: Rate,
}

/// The wall clock drifts against the streams.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct WallclkPpb {
    /// How fast it is.
    pub drift: Drift,
}

/// The device is gone from its bus.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ReadsAllOnes {
    /// From here on.
    pub from: Time,
    /// Until then.
    pub until: Time,
}

/// RUN is set and nothing moves.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct StuckAfterResume {
    /// Which change to RUN, counted from 1.
    #[schemars(range(min = 1))]
    pub start: u64,
    /// For how long. Default: until the next change to RUN.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lasts: Option<Time>,
}

/// The memory side jumps ahead at the start.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct StartBurst {
    /// How far.
    pub ahead: Time,
}

/// The engine takes the cyclic buffer for longer or shorter than it is: exactly one key.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct CblMismatch {
    /// By how much longer …
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub longer: Option<FrameCount>,
    /// … or shorter.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shorter: Option<FrameCount>,
}

/// Time goes in ticks.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Ticks {
    /// From one tick to the next, counted from the beginning of the run.
    pub every: Time,
}

/// The position record is old.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct PosbufStale {
    /// How old. Default: not at all.
    #[serde(default)]
    pub by: Time,
    /// Whether, from a completion until it is acknowledged, it shows what it did just before.
    #[serde(default, skip_serializing_if = "super::fault::is_false")]
    pub until_acknowledged: bool,
}

/// The position record is never written.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct PosbufDead {
    /// What it shows.
    pub shows: DeadRecord,
}

/// What a record shows that is never written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum DeadRecord {
    /// 0.
    Zero,
    /// All ones.
    AllOnes,
}

/// The position record is in another slot; its own shows 0.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct PosbufWrongSlot {
    /// How many slots further on; less than 0 for further back.
    pub by: i32,
}
