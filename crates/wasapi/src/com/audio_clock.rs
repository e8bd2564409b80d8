//! How far a stream is.

use std::rc::Rc;

use units::{HResult, Hns};
use vtime::Context;

use super::open_stream::OpenStream;

/// A position and the counter at which it was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reading {
    /// The position, in the unit of the clock.
    pub position: u64,
    /// The performance counter in units of 100 ns.
    pub qpc: Hns,
}

/// The clock of a stream.
///
/// # Source
/// `audioclient/nn-audioclient-iaudioclock.md`. That a shared clock counts bytes and an exclusive one
/// frames is measured; the pages leave the unit open.
#[derive(Clone, Debug)]
#[doc(alias = "IAudioClock")]
#[doc(alias = "IAudioClock2")]
pub struct AudioClock<C: Context>(pub(crate) Rc<OpenStream<C>>);

impl<C: Context> AudioClock<C> {
    /// Units of the position in a second.
    ///
    /// # Errors
    /// `DEVICE_INVALIDATED`.
    #[doc(alias = "IAudioClock::GetFrequency")]
    pub fn frequency(&self) -> Result<u64, HResult> {
        self.0.alive()?;
        Ok(u64::from(self.0.format.rate.hertz()) * self.unit())
    }

    /// What was played or recorded since the last reset.
    ///
    /// # Errors
    /// `DEVICE_INVALIDATED`.
    #[doc(alias = "IAudioClock::GetPosition")]
    pub fn position(&self) -> Result<Reading, HResult> {
        self.0.alive()?;
        Ok(Reading {
            position: self.0.frames_played() * self.unit(),
            qpc: self.0.cx.now().to_hns_floor(),
        })
    }

    /// `AUDIOCLOCK_CHARACTERISTIC_FIXED_FREQ`: the frequency does not change.
    #[doc(alias = "IAudioClock::GetCharacteristics")]
    pub const fn characteristics(&self) -> u32 {
        1
    }

    fn unit(&self) -> u64 {
        if self.0.is_exclusive() {
            1
        } else {
            self.0.format.frame_bytes().into()
        }
    }
}
