//! `expect.microphone`.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::expect::{
    ExpectedChange, ExpectedGlitch, ExpectedHeadroom, ExpectedNotifications, ExpectedStay,
};
use super::expect_wakes::ExpectedWakes;

/// What should come of the recording. A figure that is not stated is not checked.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct ExpectedRecording {
    /// Frames that came from the converter: all of them, and by class.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub frames: Option<ExpectedRecordedFrames>,
    /// How many glitches there are.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub glitch_count: Option<u64>,
    /// The glitches in order: all of them, or the first ones if `glitch-count` says that there
    /// are more. `heard-from` is the first frame that the recording has in its place.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub glitches: Option<Vec<ExpectedGlitch>>,
    /// How many events a listener counts in them: what is no more than a packet apart is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub audible_events: Option<u64>,
    /// How long what is missing or wrong is, in nanoseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lost_ns: Option<u64>,
    /// How long before they were written over packets were read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub headroom_ns: Option<ExpectedHeadroom>,
    /// How long wake-ups of whoever serves the packets took, if there is a machine.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wake_ns: Option<ExpectedWakes>,
    /// What the stack itself said, and nothing else: statuses, flags and events by name, how often.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reported: Option<BTreeMap<String, u64>>,
    /// What became of the notifications.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notifications: Option<ExpectedNotifications>,
    /// What the endpoint builder was told of, and found.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub changes: Option<Vec<ExpectedChange>>,
    /// The stays in RUN, in order.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stays: Option<Vec<ExpectedStay>>,
    /// The rate of the device.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rate_hz: Option<u32>,
    /// Samples in a frame of the device.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub channels: Option<u8>,
}

/// Frames that came from the converter.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct ExpectedRecordedFrames {
    /// All of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total: Option<u64>,
    /// Read, in their place.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ok: Option<u64>,
    /// Read in their place, and once more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dup: Option<u64>,
    /// Never read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lost: Option<u64>,
    /// Read too late: written over.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub torn: Option<u64>,
    /// Read too early: what lay there before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub early: Option<u64>,
    /// Read, and without room at a client.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_overrun: Option<u64>,
    /// Still to be read at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unread: Option<u64>,
}

/// What a client has recorded.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct ExpectedTape {
    /// Frames that it got.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub frames: Option<u64>,
    /// Packets with the flag for a discontinuity.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub discontinuities: Option<u64>,
    /// Packets with the flag for a time stamp that is not to be relied upon.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timestamp_errors: Option<u64>,
    /// Shared mode: frames for which its buffer had no room.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub overrun_frames: Option<u64>,
}

/// How long frames were on their way from converter to converter.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct ExpectedRoundTrip {
    /// How many frames made it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub frames: Option<u64>,
    /// The shortest way, in nanoseconds, rounded down.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_ns: Option<u64>,
    /// The longest way, in nanoseconds, rounded down.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_ns: Option<u64>,
}
