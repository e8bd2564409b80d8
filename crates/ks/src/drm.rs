//! Whose content a stream carries, and what may be done with it.

/// Names protected content. 0 is content without protection.
///
/// # Source
/// `portcls/nf-portcls-idrmaudiostream-setcontentid.md`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct ContentId(u32);

/// What may be done with content.
///
/// # Source
/// `drmk/ns-drmk-tagdrmrights.md`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[doc(alias = "DRMRIGHTS")]
pub struct DrmRights {
    /// It must not be copied: no loopback carries it.
    #[doc(alias = "CopyProtect")]
    pub copy_protect: bool,
    /// It must not leave over a digital output.
    #[doc(alias = "DigitalOutputDisable")]
    pub digital_output_disable: bool,
}

impl ContentId {
    /// The content called `id`.
    pub const fn new(id: u32) -> Self {
        Self(id)
    }

    /// Its number.
    pub const fn get(self) -> u32 {
        self.0
    }
}

vtime::fork_by_clone!(ContentId, DrmRights);
