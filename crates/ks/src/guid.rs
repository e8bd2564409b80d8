//! Identifiers of sets, categories and types.

use std::fmt;

/// A globally unique identifier, as its 32 hexadecimal digits.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[doc(alias = "GUID")]
pub struct Guid(u128);

impl Guid {
    /// The identifier whose digits, without hyphens, are those of `digits`.
    pub const fn new(digits: u128) -> Self {
        Self(digits)
    }

    /// As it lies in memory: the first three groups little-endian, the rest in order.
    pub fn to_bytes(self) -> [u8; 16] {
        let mut bytes = self.0.to_be_bytes();
        swap_groups(&mut bytes);
        bytes
    }

    /// The identifier that lies in memory so.
    pub fn from_bytes(mut bytes: [u8; 16]) -> Self {
        swap_groups(&mut bytes);
        Self(u128::from_be_bytes(bytes))
    }
}

/// Turns the first three groups of digits round.
fn swap_groups(bytes: &mut [u8; 16]) {
    bytes[..4].reverse();
    bytes[4..6].reverse();
    bytes[6..8].reverse();
}

/// The registry form: `{A855A48C-2F78-4729-9051-1968746B9EEF}`.
impl fmt::Display for Guid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = format!("{:032X}", self.0);
        let groups = [
            &digits[..8],
            &digits[8..12],
            &digits[12..16],
            &digits[16..20],
            &digits[20..],
        ];
        write!(f, "{{{}}}", groups.join("-"))
    }
}

