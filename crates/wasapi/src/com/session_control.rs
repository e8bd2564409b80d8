//! What a program reaches of a session.

use std::rc::Rc;

use ks::Guid;
use units::HResult;
use vtime::Context;

use super::open_stream::OpenStream;
use super::session::{SessionNotifications, SessionState, level};

/// The session of a stream. It keeps the stream open.
#[derive(Clone, Debug)]
#[doc(alias = "IAudioSessionControl")]
pub struct AudioSessionControl<C: Context>(pub(crate) Rc<OpenStream<C>>);

impl<C: Context> AudioSessionControl<C> {
    /// The state of the session.
    #[doc(alias = "IAudioSessionControl::GetState")]
    pub fn state(&self) -> SessionState {
        self.0.session().state()
    }

    /// What happens to the session from now on.
    #[doc(alias = "IAudioSessionControl::RegisterAudioSessionNotification")]
    pub fn register_audio_session_notification(&self) -> SessionNotifications {
        self.0.session().register()
    }
}

/// How loud a session is. All streams of the session have the same.
#[derive(Clone, Debug)]
#[doc(alias = "ISimpleAudioVolume")]
pub struct SimpleAudioVolume<C: Context>(pub(crate) Rc<OpenStream<C>>);

impl<C: Context> SimpleAudioVolume<C> {
    /// Sets the level, and leaves mute as it is.
    ///
    /// # Errors
    /// `INVALIDARG` outside 0 to 1; `DEVICE_INVALIDATED`.
    #[doc(alias = "ISimpleAudioVolume::SetMasterVolume")]
    pub fn set_master_volume(&self, to: f32, context: Option<Guid>) -> Result<(), HResult> {
        self.0.alive()?;
        let to = level(to)?;
        let (_, is_muted) = self.0.session().volume();
        self.set(to, is_muted, context);
        Ok(())
    }

    /// The level, muted or not.
    ///
    /// # Errors
    /// `DEVICE_INVALIDATED`.
    #[doc(alias = "ISimpleAudioVolume::GetMasterVolume")]
    pub fn master_volume(&self) -> Result<f32, HResult> {
        self.0.alive()?;
        Ok(self.0.session().volume().0)
    }

    /// Mutes or not, and leaves the level as it is.
    ///
    /// # Errors
    /// `DEVICE_INVALIDATED`.
    #[doc(alias = "ISimpleAudioVolume::SetMute")]
    pub fn set_mute(&self, is_muted: bool, context: Option<Guid>) -> Result<(), HResult> {
        self.0.alive()?;
        let (level, _) = self.0.session().volume();
        self.set(level, is_muted, context);
        Ok(())
    }

    /// Muted or not.
    ///
    /// # Errors
    /// `DEVICE_INVALIDATED`.
    #[doc(alias = "ISimpleAudioVolume::GetMute")]
    pub fn mute(&self) -> Result<bool, HResult> {
        self.0.alive()?;
        Ok(self.0.session().volume().1)
    }

    fn set(&self, level: f32, is_muted: bool, context: Option<Guid>) {
        if self.0.session().set_volume(level, is_muted, context) {
            self.0.device().regain();
        }
    }
}
