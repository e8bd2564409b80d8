//! What comes of a run, in the words and the order of the result file.

use std::collections::BTreeMap;

use serde::Serialize;

/// The version of the result's shape.
pub const SCHEMA: u32 = 1;

/// What came of a run.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RunResult {
    /// The version of this shape.
    pub schema: u32,
    /// The scenario's name.
    pub scenario: String,
    /// Where all randomness came from.
    pub seed: u64,
    /// The digest of the history: 16 hexadecimal digits.
    pub digest: String,
    /// How long the run was.
    pub sim_ns: u64,
    /// How many events it took.
    pub events: u64,
    /// True if every expectation was met.
    pub met: bool,
    /// The expectations, one figure each.
    pub expect: Vec<Expectation>,
    /// What left the speaker, unless nobody plays and there is a microphone; what a device that
    /// mixes took of each stream that goes past the software engine; what came of the microphone.
    pub endpoints: Vec<EndpointResult>,
    /// What became of each client.
    pub clients: Vec<ClientResult>,
    /// Which sound files were converted to another rate on their way in.
    pub conversions: Vec<Conversion>,
    /// Rules between port and miniport that somebody broke, in order; normally none.
    pub violations: Vec<ViolationResult>,
}

/// One figure that was expected.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Expectation {
    /// Which, in the words of the scenario file: `frames.stale`.
    pub what: String,
    /// What the scenario says.
    pub expected: serde_json::Value,
    /// What came.
    pub actual: serde_json::Value,
    /// Whether they are the same.
    pub met: bool,
}

/// What left one speaker, or came of one microphone.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct EndpointResult {
    /// The endpoint's name.
    pub name: String,
    /// Which stream of it, if it is one that goes past the software engine.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub offload: Option<OffloadResult>,
    /// `render` or `capture`.
    pub flow: &'static str,
    /// Its nominal rate.
    pub rate_hz: u32,
    /// Samples in a frame.
    pub channels: u8,
    /// Frames that left the speaker, or came from the converter of the microphone.
    pub frames: u64,
    /// The same by class.
    pub frames_by_class: BTreeMap<&'static str, u64>,
    /// What a listener could have noticed, in order.
    pub glitches: Vec<GlitchResult>,
    /// How many events a listener counts in them: what is no more than a packet apart is one.
    pub audible_events: u64,
    /// How long something wrong was heard, or was cut off.
    pub lost_ms: f64,
    /// The same, in nanoseconds, rounded to the nearest.
    pub lost_ns: u64,
    /// By how much packets were early; none if none was written while the device ran.
    pub headroom_ns: Option<Headroom>,
    /// What the stack itself said: statuses and events by name, how often.
    pub reported: BTreeMap<String, u64>,
    /// What detectors saw of it, against what happened; only if the scenario has some.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub detectors: Vec<DetectorResult>,
    /// How long wake-ups of whoever serves the packets took, if the scenario has a machine.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wake_ns: Option<WakeLatencies>,
    /// What became of the notifications.
    pub notifications: Notifications,
    /// The stays in RUN, in order.
    pub stays: Vec<StayResult>,
    /// What the endpoint builder was told of, and found, in order.
    pub changes: Vec<ChangeResult>,
    /// Frames of content that were written and never heard.
    pub dropped_frames: u64,
    /// Frames that were written anew after the device had taken them.
    pub late_rewrite_frames: u64,
    /// Frames that the content is ahead of the device at the end; negative: behind.
    pub content_shift_frames: i64,
    /// What the driver answers at the end when it is asked for its position.
    pub position_frames: Option<u64>,
    /// What the driver answers at the end when it is asked for its packet count.
    pub packet_count: Option<u64>,
    /// A number that stands for the sound, if samples were kept: 16 hexadecimal digits.
    pub heard_hash: Option<String>,
}

/// What a detector saw, against what happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DetectorResult {
    /// What it goes by: `chromium` and so on.
    pub rule: &'static str,
    /// How often it looked at the position; none for one that is told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub looks: Option<u64>,
    /// How often it took something for a glitch.
    pub alarms: u64,
    /// Glitches that an alarm was about.
    pub seen: u64,
    /// Glitches that none was about.
    pub missed: u64,
    /// Alarms that were about no glitch.
    pub false_alarms: u64,
    /// When the alarms were, rounded down.
    pub alarms_ns: Vec<u64>,
}

/// A change of what is connected to a device.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ChangeResult {
    /// When, rounded down.
    pub at_ns: u64,
    /// The event that told of it.
    pub event: &'static str,
    /// What the endpoint is since: `active`, `unplugged` or `not_present`.
    pub state: &'static str,
    /// The rate that the device likes best since, if it says so.
    pub rate_hz: Option<u64>,
    /// The channels that it likes best since, if it says so.
    pub channels: Option<u64>,
}

/// A stream that goes past the software engine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OffloadResult {
    /// Whose it is.
    pub client: String,
    /// The pin factory that it was opened on.
    pub pin: u32,
}

