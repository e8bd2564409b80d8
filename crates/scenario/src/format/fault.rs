//! `[[fault]]` and `[[action]]`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::client::Prime;
use crate::quantity::Time;

/// Something that goes wrong: exactly one kind, as a table named by it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Fault {
    /// What it is called in reports. Default: its kind and its place among the faults,
    /// `late-wake-up-0`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// A thread that has been woken gets to run late.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub late_wake_up: Option<LateWakeUp>,
    /// A notification of the device sets no event.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lost_notification: Option<LostNotification>,
    /// The notification event is set though nothing happened.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub spurious_notification: Option<SpuriousNotification>,
    /// No DPC of the device runs for a while.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub blocked_dpc: Option<BlockedDpc>,
    /// One DPC of the device runs late.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub late_dpc: Option<LateDpc>,
}

/// A thread that has been woken gets to run late.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct LateWakeUp {
    /// The thread of this client, counted from 0 in the order of the file …
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client: Option<u32>,
    /// … or that of the audio engine.
    #[serde(default, skip_serializing_if = "is_false")]
    pub engine: bool,
    /// Which wake-up: the number of the notification, counted from 1; for a shared client the
    /// number of the pass, counted from 0.
    pub event: u64,
    /// How late.
    pub by: Time,
}

/// A notification of the device sets no event.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct LostNotification {
    /// Number of the notification, counted from 1.
    #[schemars(range(min = 1))]
    pub event: u64,
}

/// The notification event is set though nothing happened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct SpuriousNotification {
    /// When.
    pub at: Time,
}

/// No DPC of the device runs for a while.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct BlockedDpc {
    /// From here on; a DPC queued at this very instant waits.
    pub from: Time,
    /// Until then.
    pub until: Time,
}

/// One DPC of the device runs late.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct LateDpc {
    /// Number of the interrupt that queued it, counted from 1.
    #[schemars(range(min = 1))]
    pub event: u64,
    /// How late.
    pub by: Time,
}

/// Something that somebody does on purpose: exactly one kind, as a table named by it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Action {
    /// A client takes its stream to PAUSE.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pause: Option<Transport>,
    /// A client takes its stream to RUN again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub run: Option<RunAgain>,
    /// A client takes its stream to STOP.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stop: Option<Transport>,
    /// A client writes a packet out of turn.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub write_packet: Option<WritePacket>,
}

/// A change of state.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Transport {
    /// Which client, counted from 0.
    pub client: u32,
    /// When.
    pub at: Time,
}

/// A change to RUN.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RunAgain {
    /// Which client, counted from 0.
    pub client: u32,
    /// When.
    pub at: Time,
    /// What it writes before, if it comes from STOP. Default: as at the start.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prime: Option<Prime>,
}

/// A packet written out of turn.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct WritePacket {
    /// Which client, counted from 0.
    pub client: u32,
    /// When.
    pub at: Time,
    /// Number of the packet, counted from 0.
    pub packet: u32,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde asks for a reference"
)]
const fn is_false(value: &bool) -> bool {
    !*value
}
