//! Up to where the buffer of an offloaded stream is valid.

use thiserror::Error;
use units::{Bytes, NtStatus};

/// Up to where the buffer is valid: as a place in the buffer, and in all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct WritePosition {
    place: u64,
    linear: u64,
}

/// Why a write position is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub(super) enum WritePositionError {
    /// 0, or more than the buffer has.
    #[error("{place:?} is no place in a buffer of {size:?}")]
    Outside { place: Bytes, size: Bytes },
    /// Not a whole number of frames.
    #[error("{place:?} is no whole number of frames of {frame} bytes")]
    Uneven { place: Bytes, frame: u32 },
}

/// What a write position says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Written {
    /// The stream is valid up to here.
    UpTo(Bytes),
    /// The same as before.
    Nothing,
}

impl From<WritePositionError> for NtStatus {
    fn from(error: WritePositionError) -> Self {
        match error {
            WritePositionError::Outside { .. } => Self::INVALID_DEVICE_REQUEST,
            WritePositionError::Uneven { .. } => Self::INVALID_PARAMETER,
        }
    }
}

impl WritePosition {
    /// As a place in the buffer; its size if all of it is valid.
    pub(super) fn position(self) -> Bytes {
        Bytes::new(self.place)
    }

    /// In all.
    pub(super) fn linear(self) -> Bytes {
        Bytes::new(self.linear)
    }

    /// Moves on to `place` of a buffer of `size` bytes.
    ///
    /// Source: `audio/ksproperty-audio-wavert-current-write-position.md`; the statuses are the
    /// sample's.
    pub(super) fn move_to(
        &mut self,
        place: Bytes,
        size: Bytes,
        frame: u32,
    ) -> Result<Written, WritePositionError> {
        if place.is_zero() || place > size {
            return Err(WritePositionError::Outside { place, size });
        }
        if place.get() % u64::from(frame) != 0 {
            return Err(WritePositionError::Uneven { place, frame });
        }
        let place = place.get();
        if place == self.place {
            return Ok(Written::Nothing);
        }
        let end = if place > self.place {
            place
        } else {
            place + size.get()
        };
        self.linear += end - self.place;
        self.place = place;
        Ok(Written::UpTo(self.linear()))
    }
}

vtime::fork_by_clone!(WritePosition);

#[cfg(test)]
mod tests {
    use super::*;

    /// 20 ms at 48 kHz, stereo of 16 bits: 960 frames.
    const SIZE: Bytes = Bytes::new(3840);

    fn move_to(position: &mut WritePosition, place: u64) -> Result<Written, WritePositionError> {
        position.move_to(Bytes::new(place), SIZE, 4)
    }

    #[test]
    fn r148_the_first_position_is_what_was_written_and_the_size_is_all() {
        let mut position = WritePosition::default();
        let up_to = |bytes| Ok(Written::UpTo(Bytes::new(bytes)));
        assert_eq!(move_to(&mut position, 1920), up_to(1920));
        assert_eq!(move_to(&mut position, 3840), up_to(3840));
        assert_eq!(move_to(&mut position, 1920), up_to(5760));
        assert_eq!(move_to(&mut position, 4), up_to(3840 + 3840 + 4));
        let mut full = WritePosition::default();
        assert_eq!(move_to(&mut full, 3840), up_to(3840));
        assert_eq!(move_to(&mut full, 3840), Ok(Written::Nothing));
    }

    #[test]
    fn what_is_no_place_in_the_buffer_moves_nothing() {
        let mut position = WritePosition::default();
        for place in [0, 3841, 4000] {
            let refused = move_to(&mut position, place).unwrap_err();
            assert_eq!(NtStatus::from(refused), NtStatus::INVALID_DEVICE_REQUEST);
        }
        let refused = move_to(&mut position, 6).unwrap_err();
        assert_eq!(NtStatus::from(refused), NtStatus::INVALID_PARAMETER);
        assert_eq!(position, WritePosition::default());
    }
}
