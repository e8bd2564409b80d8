//! `[microphone]` and `[capture-engine]`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::device::{Format, Kind, PositionSource, Preset, VirtualMode};
use super::dma::Dma;
use super::source::Source;
use crate::quantity::{Drift, FrameCount, Time};

/// A capture endpoint: an HD Audio input stream, or a virtual one, behind its miniport and port
/// driver.
///
/// Without a preset it is the reference device: evenly spaced frames, each in memory when it
/// begins.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Microphone {
    /// What the endpoint is called in reports.
    pub name: String,
    /// What stands behind the driver.
    pub kind: Kind,
    /// How a virtual driver counts. Default: `exact`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mode: Option<VirtualMode>,
    /// Figures of a real device; keys that are given beside it override it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub preset: Option<Preset>,
    /// What the device records: 8 to 192 kHz, `u8`, `s16`, `s24in32` or `s32`; a virtual one `s24`,
    /// too.
    pub format: Format,
    /// What it hears. Without any, a frame counter; a virtual one the tone of the sample driver, in
    /// `u8`, `s16`, `s24` or `s32`.
    pub source: Source,
    /// Which controller its stream is on.
    pub controller: ControllerOf,
    /// How fast the crystal of the device is, if its controller is its own.
    pub drift: Drift,
    /// How far its rate strays from that, a little further or back each second. Default: not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wander: Option<Drift>,
    /// Figures of its DMA engine and its codec.
    #[serde(skip_serializing_if = "Dma::says_nothing")]
    pub dma: Dma,
    /// Faults that real devices have together, beside those of `[[fault]]`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub faults: Option<CaptureSuite>,
    /// What the driver counts packets by.
    pub position_source: PositionSource,
    /// Lets a buffer have up to 8 packets; Windows knows 1 or 2.
    pub more_packets: bool,
    /// Which of several packets the driver hands out.
    pub read_order: ReadOrder,
}

/// Which controller a microphone is on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ControllerOf {
    /// One of its own, with a crystal and an interrupt of its own.
    #[default]
    Own,
    /// That of the speaker: one crystal, one interrupt, and what strikes the controller strikes
    /// both.
    Speaker,
}

/// Faults that real devices have together when they record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum CaptureSuite {
    /// An Intel controller since Skylake: its position record is old until the interrupt is
    /// acknowledged, and data comes 20 µs after both.
    SkylakeCapture,
}

/// Which of several captured packets a driver hands out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ReadOrder {
    /// As documented: the oldest one that is still whole.
    #[default]
    OldestFirst,
    /// As the sample driver does: the newest one, whatever was not read before it.
    NewestOnly,
}

/// The audio engine of the microphone: takes packets out of the cyclic buffer for the clients that
/// share the endpoint.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct CaptureEngine {
    /// Frames that one pass takes. Default: 10 ms at the rate of the microphone, rounded up.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub period: Option<FrameCount>,
    /// Packets in the cyclic buffer.
    pub packets: u32,
    /// Time that a pass takes per packet.
    pub service: Time,
    /// What becomes of a packet for which the buffer of a client has no room.
    pub overrun: Overrun,
}

/// What becomes of a packet for which the buffer of a client has no room.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Overrun {
    /// As Windows 10 does: what was there first stays.
    #[default]
    KeepOldest,
    /// As Windows 7 did: what was there first gives way.
    KeepNewest,
}

impl Default for Microphone {
    fn default() -> Self {
        Self {
            name: "microphone".into(),
            kind: Kind::default(),
            mode: None,
            preset: None,
            format: Format::default(),
            source: Source::default(),
            controller: ControllerOf::default(),
            drift: Drift::default(),
            wander: None,
            dma: Dma::default(),
            faults: None,
            position_source: PositionSource::default(),
            more_packets: false,
            read_order: ReadOrder::default(),
        }
    }
}

impl Default for CaptureEngine {
    fn default() -> Self {
        Self {
            period: None,
            packets: 2,
            service: Time::default(),
            overrun: Overrun::default(),
        }
    }
}
