//! `[[client]]`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::device::{Content, Format, Policy};
use super::source::Source;
use super::timer::Timer;
use crate::quantity::{FrameCount, Level, Time};

/// Somebody who plays or records.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Client {
    /// What it is called in reports. Default: `client-0` and so on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// How it uses the endpoint.
    pub mode: Mode,
    /// What it plays, if it does not record. Without any, a frame counter.
    #[serde(default)]
    pub source: Source,
    /// When it starts.
    #[serde(default)]
    pub start: Time,
    /// Shared mode: the format of its buffers, at the rate of the device. Default: the format of
    /// the device.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub format: Option<Format>,
    /// Shared mode: size of its endpoint buffer. Default: two periods of the engine, or
    /// one less than it has packets if that is more. Timer-driven mode: size of the cyclic buffer.
    /// Default: 20 ms at the rate of the device, rounded up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub buffer: Option<FrameCount>,
    /// Shared and offload mode: its volume in the mix. Default: `0dB`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub volume: Option<Level>,
    /// Exclusive and offload mode, as all keys of the exclusive one: frames of a packet. Default: 10
    /// ms at the rate of the device, rounded up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub packet: Option<FrameCount>,
    /// Exclusive modes, instead of `packet` or `buffer`: what it asks `Initialize` for. A packet is
    /// then as long as that, and on HD Audio a multiple of 128 bytes, so perhaps longer; the buffer of
    /// a timer-driven client is whole pages. 3 to 500 ms, or up to 2 s with a timer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration: Option<Time>,
    /// Exclusive mode: packets in the cyclic buffer. Default: 2.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub packets: Option<u32>,
    /// Exclusive mode: what it does after it was late. Who records and is `blind` takes one place of
    /// the buffer after the other and never asks the driver. Default: `resync`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<Policy>,
    /// Exclusive mode: which content follows what was lost. Default: `drop`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content: Option<Content>,
    /// Exclusive modes: time that it takes for a packet, or for what it writes at once. Default:
    /// none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service: Option<Time>,
    /// Its memory is locked, so that it never waits for a page; see `page-fault` of `[[fault]]`.
    #[serde(default, skip_serializing_if = "super::is_false")]
    pub locked_memory: bool,
    /// Exclusive mode: what it writes before the first notification. Default: `all`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prime: Option<Prime>,
    /// Exclusive mode: where the stream ends. Default: nowhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end_of_stream: Option<EndOfStream>,
    /// Timer-driven mode: how it goes by positions. Default: a look every 10 ms, and no doubts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timer: Option<Timer>,
}

/// How a client uses the endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Mode {
    /// Through the audio engine, woken by its event.
    SharedEvent,
    /// Straight on the pin, woken by the notification of the device.
    ExclusiveEvent,
    /// Straight on the pin, woken by a timer of its own: it has no packets and goes by positions.
    ExclusiveTimer,
    /// Records through the audio engine, woken by its event.
    SharedCapture,
    /// Records straight on the pin, woken by the notification of the microphone.
    ExclusiveCapture,
    /// Plays at once what it records, both through the audio engine.
    SharedThrough,
    /// Past the software engine, on a stream of its own of a device that mixes, woken by the
    /// notification of that stream: it says up to where the buffer is valid.
    Offload,
}

impl Mode {
    /// True if such a client plays.
    pub const fn plays(self) -> bool {
        !matches!(self, Self::SharedCapture | Self::ExclusiveCapture)
    }

    /// True if such a client records.
    pub const fn records(self) -> bool {
        matches!(
            self,
            Self::SharedCapture | Self::ExclusiveCapture | Self::SharedThrough
        )
    }

    /// True if such a client goes through an audio engine.
    pub const fn shares(self) -> bool {
        matches!(
            self,
            Self::SharedEvent | Self::SharedCapture | Self::SharedThrough
        )
    }

    /// The word in files and results.
    pub const fn name(self) -> &'static str {
        match self {
            Self::SharedEvent => "shared-event",
            Self::ExclusiveEvent => "exclusive-event",
            Self::ExclusiveTimer => "exclusive-timer",
            Self::SharedCapture => "shared-capture",
            Self::ExclusiveCapture => "exclusive-capture",
            Self::SharedThrough => "shared-through",
            Self::Offload => "offload",
        }
    }
}

/// What a producer writes before the first notification.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Prime {
    /// Packet 0 before RUN and the rest of the buffer at RUN.
    #[default]
    All,
    /// Packet 0 only.
    First,
    /// Not packet 0: the first write is packet 1, at RUN.
    None,
}

/// Where a stream ends.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct EndOfStream {
    /// Number of the last packet, counted from 0.
    pub packet: u32,
    /// Frames of it that belong to the stream.
    pub valid: FrameCount,
    /// Whether the client goes on to write packets, against the rules.
    #[serde(default)]
    pub writes_after: bool,
}
