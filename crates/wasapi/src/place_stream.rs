//! A render pin, opened for a client that goes by positions.

use engine::DeviceError;
use ks::{HwLatency, MappedRegister, Mapping, PinHandle};
use units::{Bytes, Frames, NtStatus, WaveFormat};
use vtime::{Context, Fork, Forker};

/// Which position a client goes by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PositionKind {
    /// The position register, or where there is none the play offset of the property.
    ///
    /// # Source
    /// `audio/ksproperty-rtaudio-positionregister.md`.
    #[default]
    Register,
    /// What is at the converter.
    PlayOffset,
    /// From where on the device has not taken anything yet.
    WriteOffset,
    /// None: it counts what should have been played by its own clock.
    Clock,
}

/// A pin in Stop with a cyclic buffer and without notifications: whoever writes into it has a timer
/// of his own and asks for the position.
#[derive(Clone, Debug)]
pub struct PlaceStream {
    /// The pin.
    pub pin: PinHandle,
    /// Its cyclic buffer.
    pub mapping: Mapping,
    /// The position register, if the client goes by it.
    pub register: Option<MappedRegister>,
    /// Which position it goes by.
    pub kind: PositionKind,
    /// How late what leaves the cyclic buffer is.
    pub latency: HwLatency,
}

impl PlaceStream {
    /// Sets up `pin`: makes a buffer of at least `buffer` frames of `format`, reads the hardware
    /// latency and maps the position register, if `kind` says so and there is one.
    ///
    /// # Errors
    /// [`DeviceError`]. A buffer smaller than asked for fails the stream.
    ///
    /// # Source
    /// `audio/ksproperty-rtaudio-buffer.md`, `audio/developing-a-wavert-miniport-driver.md`.
    pub fn open<C: Context>(
        cx: &C,
        pin: PinHandle,
        format: WaveFormat,
        buffer: Frames,
        kind: PositionKind,
    ) -> Result<Self, DeviceError> {
        let refused = |request| move |status| DeviceError::Refused { request, status };
        let requested = format.bytes_of(buffer);
        let mapping =
            ks::allocate_buffer(cx, &pin, requested).map_err(refused("RTAUDIO_BUFFER"))?;
        if mapping.actual < requested {
            return Err(DeviceError::BufferTooSmall {
                requested,
                actual: mapping.actual,
            });
        }
        let latency = ks::hw_latency(cx, &pin).map_err(refused("HWLATENCY"))?;
        let register = match kind {
            PositionKind::Register => ks::position_register(cx, &pin).ok(),
            PositionKind::PlayOffset | PositionKind::WriteOffset | PositionKind::Clock => None,
        };
        let kind = match (kind, &register) {
            (PositionKind::Register, None) => PositionKind::PlayOffset,
            (kind, _) => kind,
        };
        Ok(Self {
            pin,
            mapping,
            register,
            kind,
            latency,
        })
    }

    /// Where the device says that it is, as an offset into the cyclic buffer.
    ///
    /// # Errors
    /// The status that the pin refuses the question with.
    pub fn offset<C: Context>(&self, cx: &C) -> Result<Bytes, NtStatus> {
        if let Some(register) = &self.register {
            return Ok(Bytes::new(register.read(cx.moment())));
        }
        let position = ks::position(cx, &self.pin)?;
        Ok(match self.kind {
            PositionKind::WriteOffset => position.write,
            PositionKind::Register | PositionKind::PlayOffset | PositionKind::Clock => {
                position.play
            }
        })
    }
}

impl Fork for PlaceStream {
    fn fork(&self, forker: &mut Forker) -> Self {
        Self {
            pin: self.pin.fork(forker),
            mapping: self.mapping.fork(forker),
            register: self.register.fork(forker),
            ..self.clone()
        }
    }
}