/// One glitch.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct GlitchResult {
    /// Its type: `G1`, `G2` and so on.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// The class of its frames; none for content that was cut off.
    pub class: Option<&'static str>,
    /// Which run of the stream, counted from 0.
    pub run: u32,
    /// Its first frame, counted from the start of the run.
    pub first_frame: u64,
    /// How many frames.
    pub frames: u64,
    /// The first content that was heard in its place, if it was content of this stream.
    pub heard_from: Option<u64>,
    /// When its first frame left the speaker, rounded down.
    pub start_ns: u64,
    /// How long it lasted, rounded to the nearest.
    pub duration_ns: u64,
    /// The component of the wake-up that made it, if a delay did.
    pub cause: Option<&'static str>,
    /// How long that component was.
    pub cause_ns: Option<u64>,
    /// All components of that wake-up, rounded down, if the scenario has a machine.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub parts_ns: BTreeMap<&'static str, u64>,
    /// The fault behind it, if one was injected.
    pub fault: Option<String>,
}

/// By how much packets were early, in nanoseconds; negative for late.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Headroom {
    /// The least.
    pub min: i64,
    /// The median, by nearest rank.
    pub p50: i64,
    /// What 99 of 100 did not exceed, by nearest rank.
    pub p99: i64,
    /// The most.
    pub max: i64,
    /// What 1 of 100 did not exceed, by nearest rank.
    pub p1: i64,
    /// The mean, rounded down.
    pub mean: i64,
}

/// How long it took from what a thread was woken for to its first instruction, in nanoseconds,
/// rounded down.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct WakeLatencies {
    /// How many wake-ups there were.
    pub count: u64,
    /// The median, by nearest rank.
    pub p50: u64,
    /// What 99 of 100 did not exceed, by nearest rank.
    pub p99: u64,
    /// What 999 of 1000 did not exceed, by nearest rank.
    pub p999: u64,
    /// The most.
    pub max: u64,
    /// Where the time of all of them together went, their own work included.
    pub parts: BTreeMap<&'static str, u64>,
}

/// What became of the notifications of a device.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Notifications {
    /// Interrupts of the device.
    pub interrupts: u64,
    /// DPCs that ran.
    pub dpc_runs: u64,
    /// Settings of the notification event.
    pub event_sets: u64,
    /// Wake-ups of the producer.
    pub wakes: u64,
    /// Notifications that set no event (G10).
    pub lost: u64,
    /// Interrupts whose DPC was queued already, and settings of an event that was set (G11).
    pub coalesced: u64,
    /// Packets that were announced twice (G16).
    pub duplicate_writes: u64,
}

/// One stay in RUN.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct StayResult {
    /// Which run of the stream, counted from 0: STOP begins another.
    pub run: u32,
    /// When it began, rounded down.
    pub start_ns: u64,
    /// Its first frame, counted from the start of the run.
    pub first_frame: u64,
    /// How many frames left the speaker.
    pub frames: u64,
}

/// What became of one client.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ClientResult {
    /// Its name.
    pub name: String,
    /// As in the file: `shared-event` and so on.
    pub mode: &'static str,
    /// How often it was woken.
    pub wakes: u64,
    /// Frames that it wrote.
    pub frames_written: u64,
    /// Shared mode: passes that found too little of it.
    pub starved_passes: u64,
    /// Shared mode: frames of silence in its place.
    pub starved_frames: u64,
    /// Timer-driven mode: what it made of the positions that it read, which may be wrong.
    pub belief: Option<Belief>,
    /// What it has recorded; only of a client that records.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recorded: Option<TapeResult>,
    /// How long what it plays was on its way since it was recorded; only of a client that plays
    /// what it records, and if any of it was heard.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub round_trip: Option<RoundTripResult>,
}

/// What a client has recorded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TapeResult {
    /// Frames that it got.
    pub frames: u64,
    /// Packets with the flag for a discontinuity.
    pub discontinuities: u64,
    /// Packets with the flag for a time stamp that is not to be relied upon.
    pub timestamp_errors: u64,
    /// Shared mode: frames for which its buffer had no room.
    pub overrun_frames: u64,
    /// A number that stands for the sound, if samples were kept: 16 hexadecimal digits.
    pub hash: Option<String>,
}

/// How long frames were on their way from the converter that recorded them to the one that played
/// them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct RoundTripResult {
    /// How many frames made it.
    pub frames: u64,
    /// The shortest way, rounded down.
    pub min_ns: u64,
    /// The longest way, rounded down.
    pub max_ns: u64,
}

/// What a timer-driven client believes at the end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Belief {
    /// Frames that it believes were played in this run; the endpoint's `frames` is how many were.
    pub played_frames: u64,
    /// Frames that it has written in this run, each counted once.
    pub written_frames: u64,
    /// Readings that it passed over.
    pub ignored_readings: u64,
    /// How often its 32-bit count of what was played began anew.
    pub count_wraps: u64,
    /// How many glitches it believes that there were.
    pub detected: u64,
    /// Each of them.
    pub detections: Vec<Detection>,
}

/// A glitch that a client believes in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Detection {
    /// When it noticed.
    pub at_ns: u64,
    /// How long it takes it to be.
    pub missing_ns: u64,
}

/// A rule between port and miniport that somebody broke, as Driver Verifier would say it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ViolationResult {
    /// When, rounded down.
    pub at_ns: u64,
    /// Which rule.
    pub rule: &'static str,
    /// The call in which it was found.
    pub call: &'static str,
    /// The level that it came at.
    pub irql: &'static str,
    /// All of it, and what was expected.
    pub message: String,
}

/// A sound file that was converted to another rate on its way in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Conversion {
    /// The file.
    pub path: String,
    /// Its own rate.
    pub from_hz: u32,
    /// The rate it was converted to.
    pub to_hz: u32,
}
