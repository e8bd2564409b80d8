//! `[[expect.detectors]]`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What should come of a detector. A figure that is not stated is not checked.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct ExpectedDetector {
    /// What it goes by.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
    /// How often it looked at the position.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub looks: Option<u64>,
    /// How often it took something for a glitch.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alarms: Option<u64>,
    /// When, in nanoseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alarms_ns: Option<Vec<u64>>,
    /// Glitches that it saw.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seen: Option<u64>,
    /// Glitches that it did not see.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub missed: Option<u64>,
    /// Alarms where there was none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub false_alarms: Option<u64>,
}
