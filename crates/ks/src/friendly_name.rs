//! What categories and types of nodes are called where a person reads it.

use crate::guid::{
    Guid, KSCATEGORY_AUDIO, KSNODETYPE_ADC, KSNODETYPE_AUDIO_ENGINE, KSNODETYPE_AUDIO_LOOPBACK,
    KSNODETYPE_DAC, KSNODETYPE_LINE_CONNECTOR, KSNODETYPE_MICROPHONE, KSNODETYPE_MUTE,
    KSNODETYPE_SPEAKER, KSNODETYPE_SUM, KSNODETYPE_VOLUME,
};

/// The name under which a system of ours has registered `guid`, as an INF file would.
///
/// # Source
/// `audio/friendly-names-for-audio-endpoint-devices.md`: names are looked up by identifier.
pub const fn friendly_name(guid: Guid) -> Option<&'static str> {
    match guid {
        KSCATEGORY_AUDIO => Some("Audio"),
        KSNODETYPE_SPEAKER => Some("Speakers"),
        KSNODETYPE_MICROPHONE => Some("Microphone"),
        KSNODETYPE_LINE_CONNECTOR => Some("Line Connector"),
        KSNODETYPE_DAC => Some("D/A Converter"),
        KSNODETYPE_ADC => Some("A/D Converter"),
        KSNODETYPE_SUM => Some("Sum"),
        KSNODETYPE_VOLUME => Some("Volume"),
        KSNODETYPE_MUTE => Some("Mute"),
        KSNODETYPE_AUDIO_ENGINE => Some("Audio Engine"),
        KSNODETYPE_AUDIO_LOOPBACK => Some("Audio Loopback"),
        _ => None,
    }
}
