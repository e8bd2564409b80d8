//! `[expect]`.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::expect_capture::{ExpectedRecording, ExpectedRoundTrip, ExpectedTape};
use super::expect_detector::ExpectedDetector;
use super::expect_offload::ExpectedOffload;
use super::expect_wakes::ExpectedWakes;

/// What should come of the run. A figure that is not stated is not checked.
///
/// The words are those of the result; all figures are whole numbers whose unit is in the key.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Expect {
    /// Frames that left the speaker: all of them, and by class.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub frames: Option<ExpectedFrames>,
    /// How many glitches there are.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub glitch_count: Option<u64>,
    /// The glitches in order: all of them, or the first ones if `glitch-count` says that there
    /// are more.
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
    /// What the stack itself said, and nothing else: statuses and events by name, how often.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reported: Option<BTreeMap<String, u64>>,
    /// What the detectors saw, in the order of the file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detectors: Option<Vec<ExpectedDetector>>,
    /// What became of the notifications.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notifications: Option<ExpectedNotifications>,
    /// The stays in RUN, in order.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stays: Option<Vec<ExpectedStay>>,
    /// What the endpoint builder was told of, and found.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub changes: Option<Vec<ExpectedChange>>,
    /// The clients, in the order of the file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub clients: Option<Vec<ExpectedClient>>,
    /// Frames of content that were written and never heard.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dropped_frames: Option<u64>,
    /// Frames that were written anew after the device had taken them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub late_rewrite_frames: Option<u64>,
    /// Frames that the content is ahead of the device at the end (negative: behind).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content_shift_frames: Option<i64>,
    /// What the driver answers at the end when it is asked for its position.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub position_frames: Option<u64>,
    /// What the driver answers at the end when it is asked for its packet count.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub packet_count: Option<u64>,
    /// The rate of the device.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rate_hz: Option<u32>,
    /// Samples in a frame of the device.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub channels: Option<u8>,
    /// The sound files that were converted to another rate on their way in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub conversions: Option<Vec<ExpectedConversion>>,
    /// What came of each stream that goes past the software engine, in the order of the clients.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub offload: Option<Vec<ExpectedOffload>>,
    /// What came of the recording.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub microphone: Option<ExpectedRecording>,
    /// Rules between port and miniport that somebody broke.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub violations: Option<Vec<ExpectedViolation>>,
    /// How long the run was, in nanoseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sim_ns: Option<u64>,
    /// How many events the run took.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub events: Option<u64>,
    /// The digest of the history: 16 hexadecimal digits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub digest: Option<String>,
}

/// Frames that left the speaker.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct ExpectedFrames {
    /// All of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total: Option<u64>,
    /// As intended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fresh: Option<u64>,
    /// Of an earlier revolution of the buffer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stale: Option<u64>,
    /// Meant for a later revolution.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ahead: Option<u64>,
    /// Left over from an earlier run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub foreign: Option<u64>,
    /// Never written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub uninit: Option<u64>,
    /// Silence of the device or driver in place of data.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub zero_fill: Option<u64>,
    /// Silence of the engine in place of a client's data.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub engine_silence: Option<u64>,
    /// Silence behind the declared end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub eos_pad: Option<u64>,
    /// Silence on purpose.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub muted: Option<u64>,
}

/// One glitch.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct ExpectedGlitch {
    /// Its type: `G1`, `G2` and so on.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// The class of its frames.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub class: Option<String>,
    /// Which run of the stream, counted from 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub run: Option<u64>,
    /// Its first frame, counted from the start of the run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_frame: Option<u64>,
    /// How many frames.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub frames: Option<u64>,
    /// The first content that was heard in its place.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub heard_from: Option<u64>,
    /// When its first frame left the speaker, in nanoseconds, rounded down.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start_ns: Option<u64>,
    /// How long it lasted, in nanoseconds, rounded to the nearest.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub duration_ns: Option<u64>,
    /// The delay that made it: a component of the wake-up; `""` for none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cause: Option<String>,
    /// How long that delay was, in nanoseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cause_ns: Option<u64>,
    /// All components of that wake-up, in nanoseconds, if there is a machine.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parts_ns: Option<BTreeMap<String, u64>>,
    /// The fault behind it, by name; `""` for none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fault: Option<String>,
}

