//! Content rights, as far as they touch streams.

use ks::{ContentId, DrmRights};
use units::{Moment, NtStatus};

/// A stream that knows whose content it carries.
///
/// # Source
/// `portcls/nf-portcls-idrmaudiostream-setcontentid.md`.
#[doc(alias = "IDrmAudioStream")]
pub trait DrmAudioStream {
    /// The content from now on, and what may be done with it. May be set at any time. On success
    /// everything behind the stream is set up for it.
    ///
    /// # Errors
    /// [`NtStatus::NOT_IMPLEMENTED`] if the rights cannot be enforced. Then the content and rights
    /// before stay in force.
    #[doc(alias = "SetContentId")]
    fn set_content_id(
        &mut self,
        now: Moment,
        id: ContentId,
        rights: DrmRights,
    ) -> Result<(), NtStatus>;
}
