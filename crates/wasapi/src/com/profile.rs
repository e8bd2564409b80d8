//! What an endpoint is like.

use units::{Hns, WaveFormat};

use crate::buffer_minimum::BufferMinimum;
use crate::exclusive_buffer::ExclusiveDevice;

/// What an endpoint can do, and what its user lets programs do with it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own")]
pub struct EndpointProfile {
    /// What exclusive streams may be; the device decides, and the mix format need not be among them.
    pub exclusive_formats: Vec<WaveFormat>,
    /// Period and alignment of exclusive streams.
    pub exclusive: ExclusiveDevice,
    /// The user lets programs have the device for themselves.
    pub is_exclusive_allowed: bool,
    /// Who asks for the device exclusively takes it from those who share it.
    pub has_exclusive_priority: bool,
    /// The device mixes streams itself.
    pub can_offload: bool,
    /// Streams may go past the effects.
    pub has_raw_mode: bool,
    /// The smallest buffer of a shared stream.
    pub minimum: BufferMinimum,
    /// What is said about latency.
    pub latency: LatencyReport,
}

/// What `GetStreamLatency` answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LatencyReport {
    /// The period of the stream and what the device adds.
    #[doc(alias = "IAudioClient::GetStreamLatency")]
    Classic {
        /// What the device adds.
        device: Hns,
    },
    /// Nothing, as measured on Windows 10.
    Zero,
}

impl EndpointProfile {
    /// An HD Audio device with the settings that Windows has from the start, for exclusive streams of
    /// these formats.
    pub const fn hd_audio(exclusive_formats: Vec<WaveFormat>) -> Self {
        Self {
            exclusive_formats,
            exclusive: ExclusiveDevice::HD_AUDIO,
            is_exclusive_allowed: true,
            has_exclusive_priority: true,
            can_offload: false,
            has_raw_mode: false,
            minimum: BufferMinimum::TwoPeriodsAndTwoMs,
            latency: LatencyReport::Classic {
                device: Hns::new(0),
            },
        }
    }
}
