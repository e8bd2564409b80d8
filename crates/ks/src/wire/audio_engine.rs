//! The structures of built-in audio engines.

use super::cursor::structure;

structure! {
    /// The pins of an engine.
    ///
    /// # Source
    /// `ksmedia/ns-ksmedia-_tagksaudioengine_descriptor.md`.
    KsAudioEngineDescriptor = "KSAUDIOENGINE_DESCRIPTOR" {
        /// That of the software engine.
        host_pin_id: u32,
        /// That of streams which go past it.
        offload_pin_id: u32,
        /// The one that gives the mix back.
        loopback_pin_id: u32,
    }

    /// The bounds of a buffer.
    ///
    /// # Source
    /// `ksmedia/ns-ksmedia-_tagksaudioengine_buffer_size_range.md`.
    KsAudioEngineBufferSizeRange = "KSAUDIOENGINE_BUFFER_SIZE_RANGE" {
        /// The least bytes.
        min_buffer_bytes: u32,
        /// The most bytes.
        max_buffer_bytes: u32,
    }

    /// A volume and the way to it.
    ///
    /// # Source
    /// `audio/ksproperty-audioengine-volumelevel.md`.
    KsAudioEngineVolumeLevel = "KSAUDIOENGINE_VOLUMELEVEL" {
        /// In 1/65536 dB.
        target_volume: i32,
        /// 0 for at once, 1 for a fade.
        curve_type: u32,
        /// In 100 ns.
        curve_duration: u64,
    }
}
