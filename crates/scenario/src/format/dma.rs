//! `[device.dma]` and `[microphone.dma]`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::quantity::Time;

/// Figures of a DMA engine, its bus and its codec that no public source has, or that differ from
/// device to device. Each is as the device has it without the table.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Dma {
    /// From the link to the jack, or from the jack to the link. Default: none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub codec_delay: Option<Time>,
    /// How late position registers show each position. Default: not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shown_late: Option<Time>,
    /// Up to so much later than that, drawn for each position on its own. Default: none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shown_jitter: Option<Time>,
    /// Which side's position the record in memory shows. Default: that of memory.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub record_tracks: Option<Tracks>,
    /// How long a record is on its way to memory. Default: no time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub record_latency: Option<Time>,
    /// How frames that travel in groups are put into link frames. Default: `grouped`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub packing: Option<Packing>,
    /// From where on the pattern of full and empty link frames is counted. Default: `stream`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cadence_phase: Option<CadencePhase>,
    /// What an input does with less than a burst at the end of a packet. Default: `packet-end`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub flush: Option<Flush>,
    /// When a frame of an input lies in memory. Default: `begun` without a preset, `arrived` with
    /// one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub store: Option<Store>,
    /// When the bus of the speaker's controller grants nothing.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub stalls: Vec<BusStall>,
}

impl Dma {
    pub(super) fn says_nothing(&self) -> bool {
        *self == Self::default()
    }
}

/// Which side a position is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Tracks {
    /// What was fetched, or is in memory.
    Memory,
    /// What has gone over the link, as older parts have it.
    Link,
}

/// How frames that travel in groups are put into link frames.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Packing {
    /// A whole group in one link frame: at 32 kHz two, none, none.
    Grouped,
    /// As evenly as can be: at 32 kHz one, one, none.
    Spread,
}

/// From where on a pattern of link frames is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum CadencePhase {
    /// From the first link frame of the stream.
    Stream,
    /// From when the controller left reset.
    Link,
}

/// What an input does with less than a burst at the end of a packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Flush {
    /// It is stored at once.
    PacketEnd,
    /// It waits for the rest of the burst, and so does the interrupt.
    WholeBursts,
}

/// When a frame of an input lies in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Store {
    /// When it has wholly arrived, with its burst.
    Arrived,
    /// When it begins.
    Begun,
}

/// A time in which the bus grants nothing. What was asked for is granted at its end.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct BusStall {
    /// From here on.
    pub from: Time,
    /// Until then.
    pub until: Time,
}