/// By how much packets were early, in nanoseconds; negative for late.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct ExpectedHeadroom {
    /// The least.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min: Option<i64>,
    /// The median.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub p50: Option<i64>,
    /// What 99 of 100 did not exceed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub p99: Option<i64>,
    /// The most.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max: Option<i64>,
    /// What 1 of 100 did not exceed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub p1: Option<i64>,
    /// The mean, rounded down.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mean: Option<i64>,
}

/// What became of the notifications.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct ExpectedNotifications {
    /// Interrupts of the device.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub interrupts: Option<u64>,
    /// DPCs that ran.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dpc_runs: Option<u64>,
    /// Settings of the notification event.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event_sets: Option<u64>,
    /// Wake-ups of the producer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wakes: Option<u64>,
    /// Notifications that set no event (G10).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lost: Option<u64>,
    /// Interrupts whose DPC was queued already, and settings of an event that was set (G11).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub coalesced: Option<u64>,
    /// Packets that were announced twice (G16).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub duplicate_writes: Option<u64>,
}

/// One stay in RUN.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct ExpectedStay {
    /// Which run of the stream, counted from 0: STOP begins another.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub run: Option<u64>,
    /// When it began, in nanoseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start_ns: Option<u64>,
    /// Its first frame, counted from the start of the run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_frame: Option<u64>,
    /// How many frames left the speaker.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub frames: Option<u64>,
}

/// A change of what is connected.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct ExpectedChange {
    /// When, in nanoseconds, rounded down.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at_ns: Option<u64>,
    /// The event that told of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event: Option<String>,
    /// What the endpoint is since: `active`, `unplugged` or `not_present`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    /// The rate that the device likes best since.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rate_hz: Option<u32>,
    /// The channels that it likes best since.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub channels: Option<u32>,
}

/// What became of one client.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct ExpectedClient {
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// How often it was woken.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wakes: Option<u64>,
    /// Frames that it wrote.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub frames_written: Option<u64>,
    /// Shared mode: passes that found too little of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub starved_passes: Option<u64>,
    /// Shared mode: frames of silence in its place.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub starved_frames: Option<u64>,
    /// What it has recorded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recorded: Option<ExpectedTape>,
    /// How long what it plays was on its way since it was recorded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub round_trip: Option<ExpectedRoundTrip>,
    /// Timer-driven mode: what it made of the positions that it read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub belief: Option<ExpectedBelief>,
}

/// What a timer-driven client believes at the end.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct ExpectedBelief {
    /// Frames that it believes were played in this run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub played_frames: Option<u64>,
    /// Frames that it has written in this run, each counted once.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub written_frames: Option<u64>,
    /// Readings that it passed over.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ignored_readings: Option<u64>,
    /// How often its 32-bit count of what was played began anew.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub count_wraps: Option<u64>,
    /// How many glitches it believes that there were.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detected: Option<u64>,
    /// Each of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detections: Option<Vec<ExpectedDetection>>,
}

/// A glitch that a client believes in.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct ExpectedDetection {
    /// When it noticed, in nanoseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at_ns: Option<u64>,
    /// How long it takes it to be, in nanoseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub missing_ns: Option<u64>,
}

/// A rule between port and miniport that somebody broke.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct ExpectedViolation {
    /// When, in nanoseconds, rounded down.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at_ns: Option<u64>,
    /// Which rule.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
    /// The call in which it was found.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub call: Option<String>,
    /// The level that it came at.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub irql: Option<String>,
    /// All of it, and what was expected.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
}

/// A sound file that was converted to another rate on its way in.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct ExpectedConversion {
    /// The file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// Its own rate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from_hz: Option<u32>,
    /// The rate it was converted to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to_hz: Option<u32>,
}
