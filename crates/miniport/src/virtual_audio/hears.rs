//! What a virtual microphone hears.

use std::rc::Rc;

use hardware::Microphone;
use units::{Frames, WaveFormat};

use super::tone::{Tone, ToneOptions};

/// What a virtual microphone hears.
#[derive(Clone, Debug)]
pub enum Hears {
    /// The tone of the sample driver, which begins anew with each stream and stands still while it
    /// does.
    ///
    /// # Source
    /// `audio/sysvad/EndpointsCommon/minwavertstream.cpp`, `ReadBytes`.
    Tone(ToneOptions),
    /// Something else.
    Sound(Rc<dyn Microphone>),
}

/// The same of one stream.
#[derive(Clone, Debug)]
pub(super) enum Ear {
    Tone(Tone),
    Sound(Rc<dyn Microphone>),
}

impl Ear {
    /// `None` if there is no tone in `format`.
    pub(super) fn new(hears: &Hears, format: WaveFormat) -> Option<Self> {
        Some(match hears {
            Hears::Tone(options) => Self::Tone(Tone::new(format, *options)?),
            Hears::Sound(sound) => Self::Sound(Rc::clone(sound)),
        })
    }

    /// Makes the samples of the frames from `first` of `run` on, which come next.
    pub(super) fn record(&mut self, run: u32, first: Frames, format: WaveFormat, out: &mut [u8]) {
        match self {
            Self::Tone(tone) => tone.generate(out),
            Self::Sound(sound) => sound.record(run, first, format, out),
        }
    }
}
