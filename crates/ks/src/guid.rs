//! Identifiers of sets, categories and types.

use std::fmt;

/// A globally unique identifier, as its 32 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[doc(alias = "GUID")]
pub struct Guid(u128);

impl Guid {
    /// The identifier whose digits, without hyphens, are those of `digits`.
    pub const fn new(digits: u128) -> Self {
        Self(digits)
    }
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

/// The set of the properties of a WaveRT pin. Source: `ksmedia.h`.
#[doc(alias = "KSPROPSETID_RtAudio")]
pub const KSPROPSETID_RT_AUDIO: Guid = Guid(0xA855A48C_2F78_4729_9051_1968746B9EEF);
/// The set of the properties of any audio pin. Source: `ksmedia.h`.
#[doc(alias = "KSPROPSETID_Audio")]
pub const KSPROPSETID_AUDIO: Guid = Guid(0x45FFAAA0_6E1B_11D0_BCF2_444553540000);
/// The set of the state and format of a pin. Source: `ks.h`.
#[doc(alias = "KSPROPSETID_Connection")]
pub const KSPROPSETID_CONNECTION: Guid = Guid(0x1D58C920_AC9B_11CF_A5D6_28DB04C10000);
/// The category that marks a filter as WaveRT. Source: `install/kscategory-realtime.md`.
pub const KSCATEGORY_REALTIME: Guid = Guid(0xEB115FFC_10C8_4964_831D_6DCB02E6F23F);
/// The category of every audio filter. Source: `install/kscategory-audio.md`.
pub const KSCATEGORY_AUDIO: Guid = Guid(0x6994AD04_93EF_11D0_A3CC_00A0C9223196);
/// The category of filters that render. Source: `install/kscategory-render.md`.
pub const KSCATEGORY_RENDER: Guid = Guid(0x65E8773E_8F56_11D0_A3B9_00A0C9223196);
/// The type of a bridge pin that leads to a loudspeaker. Source: `ksmedia.h`.
pub const KSNODETYPE_SPEAKER: Guid = Guid(0xDFF21CE1_F70F_11D0_B917_00A0C9223196);

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
}
