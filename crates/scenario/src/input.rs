//! Sound that comes from outside: decoded, and at the rate of the device.

use std::collections::BTreeMap;
use std::sync::Arc;

/// A decoded sound.
#[derive(Clone, Debug, PartialEq)]
pub struct Pcm {
    /// Frames per second of the samples here.
    pub rate_hz: u32,
    /// Samples in a frame.
    pub channels: u8,
    /// Frame after frame, full scale at ±1.
    pub samples: Arc<[f32]>,
    /// The rate of the file, if the samples were converted from another one.
    pub converted_from_hz: Option<u32>,
}

/// The sounds that a scenario names, by the path it names them with.
pub type Inputs = BTreeMap<String, Pcm>;

impl Pcm {
    /// Whole frames.
    pub fn frames(&self) -> u64 {
        (self.samples.len() / usize::from(self.channels.max(1))) as u64
    }
}