impl fmt::Debug for Guid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Declares identifiers, each with the name that the headers give it.
macro_rules! identifiers {
    ($($(#[$doc:meta])* $name:ident = $real:literal, $digits:literal;)*) => {
        $(
            $(#[$doc])*
            #[doc = concat!("\n\nIn the headers `", $real, "`.")]
            pub const $name: Guid = Guid($digits);
        )*

        impl Guid {
            /// The name that the headers give it, if it is one that is known here.
            pub const fn name(self) -> Option<&'static str> {
                match self {
                    $($name => Some($real),)*
                    _ => None,
                }
            }
        }

        /// Every identifier that has a name here, with that name.
        #[cfg(test)]
        const NAMED: &[(Guid, &str)] = &[$(($name, $real)),*];
    };
}

identifiers! {
    /// Nothing, or anything: the wildcard of formats.
    GUID_NULL = "GUID_NULL", 0;

    /// The set of the properties of a WaveRT pin. Source: `ksmedia.h`.
    KSPROPSETID_RT_AUDIO = "KSPROPSETID_RtAudio", 0xA855A48C_2F78_4729_9051_1968746B9EEF;
    /// The set of the properties of any audio pin, and of nodes. Source: `ksmedia.h`.
    KSPROPSETID_AUDIO = "KSPROPSETID_Audio", 0x45FFAAA0_6E1B_11D0_BCF2_444553540000;
    /// The set of the properties of pin factories. Source: `ks.h`.
    KSPROPSETID_PIN = "KSPROPSETID_Pin", 0x8C134960_51AD_11CF_878A_94F801C10000;
    /// The set of the state and format of a pin. Source: `ks.h`.
    KSPROPSETID_CONNECTION = "KSPROPSETID_Connection", 0x1D58C920_AC9B_11CF_A5D6_28DB04C10000;
    /// The set of what a filter has inside. Source: `ks.h`.
    KSPROPSETID_TOPOLOGY = "KSPROPSETID_Topology", 0x720D4AC0_7533_11D0_A5D6_28DB04C10000;
    /// The set of hardware audio engines. Source: `audio/kspropsetid-audioengine.md`.
    KSPROPSETID_AUDIO_ENGINE = "KSPROPSETID_AudioEngine", 0x3A2F82DC_886F_4BAA_9EB4_082B9025C536;
    /// The set of loopback pins. Source: `audio/kspropsetid-audioloopback.md`.
    KSPROPSETID_AUDIO_LOOPBACK = "KSPROPSETID_AudioLoopback", 0xB3648BC8_5B91_468A_B94D_F4641250917C;
    /// The set of signal-processing modes. Source: `audio/kspropsetid-audiosignalprocessing.md`.
    KSPROPSETID_AUDIO_SIGNAL_PROCESSING = "KSPROPSETID_AudioSignalProcessing", 0x4F67B528_30C9_40DE_B2FB_859DDD1F3470;
    /// The set of jacks. Source: `audio/kspropsetid-jack.md`.
    KSPROPSETID_JACK = "KSPROPSETID_Jack", 0x4509F757_2D46_4637_8E62_CE7DB944F57B;
    /// The set of what changes about a pin factory. Source: `audio/ksevent-pincaps-formatchange.md`.
    KSEVENTSETID_PIN_CAPS_CHANGE = "KSEVENTSETID_PinCapsChange", 0xDD4F192E_3B78_49AD_A534_2C315B822000;
    /// The set of the ways to talk to a pin. Source: `ks.h`.
    KSINTERFACESETID_STANDARD = "KSINTERFACESETID_Standard", 0x1A8766A0_62CE_11CF_A5D6_28DB04C10000;
    /// The set of what a pin is talked to over. Source: `ks.h`.
    KSMEDIUMSETID_STANDARD = "KSMEDIUMSETID_Standard", 0x4747B320_62CE_11CF_A5D6_28DB04C10000;
    /// The set of types of values; the member is a `VARTYPE`. Source: `ks.h`.
    KSPROPTYPESETID_GENERAL = "KSPROPTYPESETID_General", 0x97E99BA0_BDEA_11CF_A5D6_28DB04C10000;

    /// The category that marks a filter as WaveRT. Source: `install/kscategory-realtime.md`.
    KSCATEGORY_REALTIME = "KSCATEGORY_REALTIME", 0xEB115FFC_10C8_4964_831D_6DCB02E6F23F;
    /// The category of every audio filter. Source: `install/kscategory-audio.md`.
    KSCATEGORY_AUDIO = "KSCATEGORY_AUDIO", 0x6994AD04_93EF_11D0_A3CC_00A0C9223196;
    /// The category of filters that render. Source: `install/kscategory-render.md`.
    KSCATEGORY_RENDER = "KSCATEGORY_RENDER", 0x65E8773E_8F56_11D0_A3B9_00A0C9223196;
    /// The category of filters that capture. Source: `install/kscategory-capture.md`.
    KSCATEGORY_CAPTURE = "KSCATEGORY_CAPTURE", 0x65E8773D_8F56_11D0_A3B9_00A0C9223196;
    /// The category of topology filters. Source: `install/kscategory-topology.md`.
    KSCATEGORY_TOPOLOGY = "KSCATEGORY_TOPOLOGY", 0xDDA54A40_1E4C_11D1_A050_405705C10000;

    /// The type of a bridge pin that leads to a loudspeaker. Source: `ksmedia.h`.
    KSNODETYPE_SPEAKER = "KSNODETYPE_SPEAKER", 0xDFF21CE1_F70F_11D0_B917_00A0C9223196;
    /// The type of a bridge pin that comes from a microphone. Source: `ksmedia.h`.
    KSNODETYPE_MICROPHONE = "KSNODETYPE_MICROPHONE", 0xDFF21BE1_F70F_11D0_B917_00A0C9223196;
    /// The type of a bridge pin that comes from, or leads to, a line. Source: `ksmedia.h`.
    KSNODETYPE_LINE_CONNECTOR = "KSNODETYPE_LINE_CONNECTOR", 0xDFF21FE3_F70F_11D0_B917_00A0C9223196;
    /// A node that turns numbers into sound. Source: `audio/ksnodetype-dac.md`.
    KSNODETYPE_DAC = "KSNODETYPE_DAC", 0x507AE360_C554_11D0_8A2B_00A0C9255AC1;
    /// A node that turns sound into numbers. Source: `audio/ksnodetype-adc.md`.
    KSNODETYPE_ADC = "KSNODETYPE_ADC", 0x4D837FE0_C555_11D0_8A2B_00A0C9255AC1;
    /// A node that mixes its inputs. Source: `audio/ksnodetype-sum.md`.
    KSNODETYPE_SUM = "KSNODETYPE_SUM", 0xDA441A60_C556_11D0_8A2B_00A0C9255AC1;
    /// A node that sets the volume. Source: `audio/ksnodetype-volume.md`.
    KSNODETYPE_VOLUME = "KSNODETYPE_VOLUME", 0x3A5ACC00_C557_11D0_8A2B_00A0C9255AC1;
    /// A node that can silence. Source: `audio/ksnodetype-mute.md`.
    KSNODETYPE_MUTE = "KSNODETYPE_MUTE", 0x02B223C0_C557_11D0_8A2B_00A0C9255AC1;
    /// A node that is a hardware audio engine. Source: `audio/ksnodetype-audio-engine.md`.
    KSNODETYPE_AUDIO_ENGINE = "KSNODETYPE_AUDIO_ENGINE", 0x35CAF6E4_F3B3_4168_BB4B_55E77A461C7E;
    /// The category of a loopback pin. Source: `audio/driver-implementation-details.md`.
    KSNODETYPE_AUDIO_LOOPBACK = "KSNODETYPE_AUDIO_LOOPBACK", 0x8F42C0B2_91CE_4BCF_9CCD_0E599037AB35;

    /// What flows is sound. Source: `ksmedia.h`.
    KSDATAFORMAT_TYPE_AUDIO = "KSDATAFORMAT_TYPE_AUDIO", 0x73647561_0000_0010_8000_00AA00389B71;
    /// Samples are whole numbers. Source: `ksmedia.h`.
    KSDATAFORMAT_SUBTYPE_PCM = "KSDATAFORMAT_SUBTYPE_PCM", 0x00000001_0000_0010_8000_00AA00389B71;
    /// Samples are floating-point numbers. Source: `ksmedia.h`.
    KSDATAFORMAT_SUBTYPE_IEEE_FLOAT = "KSDATAFORMAT_SUBTYPE_IEEE_FLOAT", 0x00000003_0000_0010_8000_00AA00389B71;
    /// There are no samples, but a voltage. Source: `ksmedia.h`.
    KSDATAFORMAT_SUBTYPE_ANALOG = "KSDATAFORMAT_SUBTYPE_ANALOG", 0x6DBA3190_67BD_11CF_A0F7_0020AFD156E4;
    /// A wave format tells the rest. Source: `ksmedia.h`.
    KSDATAFORMAT_SPECIFIER_WAVEFORMATEX = "KSDATAFORMAT_SPECIFIER_WAVEFORMATEX", 0x05589F81_C356_11CE_BF01_00AA0055595A;
    /// There is no more to tell. Source: `ks.h`.
    KSDATAFORMAT_SPECIFIER_NONE = "KSDATAFORMAT_SPECIFIER_NONE", 0x0F6417D6_C318_11D0_A43F_00A0C9223196;

    /// The mode in which a device does what it does by itself. Source: `audio/audio-signal-processing-modes.md`.
    AUDIO_SIGNALPROCESSINGMODE_DEFAULT = "AUDIO_SIGNALPROCESSINGMODE_DEFAULT", 0xC18E2F7E_933D_4965_B7D1_1EEF228D2AF3;
    /// The mode in which a device changes nothing. Source: `audio/audio-signal-processing-modes.md`.
    AUDIO_SIGNALPROCESSINGMODE_RAW = "AUDIO_SIGNALPROCESSINGMODE_RAW", 0x9E90EA20_B493_4FD1_A1A8_7E1361A956CF;
    /// The attribute that names the mode of a stream. Source: `ksmedia.h`.
    KSATTRIBUTEID_AUDIOSIGNALPROCESSING_MODE = "KSATTRIBUTEID_AUDIOSIGNALPROCESSING_MODE", 0xE1F89EB5_5F46_419B_967B_FF6770B98401;
    /// The attribute that says where a loopback stream is taken from. Source: `ksmedia.h`.
    KSATTRIBUTEID_AUDIOLOOPBACK_TAPPOINT = "KSATTRIBUTEID_AUDIOLOOPBACK_TAPPOINT", 0x2795A0F7_1688_44FE_BC14_BF8273992141;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identifier_prints_in_registry_form() {
        let printed = KSPROPSETID_RT_AUDIO.to_string();
        assert_eq!(printed, "{A855A48C-2F78-4729-9051-1968746B9EEF}");
        assert_eq!(
            KSCATEGORY_AUDIO.to_string(),
            "{6994AD04-93EF-11D0-A3CC-00A0C9223196}"
        );
    }

    #[test]
    fn in_memory_the_first_three_groups_are_turned_round() {
        let bytes = [
            0x8C, 0xA4, 0x55, 0xA8, 0x78, 0x2F, 0x29, 0x47, 0x90, 0x51, 0x19, 0x68, 0x74, 0x6B,
            0x9E, 0xEF,
        ];
        assert_eq!(KSPROPSETID_RT_AUDIO.to_bytes(), bytes);
        assert_eq!(Guid::from_bytes(bytes), KSPROPSETID_RT_AUDIO);
    }

    #[test]
    fn no_two_identifiers_are_the_same_and_each_knows_its_name() {
        for (place, (guid, name)) in NAMED.iter().enumerate() {
            assert_eq!(guid.name(), Some(*name));
            assert!(NAMED[place + 1..].iter().all(|(other, _)| other != guid));
        }
        assert_eq!(Guid::new(1).name(), None);
    }
}
