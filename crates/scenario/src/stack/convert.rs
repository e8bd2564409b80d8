//! From the words of the format to those of the parts.

use engine::{ContentPolicy, EndOfStream, Overrun, Policy, Prime, ReadPolicy, Volume};
use miniport::ReadOrder;
use observers::Since;
use units::SimDuration;
use wasapi::{Act, Action, ByteCount, Plausibility, PositionKind, TimerClientConfig};

use crate::format;
use crate::quantity::{FrameCount, Level};

impl format::Policy {
    pub(super) const fn to_engine(self) -> Policy {
        match self {
            Self::Resync => Policy::Resync,
            Self::Blind => Policy::Blind,
        }
    }
}

impl format::Content {
    pub(super) const fn to_engine(self) -> ContentPolicy {
        match self {
            Self::Drop => ContentPolicy::Drop,
            Self::Delay => ContentPolicy::Delay,
        }
    }
}

impl format::Policy {
    pub(super) const fn to_reader(self) -> ReadPolicy {
        match self {
            Self::Resync => ReadPolicy::Ask,
            Self::Blind => ReadPolicy::Blind,
        }
    }
}

impl format::Overrun {
    pub(super) const fn to_engine(self) -> Overrun {
        match self {
            Self::KeepOldest => Overrun::KeepOldest,
            Self::KeepNewest => Overrun::KeepNewest,
        }
    }
}

impl format::ReadOrder {
    pub(super) const fn to_driver(self) -> ReadOrder {
        match self {
            Self::OldestFirst => ReadOrder::OldestFirst,
            Self::NewestOnly => ReadOrder::NewestOnly,
        }
    }
}

impl format::Prime {
    pub(super) const fn to_engine(self) -> Prime {
        match self {
            Self::All => Prime::All,
            Self::First => Prime::First,
            Self::None => Prime::None,
        }
    }
}

impl format::EndOfStream {
    pub(super) fn to_engine(self) -> EndOfStream {
        EndOfStream {
            packet: self.packet.into(),
            valid: self.valid.to_frames(),
            writes_after: self.writes_after,
        }
    }
}

impl format::Action {
    /// Whose it is, and what he does.
    pub(super) fn to_client(&self) -> Option<(u32, Action)> {
        let (client, at, what) = if let Some(pause) = &self.pause {
            (pause.client, pause.at, Act::Pause)
        } else if let Some(run) = &self.run {
            let prime = run.prime.map(format::Prime::to_engine);
            (run.client, run.at, Act::Run { prime })
        } else if let Some(stop) = &self.stop {
            (stop.client, stop.at, Act::Stop)
        } else if let Some(read) = &self.read_slot {
            let (slot, packet) = (read.slot, read.packet.into());
            (read.client, read.at, Act::ReadSlot { slot, packet })
        } else if let Some(rewrite) = &self.rewrite {
            (rewrite.client, rewrite.at, Act::Rewrite)
        } else {
            let write = self.write_packet.as_ref()?;
            let packet = write.packet.into();
            (write.client, write.at, Act::WritePacket(packet))
        };
        let at = at.to_instant();
        Some((client, Action { at, what }))
    }
}

impl format::Timer {
    /// What it has the client do, which takes `service` for what it writes at once.
    pub(super) fn to_client(self, service: SimDuration) -> TimerClientConfig {
        TimerClientConfig {
            period: self.period.to_duration(),
            guard: self.guard.to_frames(),
            plausibility: match self.plausibility {
                format::Plausibility::None => Plausibility::None,
                format::Plausibility::HalfRing => Plausibility::HalfRing,
            },
            byte_count: match self.byte_count {
                format::ByteCount::Modulo => ByteCount::Modulo,
                format::ByteCount::Plain => ByteCount::Plain,
            },
            wraps_after: self.wraps_after.map(FrameCount::to_frames),
            detector: self.detector.map(|detector| match detector {
                format::Detector::Chromium => Since::PositionMoved,
                format::Detector::ChromiumOlder => Since::FirstReading,
            }),
            service,
        }
    }

    /// Which position the client goes by.
    pub(super) const fn position_kind(self) -> PositionKind {
        match self.position {
            format::Position::Register => PositionKind::Register,
            format::Position::PlayOffset => PositionKind::PlayOffset,
            format::Position::WriteOffset => PositionKind::WriteOffset,
            format::Position::Clock => PositionKind::Clock,
        }
    }
}

impl Level {
    /// As a gain.
    pub(super) fn to_volume(self) -> Volume {
        Volume::from_millibels(self.millibels())
    }
}
