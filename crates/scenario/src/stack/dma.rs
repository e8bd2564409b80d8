//! What a table `dma` makes of an engine.

use hardware::{PositionRecord, Shown, StreamConfig};
use units::SimDuration;

use crate::format::{BusStall, CadencePhase, Dma, Flush, Packing, Store, Tracks};
use crate::quantity::Time;

impl Dma {
    /// `base` with what the table says.
    pub(super) fn applied_to(&self, base: StreamConfig) -> StreamConfig {
        let time = |key: Option<Time>, base: SimDuration| key.map_or(base, Time::to_duration);
        StreamConfig {
            codec_delay: time(self.codec_delay, base.codec_delay),
            shown: Shown {
                delay: time(self.shown_late, base.shown.delay),
                jitter_max: time(self.shown_jitter, base.shown.jitter_max),
                ..base.shown
            },
            position_record: PositionRecord {
                tracks: self
                    .record_tracks
                    .map_or(base.position_record.tracks, Tracks::to_hardware),
                latency: time(self.record_latency, base.position_record.latency),
            },
            packing: self.packing.map_or(base.packing, Packing::to_hardware),
            cadence_phase: self
                .cadence_phase
                .map_or(base.cadence_phase, CadencePhase::to_hardware),
            flush: self.flush.map_or(base.flush, Flush::to_hardware),
            store: self.store.map_or(base.store, Store::to_hardware),
            ..base
        }
    }

    /// When the bus grants nothing.
    pub(super) fn bus_stalls(&self) -> Vec<hardware::BusStall> {
        let stalls = self.stalls.iter().copied();
        stalls.map(BusStall::to_hardware).collect()
    }
}

impl BusStall {
    fn to_hardware(self) -> hardware::BusStall {
        hardware::BusStall {
            from: self.from.to_instant(),
            until: self.until.to_instant(),
        }
    }
}

impl Tracks {
    const fn to_hardware(self) -> hardware::Tracks {
        match self {
            Self::Memory => hardware::Tracks::Memory,
            Self::Link => hardware::Tracks::Link,
        }
    }
}

impl Packing {
    const fn to_hardware(self) -> hardware::Packing {
        match self {
            Self::Grouped => hardware::Packing::Grouped,
            Self::Spread => hardware::Packing::Spread,
        }
    }
}

impl CadencePhase {
    const fn to_hardware(self) -> hardware::CadencePhase {
        match self {
            Self::Stream => hardware::CadencePhase::Stream,
            Self::Link => hardware::CadencePhase::Link,
        }
    }
}

impl Flush {
    const fn to_hardware(self) -> hardware::Flush {
        match self {
            Self::PacketEnd => hardware::Flush::DescriptorEnd,
            Self::WholeBursts => hardware::Flush::WholeBursts,
        }
    }
}

impl Store {
    const fn to_hardware(self) -> hardware::Store {
        match self {
            Self::Arrived => hardware::Store::Arrived,
            Self::Begun => hardware::Store::Begun,
        }
    }
}
