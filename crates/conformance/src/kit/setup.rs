//! What a stream is like before anything is asked of it.

use units::{Bytes, Frames, Hns, SampleFormat, WaveFormat};

/// Units of 100 ns in a second.
pub(crate) const HNS_PER_SECOND: u128 = 10_000_000;
const PPB_ONE: u128 = 1_000_000_000;

/// Format, ring and clock of a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Setup {
    /// The format.
    pub format: WaveFormat,
    /// Frames of a packet.
    pub packet: Frames,
    /// Packets in the cyclic buffer.
    pub packets: u32,
    /// The performance counter when the stream is made. The counter counts units of 100 ns.
    pub start: Hns,
    /// How fast the clock of the device is against the counter, in parts per 10^9.
    pub ppb: i32,
}

impl Setup {
    /// 48 kHz, 16 bits, stereo, two packets of 10 ms, from 0 on, an exact clock.
    pub fn plain() -> Self {
        Self {
            format: WaveFormat::new(48_000, 2, SampleFormat::S16).expect("it has channels"),
            packet: Frames::new(480),
            packets: 2,
            start: Hns::new(0),
            ppb: 0,
        }
    }

    /// Size of the cyclic buffer.
    pub fn buffer(&self) -> Bytes {
        Bytes::new(self.packet_bytes().get() * u64::from(self.packets))
    }

    /// Size of a packet.
    pub fn packet_bytes(&self) -> Bytes {
        self.format.bytes_of(self.packet)
    }

    /// Frames that a device without any rounding has moved after `run` in RUN.
    pub fn frames_after(&self, run: Hns) -> u64 {
        self.units_after(1, run)
    }

    /// Bytes that a device without any rounding has moved after `run` in RUN.
    pub fn bytes_after(&self, run: Hns) -> u64 {
        self.units_after(self.format.frame_bytes(), run)
    }

    /// The first time in RUN after which `frames` frames have moved.
    pub fn time_of(&self, frames: u64) -> Hns {
        let time = (u128::from(frames) * HNS_PER_SECOND * PPB_ONE).div_ceil(self.pace(1));
        Hns::new(u64::try_from(time).unwrap_or(u64::MAX))
    }

    fn units_after(&self, per_frame: u32, run: Hns) -> u64 {
        let moved = u128::from(run.get()) * self.pace(per_frame) / (HNS_PER_SECOND * PPB_ONE);
        u64::try_from(moved).unwrap_or(u64::MAX)
    }

    /// Units in 10^9 seconds.
    fn pace(&self, per_frame: u32) -> u128 {
        let scale = PPB_ONE.saturating_add_signed(self.ppb.into());
        u128::from(self.format.rate.hertz()) * u128::from(per_frame) * scale
    }
}
