//! The device that a scenario plays on: its DMA engine, and the options of its driver.

use hardware::{AtEnd, StreamConfig};
use miniport::virtual_audio::VirtualOptions;
use miniport::{EndOfStream, HdAudioOptions, PacketWindow, Rearm};
use ring::Samples;
use units::{Bytes, Frames};

use crate::format::{CountOn, Device, EndFill, FifoUnderrun, PositionSource, Preset, VirtualMode};
use crate::quantity::{FrameCount, Time};

impl Device {
    /// The DMA engine that the keys and the preset describe.
    pub(crate) fn stream_config(&self, record: Samples) -> StreamConfig {
        let base = match self.preset {
            Some(Preset::HdAudio) => StreamConfig::hd_audio(),
            None => StreamConfig::k0(),
        };
        let base = self.dma.applied_to(base);
        let count_on = self.count_on.map_or(base.count_on, CountOn::to_hardware);
        let config = StreamConfig {
            record,
            count_on,
            grant_latency: self
                .grant_latency
                .map_or(base.grant_latency, Time::to_duration),
            fifo_underrun: self.fifo_underrun.to_hardware(),
            at_end: if self.looping {
                AtEnd::Loops
            } else {
                AtEnd::Halts
            },
            ..base
        };
        if self.prefetch.is_none() && self.burst.is_none() {
            return config;
        }
        let frame = self.format.to_format().bytes_of(Frames::new(1));
        let in_frames = |bytes: Bytes| Frames::new(bytes.get().div_ceil(frame.get()));
        let preset_burst = in_frames(base.burst.bytes(frame));
        let preset_fifo = in_frames(base.fifo.bytes(frame));
        let burst = self.burst.map_or(preset_burst, FrameCount::to_frames);
        let preset_prefetch = preset_fifo.saturating_sub(preset_burst);
        let prefetch = self.prefetch.map_or(preset_prefetch, FrameCount::to_frames);
        config.with_prefetch(prefetch, burst)
    }

    /// How its driver counts, if it is a virtual one.
    pub(super) fn virtual_options(&self) -> Option<VirtualOptions> {
        let driver = self.driver_options();
        Some(VirtualOptions {
            mode: self.virtual_mode()?.to_driver(),
            packets_max: driver.packets_max,
            packet_window: driver.packet_window,
        })
    }

    /// The driver that belongs to it.
    pub(super) fn driver_options(&self) -> HdAudioOptions {
        let base = HdAudioOptions::default();
        HdAudioOptions {
            packets_max: if self.more_packets {
                8
            } else {
                base.packets_max
            },
            position_register: self.position_register,
            position_source: self.position_source.to_driver(),
            rearm: match self.rearm {
                Some(crate::format::Rearm::Ahead) => Rearm::Ahead,
                Some(crate::format::Rearm::AtEnd) | None => Rearm::AtTheEnd,
            },
            packet_window: match self.packet_window {
                crate::format::PacketWindow::Documented => PacketWindow::Documented,
                crate::format::PacketWindow::Sample => PacketWindow::Sample,
            },
            end_of_stream: match self.end_of_stream {
                EndFill::Replay => EndOfStream::Replay,
                EndFill::Silence => EndOfStream::Silence,
            },
            ..base
        }
    }
}

impl VirtualMode {
    pub(super) const fn to_driver(self) -> miniport::virtual_audio::VirtualMode {
        match self {
            Self::Sample => miniport::virtual_audio::VirtualMode::Sample,
            Self::Exact => miniport::virtual_audio::VirtualMode::Exact,
        }
    }
}

impl PositionSource {
    pub(super) const fn to_driver(self) -> miniport::PositionSource {
        match self {
            Self::Lpib => miniport::PositionSource::Lpib,
            Self::PositionBuffer => miniport::PositionSource::PositionBuffer,
            Self::PositionBufferOnly => miniport::PositionSource::PositionBufferOnly,
        }
    }
}

impl FifoUnderrun {
    const fn to_hardware(self) -> hardware::FifoUnderrun {
        match self {
            Self::Zeros => hardware::FifoUnderrun::LinkAdvancesZeros,
            Self::Freeze => hardware::FifoUnderrun::LinkFreezes,
        }
    }
}

impl CountOn {
    const fn to_hardware(self) -> hardware::CountOn {
        match self {
            Self::Link => hardware::CountOn::Link,
            Self::Memory => hardware::CountOn::Memory,
        }
    }
}
