//! What should come of wake-ups on a machine.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How long it took from what a thread was woken for to its first instruction, in nanoseconds.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct ExpectedWakes {
    /// How many wake-ups there were.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub count: Option<u64>,
    /// The median.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub p50: Option<u64>,
    /// What 99 of 100 did not exceed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub p99: Option<u64>,
    /// What 999 of 1000 did not exceed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub p999: Option<u64>,
    /// The most.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max: Option<u64>,
    /// Where the time of all of them together went, by component: `interrupt-to-process` and so on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parts: Option<BTreeMap<String, u64>>,
}
