//! The node of the engine, as the filter shows it.

use ks::{BufferSizeRange, EngineDescriptor, VolumeLevel};
use portcls::AudioEngineNode;
use units::{Bytes, Frames, Moment, NtStatus, SimDuration, TICKS_PER_SECOND, WaveFormat};

use super::OffloadMiniport;

/// Bytes of `time` of `format`, in whole frames, rounded up.
pub(super) fn bytes_of(format: WaveFormat, time: SimDuration) -> Bytes {
    let scaled = u128::from(time.ticks()) * u128::from(format.rate.hertz());
    let frames = scaled.div_ceil(u128::from(TICKS_PER_SECOND));
    format.bytes_of(Frames::new(u64::try_from(frames).unwrap_or(u64::MAX)))
}

impl AudioEngineNode for OffloadMiniport {
    fn descriptor(&self) -> EngineDescriptor {
        EngineDescriptor {
            host: Self::HOST_PIN,
            offload: Self::OFFLOAD_PIN,
            loopback: Self::LOOPBACK_PIN,
        }
    }

    fn buffer_size_range(
        &mut self,
        _: Moment,
        format: WaveFormat,
    ) -> Result<BufferSizeRange, NtStatus> {
        if format != self.format() {
            return Err(NtStatus::INVALID_PARAMETER);
        }
        Ok(BufferSizeRange {
            min: bytes_of(format, self.options.buffer_min),
            max: bytes_of(format, self.options.buffer_max),
        })
    }

    fn mix_format(&self) -> WaveFormat {
        self.format()
    }

    fn device_format(&self) -> WaveFormat {
        self.format()
    }

    fn set_device_format(&mut self, _: Moment, format: WaveFormat) -> Result<(), NtStatus> {
        if format != self.format() {
            return Err(NtStatus::NO_MATCH);
        }
        if self.open.borrow().any_runs() {
            return Err(NtStatus::INVALID_DEVICE_STATE);
        }
        Ok(())
    }

    fn supported_device_formats(&self) -> Vec<WaveFormat> {
        vec![self.format()]
    }

    fn gfx_enabled(&self) -> bool {
        self.gfx
    }

    fn set_gfx_enabled(&mut self, _: Moment, enabled: bool) {
        self.gfx = enabled;
    }

    fn device_volume(&self) -> VolumeLevel {
        VolumeLevel::new(self.volume)
    }

    fn set_device_volume(&mut self, now: Moment, level: VolumeLevel) -> Result<(), NtStatus> {
        if level > VolumeLevel::UNITY {
            return Err(NtStatus::INVALID_PARAMETER);
        }
        self.volume = level.get();
        self.dsp.borrow_mut().set_device_volume(now, self.volume);
        Ok(())
    }

    fn device_muted(&self) -> bool {
        self.muted
    }

    fn set_device_muted(&mut self, now: Moment, muted: bool) -> Result<(), NtStatus> {
        self.muted = muted;
        self.dsp.borrow_mut().set_device_mute(now, muted);
        Ok(())
    }
}
