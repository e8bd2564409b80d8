//! What can be chosen.

use units::SimDuration;

/// How the miniport of a device with an audio engine of its own behaves where drivers differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OffloadOptions {
    /// The shortest buffer of a stream that goes past the software engine.
    pub buffer_min: SimDuration,
    /// The longest.
    pub buffer_max: SimDuration,
    /// Whether the device has a digital output, over which content without that right must not
    /// leave: it cannot be switched off.
    pub digital_output: bool,
}

/// 10 ms to 2 s, no digital output.
///
/// Source: `audio/acx-streaming.md` for the order of the longest.
impl Default for OffloadOptions {
    fn default() -> Self {
        Self {
            buffer_min: SimDuration::from_millis(10),
            buffer_max: SimDuration::from_millis(2_000),
            digital_output: false,
        }
    }
}

vtime::fork_by_clone!(OffloadOptions);
