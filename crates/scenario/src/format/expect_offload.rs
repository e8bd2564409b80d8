//! `[[expect.offload]]`.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::expect::{
    ExpectedFrames, ExpectedGlitch, ExpectedHeadroom, ExpectedNotifications, ExpectedStay,
};
use super::expect_wakes::ExpectedWakes;

/// What should come of one stream that goes past the software engine. A figure that is not stated
/// is not checked.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct ExpectedOffload {
    /// The client whose stream it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client: Option<String>,
    /// The pin factory.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pin: Option<u32>,
    /// Frames that went into the mix: all of them, and by class.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub frames: Option<ExpectedFrames>,
    /// How many glitches there are.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub glitch_count: Option<u64>,
    /// The glitches in order, all of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub glitches: Option<Vec<ExpectedGlitch>>,
    /// How many events a listener counts in them: what is no more than a packet apart is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub audible_events: Option<u64>,
    /// Time for which something wrong was heard, or that was cut off, in nanoseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lost_ns: Option<u64>,
    /// By how much packets were early.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub headroom_ns: Option<ExpectedHeadroom>,
    /// How long wake-ups of whoever serves the packets took, if there is a machine.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wake_ns: Option<ExpectedWakes>,
    /// What the stack itself said of the stream, and nothing else: statuses and events by name, how
    /// often.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reported: Option<BTreeMap<String, u64>>,
    /// What became of the notifications.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notifications: Option<ExpectedNotifications>,
    /// The stays in RUN, in order.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stays: Option<Vec<ExpectedStay>>,
    /// Frames of content that were written and never heard.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dropped_frames: Option<u64>,
    /// Frames that the content is ahead of the device at the end (negative: behind).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content_shift_frames: Option<i64>,
    /// What the driver answers at the end when it is asked for the presentation position.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub position_frames: Option<u64>,
}
