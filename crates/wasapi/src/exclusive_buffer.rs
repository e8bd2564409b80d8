//! How large the buffer of an exclusive stream is: what `Initialize` makes of a duration.

use units::{Bytes, Frames, HResult, Hns, WaveFormat};

use crate::duration::{duration_of, frames_of};

/// The longest period of an exclusive stream, and the longest event-driven buffer.
const PERIOD_MAX: Hns = Hns::new(5_000_000);
/// The longest timer-driven buffer.
const TIMER_DRIVEN_MAX: Hns = Hns::new(20_000_000);
/// What the cyclic buffer of a timer-driven stream is whole pages of.
const PAGE: u64 = 4096;

/// What a device asks of the buffers of exclusive streams.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExclusiveDevice {
    /// Its shortest period.
    pub period_min: Hns,
    /// What each of two event-driven buffers is a multiple of, beside the frame: 128 bytes on HD
    /// Audio, 1 where no one cares.
    pub alignment: Bytes,
}

/// What an exclusive stream is asked to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExclusiveRequest {
    /// The format, which the device takes.
    pub format: WaveFormat,
    /// The buffer asked for; of an event-driven stream, one of the two.
    pub duration: Hns,
    /// The period asked for; 0 is that of the device. An event-driven one is its duration.
    pub periodicity: Hns,
    /// True if its event is signalled.
    pub is_event_driven: bool,
}

/// Why `Initialize` makes no exclusive stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExclusiveRefusal {
    /// What it answers.
    pub code: HResult,
    /// What `GetBufferSize` answers then: the next size that would do, if that is all that is wrong.
    pub buffer_size: Option<Frames>,
}

/// A buffer that a client came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExclusiveBuffer {
    /// Its size; of an event-driven stream, that of one of the two.
    pub frames: Frames,
    /// The duration with which it was granted.
    pub duration: Hns,
    /// True if the first one was not aligned.
    pub was_retried: bool,
}

impl ExclusiveDevice {
    /// An HD Audio device behind a WaveRT driver.
    pub const HD_AUDIO: Self = Self {
        period_min: Hns::new(30_000),
        alignment: Bytes::new(128),
    };
    /// A device whose buffers are whole frames, and nothing else is asked.
    pub const WHOLE_FRAMES: Self = Self {
        period_min: Hns::new(30_000),
        alignment: Bytes::new(1),
    };

    /// The size that `Initialize` grants.
    ///
    /// # Errors
    /// In this order: `BUFDURATION_PERIOD_NOT_EQUAL`, `INVALID_DEVICE_PERIOD` and
    /// `BUFFER_SIZE_ERROR` for what is too long, `INVALID_DEVICE_PERIOD` for what is too short, and
    /// `BUFFER_SIZE_NOT_ALIGNED`.
    ///
    /// # Source
    /// `audioclient/nf-audioclient-iaudioclient-initialize.md`.
    pub fn initialize(&self, request: ExclusiveRequest) -> Result<Frames, ExclusiveRefusal> {
        self.check(request).map_err(|code| ExclusiveRefusal {
            code,
            buffer_size: None,
        })?;
        let ExclusiveRequest {
            format, duration, ..
        } = request;
        let frames = frames_of(duration, format.rate);
        if !request.is_event_driven {
            return Ok(self.whole_pages(format, frames));
        }
        let unit = frames_in_unit(format, self.alignment.get());
        if frames.get() % unit == 0 {
            return Ok(frames);
        }
        Err(ExclusiveRefusal {
            code: HResult::BUFFER_SIZE_NOT_ALIGNED,
            buffer_size: Some(Frames::new(frames.get().next_multiple_of(unit))),
        })
    }

    /// The buffer of a client that does as the pages say: not aligned, it asks for the duration of the
    /// size that it is told.
    ///
    /// # Errors
    /// Any other refusal.
    ///
    /// # Source
    /// `CoreAudio/exclusive-mode-streams.md`.
    pub fn open(&self, request: ExclusiveRequest) -> Result<ExclusiveBuffer, HResult> {
        match self.initialize(request) {
            Ok(frames) => Ok(ExclusiveBuffer {
                frames,
                duration: request.duration,
                was_retried: false,
            }),
            Err(ExclusiveRefusal {
                buffer_size: Some(frames),
                ..
            }) => {
                let duration = duration_of(frames, request.format.rate);
                let again = ExclusiveRequest {
                    duration,
                    periodicity: duration,
                    ..request
                };
                let granted = self.initialize(again).map_err(|refusal| refusal.code)?;
                Ok(ExclusiveBuffer {
                    frames: granted,
                    duration,
                    was_retried: true,
                })
            }
            Err(refusal) => Err(refusal.code),
        }
    }

    /// What is wrong with its times.
    pub(crate) fn check(&self, request: ExclusiveRequest) -> Result<(), HResult> {
        let ExclusiveRequest {
            duration,
            periodicity,
            is_event_driven,
            ..
        } = request;
        let is_asked_for = periodicity != Hns::new(0);
        if is_event_driven && (!is_asked_for || periodicity != duration) {
            return Err(HResult::BUFDURATION_PERIOD_NOT_EQUAL);
        }
        if periodicity > PERIOD_MAX {
            return Err(HResult::INVALID_DEVICE_PERIOD);
        }
        let longest = if is_event_driven {
            PERIOD_MAX
        } else {
            TIMER_DRIVEN_MAX
        };
        if duration > longest {
            return Err(HResult::BUFFER_SIZE_ERROR);
        }
        if is_event_driven && periodicity < self.period_min {
            return Err(HResult::INVALID_DEVICE_PERIOD);
        }
        Ok(())
    }

    /// The nearest size of whole frames and pages, and of the units of both halves; at least one.
    fn whole_pages(&self, format: WaveFormat, frames: Frames) -> Frames {
        if self.alignment == Bytes::new(1) {
            return frames.max(Frames::new(1));
        }
        let unit = frames_in_unit(format, PAGE.max(2 * self.alignment.get()));
        let nearest = (frames.get() + unit / 2) / unit;
        Frames::new(nearest.max(1) * unit)
    }
}

/// The fewest frames that are a multiple of so many bytes.
fn frames_in_unit(format: WaveFormat, bytes: u64) -> u64 {
    let frame = u64::from(format.frame_bytes());
    bytes / gcd(bytes, frame)
}

fn gcd(a: u64, b: u64) -> u64 {
    if b == 0 { a } else { gcd(b, a % b) }
}

#[cfg(test)]
mod tests;
