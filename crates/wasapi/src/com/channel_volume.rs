//! How loud each channel is: of a session, and of a stream.

use std::rc::Rc;

use ks::Guid;
use units::HResult;
use vtime::Context;

use super::open_stream::OpenStream;
use super::session::level;

/// The levels of all channels with one of them set.
fn with_one(mut levels: Vec<f32>, index: u32, to: f32) -> Result<Vec<f32>, HResult> {
    let index = usize::try_from(index).map_err(|_| HResult::INVALIDARG)?;
    *levels.get_mut(index).ok_or(HResult::INVALIDARG)? = level(to)?;
    Ok(levels)
}

/// One of the levels.
fn one(levels: &[f32], index: u32) -> Result<f32, HResult> {
    let index = usize::try_from(index).map_err(|_| HResult::INVALIDARG)?;
    levels.get(index).copied().ok_or(HResult::INVALIDARG)
}

/// Levels for all channels.
fn all(channels: usize, levels: &[f32]) -> Result<Vec<f32>, HResult> {
    if levels.len() != channels {
        return Err(HResult::INVALIDARG);
    }
    levels.iter().map(|to| level(*to)).collect()
}

/// The channels of a session.
#[derive(Clone, Debug)]
#[doc(alias = "IChannelAudioVolume")]
pub struct ChannelAudioVolume<C: Context>(pub(crate) Rc<OpenStream<C>>);

impl<C: Context> ChannelAudioVolume<C> {
    /// How many.
    #[doc(alias = "IChannelAudioVolume::GetChannelCount")]
    pub fn channel_count(&self) -> usize {
        self.0.session().channels().len()
    }

    /// Sets one. It is told even if it was so before.
    ///
    /// # Errors
    /// `INVALIDARG` for a channel or a level that is none; `DEVICE_INVALIDATED`.
    #[doc(alias = "IChannelAudioVolume::SetChannelVolume")]
    pub fn set_channel_volume(
        &self,
        index: u32,
        to: f32,
        context: Option<Guid>,
    ) -> Result<(), HResult> {
        self.0.alive()?;
        let levels = with_one(self.0.session().channels(), index, to)?;
        self.0.session().set_channels(levels, Some(index), context);
        self.0.device().regain();
        Ok(())
    }

    /// One.
    ///
    /// # Errors
    /// `INVALIDARG` for a channel that is none; `DEVICE_INVALIDATED`.
    #[doc(alias = "IChannelAudioVolume::GetChannelVolume")]
    pub fn channel_volume(&self, index: u32) -> Result<f32, HResult> {
        self.0.alive()?;
        one(&self.0.session().channels(), index)
    }

    /// Sets all.
    ///
    /// # Errors
    /// `INVALIDARG` for another number of them or a level that is none; `DEVICE_INVALIDATED`.
    #[doc(alias = "IChannelAudioVolume::SetAllVolumes")]
    pub fn set_all_volumes(&self, levels: &[f32], context: Option<Guid>) -> Result<(), HResult> {
        self.0.alive()?;
        let levels = all(self.channel_count(), levels)?;
        self.0.session().set_channels(levels, None, context);
        self.0.device().regain();
        Ok(())
    }
}

/// The channels of a stream. Nobody is told.
#[derive(Clone, Debug)]
#[doc(alias = "IAudioStreamVolume")]
pub struct AudioStreamVolume<C: Context>(pub(crate) Rc<OpenStream<C>>);

impl<C: Context> AudioStreamVolume<C> {
    /// How many.
    #[doc(alias = "IAudioStreamVolume::GetChannelCount")]
    pub fn channel_count(&self) -> usize {
        self.0.levels().len()
    }

    /// Sets one.
    ///
    /// # Errors
    /// `INVALIDARG` for a channel or a level that is none; `DEVICE_INVALIDATED`.
    #[doc(alias = "IAudioStreamVolume::SetChannelVolume")]
    pub fn set_channel_volume(&self, index: u32, to: f32) -> Result<(), HResult> {
        self.0.alive()?;
        let levels = with_one(self.0.levels(), index, to)?;
        self.0.set_levels(levels);
        Ok(())
    }

    /// One.
    ///
    /// # Errors
    /// `INVALIDARG` for a channel that is none; `DEVICE_INVALIDATED`.
    #[doc(alias = "IAudioStreamVolume::GetChannelVolume")]
    pub fn channel_volume(&self, index: u32) -> Result<f32, HResult> {
        self.0.alive()?;
        one(&self.0.levels(), index)
    }

    /// Sets all.
    ///
    /// # Errors
    /// `INVALIDARG` for another number of them or a level that is none; `DEVICE_INVALIDATED`.
    #[doc(alias = "IAudioStreamVolume::SetAllVolumes")]
    pub fn set_all_volumes(&self, levels: &[f32]) -> Result<(), HResult> {
        self.0.alive()?;
        let levels = all(self.channel_count(), levels)?;
        self.0.set_levels(levels);
        Ok(())
    }
}
