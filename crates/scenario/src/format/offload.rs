//! `[device.offload]`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::quantity::FrameCount;

/// A device with an audio engine of its own: streams go past the software engine, and the device
/// adds them to what that makes.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Offload {
    /// Streams that can go past the software engine: 1 to 16.
    pub streams: u32,
    /// From the fetch of a frame to its rendering. Default: none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delay: Option<FrameCount>,
    /// What the device mixes of a stream behind the end of what its client has written.
    pub underrun: Underrun,
}

/// What a device mixes of a stream behind the end of what its client has written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Underrun {
    /// Silence.
    #[default]
    Silence,
    /// What lies in the buffer: the revolution before.
    Replay,
}

impl Offload {
    pub(super) fn says_nothing(&self) -> bool {
        *self == Self::default()
    }
}

impl Default for Offload {
    fn default() -> Self {
        Self {
            streams: 2,
            delay: None,
            underrun: Underrun::default(),
        }
    }
}
